"""Edits as a user types them, at random places of an indexed repository: what they change, key by key."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue_context import WorkspaceIndex

_WORD = re.compile(r"[^\W\d]\w{3,}")
_HEAD = re.compile(r"^\s*(?:async\s+)?(?:def|func|function|fn)\s+(\w+)\(([^()]*)\)")
_IMPORT = re.compile(r"^(?:from\s+\S+\s+)?import\s+\w+$")
_TRIES = 400
_MAX_CHARS = 400_000


@dataclass(frozen=True, slots=True)
class Play:
    """Columns `first` to `last` of a line become `text`; `kind` names what that is."""

    kind: str
    path: str
    line: int
    first: int
    last: int
    text: str

    def keys(self) -> Iterator[tuple[int, int, str]]:
        """Yield each key as the columns that it replaces and what it writes: the first one types over a selection."""
        yield self.first, self.last, self.text[:1]
        for at, character in enumerate(self.text[1:], start=self.first + 1):
            yield at, at, character


def plays(index: WorkspaceIndex, count: int, *, seed: int) -> Iterator[Play]:
    """Yield `count` edits of all kinds in turn, at places chosen by `seed`."""
    chosen = random.Random(seed)
    paths = [path for path in index.files() if language_of(path=path).grammar and not path.endswith(".html")]
    made: list[Callable[[random.Random, WorkspaceIndex, str, list[str]], Play | None]]
    made = [_rename, _signature, _call, _import_gone, _plain]
    for number in range(count):
        make = made[number % len(made)]
        for _ in range(_TRIES):
            path = chosen.choice(paths)
            text = index.read_text(path)
            if text is None or not text.strip() or "\r" in text or len(text) > _MAX_CHARS:
                continue
            play = make(chosen, index, path, text.split("\n"))
            if play is not None:
                yield play
                break


def _rename(chosen: random.Random, index: WorkspaceIndex, path: str, lines: list[str]) -> Play | None:
    """A definition that other files use gets another name."""
    symbols = [s for s in index.symbols_in(path) if len(s.name) > 3 and s.name in lines[s.line]]
    if not symbols:
        return None
    symbol = chosen.choice(symbols)
    if len(index.files_with([symbol.name], limit=4)) < 2:
        return None
    first = lines[symbol.line].index(symbol.name)
    return Play("rename", path, symbol.line, first, first + len(symbol.name), symbol.name[:3] + "_other")


def _signature(chosen: random.Random, index: WorkspaceIndex, path: str, lines: list[str]) -> Play | None:
    """A function takes one more parameter, or one less."""
    heads = [(n, match) for n, line in enumerate(lines) if (match := _HEAD.match(line)) and match[2].strip()]
    if not heads:
        return None
    line, match = chosen.choice(heads)
    if len(index.files_with([match[1]], limit=4)) < 2:
        return None
    if "," in match[2] and chosen.random() < 0.5:
        return Play("signature", path, line, match.start(2) + match[2].rindex(","), match.end(2), ")")
    return Play("signature", path, line, match.end(2), match.end(2), ", depth")


def _call(chosen: random.Random, index: WorkspaceIndex, path: str, lines: list[str]) -> Play | None:
    """A symbol that is defined elsewhere is used where it is not imported."""
    inside = [
        n for n, line in enumerate(lines) if line.startswith(("    ", "\t")) and line.rstrip().endswith(")")
    ]
    other = chosen.choice(index.files())
    names = [s.name for s in index.symbols_in(other) if not s.container and len(s.name) > 3]
    if not inside or not names or other == path:
        return None
    line = chosen.choice(inside)
    indent = len(lines[line]) - len(lines[line].lstrip())
    return Play("call", path, line, indent, len(lines[line]), f"{chosen.choice(names)}(value)")


def _import_gone(chosen: random.Random, index: WorkspaceIndex, path: str, lines: list[str]) -> Play | None:
    """An import is removed though it is used."""
    del index
    found = [n for n, line in enumerate(lines[:80]) if _IMPORT.match(line)]
    if not found:
        return None
    line = chosen.choice(found)
    return Play("import", path, line, 0, len(lines[line]), "#")


def _plain(chosen: random.Random, index: WorkspaceIndex, path: str, lines: list[str]) -> Play | None:
    """Any line gets another end."""
    del index
    line = chosen.randrange(len(lines))
    match = _WORD.search(lines[line])
    if match is None:
        return None
    return Play("typing", path, line, len(lines[line]), len(lines[line]), f" {match[0][:5]}_x")
