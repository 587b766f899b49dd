"""How a repository writes its imports, learnt from the files near the one at hand."""

from __future__ import annotations

import posixpath
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from segue_next_edit._import_orders import Tally, group_keys, name_keys, statement_keys, tally
from segue_next_edit._imports import JS, statements_in
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from segue_next_edit._imports import Statement


FUTURE, STANDARD, PACKAGE, OURS, RELATIVE = range(-1, 4)
"""What a module is, in the order in which blocks of imports follow each other."""


_FILES = 8
_LOOKED_AT = 60
_HEAD_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Habits:
    """What the files nearby show.

    `ours` are the packages of the repository itself, `apart` says whether they stand in a block of their own, `types`
    whether types have statements of their own (JavaScript's ``import type``).
    """

    ours: frozenset[str] = frozenset()
    apart: bool = True
    one_name_each: bool = False
    types: bool = False
    statements: Tally = ()
    groups: Tally = ()
    names: Tally = ()


def blocks_of(lines: Sequence[str], statements: Sequence[Statement]) -> list[list[Statement]]:
    """Return the statements in blocks, which a blank line ends."""
    blocks: list[list[Statement]] = []
    for statement in statements:
        if blocks and all(line.strip() for line in lines[blocks[-1][-1].end : statement.start]):
            blocks[-1].append(statement)
        else:
            blocks.append([statement])
    return blocks


def category(module: str, language_id: str, ours: Container[str] = ()) -> int:
    """Return what a module is: the language's own, a package, one of `ours`, or a relative one."""
    if module.startswith("."):
        return RELATIVE
    root = module.split("." if language_id == "python" else "/", maxsplit=1)[0]
    if language_id == "python":
        standard = root in sys.stdlib_module_names
        return FUTURE if root == "__future__" else STANDARD if standard else OURS if root in ours else PACKAGE
    if language_id == "go":
        return PACKAGE if "." in root else STANDARD
    if language_id in JS:
        return STANDARD if module.startswith("node:") else PACKAGE
    return STANDARD


def one_name_each(statements: Iterable[Statement]) -> bool | None:
    """Whether a file writes a statement for each name: None when no module has two names."""
    modules: Counter[str] = Counter()
    for s in statements:
        if s.form == "from" and not s.type_only:
            if len(s.names) > 1:
                return False
            modules[s.module] += 1
    return True if any(count > 1 for count in modules.values()) else None


def learnt(
    files: Iterable[tuple[Sequence[str], Sequence[Statement]]], language_id: str, ours: frozenset[str]
) -> Habits:
    """Return the habits that files of one language show: their lines and import statements."""
    blocks: list[list[Statement]] = []
    each: Counter[bool | None] = Counter()
    apart: Counter[bool] = Counter()
    types = False
    for lines, statements in files:
        top = [s for s in statements if not s.indent or language_id == "go"]
        found = blocks_of(lines, top)
        blocks += found
        each[one_name_each(top)] += 1
        types |= any(s.type_only for s in top)
        kinds = [{category(s.module, language_id, ours) for s in block} for block in found]
        apart[False] += sum(kind >= {PACKAGE, OURS} for kind in kinds)
        apart[True] += sum(one == {PACKAGE} and other == {OURS} for one, other in pairwise(kinds))
    lists = [[name_keys(name) for name, _ in s.names] for block in blocks for s in block if len(s.names) > 1]
    return Habits(
        ours,
        apart[True] >= apart[False],
        each[True] > each[False],
        types,
        tally([statement_keys(s, language_id) for s in block] for block in blocks),
        tally([group_keys(s, language_id) for s in block] for block in blocks),
        tally(lists),
    )


class ImportHabits:
    """The habits of a workspace by folder and language, learnt once for each list of its files.

    Safe to use from any thread: what belongs to one list is replaced as a whole.
    """

    def __init__(self) -> None:
        self._of: tuple[Sequence[str], frozenset[str], dict[tuple[str, str], Habits]] = (), frozenset(), {}

    def near(self, path: str, files: Sequence[str], read: Callable[[str], str | None]) -> Habits:
        """Return the habits of the files beside `path`; `read` gives a file's text, or None when it may not be read."""
        listed, ours, habits = self._of
        if files is not listed and files != listed:
            self._of = _, ours, habits = files, own_packages(files), {}
        language = language_of(path=path).id
        key = posixpath.dirname(path), _family(language)
        known = habits.get(key)
        if known is None:
            texts = [read(other) for other in _beside(path, files)]
            heads = [text[:_HEAD_CHARACTERS].replace("\r\n", "\n").split("\n") for text in texts if text]
            known = learnt(((head, statements_in(head, language)) for head in heads), language, ours)
            if None not in texts:  # else there was no time to read them all: what they show is not kept
                habits[key] = known
        return known


def _family(language_id: str) -> str:
    return "javascript" if language_id in JS else language_id


def _beside(path: str, files: Iterable[str]) -> list[str]:
    """Return a few files of the same language: those of the same folder first, then those around it."""
    family = _family(language_of(path=path).id)
    suffix = posixpath.splitext(path)[1]
    folder = posixpath.dirname(path)
    around = posixpath.dirname(folder)
    near = [
        other
        for other in files
        if other.startswith(around) and other != path and (other.endswith(suffix) or family == "javascript")
    ]
    near.sort(key=lambda other: posixpath.dirname(other) != folder)
    return [other for other in near[:_LOOKED_AT] if _family(language_of(path=other).id) == family][:_FILES]


def own_packages(files: Iterable[str]) -> frozenset[str]:
    """Return the names under which Python finds the modules and packages of a repository."""
    packages = {posixpath.dirname(path) for path in files if path.endswith("/__init__.py")}
    tops = {posixpath.basename(folder) for folder in packages if posixpath.dirname(folder) not in packages}
    for path in files:
        if path.endswith(".py"):
            inner = path.removeprefix("src/")
            tops.add(inner.split("/", 1)[0].removesuffix(".py"))
    return frozenset(tops)
