"""Nodes of the grammars that are definitions only where they have a name, and those that are functions of their own."""

from __future__ import annotations

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
