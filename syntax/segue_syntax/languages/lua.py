"""Lua."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import DOUBLE, SINGLE, raw
from segue_syntax._scope_rules import ScopeRules

_SCOPES = ScopeRules(
    leaves={"identifier": "read"},
    nodes={
        "chunk": "scope=file",
        "comment": "-",
        "variable_declaration": "after *:def.constant",
        "assignment_statement": "@variable_list:write/.",
        "variable_list": "*:.",
        "attribute": "-",
        "function_declaration": "scope=function name:^def.function parameters:def.parameter body:~",
        "function_definition": "scope=function parameters:def.parameter body:~",
        "parameters": "*:.",
        "block": "scope=block",
        "for_statement": "scope=block",
        "for_numeric_clause": "name:def.local",
        "for_generic_clause": "@variable_list:def.local",
        "dot_index_expression": "field:member<table/def.function@owner<table",
        "method_index_expression": "method:member<table/def.function@owner<table",
        "field": "name:key",
        "label_statement": "*:def.label",
        "goto_statement": "*:label",
    },
    heads={"identifier": "", "function_call": "name()"},
    selves=frozenset({"self"}),
    assignment="file",
    shadowing=True,
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
    },
    markup="ldoc",
    prefix="---",
    marks=("--",),
    line_runs=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "lua",
        "tree_sitter_lua:language",
        (".lua",),
        line_comment="--",
        block_comment=("--[[", "]]"),
        strings=(raw("[[", "]]"), DOUBLE, SINGLE),
        blocks=Blocks.END_WORD,
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=2),
        scopes=_SCOPES,
    ),
)
