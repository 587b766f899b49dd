"""Where the construct ends that a line of a completion begins: by its node, or by indentation where the tree is broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._blocks import opens_block
from segue_postprocess._foreign_lines import stands_out
from segue_postprocess._lines import (
    asks_more,
    closes_only,
    continues_above,
    ends_block,
    is_clause,
    is_directive,
    opens_tag,
)
from segue_syntax import indent_width

if TYPE_CHECKING:
    from segue_postprocess._completion_lines import CompletionLines

_ONLY_TYPE: Final = re.compile(r"\s*(?!else|do|try|public|private)[A-Za-z_][\w \t*]*[\w*]\s*")
_KEYED_ITEM: Final = re.compile(r"\s*(?:- )+[^\s#'\"{\[][^#]*:(?:\s|$)|\s*(?:- )+['\"][^'\"]*['\"]\s*:")
_LONGEST_HEADER: Final = 12


def construct_end(answer: CompletionLines, start: int, floor: int, base: int) -> int:
    """Return where the construct that line `start` begins ends: its brackets, deeper lines and clauses.

    `floor` is its indentation and `base` the number of brackets open around it.
    """
    by_tree = answer.node_end(start)
    if by_tree:
        return by_tree
    if is_directive(answer.line(start), answer.context.language):
        return start + 1
    return _ByIndentation(answer, start, floor, base).end()


def header_end(answer: CompletionLines, start: int, base: int) -> int:
    """Return where the lines end that say what the block begun at line `start` is, without the block itself.

    0 when they begin no block.
    """
    for k in range(start + 1, min(len(answer.lines), start + _LONGEST_HEADER) + 1):
        line, is_open = answer.line(k - 1).rstrip(), len(answer.states[k].stack) > base
        if not is_open and k < len(answer.lines) and answer.lines[k].strip() == "{":
            return k
        if line.endswith(("{", "[", "(", ">", "|")) or not is_open:
            return k if is_open or opens_tag(answer.line(start)) or opens_block(line, answer.context) else 0
    return 0


def is_keyed_item(line: str) -> bool:
    """Whether `line` is a list item that begins a mapping."""
    return bool(_KEYED_ITEM.match(line))


class _ByIndentation:
    """Takes line after line below the one at `start`, as long as they belong to what that begins."""

    def __init__(self, answer: CompletionLines, start: int, floor: int, base: int) -> None:
        self._answer, self._start, self._floor, self._base = answer, start, floor, base
        self._context, self._language = answer.context, answer.context.language
        self._header = answer.line(start)
        self._has_block = self._open(start + 1) > base
        self._tags = int(opens_tag(self._header))
        mapping = self._language.key_value and self._language.indentation_based
        self._deeper = opens_block(self._header, self._context) or (mapping and is_keyed_item(self._header))

    def _open(self, k: int) -> int:
        return len(self._answer.states[k].stack)

    def end(self) -> int:
        """Return the number of the line after the construct."""
        lines = self._answer.lines
        end = self._start + 1
        for k in range(self._start + 1, len(lines)):
            line = lines[k]
            if not line.strip() or self._is_comment_inside(line, k):
                continue  # kept if what follows it is
            if self._tags and self._open(k) <= self._base and indent_width(line) <= self._floor:
                return k + 1 if indent_width(line) == self._floor and line.strip().startswith("</") else end
            if self._is_last(line, k):
                return k + 1
            blank = not all(map(str.strip, lines[end:k]))
            if not self._belongs(line, k, blank=blank):
                return end
            end = k + 1
        return end

    def _is_comment_inside(self, line: str, k: int) -> bool:
        deeper = indent_width(line) > self._floor and self._open(k) <= self._base
        return deeper and line.lstrip().startswith(self._language.line_comments or "\0")

    def _is_last(self, line: str, k: int) -> bool:
        """Whether a line ends the construct for certain: its end word, or a semicolon of its own."""
        if line.strip() == ";":
            return True
        at_floor = self._deeper and indent_width(line) == self._floor
        return at_floor and ends_block(line, self._language) and self._open(k + 1) <= self._base

    def _belongs(self, line: str, k: int, *, blank: bool) -> bool:
        """Whether a line is part of the construct; after a `blank` line only what stands inside is."""
        if k in self._answer.in_string:
            return True
        if self._open(k) > self._base:
            self._has_block = True
            return not stands_out(self._answer, k)
        if indent_width(line) == self._floor and self._is_level_part(line, k, blank=blank):
            return True
        if blank and not (self._deeper and indent_width(line) > self._floor):
            return False
        last = self._answer.line(self._answer.last(k))
        if indent_width(line) > self._floor and not closes_only(line):
            return self._hangs_on(line, last)
        if closes_only(line) and self._answer.unclosed(k):
            self._has_block = True
            return True
        return indent_width(line) == self._floor and self._carries_on(line, last)

    def _is_level_part(self, line: str, k: int, *, blank: bool) -> bool:
        """Whether a line as deep as the header belongs to it: another clause, an item of a list, a brace of its own."""
        stripped = line.strip()
        if is_clause(line):
            return self._has_block or self._deeper
        if self._language.key_value and stripped.startswith("- "):
            only_items = all(
                indent_width(other) <= self._floor for other in self._answer.lines[self._start + 1 : k]
            )
            return (
                only_items
                and self._header.rstrip().endswith(":")
                and not self._header.lstrip().startswith("- ")
            )
        begins = stripped[0] == "{" and stripped[:2] != "{%" and not (self._has_block or blank)
        if begins and not _is_ended(self._answer.line(self._answer.last(k))):
            self._has_block = True
            return True
        return False

    def _hangs_on(self, line: str, last: str) -> bool:
        """Whether a deeper line belongs to the one above; when that has shut the construct, only an operator says so."""
        shut = self._has_block and closes_only(last) and indent_width(last) == self._floor
        return (not shut and (self._deeper or self._asks_deeper(last))) or self._carries_on(line, last)

    def _asks_deeper(self, last: str) -> bool:
        """Whether the line above asks for deeper ones; a comma after an element or an alternative does not."""
        if last.rstrip().endswith(",") and (self._context.container == "elements" or "=>" in last):
            return False
        return asks_more(last, self._language)

    def _carries_on(self, line: str, last: str) -> bool:
        """Whether `line` still belongs to the line above: an expression over several lines."""
        layout = self._language.layout
        if self._language.key_value or closes_only(line) or layout.style_sheet:
            return False
        if layout.macros and _ONLY_TYPE.fullmatch(last) and line.strip()[0] not in "#{":
            return True
        if continues_above(line):
            return not _is_ended(last) and not (
                line.rstrip().endswith(",") and self._context.container != "elements"
            )
        return asks_more(last, self._language) and not last.rstrip().endswith((":", ",", ".", "-", "return"))


def _is_ended(last: str) -> bool:
    return last.rstrip().endswith((",", ";"))
