"""PHP."""

from __future__ import annotations

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, HEREDOC, SINGLE_LINES, interpolated

_HOLE = r"\{\$[^{}\n]*\}|\$[^\W\d]\w*(?:->\w+|\[[^\]\n]*\])?"

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
        layout=Layout(usual_indent=4),
    ),
)
