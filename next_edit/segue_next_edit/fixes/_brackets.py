"""Brackets that were forgotten: where one more makes the file parse, and looks like what others write."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit.fixes._bracket_weights import CLOSING, OPENING
from segue_next_edit.fixes._types import Draft
from segue_syntax import leading_space

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit.fixes._types import Place

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENER_OF = {closer: opener for opener, closer in _PAIRS.items()}
_BRACKET = re.compile(r"[()\[\]{}]")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_JOINED = re.compile(r"[^\W\d]\w+")
_AROUND = 60
_MAX_PARSED = 40
_MAX_BALANCED = 400
_LINE_COST = 1.5
_CLEAR = 1.0
_RARE, _AT_START, _BLANK, _PARTED = -4.0, -3.0, 2.0, 3.0
_LONG = 3
_IN_GAP, _HABIT = 6.0, 4.0
_CONTEXTS = ((2, 2), (1, 3))
"""How many tokens before and behind a bracket are compared."""
_GAP = re.compile(r"(?<=\S)  (?=\S)")
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_LEAST = -3.5


@dataclass(frozen=True, slots=True)
class _Insertion:
    """A bracket put in at `line` and `column`, with what its neighbours say for it."""

    line: int
    column: int
    mark: str
    worth: float

    def into(self, lines: Sequence[str]) -> list[str]:
        text = lines[self.line]
        return [
            *lines[: self.line],
            text[: self.column] + self.mark + text[self.column :],
            *lines[self.line + 1 :],
        ]


def missing_brackets(place: Place) -> Iterator[Draft]:
    """Yield the file with the bracket that it lacks, where one place for it is clearly the likeliest."""
    marks = _lacking(place)
    if not marks:
        return
    for rows in ((place.line,), _rows(place)):
        found = _parsing(place, rows, marks)
        if found and found[0][0].worth > _LEAST:
            best, lines = found[0]
            margin = best.worth - found[1][0].worth if len(found) > 1 else 2 * _CLEAR
            confidence = 0.9 if margin >= _CLEAR else 0.7
            yield Draft("bracket", f"Add the missing {best.mark}", best.line, lines, confidence, (best.mark,))
            return


def _lacking(place: Place) -> list[str]:
    """Return the brackets of which the file has too few, closing ones for those that are never closed."""
    counts: dict[str, int] = {}
    for mark, _ in _brackets(place):
        counts[mark] = counts.get(mark, 0) + 1
    lacking = []
    for opener, closer in _PAIRS.items():
        more = counts.get(opener, 0) - counts.get(closer, 0)
        lacking += [closer] if more > 0 else [opener] if more < 0 else []
    return lacking


def _brackets(place: Place) -> Iterator[tuple[str, int]]:
    """Yield the brackets of the code with their offsets."""
    regions = place.file.regions
    for match in _BRACKET.finditer(place.file.text):
        if regions.at(match.start()) == "code":
            yield match[0], match.start()


def _rows(place: Place) -> list[int]:
    """Return the lines around the place, the nearest first."""
    last = len(place.file.lines)
    near = range(max(0, place.line - _AROUND), min(last, place.line + _AROUND))
    return sorted((at for at in near if at != place.line), key=lambda at: abs(at - place.line))


def _parsing(place: Place, rows: Sequence[int], marks: Sequence[str]) -> list[tuple[_Insertion, list[str]]]:
    """Return the insertions on `rows` after which the fewest syntax errors are left, the likeliest first."""
    file = place.file
    before = list(_brackets(place))
    worst = _imbalance(before)
    habit = _Habits(file.text)
    tried: dict[tuple[int, str], _Insertion] = {}
    for row in rows:
        for one in _insertions(place, row, marks, habit):
            key = row, one.into(file.lines)[row]
            if key not in tried or one.worth > tried[key].worth:
                tried[key] = one
    likely = sorted(tried.values(), key=lambda one: -one.worth)[:_MAX_BALANCED]
    fitting = [one for one in likely if _balance_with(place, before, one) < worst]
    results: list[tuple[int, _Insertion, list[str]]] = []
    for one in fitting[:_MAX_PARSED]:
        lines = one.into(file.lines)
        errors = place.situation.errors_with(file.path, lines)
        if errors is not None:
            results.append((errors, one, lines))
    least = min((errors for errors, _, _ in results), default=0)
    return [(one, lines) for errors, one, lines in results if errors == least]


def _imbalance(brackets: Sequence[tuple[str, int]]) -> int:
    """Return how many brackets have no partner."""
    stack: list[str] = []
    lone = 0
    for mark, _ in brackets:
        if mark in _PAIRS:
            stack.append(mark)
            continue
        opener = _OPENER_OF[mark]
        if opener in stack[-3:]:
            while stack and stack[-1] != opener:
                stack.pop()
                lone += 1
            stack.pop()
        else:
            lone += 1
    return lone + len(stack)


def _balance_with(place: Place, before: Sequence[tuple[str, int]], one: _Insertion) -> int:
    at = place.file.starts[one.line] + one.column
    return _imbalance(sorted([*before, (one.mark, at - 0.5)], key=lambda row: row[1]))  # type: ignore[list-item]


def _insertions(place: Place, row: int, marks: Sequence[str], habit: _Habits) -> Iterator[_Insertion]:
    """Yield where a bracket could go on a line: closing ones behind its tokens, opening ones in front and inside."""
    file = place.file
    text, start = file.lines[row], file.starts[row]
    away = _LINE_COST * abs(row - place.line)
    if not text.strip():
        for mark in marks:
            yield _Insertion(row, len(text), mark, _BLANK - away)
        return
    tokens = [m for m in _TOKEN.finditer(text) if file.regions.at(start + m.start()) == "code"]
    strings = _strings(place, row)
    ends = [(m.end(), _kind(m[0])) for m in tokens] + [(at, "text") for _, at in strings]
    begins = (
        [(m.start(), _kind(m[0])) for m in tokens]
        + [(at, "text") for at, _ in strings]
        + [(len(text), "end")]
    )
    for mark in marks:
        for gap in _GAP.finditer(text):  # the bracket between them has gone
            yield _Insertion(row, gap.start() + 1, mark, _IN_GAP - away)
        if mark in _OPENER_OF:
            yield _Insertion(row, _start(text), mark, _AT_START - away)
            yield from _splits(place, row, mark, away)
            for column, kind in ends:
                following = _following(text, column)
                weight = CLOSING.get((mark, kind, following), _RARE) + habit(text, column, mark)
                yield _Insertion(row, column, mark, weight - away)
        else:
            for column, kind in begins:
                called = re.search(r"\w+\Z", text[:column])
                if called is not None and kind == "close" and not _is_written(place, called[0]):
                    continue  # rather two words that have grown together
                weight = OPENING.get((mark, _preceding(text, column), kind), _RARE) + habit(
                    text, column, mark
                )
                yield _Insertion(row, column, mark, weight - away)
            yield from _splits(place, row, mark, away)


class _Habits:
    """How often the file writes a bracket between the same tokens; numbers and strings count as alike."""

    def __init__(self, text: str) -> None:
        self._text = " ".join(_alike(text))

    def __call__(self, text: str, column: int, mark: str) -> float:
        before, after = _alike(text[:column]), _alike(text[column:])
        count = 0
        for left, right in _CONTEXTS:
            if len(before) >= left and len(after) >= min(right, 2):
                count = max(count, self._text.count(" ".join([*before[-left:], mark, *after[:right]])))
        return _HABIT + math.log1p(count) if count else 0.0


def _alike(text: str) -> list[str]:
    return ["0" if token[0].isdigit() else token for token in _TOKEN.findall(_STRING.sub("''", text))]


def _start(text: str) -> int:
    """Return the column of a bracket in front of a line: where what follows it was a step further by a space, before that."""
    width = len(leading_space(text))
    return width - 1 if width % 2 and text.startswith(" ") else width


def _splits(place: Place, row: int, mark: str, away: float) -> Iterator[_Insertion]:
    """Yield where a bracket parts a word into two that are known: on the line itself, since many words are looked up."""
    file = place.file
    if row != place.line:
        return
    text, start = file.lines[row], file.starts[row]
    for match in _JOINED.finditer(text):
        if file.regions.at(start + match.start()) != "code" or len(file.lines_of(match[0])) > 1:
            continue
        for at in range(match.start() + 1, match.end()):
            left, right = text[match.start() : at], text[at : match.end()]
            called = (f"{left}{mark}" if mark in _PAIRS else f"{mark}{right}") in file.text
            if (called or _is_known(place, left)) and _is_known(place, right):
                yield _Insertion(row, at, mark, _PARTED + called - away)


def _is_written(place: Place, word: str) -> bool:
    """Whether a word is written anywhere else."""
    return len(place.file.lines_of(word)) > 1 or place.is_elsewhere(word)


def _is_known(place: Place, word: str) -> bool:
    """Whether a part of a word is a number or a word itself."""
    if word.isdigit() or place.file.lines_of(word):
        return True
    return len(word) >= _LONG and place.is_elsewhere(word)


def _strings(place: Place, row: int) -> list[tuple[int, int]]:
    """Return the columns at which strings begin and end on a line."""
    file = place.file
    start, text = file.starts[row], file.lines[row]
    inside = [file.regions.at(start + column) == "string" for column in range(len(text))] + [False]
    begins = [at for at, is_text in enumerate(inside) if is_text and not (at and inside[at - 1])]
    ends = [at for at in range(1, len(inside)) if inside[at - 1] and not inside[at]]
    return list(zip(begins, ends, strict=False))


_MARKS = {
    ",": "comma", ";": "semicolon", ":": "colon", ".": "dot", "(": "open", "[": "open", "{": "brace", ")": "close",
    "]": "close", "}": "close", '"': "text", "'": "text", "`": "text", "=": "equals",
}  # fmt: skip
_WORDS = frozenset({"and", "or", "if", "else", "in", "is", "not", "for", "as", "instanceof", "async", "of"})


def _kind(token: str) -> str:
    if token in _WORDS:
        return "operator"
    return _MARKS.get(token) or ("word" if token[0].isalnum() or token[0] == "_" else "operator")


def _following(text: str, column: int) -> str:
    """Return the kind of the token behind a column, with a space in front where one is there."""
    match = _TOKEN.search(text, column)
    if match is None or text[match.start() :].startswith(("//", "# ")):
        return "end"
    return (" " if match.start() > column else "") + _kind(match[0])


def _preceding(text: str, column: int) -> str:
    """Return the kind of the token in front of a column, with a space behind where one is there."""
    tokens = _TOKEN.findall(text[:column])
    return _kind(tokens[-1]) + " " * text[:column].endswith(" ") if tokens else "begin"
