"""Imports of one name after dots, as Java, Kotlin and Scala write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from segue_syntax._import_syntax import Imported, ImportSyntax, found_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_syntax._import_syntax import ImportStatement, NewImport

_IMPORT = re.compile(
    r"^()import[ \t]+(?:static[ \t]+)?[\w.]+\.(?:\w+|\*)[ \t]*(?:as[ \t]+\w+)?;?[ \t]*$", re.MULTILINE
)


class DottedImports(ImportSyntax):
    """``import a.b.C``, each followed by `terminator`."""

    lists_names = False
    package_clause = True

    def __init__(self, terminator: str = "") -> None:
        self._terminator = terminator

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the name that a statement imports."""
        flat = re.sub(r"^import\s+(static\s+)?", "", text.strip()).rstrip("; \n")
        path, _, alias = flat.partition(" as ")
        module, _, name = path.replace(" ", "").rpartition(".")
        if module:
            yield Imported(name, module, alias.strip())

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the statements, each on a line of its own."""
        yield from found_by(_IMPORT, text)

    def write(
        self,
        new: NewImport,
        statements: Sequence[ImportStatement],
        lines: Sequence[str],
        *,
        types_apart: bool,
    ) -> str | None:
        """Return a statement for one name."""
        del statements, lines, types_apart
        return f"import {new.module}.{new.name}{self._terminator}"

    def orders(self, statement: ImportStatement) -> tuple[Any, ...]:
        """Return the alphabetical order of whole names."""
        name = statement.names[0][0] if statement.names else ""
        return ((statement.module.startswith("."), f"{statement.module}.{name}".lower()),)
