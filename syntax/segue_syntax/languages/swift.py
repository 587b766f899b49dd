"""Swift."""

from __future__ import annotations

from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, interpolated, triple

_HOLE = r"\\\((?:[^()\n]|\([^()\n]*\))*\)"

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
        "init_declaration": "constructor",
        "class_declaration": "class",
        "protocol_declaration": "interface",
        "protocol_function_declaration": "function",
    },
    markup="swift",
    prefix="///",
    marks=BLOCK_MARKS + SLASH_MARKS,
    nested_comments=True,
    labelled_parameters=True,
    implicit_result=True,
)

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
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=4, lines_end_statements=True),
    ),
)
