"""Swift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, interpolated, triple
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

_HOLE = r"\\\((?:[^()\n]|\([^()\n]*\))*\)"


def _parameter(_data: bytes, _node: Node, path: Sequence[Node]) -> str:
    """Tell what a parameter's name is: one with a label of its own is not what calls write."""
    return "def.parameter" if path[-1].child_by_field_name("external_name") is None else "def.rest"


_FUNCTION = "scope=function name:^def.function"

_SCOPES = ScopeRules(
    leaves={"simple_identifier": "read", "type_identifier": "type"},
    nodes={
        "source_file": "scope=file",
        "comment": "-",
        "multiline_comment": "-",
        "import_declaration": "-",
        "class_declaration": "scope=class of=name bases=@inheritance_specifier name:^def.class",
        "protocol_declaration": "scope=class name:^def.class",
        "typealias_declaration": "name:def.type",
        "type_parameter": "1:def.typeparameter",
        "enum_entry": "name:def.field",
        "property_declaration": "after typed name:def.local",
        "pattern": "leading bound_identifier:def.local *:.",
        "function_declaration": _FUNCTION,
        "protocol_function_declaration": _FUNCTION,
        "init_declaration": "scope=function",
        "parameter": "typed external_name:- name:hook.parameter",
        "lambda_literal": "scope=function",
        "lambda_parameter": "name:def.parameter",
        "statements": "scope=block",
        "if_statement": "scope=block bound_identifier:def.local condition:^",
        "guard_statement": "after bound_identifier:def.local",
        "while_statement": "scope=block bound_identifier:def.local condition:^",
        "for_statement": "scope=block item:def.local collection:^",
        "switch_entry": "scope=block",
        "catch_block": "scope=block",
        "assignment": "target:write",
        "directly_assignable_expression": "*:.",
        "navigation_expression": "target:read suffix:.",
        "navigation_suffix": "suffix:member<1.target",
        "value_argument_label": "*:keyword<4.1",
    },
    heads={
        "simple_identifier": "",
        "type_identifier": "",
        "self_expression": "",
        "navigation_expression": "suffix",
        "navigation_suffix": "suffix",
        "call_expression": "1()",
        "user_type": "1",
        "inheritance_specifier": "inherits_from",
    },
    selves=frozenset({"self", "Self"}),
    members="bare",
    ignored=frozenset({"_"}),
    hooks={"parameter": _parameter},
)

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
        tests=("*Spec",),
        folder_packages=True,
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"').with_code(_HOLE), interpolated('"', _HOLE), CHARACTER),
        named_arguments=": ",
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=4),
        constructors=("init",),
        scopes=_SCOPES,
    ),
)
