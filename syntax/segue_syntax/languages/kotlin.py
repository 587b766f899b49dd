"""Kotlin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax import _builtin_names
from segue_syntax._documentation import Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOLLAR, interpolated, triple
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

_VARIABLE = "@variable_declaration:def.local @multi_variable_declaration:def.local"


def _part(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell what a part of a qualified name is: what an import binds, a part of a path, or a type and its members."""
    name, around = path[-1], path[-2]
    if around.type == "import":
        aliased = any(child.type == "identifier" for child in around.named_children)
        whole = data[name.end_byte : around.end_byte].strip() == b""
        return "def.import" if node.end_byte == name.end_byte and whole and not aliased else "import"
    if around.type == "package_header":
        return "import"
    return "read" if node.start_byte == name.start_byte else "member<1"


def _function(_data: bytes, node: Node, _path: Sequence[Node]) -> str:
    """Tell what a function's name is: that of an extension is called like a member."""
    before = node.prev_sibling
    return "def.method" if before is not None and before.type == "." else "def.function"


def _behind_dollar(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell whether a piece of a string begins with the name of ``$name``: the grammar makes the sign a piece of its own."""
    del path
    sign = node.prev_sibling
    if sign is None or sign.type != "string_content" or data[sign.start_byte : sign.end_byte] != b"$":
        return ""
    return "template"


_SCOPES = ScopeRules(
    leaves={"identifier": "read", "string_content": "skip"},
    nodes={
        "source_file": "scope=file",
        "line_comment": "-",
        "block_comment": "-",
        "qualified_identifier": "*:hook.part",
        "import": "@identifier:def.import",
        "class_declaration": "scope=class bases=@delegation_specifiers name:^def.class",
        "object_declaration": "scope=class bases=@delegation_specifiers name:^def.class",
        "companion_object": "name:def.class",
        "type_parameter": "@identifier1:def.typeparameter",
        "class_parameter": "typed @identifier1:def.field",
        "enum_entry": "@identifier1:def.field",
        "type_alias": "@identifier1:def.type type:def.type",
        "function_declaration": "scope=function name:^hook.function",
        "secondary_constructor": "scope=function",
        "anonymous_function": "scope=function",
        "parameter": "typed @identifier1:def.parameter",
        "property_declaration": f"after typed {_VARIABLE}",
        "variable_declaration": "typed @identifier1:.",
        "multi_variable_declaration": "*:.",
        "lambda_literal": "scope=function",
        "lambda_parameters": "*:def.parameter",
        "block": "scope=block",
        "for_statement": f"scope=block {_VARIABLE}",
        "when_expression": "scope=block",
        "when_subject": _VARIABLE,
        "catch_block": "scope=block @identifier1:def.local",
        "assignment": "1:write",
        "navigation_expression": "1:read *:member<1",
        "value_argument": "@identifier1:[=]keyword<2.1|read",
        "string_literal": "@string_content:hook.behind_dollar",
    },
    heads={
        "identifier": "",
        "this_expression": "",
        "call_expression": "1",
        "user_type": "1",
        "constructor_invocation": "1",
        "delegation_specifier": "1",
    },
    selves=frozenset({"this"}),
    members="bare",
    shadowing=True,
    captured=re.compile(rb"(?<=\$)([A-Za-z_]\w*)"),
    types=frozenset({"user_type"}),
    hooks={"part": _part, "function": _function, "behind_dollar": _behind_dollar},
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
        "class_declaration": "class",
        "object_declaration": "class",
    },
    markup="kdoc",
    opening="/**",
    html=True,
    nested_comments=True,
    class_parameters=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "kotlin",
        "tree_sitter_kotlin:language",
        (".kt", ".kts"),
        tests=("*IT", "*Spec"),
        folder_packages=True,
        aliases=("kt",),
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"').with_code(DOLLAR), interpolated('"', DOLLAR), CHARACTER),
        named_arguments=" = ",
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_DOCUMENTATION,
        imports=DottedImports(),
        layout=Layout(indent=4),
        scopes=_SCOPES,
        builtins=_builtin_names.KOTLIN,
    ),
)
