"""A file's lines with one more name imported, in the form that fits the file."""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING

from segue_next_edit.imports.detect import only_annotates
from segue_next_edit.imports.resolve import closes_cycle, head_imports
from segue_next_edit.imports.write import with_name
from segue_syntax import FileImports, NewImport, code_statements

if TYPE_CHECKING:
    from segue_next_edit._situation import Situation
    from segue_next_edit.imports.resolve import Source
    from segue_syntax import ImportStatement, SourceFile

_NEIGHBOURS = 12


def with_import(
    situation: Situation, file: SourceFile, lines: list[str], name: str, source: Source
) -> list[str] | None:
    """Return `lines`, a version of `file`, with `name` imported from `source`; None where it is not clear how."""
    now = code_statements(lines, file.language_id)
    syntax, modules = file.language.imports, file.language.modules
    module = modules.named_from(source.module, file.path, situation.project, _habit(situation, file, now))
    apart = source.how == "imported" or not now or any(s.type_only for s in now)
    only_type = (
        source.type_only and apart and not _is_value(file, name)
        if syntax.types == "declared"
        else syntax.types == "annotated" and only_annotates(situation, file, name)
    )
    form = _form_here(source.form, {s.form.startswith("require") for s in now})
    wanted = NewImport(module, source.name, name, form, only_type)
    deferred = any(s.indent for s in syntax.scope(wanted, FileImports(lines, now)))
    if not (deferred and only_type) and closes_cycle(situation, file, source.module):
        return None
    return with_name(lines, now, file.path, wanted, situation.project)


def _habit(situation: Situation, file: SourceFile, now: list[ImportStatement]) -> list[ImportStatement]:
    """Return the statements that show how modules of the workspace are named: the file's, else those of its folder."""
    modules, project = file.language.modules, situation.project

    def ours(statements: list[ImportStatement]) -> list[ImportStatement]:
        return [s for s in statements if modules.file_of(s.module, file.path, project).startswith("./")]

    if not file.language.imports.from_files or ours(now):
        return now
    near = (ours(head_imports(situation, path)) for path in neighbours(situation, file))
    return [*now, *next((found for found in near if found), ())]


def neighbours(situation: Situation, file: SourceFile) -> list[str]:
    """Return other files of the folder with the same extension, at most twelve."""
    folder, extension = posixpath.dirname(file.path), posixpath.splitext(file.path)[1]
    near = (
        path
        for path in situation.reader.files()
        if path.endswith(extension) and posixpath.dirname(path) == folder and path != file.path
    )
    return list(islice(near, _NEIGHBOURS))


def _form_here(form: str, requires: set[bool]) -> str:
    """Return the form of a JavaScript import for a file that has nothing but ``require``, or nothing but ``import``."""
    if requires == {True}:
        return {"from": "require from", "default": "require", "namespace": "require"}.get(form, form)
    if requires == {False}:
        return {"require from": "from", "require": "default"}.get(form, form)
    return form


def _is_value(file: SourceFile, name: str) -> bool:
    """Whether JavaScript or TypeScript makes or calls something of that name, which no type can be."""
    return re.search(rf"\bnew\s+{re.escape(name)}\b|(?<![\w.]){re.escape(name)}\(", file.text) is not None
