"""Data, style, markup and query languages: no definitions or imports are read from them."""

from __future__ import annotations

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, DOUBLE, DOUBLE_LINES, SINGLE, SINGLE_LINES, XML_BLOCK, triple

LANGUAGES = (
    Language(
        "html",
        "tree_sitter_html:language",
        (".html", ".htm"),
        advisory=True,
        block_comment=XML_BLOCK,
        other_block_comments=(C_BLOCK,),
        strings=(DOUBLE, SINGLE),
        layout=Layout(usual_indent=2, markup=True),
    ),
    Language(
        "css",
        "tree_sitter_css:language",
        (".css",),
        block_comment=C_BLOCK,
        strings=(DOUBLE, SINGLE),
        blocks=Blocks.BRACES,
        layout=Layout(usual_indent=2, style_sheet=True),
    ),
    Language(
        "json",
        "tree_sitter_json:language",
        (".json",),
        aliases=("jsonc",),
        other_line_comments=("//",),
        other_block_comments=(C_BLOCK,),
        strings=(DOUBLE,),
        key_value=True,
        layout=Layout(usual_indent=2),
    ),
    Language(
        "yaml",
        "tree_sitter_yaml:language",
        (".yaml", ".yml"),
        aliases=("yml",),
        advisory=True,
        line_comment="#",
        strings=(DOUBLE, SINGLE),
        blocks=Blocks.INDENTATION,
        key_value=True,
        layout=Layout(indent=2),
    ),
    Language(
        "toml",
        "tree_sitter_toml:language",
        (".toml",),
        line_comment="#",
        strings=(triple('"'), triple("'"), DOUBLE, SINGLE),
        key_value=True,
        layout=Layout(usual_indent=4),
    ),
    Language(
        "sql",
        "tree_sitter_sql:language",
        (".sql",),
        advisory=True,
        line_comment="--",
        block_comment=C_BLOCK,
        strings=(DOUBLE_LINES, SINGLE_LINES),
        layout=Layout(listed_clauses=True),
    ),
    Language("markdown", extensions=(".md", ".markdown"), block_comment=XML_BLOCK, prose=True),
    Language("plaintext", extensions=(".txt",), prose=True),
)
