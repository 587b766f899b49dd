"""A name that is imported from another module now: the other files that have it from the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._import_edits import Wanted, with_name, without_names
from segue_next_edit._imports import statements_in
from segue_next_edit._modules import module_file, named_from
from segue_next_edit.rules.imports import changes_between
from segue_next_edit.rules.substitution import learnt
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import FileText, Situation

_MAX_MOVES = 8
_MAX_FILES = 40

Binding = tuple[str, str, str]  # module as `module_file` gives it, name in it, local name


class MovedImportRule:
    """Repeats the move of an import in the files where it is still to be done."""

    kind = "moved import"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the changes to the imports of files that have a moved name from elsewhere."""
        seen: set[tuple[str, str]] = set()
        for language in dict.fromkeys(language_of(path=path).id for path in situation.paths):
            for name, new in list(_moves(situation, language).items())[:_MAX_MOVES]:
                for path in situation.files_with(name, limit=_MAX_FILES):
                    file = situation.file(path)
                    if file is not None and file.language == language and (name, path) not in seen:
                        seen.add((name, path))
                        yield from _moved(situation, file, name, new)


def _moves(situation: Situation, language: str) -> dict[str, Binding]:
    """Return local names whose import went, with the import that came instead: of that name or its replacement."""
    before: set[Binding] = set()
    came: dict[str, Binding] = {}
    for path in situation.paths:
        if language_of(path=path).id == language:
            edits = [edit for edit in situation.done if edit.path == path]
            went = {one for edit in edits for one in _bindings(situation, edit.old, path, language)}
            new = {one for edit in edits for one in _bindings(situation, edit.new, path, language)}
            before |= went
            came.update({binding[2]: binding for binding in new - went})
    if not came:
        return {}
    instead = {p.old: p.new for p in learnt(situation) if p.old != p.new}
    moves: dict[str, Binding] = {}
    for _, _, local in sorted(before):
        # A name that came and went has another source now, or its old one gave it up.
        found = came.get(local) or came.get(instead.get(local, ""))
        if found is not None:
            moves[local] = found
    return moves


def _bindings(situation: Situation, lines: tuple[str, ...], path: str, language: str) -> set[Binding]:
    return {
        (module_file(s.module, path, language, situation.known_files), name, local)
        for s in statements_in(lines, language)
        if s.form == "from"
        for name, local in s.names
    }


def _moved(situation: Situation, file: FileText, name: str, new: Binding) -> Iterator[Candidate]:
    path, language = file.path, file.language
    held = next((s for s in file.imports if s.form == "from" and name in s.locals), None)
    known = {local for s in file.imports for local in s.locals}
    if (
        held is None
        or held.indent
        or module_file(held.module, path, language, situation.known_files) == new[0]
    ):
        return
    if new[2] != name and new[2] in known:
        return
    lines = without_names(list(file.lines), held, {name})
    if lines is None:
        return
    statements = statements_in(lines, language)
    module = named_from(new[0], path, language, situation.known_files, statements)
    wanted = Wanted(module, new[1], new[2], "from", held.type_only)
    lines = with_name(lines, statements, language, wanted, near=held.start)
    if lines is None:
        return
    for start, end, text in changes_between(situation, file, lines):
        yield Candidate(
            path, start, end, text, "moved import", f"moved\0{name}\0{new}", f"{name} moved to {wanted.module}",
            {"adds": float(len(text) >= end - start), "removes": float(len(text) <= end - start), "seen": 2.0,
             "names": 1.0, "moved": 1.0, "age": 0.0},
        )  # fmt: skip
