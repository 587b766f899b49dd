"""Cases for measuring retrieval and completion, built from the files of any repository."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context import CursorQuery
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_context import WorkspaceIndex

WORD = re.compile(r"[^\W\d]\w+")
LANGUAGES = frozenset(
    [
        "python",
        "javascript",
        "javascriptreact",
        "typescript",
        "typescriptreact",
        "go",
        "rust",
        "java",
        "c",
        "cpp",
        "csharp",
        "ruby",
    ]
)
_NO_CODE = re.compile(r"""\s*(?:import|from|@|#|//|/?\*|package|use |using |["'])""")
_BORDER = re.compile(r"\b\w|[(\[{.,=]")
_BLOCK_COMMENT = re.compile(r'"""|\'\'\'')
_LARGEST_CHARS = 300_000
_PER_FILE = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A cursor, what really follows on its line, and the names of other files that this needs."""

    query: CursorQuery
    truth: str
    wanted: tuple[str, ...] = ()


def sources(index: WorkspaceIndex) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file in a language that is measured."""
    for path in index.files():
        if language_of(path=path).id in LANGUAGES and not path.endswith(".d.ts"):
            text = index.read_text(path)
            if text is not None and len(text) < _LARGEST_CHARS:
                yield path, text


def completion_cases(index: WorkspaceIndex, count: int, *, seed: int = 5) -> list[Case]:
    """Return lines of code, past the thirtieth of their file, cut at a random token border."""
    rng = random.Random(seed)
    files = list(sources(index))
    rng.shuffle(files)
    cases: list[Case] = []
    for path, text in files:
        lines = text.split("\n")
        prose = _prose(lines, python=path.endswith(".py"))
        numbers = [n for n in range(30, len(lines)) if n not in prose]
        rng.shuffle(numbers)
        taken = 0
        for number in numbers:
            line = lines[number]
            if len(line.strip()) < 12 or _NO_CODE.match(line):
                continue
            start = len(line) - len(line.lstrip())
            borders = [found.start() for found in _BORDER.finditer(line) if found.start() > start]
            cut = rng.choice(borders) if borders else len(line)
            if len(line[cut:].strip()) < 4:
                continue
            cases.append(Case(_cut(path, lines, number, cut), line[cut:].rstrip()))
            taken += 1
            if taken == _PER_FILE:
                break
        if len(cases) >= count:
            break
    return cases[:count]


def retrieval_cases(index: WorkspaceIndex, count: int, *, seed: int = 7) -> list[Case]:
    """Return lines cut before a name that a related file defines and that stands nowhere else in its file."""
    cases: list[Case] = []
    for path, text in sources(index):
        known = _defined_nearby(index, path)
        if not known:
            continue
        lines = text.split("\n")
        counts = Counter(WORD.findall(text))
        for number, line in enumerate(lines[12:], 12):
            if _NO_CODE.match(line):
                continue
            start = len(line) - len(line.lstrip())
            for found in WORD.finditer(line):
                if found[0] in known and counts[found[0]] == 1 and found.start() > start:
                    truth = line[found.start() :]
                    wanted = [w for w in dict.fromkeys(WORD.findall(truth)) if w in known and counts[w] == 1]
                    cases.append(
                        Case(_cut(path, lines, number, found.start()), truth.rstrip(), tuple(wanted))
                    )
                    break
    random.Random(seed).shuffle(cases)
    return cases[:count]


def _defined_nearby(index: WorkspaceIndex, path: str) -> set[str]:
    targets = {item.target for item in index.imports_of(path)} - {"", path}
    if path.endswith((".go", ".java", ".cs")):
        folder = path.rpartition("/")[0]
        targets |= {other for other in index.files() if other.rpartition("/")[0] == folder} - {path}
    names = {symbol.name for target in targets for symbol in index.symbols_in(target)}
    return {name for name in names if len(name) > 3 and not name.startswith("__")}


def _cut(path: str, lines: list[str], number: int, column: int) -> CursorQuery:
    prefix = "\n".join([*lines[:number], lines[number][:column]])
    suffix = "\n" + "\n".join(lines[number + 1 :])
    return CursorQuery(path, language_of(path=path).id, prefix, suffix)


def _prose(lines: list[str], *, python: bool) -> set[int]:
    """Return the numbers of lines that hold a comment or lie in a string of several lines."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        bare = line.strip()
        if python:
            marks = len(_BLOCK_COMMENT.findall(line))
            if inside or marks or "  #" in line:
                found.add(number)
            inside ^= marks % 2 == 1
        else:
            if inside or " //" in line or bare.startswith(("//", "/*", "*", "#")):
                found.add(number)
            if "/*" in bare and "*/" not in bare:
                inside = True
            elif "*/" in bare:
                inside = False
    return found
