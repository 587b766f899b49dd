"""Java."""

from __future__ import annotations

from segue_syntax._class_files import ClassFiles
from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, triple

_DOCUMENTATION = Documentation(
    kinds={
        "method_declaration": "method",
        "constructor_declaration": "constructor",
        "compact_constructor_declaration": "constructor",
        "class_declaration": "class",
        "interface_declaration": "interface",
        "enum_declaration": "enum",
        "record_declaration": "class",
        "annotation_type_declaration": "interface",
    },
    markup="javadoc",
    opening="/**",
    marks=BLOCK_MARKS + SLASH_MARKS,
    html=True,
    line_escapes=(("\\u", "\\ u"),),
    block_escapes=(("\\u", "&#92;u"),),
    class_parameters=True,
    type_before_name=True,
)

LANGUAGES = (
    Language(
        "java",
        "tree_sitter_java:language",
        (".java",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"'), DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("java",),
        imports=DottedImports(";"),
        modules=ClassFiles(".java"),
        layout=Layout(usual_indent=4, wrap_steps=2, deep_wraps=True, package_first=True),
    ),
)
