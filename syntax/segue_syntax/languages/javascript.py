"""JavaScript and TypeScript, each with and without JSX."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_syntax._component_code import svelte_code, vue_code
from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import FileImports, Imported, ImportSyntax, ModuleKind, found_by
from segue_syntax._import_text import COMMENTS, QUOTED, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, DOUBLE, SINGLE, XML_BLOCK, interpolated
from segue_syntax._scope_rules import ScopeRules
from segue_syntax._script_modules import ScriptModules
from segue_syntax._script_settings import jsx_names
from segue_syntax._standard_library import JAVASCRIPT, NODE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._import_syntax import NewImport
    from segue_syntax._project import Project

_IMPORT = re.compile(
    r"^()import[ \t]+(?:type[ \t]+)?(?:[\w$]+[ \t]*,?\s*)?(?:\{[^}]*\}|\*[ \t]+as[ \t]+[\w$]+)?"
    r"\s*from\s*(['\"])[^'\"\n]+\2;?",
    re.MULTILINE,
)
_INDENTED_IMPORT = re.compile(_IMPORT.pattern.replace("^()", r"^[ \t]*()", 1), re.MULTILINE)
_SCRIPT_TAG = re.compile(r"<script\b[^>]*>\s*$")
_REQUIRED = re.compile(
    r"^()(?:const|let|var)[ \t]+(?:[\w$]+|\{[^}]*\})[ \t]*=[ \t]*require\((['\"])[^'\"\n]+\2\);?",
    re.MULTILINE,
)
_KEYWORD = re.compile(r"(?:import|export|const|let|var)\b(\s+type\b(?!\s*,|\s+from))?\s*")
_HOLE = r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}"
_TEMPLATE = interpolated("`", _HOLE, multiline=True)
_REQUIRE = re.compile(r"""^(.*?)=\s*require\s*\(\s*["'`]([^"'`]+)["'`]\s*\)\s*(?:\.\s*(\w+))?""", re.DOTALL)


class ScriptImports(ImportSyntax):
    """``import {a} from "b"``, and CommonJS' ``require``."""

    one_block = True
    from_files = True
    types = "declared"
    opening_strings = ("", "import")

    def read(self, text: str) -> Iterator[Imported]:
        """Yield what a statement imports (or passes on)."""
        text = COMMENTS.sub(" ", text) if "/*" in text or "\n" in text else text
        required = _REQUIRE.match(text)
        if required:
            left, module, member = required.groups()
            left = _KEYWORD.sub("", left.strip())
            if member:
                yield Imported(member, module, "" if left == member else left, "require from")
            elif "{" in left:
                yield from (Imported(*pair, "require from") for pair in _listed(left, module))
            else:
                yield Imported("default", module, left, "require")
            return
        quoted = QUOTED.findall(text)
        if not quoted:
            return
        module = quoted[-1]
        head = text[: text.rfind(module) - 1].strip()
        keyword = _KEYWORD.match(head)
        head = head[keyword.end() if keyword else 0 :].strip()
        head = re.sub(r"\bfrom$", "", head).strip().rstrip("=").removesuffix("require(").strip(" =")
        if not head:
            yield Imported("", module, "", "module")
            return
        type_only = keyword is not None and keyword[1] is not None
        for part in filter(None, map(str.strip, head.partition("{")[0].split(","))):
            if part.startswith("*"):
                alias = part[1:].strip().removeprefix("as").strip()
                if alias:
                    yield Imported("", module, alias, "namespace", type_only)
                else:
                    yield Imported("*", module)
            else:
                yield Imported("default", module, part, "default", type_only)
        yield from (Imported(*pair, "from", type_only) for pair in _listed(head, module))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the imports, and the variables that are required."""
        yield from (found for found in found_by(_IMPORT, text))
        yield from found_by(_REQUIRED, text)

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement with the quotes, semicolon and spacing of the file's."""
        lines, statements = around.lines, around.statements
        sample = [lines[statements[-1].end - 1]] if statements else lines
        quote = '"' if _count(sample, '"') > _count(sample, "'") else "'"
        stop = ";" if any(line.endswith(";") for line in sample) else ""
        spaced = not any(re.search(r"\{\w", lines[s.start]) for s in statements)
        inner = f"{{ {new.written} }}" if spaced else f"{{{new.written}}}"
        kind = "type " if new.type_only else ""
        binds = next(
            (w for s in statements if (w := lines[s.start].split(" ")[0]) in ("var", "let")), "const"
        )
        source = f"{quote}{new.module}{quote}"
        forms = {
            "from": f"import {kind}{inner} from {source}{stop}",
            "default": f"import {new.local} from {source}{stop}",
            "namespace": f"import * as {new.local} from {source}{stop}",
            "require": f"{binds} {new.local} = require({source}){stop}",
            "require from": f"{binds} {inner} = require({source}){stop}",
        }
        return forms.get(new.form)

    def category(self, module: str) -> ModuleKind:
        """Tell Node's own modules and relative ones from packages."""
        if module.startswith("."):
            return ModuleKind.RELATIVE
        return ModuleKind.STANDARD if module.startswith("node:") else ModuleKind.PACKAGE

    def standard(self, name: str) -> Imported | None:
        """Return a module of Node."""
        return Imported("default", f"node:{name}", name, "default") if name in NODE else None

    def exported_as(self, name: str, line: str, text: str) -> str | None:
        """Return ``default`` or ``from`` for what the file exports."""
        if re.match(r"export\s+default\b", line):
            return "default"
        listed = "export" in line or re.search(rf"export\s*\{{[^}}]*\b{re.escape(name)}\b", text)
        return "from" if listed else None

    def is_exported(self, line: str) -> bool:
        """Whether the line itself exports."""
        return re.match(r"\s*export\b", line) is not None

    def is_implied(self, name: str, text: str, path: str, project: Project) -> bool:
        """Tell what tags call where they are compiled the old way."""
        return re.search(r"<[A-Za-z>]", text) is not None and name in jsx_names(project, path)

    def may_refer(self, line: str, start: int, end: int) -> bool:
        """Leave out keys."""
        return line[end : end + 1] != ":" or line[:start].rstrip().endswith("?")


def _is_script(line: str) -> bool:
    return "</script" not in line


class ComponentImports(ScriptImports):
    """The imports of a component's script, which may be indented as a whole."""

    whole_file = True

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the imports."""
        for found in _INDENTED_IMPORT.finditer(text):
            yield found.start(), found.end(), ""

    def opening(self, lines: Sequence[str]) -> int:
        """Return the line behind the tag of the script, of the one for each component where there are two."""
        tags = [at for at, line in enumerate(lines) if _SCRIPT_TAG.match(line)]
        tags.sort(key=lambda at: "module" in lines[at] or "setup" not in lines[at])
        return tags[0] + 1 if tags else -1

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement indented as the script is."""
        at = self.opening(around.lines)
        script = around.lines if around.statements else list(takewhile(_is_script, around.lines[at:]))
        text = super().write(new, FileImports(script, around.statements))
        if text is None or at < 0:
            return None
        code = next((line for line in around.lines[at:] if line.strip()), "")
        return code[: len(code) - len(code.lstrip())] + text


def _listed(head: str, module: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, module and alias of what stands in braces."""
    for written in head.partition("{")[2].partition("}")[0].split(","):
        part = re.sub(r"^type\s+", "", written.strip()).partition("=")[0].strip()
        name, alias = name_and_alias(part)
        if name:
            yield name.removeprefix("..."), module, alias


def _count(lines: Sequence[str], mark: str) -> int:
    return sum(line.count(mark) for line in lines)


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
        "shorthand_property_identifier_pattern": "short.write<1.type",
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
        "new_expression": "constructor()",
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

_DOCUMENTATION = Documentation(
    kinds={
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
    },
    values=frozenset({"arrow_function", "function_expression", "generator_function", "class"}),
    wrappers=frozenset(
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
    ),
    markup="jsdoc",
    opening="/**",
    typed=True,
    yields=True,
)
_TYPED_DOCUMENTATION = replace(_DOCUMENTATION, markup="tsdoc", typed=False, receivers=frozenset({"this"}))

_script = partial(
    Language,
    family="javascript",
    tests=("*Spec",),
    line_comment="//",
    block_comment=C_BLOCK,
    strings=(_TEMPLATE, DOUBLE, SINGLE),
    blocks=Blocks.BRACES,
    imports=ScriptImports(),
    modules=ScriptModules(),
    builtins=JAVASCRIPT,
    layout=Layout(usual_indent=2),
    constructors=("constructor",),
    scopes=_SCOPES,
)

LANGUAGES = (
    _script(
        "javascript",
        "tree_sitter_javascript:language",
        (".js", ".mjs", ".cjs"),
        documentation=_DOCUMENTATION,
        aliases=("js",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "javascriptreact",
        "tree_sitter_javascript:language",
        (".jsx",),
        documentation=_DOCUMENTATION,
        aliases=("jsx",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "typescript",
        "tree_sitter_typescript:language_typescript",
        (".ts", ".mts", ".cts"),
        documentation=_TYPED_DOCUMENTATION,
        aliases=("ts",),
        queries=("javascript", "typescript"),
    ),
    _script(
        "typescriptreact",
        "tree_sitter_typescript:language_tsx",
        (".tsx",),
        documentation=_TYPED_DOCUMENTATION,
        aliases=("tsx",),
        queries=("javascript", "typescript"),
    ),
    *(
        Language(
            name,
            "tree_sitter_typescript:language_typescript",
            (f".{name}",),
            family="javascript",
            advisory=True,
            block_comment=XML_BLOCK,
            other_block_comments=(C_BLOCK,),
            strings=(DOUBLE, SINGLE),
            layout=Layout(markup=True),
            code=code,
            queries=("javascript", "typescript"),
            imports=ComponentImports(),
            modules=ScriptModules(),
            builtins=JAVASCRIPT,
            scopes=replace(_SCOPES, sigils=sigils),
        )
        for name, code, sigils in (("vue", vue_code, ""), ("svelte", svelte_code, "$"))
    ),
)
