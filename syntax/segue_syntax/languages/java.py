"""Java."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names


def _read_import(text: str) -> Iterator[Names]:
    flat = re.sub(r"^import\s+(static\s+)?", "", text.strip()).rstrip("; \n").replace(" ", "")
    module, _, name = flat.rpartition(".")
    if module:
        yield name, module, ""


LANGUAGES = (
    Language(
        "java",
        "tree_sitter_java:language",
        (".java",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"'), DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        queries=("java",),
        read_import=_read_import,
        layout=Layout(usual_indent=4, wrap_steps=2, deep_wraps=True, package_first=True),
    ),
)
