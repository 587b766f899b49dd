"""PHP."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, HEREDOC, SINGLE_LINES, interpolated

_HOLE = r"\{\$[^{}\n]*\}|\$[^\W\d]\w*(?:->\w+|\[[^\]\n]*\])?"

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "method_declaration": "method",
        "class_declaration": "class",
        "interface_declaration": "interface",
        "trait_declaration": "trait",
        "enum_declaration": "enum",
    },
    markup="phpdoc",
    opening="/**",
    typed=True,
    html=True,
    line_escapes=(("?>", "? >"),),
    yields=True,
    loose_results=True,
)

LANGUAGES = (
    Language(
        "php",
        "tree_sitter_php:language_php",
        (".php",),
        line_comment="//",
        block_comment=C_BLOCK,
        other_line_comments=("#",),
        strings=(HEREDOC.with_code(_HOLE), interpolated('"', _HOLE, multiline=True), SINGLE_LINES),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=4),
    ),
)
