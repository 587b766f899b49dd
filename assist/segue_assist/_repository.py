"""What the repository says of some code: the definitions it uses, its callers and its tests."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_syntax import KEYWORDS, line_content, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue_assist._types import Privacy
    from segue_context import Symbol, WorkspaceReader

_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_TEST = re.compile(
    r"(?:^|/)(?:tests?|spec|specs|__tests__)/|(?:^|/)test_|[_.-](?:test|spec)s?\.|Tests?\.\w+$"
)
_COMMON = KEYWORDS | frozenset(["dict", "ensure", "len", "list", "object", "print", "the", "tuple"])
_DEADLINE_S = 0.08


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file around the 0-based `line` that they are shown for, and why."""

    title: str
    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found, most useful first."""

    definitions: tuple[Symbol, ...] = ()
    excerpts: tuple[Excerpt, ...] = field(default=())

    def text(self, budget_chars: int) -> str:
        """Return the excerpts as Markdown, as many as fit."""
        parts = []
        for excerpt in self.excerpts:
            part = f"{excerpt.title} (`{excerpt.path}`, line {excerpt.line + 1}):\n```\n{excerpt.text}\n```"
            if len(part) > budget_chars:
                continue
            budget_chars -= len(part) + 1
            parts.append(part)
        return "\n".join(parts)


def look_around(
    reader: WorkspaceReader,
    privacy: Privacy,
    *,
    path: str,
    code: str,
    name: str = "",
    skip: tuple[int, int] = (0, 0),
) -> Surroundings:
    """Return what the repository says of `code` in `path`; `name` is the symbol whose callers are wanted.

    Lines `skip` of `path` are the code itself. Looking ends after 80 ms with what was found until then.
    """
    until = time.perf_counter() + _DEADLINE_S
    allowed = _Allowed(reader, privacy)
    definitions: list[Symbol] = []
    excerpts: list[Excerpt] = []
    for word in _names_in(code):
        if time.perf_counter() > until or len(definitions) >= 12:
            break
        symbol = _best(reader.definitions(word, limit=8), path, imported=word)
        if (
            symbol is None
            or symbol.name == name
            or (symbol.path == path and skip[0] <= symbol.line < skip[1])
        ):
            continue
        text = allowed.lines(symbol.path, symbol.line, min(symbol.end_line, symbol.line + 12))
        if text:
            definitions.append(symbol)
            excerpts.append(Excerpt(f"Definition of `{symbol.name}`", symbol.path, symbol.line, text))
    if name:
        files = [path, *(other for other in reader.files_with([name], limit=40) if other != path)]
        uses = _uses(files, allowed, name, (path, *skip), until)
        excerpts = [*excerpts[:3], *uses, *excerpts[3:]]
    return Surroundings(tuple(definitions), tuple(excerpts))


class _Allowed:
    """Reads lines of files that may be shown."""

    def __init__(self, reader: WorkspaceReader, privacy: Privacy) -> None:
        self._reader = reader
        self._privacy = privacy
        self._texts: dict[str, list[str]] = {}

    def all(self, path: str) -> list[str]:
        if path not in self._texts:
            text = self._reader.read_text(path)
            if text is None or self._privacy.refusal(path, text):
                text = ""
            self._texts[path] = split_lines(text)
        return self._texts[path]

    def lines(self, path: str, first: int, end: int) -> str:
        return "\n".join(line_content(line) for line in self.all(path)[first:end]).rstrip()


def _names_in(code: str) -> Iterable[str]:
    """Return the identifiers of `code`, those that look like names of definitions first."""
    seen: dict[str, int] = {}
    for match in _WORD.finditer(_STRING.sub('""', code)):
        word = match[0]
        if len(word) > 2 and word not in _COMMON and not word.startswith("__"):
            called = code[match.end() : match.end() + 1] == "("
            seen[word] = seen.get(word, 0) + (3 if called or word[0].isupper() else 1)
    return sorted(seen, key=lambda word: -seen[word])[:40]


def _best(symbols: list[Symbol], path: str, *, imported: str) -> Symbol | None:
    """Return the definition that a use in `path` most likely means; None when that is anyone's guess."""
    own = [symbol for symbol in symbols if symbol.path == path]
    if own:
        return own[0]
    outside = [symbol for symbol in symbols if not _TEST.search(symbol.path)]
    if len(outside) == 1:
        return outside[0]
    folder = path.rpartition("/")[0]
    near = [symbol for symbol in outside if symbol.path.rpartition("/")[0] == folder]
    return near[0] if len(near) == 1 and imported else None


def _uses(
    files: list[str], allowed: _Allowed, name: str, itself: tuple[str, int, int], until: float
) -> list[Excerpt]:
    called = re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])")
    defines = re.compile(
        rf"\b(?:def|func|fn|function|class|struct|interface|import|from|require|use)\b.*{re.escape(name)}"
    )
    callers: list[Excerpt] = []
    tests: list[Excerpt] = []
    for file in files:
        if time.perf_counter() > until or (len(callers) >= 3 and len(tests) >= 2):
            break
        is_test = _TEST.search(file) is not None
        found, most = (tests, 2) if is_test else (callers, 3)
        for row, line in enumerate(allowed.all(file)):
            if len(found) >= most:
                break
            if (
                (file == itself[0] and itself[1] <= row < itself[2])
                or not called.search(line)
                or defines.search(line)
            ):
                continue
            first = max(0, row - 2)
            title = f"{'Test' if is_test else 'Use'} of `{name}`"
            found.append(Excerpt(title, file, row, allowed.lines(file, first, row + 3)))
            break
    return [*callers, *tests]
