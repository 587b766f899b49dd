"""Scala."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOLLAR, DOUBLE, triple

_INTERPOLATED = r"[^\W\d]\w*"

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "function_declaration": "function",
        "class_definition": "class",
        "object_definition": "class",
        "trait_definition": "trait",
    },
    markup="scaladoc",
    opening="/**",
    html=True,
    nested_comments=True,
    class_parameters=True,
    implicit_result=True,
)

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
        documentation=_DOCUMENTATION,
        imports=DottedImports(),
        layout=Layout(usual_indent=2, deep_wraps=True, lines_end_statements=True, package_first=True),
    ),
)
