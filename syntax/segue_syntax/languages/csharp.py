"""C#."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._class_files import ClassFiles
from segue_syntax._documentation import BLOCK_MARKS, SLASH_MARKS, Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax, ModuleKind
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, Literal, triple
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._import_syntax import FileImports, NewImport

_VERBATIM = Literal(r'"(?:(?<=@")|(?<=@\$"))', r'(?:""|[^"])*', '"', '"', multiline=True)
_HOLE = r"\{\{|\{[^{}\n:]*"
_INTERPOLATED = r"\$@?|@\$"


class Usings(ImportSyntax):
    """``using A.B``, ``using X = A.B.C``; what a namespace around a file's own holds needs none."""

    pattern = re.compile(
        r"^()(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?[\w.]+(?:[ \t]*=[ \t]*[\w.<>]+)?;[ \t]*$",
        re.MULTILINE,
    )
    lists_names = False
    from_packages = True
    whole_packages = True

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the alias, or all names of a namespace."""
        flat = re.sub(r"^(global\s+)?using\s+(static\s+)?", "", text.strip()).rstrip("; \n")
        alias, equals, target = flat.partition("=")
        if equals:
            module, _, name = target.strip().rpartition(".")
            yield Imported(name, module, alias.strip())
        else:
            yield Imported("*", flat.strip())

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return the statement for a whole namespace."""
        del around
        return f"using {new.module};"

    def everywhere(self, package: str) -> str:
        """Return a global using."""
        return f"global using {package};"

    def category(self, module: str) -> ModuleKind:
        """Tell the namespaces of .NET from others."""
        return ModuleKind.STANDARD if module.split(".", maxsplit=1)[0] == "System" else ModuleKind.PACKAGE


def _key(_data: bytes, node: Node, _path: Sequence[Node]) -> str:
    """Tell what a part of an anonymous object is: a key where a sign follows it."""
    after = node.next_sibling
    return "key" if after is not None and after.type == "=" else "read"


_CLASS = "scope=class bases=@base_list @parameter_list:def.field name:^def.class"
_METHOD = "scope=function name:^def.function parameters:def.parameter body:~"
_VARIABLE = "typed type:read *:."

_SCOPES = ScopeRules(
    leaves={"identifier": "read", "implicit_parameter": "read"},
    nodes={
        "compilation_unit": "scope=file",
        "comment": "-",
        "using_directive": "name:def.import *:import",
        "namespace_declaration": "scope=namespace name:import",
        "file_scoped_namespace_declaration": "name:import",
        "qualified_name": "qualifier:read/import name:member<qualifier/import",
        "class_declaration": _CLASS,
        "struct_declaration": _CLASS,
        "record_declaration": _CLASS,
        "interface_declaration": _CLASS,
        "enum_declaration": _CLASS,
        "enum_member_declaration": "name:def.field",
        "type_parameter": "name:def.typeparameter",
        "field_declaration": "@variable_declaration:def.field",
        "event_field_declaration": "@variable_declaration:def.field",
        "property_declaration": "typed name:def.field",
        "variable_declaration": _VARIABLE,
        "variable_declarator": "leading name:. @tuple_pattern:.",
        "tuple_pattern": "*:.",
        "local_declaration_statement": "after @variable_declaration:def.local",
        "method_declaration": _METHOD,
        "local_function_statement": _METHOD,
        "constructor_declaration": "scope=function name:^read parameters:def.parameter body:~",
        "delegate_declaration": "scope=function name:^def.type parameters:def.parameter",
        "indexer_declaration": "scope=function parameters:def.parameter",
        "operator_declaration": "scope=function parameters:def.parameter body:~",
        "parameter_list": "type:read *:.",
        "bracketed_parameter_list": "*:.",
        "parameter": "typed name:.",
        "lambda_expression": "scope=function parameters:def.parameter body:~",
        "anonymous_method_expression": "scope=function parameters:def.parameter",
        "block": "scope=block",
        "for_statement": "scope=block initializer:def.local",
        "foreach_statement": "scope=block typed left:def.local right:^",
        "using_statement": "scope=block @variable_declaration:def.local",
        "catch_clause": "scope=block",
        "catch_declaration": "typed name:def.local",
        "switch_section": "scope=block",
        "switch_expression_arm": "scope=block",
        "declaration_pattern": "typed name:def.local",
        "declaration_expression": "typed name:def.local",
        "var_pattern": "name:def.local",
        "recursive_pattern": "name:def.local",
        "subpattern": "@identifier1:key",
        "query_expression": "scope=block",
        "from_clause": "name:def.local",
        "let_clause": "1:def.local",
        "labeled_statement": "1:def.label",
        "goto_statement": "*:label",
        "assignment_expression": "left:write/.",
        "initializer_expression": "@assignment_expression:key<2.type",
        "anonymous_object_creation_expression": "*:hook.key",
        "member_access_expression": "name:member<expression",
        "member_binding_expression": "name:key",
        "argument": "name:keyword<2.function",
    },
    heads={
        "identifier": "",
        "this": "",
        "member_access_expression": "name",
        "invocation_expression": "function()",
        "object_creation_expression": "type()",
        "parenthesized_expression": "1",
        "generic_name": "1",
        "nullable_type": "1",
        "await_expression": "1",
    },
    selves=frozenset({"this"}),
    members="bare",
    hooks={"key": _key},
)

_DOCUMENTATION = Documentation(
    kinds={
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
    wrappers=frozenset({"global_statement"}),
    markup="xmldoc",
    prefix="///",
    marks=BLOCK_MARKS + SLASH_MARKS,
    yields=True,
    class_parameters=True,
    type_before_name=True,
)

LANGUAGES = (
    Language(
        "csharp",
        "tree_sitter_c_sharp:language",
        (".cs",),
        tests=("*Spec", "*Specs"),
        folder_packages=True,
        aliases=("c#", "cs", "c_sharp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            *(literal.with_code(_HOLE, after=_INTERPOLATED) for literal in (triple('"'), _VERBATIM, DOUBLE)),
            CHARACTER,
        ),
        named_arguments=": ",
        blocks=Blocks.BRACES,
        overloads=True,
        documentation=_DOCUMENTATION,
        queries=("csharp",),
        imports=Usings(),
        modules=ClassFiles(".cs", free_folders=True),
        layout=Layout(indent=4),
        scopes=_SCOPES,
    ),
)
