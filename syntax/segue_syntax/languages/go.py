"""Go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import QUOTED
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BACKQUOTE, C_BLOCK, CHARACTER, DOUBLE
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._language import Names


def _read_import(text: str) -> Iterator[Names]:
    quoted = QUOTED.findall(text)
    if quoted:
        module = quoted[0]
        words = text.split()
        alias = words[0] if len(words) > 1 else ""
        last = module.rstrip("/").split("/")
        name = last[-2] if len(last) > 1 and re.fullmatch(r"v\d+", last[-1]) else last[-1]
        if alias == ".":
            yield "*", module, ""
        else:
            yield "", module, alias or re.sub(r"^go-|\.v\d+$", "", name)


_CASE = "scope=block"
_NEW = "[:=]def.local|write"
_ELEMENTS = {
    "map_type": "value",
    "slice_type": "element",
    "array_type": "element",
    "implicit_length_array_type": "element",
}


def _key(_data: bytes, _node: Node, path: Sequence[Node]) -> str:
    """Tell what a key of a literal is: a field where the literal's type is named, and a value where it is a map or a list."""
    level, nested = 1, -1
    while level < len(path) and path[-1 - level].type in (
        "literal_value",
        "literal_element",
        "keyed_element",
    ):
        nested += path[-1 - level].type == "literal_value"
        level += 1
    if level >= len(path) or path[-1 - level].type != "composite_literal":
        return "read"
    written = path[-1 - level].child_by_field_name("type")
    for _ in range(nested):
        if written is not None:
            written = written.child_by_field_name(_ELEMENTS.get(written.type, "none"))
    if written is not None and written.type in _ELEMENTS:
        return "read"
    return f"key<{level + 1}.type"


_SCOPES = ScopeRules(
    leaves={
        "identifier": "read",
        "type_identifier": "type",
        "field_identifier": "key",
        "package_identifier": "read",
        "label_name": "label",
        "interpreted_string_literal_content": "skip",
    },
    nodes={
        "source_file": "scope=file",
        "comment": "-",
        "package_clause": "*:import",
        "import_spec": (
            "name:def.import path:[package_identifier]-|[dot]-|[blank_identifier]-|tail.def.import"
        ),
        "interpreted_string_literal": "*:.",
        "function_declaration": "scope=function name:^def.function @parameter_list:def.parameter body:~",
        "method_declaration": (
            "scope=function name:^def.member@owner<0.receiver @parameter_list:def.parameter body:~"
        ),
        "method_elem": "scope=function name:^def.member @parameter_list:def.parameter",
        "func_literal": "scope=function @parameter_list:def.parameter body:~",
        "function_type": "scope=function @parameter_list:def.parameter",
        "parameter_list": "*:.",
        "parameter_declaration": "typed name:.",
        "variadic_parameter_declaration": "name:.",
        "type_parameter_declaration": "name:def.typeparameter",
        "type_spec": "scope=class name:^def.type type:~",
        "type_alias": "typed name:def.type",
        "struct_type": "scope=class",
        "interface_type": "scope=class",
        "field_declaration": "typed name:def.field type:[field_identifier]read|type+field",
        "pointer_type": "*:.",
        "var_spec": "after typed name:def.local",
        "const_spec": "after typed name:def.constant",
        "short_var_declaration": "after typed left:def.local",
        "expression_list": "leading *:.",
        "assignment_statement": "left:write",
        "inc_statement": "*:write",
        "dec_statement": "*:write",
        "range_clause": f"after left:{_NEW}",
        "receive_statement": f"after left:{_NEW}",
        "block": "scope=block",
        "if_statement": "scope=block",
        "for_statement": "scope=block",
        "expression_switch_statement": "scope=block",
        "type_switch_statement": "scope=block alias:def.local",
        "expression_case": _CASE,
        "type_case": _CASE,
        "default_case": _CASE,
        "communication_case": _CASE,
        "labeled_statement": "label:def.label",
        "selector_expression": "field:member<operand",
        "qualified_type": "package:read name:member<package",
        "keyed_element": "key:hook.key",
        "literal_element": "*:.",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "field_identifier": "",
        "package_identifier": "",
        "selector_expression": "field",
        "call_expression": "function()",
        "unary_expression": "operand",
        "parenthesized_expression": "1",
        "composite_literal": "type",
        "pointer_type": "1",
        "generic_type": "type",
        "qualified_type": "name",
        "expression_list": "1",
        "type_assertion_expression": "type",
        "parameter_list": "1",
        "parameter_declaration": "type",
        **_ELEMENTS,
    },
    ignored=frozenset({"_"}),
    hooks={"key": _key},
)

LANGUAGES = (
    Language(
        "go",
        "tree_sitter_go:language",
        (".go",),
        aliases=("golang",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(BACKQUOTE, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        queries=("go",),
        read_import=_read_import,
        scopes=_SCOPES,
        layout=Layout(tabs=True, lines_end_statements=True, package_first=True),
    ),
)
