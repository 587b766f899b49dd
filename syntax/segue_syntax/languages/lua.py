"""Lua."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import DOUBLE, SINGLE, raw

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
    },
    markup="ldoc",
    prefix="---",
    marks=("--",),
    line_runs=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "lua",
        "tree_sitter_lua:language",
        (".lua",),
        line_comment="--",
        block_comment=("--[[", "]]"),
        strings=(raw("[[", "]]"), DOUBLE, SINGLE),
        blocks=Blocks.END_WORD,
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=2, lines_end_statements=True),
    ),
)
