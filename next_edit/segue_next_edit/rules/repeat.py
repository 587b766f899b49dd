"""The same hunk again: lines replaced, removed or inserted elsewhere just as they were here."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._renames import beyond_renames
from segue_next_edit._tokens import reindented, tokens_of, words_of
from segue_next_edit.patterns import is_ahead
from segue_syntax import language_of, leading_space

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_LINES = 60
_MAX_HUNKS = 16
_MAX_FILES = 40


class RepeatRule:
    """Finds the old lines of a hunk, or the neighbours of an insertion, at other places."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the places where a hunk of the history fits once more."""
        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Done]] = {}
        for edit in sorted(beyond_renames(situation), key=lambda e: e.age):
            if len(edit.old) > _MAX_LINES or len(edit.new) > _MAX_LINES:
                continue
            groups.setdefault((_stripped(edit.old), _stripped(edit.new)), []).append(edit)
        for (old, new), edits in list(groups.items())[:_MAX_HUNKS]:
            if old == new:
                continue
            if any(old):
                yield from islice(self._replaced(situation, old, new, edits), situation.most_places)
            elif any(new):
                yield from islice(self._inserted(situation, new, edits), situation.most_places)

    def _replaced(
        self, situation: Situation, old: tuple[str, ...], new: tuple[str, ...], edits: list[Done]
    ) -> Iterator[Candidate]:
        first = next(line for line in old if line)
        words = [word for word in dict.fromkeys(words_of(old)) if len(word) > 2]
        weight = sum(
            len(token) > 1 or token.isalnum() for line in old for token in tokens_of(line) if token.strip()
        )
        paths = situation.files_with(*words[:4], limit=_MAX_FILES) if words else situation.paths
        edit = edits[0]
        group = "repeat\0" + "\n".join(old) + "\0" + "\n".join(new)
        offset = old.index(first)
        for path in paths:
            file = situation.file(path)
            if file is None or first not in file.text:
                continue
            for line in _lines_equal(situation, file, first):
                start, end = line - offset, line - offset + len(old)
                if start < 0 or _stripped(file.lines[start:end]) != old:
                    continue
                if situation.is_touched(path, start, end):
                    continue
                text = _as_here(edit, file.lines[start:end])
                yield Candidate(
                    path, start, end, text, "repeat", group, "the same change again",
                    {**_support(edits), "weight": float(min(weight, 40)), "lines": float(min(len(old), 10)),
                     "identical": float(tuple(file.lines[start:end]) == edit.old), "deletes": float(not new),
                     "language": float(language_of(path=path).id == language_of(path=edit.path).id),
                     **({"resolved": 1.0} if len(edits) > 1 and is_ahead(edits, path, start) else {})},
                )  # fmt: skip

    def _inserted(self, situation: Situation, new: tuple[str, ...], edits: list[Done]) -> Iterator[Candidate]:
        edit = edits[0]
        here = situation.lines(edit.path)
        above = _near(here, edit.line - 1, -1)
        below = _near(here, edit.end, 1)
        group = "insert\0" + "\n".join(new)
        for side, anchor, line_of in (("above", above, edit.line - 1), ("below", below, edit.end)):
            if anchor is None or not any(len(word) > 2 for word in words_of([anchor])):
                continue
            words = [word for word in dict.fromkeys(words_of([anchor])) if len(word) > 2][:4]
            for path in situation.files_with(*words, limit=_MAX_FILES):
                file = situation.file(path)
                if file is None or anchor not in file.text:
                    continue
                for line in _lines_equal(situation, file, anchor):
                    if situation.is_touched(path, line, line + 1) or (path == edit.path and line == line_of):
                        continue
                    at = line + 1 if side == "above" else line
                    if situation.is_touched(path, at, at + 1) or situation.is_touched(path, at - 1, at):
                        continue
                    if _stripped(file.lines[at : at + len(new)]) == new:
                        continue
                    if side == "below" and _stripped(file.lines[max(0, at - len(new)) : at]) == new:
                        continue
                    other = _near(file.lines, at if side == "above" else at - 1, 1 if side == "above" else -1)
                    both = other == (below if side == "above" else above)
                    if side == "below" and both:
                        continue  # found from above already
                    text = reindented(
                        edit.new,
                        leading_space(_first(edit.new)),
                        _indent_like(edit, here, file.lines, line, line_of),
                    )
                    yield Candidate(
                        path, at, at, text, "insertion", group, "the same lines again",
                        {**_support(edits), "both": float(both), "above": float(side == "above"),
                         "weight": float(min(sum(map(len, map(words_of, [[anchor]]))), 12)),
                         "lines": float(min(len(new), 10)),
                         "language": float(language_of(path=path).id == language_of(path=edit.path).id)},
                    )  # fmt: skip


def _support(edits: Sequence[Done]) -> dict[str, float]:
    return {"support": float(min(len(edits), 6)), "age": float(min(edits[0].age, 10))}


def _stripped(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines)


def _first(lines: Sequence[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _near(lines: Sequence[str], at: int, step: int) -> str | None:
    """Return the first line with text from `at` on, stripped, if it is at most two lines away."""
    for line in range(at, at + 3 * step, step):
        if 0 <= line < len(lines) and lines[line].strip():
            return lines[line].strip()
    return None


def _lines_equal(situation: Situation, file: SourceFile, stripped: str) -> Iterator[int]:
    """Yield the lines that are `stripped` but for their indentation and trailing blanks, the nearest first."""
    for line in situation.lines_holding(file, stripped):
        if file.lines[line].strip() == stripped:
            yield line


def _as_here(edit: Done, there: Sequence[str]) -> tuple[str, ...]:
    """Return the new lines of `edit` with the indentation that its old lines have `there`."""
    return reindented(edit.new, leading_space(_first(edit.old)), leading_space(_first(there)))


def _indent_like(edit: Done, here: Sequence[str], there: Sequence[str], line: int, anchor: int) -> str:
    """Return the indentation of the inserted lines next to `line`, as they have it next to their own anchor."""
    own = leading_space(_first(edit.new))
    mine = leading_space(here[anchor]) if 0 <= anchor < len(here) else ""
    other = leading_space(there[line])
    if own.startswith(mine):
        return other + own[len(mine) :]
    if mine.startswith(own) and other.endswith(mine[len(own) :]):
        return other[: len(other) - len(mine) + len(own)]
    return own
