"""Rust."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_syntax import _builtin_names
from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax
from segue_syntax._import_text import COMMENTS, SPACE, name_and_alias, split_commas
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE_LINES, Literal
from segue_syntax._modules import ModuleNaming
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._import_syntax import FileImports, ImportStatement, NewImport
    from segue_syntax._modules import FileIndex

_CAPTURED = r"\{\{|\{[^\W\d]\w*"
_RAW = Literal(r'"(?:(?<=\br#")|(?<=\bbr#"))', r"[\s\S]*?", '"#', '"#', multiline=True)


_USE = re.compile(
    r"^([ \t]*)(?:pub(?:\([^()\n]*\))?[ \t]+)?use[ \t]+(?:[\w:]+::)?(?:\w+(?:[ \t]+as[ \t]+\w+)?|\{[^;]*\});",
    re.MULTILINE,
)


class RustImports(ImportSyntax):
    """``use a::{b, c}``."""

    pattern = _USE
    whole_file = True

    def read(self, text: str) -> Iterator[Imported]:
        """Yield what a ``use``, ``mod`` or ``extern crate`` brings in."""
        flat = SPACE.sub(" ", COMMENTS.sub(" ", text)).strip().rstrip(";").strip()
        flat = re.sub(r"^(?:#\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?", "", flat)
        if flat.startswith("mod "):
            yield Imported("", "self::" + flat[4:].strip(), flat[4:].strip(), "module")
        elif flat.startswith("extern crate "):
            name, alias = name_and_alias(flat[13:])
            yield Imported("", name, alias or name, "module")
        elif flat.startswith("use "):
            form = "from" if "{" in flat else "one"
            yield from (Imported(*names, form) for names in _use_tree("", flat[4:].strip()))

    def written_as(self, text: str, imported: Sequence[Imported]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the path before the braces, and the paths in them."""
        if "{" not in text:
            return super().written_as(text, imported)
        base = re.sub(r"^\s*(?:pub\s+)?use\s+", "", text.partition("{")[0]).strip().removesuffix("::")
        names = (
            (
                f"{one.module}::{one.name or 'self'}".removeprefix(base).removeprefix("::"),
                one.alias or one.name,
            )
            for one in imported
        )
        return base, tuple(names)

    def each(self, statement: ImportStatement) -> Iterator[tuple[str, str, str]]:
        """Yield the names with the modules that braces in braces lead to."""
        for name, local in statement.names:
            path = f"{statement.module}::{name}".removeprefix("::").removesuffix("::self")
            module, _, last = path.rpartition("::")
            yield module, last, local

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement for one name."""
        del around
        return f"use {new.module}::{new.written};"


def _use_tree(prefix: str, text: str) -> Iterator[tuple[str, str, str]]:
    text = text.strip()
    head, brace, rest = text.partition("{")
    if brace:
        base = "::".join(part for part in (prefix, head.strip().removesuffix("::")) if part)
        for part in split_commas(rest.rstrip().removesuffix("}")):
            yield from _use_tree(base, part)
        return
    if not text:
        return
    path, alias = re.split(r"\s+as\s+", text)[0].strip(), ""
    if " as " in text:
        alias = text.rpartition(" as ")[2].strip()
    full = "::".join(part for part in (prefix, path) if part)
    module, _, name = full.rpartition("::")
    if name == "self":
        yield "", module, alias or module.rpartition("::")[2]
    else:
        yield name, module, alias


class RustModules(ModuleNaming):
    """Paths of a crate, or from the root of another crate of the workspace."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        folder = posixpath.dirname(importer)
        words = [word for word in module.split("::") if word]
        if not words:
            return ""
        stem = posixpath.splitext(posixpath.basename(importer))[0]
        inside = folder if stem in {"mod", "lib", "main"} else posixpath.join(folder, stem)
        if words[0] == "crate":
            base, words = self._crate_root(files, folder), words[1:]
        elif words[0] in {"self", "super"}:
            base = inside
            while words and words[0] in {"self", "super"}:
                if words[0] == "super":
                    base = posixpath.dirname(base)
                words = words[1:]
        else:
            crate = words[0]
            if crate == files.root_name.replace("-", "_") and "src/lib.rs" in files.paths:
                return self._module(files, "src", [*words[1:], name]) or "src/lib.rs"
            local = self._module(files, inside, [*words, name])
            if local:
                return local
            roots = files.first(
                (f"{crate}/src/lib.rs", f"crates/{crate}/src/lib.rs", f"{crate.replace('_', '-')}/src/lib.rs")
            )
            root = (
                roots
                or files.ending(importer, f"{crate.replace('_', '-')}/src/lib.rs")
                or files.ending(importer, f"{crate}/src/lib.rs")
            )
            if not root:
                return ""
            return self._module(files, posixpath.dirname(root), [*words[1:], name]) or root
        found = self._module(files, base, [*words, name] if name not in {"", "*"} else words)
        return found or files.first((f"{base}/lib.rs", f"{base}/main.rs", f"{base}/mod.rs", f"{base}.rs"))

    def names_file(self, written: str, path: str) -> bool:
        """Whether a path from the crate or a module around leads to a module called like the file."""
        stem = posixpath.basename(path.removesuffix("/mod.rs").removesuffix(".rs"))
        return (
            re.fullmatch(rf"(?:(?:crate|self|super)\s*::\s*)+(?:\w+\s*::\s*)*{re.escape(stem)}", written)
            is not None
        )

    def _module(self, files: FileIndex, base: str, words: list[str]) -> str:
        """Return the file of the longest module path below `base`."""
        for length in range(len(words), 0, -1):
            stem = posixpath.join(base, *words[:length])
            found = files.first((f"{stem}.rs", f"{stem}/mod.rs"))
            if found:
                return found
        return ""

    def _crate_root(self, files: FileIndex, folder: str) -> str:
        at = folder
        while True:
            if files.first((posixpath.join(at, "lib.rs"), posixpath.join(at, "main.rs"))):
                return at
            if not at:
                return folder
            at = posixpath.dirname(at)


_FUNCTION = "scope=function name:^def.function parameters:def.parameter body:~"
_CLASS = "scope=class name:^def.class"
_LOOP = "scope=block @label:def.label"
_BEHIND_DOT = re.compile(rb"(?<!\.)\.\s*\Z|::\s*\Z")
_BEHIND_LET = re.compile(rb"\blet\s+(?:mut\s+)?\Z")
_FIRST = re.compile(rb"[({,]\s*\Z")
_ASSIGNED = re.compile(rb"\s*=(?![=>])")
_KEYED = re.compile(rb"\s*:(?!:)")


_STRINGS = frozenset({"string_literal", "raw_string_literal"})
_MACRO = re.compile(rb"(\w+)\s*!\s*\Z")
_VALUE = re.compile(rb"(?<![:=])[:=]\s*\Z")
_GIVEN = re.compile(rb"(?<=,)\s*([A-Za-z_]\w*)\s*=(?![=>])")
_BEFORE_FORMAT = {
    **dict.fromkeys(b"write writeln assert debug_assert ensure".split(), 1),
    **dict.fromkeys(b"assert_eq assert_ne debug_assert_eq debug_assert_ne".split(), 2),
}
"""How many arguments stand before the format string, by the name of the macro; before that of any other, none do."""
_MOST_TOKENS = 400
_NO_FORMAT = frozenset(
    b"vec concat matches env option_env include include_str include_bytes stringify dbg cfg thread_local json html".split()
)


def _token(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell what a name among the tokens of a macro is by the tokens beside it."""
    if node.child_count:
        return "read"
    around = path[-2] if len(path) > 1 else None
    if around is not None and around.type == "attribute":
        name = around.named_child(0)
        if name is None or data[name.start_byte : name.end_byte] != b"derive":
            return "key"
    start, end = node.start_byte, node.end_byte
    before, after = data[max(start - 24, 0) : start], data[end : end + 8]
    if node.type == "self":
        return "self"
    if _BEHIND_DOT.search(before):
        return "member<-"
    if after[:1] == b"!" and after[:2] != b"!=":
        return "macro"
    if _BEHIND_LET.search(before):
        return "def.local"
    if _FIRST.search(before) and (_ASSIGNED.match(after) or (_KEYED.match(after) and b"{" in before)):
        return "keyword"
    return "read"


def _format(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell what a string among the tokens of a macro is: the format of the macro, or any text."""
    tokens = path[-1]
    if len(path) > 1 and path[-2].type == "attribute":
        return "skip"
    macro = _MACRO.search(data, max(tokens.start_byte - 40, 0), tokens.start_byte)
    if macro is None or macro[1] in _NO_FORMAT or tokens.child_count > _MOST_TOKENS:
        return "capture"
    before, commas = _BEFORE_FORMAT.get(macro[1], 0), 0
    for one in tokens.children:
        if one.type == ",":
            commas += 1
        elif one.type in _STRINGS and commas >= before and not _is_value(data, one):
            if one.start_byte != node.start_byte:
                return "skip"
            return "template"
    return "skip"


def _is_value(data: bytes, node: Node) -> bool:
    """Whether a string is given under a name, as ``target: "..."`` is."""
    return _VALUE.search(data, max(node.start_byte - 8, 0), node.start_byte) is not None


def _used(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Tell what a ``use`` binds: names of the module around are known anyway."""
    for around in reversed(path):
        if around.type in ("scoped_identifier", "scoped_use_list"):
            source = around.child_by_field_name("path")
            if (
                source is not None
                and not node.child_count
                and data[source.start_byte : source.end_byte] == b"super"
            ):
                return "read"
            break
        if around.type == "use_declaration":
            break
    return "def.import"


_SCOPES = ScopeRules(
    leaves={
        "identifier": "read",
        "type_identifier": "type",
        "field_identifier": "key",
        "shorthand_field_identifier": "short.read",
        "self": "self",
        "string_content": "skip",
    },
    nodes={
        "source_file": "scope=file",
        "line_comment": "-",
        "block_comment": "-",
        "use_declaration": "argument:hook.used",
        "extern_crate_declaration": "name:[as]import|def.import alias:def.import",
        "scoped_use_list": "path:import list:.",
        "use_list": "*:hook.used @self:-",
        "use_as_clause": "path:import alias:def.import",
        "use_wildcard": "*:import",
        "scoped_identifier": "path:read/import name:member<path/hook.used",
        "scoped_type_identifier": "path:read/import name:member<path",
        "struct_item": _CLASS,
        "union_item": _CLASS,
        "enum_item": _CLASS,
        "trait_item": f"{_CLASS} bases=bounds",
        "impl_item": "scope=class of=type bases=trait",
        "enum_variant": "scope=class name:^def.variant",
        "field_declaration": "typed name:def.field",
        "function_item": _FUNCTION,
        "function_signature_item": _FUNCTION,
        "closure_expression": "scope=function parameters:def.parameter",
        "parameters": "*:.",
        "closure_parameters": "*:.",
        "parameter": "typed pattern:.",
        "self_parameter": "@self:-",
        "type_item": "scope=block typed name:^def.type",
        "associated_type": "scope=block name:^def.type",
        "const_item": "typed name:def.constant",
        "static_item": "typed name:def.constant",
        "mod_item": "scope=namespace name:^def.namespace",
        "macro_definition": "scope=function name:^def.macro",
        "macro_rule": "left:- right:.",
        "type_parameter": "name:def.typeparameter",
        "const_parameter": "name:def.typeparameter",
        "lifetime_parameter": "name:def.lifetime",
        "lifetime": "*:lifetime/.",
        "for_lifetimes": "*:def.lifetime",
        "function_type": "scope=block",
        "higher_ranked_trait_bound": "scope=block",
        "where_predicate": "scope=block",
        "let_declaration": "after typed pattern:def.local",
        "let_condition": "after typed pattern:def.local",
        "if_expression": "scope=block alternative:^",
        "while_expression": _LOOP,
        "loop_expression": _LOOP,
        "for_expression": f"{_LOOP} pattern:def.local value:^",
        "block": _LOOP,
        "label": "*:label/.",
        "match_arm": "scope=block pattern:def.local",
        "match_pattern": "*:. condition:read",
        "tuple_pattern": "*:.",
        "slice_pattern": "*:.",
        "mut_pattern": "*:.",
        "ref_pattern": "*:.",
        "reference_pattern": "*:.",
        "or_pattern": "*:.",
        "captured_pattern": "*:.",
        "tuple_struct_pattern": "type:read *:.",
        "struct_pattern": "type:read *:.",
        "field_pattern": (
            "@field_identifier:key<1.type @shorthand_field_identifier:short.def.local<1.type pattern:."
        ),
        "struct_expression": "name:read",
        "field_initializer": "field:key<2.name",
        "shorthand_field_initializer": "*:short.read<2.name",
        "field_expression": "field:member<value",
        "assignment_expression": "left:write",
        "compound_assignment_expr": "left:write",
        "macro_invocation": "macro:macro",
        "token_tree": "*:hook.token @string_literal:hook.format @raw_string_literal:hook.format",
        "string_literal": "*:.",
        "raw_string_literal": "*:.",
        "attribute": "@identifier:- @scoped_identifier:-",
    },
    heads={
        "identifier": "",
        "type_identifier": "",
        "field_identifier": "",
        "self": "",
        "call_expression": "function()",
        "field_expression": "field",
        "scoped_identifier": "name",
        "scoped_type_identifier": "name",
        "generic_type": "type",
        "reference_type": "type",
        "reference_expression": "value",
        "struct_expression": "name",
        "generic_function": "function",
        "try_expression": "1",
        "parenthesized_expression": "1",
        "trait_bounds": "1",
        "type_cast_expression": "type",
        "dynamic_type": "trait",
        "abstract_type": "trait",
    },
    selves=frozenset({"self", "Self"}),
    shadowing=True,
    variants=True,
    captured=re.compile(rb"(?<!\{)(?:\{\{)*\{([A-Za-z_]\w*)?(?::[^{}]*?(?:([A-Za-z_]\w*)\$)?[^{}$]*)?\}"),
    given=_GIVEN,
    hooks={"token": _token, "format": _format, "used": _used},
)

_DOCUMENTATION = Documentation(
    kinds={
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
    markup="rustdoc",
    prefix="///",
    marks=("///", "/**"),
    nested_comments=True,
    declared_results=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "rust",
        "tree_sitter_rust:language",
        (".rs",),
        tests=("tests",),
        aliases=("rs",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW.with_code(_CAPTURED), DOUBLE_LINES.with_code(_CAPTURED), CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("rust",),
        imports=RustImports(),
        modules=RustModules(),
        scopes=_SCOPES,
        builtins=_builtin_names.RUST,
        layout=Layout(indent=4),
    ),
)
