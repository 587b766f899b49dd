"""Swift."""

from __future__ import annotations

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, interpolated, triple

_HOLE = r"\\\((?:[^()\n]|\([^()\n]*\))*\)"

LANGUAGES = (
    Language(
        "swift",
        "tree_sitter_swift:language",
        (".swift",),
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"').with_code(_HOLE), interpolated('"', _HOLE), CHARACTER),
        blocks=Blocks.BRACES,
        layout=Layout(usual_indent=4, lines_end_statements=True),
    ),
)
