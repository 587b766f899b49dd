"""What an import statement of each language brings into a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A name that `line` (0-based) brings in: `name` as the module calls it, `alias` as the file does.

    `module` is written as in the source (``.models``, ``../api``, ``crate::net``). `name` is "" when the module
    itself is imported and ``*`` when everything in it is; `alias` is "" when it equals the name.
    """

    name: str
    module: str
    line: int
    alias: str = ""

    @property
    def local(self) -> str:
        """The name the file uses for it; "" when nothing is bound."""
        if self.alias or self.name == "*":
            return self.alias
        return self.name


def parse_import(language: str, text: str, line: int) -> Iterator[ImportedName]:
    """Yield what one import statement, written `text` at `line`, brings in; nothing for what is not known."""
    reader = language_of(language).read_import
    if reader is not None:
        yield from (ImportedName(name, module, line, alias) for name, module, alias in reader(text))
