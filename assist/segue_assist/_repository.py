"""What the repository says of some code: the definitions it uses, its callers and its tests."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_context.test_files import is_test
from segue_syntax import KEYWORDS, SourceFile, defined_by, line_content, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_assist._types import Privacy
    from segue_context import Symbol, WorkspaceReader

_WORD = re.compile(r"[^\W\d]\w*")
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
    for word in _names_in(SourceFile(code, path=path)):
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


def _names_in(file: SourceFile) -> list[str]:
    """Return the names that code uses and does not bind itself, those that look like names of definitions first."""
    seen: Counter[str] = Counter()
    for name, after in _used_names(file):
        if len(name) > 2 and name not in file.language.builtins and not name.startswith("__"):
            seen[name] += 3 if after == "(" or name[0].isupper() else 1
    return [name for name, _ in seen.most_common(40)]


def _used_names(file: SourceFile) -> Iterator[tuple[str, str]]:
    """Yield each use of a name with the character behind it; every word of the code where scopes are not known."""
    if file.scopes is None:
        for match in _WORD.finditer(file.text):
            if match[0] not in KEYWORDS and file.regions.at(match.start()) == "code":
                yield match[0], file.text[match.end() : match.end() + 1]
        return
    for one in file.scopes.occurrences:
        if one.binding is None and one.role in {"read", "write", "member"}:
            yield one.name, file.data[one.end : one.end + 1].decode("utf-8", "replace")


def _best(symbols: list[Symbol], path: str, *, imported: str) -> Symbol | None:
    """Return the definition that a use in `path` most likely means; None when that is anyone's guess."""
    own = [symbol for symbol in symbols if symbol.path == path]
    if own:
        return own[0]
    outside = [symbol for symbol in symbols if not is_test(symbol.path)]
    if len(outside) == 1:
        return outside[0]
    folder = path.rpartition("/")[0]
    near = [symbol for symbol in outside if symbol.path.rpartition("/")[0] == folder]
    return near[0] if len(near) == 1 and imported else None


def _uses(
    files: list[str], allowed: _Allowed, name: str, itself: tuple[str, int, int], until: float
) -> list[Excerpt]:
    """Return a use of `name` in each of a few files, callers before tests: in their code, not where it is defined."""
    callers: list[Excerpt] = []
    tests: list[Excerpt] = []
    own, begin, end = itself
    for path in files:
        if time.perf_counter() > until or (len(callers) >= 3 and len(tests) >= 2):
            break
        tested = is_test(path)
        found, most = (tests, 2) if tested else (callers, 3)
        file = SourceFile("\n".join(map(line_content, allowed.all(path))), path=path)
        row = next((row for row in _used_on(file, name) if path != own or not begin <= row < end), None)
        if row is not None and len(found) < most:
            first = max(0, row - 2)
            title = f"{'Test' if tested else 'Use'} of `{name}`"
            found.append(Excerpt(title, path, row, allowed.lines(path, first, row + 3)))
    return [*callers, *tests]


def _used_on(file: SourceFile, name: str) -> Iterator[int]:
    """Yield the lines on which code uses `name`: it is no comment, no string, no import and no definition there."""
    for at in file.offsets_of(name):
        row = file.line_at(at)
        if row in file.import_lines or file.regions.at(at) != "code":
            continue
        if name not in defined_by(file.lines[row], file.language_id):
            yield row
