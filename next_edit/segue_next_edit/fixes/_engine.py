"""All finders together: what mends a place, checked."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_next_edit._known_files import KnownFiles
from segue_next_edit._situation import Situation
from segue_next_edit.fixes._arguments import wrong_arguments
from segue_next_edit.fixes._awaits import missing_awaits
from segue_next_edit.fixes._brackets import missing_brackets
from segue_next_edit.fixes._members import misspelt_members
from segue_next_edit.fixes._names import missing_imports, misspelt_names
from segue_next_edit.fixes._types import Fix, Place, TextChange
from segue_next_edit.fixes._unused import unused_imports
from segue_syntax import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context import WorkspaceReader
    from segue_next_edit.fixes._types import Draft

_FINDERS = (
    missing_imports,
    misspelt_names,
    misspelt_members,
    wrong_arguments,
    unused_imports,
    missing_awaits,
)
_FINDERS_AROUND = (missing_imports, misspelt_names)
"""What is sure enough to be looked for on other lines than the one that was named."""
_MAX_LINES = 20_000
_MAX_FIXES = 5
_BEHIND = 0.6
"""The confidence of an import on the line of a bracket that is missing."""


class FixEngine:
    """Finds fixes for places of one workspace; it remembers the files that it looked at. Safe to use from any thread."""

    def __init__(self, reader: WorkspaceReader) -> None:
        self._reader = reader
        self._texts = KnownFiles()

    def fixes(self, path: str, line: int, message: str = "") -> list[Fix]:
        """Return what mends the problem at a 0-based line of a file, the likeliest first; [] when nothing is sure.

        `message` is what a checker said there, where it said something: names in it are looked at first. A fix changes
        the definition around the line and the imports, and leaves the file with no more syntax errors than before.
        """
        situation = Situation(self._reader, (), (path, line), texts=self._texts)
        file = situation.read(path)
        if file is None or not 0 <= line < len(file.lines) or len(file.lines) > _MAX_LINES or not file.parsed:
            return []
        place = Place(situation, file, line, message)
        drafts = sorted(_checked(place, message), key=lambda d: (d.line != line, -d.confidence))
        fixes = (_fix_of(place, draft) for draft in drafts[:_MAX_FIXES])
        return list({fix.changes: fix for fix in fixes}.values())


def fixes_at(reader: WorkspaceReader, path: str, line: int, message: str = "") -> list[Fix]:
    """Return what `FixEngine.fixes` returns, once."""
    return FixEngine(reader).fixes(path, line, message)


def _checked(place: Place, message: str) -> list[Draft]:
    """Return the drafts that may be offered: of the nearest lines that have any."""
    errors = place.situation.errors(place.file.path) or 0
    if errors:
        here = [draft for draft in missing_imports(place, (place.line,)) if _is_sound(place, draft, errors)]
        brackets = [draft for draft in missing_brackets(place) if _is_sound(place, draft, errors - 1)]
        if here or brackets or place.is_broken:
            told = [draft for draft in here if any(name in message for name in draft.names)]
            behind = (replace(draft, confidence=_BEHIND) for draft in here if draft not in told)
            return [*told, *behind, *brackets]
    for finders, lines in zip((_FINDERS, _FINDERS_AROUND), place.rounds(), strict=True):
        found = [d for finder in finders for d in finder(place, lines) if _is_sound(place, d, errors)]
        if found:
            return found
    if place.definition_at(place.line) is None:
        return [
            d for d in missing_imports(place, range(len(place.file.lines))) if _is_sound(place, d, errors)
        ]
    return []


def _is_sound(place: Place, draft: Draft, most_errors: int) -> bool:
    """Whether a draft parses well enough and writes no line that stands for one too long to look at."""
    old = set(place.file.lines)
    if any("\ufdd0" in line for line in draft.lines if line not in old):
        return False
    errors = place.situation.errors_with(place.file.path, draft.lines)
    return errors is not None and errors <= most_errors


def _fix_of(place: Place, draft: Draft) -> Fix:
    text = place.situation.reader.read_text(place.file.path) or ""
    newline = "\r\n" if "\r\n" in text else "\n"
    changes = tuple(_changes(place.file.lines, draft.lines, newline))
    return Fix(draft.kind, draft.title, place.file.path, draft.line, changes, draft.confidence)


def _changes(old: Sequence[str], new: Sequence[str], newline: str) -> Iterator[TextChange]:
    """Yield how the lines `old` become `new`, each change without what stays at its ends."""
    head = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    most = min(len(old), len(new)) - head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        first, last = head + a, head + b
        written = new[head + c : head + d]
        if first == last:
            at_end = first >= len(old)
            start = Position(first - 1, len(old[first - 1])) if at_end else Position(first, 0)
            lines = [newline + line for line in written] if at_end else [line + newline for line in written]
            yield TextChange(start, start, "".join(lines))
        elif not written:
            yield TextChange(Position(first, 0), Position(last, 0), "")
        else:
            yield _trimmed(first, old[first:last], written, newline)


def _trimmed(first: int, old: Sequence[str], new: Sequence[str], newline: str) -> TextChange:
    """Return the change of some lines, from the first character that differs to the last."""
    start = _common(old[0], new[0])
    most = min(len(old[-1]), len(new[-1])) - (start if len(old) == len(new) == 1 else 0)
    end = min(_common(old[-1][::-1], new[-1][::-1]), max(0, most))
    if len(old) == 1 != len(new) or len(new) == 1 != len(old):
        start = end = 0
    text = newline.join([*new[:-1], new[-1][: len(new[-1]) - end]])[start:]
    return TextChange(Position(first, start), Position(first + len(old) - 1, len(old[-1]) - end), text)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))
