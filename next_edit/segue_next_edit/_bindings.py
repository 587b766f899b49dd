"""Whether a file refers to a name, and binds it itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_syntax import Project, SourceFile

_TOLD = re.compile(
    r"""["'](?:[\w.\[\]|]|,[ ]|[ ]\|[ ])*\Z|^\s*(?:>>>|\.\.\.)|(?:\#\s*type:|@jsx|//go:|\{)[^}]*\Z""",
    re.VERBOSE,
)
"""What comes before a name on a line of text that machines read: a type in quotes, a doctest, a directive."""
_REFERS = frozenset({"read", "write"})


def is_needed(file: SourceFile, name: str, project: Project) -> bool:
    """Whether `file` would miss the import of `name`: code refers to it, or text that machines read does."""
    if file.language.imports.is_implied(name, file.text, file.path, project):
        return True
    scopes = file.scopes_of(name)
    if scopes is None or any(
        one.role in _REFERS and one.owner is None and scopes.place(one)[0] not in file.import_lines
        for one in scopes.occurrences
        if one.name == name
    ):
        return True
    for at in file.offsets_of(name):
        line = file.line_at(at)
        told = line not in file.import_lines and file.regions.at(at) != "code"
        if told and _TOLD.search(file.lines[line][: at - file.starts[line]]):
            return True
    return False


def is_free(file: SourceFile, name: str) -> bool:
    """Whether something in `file` refers to `name`, and nothing around it binds it."""
    scopes = file.scopes_of(name)
    if scopes is None:
        return True
    if any(_is_reference(file, one.end) for one in scopes.free(name) if name not in one.scope.elsewhere):
        return True
    return name not in scopes.file.names and any(
        file.language.imports.is_code_in_string(file.text, at)
        for at in file.offsets_of(name)
        if file.regions.at(at) == "string"
    )


def _is_reference(file: SourceFile, end: int) -> bool:
    """Whether a name that nothing binds is one in earnest; in code that is half written only a call or an owner is."""
    node = file.root.descendant_for_byte_range(end - 1, end)
    while node is not None and not node.is_error:
        node = node.parent
    return node is None or file.data[end : end + 1] in (b"(", b".")
