"""A name that is imported from another module now: the other files that have it from the old one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from segue_next_edit._bindings import is_free
from segue_next_edit._candidates import Candidate
from segue_next_edit.imports.add import with_import
from segue_next_edit.imports.detect import uses_of
from segue_next_edit.imports.resolve import Source
from segue_next_edit.imports.write import with_name, without_names
from segue_next_edit.patterns import names_replaced
from segue_next_edit.rules.imports import changes_between
from segue_syntax import ImportStatement, NewImport, declared_by, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_MOVES = 8
_MAX_FILES = 40


class Binding(NamedTuple):
    """`name` of `module` (as `ModuleNaming.file_of` writes it), known as `local`."""

    module: str
    name: str
    local: str


@dataclass(frozen=True, slots=True)
class _Move:
    """What was `old` is `new` now; `replaced` when the name is another, `defined` when the declaration moved.

    It is `sure` when all lines of the declaration went with it and nothing has its name in the file that it `left`.
    """

    old: Binding
    new: Binding
    replaced: bool = False
    defined: bool = False
    sure: bool = False
    left: str = ""


class MovedImportRule:
    """Repeats the move of an import in the files where it is still to be done."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the changes to the imports of files that have a moved name from elsewhere."""
        seen: set[tuple[str, str]] = set()
        for language in dict.fromkeys(language_of(path=path).id for path in situation.paths):
            moves = chain(
                _moved_definitions(situation, language),
                _moves(situation, language),
                _passed_on(situation, language),
            )
            for move in islice(moves, _MAX_MOVES):
                if move.sure:
                    yield from _still_used(situation, move)
                for path in situation.files_with(move.old.local, limit=_MAX_FILES):
                    file = situation.file(path)
                    if (
                        file is not None
                        and file.language_id == language
                        and (move.old.local, path) not in seen
                    ):
                        seen.add((move.old.local, path))
                        yield from _moved(situation, file, move)


def _moves(situation: Situation, language: str) -> Iterator[_Move]:
    """Yield the names whose import went, with the import that came instead: of that name or its replacement."""
    before: set[Binding] = set()
    came: dict[str, Binding] = {}
    for path in situation.paths:
        if language_of(path=path).id == language:
            edits = [edit for edit in situation.done if edit.path == path]
            went = {one for edit in edits for one in _bindings(situation, edit.old, path, language)}
            new = {one for edit in edits for one in _bindings(situation, edit.new, path, language)}
            before |= went | _undeclared(edits, path, language)
            came.update({binding.local: binding for binding in new - went})
    if not came:
        return
    instead = {one.old: one.new for one in reversed(names_replaced(situation))}
    for old in sorted(before):
        # A name that came and went has another source now, or its old one gave it up.
        same = came.get(old.local)
        found = same or came.get(instead.get(old.local, ""))
        if found is not None:
            yield _Move(old, found, replaced=same is None)


def _undeclared(edits: Sequence[Done], path: str, language: str) -> set[Binding]:
    """Return the declarations at the left margin that went from an edited file, as its importers name them."""
    if not language_of(language).imports.from_files:
        return set()
    modules = language_of(language).modules
    now = {name for edit in edits for line in edit.new for name in declared_by(line)}
    went = {name for edit in edits for line in edit.old if line[:1].strip() for name in declared_by(line)}
    return {Binding(modules.module_of(path), name, name) for name in went - now}


def _passed_on(situation: Situation, language: str) -> Iterator[_Move]:
    """Yield the names that an edited module had from elsewhere and gave up: others had them from it."""
    if not language_of(language).imports.passes_on:
        return
    modules = language_of(language).modules
    for path in situation.paths:
        file = situation.file(path)
        if file is None or file.language_id != language:
            continue
        bound = {local for s in file.imports for local in s.locals}
        for edit in situation.done:
            if edit.path == path:
                for source in sorted(_bindings(situation, edit.old, path, language)):
                    if source.local not in bound:
                        yield _Move(Binding(modules.module_of(path), source.local, source.local), source)


def _moved_definitions(situation: Situation, language: str) -> Iterator[_Move]:
    """Yield the names whose declaration went from one edited file and came in another."""
    if not language_of(language).imports.from_files:
        return
    modules = language_of(language).modules
    here = {path: situation.file(path) for path in situation.paths if language_of(path=path).id == language}
    came = {
        name: edit
        for path, file in here.items()
        for edit in situation.done
        if file is not None and edit.path == path
        for line in edit.new
        if line[:1].strip()
        for name in declared_by(line)
    }
    for edit in situation.done:
        if edit.path in here:
            went = [name for line in edit.old if line[:1].strip() for name in declared_by(line)]
            for name in went:
                there = came.get(name, edit)
                if there.path != edit.path:
                    old, new = modules.module_of(edit.path), modules.module_of(there.path)
                    sure = _is_cut(edit, there) and not _has(here[edit.path], name)
                    yield _Move(
                        Binding(old, name, name),
                        Binding(new, name, name),
                        defined=True,
                        sure=sure,
                        left=edit.path,
                    )


def _is_cut(edit: Done, there: Done) -> bool:
    """Whether all that an edit took away stands in what another one wrote."""
    went, came = (Counter(filter(None, map(str.strip, lines))) for lines in (edit.old, there.new))
    return went - Counter(map(str.strip, edit.new)) <= came


def _has(file: SourceFile | None, name: str) -> bool:
    return (
        file is None
        or any(name in s.locals or "*" in s.locals for s in file.imports)
        or any(name in declared_by(line) for line in file.lines if line[:1].strip())
    )


def _bindings(situation: Situation, lines: tuple[str, ...], path: str, language: str) -> set[Binding]:
    modules = language_of(language).modules
    return {
        Binding(modules.file_of(s.module, path, situation.project), name, local)
        for s in statements_in(lines, language)
        if s.form == "from"
        for name, local in s.names
    }


def _moved(situation: Situation, file: SourceFile, move: _Move) -> Iterator[Candidate]:
    path, language, name, new = file.path, file.language_id, move.old.local, move.new
    modules = language_of(language).modules
    held = next((s for s in file.imports if s.form == "from" and name in s.locals), None)
    known = {local for s in file.imports for local in s.locals}
    if held is None or held.indent or (new.local != name and new.local in known):
        return
    if modules.file_of(held.module, path, situation.project) != move.old.module:
        return
    module = modules.named_from(new.module, path, situation.project, file.imports)
    wanted = NewImport(module, new.name, new.local, "from", held.type_only)
    lines = _with_move(situation, file, held, name, wanted)
    if lines is not None:
        yield from _candidates(situation, file, lines, move, whole=len(held.names) == 1)


def _with_move(
    situation: Situation, file: SourceFile, held: ImportStatement, gone: str, wanted: NewImport
) -> list[str] | None:
    """Return the lines of a file with `wanted` for `gone`, which `held` imports; that stays where it has one name."""
    lines = list(file.lines)
    if held.names == ((wanted.name, wanted.local),) and not any(
        s.module == wanted.module for s in file.imports
    ):
        at = held.end - 1 if held.module in lines[held.end - 1] else held.start
        lines[at] = _with_module(lines[at], held.module, wanted.module)
        return lines
    left = without_names(lines, held, file.language_id, {gone})
    if left is None:
        return None
    statements = statements_in(left, file.language_id)
    return with_name(left, statements, file.path, wanted, situation.project, near=held.start)


def _still_used(situation: Situation, move: _Move) -> Iterator[Candidate]:
    """Yield the import of what moved away from a file that uses it still."""
    file = situation.file(move.left)
    if (
        file is None
        or not any(True for _ in uses_of(file, move.new.local))
        or not is_free(file, move.new.local)
    ):
        return
    source = Source(move.new.module, move.new.name, "from", how="defined")
    lines = with_import(situation, file, list(file.lines), move.new.local, source)
    if lines is not None:
        yield from _candidates(situation, file, lines, move, whole=True)


def _candidates(
    situation: Situation, file: SourceFile, lines: Sequence[str], move: _Move, *, whole: bool
) -> Iterator[Candidate]:
    name = move.old.local
    for start, end, text in changes_between(situation, file, lines):
        yield Candidate(
            file.path, start, end, text, "moved import", f"moved\0{name}\0{move.new}",
            f"{name} moved to {move.new.module.removeprefix('./')}",
            {"replaced": float(move.replaced), "defined": float(move.defined), "age": 0.0,
             "whole": float(whole), **({"resolved": 1.0, "defines": 1.0} if move.sure else {})},
        )  # fmt: skip


def _with_module(line: str, old: str, new: str) -> str:
    """Return a line of an import statement with another module: what stands in quotes, or behind the keyword."""
    written = re.escape(old)
    quoted = re.sub(rf"(?<=[\"']){written}(?=[\"'])", lambda _: new, line)
    return (
        quoted if quoted != line else re.sub(rf"(?<![\w.]){written}(?![\w.])", lambda _: new, line, count=1)
    )
