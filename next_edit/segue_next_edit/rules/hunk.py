"""A whole hunk again where other names stand in it: several changes in a line, or in lines that belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._renames import beyond_renames
from segue_next_edit._tokens import WORD, kind_of, paired_lines, tokens_of
from segue_syntax import leading_space

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_CONTEXT = 2
_TELLING = 4
"""From this length on what went says more than what stood around it."""
_MAX_LINES = 6
_MAX_TOKENS = 150
_MAX_HUNKS = 4
_MAX_FILES = 20
_MAX_PLACES = 40
_WINDOW = 150
_LONG_LINE = 300
_LEAST_NAME = 4


_Run = tuple[str, str, str]
"""What matches tokens that stay: those behind a change, a gap, those before the next change."""
_NOTHING: _Run = ("", "", "")


@dataclass(slots=True)
class _Hunk:
    """A change of `old` lines: what finds it, the texts put in between its groups, and the edits that made it.

    `literals` stand in every place; `name` is one of them that can be looked for in other files, "" without one.
    """

    pattern: re.Pattern[str]
    came: tuple[str, ...]
    went: tuple[str, ...]
    old: str
    literals: tuple[str, ...]
    name: str
    ages: set[int] = field(default_factory=set)

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return self.old.count("\n") + 1

    def applied(self, text: str) -> str | None:
        """Return what becomes of `text`, None where the hunk does not apply, or is just the same."""
        if (
            text == self.old
            or len(text) > _LONG_LINE * self.lines
            or any(literal not in text for literal in self.literals)
        ):
            return None
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        kept = match.groups()
        return kept[0] + "".join(new + old for new, old in zip(self.came, kept[1:], strict=True))


class HunkRule:
    """Repeats a hunk of several changes where the tokens around each of them are of the same kinds."""

    kind = "hunk"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the stretches near the edits, and in files that hold what the hunk replaced."""
        for hunk in _learnt(situation)[:_MAX_HUNKS]:
            found: list[Candidate] = []
            far = situation.files_with(hunk.name, limit=_MAX_FILES) if hunk.name else []
            for path in dict.fromkeys([*situation.paths, *far]):
                file = situation.file(path)
                if file is not None and len(found) < _MAX_PLACES:
                    found += _places(situation, file, hunk)
            yield from found[:_MAX_PLACES]


def _places(situation: Situation, file: SourceFile, hunk: _Hunk) -> Iterator[Candidate]:
    taken = -1
    for line in _lines(situation, file, hunk):
        end = line + hunk.lines
        if line < taken or end > len(file.lines) or situation.is_touched(file.path, line, end):
            continue
        indent = leading_space(file.lines[line])
        old = file.lines[line:end]
        if not all(text.startswith(indent) or not text.strip() for text in old):
            continue
        now = hunk.applied("\n".join(text[len(indent) :] for text in old))
        if now is None:
            continue
        taken = end
        new = tuple(indent + text if text.strip() else "" for text in now.split("\n")) if now else ()
        yield Candidate(
            file.path, line, end, new, "hunk", f"hunk\0{hunk.pattern.pattern}\0{hunk.came}", "the same change",
            {
                "support": float(min(len(hunk.ages), 6)),
                "age": float(min(10, *hunk.ages)),
                "lines": float(hunk.lines),
                "changes": float(min(len(hunk.came), 6)),
                "inserted": float(not any(hunk.went)),
                "deleted": float(not any(hunk.came)),
                "named": float(bool(hunk.name)),
                "length": float(min(30, sum(map(len, (*hunk.came, *hunk.went))))),
            },
        )  # fmt: skip


def _lines(situation: Situation, file: SourceFile, hunk: _Hunk) -> Iterator[int]:
    """Yield the lines where the hunk may begin, in order."""
    near = [edit for edit in situation.done if edit.path == file.path]
    if near:
        low = max(0, min(edit.line for edit in near) - _WINDOW)
        yield from range(low, min(len(file.lines), max(edit.end for edit in near) + _WINDOW))
    elif hunk.name:
        starts = {at - back for at in file.lines_of(hunk.name) for back in range(hunk.lines)}
        yield from sorted(line for line in starts if line >= 0)


def _learnt(situation: Situation) -> list[_Hunk]:
    hunks: dict[tuple[str, tuple[str, ...]], _Hunk] = {}
    for edit in sorted(beyond_renames(situation), key=lambda e: e.age):
        for old, new in _stretches(edit):
            hunk = _hunk_of(old, new)
            if hunk is not None:
                hunks.setdefault((hunk.pattern.pattern, hunk.came), hunk).ages.add(edit.age)
    return sorted(hunks.values(), key=lambda h: (-len(h.ages), min(h.ages)))


def _stretches(edit: Done) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield an edit's old and new lines, and where line answers to line each pair: one may recur without the others."""
    if 0 < len(edit.old) <= _MAX_LINES and 0 < len(edit.new) <= _MAX_LINES:
        yield edit.old, edit.new
        if len(edit.old) == len(edit.new) > 1:
            yield from (((one,), (other,)) for one, other in paired_lines(edit.old, edit.new))


def _hunk_of(before: Sequence[str], after: Sequence[str]) -> _Hunk | None:
    indent = leading_space(before[0])
    if not all(line.startswith(indent) or not line.strip() for line in (*before, *after)):
        return None
    old, new = (tokens_of("\n".join(line[len(indent) :] for line in lines)) for lines in (before, after))
    if not 0 < len(old) <= _MAX_TOKENS or len(new) > _MAX_TOKENS:
        return None
    # what stays and what does not take turns
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    reaches = [0 if tag == "equal" else _reach(old[a:b]) for tag, a, b, _, _ in codes]
    pieces: list[_Run | str] = [] if codes[0][0] == "equal" else [_NOTHING]
    came: list[str] = []
    went: list[str] = []
    kept: list[str] = []
    for (tag, a, b, c, d), above, below in zip(codes, [0, *reaches], [*reaches[1:], 0], strict=False):
        if tag == "equal":
            pieces.append(_run(old[a:b], above, below))
            kept += old[a:b]
        else:
            pieces.append(re.escape("".join(old[a:b])))
            went.append("".join(old[a:b]))
            came.append("".join(new[c:d]))
    if codes[-1][0] != "equal":
        pieces.append(_NOTHING)
    if not _telling(came, went, kept, lines=len(before)):
        return None
    names = [word for text in went for word in WORD.findall(text) if word not in COMMON_WORDS]
    return _Hunk(
        re.compile(_pattern(pieces)),
        tuple(came),
        tuple(went),
        "".join(old),
        tuple(dict.fromkeys(text.strip() for text in went if text.strip())),
        max((word for word in names if len(word) >= _LEAST_NAME), key=len, default=""),
    )


def _telling(came: Sequence[str], went: Sequence[str], kept: Sequence[str], *, lines: int) -> bool:
    """Whether a hunk can be found again: it says enough, and writes no names that belong to its place.

    A single change in a line is known to the other rules.
    """
    local = {token for token in kept if WORD.fullmatch(token) and token not in COMMON_WORDS}
    marks = {token for token in kept if not token.isspace() and not WORD.fullmatch(token)}
    own = any(word in local for text in came for word in WORD.findall(text))
    said = any(text.strip() for text in went) or len(marks) >= _CONTEXT
    return said and not own and (len(came) > 1 or lines > 1)


def _reach(went: Sequence[str]) -> int:
    """Return how many tokens beside a change must be of the same kinds: what says much itself needs fewer."""
    return 1 if len("".join(went).strip()) >= _TELLING else _CONTEXT


def _run(tokens: Sequence[str], head: int, tail: int) -> _Run:
    """Return what matches tokens that stay: those at either end by their kinds, the others whatever they are."""
    if head + tail >= len(tokens):
        return "".join(map(kind_of, tokens)), "", ""
    middle = tokens[head : len(tokens) - tail]
    breaks = sum(token.count("\n") for token in middle)
    return (
        "".join(map(kind_of, tokens[:head])),
        r"[^\n]*?" + r"\n[^\n]*?" * breaks,
        "".join(map(kind_of, tokens[len(tokens) - tail :])),
    )


def _pattern(pieces: Sequence[_Run | str]) -> str:
    """Return the pattern of runs, each a group, and of the texts between them.

    A gap ends for good where what follows may begin first: to look for later places would find no more and, with
    several gaps, not come to an end.
    """
    pattern, ahead = "", r"\Z"
    for piece in reversed(pieces):
        if isinstance(piece, str):
            pattern, ahead = piece + pattern, piece + ahead
            continue
        head, gap, tail = piece
        rest = f"(?>{gap}(?={tail}{ahead})){tail}" if gap else ""
        pattern, ahead = f"({head}{rest}){pattern}", head if gap else head + ahead
    return pattern
