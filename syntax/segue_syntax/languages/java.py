"""Java."""

from __future__ import annotations

from segue_syntax import _builtin_names
from segue_syntax._class_files import ClassFiles
from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._dotted_imports import DottedImports
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, triple
from segue_syntax._scope_rules import ScopeRules

_METHOD = "scope=function name:^def.method parameters:def.parameter body:~"
_CLASS = "scope=class bases=superclass name:^def.class"

_SCOPES = ScopeRules(
    leaves={"identifier": "read", "type_identifier": "type"},
    nodes={
        "program": "scope=file",
        "line_comment": "-",
        "block_comment": "-",
        "package_declaration": "*:import",
        "import_declaration": "*:[asterisk]import|def.import",
        "scoped_identifier": "scope:read/import name:member<scope/.",
        "scoped_type_identifier": "1:. *:member<1",
        "class_declaration": _CLASS,
        "interface_declaration": "scope=class bases=@extends_interfaces name:^def.class",
        "enum_declaration": _CLASS,
        "record_declaration": f"{_CLASS} parameters:def.field",
        "annotation_type_declaration": _CLASS,
        "type_parameter": "1:def.typeparameter",
        "enum_constant": "name:def.field",
        "field_declaration": "typed declarator:def.field",
        "constant_declaration": "typed declarator:def.field",
        "variable_declarator": "leading name:.",
        "method_declaration": _METHOD,
        "annotation_type_element_declaration": _METHOD,
        "constructor_declaration": "scope=function name:^type parameters:def.parameter body:~",
        "formal_parameters": "*:.",
        "formal_parameter": "typed name:.",
        "spread_parameter": "typed @variable_declarator:.",
        "lambda_expression": "scope=function parameters:def.parameter body:~",
        "inferred_parameters": "*:.",
        "block": "scope=block",
        "constructor_body": "scope=block",
        "local_variable_declaration": "after typed declarator:def.local",
        "enhanced_for_statement": "scope=block typed name:def.local value:^",
        "for_statement": "scope=block",
        "try_with_resources_statement": "scope=block",
        "resource": "after typed name:def.local",
        "catch_clause": "scope=block",
        "catch_formal_parameter": "typed name:def.local",
        "switch_block_statement_group": "scope=block",
        "switch_rule": "scope=block",
        "type_pattern": "typed @identifier:def.local",
        "record_pattern_component": "@identifier:def.local",
        "instanceof_expression": "name:def.local",
        "labeled_statement": "1:def.label body:read",
        "break_statement": "*:label",
        "continue_statement": "*:label",
        "assignment_expression": "left:write",
        "update_expression": "*:write",
        "field_access": "field:member<object",
        "method_invocation": "name:[.]method<object|method",
        "method_reference": "1:read *:method<1",
        "element_value_pair": "key:key",
        "annotation": "name:type",
        "marker_annotation": "name:type",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "this": "",
        "field_access": "field",
        "method_invocation": "name()",
        "object_creation_expression": "type()",
        "parenthesized_expression": "1",
        "generic_type": "1",
    },
    selves=frozenset({"this"}),
    members="bare",
)

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
        tests=("*IT", "*Spec"),
        folder_packages=True,
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"'), DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_DOCUMENTATION,
        queries=("java",),
        imports=DottedImports(";"),
        modules=ClassFiles(".java"),
        layout=Layout(usual_indent=4, wrap_steps=2),
        scopes=_SCOPES,
        builtins=_builtin_names.JAVA,
    ),
)
