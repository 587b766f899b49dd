"""Scala."""

from __future__ import annotations

from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOLLAR, DOUBLE, triple

_INTERPOLATED = r"[^\W\d]\w*"

LANGUAGES = (
    Language(
        "scala",
        "tree_sitter_scala:language",
        (".scala", ".sc"),
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            triple('"').with_code(DOLLAR, after=_INTERPOLATED),
            DOUBLE.with_code(DOLLAR, after=_INTERPOLATED),
            CHARACTER,
        ),
        blocks=Blocks.BRACES,
        imports=DottedImports(),
        layout=Layout(usual_indent=2, deep_wraps=True, lines_end_statements=True, package_first=True),
    ),
)
