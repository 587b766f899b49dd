"""Which nodes of each grammar are definitions that can carry a doc comment, and which only wrap them."""

from __future__ import annotations

_SCRIPT = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_signature": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "method_definition": "method",
    "method_signature": "method",
    "abstract_method_signature": "method",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
    "arrow_function": "function",
    "function_expression": "function",
    "generator_function": "function",
    "class": "class",
}
_C = {
    "function_definition": "function",
    "declaration": "function",
    "field_declaration": "method",
    "struct_specifier": "struct",
    "union_specifier": "struct",
    "enum_specifier": "enum",
    "class_specifier": "class",
    "type_definition": "type",
    "preproc_function_def": "macro",
}

DEFINITIONS: dict[str, dict[str, str]] = {
    "python": {"function_definition": "function", "class_definition": "class"},
    "javascript": _SCRIPT,
    "javascriptreact": _SCRIPT,
    "typescript": _SCRIPT,
    "typescriptreact": _SCRIPT,
    "go": {"function_declaration": "function", "method_declaration": "method", "type_spec": "type"},
    "rust": {
        "function_item": "function",
        "function_signature_item": "function",
        "struct_item": "struct",
        "enum_item": "enum",
        "union_item": "struct",
        "trait_item": "trait",
        "type_item": "type",
        "const_item": "constant",
        "static_item": "constant",
        "macro_definition": "macro",
    },
    "java": {
        "method_declaration": "method",
        "constructor_declaration": "constructor",
        "compact_constructor_declaration": "constructor",
        "class_declaration": "class",
        "interface_declaration": "interface",
        "enum_declaration": "enum",
        "record_declaration": "class",
        "annotation_type_declaration": "interface",
    },
    "c": _C,
    "cpp": _C,
    "csharp": {
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
    "ruby": {"method": "method", "singleton_method": "method", "class": "class", "module": "module"},
    "php": {
        "function_definition": "function",
        "method_declaration": "method",
        "class_declaration": "class",
        "interface_declaration": "interface",
        "trait_declaration": "trait",
        "enum_declaration": "enum",
    },
    "kotlin": {
        "function_declaration": "function",
        "class_declaration": "class",
        "object_declaration": "class",
    },
    "scala": {
        "function_definition": "function",
        "function_declaration": "function",
        "class_definition": "class",
        "object_definition": "class",
        "trait_definition": "trait",
    },
    "swift": {
        "function_declaration": "function",
        "init_declaration": "constructor",
        "class_declaration": "class",
        "protocol_declaration": "interface",
        "protocol_function_declaration": "function",
    },
    "lua": {"function_declaration": "function"},
    "shellscript": {"function_definition": "function"},
}

_SCRIPT_WRAPPERS = frozenset(
    {
        "export_statement",
        "lexical_declaration",
        "variable_declaration",
        "variable_declarator",
        "public_field_definition",
        "field_definition",
        "pair",
        "assignment_expression",
        "expression_statement",
        "ambient_declaration",
    }
)
WRAPPERS: dict[str, frozenset[str]] = {
    "python": frozenset({"decorated_definition"}),
    "javascript": _SCRIPT_WRAPPERS,
    "javascriptreact": _SCRIPT_WRAPPERS,
    "typescript": _SCRIPT_WRAPPERS,
    "typescriptreact": _SCRIPT_WRAPPERS,
    "go": frozenset({"type_declaration"}),
    "c": frozenset({"type_definition", "declaration"}),
    "cpp": frozenset({"type_definition", "declaration", "template_declaration", "friend_declaration"}),
    "csharp": frozenset({"global_statement"}),
    "ruby": frozenset({"argument_list", "call"}),
}
"""Parents that belong to the definition they hold: its doc comment stands before the outermost of them."""

VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "class"})
"""Script nodes that are a definition only where a name is given to them."""

NESTED = frozenset(
    {
        "function_definition",
        "class_definition",
        "lambda",
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
        "class_declaration",
        "class_body",
        "func_literal",
        "closure_expression",
        "function_item",
        "lambda_expression",
        "local_function_statement",
        "anonymous_method_expression",
        "anonymous_function",
        "anonymous_function_creation_expression",
        "method",
        "singleton_method",
        "lambda_literal",
    }
)
"""Nodes whose returns and raises are their own, not those of the function around them."""
