"""Scala."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax._documentation import Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOLLAR, DOUBLE, triple
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

_INTERPOLATED = r"[^\W\d]\w*"

_CLASS = "scope=class bases=extend name:^def.class"
_FUNCTION = "scope=function name:^def.function"


def _path(_data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell which part of the path of an import is bound: the last, where nothing is selected from it."""
    return "def.import" if node.end_byte == path[-1].end_byte else "import"


_SCOPES = ScopeRules(
    leaves={"identifier": "read", "type_identifier": "type"},
    nodes={
        "compilation_unit": "scope=file",
        "comment": "-",
        "block_comment": "-",
        "package_clause": "name:import",
        "package_identifier": "*:import",
        "import_declaration": "path:hook.path",
        "namespace_selectors": "@identifier:def.import",
        "arrow_renamed_identifier": "name:import alias:def.import",
        "as_renamed_identifier": "name:import alias:def.import",
        "class_definition": _CLASS,
        "object_definition": _CLASS,
        "trait_definition": _CLASS,
        "enum_definition": _CLASS,
        "type_definition": "name:def.type",
        "type_parameters": "name:def.typeparameter",
        "class_parameter": "typed name:def.field",
        "parameter": "typed name:def.parameter",
        "val_definition": "after typed pattern:def.local",
        "var_definition": "after typed pattern:def.local",
        "val_declaration": "typed name:def.local",
        "function_definition": _FUNCTION,
        "function_declaration": _FUNCTION,
        "block": "scope=block",
        "case_clause": "scope=block pattern:def.local",
        "tuple_pattern": "*:.",
        "alternative_pattern": "*:.",
        "typed_pattern": "pattern:.",
        "capture_pattern": "name:. pattern:.",
        "case_class_pattern": "pattern:.",
        "infix_pattern": "left:. right:.",
        "for_expression": "scope=block",
        "enumerator": "1:def.local",
        "lambda_expression": "scope=function parameters:def.parameter",
        "bindings": "*:def.parameter",
        "binding": "typed name:.",
        "field_expression": "field:member<value",
        "assignment_expression": "left:write/.",
        "arguments": "@assignment_expression:keyword<2.function",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "field_expression": "field",
        "call_expression": "function()",
        "instance_expression": "1",
        "generic_type": "type",
    },
    selves=frozenset({"this"}),
    members="bare",
    variants=True,
    hooks={"path": _path},
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "function_declaration": "function",
        "class_definition": "class",
        "object_definition": "class",
        "trait_definition": "trait",
    },
    markup="scaladoc",
    opening="/**",
    html=True,
    nested_comments=True,
    class_parameters=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "scala",
        "tree_sitter_scala:language",
        (".scala", ".sc"),
        tests=("*IT", "*Spec"),
        folder_packages=True,
        advisory=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            triple('"').with_code(DOLLAR, after=_INTERPOLATED),
            DOUBLE.with_code(DOLLAR, after=_INTERPOLATED),
            CHARACTER,
        ),
        named_arguments=" = ",
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_DOCUMENTATION,
        imports=DottedImports(),
        layout=Layout(usual_indent=2),
        scopes=_SCOPES,
    ),
)
