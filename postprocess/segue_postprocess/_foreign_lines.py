"""Seams: lines of a completion that cannot have been written for the place where they stand.

An answer that drifts goes on with code from elsewhere, and the first line of that rarely fits: it stands deeper
than a statement that has ended, left of the block it is in, or after a statement that leaves the block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._blocks import opens_block
from segue_postprocess._context import container_of
from segue_postprocess._lines import (
    asks_more,
    closes_only,
    continues_above,
    ends_block,
    ends_statement,
    introduces,
    is_case,
    is_clause,
    without_comment,
)
from segue_syntax import Opening, indent_width

if TYPE_CHECKING:
    from segue_postprocess._completion_lines import CompletionLines
    from segue_postprocess._context import CursorContext

_ANYWHERE: Final = ")]}:/*<|\"'`"
_ANYWHERE_IN_STYLES: Final = ")]}/"
_HANGING: Final = _ANYWHERE + "&.?,;+-=(#"
_LABEL: Final = re.compile(r"\s*[\w.-]+\s*:\s*(?://.*|/\*.*)?$")
_HANGING_WORD: Final = re.compile(
    r"\s*(?:where|throws|extends|implements|with|then|else|and|or|is|as|in|by)\b"
)
_PACKAGE: Final = re.compile(r"package [\w.]+;?\s*$")
_BEFORE_PACKAGE: Final = ("package ", "//", "/*", "*", "@")
_FILE_START: Final = re.compile(
    r"(?:<\?php\b|#!/|<!doctype\b|#pragma once|#\s*(?:ifndef|define)\s+\w+_h_*\s*$)", re.IGNORECASE
)
_CONTROL: Final = re.compile(r"\W*(?:else\s+)?(?:if|for|while|else|when|switch|with|do|case|default)\b")
_JUMP: Final = re.compile(r"\s*(?:return|raise|throw|break|continue|goto)\b")
_CONDITION: Final = re.compile(r"\s(?:if|unless|when|while|until)\s")
_DEFINES: Final = re.compile(r"\s*(?:(?:export|async|local|static|pub|public|private|protected|internal)\s+)*"
                             r"(?:function|class|def|func|fn|fun|struct|enum|type|interface|var function)\b")  # fmt: skip
_NAMES: Final = re.compile(r"\s*(?:(?:implicit|lazy|private|final|@\w+)\s+)*(?:val|var|let|const|import)\b")
_SCALAR_HEADER: Final = re.compile(r"[|>][+-]?\d?$")
_KEYED_LINE: Final = re.compile(r"\s*(?:- |[\w.\"'-]+\s*:)")
_KEY: Final = re.compile(r"\s*(?:- +)*([\w.\"'$-]+)\s*:(?:\s|$)")
_KEYED_ITEM: Final = re.compile(r"\s*(?:- )+[^\s#'\"{\[][^#]*:(?:\s|$)|\s*(?:- )+['\"][^'\"]*['\"]\s*:")


def stands_out(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` stands left of the bracket's block it is in: it was meant for another place.

    So does a statement of a block that is not as deep as the block's first line. Labels, directives and comments may
    stand anywhere, and a block whose first line is not indented has none to compare with.
    """
    line = answer.lines[k]
    stripped = line.strip()
    anywhere = _ANYWHERE_IN_STYLES if answer.context.language.layout.style_sheet else _ANYWHERE
    if answer.context.language.ends_by_word or stripped[0] in anywhere:
        return False
    opening, indent = answer.states[k].stack[-1], indent_width(line)
    first = _first_inside(answer, k, opening)
    if first <= opening.indent or indent >= first:
        return False
    if anywhere is _ANYWHERE and stripped[0] == "#" and not stripped.startswith(("#[", "#![")):
        return False
    if indent > opening.indent and not (opening.mark == "{" and ends_statement(answer.line(answer.last(k)))):
        return False
    return not _LABEL.match(line)


def _first_inside(answer: CompletionLines, k: int, opening: Opening) -> int:
    """Return the indentation of the first line inside `opening`, -1 if line `k` is the first."""
    for number in range(1, k):
        if answer.lines[number].strip() and opening in answer.states[number].stack:
            return indent_width(answer.lines[number])
    return -1


def stands_deep(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` stands deeper than the ended line above it, though nothing was opened between."""
    line, number = answer.lines[k], answer.last(k)
    last = answer.line(number)
    context = answer.context
    if (
        indent_width(line) <= indent_width(last)
        or context.language.indentation_based
        or answer.depth(k) > answer.depth(number)
    ):
        return False
    above = last.strip()
    if above and line.lstrip()[0] == "<" and _is_closed(above, context):
        return True
    if not above or line.strip()[0] in _HANGING or continues_above(line) or _HANGING_WORD.match(line):
        return False
    if above[-1] == ">" and above[0] != "<":
        return False  # a tag over several lines
    if _is_closed(above, context):
        return True
    if above[0] in "#/*<" or opens_block(last, context):
        return False
    if above.endswith((";", "}")):
        return True
    stack = answer.states[k].stack
    if (
        above[-1] == ","
        and stack
        and "=>" not in above
        and (stack[-1].mark in "([" or _in_table(stack[-1], answer))
    ):
        return indent_width(last) == _first_inside(answer, k, stack[-1])
    if not context.language.layout.lines_end_statements or "<<" in above or _CONTROL.match(above):
        return False
    return not asks_more(without_comment(last, context.language), context.language)


def _is_closed(above: str, context: CursorContext) -> bool:
    """Whether the line `above` ends an element, or is text of a page: no tag stands below it."""
    if above.startswith("</") or (above[0] == "<" and "</" in above and above[-1] == ">"):
        return True
    return context.language.layout.markup and not set(above) & set("<>{}=(,")


def _in_table(opening: Opening, answer: CompletionLines) -> bool:
    """Whether a brace that stood before the answer holds elements."""
    return opening.offset >= 0 and container_of(answer.context.head, opening) == "elements"


def defines(line: str) -> bool:
    """Whether `line` begins a definition or names a value."""
    return bool(_DEFINES.match(line) or _NAMES.match(line))


def restart(answer: CompletionLines) -> int:
    """Return the first line that begins another file, the number of lines if none does."""
    packaged = answer.context.language.layout.package_first
    for k, line in enumerate(answer.lines[1:], 1):
        package = packaged and _PACKAGE.match(line)
        if k in answer.in_string or not (package or (line[:1] in ("<", "#") and _FILE_START.match(line))):
            continue
        above = answer.line(answer.last(k)).strip()
        if above and not above.startswith(_BEFORE_PACKAGE if package else "#" if line[0] == "#" else ()):
            return k
    return len(answer.lines)


def dead_from(answer: CompletionLines) -> int:
    """Return the first line that can never run, since one level with it has left the block; else the line count."""
    left: tuple[int, int] | None = None
    language = answer.context.language
    for k, line in enumerate(answer.lines):
        if not line.strip() or k in answer.in_string:
            continue
        whole = answer.line(k)
        leaves = _JUMP.match(whole) and not _CONDITION.search(whole)
        if left is None and not leaves:
            continue
        indent, depth = indent_width(whole), answer.depth(k)
        if left is not None:
            if (
                depth < left[1]
                or indent < left[0]
                or is_case(line)
                or is_clause(line)
                or (not language.indentation_based and _LABEL.match(line))
            ):
                left = None
            elif depth == left[1] and indent == left[0] and not _may_follow(line, answer):
                return k
        if left is None and leaves:
            left = (indent, depth)
    return len(answer.lines)


def _may_follow(line: str, answer: CompletionLines) -> bool:
    """Whether `line` may stand after a statement that leaves the block: its end, a definition, a note."""
    language = answer.context.language
    return (
        closes_only(line)
        or ends_block(line, language)
        or line.strip()[0] in _HANGING + "@["
        or introduces(line, language)
        or continues_above(line)
        or bool(_DEFINES.match(line))
    )


def too_deep(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` stands deeper than a line that nothing may hang on, where indentation is syntax."""
    context = answer.context
    last = answer.line(answer.last(k))
    indent = indent_width(answer.lines[k])
    above = indent_width(last) + (2 if is_keyed_item(last) else 0)
    if (
        not context.language.indentation_based
        or indent <= above
        or len(answer.states[k].stack)
        or in_scalar(answer, k)
    ):
        return False
    return not (
        opens_block(last, context)
        or asks_more(last, context.language)
        or introduces(answer.lines[k], context.language)
        or introduces(last, context.language)
    )


def is_keyed_item(line: str) -> bool:
    """Whether `line` is a list item that begins a mapping."""
    return bool(_KEYED_ITEM.match(line))


def in_scalar(answer: CompletionLines, k: int) -> bool:
    """Whether line `k` is text of a block scalar, or may be of a plain one over several lines."""
    if not answer.context.language.key_value:
        return False
    lowest = indent_width(answer.lines[k])
    for number in range(k - 1, -1, -1):
        line = answer.line(number)
        if line.strip() and indent_width(line) < lowest:
            if _SCALAR_HEADER.search(line.rstrip()):
                return True
            lowest = indent_width(line)
    return not _KEYED_LINE.match(answer.lines[k])


def breaks_mapping(answer: CompletionLines, k: int, start: int) -> bool:
    """Whether line `k` cannot go on what stands above it at its level, from line `start` on.

    That is a list item among keys, a key among list items, or a key that the mapping has already.
    """
    line = answer.lines[k]
    indent, item, key = indent_width(line), line.lstrip().startswith("- "), _key(line)
    nearest = True
    for number in range(k - 1, start, -1):
        above = answer.line(number)
        stripped = above.strip()
        if not stripped or stripped[0] == "#":
            continue
        begins = stripped.startswith("- ") and indent_width(above) + 2 == indent and not item
        if indent_width(above) < indent and not begins:
            return False
        if indent_width(above) > indent:
            continue
        if key and _key(above) == key and not in_scalar(answer, k):
            return True
        if begins:
            return False
        if nearest and stripped.startswith("- ") != item:
            nearest = False
            if item:
                return not (stripped[-1] == ":" and answer.last(k) == number) and not in_scalar(answer, k)
            if key and not _was_key(answer, number, start, indent):
                return True
        nearest = False
        if item:
            return False
    return False


def _key(line: str) -> str:
    """Return the key that `line` gives a value to, the first one of a list item included, "" if there is none."""
    found = _KEY.match(line)
    return found[1] if found else ""


def _was_key(answer: CompletionLines, k: int, start: int, indent: int) -> bool:
    """Whether the list items above line `k` are the value of a key at the same indentation."""
    for number in range(k, start - 1, -1):
        line = answer.line(number)
        if line.strip() and indent_width(line) == indent and not line.lstrip().startswith("- "):
            return True
        if line.strip() and indent_width(line) < indent:
            return False
    return False
