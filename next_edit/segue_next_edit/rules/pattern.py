"""The same change again: what two or more edits did alike, at the other places whose context is the same."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate, merged_lines
from segue_next_edit._patterns import Pattern, is_ahead, learnt
from segue_next_edit._renames import beyond_renames, is_rename
from segue_next_edit._tokens import is_name
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._patterns import Match
    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_MAX_PATTERNS = 6
_MAX_FILES = 20
_MAX_PLACES = 60
_MAX_LOOKED_AT = 400
_LONG_LINE = 400


class PatternRule:
    """Applies what several edits have in common; one edit alone is left to the other rules."""

    kind = "pattern"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the lines to which a pattern of the history applies, those of the edited files first."""
        for pattern in situation.once(_patterns)[:_MAX_PATTERNS]:
            yield from self._places(situation, pattern)

    def _places(self, situation: Situation, pattern: Pattern) -> Iterator[Candidate]:
        where = {_region(situation, change.path, change.line, change.first) for change in pattern.changes}
        languages = {language_of(path=change.path).family for change in pattern.changes}
        files = (
            situation.files_with(pattern.anchor, limit=_MAX_FILES)
            if pattern.anchor.isidentifier()
            else situation.paths
        )
        found = 0
        for path in files:
            file = situation.file(path)
            if file is None or language_of(path=path).family not in languages:
                continue
            for same in (True, False):
                changes = {
                    line: (text, 1.0)
                    for line, (text, sure) in _lines(situation, file, pattern, where).items()
                    if sure is same
                }
                for start, end, new, _ in merged_lines(changes):
                    found += 1
                    yield Candidate(
                        path, start, end, new, self.kind, f"pattern{pattern.key}", "the same change again",
                        _evidence(pattern, path, start, same=same),
                    )  # fmt: skip
            if found > _MAX_PLACES:
                return


def _patterns(situation: Situation) -> list[Pattern]:
    patterns = learnt(beyond_renames(situation))
    return [p for p in patterns if not all(is_rename(situation, c.old, c.new) for c in p.changes)]


def _evidence(pattern: Pattern, path: str, line: int, *, same: bool) -> dict[str, float]:
    ahead = is_ahead(pattern.changes, path, line)
    ages = sorted({change.age for change in pattern.changes})
    return {
        "resolved": float(same and ahead),
        "same": float(same),
        "ahead": float(ahead),
        "support": float(min(pattern.support, 6)),
        "holes": float(pattern.holes),
        "age": float(min(10, ages[0])),
        "apart": float(len(ages) > 1 and ages[1] - ages[0] > 1),
        "context": float(len(pattern.left) + len(pattern.right)),
        "length": float(min(30, len(pattern.sample.old.strip()))),
        "inserted": float(not pattern.sample.old.strip()),
        "part": float(pattern.sample.part),
        "name": float(is_name(pattern.sample.old) and is_name(pattern.sample.new)),
    }


def _region(situation: Situation, path: str, line: int, column: int) -> str:
    file = situation.read(path)
    return "code" if file is None or line >= len(file.lines) else situation.syntax_at(file, line, column)


def _lines(
    situation: Situation, file: SourceFile, pattern: Pattern, where: set[str]
) -> dict[int, tuple[str, bool]]:
    """Return the lines of a file to which a pattern applies: the new text, and whether the context is the same."""
    found: dict[int, tuple[str, bool]] = {}
    for line in islice(situation.lines_holding(file, pattern.anchor), _MAX_LOOKED_AT):
        text = file.lines[line]
        if len(text) > _LONG_LINE or situation.is_touched(file.path, line, line + 1):
            continue
        matches = [m for m in pattern.matches(text) if situation.syntax_at(file, line, m.first) in where]
        if where != {"code"}:
            matches = [m for m in matches if m.telling]
        matches = [m for m in matches if not _is_local(file, pattern, line, m)]
        matches = [m for m in matches if m.same] or matches
        for match in reversed(matches):
            text = text[: match.first] + match.text + text[match.last :]
        if matches and text != file.lines[line]:
            found[line] = text, matches[0].same
        if len(found) >= _MAX_PLACES:
            break
    return found


def _is_local(file: SourceFile, pattern: Pattern, line: int, match: Match) -> bool:
    """Whether one name would replace another that is a local of its own there: the new name need not be known to it."""
    old = pattern.sample.old
    scopes = file.scopes_of(old) if is_name(old) and is_name(pattern.sample.new) else None
    occurrence = None if scopes is None else scopes.at(line, match.first)
    if (
        occurrence is None
        or occurrence.binding is None
        or occurrence.role not in ("read", "write", "definition")
    ):
        return False
    return occurrence.binding.kind in ("local", "parameter")
