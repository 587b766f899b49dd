"""JavaScript and TypeScript, each with and without JSX."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from segue_syntax._import_text import COMMENTS, QUOTED, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, DOUBLE, SINGLE, interpolated
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._language import Names

_HOLE = r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}"
_TEMPLATE = interpolated("`", _HOLE, multiline=True)
_REQUIRE = re.compile(r"""^(.*?)=\s*require\s*\(\s*["'`]([^"'`]+)["'`]\s*\)\s*(?:\.\s*(\w+))?""", re.DOTALL)


def _read_import(text: str) -> Iterator[Names]:
    text = COMMENTS.sub(" ", text) if "/*" in text or "\n" in text else text
    required = _REQUIRE.match(text)
    if required:
        left, module, member = required.groups()
        yield from _names_of(left, module, member or "")
        return
    quoted = QUOTED.findall(text)
    if not quoted:
        return
    module = quoted[-1]
    head = text[: text.rfind(module) - 1].strip()
    head = re.sub(r"^(import|export)\b(\s+type\b(?!\s*,|\s+from))?", "", head).strip()
    head = re.sub(r"\bfrom$", "", head).strip().rstrip("=").removesuffix("require(").strip(" =")
    if not head:
        yield "", module, ""
        return
    yield from _names_of(head, module, "")


def _names_of(head: str, module: str, member: str) -> Iterator[Names]:
    head = head.strip()
    before, brace, rest = head.partition("{")
    for part in filter(None, map(str.strip, before.split(","))):
        if part.startswith("*"):
            alias = part[1:].strip().removeprefix("as").strip()
            yield ("", module, alias) if alias else ("*", module, "")
        elif member:
            yield member, module, "" if part == member else part
        else:
            yield "default", module, part
    if brace:
        for written in rest.partition("}")[0].split(","):
            part = re.sub(r"^type\s+", "", written.strip()).partition("=")[0].strip()
            if part:
                name, alias = name_and_alias(part)
                yield name.removeprefix("..."), module, alias


_FUNCTION = "scope=function name:^def.function parameters:def.parameter body:~"
_METHOD = "scope=function name:^def.member parameters:def.parameter body:~"
_TYPE_FUNCTION = "scope=function parameters:def.parameter"
_FIELD = "typed name:def.field property:def.field"
_CLASS = "scope=class bases=@class_heritage name:^def.class"
_PARAMETER = (
    "typed pattern:[accessibility_modifier]def.parameter+field|[readonly]def.parameter+field|"
    "[override_modifier]def.parameter+field|. name:key"
)
_TAG = "name:hook.tag"


def _tag(data: bytes, node: Node, _path: Sequence[Node]) -> str:
    """Tell what a tag is: an element of HTML in small letters, or else a component in scope."""
    return (
        "key"
        if node.type == "identifier" and data[node.start_byte : node.start_byte + 1].islower()
        else "read"
    )


_SCOPES = ScopeRules(
    leaves={
        "identifier": "read",
        "type_identifier": "type",
        "property_identifier": "key",
        "private_property_identifier": "key",
        "shorthand_property_identifier": "short.read",
        "shorthand_property_identifier_pattern": "short.write",
        "statement_identifier": "label",
    },
    nodes={
        "program": "scope=file",
        "comment": "-",
        "import_clause": "@identifier:def.import",
        "namespace_import": "*:def.import",
        "import_specifier": "name:[as]import|def.import alias:def.import",
        "import_require_clause": "1:def.import",
        "import_alias": "1:def.import",
        "export_statement": "@export_clause:[from]import|read",
        "export_clause": "*:.",
        "export_specifier": "name:. alias:key",
        "namespace_export": "*:key",
        "function_declaration": _FUNCTION,
        "generator_function_declaration": _FUNCTION,
        "function_signature": _FUNCTION,
        "function_expression": "scope=function name:def.function parameters:def.parameter body:~",
        "generator_function": "scope=function name:def.function parameters:def.parameter body:~",
        "arrow_function": "scope=function parameter:def.parameter parameters:def.parameter body:~",
        "method_definition": _METHOD,
        "method_signature": _METHOD,
        "abstract_method_signature": _METHOD,
        "function_type": _TYPE_FUNCTION,
        "constructor_type": _TYPE_FUNCTION,
        "call_signature": _TYPE_FUNCTION,
        "construct_signature": _TYPE_FUNCTION,
        "formal_parameters": "*:.",
        "required_parameter": _PARAMETER,
        "optional_parameter": _PARAMETER,
        "object_pattern": "*:.",
        "array_pattern": "*:.",
        "rest_pattern": "*:.",
        "pair_pattern": "key:key value:.",
        "assignment_pattern": "typed left:.",
        "object_assignment_pattern": "typed left:.",
        "class_declaration": _CLASS,
        "abstract_class_declaration": _CLASS,
        "class": "scope=class bases=@class_heritage name:def.class",
        "class_static_block": "scope=function body:~",
        "public_field_definition": _FIELD,
        "field_definition": _FIELD,
        "property_signature": _FIELD,
        "interface_declaration": "scope=class bases=@extends_type_clause name:^def.type body:~",
        "type_alias_declaration": "scope=class name:^def.type value:~",
        "object_type": "scope=object",
        "interface_body": "scope=object",
        "enum_declaration": "scope=class name:^def.class",
        "enum_body": "name:def.field",
        "enum_assignment": "name:def.field",
        "internal_module": "scope=namespace name:^def.namespace body:~",
        "module": "scope=namespace name:^def.namespace body:~",
        "nested_identifier": "object:. property:member<object",
        "nested_type_identifier": "module:read name:member<module",
        "type_parameter": "name:def.typeparameter",
        "infer_type": "1:def.typeparameter",
        "conditional_type": "scope=block",
        "mapped_type_clause": "name:def.typeparameter",
        "index_signature": "scope=block name:def.parameter",
        "statement_block": "scope=block",
        "switch_body": "scope=block",
        "for_statement": "scope=block",
        "for_in_statement": "scope=block left:[var]def.local@function|[const]def.local|[let]def.local|write",
        "catch_clause": "scope=block parameter:def.local body:~",
        "lexical_declaration": "*:def.local",
        "variable_declaration": "*:def.local@function",
        "variable_declarator": "typed name:.",
        "labeled_statement": "label:def.label",
        "assignment_expression": "left:write",
        "augmented_assignment_expression": "left:write",
        "update_expression": "argument:write",
        "member_expression": "property:member<object",
        "object": "scope=object",
        "pair": "key:def.key",
        "jsx_opening_element": _TAG,
        "jsx_closing_element": _TAG,
        "jsx_self_closing_element": _TAG,
        "jsx_attribute": "@property_identifier:key",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "property_identifier": "",
        "private_property_identifier": "",
        "this": "",
        "member_expression": "property",
        "nested_identifier": "property",
        "call_expression": "function()",
        "new_expression": "constructor",
        "await_expression": "1",
        "non_null_expression": "1",
        "parenthesized_expression": "1",
        "type_annotation": "1",
        "generic_type": "name",
        "nested_type_identifier": "name",
        "extends_clause": "value",
        "implements_clause": "1",
        "object": "{}",
        "object_type": "{}",
    },
    selves=frozenset({"this"}),
    members="hidden",
    hooks={"tag": _tag},
)

_script = partial(
    Language,
    family="javascript",
    line_comment="//",
    block_comment=C_BLOCK,
    strings=(_TEMPLATE, DOUBLE, SINGLE),
    blocks=Blocks.BRACES,
    layout=Layout(usual_indent=2, lines_end_statements=True),
    read_import=_read_import,
    scopes=_SCOPES,
)

LANGUAGES = (
    _script(
        "javascript",
        "tree_sitter_javascript:language",
        (".js", ".mjs", ".cjs"),
        aliases=("js",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "javascriptreact",
        "tree_sitter_javascript:language",
        (".jsx",),
        aliases=("jsx",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "typescript",
        "tree_sitter_typescript:language_typescript",
        (".ts", ".mts", ".cts"),
        aliases=("ts",),
        queries=("javascript", "typescript"),
    ),
    _script(
        "typescriptreact",
        "tree_sitter_typescript:language_tsx",
        (".tsx",),
        aliases=("tsx",),
        queries=("javascript", "typescript"),
    ),
)
