"""Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import SPACE, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BRACES, DOUBLE, text, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_QUOTE_GUARD = r"(?:(?<!\w')|(?<=\b[rbfutRBFUT]')|(?<=\b[rbfRBF]{2}'))"
_FORMATTED = r"(?:\A|\W)(?:[fFtT][rR]?|[rR][fFtT])"


def _read_import(text: str) -> Iterator[Names]:
    flat = SPACE.sub(" ", re.sub(r"#[^\n]*|\\\n", " ", text)).strip()
    if flat.startswith("from "):
        module, _, names = flat[5:].partition(" import ")
        for part in names.strip(" ()").split(","):
            if part.strip(" ()"):
                name, alias = name_and_alias(part.strip(" ()"))
                yield name, module.strip(), alias
    elif flat.startswith("import "):
        for part in flat[7:].split(","):
            module, alias = name_and_alias(part)
            yield "", module, alias or module.split(".")[0]


LANGUAGES = (
    Language(
        "python",
        "tree_sitter_python:language",
        (".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "wscript"),
        aliases=("py",),
        line_comment="#",
        strings=tuple(
            literal.with_code(BRACES, after=_FORMATTED)
            for literal in (triple('"'), triple("'"), DOUBLE, text("'", guard=_QUOTE_GUARD))
        ),
        blocks=Blocks.INDENTATION,
        queries=("python",),
        read_import=_read_import,
        layout=Layout(indent=4),
    ),
)
