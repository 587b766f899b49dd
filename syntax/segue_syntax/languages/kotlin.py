"""Kotlin."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOLLAR, interpolated, triple

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
        "class_declaration": "class",
        "object_declaration": "class",
    },
    markup="kdoc",
    opening="/**",
    html=True,
    nested_comments=True,
    class_parameters=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "kotlin",
        "tree_sitter_kotlin:language",
        (".kt", ".kts"),
        aliases=("kt",),
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"').with_code(DOLLAR), interpolated('"', DOLLAR), CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        imports=DottedImports(),
        layout=Layout(indent=4, lines_end_statements=True, package_first=True),
    ),
)
