"""Faults put into real code: each is a text that was right, made wrong at one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_next_edit.fixes import accepts, known_calls
from segue_next_edit.imports.write import without_names
from segue_syntax import SourceFile, syntax_errors

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from segue_context import WorkspaceReader
    from segue_next_edit.fixes import KnownCall

LANGUAGES = {
    ".py": "Python", ".ts": "TypeScript", ".tsx": "TypeScript", ".js": "JavaScript", ".mjs": "JavaScript", ".go": "Go",
    ".rs": "Rust", ".java": "Java", ".kt": "Kotlin", ".rb": "Ruby", ".cs": "C#", ".php": "PHP",
}  # fmt: skip
_SHORTEST = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BRACKET = re.compile(r"[()\[\]{}]")


@dataclass(frozen=True, slots=True)
class Fault:
    """`text` is the file at `path` with something wrong at the 0-based `line`; `truth` is how it was."""

    kind: str
    path: str
    line: int
    text: str
    truth: str


def faults_in(path: str, text: str, reader: WorkspaceReader, chance: random.Random) -> Iterator[Fault]:
    """Yield at most one fault of each kind for a file that parses."""
    file = SourceFile(text, path=path)
    if file.tree is None or syntax_errors(file.tree) or file.scopes is None or "\r" in text:
        return
    for kind, seed in _SEEDS.items():
        for line, faulty in _first(seed(file, reader, chance)):
            yield Fault(kind, path, line, faulty, text)


def _first(found: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield from (one for one, _ in zip(found, range(1), strict=False))


def _shuffled(values: list[Any], chance: random.Random) -> list[Any]:
    chance.shuffle(values)
    return values


def _import(file: SourceFile, _: WorkspaceReader, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Delete one imported name; the line is that of its first use."""
    assert file.scopes is not None
    for statement in _shuffled(list(file.imports), chance):
        for _name, local in statement.names:
            binding = next((b for b in file.scopes.bindings if b.name == local and b.form == "import"), None)
            if binding is None or statement.indent:
                continue
            lines = [file.scopes.place(one)[0] for one in file.scopes.references(binding)]
            uses = [line for line in lines if line not in file.import_lines]
            new = without_names(list(file.lines), statement, file.language_id, {local}) if uses else None
            if new is not None and new != file.lines:
                moved = len(file.lines) - len(new)
                yield uses[0] - (moved if uses[0] > statement.start else 0), "\n".join(new)


def _misspelt(role: str) -> Callable[[SourceFile, WorkspaceReader, random.Random], Iterator[tuple[int, str]]]:
    def seed(file: SourceFile, _: WorkspaceReader, chance: random.Random) -> Iterator[tuple[int, str]]:
        assert file.scopes is not None
        bound = role == "read"
        names = [
            one for one in file.scopes.occurrences
            if one.role == role and len(one.name) >= _SHORTEST and (one.binding is not None or not bound)
            and not one.shorthand and (one.owner is None) == bound
        ]  # fmt: skip
        for one in _shuffled(names, chance):
            typo = _typo(one.name, chance)
            line, column, end = file.scopes.place(one)
            if line in file.import_lines or re.search(rf"\b{re.escape(typo)}\b", file.text):
                continue
            yield line, _with_line(file, line, column, end, typo)

    return seed


def _typo(name: str, chance: random.Random) -> str:
    """Return `name` with two letters swapped, one left out, one doubled or one replaced."""
    at = chance.randrange(1, len(name) - 1)
    return chance.choice(
        [
            name[:at] + name[at + 1] + name[at] + name[at + 2 :] if name[at] != name[at + 1] else name[:at] + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + chance.choice(_LETTERS.replace(name[at].lower(), "")) + name[at + 1 :],
        ]
    )  # fmt: skip


def _with_line(file: SourceFile, line: int, start: int, end: int, text: str) -> str:
    lines = list(file.lines)
    lines[line] = lines[line][:start] + text + lines[line][end:]
    return "\n".join(lines)


def _argument(file: SourceFile, reader: WorkspaceReader, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Leave out an argument without which a call fits none of the definitions that it may mean."""
    for call in _calls(file, reader, chance):
        count, names = len(call.values), [a.keyword for a in call.keywords]
        if not count or not any(accepts(s, count, names) for s in call.signatures):
            continue
        if any(accepts(s, count - 1, names) for s in call.signatures):
            continue
        gone = chance.randrange(count)
        if gone + 1 < len(call.arguments):
            start, end = call.arguments[gone].start, call.arguments[gone + 1].start
        else:
            start, end = (
                (call.arguments[gone - 1].end if gone else call.opening + 1),
                call.arguments[gone].end,
            )
        yield call.line, file.text[:start] + file.text[end:]


def _keyword(file: SourceFile, reader: WorkspaceReader, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Misspell the name of a keyword argument."""
    for call in _calls(file, reader, chance):
        for one in call.keywords:
            if len(one.keyword) >= _SHORTEST:
                typo = _typo(one.keyword, chance)
                start = one.start
                yield file.line_at(start), file.text[:start] + typo + file.text[start + len(one.keyword) :]


def _calls(file: SourceFile, reader: WorkspaceReader, chance: random.Random) -> Iterator[KnownCall]:
    """Yield the calls whose definition the workspace holds."""
    for line in _shuffled(list(range(len(file.lines))), chance):
        yield from known_calls(reader, file, line)


def _bracket(file: SourceFile, _: WorkspaceReader, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Leave out a bracket."""
    places = [m.start() for m in _BRACKET.finditer(file.text) if file.regions.at(m.start()) == "code"]
    for at in _shuffled(places, chance):
        faulty = file.text[:at] + file.text[at + 1 :]
        tree = SourceFile(faulty, path=file.path).tree
        if tree is not None and syntax_errors(tree):
            yield file.line_at(at), faulty


_SEEDS: dict[str, Callable[[SourceFile, WorkspaceReader, random.Random], Iterator[tuple[int, str]]]] = {
    "import": _import,
    "name": _misspelt("read"),
    "member": _misspelt("member"),
    "argument": _argument,
    "keyword": _keyword,
    "bracket": _bracket,
}
