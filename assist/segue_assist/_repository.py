"""What the repository says of some code: the definitions it uses, its callers and its tests."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_context.navigation import Navigator, SymbolName
from segue_context.test_files import is_test
from segue_syntax import KEYWORDS, SourceFile, defined_by, line_content, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_assist._types import Privacy
    from segue_context import Symbol, WorkspaceReader
    from segue_syntax.scopes import Occurrence

_WORD = re.compile(r"[^\W\d]\w*")
_VARIABLES = frozenset({"local", "parameter", "rest"})
_DEADLINE_S = 0.08
_MOST_DEFINITIONS, _MOST_NAMES, _MOST_PLACES, _HEAD_LINES = 12, 40, 6, 12


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file around the 0-based `line` that they are shown for, and why."""

    title: str
    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found, most useful first.

    `meanings` holds the names that the code uses, each with the definition that it surely means, None where that is
    not known. `excerpts` are for a model: they hold likely definitions as well.
    """

    meanings: dict[str, Symbol | None] = field(default_factory=dict)
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
    reader: WorkspaceReader, privacy: Privacy, file: SourceFile, lines: tuple[int, int], name: str = ""
) -> Surroundings:
    """Return what the repository says of `lines` (first, end) of `file`; `name` is the symbol whose callers are wanted.

    Once the file is parsed, looking ends after 80 ms with what was found until then.
    """
    used, allowed = _names_used(file, lines), _Allowed(reader, privacy, file)
    navigator = Navigator(reader)
    meanings: dict[str, Symbol | None] = dict.fromkeys(_variables(file, lines))
    excerpts: list[Excerpt] = []
    until = time.perf_counter() + _DEADLINE_S
    for word, places in used.items():
        if time.perf_counter() > until:
            break
        if word == name or word in meanings:
            continue
        meant = _meaning(navigator, file, word, places)
        symbol = meant or _likely(reader.definitions(word, limit=8), file.path)
        text = "" if symbol is None else allowed.head_of(symbol)
        meanings[word] = meant if text else None
        if symbol is None or not text or (symbol.path == file.path and lines[0] <= symbol.line < lines[1]):
            continue
        if len(excerpts) < _MOST_DEFINITIONS:
            excerpts.append(Excerpt(f"Definition of `{symbol.name}`", symbol.path, symbol.line, text))
    if name:
        files = [file.path, *(other for other in reader.files_with([name], limit=40) if other != file.path)]
        uses = _uses(files, allowed, name, (file.path, *lines), until)
        excerpts = [*excerpts[:3], *uses, *excerpts[3:]]
    return Surroundings(meanings, tuple(excerpts))


class _Allowed:
    """Reads lines of files that may be shown; `file` is one of them."""

    def __init__(self, reader: WorkspaceReader, privacy: Privacy, file: SourceFile) -> None:
        self._reader = reader
        self._privacy = privacy
        self._texts = {file.path: split_lines(file.text)}

    def all(self, path: str) -> list[str]:
        if path not in self._texts:
            text = self._reader.read_text(path)
            if text is None or self._privacy.refusal(path, text):
                text = ""
            self._texts[path] = split_lines(text)
        return self._texts[path]

    def head_of(self, symbol: Symbol) -> str:
        return self.lines(symbol.path, symbol.line, min(symbol.end_line, symbol.line + _HEAD_LINES))

    def lines(self, path: str, first: int, end: int) -> str:
        return "\n".join(line_content(line) for line in self.all(path)[first:end]).rstrip()


def _variables(file: SourceFile, lines: tuple[int, int]) -> Iterator[str]:
    """Yield the parameters and local variables that some lines name."""
    for one in _names_between(file, lines):
        if one.binding is not None and one.binding.form in _VARIABLES and not one.binding.public:
            yield one.name


def _names_between(file: SourceFile, lines: tuple[int, int]) -> list[Occurrence]:
    """Return the names on lines `lines` (first, end); none where scopes are not known."""
    scopes = file.scopes
    return [] if scopes is None else [one for line in range(*lines) for one in scopes.on_line(line)]


def _names_used(file: SourceFile, lines: tuple[int, int]) -> dict[str, list[Occurrence]]:
    """Return the names that some lines use and do not bind themselves, those that look like names of definitions first.

    Each comes with its places; without any where scopes are not known.
    """
    weights: Counter[str] = Counter()
    places: dict[str, list[Occurrence]] = {}
    for name, after, place in _uses_between(file, lines):
        if len(name) > 2 and name not in file.language.builtins and not name.startswith("__"):
            weights[name] += 3 if after == "(" or name[0].isupper() else 1
            places.setdefault(name, []).extend([place] if place is not None else [])
    return {name: places[name] for name, _ in weights.most_common(_MOST_NAMES)}


def _uses_between(file: SourceFile, lines: tuple[int, int]) -> Iterator[tuple[str, str, Occurrence | None]]:
    """Yield each use of a name with the character behind it; every word of the code where scopes are not known."""
    for one in _names_between(file, lines):
        if one.role in {"read", "write", "member"} and not _is_local(file, one, lines):
            yield one.name, file.data[one.end : one.end + 1].decode("utf-8", "replace"), one
    if file.scopes is None:
        first, end = (file.starts[min(line, len(file.lines))] for line in lines)
        for match in _WORD.finditer(file.text, first, end):
            if match[0] not in KEYWORDS and file.regions.at(match.start()) == "code":
                yield match[0], file.text[match.end() : match.end() + 1], None


def _is_local(file: SourceFile, one: Occurrence, lines: tuple[int, int]) -> bool:
    """Whether what a name is bound to is part of some lines, or known in one function only."""
    binding = one.binding
    if binding is None or binding.form == "import":
        return False
    assert file.scopes is not None
    return not binding.public or file.scopes.place(binding.definition)[0] in range(*lines)


def _meaning(navigator: Navigator, file: SourceFile, name: str, places: list[Occurrence]) -> Symbol | None:
    """Return the definition that a name means at all of its places; None where that is not known."""
    if file.scopes is None:
        named = navigator.definitions(SymbolName(name))
        return named[0] if len(named) == 1 else None
    found = {navigator.certain(file, one) for one in places[:_MOST_PLACES]}
    return found.pop() if len(found) == 1 else None


def _likely(symbols: list[Symbol], path: str) -> Symbol | None:
    """Return the definition that a use in `path` most likely means; None when that is anyone's guess."""
    own = [symbol for symbol in symbols if symbol.path == path]
    if own:
        return own[0]
    outside = [symbol for symbol in symbols if not is_test(symbol.path)]
    if len(outside) == 1:
        return outside[0]
    folder = path.rpartition("/")[0]
    near = [symbol for symbol in outside if symbol.path.rpartition("/")[0] == folder]
    return near[0] if len(near) == 1 else None


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
