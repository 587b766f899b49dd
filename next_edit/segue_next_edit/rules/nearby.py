"""Where a change usually goes on: lines that share its rare names, the lines around it, and its tests."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from segue_context.test_files import is_test, subject_of
from segue_next_edit._candidates import Candidate
from segue_next_edit._tokens import WORD, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_RECENT = 4
_COMMON = 30
_PER_FILE = 8
_WINDOW = 6


class NearbyRule:
    """Guesses places only; a model, or the user, knows what to write there."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield related lines, neighbouring lines, and ends of tests."""
        weights = _words(situation)
        for path in situation.paths[:6]:
            file = situation.file(path)
            if file is not None and len(file.lines) < 20_000:
                yield from self._related(situation, file, weights)
        yield from self._around(situation)
        yield from self._tests(situation, weights)

    def _related(
        self, situation: Situation, file: SourceFile, weights: dict[str, tuple[float, str]]
    ) -> Iterator[Candidate]:
        scores: dict[int, list[float]] = {}
        for word, (weight, source) in weights.items():
            places = file.lines_of(word)
            count = len(places)
            if not 0 < count <= _COMMON:
                continue
            for line in places:
                row = scores.setdefault(line, [0.0, 0.0, 0.0, 0.0])
                share = weight / count**0.5
                row[0] += share
                row[1 if source == "added" else 2 if source == "removed" else 3] += share
        best = sorted(
            (line for line in scores if not situation.is_touched(file.path, line, line + 1)),
            key=lambda line: -scores[line][0],
        )
        taken: set[int] = set()
        imports = file.import_lines
        for line in best:
            if any(abs(line - other) <= 2 for other in taken):
                continue
            taken.add(line)
            total, added, removed, kept = scores[line]
            yield Candidate(
                file.path, line, line + 1, None, "related", "related", "uses the same names",
                {"shared": min(total, 6.0), "added": min(added, 4.0), "removed": min(removed, 4.0),
                 "kept": min(kept, 4.0), "import": float(line in imports), "order": float(len(taken)),
                 "alike": _alike(file.lines[line], situation)},
            )  # fmt: skip
            if len(taken) >= _PER_FILE:
                return

    def _around(self, situation: Situation) -> Iterator[Candidate]:
        for edit in sorted(situation.done, key=lambda e: e.age)[:2]:
            lines = situation.lines(edit.path)
            for side, first in (
                ("below", edit.end + 1),
                ("further", edit.end + 1 + _WINDOW),
                ("above", edit.line - 1 - _WINDOW),
            ):
                start, end = _trimmed(lines, max(0, first), min(first + _WINDOW, len(lines)))
                if end <= start or situation.is_touched(edit.path, start, end):
                    continue
                yield Candidate(
                    edit.path, start, end, None, "around", "around\0" + side, "next to the last edit",
                    {"age": float(edit.age), "below_it": float(side == "below"), "above_it": float(side == "above"),
                     "inserted": float(not edit.old), "size": float(min(len(edit.new), 20)),
                     "deeper": float(_deeper(lines, edit, start))},
                )  # fmt: skip
        for path in situation.paths[:3]:
            file = situation.file(path)
            if file is not None and file.imports:
                flat = [s for s in file.imports if not s.indent or file.language.imports.grouped]
                if flat and not any(situation.is_touched(path, s.start, s.end) for s in flat):
                    last = flat[-1]
                    yield Candidate(
                        path, last.start, last.end, None, "imports", "imports", "imports of the edited file",
                        {"age": float(min(e.age for e in situation.done if e.path == path)),
                         "edits_here": float(min(5, sum(e.path == path for e in situation.done)))},
                    )  # fmt: skip

    def _tests(self, situation: Situation, weights: dict[str, tuple[float, str]]) -> Iterator[Candidate]:
        """Yield the ends of the tests of the edited files."""
        stems = {subject_of(path): path for path in situation.paths[:4] if not is_test(path)}
        names = [word for word, (weight, _) in sorted(weights.items(), key=lambda row: -row[1][0])[:12]]
        tested = ((path, subject) for stem, subject in stems.items() for path in situation.tests_of(stem))
        for path, subject in tested:
            if path.rsplit(".", 1)[-1] != subject.rsplit(".", 1)[-1]:
                continue
            file = situation.file(path)
            if file is None:
                continue
            end = len(file.lines)
            while end > 1 and not file.lines[end - 1].strip():
                end -= 1
            known = [name for name in names if file.lines_of(name)]
            common = {"known": float(path in situation.touched), "mentions": float(min(len(known), 5))}
            if not situation.is_touched(path, end - 1, end):
                yield Candidate(
                    path, end - 1, end, None, "test end", "test", "the tests of this file", common
                )
            yield from _mentions(situation, file, known[:6], common)


def _trimmed(lines: list[str], start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the blank lines at its ends."""
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return start, end


def _mentions(
    situation: Situation, file: SourceFile, names: list[str], common: dict[str, float]
) -> Iterator[Candidate]:
    scores: defaultdict[int, float] = defaultdict(float)
    for name in names:
        lines = file.lines_of(name)
        if len(lines) <= _COMMON:
            for line in lines:
                scores[line] += 1 / len(lines)
    for order, (line, score) in enumerate(sorted(scores.items(), key=lambda row: (-row[1], row[0]))[:3]):
        if not situation.is_touched(file.path, line, line + 1):
            yield Candidate(
                file.path, line, line + 1, None, "test use", "test", "tests what was edited",
                {**common, "shared": min(score, 4.0), "order": float(order)},
            )  # fmt: skip


def _words(situation: Situation) -> dict[str, tuple[float, str]]:
    """Return the identifiers of the newest edits with a weight, and whether they came, went or stayed."""
    weights: dict[str, tuple[float, str]] = {}
    for edit in sorted(situation.done, key=lambda e: e.age)[:_RECENT]:
        old, new = set(words_of(edit.old[:60])), set(words_of(edit.new[:60]))
        fade = 0.7**edit.age
        for word in old | new:
            if len(word) < 3:
                continue
            source = "kept" if word in old and word in new else "added" if word in new else "removed"
            weight = fade * (0.6 if source == "kept" else 1.0) * (1.3 if len(word) > 7 else 1.0)
            if weight > weights.get(word, (0.0, ""))[0]:
                weights[word] = (weight, source)
    return weights


def _alike(line: str, situation: Situation) -> float:
    """Return how like the newest edit's lines a line is, 0..1."""
    words = set(WORD.findall(line))
    newest = next((e for e in situation.done if e.age == 0), None)
    if newest is None or not words:
        return 0.0
    return max(
        (
            len(words & set(WORD.findall(other))) / len(words | set(WORD.findall(other)))
            for other in (*newest.old[:20], *newest.new[:20])
            if WORD.search(other)
        ),
        default=0.0,
    )


def _deeper(lines: list[str], edit: Done, start: int) -> bool:
    """Whether the lines lie in the block that the edit is in or opens."""
    first = next((line for line in edit.new if line.strip()), "")
    here = lines[start]
    return len(here) - len(here.lstrip()) >= len(first) - len(first.lstrip())
