"""The same change again: what one edit or several did, at the places that are like them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate, merged_lines
from segue_next_edit.patterns import build_of, keyword_of, may_be_replaced, patterns_in
from segue_syntax import defined_by, kind_on_line, language_of, leading_space

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_next_edit._situation import Situation
    from segue_next_edit.patterns import Match, Pattern
    from segue_syntax import SourceFile

_MAX_FILES = 20
_MAX_EDITED = 4
_MAX_PLACES = 60
_MAX_LOOKED_AT = 400
_WINDOW = 100
_LONG_LINE = 400
_REASON = "the same change again"
_KINDS = {"tokens": "substitution", "names": "template", "kinds": "alike"}

Row = tuple[str, dict[str, float], str]
"""What a line becomes, the evidence, and the kind of the candidate."""


class PatternRule:
    """Applies what edits did, by how far a place is like theirs: in its tokens, in other names, or in its shape alone."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the places to which the patterns of the history apply, those of the edited files first."""
        for pattern in patterns_in(situation):
            yield from self.places(situation, pattern)

    def places(
        self, situation: Situation, pattern: Pattern, *, everywhere: bool = False
    ) -> Iterator[Candidate]:
        """Yield the places of one pattern; `everywhere`: in all files that hold its names."""
        most = situation.most_places if everywhere else _MAX_PLACES
        found = 0
        for path in _files(situation, pattern, most if everywhere else _MAX_FILES):
            file = situation.file(path)
            if file is None or found > most:
                continue
            for candidate in _places(situation, file, pattern, most):
                found += 1
                yield candidate


def group_of(pattern: Pattern) -> str:
    """Return what names the change that all places of one pattern belong to."""
    sample = pattern.sample
    return f"{sample.old}\0{sample.new}" if pattern.renames else f"pattern{pattern.key}"


def _files(situation: Situation, pattern: Pattern, limit: int) -> list[str]:
    """Return the files to look at, the edited ones first."""
    languages = {language_of(path=change.path).family for change in pattern.changes}
    near = situation.paths[:_MAX_EDITED] if pattern.bare or not pattern.words else []
    files = situation.files_with(*pattern.words, limit=limit) if pattern.words else []
    return [path for path in dict.fromkeys([*near, *files]) if language_of(path=path).family in languages]


def _places(situation: Situation, file: SourceFile, pattern: Pattern, most: int) -> Iterator[Candidate]:
    rows = _blocks(situation, file, pattern) if pattern.sample.lines > 1 else _lines(situation, file, pattern)
    by_sort: dict[tuple[str, bool, bool], dict[int, Row]] = {}
    for line, row in islice(rows, most):
        sort = row[2], bool(row[1].get("resolved")), bool(row[1]["same_line"])
        by_sort.setdefault(sort, {})[line] = row
    size = pattern.sample.lines
    for (kind, *_), changes in by_sort.items():
        texts = {line: (row[0], 1.0) for line, row in changes.items()}
        pieces: Iterable[tuple[int, int, tuple[str, ...]]] = (
            ((start, end, new) for start, end, new, _ in merged_lines(texts))
            if size == 1
            else ((line, line + size, tuple(text.split("\n"))) for line, (text, _) in texts.items())
        )
        for start, end, new in pieces:
            evidence = changes[start][1] | {"several": float(end - start > size)}
            reason = f"rename {pattern.sample.old} to {pattern.sample.new}" if kind == "rename" else _REASON
            yield Candidate(file.path, start, end, new, kind, group_of(pattern), reason, evidence)


def _lines(situation: Situation, file: SourceFile, pattern: Pattern) -> Iterator[tuple[int, Row]]:
    """Yield the lines of a file to which a pattern applies."""
    where = _regions(situation, pattern)
    for line in islice(_looked_at(situation, file, pattern), _MAX_LOOKED_AT):
        text = file.lines[line]
        if len(text) > _LONG_LINE or situation.is_touched(file.path, line, line + 1):
            continue
        matches = [
            m
            for m in pattern.matches(text)
            if situation.syntax_at(file, line, m.first) in where and _fits(situation, file, line, m, pattern)
        ]
        if where != {"code"} and pattern.support > 1:
            matches = [m for m in matches if pattern.says_enough(m.left, m.right)]
        if not matches:
            continue
        best = min(matches, key=lambda m: (not m.same, list(_KINDS).index(m.level), -m.left - m.right))
        matches = [m for m in matches if (m.same, m.level) == (best.same, best.level)]
        alike = keyword_of(text) == keyword_of(pattern.sample.before) and len(matches) == 1
        if best.level == "kinds" and not alike:
            continue
        now = _rewritten(text, [*matches, *_besides(situation, pattern, text, matches)])
        if now.rstrip() != text.rstrip():
            evidence = _evidence(situation, file, pattern, line, best)
            kind = "pattern" if pattern.support > 1 else _KINDS[best.level]
            if (
                evidence.get("defines") and kind != "pattern"
            ):  # a rename that the scopes of its file do not tell
                kind, evidence["resolved"] = "rename", 0.0
            yield line, (now, evidence, kind)


def _rewritten(text: str, matches: Iterable[Match]) -> str:
    """Return a text with all matches, of which no two overlap, replaced."""
    for match in sorted(matches, key=lambda m: m.first, reverse=True):
        text = text[: match.first] + match.text + text[match.last :]
    return text


def _besides(situation: Situation, pattern: Pattern, text: str, matches: Sequence[Match]) -> list[Match]:
    """Return what was changed beside the match of a line too, where both neighbours are the same as there."""
    if not pattern.sample.part or len(matches) > 1:
        return []
    lines = {(change.path, change.line, change.before) for change in pattern.changes}
    beside: list[Match] = []
    for other in patterns_in(situation):
        together = lines & {(change.path, change.line, change.before) for change in other.changes}
        if other is pattern or other.holes or not other.sample.part or not together:
            continue
        found = [m for m in other.matches(text) if m.left and m.right]
        if len(found) == 1 and all(
            found[0].last <= m.first or found[0].first >= m.last for m in (*matches, *beside)
        ):
            beside += found
    return beside


def _blocks(situation: Situation, file: SourceFile, pattern: Pattern) -> Iterator[tuple[int, Row]]:
    """Yield the lines from which on as many as the pattern takes are like those that were changed."""
    size, taken = pattern.sample.lines, -1
    starts = {line - back for line in _looked_at(situation, file, pattern) for back in range(size)}
    for line in sorted(starts):
        if line < max(0, taken) or line + size > len(file.lines):
            continue
        old = file.lines[line : line + size]
        indent = leading_space(old[0])
        if situation.is_touched(file.path, line, line + size) or max(map(len, old)) > _LONG_LINE:
            continue
        if not all(text.startswith(indent) or not text.strip() for text in old):
            continue
        text = "\n".join(row[len(indent) :] for row in old)
        match = next((m for m in pattern.matches(text) if _spans(text, m, pattern)), None)
        if match is not None and text != pattern.sample.before:
            taken = line + size
            rows = _rewritten(text, [match]).split("\n")
            now = "\n".join(indent + row if row.strip() else "" for row in rows)
            yield line, (now, _evidence(situation, file, pattern, line, match), "hunk")


def _spans(text: str, match: Match, pattern: Pattern) -> bool:
    """Whether a match begins and ends in the lines in which the change did."""
    sample = pattern.sample
    return text[: match.first].count("\n") == sample.before[: sample.first].count("\n") and text[
        match.last :
    ].count("\n") == sample.before[sample.last :].count("\n")


def _looked_at(situation: Situation, file: SourceFile, pattern: Pattern) -> Iterator[int]:
    """Yield the lines that may be like those of the pattern: near the edits if it is bare, and with what it is known by."""
    near = range(0)
    if pattern.bare:
        edits = [edit for edit in situation.done if edit.path == file.path]
        low = max(0, min((edit.line for edit in edits), default=0) - _WINDOW)
        near = range(low, min(len(file.lines), max((edit.end for edit in edits), default=-_WINDOW) + _WINDOW))
        yield from (n for n in near if pattern.anchor in file.lines[n])
    anchor = pattern.words[0] if pattern.bare and pattern.words else pattern.anchor
    if anchor and not (pattern.bare and not pattern.words):
        yield from (n for n in situation.lines_holding(file, anchor) if n not in near)


def _fits(situation: Situation, file: SourceFile, line: int, match: Match, pattern: Pattern) -> bool:
    return not pattern.renames or may_be_replaced(situation, pattern.sample, file, line, match.first)


def _regions(situation: Situation, pattern: Pattern) -> set[str]:
    """Return whether the changes are in code, strings or comments: by what they were and by what they are."""
    regions: set[str] = set()
    for change in pattern.changes:
        file = situation.read(change.path)
        if file is not None and change.line < len(file.lines):
            column = min(change.column, len(file.lines[change.line]))
            regions.add(situation.syntax_at(file, change.line, column))
            if regions == {"code"}:
                regions.add(kind_on_line(change.before, change.first, file.language_id))
    return regions or {"code"}


def _evidence(
    situation: Situation, file: SourceFile, pattern: Pattern, line: int, match: Match
) -> dict[str, float]:
    """Return what speaks for a place, and against it."""
    sample = pattern.sample
    text = file.lines[line] if sample.lines == 1 else ""
    ages = sorted({change.age for change in pattern.changes})
    evidence = {
        "support": float(min(pattern.support, 6)),
        "age": float(min(10, ages[0])),
        "holes": float(pattern.holes),
        "varied": float(match.varied),
        "left": float(match.left),
        "right": float(match.right),
        "kinds": float(match.kinds),
        "length": float(min(30, len(sample.old.strip()))),
        "inserted": float(not sample.old.strip()),
        "deleted": float(not sample.new.strip()),
        "part": float(sample.part),
        "among": float(sample.among),
        "lines": float(sample.lines),
        "same_line": float(text.strip() == sample.before.strip()),
        "build": float(build_of(text) == build_of(sample.before)),
        "alike": float(match.level == "kinds"),
        "text": float(situation.syntax_at(file, line, match.first) != "code"),
        "language": float(file.language_id == language_of(path=sample.path).id),
    }
    if pattern.renames:
        evidence["name"] = 1.0
        evidence["defines"] = float(sample.old in defined_by(sample.before, file.language_id))
        evidence["new_here"] = float(bool(file.lines_of(sample.new)))
    if pattern.support > 1 and sample.lines == 1:
        ahead = pattern.is_ahead(file.path, line)
        evidence["same"], evidence["ahead"] = float(match.same), float(ahead)
        evidence["resolved"] = float(match.same and ahead)
        evidence["apart"] = float(len(ages) > 1 and ages[1] - ages[0] > 1)
    return evidence
