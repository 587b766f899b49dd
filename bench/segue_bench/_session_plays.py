"""Sessions that anybody may have in a repository: what is typed where, and what should become of every file.

Truth is computed from the repository alone. A play uses names that are defined once, in code that has no other
binding of the same name as far as a word search tells, so every identifier of that name refers to the definition.
"""

from __future__ import annotations

import posixpath
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_syntax import definitions_in, language_of, parse, statements_in, syntax_errors
from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tree_sitter import Tree

    from segue_syntax import Definition
    from segue_syntax.scopes import Scopes

_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_IDENTIFIER = re.compile(r"identifier\Z|\A(?:constant|name|word)\Z")
_HEAD = re.compile(r"\b(\w+)\(([^()]*)\)")
_NEW_PARAMETER = {
    "python": "strict",
    "javascript": "strict",
    "ruby": "strict",
    "typescript": "strict: boolean",
    "typescriptreact": "strict: boolean",
    "go": "strict bool",
    "rust": "strict: bool",
    "java": "boolean strict",
    "csharp": "bool strict",
}
_MAX_USES = 40
_LITERAL = re.compile(r"""(?<![\w"'])(?:"[^"\\{}%]{5,40}"|'[^'\\{}%]{5,40}'|\d{3,}(?![\w.]))(?!["'])""")
_NO_CODE = ("#", "//", "*", "/*", "import", "from", "use ", '"', "'")
_REWRITINGS = ("Limit.N{}", "limited({})", "{}.value")
_NAME = "SHARED_VALUE"
_CONSTANT = {
    "python": "SHARED_VALUE = {}",
    "javascript": "const SHARED_VALUE = {};",
    "typescript": "const SHARED_VALUE = {};",
    "typescriptreact": "const SHARED_VALUE = {};",
}

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class RenamePlay:
    """The symbol `name`, defined at `line` and `column` of `path`; `uses` are its lines by file, the definition's too."""

    path: str
    line: int
    column: int
    name: str
    uses: Mapping[str, frozenset[int]]

    def renamed(self, texts: Mapping[str, str], new: str) -> dict[str, str]:
        """Return the files that change when every identifier, and nothing else, is called `new`."""
        return {
            path: _with_identifiers(texts[path], language_of(path=path).id, self.name, new)
            for path in self.uses
        }


@dataclass(frozen=True, slots=True)
class RepeatPlay:
    """Columns of two lines become `text`; the same is to be done at the `rest` of the places: line to its new text.

    Lines count as they are when `above`, a line and the text to type there first, has been inserted.
    """

    path: str
    places: tuple[tuple[int, int, int], ...]
    text: str
    rest: Mapping[int, str] = field(default_factory=dict)
    above: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class MovePlay:
    """Lines `extent` (half-open) of `path`, the function `name`, go to the end of `to`; `imports` become other lines."""

    path: str
    extent: tuple[int, int]
    to: str
    name: str
    imports: Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class ParameterPlay:
    """`text` is typed at `line`, `column` of `path`, behind the last parameter of a function that `calls` call."""

    path: str
    line: int
    column: int
    name: str
    text: str
    calls: frozenset[Place]


class Repository:
    """The text of a repository's source files, by path, and where each word occurs."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.files: dict[str, set[str]] = {}
        self._scopes: dict[str, Scopes | None] = {}
        for path, text in self.texts.items():
            for word in set(_WORD.findall(text)):
                self.files.setdefault(word, set()).add(path)

    def renames(self, seed: int) -> Iterator[RenamePlay]:
        """Yield renames of functions and classes that have uses."""
        for path, definition in self._definitions(seed, {"function", "class", "struct", "interface", "type"}):
            uses = self._uses(definition.name)
            if uses and 2 <= sum(map(len, uses.values())) <= _MAX_USES:
                yield RenamePlay(path, definition.name_line, definition.column, definition.name, uses)

    def parameters(self, seed: int) -> Iterator[ParameterPlay]:
        """Yield new required parameters of functions that are called."""
        for path, definition in self._definitions(seed, {"function"}):
            language = language_of(path=path).id
            line = self.texts[path].split("\n")[definition.name_line]
            head = _HEAD.search(line, definition.column) if language in _NEW_PARAMETER else None
            if (
                head is None
                or head[1] != definition.name
                or not head[2].strip()
                or re.search(r"[*=?]|\.\.\.", head[2])
            ):
                continue
            calls = self._calls(definition.name) - {(path, definition.name_line)}
            if calls and len({place[0] for place in calls}) <= _MAX_USES:
                text = f", {_NEW_PARAMETER[language]}"
                yield ParameterPlay(
                    path, definition.name_line, head.end(2), definition.name, text, frozenset(calls)
                )

    def repeats(self, seed: int) -> Iterator[RepeatPlay]:
        """Yield replacements of a token in a context that four or more lines of a file share."""
        chosen = random.Random(seed)
        for path in self._shuffled(chosen):
            lines = self.texts[path].split("\n")
            found: dict[tuple[str, ...], dict[int, re.Match[str]]] = {}
            twice: set[tuple[str, ...]] = set()  # on one line: which of them is meant is not clear
            for number, line in enumerate(lines):
                if line.lstrip().startswith(("#", "//", "*", "/*", "import", "from", "use ")):
                    continue
                tokens = list(_TOKEN.finditer(line))
                for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
                    words = tuple(token[0] for token in three)
                    if (
                        len(words[0]) > 3
                        and words[0].isidentifier()
                        and re.fullmatch(r"\d+|[a-z_]{4,}", words[2])
                    ):
                        places = found.setdefault(words, {})
                        if places.setdefault(number, three[2]) is not three[2]:
                            twice.add(words)
            repeated = [words for words, at in found.items() if 4 <= len(at) <= 12 and words not in twice]
            if not repeated:
                continue
            words = chosen.choice(sorted(repeated))
            new = chosen.choice(_REWRITINGS).format(words[2])
            rows = sorted(found[words].items())
            rest = {
                number: lines[number][: match.start()] + new + lines[number][match.end() :]
                for number, match in rows[2:]
            }
            typed = tuple((number, match.start(), match.end()) for number, match in rows[:2])
            if self._parses(path, [*lines], {**rest, **_replaced(lines, typed, new)}):
                yield RepeatPlay(path, typed, new, rest)

    def constants(self, seed: int) -> Iterator[RepeatPlay]:
        """Yield literals that four or more lines of a file share and that get a name at its top."""
        chosen = random.Random(seed)
        for path in self._shuffled(chosen):
            declared = _CONSTANT.get(language_of(path=path).id)
            if declared is None:
                continue
            lines = self.texts[path].split("\n")
            statements = statements_in(lines, language_of(path=path).id)
            top = max((s.end for s in statements if lines[s.start][:1].strip()), default=0)
            found: dict[str, dict[int, re.Match[str]]] = {}
            for number, line in enumerate(lines[top:], start=top):
                for match in [] if line.lstrip().startswith(_NO_CODE) else _LITERAL.finditer(line):
                    found.setdefault(match[0], {}).setdefault(number, match)
            repeated = [literal for literal, places in found.items() if 4 <= len(places) <= 12]
            if not top or not repeated or "import" not in lines[top - 1]:
                continue
            literal = chosen.choice(sorted(repeated))
            above = declared.format(literal)
            now = [*lines[:top], above, *lines[top:]]
            places = [(number + 1, *match.span()) for number, match in sorted(found[literal].items())]
            changed = _replaced(now, places, _NAME)
            typed = tuple(places[:2])
            rest = {number: changed[number] for number, _, _ in places[2:]}
            if self._parses(path, now, changed):
                yield RepeatPlay(path, typed, _NAME, rest, (top, above))

    def _parses(self, path: str, lines: list[str], changes: Mapping[int, str]) -> bool:
        """Whether a file parses as well with lines changed as it does now."""
        language = language_of(path=path).id
        now = parse(self.texts[path], language)
        then = parse("\n".join(changes.get(n, line) for n, line in enumerate(lines)), language)
        return now is not None and then is not None and syntax_errors(then) <= syntax_errors(now)

    def moves(self, seed: int) -> Iterator[MovePlay]:
        """Yield functions that go to the module next door while other files import them from here."""
        for path, definition in self._definitions(seed, {"function"}):
            lines = self.texts[path].split("\n")
            end = definition.end_line
            folder, name = posixpath.split(path)
            neighbours = sorted(
                other
                for other in self.texts
                if posixpath.split(other)[0] == folder
                and other != path
                and not posixpath.basename(other).startswith(("__", "index", "test"))
                and posixpath.splitext(other)[1] == posixpath.splitext(path)[1]
            )
            module = posixpath.splitext(name)[0]
            if not neighbours or not lines[definition.line][:1].strip() or lines[definition.line - 1].strip():
                continue
            other = neighbours[0]
            imported = re.compile(
                rf"^(from \S*?\b|import \{{ {definition.name} \}} from ['\"][^'\"]*?/){re.escape(module)}"
                rf"( import {definition.name}|(?:\.\w+)?['\"];?)$"
            )
            to = posixpath.splitext(posixpath.basename(other))[0]
            uses = {
                (place, number): f"{match[1]}{to}{match[2]}"
                for place in self.files[definition.name] - {path, other}
                for number, line in enumerate(self.texts[place].split("\n"))
                if (match := imported.match(line)) and definition.name in line
            }
            if uses:
                yield MovePlay(path, (definition.line, end), other, definition.name, uses)

    def _shuffled(self, chosen: random.Random) -> list[str]:
        paths = sorted(path for path in self.texts if language_of(path=path).grammar)
        chosen.shuffle(paths)
        return paths

    def _definitions(self, seed: int, kinds: set[str]) -> Iterator[tuple[str, Definition]]:
        chosen = random.Random(seed)
        for path in self._shuffled(chosen):
            found = [
                d
                for d in definitions_in(self.texts[path], language_of(path=path).id)
                if d.kind in kinds and not d.container and self._telling(d.name, path)
            ]
            if found:
                yield path, chosen.choice(found)

    def _telling(self, name: str, origin: str) -> bool:
        """Whether a name is long enough to be that of one thing, of the file `origin`, and bound and attached nowhere else."""
        if len(name) < 6 or name.startswith("test") or len(self.files.get(name, ())) > _MAX_USES:
            return False
        count = Counter(
            d.name
            for path in self.files.get(name, ())
            for d in definitions_in(self.texts[path], language_of(path=path).id)
            if d.name == name
        )
        if count[name] != 1:
            return False
        folder, stem = posixpath.split(posixpath.splitext(origin)[0])
        modules = {stem, posixpath.basename(folder)}
        return all(self._means_one_thing(path, name, modules) for path in self.files[name])

    def _means_one_thing(self, path: str, name: str, modules: set[str]) -> bool:
        """Whether a file has nothing of its own under this name: no local, parameter, member or key, nor another module's."""
        if path not in self._scopes:
            self._scopes[path] = scopes_of(self.texts[path], language_of(path=path).id)
        scopes = self._scopes[path]
        return scopes is not None and all(
            (one.binding is None or one.binding.scope.kind == "file")
            and (
                one.role != "member"
                or ((owner := scopes.owner_of(one)) is not None and owner.name in modules)
            )
            for one in scopes.occurrences
            if one.name == name and one.role not in ("key", "keyword")
        )

    def _uses(self, name: str) -> dict[str, frozenset[int]]:
        uses: dict[str, frozenset[int]] = {}
        for path in sorted(self.files[name]):
            language = language_of(path=path)
            if not language.grammar:
                continue
            lines = {row for row, _, _ in _identifiers(self.texts[path], language.id, name)}
            if lines:
                uses[path] = frozenset(lines)
        return uses

    def _calls(self, name: str) -> set[Place]:
        call = re.compile(rf"\b{name}\(")
        uses = self._uses(name)
        return {
            (path, line)
            for path, lines in uses.items()
            for line in lines
            if call.search(self.texts[path].split("\n")[line])
        }


def _replaced(lines: list[str], places: Iterable[tuple[int, int, int]], new: str) -> dict[int, str]:
    return {line: lines[line][:first] + new + lines[line][last:] for line, first, last in places}


def _identifiers(text: str, language_id: str, name: str) -> list[tuple[int, int, int]]:
    """Return row, first and last byte column of every identifier called `name`."""
    tree: Tree | None = parse(text, language_id)
    if tree is None or name not in text:
        return []
    wanted, found, todo = name.encode(), [], [tree.root_node]
    data = text.encode()
    while todo:
        node = todo.pop()
        if node.child_count:
            todo += node.children
        elif (
            node.is_named
            and _IDENTIFIER.search(node.type)
            and data[node.start_byte : node.end_byte] == wanted
        ):
            found.append((node.start_point.row, node.start_byte, node.end_byte))
    return sorted(found)


def _with_identifiers(text: str, language_id: str, name: str, new: str) -> str:
    data, at, pieces = text.encode(), 0, []
    for _, start, end in sorted(_identifiers(text, language_id, name), key=lambda place: place[1]):
        pieces += [data[at:start], new.encode()]
        at = end
    return b"".join([*pieces, data[at:]]).decode()
