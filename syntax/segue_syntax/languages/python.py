"""Python."""

from __future__ import annotations

import builtins
import keyword
import posixpath
import re
import sys
from typing import TYPE_CHECKING

from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax, ModuleKind
from segue_syntax._import_text import SPACE, TYPE_CHECKING_BLOCK, header_of, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BRACES, DOUBLE, text, triple
from segue_syntax._modules import ModuleNaming
from segue_syntax._python_compiler import refuses
from segue_syntax._scope_rules import ScopeRules
from segue_syntax._standard_library import PYTHON as STANDARD_NAMES

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._import_syntax import FileImports, ImportStatement, NewImport
    from segue_syntax._modules import FileIndex
    from segue_syntax._project import Project

_FROM = re.compile(
    r"^([ \t]*)from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|(?:\\\n|[^\n(#])+)", re.MULTILINE
)
_IMPORT = re.compile(
    r"^([ \t]*)import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)",
    re.MULTILINE,
)
_QUOTED_TYPE = re.compile(r"""(?:\w|\)|\])\s*(?::|->)\s*["'][^"']*\Z""")
"""What comes before a name in an annotation that is written as a string."""
_LISTED = re.compile(r"__all__[^\])]*")
_QUOTE_GUARD = r"(?:(?<!\w')|(?<=\b[rbfutRBFUT]')|(?<=\b[rbfRBF]{2}'))"
_MODULE_FILES = (".py", "/__init__.py", ".pyi", "/__init__.pyi")
_PRIVATE = re.compile(r"_(?!_)")
_FORMATTED = r"(?:\A|\W)(?:[fFtT][rR]?|[rR][fFtT])"


class PythonImports(ImportSyntax):
    """``import a``, ``from a import b``; in blocks and for type checkers too."""

    whole_file = True
    in_blocks = True
    from_files = True
    passes_on = True
    cycles_fail = True
    types = "annotated"
    opening_strings = ("", "r", "R", "u", "U")
    one_opening_string = True
    binds_before = re.compile(r"\b(?:for|as) \Z")

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the names, or the modules, that a statement imports."""
        flat = SPACE.sub(" ", re.sub(r"#[^\n]*|\\\n", " ", text)).strip()
        if flat.startswith("from "):
            module, _, names = flat[5:].partition(" import ")
            for part in names.strip(" ()").split(","):
                if part.strip(" ()"):
                    name, alias = name_and_alias(part.strip(" ()"))
                    yield Imported(name, module.strip(), alias)
        elif flat.startswith("import "):
            for part in flat[7:].split(","):
                module, alias = name_and_alias(part)
                yield Imported("", module, alias or module.split(".")[0], "module")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield every statement; looking for the word alone is faster than for a line that begins with it."""
        at = text.find("import")
        while at >= 0:
            start = text.rfind("\n", 0, at) + 1
            match = _FROM.match(text, start) or _IMPORT.match(text, start)
            if match is None:
                at = text.find("import", at + 1)
                continue
            yield start, match.end(), match[1]
            rest = text.find("\n", match.end())
            at = text.find("import", rest) if rest >= 0 else -1

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a statement of one line, indented as those around it."""
        indent = around.statements[0].indent if around.statements else ""
        if new.form == "from":
            return f"{indent}from {new.module} import {new.written}"
        alias = "" if new.local == new.module.split(".", maxsplit=1)[0] else f" as {new.local}"
        return f"{indent}import {new.module}{alias}"

    def scope(self, new: NewImport, around: FileImports) -> list[ImportStatement]:
        """Return the statements at the margin, or those for type checkers."""
        top = super().scope(new, around)
        if new.type_only:
            checked = [
                s
                for s in around.statements
                if s.indent and TYPE_CHECKING_BLOCK.match(header_of(around.lines, s))
            ]
            # a module that is loaded anyway costs nothing, nor does ``typing``
            loaded = new.module == "typing" or any(s.module == new.module for s in top)
            if checked and not loaded:
                return checked
        return top

    def category(self, module: str) -> ModuleKind:
        """Tell the standard library."""
        root = module.split(".", maxsplit=1)[0]
        if not root:
            return ModuleKind.RELATIVE
        if root == "__future__":
            return ModuleKind.FUTURE
        return ModuleKind.STANDARD if root in sys.stdlib_module_names else ModuleKind.PACKAGE

    def standard(self, name: str) -> Imported | None:
        """Return a module of the standard library, or a well-known name of one."""
        if name in sys.stdlib_module_names:
            return Imported("", name, name, "module")
        return Imported(name, STANDARD_NAMES[name]) if name in STANDARD_NAMES else None

    def may_refer(self, line: str, start: int, end: int) -> bool:
        """Leave out a parameter with an annotation, a key, and the name of an argument."""
        after = line[end : end + 1]
        binds = after == ":" and line[:start].rstrip(" *")[-1:] in ("", "(", ",")
        return not binds and (after != "=" or line[end + 1 : end + 2] == "=")

    def is_code_in_string(self, text: str, offset: int) -> bool:
        """Tell an annotation in quotes, and a name that ``__all__`` lists."""
        line_start = text.rfind("\n", 0, offset) + 1
        if _QUOTED_TYPE.search(text[line_start:offset]):
            return True
        listed = text.rfind("__all__", 0, offset) if text[offset - 1] in "'\"" else -1
        return listed >= 0 and _LISTED.fullmatch(text, listed, offset - 1) is not None


class PythonModules(ModuleNaming):
    """Dotted names, from the import path or relative."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        folder = posixpath.dirname(importer)
        words = module.lstrip(".").replace(".", "/")
        dots = len(module) - len(module.lstrip("."))
        if dots:
            base = folder
            for _ in range(dots - 1):
                base = posixpath.dirname(base)
            stem = posixpath.join(base, words) if words else base
            return files.first(_python_files(stem, name))
        if not words:
            return ""
        for candidate in _python_files(words, name):
            if candidate in files.paths:
                return candidate
            found = files.ending(importer, candidate)
            if found and self._is_python_root(files, found.removesuffix(candidate).rstrip("/")):
                return found
        return ""

    def _is_python_root(self, files: FileIndex, folder: str) -> bool:
        """Return whether `folder` may be on the import path: a package's inside is not."""
        return f"{folder}/__init__.py" not in files.paths

    def file_of(self, module: str, path: str, project: Project) -> str:
        """Return the file's path; one that is not relative is looked for at the root and in ``src``."""
        if module.startswith("."):
            folder = posixpath.dirname(path)
            dots = len(module) - len(module.lstrip("."))
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            return "./" + posixpath.join(folder, module[dots:].replace(".", "/")).rstrip("/")
        inner = module.replace(".", "/")
        for root in ("", "src/"):
            if project.first(root + inner, _MODULE_FILES):
                return f"./{root}{inner}"
        return module

    def module_of(self, path: str) -> str:
        """Return the path without suffix; a package's is its folder's."""
        return super().module_of(path).removesuffix("/__init__")

    def files_of(self, module: str, project: Project) -> Iterable[str]:
        """Yield the file of a module or package."""
        found = project.first(module[2:], _MODULE_FILES) if module.startswith("./") else ""
        return (found,) if found else ()

    def reached(self, module: str, name: str, path: str, project: Project) -> str:
        """Return the submodule inside a package that passes `name` on, and the package outside of a private module."""
        if not module.startswith("./"):
            return module
        inside = path.startswith(module[2:] + "/")
        if inside:
            found = self._passed_on(module, name, project)
            return "" if found == self.module_of(path) else found or module
        parts = module[2:].split("/")
        private = next((at for at, part in enumerate(parts) if _PRIVATE.match(part)), len(parts))
        folder = "/".join(parts[:private])
        if private == len(parts) or not folder or path.startswith(folder + "/"):
            return module
        outer = (f"./{'/'.join(parts[:at])}" for at in range(private, 0, -1))
        return next((package for package in outer if self._passed_on(package, name, project)), "")

    def _passed_on(self, package: str, name: str, project: Project) -> str:
        """Return the module that a package has `name` from to pass it on, "" when it does not."""
        path = next(iter(self.files_of(package, project)), "")
        text = project.text(path)
        if not path.endswith("/__init__.py") or not re.search(rf"\b{re.escape(name)}\b|import \*", text):
            return ""
        stars = []
        for match in _FROM.finditer(text):
            source = self.file_of(match[2], path, project)
            names = [alias or local for local, alias in map(name_and_alias, match[3].strip("()").split(","))]
            if name in names and not match[1]:
                return source
            stars += [source] if "*" in names else []
        for source in stars:
            file = next(iter(self.files_of(source, project)), "")
            if re.search(
                rf"^(?:(?:async )?def|class) {re.escape(name)}\b|^{re.escape(name)}\b *[:=]",
                project.text(file),
                re.MULTILINE,
            ):
                return source
        return ""

    def new_name(
        self, module: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str:
        """Return an absolute name, or a relative one in a package whose file has others."""
        for statement in statements:
            inner = "/" + statement.module.replace(".", "/")
            found = self.file_of(statement.module, path, project)
            if (
                found.startswith("./")
                and found.endswith(inner)
                and module.startswith(found[: 1 - len(inner)])
            ):
                return module[len(found) + 1 - len(inner) :].replace("/", ".")
        root = _package_root(module[2:], project.files)
        mine = root == _package_root(path, project.files)
        relative = any(s.module.startswith(".") for s in statements)
        if not mine or not relative or module[2:] == root:
            return module[2 + len(posixpath.dirname(root)) :].strip("/").replace("/", ".")
        relative_path = posixpath.relpath(module[2:], posixpath.dirname(path) or ".")
        ups = relative_path.count("../") + (relative_path == "..")
        rest = relative_path.replace("../", "")
        return "." * (ups + 1) + ("" if rest in (".", "..") else rest.replace("/", "."))


def _python_files(stem: str, name: str) -> tuple[str, ...]:
    """Return where ``from stem import name`` may find it, a submodule first."""
    whole = (
        (f"{stem}.py", f"{stem}/__init__.py", f"{stem}.pyi", f"{stem}/__init__.pyi")
        if stem
        else ("__init__.py",)
    )
    if name in {"", "*"}:
        return whole
    inner = posixpath.join(stem, name)
    return (f"{inner}.py", f"{inner}/__init__.py", *whole)


def _package_root(path: str, files: Container[str]) -> str:
    """Return the outermost folder around `path` that is a package of Python; the first folder when none is."""
    parts = path.split("/")
    start = next(
        (at for at in range(1, len(parts) + 1) if "/".join(parts[:at]) + "/__init__.py" in files), None
    )
    if start is None:
        return parts[0] if parts[0] != "src" else "/".join(parts[:2])
    return "/".join(parts[:start])


_PLAIN_TEXT = (b"Literal", b"Annotated")


def _annotation(data: bytes, node: Node, path: Sequence[Node]) -> str:
    """Return the mode of a string: inside an annotation it names a type."""
    del node
    inside = False
    for around in reversed(path):
        if around.type in ("generic_type", "subscript"):
            head = around.child(0)
            if head is not None and data[head.start_byte : head.end_byte].endswith(_PLAIN_TEXT):
                return ""
        if around.type == "type":
            inside = True
        elif around.type in ("block", "call"):
            break
    return "template" if inside else ""


_SCOPES = ScopeRules(
    leaves={"identifier": "read", "string_content": "skip"},
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
        "string": "@string_content:hook.annotation",
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
    captured=re.compile(rb"'[^']*'|\"[^\"]*\"|(?<![\w.])(?!(?:None|True|False)\b)([A-Za-z_]\w*)"),
    hooks={"annotation": _annotation},
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
        "class_definition": "class",
    },
    wrappers=frozenset({"decorated_definition"}),
    markup="google",
    opening='"""',
    docstring=True,
    yields=True,
    loose_results=True,
    receivers=frozenset({"self", "cls", "mcs", "metacls"}),
)

LANGUAGES = (
    Language(
        "python",
        "tree_sitter_python:language",
        (".py", ".pyi", ".pyw"),
        tests=("tests", "conftest"),
        filenames=("SConstruct", "wscript"),
        aliases=("py",),
        line_comment="#",
        strings=tuple(
            literal.with_code(BRACES, after=_FORMATTED)
            for literal in (triple('"'), triple("'"), DOUBLE, text("'", guard=_QUOTE_GUARD))
        ),
        blocks=Blocks.INDENTATION,
        documentation=_DOCUMENTATION,
        queries=("python",),
        imports=PythonImports(),
        modules=PythonModules(),
        builtins=frozenset([*dir(builtins), *keyword.kwlist, *keyword.softkwlist]),
        named_arguments="=",
        class_arguments_are_bases=True,
        constructors=("__init__", "__new__"),
        scopes=_SCOPES,
        refuses=refuses,
        layout=Layout(indent=4),
    ),
)
