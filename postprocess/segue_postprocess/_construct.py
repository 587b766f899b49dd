"""Where the construct ends that a line of a completion begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._blocks import opens_block
from segue_postprocess._foreign_lines import breaks_mapping, is_keyed_item, stands_deep, stands_out, too_deep
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
    from segue_postprocess._context import CursorContext

_ONLY_TYPE: Final = re.compile(r"\s*(?!else|do|try|public|private)[A-Za-z_][\w \t*]*[\w*]\s*")
_TAG_NAME: Final = re.compile(r"<[\w.:-]*")
_OPENS_TAG: Final = re.compile(r"<(?=[A-Za-z>])")
_LONGEST_HEADER: Final = 12


def construct_end(answer: CompletionLines, start: int, floor: int, base: int) -> int:
    """Return where the construct that line `start` begins ends: its brackets, deeper lines and clauses.

    `floor` is its indentation and `base` the number of brackets open around it.
    """
    if is_directive(answer.line(start), answer.context.language):
        return _directive_end(answer, start)
    context, language = answer.context, answer.context.language
    k = end = start + 1
    has_block = _open(answer, k) > base
    header = answer.line(start)
    tags = 1 if opens_tag(header) else 0
    stray = _stray_tag(answer, start, floor) if tags else len(answer.lines)
    mapping = language.key_value and language.indentation_based
    word_block = opens_block(header, context) or (mapping and is_keyed_item(header))
    listed = language.key_value and header.rstrip().endswith(":") and not header.lstrip().startswith("- ")
    while k < stray:
        line = answer.lines[k]
        if not line.strip():
            k += 1
            continue
        indent = indent_width(line)
        listed = listed and indent <= floor
        last = answer.line(answer.last(k))
        blank = not all(map(str.strip, answer.lines[end:k]))
        depth = _open(answer, k)
        if tags and indent <= floor and depth <= base:
            tags = _tags_after(line, tags) if indent == floor else -1
            if tags < 0:
                return end
            if not tags:
                return k + 1
        elif k in answer.in_string:
            pass
        elif (line.strip() == ";" and not last.rstrip().endswith(";")) or (
            word_block and indent == floor and ends_block(line, language) and _open(answer, k + 1) <= base
        ):
            return k + 1
        elif depth > base:
            if stands_out(answer, k) or stands_deep(answer, k):
                return end
            has_block = True
        elif (indent == floor and is_clause(line) and (has_block or word_block)) or (
            listed and indent == floor and line.lstrip().startswith("- ")
        ):
            pass
        elif (
            indent == floor
            and line.strip()[:1] == "{"
            and line.strip()[:2] != "{%"
            and not (has_block or blank or _ended(last))
        ):
            has_block = True
        elif blank and not (word_block and indent > floor):
            return end
        elif indent > floor and line.lstrip().startswith(language.line_comments or "\0"):
            k += 1  # kept if what follows it is
            continue
        elif indent > floor and not closes_only(line):
            shut = has_block and closes_only(last) and indent_width(last) == floor
            if not (word_block and not shut) and not _hangs_on(line, last, context, shut=shut):
                return end
            if (
                (last.rstrip().endswith(";") and _holds_one(header, context))
                or too_deep(answer, k)
                or stands_deep(answer, k)
                or (mapping and breaks_mapping(answer, k, start))
            ):
                return end
        elif closes_only(line) and answer.unclosed(k):
            has_block = True
        elif indent == floor and _carries_on(line, last, context):
            pass
        else:
            return end
        k += 1
        end = k
    return end


def header_end(answer: CompletionLines, start: int, base: int) -> int:
    """Return where the lines end that say what the block begun at line `start` is, without the block itself.

    0 when they begin no block.
    """
    for k in range(start + 1, min(len(answer.lines), start + _LONGEST_HEADER) + 1):
        line = answer.line(k - 1).rstrip()
        if line.endswith(("{", "[", "(", ">", "|")) or _open(answer, k) <= base:
            opens = opens_tag(answer.line(start)) or opens_block(line, answer.context)
            return k if opens or _open(answer, k) > base else 0
    return 0


def _open(answer: CompletionLines, k: int) -> int:
    return len(answer.states[k].stack)


def _ended(last: str) -> bool:
    return last.rstrip().endswith((",", ";"))


def _holds_one(header: str, context: CursorContext) -> bool:
    """Whether a semicolon ends what `header` begins: a property of a style sheet, one expression below an arrow."""
    return context.language.layout.style_sheet or header.rstrip().endswith(("=>", "->"))


def _stray_tag(answer: CompletionLines, start: int, floor: int) -> int:
    """Return the first line below the tag of line `start` that closes a tag which was not opened there."""
    header = answer.line(start)
    opened = max(1, _tag_balance(header))
    name = _TAG_NAME.match(header.strip())
    own = f"</{name[0][1:]}" if name else "</"
    for k in range(start + 1, len(answer.lines)):
        line = answer.lines[k].strip()
        opened += _tag_balance(line)
        if opened <= 0:
            mine = not opened and (line.startswith((own, "/>")) or indent_width(answer.lines[k]) <= floor)
            return k + 1 if mine else k
    return len(answer.lines)


def _tag_balance(line: str) -> int:
    """Return how many more tags `line` opens than it closes; one that needs no closing counts as open."""
    return len(_OPENS_TAG.findall(line)) - line.count("</") - line.count("/>")


def _tags_after(line: str, tags: int) -> int:
    """Return how many tags are open after `line`, -1 if it belongs in none of them."""
    stripped = line.strip()
    if opens_tag(line):
        return tags + 1
    if stripped.startswith("</"):
        return tags - 1
    return tags if stripped[0] in "<>/{" or stripped.startswith("/>") else -1


def _directive_end(answer: CompletionLines, start: int) -> int:
    """Return where the directive ends that line `start` begins: with its line, or with the block that ``#if`` begins.

    A block that does not end in the answer is not kept: nobody knows where it should have ended.
    """
    depth = 0
    for k in range(start, len(answer.lines)):
        word = answer.line(k).strip()
        if word.startswith("#"):
            word = word[1:].lstrip()
            depth += word.startswith("if") - word.startswith("endif")
            if not depth:
                break
    else:
        k = start
    while answer.line(k).endswith("\\") and k + 1 < len(answer.lines):
        k += 1
    return k + 1


def _hangs_on(line: str, last: str, context: CursorContext, *, shut: bool) -> bool:
    """Whether a deeper line belongs to the one above; when that has `shut` the construct, only an operator says so."""
    return _carries_on(line, last, context) or (not shut and _asks_deeper(last, context))


def _asks_deeper(last: str, context: CursorContext) -> bool:
    """Whether the line above asks for deeper ones; a comma after an element or an alternative does not."""
    if last.rstrip().endswith(",") and (context.container == "elements" or "=>" in last):
        return False
    return asks_more(last, context.language)


def _carries_on(line: str, last: str, context: CursorContext) -> bool:
    """Whether `line`, level with the line above, still belongs to it: an expression over several lines."""
    if context.language.key_value or closes_only(line) or context.language.layout.style_sheet:
        return False
    if context.language.layout.macros and _ONLY_TYPE.fullmatch(last) and line.strip()[0] not in "#{":
        return True
    if continues_above(line):
        return not _ended(last) and not (line.rstrip().endswith(",") and context.container != "elements")
    return asks_more(last, context.language) and not last.rstrip().endswith((":", ",", ".", "-", "return"))
