"""The part of a document worth reading around a cursor, and what its tokens are.

Successive keystrokes on a line share all that stands above it, and most of what follows: that is read once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._pairs import Closing, Followed, closings_in, follow, openings_in
from segue_syntax import CODE, Language, LexState, Opening, language_of, scanner_of

if TYPE_CHECKING:
    from segue_syntax import Language

_MOST_CHARS: Final = 12_000  # to each side: a minified file has no lines to count
_MOST_OPEN: Final = 200
_HEAD_LINES: Final = 70
_TAIL_LINES: Final = (20, 80)
_TOP_LEVEL: Final = re.compile(r"(?!(?:public|private|protected|signals)\b[\w ]*:)[A-Za-z_@$\[]")
_ENDS_DEFINITION: Final = frozenset("\n\r};){:>]*/\"'`")
_FAR: Final = 20_000  # from here on an odd quote somewhere has done no harm
_PART: Final = 8_000  # characters read at once: those far above stay as they are
_SURE_CODE: Final = re.compile(
    r"\n\n(?=(?:async def|def|class|func|function|export|public|internal|static|const|fn|pub|impl|type|interface|"
    r"module)\b)"
)


def window_start(prefix: str, language: Language) -> tuple[int, bool]:
    """Return where the text worth reading before the cursor starts, and whether nothing is open there.

    That is the last line that begins at the left margin with a word, as definitions do, two such lines back. Where
    brackets part definitions, one follows a blank line or the end of another; prose in a long string does not.
    """
    line_start = prefix.rfind("\n") + 1
    at = line_start
    seen = 0
    earliest = max(0, len(prefix) - _MOST_CHARS)
    parted = not (language.indentation_based or language.ends_by_word or language.key_value or language.prose)
    for _ in range(_HEAD_LINES):
        if at < earliest:
            return earliest, False
        if at == 0:
            return 0, True
        if at < line_start and prefix[at] not in " \t\n}" and _TOP_LEVEL.match(prefix, at):
            if not parted or prefix[max(0, at - 2)] in _ENDS_DEFINITION:
                seen += 1
            if seen > 1:
                return at, True
        at = prefix.rfind("\n", 0, at - 1) + 1
    return max(at, earliest), at == 0


def state_at(prefix: str, start: int, language_id: str) -> LexState:
    """Return whether the window starts inside a long string or comment: read from where code surely begins."""
    nearest = _SURE_CODE.search(prefix, max(0, start - _FAR), start)
    if nearest is None:
        for nearest in _SURE_CODE.finditer(prefix, 0, max(0, start - _FAR)):  # noqa: B007 - the last is wanted
            pass
    at, state = nearest.start() if nearest else 0, CODE
    while at < start:
        end = prefix.find("\n", at + _PART, start) + 1
        end = end if 0 < end < at + 2 * _PART else min(at + _PART, start)
        state = _state_after(prefix[at:end], language_id, state)
        at = end
    return state


@lru_cache(maxsize=256)
def _state_after(text: str, language_id: str, state: LexState) -> LexState:
    return scanner_of(language_id).scan(text, 0, state)[1]


def read_head(head: str, language_id: str, mode: LexState) -> tuple[LexState, tuple[Opening, ...]]:
    """Return the state that the text before the cursor ends in, and what is open there."""
    line_start = head.rfind("\n") + 1
    end, followed = _read(head[:line_start], language_id, mode)
    if end.is_code:
        further, end = scanner_of(language_id).scan(head, line_start)
        followed = follow(further, followed)
    else:
        end, followed = _read(head, language_id, mode)
    return end, openings_in(head, followed)[-_MOST_OPEN:]


@lru_cache(maxsize=8)
def _read(text: str, language_id: str, mode: LexState) -> tuple[LexState, Followed]:
    tokens, end = scanner_of(language_id).scan(text, 0, mode)
    return end, follow(tokens, Followed(inside=mode.literal is not None))


def read_tail(
    suffix: str, language_id: str, mode: LexState, depth: int
) -> tuple[str, bool, tuple[Closing, ...]]:
    """Return the text worth reading after the cursor, whether that is all, and what it closes.

    That is a few lines, and more of them when they close less than two of the `depth` marks that are open.
    """
    short = _lines_end(suffix, _TAIL_LINES[0])
    longer = _lines_end(suffix, _TAIL_LINES[1], short)
    cut = len(suffix) > _MOST_CHARS and not 0 <= longer <= _MOST_CHARS
    if cut:
        longer, short = _MOST_CHARS, min(short, _MOST_CHARS) if short >= 0 else _MOST_CHARS
    text = (suffix if longer < 0 else suffix[:longer]).replace("\r\n", "\n")
    length = len(text) if short < 0 else len(suffix[:short].replace("\r\n", "\n"))
    length, closings = _read_tail(text, length, language_id, mode, min(depth, 2))
    whole = longer < 0 and length == len(text)
    return text[:length], whole, closings


@lru_cache(maxsize=8)
def _read_tail(
    text: str, length: int, language_id: str, mode: LexState, wanted: int
) -> tuple[int, tuple[Closing, ...]]:
    scanner = scanner_of(language_id)
    tokens, end = scanner.scan(text[:length], 0, mode)
    closings = closings_in(text, tokens, mode, language_of(language_id))
    if len(closings) >= wanted or length == len(text):
        return length, closings
    if end.is_code and length:
        further, _ = scanner.scan(text, length)
        tokens = [*tokens, *further]
    else:
        tokens, _ = scanner.scan(text, 0, mode)
    return len(text), closings_in(text, tokens, mode, language_of(language_id))


def _lines_end(text: str, count: int, since: int = -1) -> int:
    """Return where `count` lines of `text` end, -1 if it has fewer; `since` is the end of the line read last."""
    at = since
    for _ in range(count - (text.count("\n", 0, since) + 1 if since >= 0 else 0)):
        at = text.find("\n", at + 1)
        if at < 0:
            break
    return at
