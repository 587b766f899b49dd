"""Java."""

from __future__ import annotations

from segue_syntax._class_files import ClassFiles
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, triple

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
        imports=DottedImports(";"),
        modules=ClassFiles(".java"),
        layout=Layout(usual_indent=4, wrap_steps=2, deep_wraps=True, package_first=True),
    ),
)
