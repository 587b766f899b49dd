"""PHP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, HEREDOC, SINGLE_LINES, interpolated
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._import_syntax import FileImports, NewImport

_HOLE = r"\{\$[^{}\n]*\}|\$[^\W\d]\w*(?:->\w+|\[[^\]\n]*\])?"


class UseStatements(ImportSyntax):
    r"""``use A\\B;``, one name a statement; a file that has none yet gets none."""

    pattern = re.compile(r"^()use[ \t]+[\w\\]+\\\w+(?:[ \t]+as[ \t]+\w+)?;[ \t]*$", re.MULTILINE)
    lists_names = False
    from_packages = True

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the name that a statement imports."""
        path, _, alias = text.strip().removeprefix("use ").rstrip("; \n").partition(" as ")
        module, _, name = path.strip().lstrip("\\").rpartition("\\")
        if module:
            yield Imported(name, module, alias.strip())

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement for one name."""
        return f"use {new.module}\\{new.written};" if around.statements else None


_CLASS = "scope=class bases=@base_clause name:^def.class"
_MEMBER = "name:member<object"
_CALL = "name:method<object"
_FUNCTION = "scope=function parameters:def.parameter body:~"

_SCOPES = ScopeRules(
    leaves={"name": "read", "variable_name": "variable"},
    nodes={
        "program": "scope=file",
        "comment": "-",
        "namespace_definition": "name:import",
        "namespace_name": "*:.",
        "namespace_use_clause": "alias:def.import *:[as]import|def.import",
        "qualified_name": "prefix:import *:.",
        "class_declaration": _CLASS,
        "interface_declaration": _CLASS,
        "trait_declaration": _CLASS,
        "enum_declaration": _CLASS,
        "enum_case": "name:def.field",
        "const_element": "1:def.field",
        "property_declaration": "typed @property_element:def.field",
        "property_element": "leading name:.",
        "property_promotion_parameter": "typed name:def.parameter+field",
        "method_declaration": f"{_FUNCTION} name:^def.method",
        "function_definition": f"{_FUNCTION} name:^def.function",
        "anonymous_function": _FUNCTION,
        "arrow_function": _FUNCTION,
        "formal_parameters": "*:.",
        "simple_parameter": "typed name:.",
        "variadic_parameter": "name:.",
        "assignment_expression": "typed left:write",
        "reference_assignment_expression": "left:write",
        "augmented_assignment_expression": "left:write",
        "update_expression": "argument:write",
        "list_literal": "*:.",
        "by_ref": "*:.",
        "foreach_statement": "1:read @variable_name:write @pair:write @by_ref:write @list_literal:write",
        "pair": "*:.",
        "catch_clause": "name:write",
        "static_variable_declaration": "name:write",
        "global_declaration": "*:global",
        "member_access_expression": _MEMBER,
        "nullsafe_member_access_expression": _MEMBER,
        "member_call_expression": _CALL,
        "nullsafe_member_call_expression": _CALL,
        "scoped_call_expression": "name:method<scope",
        "scoped_property_access_expression": "name:member<scope",
        "class_constant_access_expression": "1:read *:member<1",
        "argument": "name:keyword<2.function",
    },
    heads={
        "name": "",
        "variable_name": "",
        "relative_scope": "",
        "named_type": "1",
        "parenthesized_expression": "1",
        "object_creation_expression": "1()",
        "member_access_expression": "name",
        "member_call_expression": "name()",
        "scoped_call_expression": "name()",
        "function_call_expression": "function()",
    },
    selves=frozenset({"this", "self", "static"}),
    assignment="first",
    ignored=frozenset({"this"}),
    sigils="$",
    closed=True,
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "method_declaration": "method",
        "class_declaration": "class",
        "interface_declaration": "interface",
        "trait_declaration": "trait",
        "enum_declaration": "enum",
    },
    markup="phpdoc",
    opening="/**",
    typed=True,
    html=True,
    line_escapes=(("?>", "? >"),),
    yields=True,
    loose_results=True,
)

LANGUAGES = (
    Language(
        "php",
        "tree_sitter_php:language_php",
        (".php",),
        line_comment="//",
        block_comment=C_BLOCK,
        other_line_comments=("#",),
        strings=(HEREDOC.with_code(_HOLE), interpolated('"', _HOLE, multiline=True), SINGLE_LINES),
        named_arguments=": ",
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        layout=Layout(usual_indent=4),
        imports=UseStatements(),
        constructors=("__construct",),
        scopes=_SCOPES,
    ),
)
