"""Imports of one name after dots, as Java, Kotlin and Scala write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_syntax import Imported, ImportSyntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._import_syntax import FileImports, NewImport

_IMPORT = re.compile(
    r"^()import[ \t]+(?:static[ \t]+)?[\w.]+\.(?:\w+|\*)[ \t]*(?:as[ \t]+\w+)?;?[ \t]*$", re.MULTILINE
)


class DottedImports(ImportSyntax):
    """``import a.b.C``, each followed by `terminator`."""

    pattern = _IMPORT
    lists_names = False
    package_clause = True
    from_packages = True

    def __init__(self, terminator: str = "") -> None:
        self._terminator = terminator

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the name that a statement imports."""
        flat = re.sub(r"^import\s+(static\s+)?", "", text.strip()).rstrip("; \n")
        path, _, alias = flat.partition(" as ")
        module, _, name = path.replace(" ", "").rpartition(".")
        if module:
            form = "static" if re.match(r"import\s+static\b", text.strip()) else "from"
            yield Imported(name, module, alias.strip(), form)

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement for one name."""
        del around
        static = "static " if new.form == "static" else ""
        return f"import {static}{new.module}.{new.name}{self._terminator}"
