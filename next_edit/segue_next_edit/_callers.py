"""Where a changed definition is called: by what its name refers to, or by the name alone where that is not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_next_edit._calls import OPENING, Call, head_of
from segue_next_edit._renames import Rename, spans_in_file, spans_in_other_files
from segue_syntax import BEFORE_USES, language_of
from segue_syntax.scopes import has_scopes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from segue_next_edit._renames import Span
    from segue_next_edit._signatures import Changed
    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Scopes

MAX_FILES = 60
_MAX_UNKNOWN_FILES = 20
_LONG_LINE = 1000
_CLASS = re.compile(r"\s*(?:export\s+)?(?:abstract\s+|final\s+|public\s+|default\s+)*class\s+(\w+)")
_NEW = re.compile(r"\.new\(")
_IS_CLASS = re.compile(r"\bclass\s+\Z")
_WORD_BEFORE = re.compile(r"(\w+)[>\]]?\s+\Z")


def calls_of(situation: Situation, change: Changed) -> Iterator[Call]:
    """Yield the calls of a changed definition: those of its own file first."""
    name, line = _called(situation, change)
    file = situation.read(change.path)
    if file is None or not name:
        return
    rename = _as_rename(file, change, name, line)
    if rename is None:
        if not has_scopes(file.language_id):
            yield from _by_name(situation, change, name)
        return
    opening = _NEW if change.after.name == "initialize" else OPENING
    looked_at = {file.path}
    yield from _opened(file, rename.scopes, spans_in_file(situation, rename), change, opening)
    for other, spans in spans_in_other_files(situation, rename, MAX_FILES):
        looked_at.add(other.path)
        scopes = other.scopes_of(rename.old)
        assert scopes is not None
        yield from _opened(other, scopes, spans, change, opening)
    if situation.spent and rename.public:
        yield from _by_name(situation, change, name, without=looked_at)


def owner_of(situation: Situation, change: Changed) -> str:
    """Return the name of the class that a changed method belongs to, "" for a function."""
    lines = situation.lines(change.path)
    indent = _indent(lines[change.line])
    for at in range(change.line - 1, -1, -1):
        if lines[at].strip() and _indent(lines[at]) < indent:
            match = _CLASS.match(lines[at])
            if match:
                return match[1]
            indent = _indent(lines[at])
    return ""


def _called(situation: Situation, change: Changed) -> tuple[str, int]:
    """Return the name by which a definition is called, and the line that defines it: a constructor's is its class's."""
    if change.after.name not in language_of(path=change.path).constructors:
        return change.after.name, change.line
    owner = owner_of(situation, change)
    lines = situation.lines(change.path)
    for at in range(change.line, -1, -1):
        match = _CLASS.match(lines[at])
        if match and match[1] == owner:
            return owner, at
    return "", change.line


def _as_rename(file: SourceFile, change: Changed, name: str, line: int) -> Rename | None:
    """Return the definition as a rename to its own name: it reaches the same places."""
    scopes = file.scopes_of(name)
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", file.lines[line])
    occurrence = None if scopes is None or match is None else scopes.at(line, match.start())
    if scopes is None or occurrence is None or occurrence.binding is None:
        return None
    return Rename(change.edit, change.path, name, name, scopes, occurrence.binding, defines=True)


def _opened(
    file: SourceFile, scopes: Scopes, spans: Iterable[Span], change: Changed, opening: re.Pattern[str]
) -> Iterator[Call]:
    for span in spans:
        text = file.lines[span.line]
        match = opening.match(text, span.end) if len(text) <= _LONG_LINE else None
        if match is None or (file.path == change.path and change.line <= span.line <= change.end):
            continue
        occurrence = scopes.at(span.line, span.start)
        if (occurrence is None or occurrence.role != "definition") and not _IS_CLASS.search(
            text[: span.start]
        ):
            yield Call(file, span.line, match.end() - 1, span.resolved)


def _by_name(
    situation: Situation, change: Changed, name: str, *, without: Container[str] = ()
) -> Iterator[Call]:
    called = re.compile(rf"(?<!\w){re.escape(name)}(?:<[^<>()]*>)?\(")
    paths = situation.reader.files_with((name,), limit=_MAX_UNKNOWN_FILES)
    for path in dict.fromkeys([change.path, *paths]):
        file = situation.read(path) if path not in without else None
        if file is None:
            continue
        for line, text in file.lines_with(name):
            for match in called.finditer(text) if len(text) <= _LONG_LINE else ():
                own = path == change.path and change.line <= line <= change.end
                if own or _defines(text, match.start()):
                    continue
                if situation.syntax_at(file, line, match.start()) == "code":
                    yield Call(file, line, match.end() - 1, sure=False)


def _defines(text: str, column: int) -> bool:
    """Whether a name in front of a bracket is being defined: a keyword, a type or a modifier is in front of it."""
    if _IS_CLASS.search(text[:column]):
        return True
    before = _WORD_BEFORE.search(text[:column])
    return before is not None and before[1] not in BEFORE_USES and head_of(text) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
