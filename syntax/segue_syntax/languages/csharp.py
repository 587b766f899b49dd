"""C#."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._class_files import ClassFiles
from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, Literal, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERBATIM = Literal(r'"(?:(?<=@")|(?<=@\$"))', r'(?:""|[^"])*', '"', '"', multiline=True)
_HOLE = r"\{\{|\{[^{}\n:]*"
_INTERPOLATED = r"\$@?|@\$"


class Usings(ImportSyntax):
    """``using A.B``, ``using X = A.B.C``."""

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the alias, or all names of a namespace."""
        flat = re.sub(r"^(global\s+)?using\s+(static\s+)?", "", text.strip()).rstrip("; \n")
        alias, equals, target = flat.partition("=")
        if equals:
            module, _, name = target.strip().rpartition(".")
            yield Imported(name, module, alias.strip())
        else:
            yield Imported("*", flat.strip())


_DOCUMENTATION = Documentation(
    kinds={
        "method_declaration": "method",
        "constructor_declaration": "constructor",
        "local_function_statement": "local",
        "operator_declaration": "method",
        "conversion_operator_declaration": "method",
        "indexer_declaration": "method",
        "property_declaration": "property",
        "delegate_declaration": "method",
        "class_declaration": "class",
        "struct_declaration": "struct",
        "interface_declaration": "interface",
        "enum_declaration": "enum",
        "record_declaration": "class",
    },
    wrappers=frozenset({"global_statement"}),
    markup="xmldoc",
    prefix="///",
    marks=BLOCK_MARKS + SLASH_MARKS,
    yields=True,
    class_parameters=True,
    type_before_name=True,
)

LANGUAGES = (
    Language(
        "csharp",
        "tree_sitter_c_sharp:language",
        (".cs",),
        aliases=("c#", "cs", "c_sharp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            *(literal.with_code(_HOLE, after=_INTERPOLATED) for literal in (triple('"'), _VERBATIM, DOUBLE)),
            CHARACTER,
        ),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("csharp",),
        imports=Usings(),
        modules=ClassFiles(".cs", free_folders=True),
        layout=Layout(indent=4),
    ),
)
