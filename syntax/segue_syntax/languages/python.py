"""Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import SPACE, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BRACES, DOUBLE, text, triple
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_QUOTE_GUARD = r"(?:(?<!\w')|(?<=\b[rbfutRBFUT]')|(?<=\b[rbfRBF]{2}'))"
_FORMATTED = r"(?:\A|\W)(?:[fFtT][rR]?|[rR][fFtT])"


def _read_import(text: str) -> Iterator[Names]:
    flat = SPACE.sub(" ", re.sub(r"#[^\n]*|\\\n", " ", text)).strip()
    if flat.startswith("from "):
        module, _, names = flat[5:].partition(" import ")
        for part in names.strip(" ()").split(","):
            if part.strip(" ()"):
                name, alias = name_and_alias(part.strip(" ()"))
                yield name, module.strip(), alias
    elif flat.startswith("import "):
        for part in flat[7:].split(","):
            module, alias = name_and_alias(part)
            yield "", module, alias or module.split(".")[0]


_SCOPES = ScopeRules(
    leaves={"identifier": "read"},
    nodes={
        "module": "scope=file",
        "comment": "-",
        "function_definition": (
            "scope=function name:^def.function type_parameters:^def.typevariable parameters:def.parameter "
            "return_type:^ body:~"
        ),
        "lambda": "scope=function parameters:def.parameter",
        "class_definition": "scope=class bases=superclasses name:^def.class type_parameters:^def.typevariable superclasses:^",
        "parameters": "*:.",
        "lambda_parameters": "*:.",
        "typed_parameter": "typed *:. type:^",
        "default_parameter": "typed name:. value:^",
        "typed_default_parameter": "typed name:. type:^ value:^",
        "list_splat_pattern": "*:.",
        "dictionary_splat_pattern": "*:def.rest",
        "type_parameter": "*:.",
        "type": "*:.",
        "constrained_type": "1:.",
        "splat_type": "*:.",
        "generic_type": "1:.",
        "type_alias_statement": "left:def.type",
        "list_comprehension": "scope=comprehension",
        "set_comprehension": "scope=comprehension",
        "dictionary_comprehension": "scope=comprehension",
        "generator_expression": "scope=comprehension",
        "for_in_clause": "left:def.local right:?",
        "for_statement": "typed left:write",
        "assignment": "typed left:write",
        "augmented_assignment": "typed left:write",
        "named_expression": "typed name:def.local@function",
        "pattern_list": "*:.",
        "tuple_pattern": "*:.",
        "list_pattern": "*:.",
        "tuple": "*:.",
        "list": "*:.",
        "parenthesized_expression": "*:.",
        "as_pattern": "typed *:.",
        "as_pattern_target": "*:write",
        "global_statement": "*:global",
        "nonlocal_statement": "*:nonlocal",
        "delete_statement": "*:read",
        "case_pattern": "*:def.local@function",
        "class_pattern": "*:read",
        "keyword_pattern": "@identifier:key *:def.local@function",
        "splat_pattern": "*:.",
        "dict_pattern": "*:def.local@function key:read",
        "dotted_name": "single 1:. *:member<1",
        "attribute": "object:read attribute:member<object",
        "keyword_argument": "name:keyword<2.function value:read",
        "import_statement": "name:def.import",
        "future_import_statement": "name:import",
        "import_from_statement": "module_name:import name:def.import",
        "aliased_import": "name:import alias:def.import",
        "relative_import": "*:import",
    },
    heads={
        "identifier": "",
        "attribute": "attribute",
        "call": "function()",
        "parenthesized_expression": "1",
        "type": "1",
        "generic_type": "1",
        "await": "1",
        "as_pattern": "1",
        "named_expression": "value",
    },
    selves=frozenset({"self", "cls", "mcs"}),
    members="body",
    assignment="bind",
    export_list="__all__",
    constructors=frozenset({"__init__", "__new__"}),
)

LANGUAGES = (
    Language(
        "python",
        "tree_sitter_python:language",
        (".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "wscript"),
        aliases=("py",),
        line_comment="#",
        strings=tuple(
            literal.with_code(BRACES, after=_FORMATTED)
            for literal in (triple('"'), triple("'"), DOUBLE, text("'", guard=_QUOTE_GUARD))
        ),
        blocks=Blocks.INDENTATION,
        queries=("python",),
        read_import=_read_import,
        scopes=_SCOPES,
        layout=Layout(indent=4),
    ),
)
