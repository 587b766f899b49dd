"""Import statements as text: where they are and what they bind.

Grammars know what an import means; here its lines matter, also in a file that does not parse just now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_syntax import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PY_FROM = re.compile(r"^([ \t]*)from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n(#]+)", re.MULTILINE)
_PY_IMPORT = re.compile(
    r"^([ \t]*)import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)",
    re.MULTILINE,
)
_JS_IMPORT = re.compile(
    r"^()(?:import|export)[ \t]+(type[ \t]+)?(?:([\w$]+)[ \t]*,?\s*)?(?:\{([^}]*)\}|\*[ \t]+as[ \t]+([\w$]+))?\s*from\s*(['\"])([^'\"\n]+)\6;?",
    re.MULTILINE,
)
_JS_REQUIRE = re.compile(
    r"^()(?:const|let|var)[ \t]+(?:([\w$]+)|\{([^}]*)\})[ \t]*=[ \t]*require\((['\"])([^'\"\n]+)\4\);?",
    re.MULTILINE,
)
_GO_BLOCK = re.compile(r"^import[ \t]*\(([^)]*)\)", re.MULTILINE)
_GO_ONE = re.compile(r"^([ \t]*)(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?\"([^\"\n]+)\"", re.MULTILINE)
_GO_SINGLE = re.compile(r"^()import[ \t]+(?:([\w.]+)[ \t]+)?\"([^\"\n]+)\"", re.MULTILINE)
_DOTTED = re.compile(
    r"^()import[ \t]+(?:static[ \t]+)?([\w.]+)\.(\w+|\*)[ \t]*(?:as[ \t]+(\w+))?;?[ \t]*$", re.MULTILINE
)
_RUST = re.compile(
    r"^([ \t]*)(?:pub[ \t]+)?use[ \t]+([\w:]+)::(?:(\w+)(?:[ \t]+as[ \t]+(\w+))?|\{([^{}]*)\});", re.MULTILINE
)
_HEAD_LINES = 400

JS = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"})
DOTTED = frozenset({"java", "kotlin", "scala"})


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines `start` to `end` import `names` (name, local name) from `module`.

    `form` is ``from`` for a list of names, ``module`` for the module itself, ``default`` and ``namespace`` as in
    JavaScript, ``require`` for CommonJS.
    """

    start: int
    end: int
    indent: str
    module: str
    form: str
    names: tuple[tuple[str, str], ...]
    type_only: bool = False

    @property
    def locals(self) -> tuple[str, ...]:
        """The names that the file may use."""
        return tuple(local for _, local in self.names)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`name` of `module`, known as `local`, imported by a statement of `form` (as `Statement.form`).

    `type_only` names are needed by type checkers alone.
    """

    module: str
    name: str
    local: str
    form: str
    type_only: bool = False

    @property
    def written(self) -> str:
        """The name as a statement lists it."""
        return self.name if self.name == self.local else f"{self.name} as {self.local}"

    @property
    def statement(self) -> Statement:
        """The statement of this name alone, wherever it will stand."""
        return Statement(0, 1, "", self.module, self.form, ((self.name, self.local),), self.type_only)


def statements_in(lines: Sequence[str], language_id: str) -> list[Statement]:
    """Return the import statements near the head of a file, and indented ones of Python, in order."""
    head = lines if language_id in ("python", "rust") else lines[:_HEAD_LINES]
    text = "\n".join(head)
    if "import" not in text and "require" not in text and "use" not in text:
        return []
    reader = _READERS.get(language_id)
    found = list(reader(text)) if reader else []
    found.sort(key=lambda s: s.start)
    return found


def _extent(text: str, match: re.Match[str]) -> tuple[int, int]:
    return text.count("\n", 0, match.start()), text.count("\n", 0, match.end()) + 1


def names_in(inside: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for part in re.sub(r"#[^\n]*|//[^\n]*", "", inside).strip("() \n\t").split(","):
        words = part.replace("type ", " ", 1).split() if part.strip().startswith("type ") else part.split()
        if len(words) == 3 and words[1] in ("as", ":"):
            pairs.append((words[0], words[2]))
        elif len(words) == 1 and words[0] != ":":
            pairs.append((words[0].rstrip(":"), words[0]))
        elif len(words) == 2 and len(words[0]) > 1 and words[0].endswith(":"):
            pairs.append((words[0][:-1], words[1]))
    return tuple(pairs)


def _python(text: str) -> Iterator[Statement]:
    line = counted = 0
    at = text.find("import")
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        match = _PY_FROM.match(text, start) or _PY_IMPORT.match(text, start)
        if match is None:
            at = text.find("import", at + 1)
            continue
        line += text.count("\n", counted, start)
        counted = start
        end = line + match[0].count("\n") + 1
        if match.re is _PY_FROM:
            yield Statement(line, end, match[1], match[2], "from", names_in(match[3]))
        else:
            parts = [part.split() for part in match[2].split(",")]
            names = tuple((w[0], w[2] if len(w) == 3 else w[0].split(".")[0]) for w in parts)
            yield Statement(line, end, match[1], names[0][0], "module", names)
        rest = text.find("\n", match.end())
        at = text.find("import", rest) if rest >= 0 else -1


def _javascript(text: str) -> Iterator[Statement]:
    for match in _JS_IMPORT.finditer(text):
        _, kind, default, inside, namespace, _, module = match.groups()
        if match[0].startswith("export"):
            continue
        names: list[tuple[str, str]] = []
        form = "from"
        if default and default != "type":
            names.append(("default", default))
            form = "default"
        if namespace:
            names.append(("*", namespace))
            form = "namespace"
        if inside is not None:
            names += names_in(inside)
            form = "from"
        yield Statement(*_extent(text, match), "", module, form, tuple(names), bool(kind))
    for match in _JS_REQUIRE.finditer(text):
        whole, inside, module = match[2], match[3], match[5]
        pairs = (("*", whole),) if whole else names_in(inside)
        yield Statement(*_extent(text, match), "", module, "require" if whole else "require from", pairs)


def _go(text: str) -> Iterator[Statement]:
    for block in _GO_BLOCK.finditer(text):
        first = text.count("\n", 0, block.start())
        for match in _GO_ONE.finditer(block[0]):
            line = first + block[0].count("\n", 0, match.start())
            yield _go_statement(line, match)
    for match in _GO_SINGLE.finditer(text):
        yield _go_statement(text.count("\n", 0, match.start()), match)


def _go_statement(line: int, match: re.Match[str]) -> Statement:
    local = match[2] or go_package(match[3])
    return Statement(line, line + 1, match[1], match[3], "module", ((match[3], local),))


def go_package(path: str) -> str:
    """Return the name under which Go code most likely uses the package at an import path."""
    parts = [part for part in path.split("/") if not re.fullmatch(r"v\d+", part)]
    name = parts[-1] if parts else path
    return re.sub(r"^go-|\.v\d+$|\.go$|-go$", "", name).replace("-", "")


def _dotted(text: str) -> Iterator[Statement]:
    for match in _DOTTED.finditer(text):
        yield Statement(*_extent(text, match), "", match[2], "from", ((match[3], match[4] or match[3]),))


def _rust(text: str) -> Iterator[Statement]:
    for match in _RUST.finditer(text):
        names = ((match[3], match[4] or match[3]),) if match[3] else names_in(match[5])
        yield Statement(*_extent(text, match), match[1], match[2], "from" if match[5] else "one", names)


_READERS = {
    "python": _python,
    "go": _go,
    "rust": _rust,
    **dict.fromkeys(JS, _javascript),
    **dict.fromkeys(DOTTED, _dotted),
}


def code_statements(lines: Sequence[str], language_id: str) -> list[Statement]:
    """Return the import statements of a file, without what stands at the margin in its comments and texts."""
    found = statements_in(lines, language_id)
    last = max((s.end for s in found if not s.indent), default=0)
    head = "\n".join(lines[:last])
    if not any(mark in head for mark in ('"""', "'''", "/*", "`")):
        return found
    code = Regions(head, language_id)
    starts = list(accumulate((len(line) + 1 for line in lines[:last]), initial=0))
    return [s for s in found if s.indent or code.at(starts[s.start]) == "code"]
