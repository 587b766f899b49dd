"""Answers that are not found by ranking words: uses, error texts, commits, and the overview of a repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_context.git import GitError, repository_of
from segue_context.navigation import Navigator
from segue_context.search._priors import kinds_of
from segue_context.search._types import ChangedIn, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue_context._types import Symbol
    from segue_context.index import WorkspaceIndex
    from segue_context.search._question import Question

_WORD = re.compile(r"[^\W\d]\w{2,}")
_FILLED = re.compile(r"%[sdrf]|\{[^{}]*\}|<[^<>]*>|\d+|0x[0-9a-f]+|'[^']*'", re.IGNORECASE)
_LEAST_PIECE = 8
_MOST_FILES = 60
_COMMITS = 10
_HEAD_LINES = 40
_ENTRY = re.compile(
    r"(^|/)(__main__|main|cli|cmd|app|server|index|lib|mod|manage|program)\.[a-z]+$", re.IGNORECASE
)
_README = re.compile(r"^readme(\.\w+)?$", re.IGNORECASE)


def uses_of(index: WorkspaceIndex, definitions: Iterable[Symbol], limit: int) -> list[Place]:
    """Return where definitions are used, one place for each definition that uses them, tests last."""
    found: dict[tuple[str, str], Place] = {}
    navigator = Navigator(index)
    for symbol in definitions:
        for use in navigator.uses(symbol):
            key = (use.path, use.inside or str(use.line))
            if key in found:
                continue
            sure = "uses" if use.sure else "may use"
            name = use.inside.rpartition(".")[2]
            place = Place(
                use.path, use.line, use.line + 1, name, 0.0, f"{sure} {symbol.name}", lines=(use.line,)
            )
            found[key] = place
            if len(found) >= 4 * limit:
                break
    ranked = sorted(found.values(), key=lambda place: ("test" in kinds_of(place.path), "may" in place.why))
    return _scored(ranked[:limit])


def mentions_of(index: WorkspaceIndex, name: str, limit: int) -> list[Place]:
    """Return where a name is written that is not defined here, such as a library's; tests last."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    found: dict[tuple[str, int], Place] = {}
    for path in index.files_with([name], limit=_MOST_FILES):
        for number, line in enumerate((index.read_text(path) or "").split("\n")):
            if word.search(line):
                place = _around(index, path, number, f"names {name}")
                found.setdefault((path, place.start_line), place)
    ranked = sorted(found.values(), key=lambda place: len(kinds_of(place.path)))
    return _scored(ranked[:limit])


def text_places(index: WorkspaceIndex, question: Question, limit: int) -> list[Place]:
    """Return where a text in quotes, or what follows the name of an error, is written."""
    found: list[Place] = []
    for text in question.quoted or question.text.split(": ")[1:2]:
        pieces = [piece.strip(" .:'\"") for piece in _FILLED.split(text)]
        pieces = [piece for piece in pieces if len(piece) >= _LEAST_PIECE]
        if not pieces:
            continue
        words = _WORD.findall(max(pieces, key=len))
        for path in index.files_with(words, limit=_MOST_FILES):
            lines = (index.read_text(path) or "").split("\n")
            number = next(
                (at for at, line in enumerate(lines) if any(piece in line for piece in pieces)), None
            )
            if number is not None:
                found.append(_around(index, path, number, f"says “{max(pieces, key=len)[:60]}”"))
    found.sort(key=lambda place: len(kinds_of(place.path)))
    return _scored(found[:limit])


def commits_about(index: WorkspaceIndex, place: Place) -> tuple[list[ChangedIn], str]:
    """Return the commits that changed a place, newest first, and one sentence where git cannot say."""
    if index.root is None:
        return [], "There is no folder, so there is no history to ask."
    try:
        repository = repository_of(index.root)
        inside = index.root.resolve().relative_to(repository.root.resolve()).as_posix()
        path = place.path if inside == "." else f"{inside}/{place.path}"
        lines = repository.committed_lines(path, (place.start_line + 1, place.end_line))
        commits = repository.history_of(path, lines, count=_COMMITS)
    except GitError as error:
        return [], str(error)
    return [ChangedIn(c.sha, c.date, c.author, c.subject, c.body) for c in commits], ""


def overview(index: WorkspaceIndex, limit: int) -> list[Place]:
    """Return where to begin: what the repository says of itself, where it starts, and the files that most others import."""
    files = index.files()
    readme = [path for path in files if _README.match(path)]
    entries = [path for path in files if _ENTRY.search(path) and path.count("/") <= 2 and not kinds_of(path)]
    entries.sort(key=lambda path: (path.count("/"), path))
    central = [(path, users) for path, users in index.most_imported(4 * limit) if not kinds_of(path)]
    named = [
        *((path, "what the project says of itself") for path in readme[:1]),
        *((path, "an entry point, by its name") for path in entries[:3]),
        *((path, f"{users} files import it") for path, users in central),
    ]
    places: dict[str, Place] = {}
    for path, why in named:
        lines = (index.read_text(path) or "").split("\n")
        if path not in places and any(lines):
            places[path] = Place(path, 0, min(len(lines), _HEAD_LINES), "", 0.0, why)
    return _scored(list(places.values())[:limit])


def definition_places(definitions: Iterable[Symbol], limit: int) -> list[Place]:
    """Return definitions as places."""
    return _scored([_defined(symbol, "defines it") for symbol in list(definitions)[:limit]])


def _around(index: WorkspaceIndex, path: str, line: int, why: str) -> Place:
    """Return the innermost definition around a line as a place, or the line alone."""
    inside = [symbol for symbol in index.symbols_in(path) if symbol.line <= line < symbol.end_line]
    if not inside:
        return Place(path, line, line + 1, "", 0.0, why, lines=(line,))
    symbol = min(inside, key=lambda symbol: symbol.end_line - symbol.line)
    return _defined(symbol, why, line)


def _defined(symbol: Symbol, why: str, *lines: int) -> Place:
    return Place(
        symbol.path, symbol.line, symbol.end_line, symbol.name, 0.0, why,
        symbol.signature, symbol.kind, symbol.container, lines,
    )  # fmt: skip


def _scored(places: Sequence[Place]) -> list[Place]:
    from dataclasses import replace

    return [replace(place, score=round(1 / (1 + rank), 4)) for rank, place in enumerate(places)]
