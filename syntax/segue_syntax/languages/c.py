"""C and C++."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, Literal
from segue_syntax._modules import ModuleNaming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._modules import FileIndex

_C_SUFFIXES = frozenset({".h", ".hpp", ".hh", ".hxx", ".c", ".cc", ".cpp", ".cxx", ".inl", ".ipp"})
_CPP = re.compile(
    r"^\s*(?:class\s+\w|namespace\b|template\s*<|using\s+\w|public:|private:|protected:)|\bstd::",
    re.MULTILINE,
)
_RAW = Literal(r'"\((?<=\bR"\()', r"[\s\S]*?", r'\)"', ')"', multiline=True)


class Includes(ImportSyntax):
    """``#include "a.h"``."""

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the header."""
        found = re.search(r"""[<"]([^>"\n]+)[>"]""", text)
        if found:
            yield Imported("", found.group(1), "", "module")


class IncludesAndUsings(Includes):
    """Includes, and ``using a::b``."""

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the header, the name, or all names of a namespace."""
        if not text.lstrip().startswith("using"):
            yield from super().read(text)
            return
        flat = text.strip().removeprefix("using").strip().rstrip(";").strip()
        if flat.startswith("namespace "):
            yield Imported("*", flat[10:].strip())
        else:
            module, _, name = flat.rpartition("::")
            yield Imported(name, module)


class HeaderFiles(ModuleNaming):
    """Paths of headers, beside the file or below some folder."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        folder = posixpath.dirname(importer)
        if name or posixpath.splitext(module)[1] not in _C_SUFFIXES:
            return ""
        near = posixpath.normpath(posixpath.join(folder, module))
        if near in files.paths:
            return near
        parts = module.lstrip("./").split("/")
        shorter = (
            "/".join(parts[start:]) for start in range(max(1, len(parts) - 1))
        )  # an outer folder may be the root
        return next(filter(None, (files.ending(importer, suffix) for suffix in shorter)), "")


_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "declaration": "function",
        "field_declaration": "method",
        "struct_specifier": "struct",
        "union_specifier": "struct",
        "enum_specifier": "enum",
        "class_specifier": "class",
        "type_definition": "type",
        "preproc_function_def": "macro",
    },
    wrappers=frozenset({"declaration", "type_definition"}),
    markup="doxygen",
    opening="/**",
    marks=BLOCK_MARKS + SLASH_MARKS,
    declarators=True,
    type_before_name=True,
)

_CPP_DOCUMENTATION = replace(
    _DOCUMENTATION, wrappers=_DOCUMENTATION.wrappers | {"template_declaration", "friend_declaration"}
)

LANGUAGES = (
    Language(
        "c",
        "tree_sitter_c:language",
        (".c", ".h"),
        dialects=((".h", _CPP, "cpp"),),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("c",),
        imports=Includes(),
        modules=HeaderFiles(),
        layout=Layout(usual_indent=4, least_wrap=4, deep_wraps=True, macros=True),
    ),
    Language(
        "cpp",
        "tree_sitter_cpp:language",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"),
        aliases=("c++", "cxx", "cuda-cpp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_CPP_DOCUMENTATION,
        queries=("c", "cpp"),
        imports=IncludesAndUsings(),
        modules=HeaderFiles(),
        layout=Layout(usual_indent=4, least_wrap=4, deep_wraps=True, macros=True),
    ),
)
