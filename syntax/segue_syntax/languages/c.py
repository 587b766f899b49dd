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
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

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


_DECLARATOR = "leading declarator:."
_NESTED = "leading *:."
_STRUCT = "scope=class name:[field_declaration_list]^def.class|^type"
_PARAMETER = "typed declarator:."


def _member_of(_data: bytes, node: Node, _path: Sequence[Node]) -> str:
    """Tell where a qualified declaration declares: in the type or namespace before its last name."""
    return "def.function" if node.type == "qualified_identifier" else "def.function@owner<0.scope"


_C_SCOPES = ScopeRules(
    leaves={
        "identifier": "read",
        "type_identifier": "type",
        "field_identifier": "key",
        "statement_identifier": "label",
    },
    nodes={
        "translation_unit": "scope=file",
        "comment": "-",
        "preproc_def": "name:def.constant",
        "preproc_function_def": "name:def.function parameters:-",
        "struct_specifier": _STRUCT,
        "union_specifier": _STRUCT,
        "enum_specifier": "name:[enumerator_list]def.class|type",
        "enumerator": "name:def.constant",
        "type_definition": "typed declarator:def.type",
        "field_declaration": "typed declarator:def.field",
        "declaration": "after typed declarator:def.local",
        "init_declarator": _DECLARATOR,
        "pointer_declarator": _DECLARATOR,
        "array_declarator": _DECLARATOR,
        "parenthesized_declarator": _NESTED,
        "reference_declarator": _NESTED,
        "structured_binding_declarator": "*:.",
        "function_declarator": "leading scope=function declarator:^. parameters:def.parameter",
        "function_definition": "typed scope=function declarator:def.function@around type:^ body:~",
        "parameter_list": "*:.",
        "parameter_declaration": _PARAMETER,
        "compound_statement": "scope=block",
        "if_statement": "scope=block",
        "while_statement": "scope=block",
        "switch_statement": "scope=block",
        "for_statement": "scope=block",
        "labeled_statement": "label:def.label",
        "assignment_expression": "left:write",
        "update_expression": "argument:write",
        "field_expression": "field:member<argument",
        "field_designator": "*:key",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "field_identifier": "",
        "field_expression": "field",
        "call_expression": "function()",
        "parenthesized_expression": "1",
        "struct_specifier": "name",
        "union_specifier": "name",
        "pointer_expression": "argument",
    },
)

_CPP_CLASS = "scope=class bases=@base_class_clause name:[field_declaration_list]^def.class@function|^type"

_CPP_SCOPES = replace(
    _C_SCOPES,
    leaves={**_C_SCOPES.leaves, "namespace_identifier": "read"},
    nodes={
        **_C_SCOPES.nodes,
        "class_specifier": _CPP_CLASS,
        "struct_specifier": _CPP_CLASS,
        "union_specifier": _CPP_CLASS,
        "namespace_definition": "scope=namespace name:^def.namespace body:~",
        "template_declaration": "scope=block",
        "type_parameter_declaration": "1:def.typeparameter",
        "optional_type_parameter_declaration": "name:def.typeparameter",
        "alias_declaration": "name:def.type@function",
        "optional_parameter_declaration": _PARAMETER,
        "variadic_parameter_declaration": _PARAMETER,
        "variadic_declarator": "*:.",
        "qualified_identifier": "scope:read name:member<scope/hook.member",
        "template_type": "name:.",
        "field_initializer": "@field_identifier:member<0.self",
        "for_range_loop": "scope=block typed declarator:def.local right:^",
        "catch_clause": "scope=block parameters:def.parameter",
        "lambda_expression": "scope=function body:~",
        "lambda_capture_initializer": "left:def.local",
        "abstract_function_declarator": "parameters:def.parameter",
    },
    heads={
        **_C_SCOPES.heads,
        "this": "",
        "namespace_identifier": "",
        "new_expression": "type()",
        "qualified_identifier": "name",
        "template_type": "name",
    },
    selves=frozenset({"this"}),
    members="bare",
    hooks={"member": _member_of},
)

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
        tests=("*_unittest",),
        has_headers=True,
        part_marks=("-inl", "_impl"),
        dialects=((".h", _CPP, "cpp"),),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("c",),
        imports=Includes(),
        modules=HeaderFiles(),
        layout=Layout(usual_indent=4, least_wrap=4),
        scopes=_C_SCOPES,
    ),
    Language(
        "cpp",
        "tree_sitter_cpp:language",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"),
        family="c",
        tests=("*_unittest",),
        has_headers=True,
        part_marks=("-inl", "_impl"),
        aliases=("c++", "cxx", "cuda-cpp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_CPP_DOCUMENTATION,
        queries=("c", "cpp"),
        imports=IncludesAndUsings(),
        modules=HeaderFiles(),
        layout=Layout(usual_indent=4, least_wrap=4),
        scopes=_CPP_SCOPES,
    ),
)
