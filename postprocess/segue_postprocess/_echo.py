"""The beginning of an answer that only says again what the cursor's line, or the lines above it, say already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import (
    closes_only,
    continues_above,
    goes_on,
    introduces,
    is_substantial,
    opens_block,
)
from segue_postprocess._types import Reason
from segue_syntax import CLOSERS, KEYWORDS, indent_width, leading_space

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate


_MOST_LINES: Final = 30
_BEGUN_WORD: Final = re.compile(r"(?<![\w$@#])[^\W\d_]{2,}\Z")
_LAST_WORDS: Final = re.compile(r"(?<![\w.$@#])[^\W\d_]+(?:[ \t]+[\w.$]+){0,7}[ \t]+\Z")
_QUALIFIER: Final = re.compile(r"(?<![\w$@#.)\]>])(?:[$@]?[^\W\d]\w*(?:\?\.|\.|::|->))+\Z")
_WORD: Final = re.compile(r"\w+")
_GAP: Final = re.compile(r"[ \t]+")
_TWICE: Final = frozenset(["long", "not"])
"""Keywords that may follow themselves: C's ``long long``, ``not not x``."""


def repeated_lines_above(candidate: Candidate, context: CursorContext) -> Candidate:
    """Drop the lines that say again what stands just above: a header, written anew inside its own block.

    The rest is moved by as much as its first line is off the cursor's indentation.
    """
    lines = candidate.text.split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    count = _repeated([lines[number] for number in said[: _MOST_LINES + 1]], context)
    if not count:
        return candidate
    if count == len(said):
        return candidate.changed("", Reason.ECHO)
    rest = lines[said[count] :]
    distance = context.indent - indent_width(rest[0])
    moved = [
        " " * max(0, indent_width(line) + distance) + line.lstrip(" \t")
        if distance and line.strip()
        else line
        for line in rest
    ]
    moved[0] = rest[0].lstrip(" \t")
    if not context.on_blank_line:
        moved[0] = _after(context.line_before, moved[0]) or ""
    return candidate.changed("\n".join(moved), Reason.ECHO)


def _repeated(lines: list[str], context: CursorContext) -> int:
    """Return how many lines of an answer are those just above the cursor, 0 if that may be meant."""
    mine = list(map(str.strip, lines))
    above, begun = context.lines_above, context.line_before.strip()
    for count in range(min(len(mine), len(above), _MOST_LINES), 0, -1):
        if mine[:count] != above[-count:]:
            continue
        if not begun and count < len(lines) and _fills_here(mine[:count], lines[count], context):
            return count
        if not any(map(is_substantial, mine[:count])):
            continue
        if begun:
            further = mine[count:]
            if len(further) == 1 and begun.startswith(further[0]):
                return count + 1  # cut off before it said anything new
            return count if further and _after(begun, further[0]) is not None else 0
        return count if _is_echo(mine[:count], above, context) else 0
    return 0


def _fills_here(header: list[str], below: str, context: CursorContext) -> bool:
    """Whether what an answer puts below a repeated `header` stands where the cursor does, in the block of the first."""
    if not context.previous_indent < context.indent == indent_width(below) or closes_only(below):
        return False
    return bool(_WORD.search(header[0])) and (opens_block(header[-1], context) or goes_on(header[-1]))


def _is_echo(lines: list[str], above: list[str], context: CursorContext) -> bool:
    """Whether whole lines that come back cannot be meant: they begin something, or are several the file says once."""
    count, first = len(lines), lines[0]
    if above[-2 * count : -count] == lines or first.startswith("<") or continues_above(first):
        return False
    if context.language.key_value or count > 1:
        return sum(map(is_substantial, lines)) > 1
    begins = opens_block(first, context) or goes_on(first) or introduces(first, context.language)
    return begins or context.language.prose


def repeated_line(candidate: Candidate, context: CursorContext) -> Candidate:
    """Drop the beginning that says again what the cursor's line says, or its last word as far as it is typed."""
    text, before = candidate.text, context.line_before
    begun = before.strip()
    said = text.lstrip()
    if not begun or not said:
        return candidate
    rest = _after(begun, said) if _is_telling(begun, said, context) else None
    if rest is None:
        rest = _after_last_words(said, context)
    return (
        candidate
        if rest is None
        else candidate.changed(rest.lstrip(" \t") if before[-1:].isspace() else rest, Reason.ECHO)
    )


def _is_telling(begun: str, said: str, context: CursorContext) -> bool:
    """Whether `begun` says enough that an answer starting with it has started over; ``foo(foo(1))`` is a call in a call."""
    words = _WORD.findall(begun)
    if not words:
        return False
    if len(begun.split()) > 1:
        return True
    if len(words) > 1 or begun != words[0]:
        return begun[-1] in ":=" or (begun[-1] not in "([{<" and len(begun) > 3)
    complete = context.line_before[-1].isspace()
    return (
        len(begun) > 1
        and complete
        and begun not in _TWICE
        and _WORD.match(said) is not None
        and said.startswith(f"{begun} ")
    )


def _after_last_words(said: str, context: CursorContext) -> str | None:
    """Return what follows the end of the line where an answer starts with that: words, a qualifier, a begun word."""
    before = context.line_before
    if (word := _BEGUN_WORD.search(before)) and (whole := re.match(r"[^\W\d_]+", said)):
        repeats = whole[0].startswith(word[0]) and word[0] + whole[0] not in context.surroundings
        return said[len(word[0]) :] if repeats else None
    if qualifier := _QUALIFIER.search(before):
        repeats = said.startswith(qualifier[0]) and qualifier[0] * 2 not in context.surroundings
        return said[len(qualifier[0]) :] if repeats else None
    if context.language.prose or (words := _LAST_WORDS.search(before)) is None:
        return None
    starts = [words.start(), *(words.start() + gap.end() for gap in _GAP.finditer(words[0]))][:-1]
    for start in starts:
        tail = before[start:]
        names = tail.split()
        tells = len(names) > 1 and len(set(names)) == len(names)
        if (tells or names[0].lower() in KEYWORDS - _TWICE) and said.startswith(tail.strip() + " "):
            return said[len(tail.strip()) :]
    return None


def _after(begun: str, text: str) -> str | None:
    """Return what follows `begun` at the start of `text`, white space apart; None if it does not start so."""
    at = 0
    for character in "".join(begun.split()):
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        if text[at : at + 1] != character:
            return None
        at += 1
    return text[at:]


def trim_start(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away leading space that the document already has; a fenced block begins below the header it follows."""
    before, text = context.line_before, candidate.text
    if Reason.FENCE in candidate.reasons and _ends_with_header(context):
        return candidate.changed("\n" + text.removeprefix("\n"), Reason.LEADING_SPACE)
    if before and not before.strip():
        text = _on_indented_line(text, context)
    elif (
        before[-1:].isspace()
        and not before[-2:].isspace()
        and _is_one_space(text)
        and not context.language.prose
    ):
        text = text[1:]  # two or more align columns and are meant
    return candidate.changed(text, Reason.LEADING_SPACE)


def _ends_with_header(context: CursorContext) -> bool:
    """Whether the cursor stands behind what opens a block or bracket whose end is on another line."""
    header, language = context.line_before.rstrip(), context.language
    if context.line_after.strip() or not context.lex_state.is_code:
        return False
    if header[-1:] in CLOSERS:
        return context.next_line.lstrip()[:1] in (")", "]", "}")
    by_word = language.ends_by_word and opens_block(header, context)
    return by_word or (language.indentation_based and not language.key_value and header[-1:] == ":")


def _is_one_space(text: str) -> bool:
    return text[:1] in (" ", "\t") and text[1:2] not in (" ", "\t", "")


def _on_indented_line(text: str, context: CursorContext) -> str:
    body = text.lstrip(" \t\n") if text.lstrip(" \t").startswith("\n") else text
    space = leading_space(body)
    if context.lex_state.literal is not None or not space:
        return body
    return body.lstrip(" \t")


def trim_end(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away trailing space, except where text follows on the same line."""
    after = context.line_after
    if not after.strip():
        candidate = candidate.changed(candidate.text.rstrip(), Reason.TRAILING_SPACE)
    elif after[0].isspace():
        candidate = candidate.changed(candidate.text.rstrip(" \t"), Reason.TRAILING_SPACE)
    return candidate if candidate.text.strip() else replace(candidate, replaced=0)
