"""Go."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_syntax import _builtin_names
from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax, ModuleKind, NewImport, found_by
from segue_syntax._import_text import QUOTED
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BACKQUOTE, C_BLOCK, CHARACTER, DOUBLE
from segue_syntax._modules import ROOT_FOLDER, ModuleNaming
from segue_syntax._scope_rules import ScopeRules
from segue_syntax._standard_library import GO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._import_syntax import FileImports, ImportStatement
    from segue_syntax._modules import FileIndex
    from segue_syntax._project import Project


_GO_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_PACKAGE = re.compile(r"^package\s+(\w+)", re.MULTILINE)
_FIELD = re.compile(
    r"^\t+(?P<field>[^\W\d]\w*)\s+(?:\[\]|\*|map\[|func\(|chan )?[\w.\[\]*]+(?:\s+`[^`]*`)?(?:\s*//.*)?$"
)
_BLOCK = re.compile(r"^import[ \t]*\(([^)]*)\)", re.MULTILINE)
_LINE = re.compile(r"^([ \t]*)(?:[\w.]+[ \t]+)?\"[^\"\n]+\"", re.MULTILINE)
_SINGLE = re.compile(r"^()import[ \t]+(?:[\w.]+[ \t]+)?\"[^\"\n]+\"", re.MULTILINE)


class GoImports(ImportSyntax):
    """One statement, or one block of packages."""

    grouped = True
    qualified_only = True
    package_clause = True
    cycles_fail = True

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the package of one line."""
        quoted = QUOTED.findall(text)
        if quoted:
            module = quoted[0]
            words = text.strip().removeprefix("import").split()
            alias = words[0] if len(words) > 1 and words[0][0] not in '"`' else ""
            if alias == ".":
                yield Imported("*", module, "", "module")
            else:
                yield Imported("", module, alias or package_name(module), "module")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the lines of blocks, and single statements."""
        for block in _BLOCK.finditer(text):
            for match in _LINE.finditer(text, block.start(1), block.end(1)):
                yield match.start(), match.end(), match[1]
        yield from found_by(_SINGLE, text)

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a line of a block, or a statement."""
        return _line(new) if any(s.indent for s in around.statements) else f"import {_line(new).strip()}"

    def beside(self, new: NewImport, lone: ImportStatement) -> list[str] | None:
        """Return a block of two packages."""
        if lone.indent:
            return None
        other = NewImport(lone.module, lone.module, lone.locals[0], "module")
        first, last = sorted((other, new), key=lambda one: (self.category(one.module), one.module))
        gap = [""] if self.category(first.module) != self.category(last.module) else []
        return ["import (", _line(first), *gap, _line(last), ")"]

    def scope(self, new: NewImport, around: FileImports) -> list[ImportStatement]:
        """Return the block, or else single statements, without that of cgo, which stays alone."""
        del new
        others = [statement for statement in around.statements if statement.module != "C"]
        return [statement for statement in others if statement.indent] or others

    def category(self, module: str) -> ModuleKind:
        """Tell the standard library, whose paths have no dot in their first part."""
        if module.startswith("."):
            return ModuleKind.RELATIVE
        return ModuleKind.PACKAGE if "." in module.split("/", maxsplit=1)[0] else ModuleKind.STANDARD

    def standard(self, name: str) -> Imported | None:
        """Return a package of the standard library."""
        return Imported(GO[name], GO[name], name, "module") if name in GO else None

    def is_needed(self, statement: ImportStatement, name: str) -> bool:
        """Keep imports for their effects, and cgo's."""
        return name == "_" or statement.module == "C"

    def may_refer(self, line: str, start: int, end: int) -> bool:
        """Take the names of packages only."""
        del start
        return line[end : end + 1] == "."

    def in_package_of(self, text: str, other: str) -> bool:
        """Tell a package from its external tests."""
        return _package_of(text) == _package_of(other)

    def declares_for_package(self, name: str) -> re.Pattern[str] | None:
        """Return what finds a declaration at the margin, which all files of the package see."""
        named = rf"(?:\w+,\s*)*{re.escape(name)}\b"
        return re.compile(
            rf"^(?:(?:func|type)\s+{named}|(?:var|const)\s+(?:{named}|\((?:\n(?!\)).*)*?\n\t{named}))",
            re.MULTILINE,
        )


def package_name(path: str) -> str:
    """Return the name under which code most likely uses the package at an import path."""
    parts = [part for part in path.rstrip("/").split("/") if not re.fullmatch(r"v\d+", part)]
    name = parts[-1] if parts else path
    return re.sub(r"^go-|\.v\d+$|\.go$|-go$", "", name).replace("-", "")


def _line(new: NewImport) -> str:
    alias = "" if package_name(new.module) == new.local else f"{new.local} "
    return f'\t{alias}"{new.module}"'


class GoModules(ModuleNaming):
    """Import paths of packages, which are folders."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        del name
        parts = module.split("/")
        dotted = "." in parts[0]
        for start in range(0 if dotted else 1, len(parts)):
            suffix = "/".join(parts[start:])
            anywhere = dotted and start < len(parts) - 1
            found = [
                folder
                for folder in (suffix, *(files.folders_ending(suffix) if anywhere else ()))
                if any(path.endswith(".go") for path in files.inside(folder))
            ]
            if found:
                return files.nearest(importer, found) + "/"
        named = parts[-2] if re.fullmatch(r"v\d+", parts[-1]) and len(parts) > 1 else parts[-1]
        return ROOT_FOLDER if dotted and named == files.root_name and files.inside("") else ""

    def file_of(self, module: str, path: str, project: Project) -> str:
        """Return the import path as it is."""
        del path, project
        return module

    def own_names(self, path: str, project: Project) -> tuple[str, ...]:
        """Return the import path of the package; its external tests are no part of it."""
        folder = posixpath.dirname(path)
        root = None if is_external_test(project.text(path)) else _declared_root(folder, project)
        return (_import_path(root, folder),) if root else ()

    def files_of(self, module: str, project: Project) -> Iterable[str]:
        """Yield the files of a package that belongs to the workspace, without its tests."""
        folders = _folders(project)
        parts = module.split("/")
        for start in range(len(parts)):
            for path in folders.get("/".join(parts[start:]), ()):
                yield from () if path.endswith("_test.go") else (path,)

    def reached(self, module: str, name: str, path: str, project: Project) -> str:
        """Return the package, unless it is an ``internal`` one of other folders or the file's own."""
        del name
        folder = posixpath.dirname(path)
        root = _declared_root(folder, project)
        own = _import_path(root, folder) if root else ""
        if module in self.own_names(path, project):
            return ""
        owner, internal, _ = ("/" + module + "/").rpartition("/internal/")
        if not internal:
            return module
        owner = owner.strip("/")
        if root:
            return module if owner and (own + "/").startswith(owner + "/") else ""
        parts, folders = owner.split("/"), _folders(project)
        around = next((tail for at in range(len(parts)) if (tail := "/".join(parts[at:])) in folders), "")
        return module if not around or (folder + "/").startswith(around + "/") else ""

    def package_called(
        self, name: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str | None:
        """Return the path of the only package of that name, by the nearest ``go.mod`` or the file's own imports."""
        found = []
        for folder, files in _folders(project).items():
            if package_name(folder) != name:
                continue
            source = next((file for file in files if not file.endswith("_test.go")), "")
            if source and _package_of(project.text(source)) in (name, ""):
                root = _declared_root(folder, project) or _imported_root(project, statements)
                if root is not None:
                    found.append(self.reached(_import_path(root, folder), name, path, project))
        importable = list(filter(None, found))
        return importable[0] if len(importable) == 1 else None


def _package_of(text: str) -> str:
    clause = _PACKAGE.search(text)
    return clause[1] if clause else ""


def is_external_test(text: str) -> bool:
    """Whether a file belongs to the package of tests beside the package of its folder."""
    return _package_of(text).endswith("_test")


@lru_cache(maxsize=4)
def _grouped(files: frozenset[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(files):
        if path.endswith(".go"):
            folders[posixpath.dirname(path)].append(path)
    return dict(folders)


def _folders(project: Project) -> dict[str, list[str]]:
    """Return the files of every folder with Go code."""
    return _grouped(project.files)


def _import_path(root: tuple[str, str], folder: str) -> str:
    return posixpath.join(root[0], posixpath.relpath(folder or ".", root[1] or ".")).rstrip("/.")


def _declared_root(folder: str, project: Project) -> tuple[str, str] | None:
    """Return the module that a folder belongs to, and the folder whose go.mod says so."""
    manifest = project.nearest(posixpath.join(folder, "x.go"), "go.mod")
    declared = _GO_MODULE.search(project.text(manifest))
    return (declared[1], posixpath.dirname(manifest)) if declared else None


def _imported_root(project: Project, statements: Sequence[ImportStatement]) -> tuple[str, str] | None:
    """Return the path of the root that a file's imports of other folders of the repository show."""
    folders = _folders(project)
    for statement in statements:
        parts = statement.module.split("/")
        for at in range(2, len(parts)):
            if "/".join(parts[at:]) in folders:
                return "/".join(parts[:at]), ""
    return None


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

_DOCUMENTATION = Documentation(
    kinds={
        "function_declaration": "function",
        "method_declaration": "method",
        "type_spec": "type",
    },
    wrappers=frozenset({"type_declaration"}),
    markup="godoc",
    prefix="//",
    marks=("//",),
    line_runs=True,
    declared_results=True,
)

LANGUAGES = (
    Language(
        "go",
        "tree_sitter_go:language",
        (".go",),
        folder_packages=True,
        imports_folders=True,
        aliases=("golang",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(BACKQUOTE, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        documentation=_DOCUMENTATION,
        queries=("go",),
        imports=GoImports(),
        modules=GoModules(),
        field=_FIELD,
        scopes=_SCOPES,
        builtins=_builtin_names.GO,
        layout=Layout(tabs=True, level_cases=True),
    ),
)
