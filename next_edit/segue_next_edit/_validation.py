"""What must hold of an edit before anyone sees it, whoever proposed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax import Blocks, language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit._situation import Situation

_PARSED_LINES = 4000


def refusal(
    situation: Situation,
    path: str,
    start: int,
    end: int,
    new: Sequence[str],
    *,
    syntax: bool = True,
    undo: bool = False,
) -> str:
    """Return why lines `start` to `end` of `path` must not become `new`, or ""; `undo` allows what was there before."""
    lines = situation.lines(path)
    if not 0 <= start <= end <= len(lines):
        return "it does not fit the file"
    if list(new) == lines[start:end]:
        return "it changes nothing"
    if [line.strip() for line in new] == [line.strip() for line in lines[start:end]] and not _indents(path):
        return "it changes blanks only"
    if not undo and undoes(situation, path, start, end, new):
        return "it takes back what was just typed"
    if syntax and breaks(situation, path, start, end, new):
        return "the file would parse worse"
    return ""


def undoes(situation: Situation, path: str, start: int, end: int, new: Sequence[str]) -> bool:
    """Whether the edit gives lines back the text that the history took from them."""
    before = _stripped(situation.lines(path)[start:end])
    after = _stripped(new)
    for edit in situation.done:
        if edit.path != path:
            continue
        old, now = _stripped(edit.old), _stripped(edit.new)
        if (before, after) == (now, old):
            return True
        overlaps = edit.line < max(end, start + 1) and start < max(edit.end, edit.line + 1)
        if overlaps and old and _inside(old, after) and not _inside(old, before) and not _inside(now, after):
            return True
        if overlaps and not old and now and _inside(now, before) and not set(now) & set(after):
            return True
    return False


def breaks(situation: Situation, path: str, start: int, end: int, new: Sequence[str]) -> bool:
    """Whether the file has more syntax errors with the edit than without it."""
    lines = situation.lines(path)
    language = language_of(path=path)
    if len(lines) > _PARSED_LINES or not language.grammar or language.advisory:
        return False
    now = situation.errors(path)
    if now is None:
        return False
    then = situation.errors_with(path, [*lines[:start], *new, *lines[end:]])
    return then is not None and then > now


def _indents(path: str) -> bool:
    return language_of(path=path).blocks is Blocks.INDENTATION


def _stripped(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())


def _inside(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    size = len(part)
    return bool(part) and any(whole[at : at + size] == part for at in range(len(whole) - size + 1))
