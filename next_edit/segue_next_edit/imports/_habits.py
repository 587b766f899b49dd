"""How a repository writes its imports, learnt from the files near the one at hand."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from segue_next_edit.imports._orders import Tally, name_keys, tally
from segue_syntax import ImportStatement, ModuleKind, family_extensions, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


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


def blocks_of(lines: Sequence[str], statements: Sequence[ImportStatement]) -> list[list[ImportStatement]]:
    """Return the statements in blocks, which a blank line ends."""
    blocks: list[list[ImportStatement]] = []
    for statement in statements:
        if blocks and all(line.strip() for line in lines[blocks[-1][-1].end : statement.start]):
            blocks[-1].append(statement)
        else:
            blocks.append([statement])
    return blocks


def one_name_each(statements: Iterable[ImportStatement]) -> bool | None:
    """Whether a file writes a statement for each name: None when no module has two names."""
    modules: Counter[str] = Counter()
    for s in statements:
        if s.form == "from" and not s.type_only:
            if len(s.names) > 1:
                return False
            modules[s.module] += 1
    return True if any(count > 1 for count in modules.values()) else None


def learnt(
    files: Iterable[tuple[Sequence[str], Sequence[ImportStatement]]], language_id: str, ours: frozenset[str]
) -> Habits:
    """Return the habits that files of one language show: their lines and import statements."""
    syntax = language_of(language_id).imports
    blocks: list[list[ImportStatement]] = []
    each: Counter[bool | None] = Counter()
    apart: Counter[bool] = Counter()
    types = False
    for lines, statements in files:
        top = [s for s in statements if not s.indent or syntax.grouped]
        found = blocks_of(lines, top)
        blocks += found
        each[one_name_each(top)] += 1
        types |= any(s.type_only for s in top)
        kinds = [{syntax.category(s.module, ours) for s in block} for block in found]
        apart[False] += sum(kind >= {ModuleKind.PACKAGE, ModuleKind.OURS} for kind in kinds)
        apart[True] += sum(
            one == {ModuleKind.PACKAGE} and other == {ModuleKind.OURS} for one, other in pairwise(kinds)
        )
    lists = [[name_keys(name) for name, _ in s.names] for block in blocks for s in block if len(s.names) > 1]
    return Habits(
        ours,
        apart[True] >= apart[False],
        each[True] > each[False],
        types,
        tally([syntax.orders(s) for s in block] for block in blocks),
        tally([syntax.groups(s) for s in block] for block in blocks),
        tally(lists),
    )


class ImportHabits:
    """The habits of a workspace by folder and language, learnt once for each list of its files.

    Safe to use from any thread: what belongs to one list is replaced as a whole.
    """

    def __init__(self) -> None:
        self._of: tuple[Sequence[str], dict[tuple[str, str], Habits]] = (), {}
        self._ours: tuple[Sequence[str], dict[str, frozenset[str]]] = (), {}

    def near(self, path: str, files: Sequence[str], read: Callable[[str], str | None]) -> Habits:
        """Return the habits of the files beside `path`; `read` gives a file's text, or None when it may not be read."""
        listed, habits = self._of
        _, packages = self._ours
        if files is not listed and files != listed:
            self._of = _, habits = files, {}
            self._ours = _, packages = files, {}
        language = language_of(path=path)
        key = posixpath.dirname(path), language.family
        known = habits.get(key)
        if known is None:
            texts = [read(other) for other in _beside(path, files)]
            heads = [text[:_HEAD_CHARACTERS].replace("\r\n", "\n").split("\n") for text in texts if text]
            if language.family not in packages:
                packages[language.family] = language.imports.own_packages(files)
            ours = packages[language.family]
            known = learnt(((head, statements_in(head, language.id)) for head in heads), language.id, ours)
            if None not in texts:  # else there was no time to read them all: what they show is not kept
                habits[key] = known
        return known


def _beside(path: str, files: Iterable[str]) -> list[str]:
    """Return a few files of the same language: those of the same folder first, then those around it."""
    language = language_of(path=path)
    folder = posixpath.dirname(path)
    around = posixpath.dirname(folder)
    near = [
        other
        for other in files
        if other.startswith(around) and other != path and other.endswith(family_extensions(language.family))
    ]
    near.sort(key=lambda other: posixpath.dirname(other) != folder)
    return [other for other in near[:_LOOKED_AT] if language_of(path=other).family == language.family][
        :_FILES
    ]
