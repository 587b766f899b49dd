"""C#."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, Literal, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_VERBATIM = Literal(r'"(?:(?<=@")|(?<=@\$"))', r'(?:""|[^"])*', '"', '"', multiline=True)
_HOLE = r"\{\{|\{[^{}\n:]*"
_INTERPOLATED = r"\$@?|@\$"


def _read_import(text: str) -> Iterator[Names]:
    flat = re.sub(r"^(global\s+)?using\s+(static\s+)?", "", text.strip()).rstrip("; \n")
    alias, equals, target = flat.partition("=")
    if equals:
        module, _, name = target.strip().rpartition(".")
        yield name, module, alias.strip()
    else:
        yield "*", flat.strip(), ""


LANGUAGES = (
    Language(
        "csharp",
        "tree_sitter_c_sharp:language",
        (".cs",),
        aliases=("c#", "cs", "c_sharp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            *(literal.with_code(_HOLE, after=_INTERPOLATED) for literal in (triple('"'), _VERBATIM, DOUBLE)),
            CHARACTER,
        ),
        blocks=Blocks.BRACES,
        queries=("csharp",),
        read_import=_read_import,
        layout=Layout(indent=4),
    ),
)
