"""From a model's answer to tests in a test file, and nothing else: checked before anybody sees them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_assist._change import Replacement, guarded_change
from segue_assist._doc_answer import looks_like_code
from segue_assist._errors import AssistError
from segue_assist._rewrite_answer import read_rewrite
from segue_assist._test_frameworks import Home
from segue_syntax import (
    FileIndex,
    ImportStatement,
    NewImport,
    SourceFile,
    file_of_import,
    indent_width,
    language_of,
    leading_space,
    statements_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_assist._change import Change, WithImports
    from segue_assist._test_place import TestPlace
    from segue_context import WorkspaceReader

_WRAPPER = re.compile(r"^[^\n{]*\b(?:class|mod)\s+\w+[^\n{]*\{\n(.*)^\}\s*\Z", re.MULTILINE | re.DOTALL)
_CLASS = re.compile(r"^[^\n{@]*\bclass\s+(\w+)", re.MULTILINE)
_MODULE = re.compile(r"^#\[cfg\(test\)\]\s*(?:pub\s+)?mod\s+\w+\s*\{", re.MULTILINE)
_EMPTY_GROUP = re.compile(r"^import \(\s*\)\n?", re.MULTILINE)
_PACKAGE = re.compile(r"^package [^\n]+\n+", re.MULTILINE)
_OUTER = re.compile(r"^[ \t]*(?:#!?\[cfg\(test\)\]|use super::\*;)[ \t]*\n?", re.MULTILINE)
_REQUIRE = re.compile(r"require(?:_relative)?[ (]*[\"'](?P<module>[^\"']+)[\"']\)?\s*\Z")


@dataclass(frozen=True, slots=True)
class _Imports:
    """What the tests of an answer import: `wanted` names, and statements that are taken `as_written`."""

    wanted: tuple[NewImport, ...] = ()
    as_written: tuple[str, ...] = ()


def new_tests_from(
    place: TestPlace,
    name: str,
    answer: str,
    *,
    reader: WorkspaceReader,
    cut: bool = False,
    with_imports: WithImports | None = None,
) -> tuple[Change, tuple[str, ...]]:
    """Return the change that adds the tests in `answer` to the file at `place`, and their names.

    They test `name`. Raises `AssistError` for an answer without tests, with tests that are there
    already, with code that is no test, with names that nothing defines, or that does not parse.
    """
    framework = place.framework
    block = _PACKAGE.sub("", _block(answer, cut=cut))
    if framework.home is Home.MODULE:
        block = _indented(_unwrapped(_OUTER.sub("", block)), "")
    lines = block.split("\n")
    statements = _statements(lines, place)
    taken = {row for one in statements for row in range(one.start, one.end)}
    body = "\n".join(line for row, line in enumerate(lines) if row not in taken)
    body = _EMPTY_GROUP.sub("", body).strip("\n")
    names = framework.names_in(body)
    _check_tests(place, name, body, names)
    source = SourceFile(place.text or "", path=place.path)
    imports = _imports(place, reader, lines, statements, body)
    replacements = list(_placed(place, source, body, imports, reader))
    change = guarded_change(
        source,
        replacements,
        within=[(one.start, one.end) for one in replacements],
        reader=reader,
        title=f"Tests of {name}",
        notes=("They describe what the code does now, not what it should do.",),
        wanted=imports.wanted,
        with_imports=None if framework.home is Home.MODULE or with_imports is None else _spaced(with_imports),
        known=_known_names(place, source, body, imports, reader),
    )
    if change.unknown:
        listed = ", ".join(f"`{one.name}`" for one in change.unknown)
        raise AssistError(
            "unknown_names", f"The tests use {listed}, which nothing defines; nothing was added."
        )
    return change, tuple(names)


def _block(answer: str, *, cut: bool) -> str:
    """Return the code of an answer."""
    read = read_rewrite(answer, cut=cut)
    block = read.blocks[0] if read.blocks else ""
    if not block.strip() or not (read.fenced or looks_like_code(block)):
        raise AssistError("prose", "The model answered with prose instead of tests; nothing was added.")
    return block


def _check_tests(place: TestPlace, name: str, body: str, names: Sequence[str]) -> None:
    if not names:
        raise AssistError(
            "no_test", f"The answer holds no test for {place.framework.name}; nothing was added."
        )
    repeated = [one for one in names if one in place.names or names.count(one) > 1]
    if repeated:
        raise AssistError("repeated", f"There is a test {repeated[0]} already; nothing was added.")
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body) is None:
        raise AssistError("other_code", f"The answer does not test {name}; nothing was added.")
    symbols = SourceFile(body, path=place.path).symbols.definitions
    if any(one.name == name and not one.container for one in symbols):
        raise AssistError(
            "redefined", f"The answer defines {name} anew instead of testing it; nothing was added."
        )


def _spaced(with_imports: WithImports) -> WithImports:
    """Return `with_imports` that leaves two blank lines behind the imports of a new Python file."""

    def spaced(path: str, before: str, after: str, wanted: Sequence[NewImport]) -> str:
        text = with_imports(path, before, after, wanted)
        is_new = language_of(path=path).indentation_based and not before.strip() and text != after
        return text.removesuffix(after) + "\n" + after if is_new and text.endswith(after) else text

    return spaced


def _known_names(
    place: TestPlace, source: SourceFile, body: str, imports: _Imports, reader: WorkspaceReader
) -> frozenset[str]:
    """Return the names that need no definition.

    Those are the framework's where no import says them, those of the code's package, and what RSpec makes of symbols.
    """
    framework = place.framework
    if framework.home is Home.CLASS:
        code = SourceFile(reader.read_text(place.code) or "", path=place.code)
        own = {one.name for one in code.scopes.bindings if one.public} if code.scopes is not None else set()
        brought = [*imports.as_written, *source.lines]
        stars = any(re.match(r"import\b.*\.\*;?\s*$", line) for line in brought)
        return frozenset(own) | (framework.names if stars else frozenset())
    return framework.known_in(body, source.text)


# -- imports ---------------------------------------------------------------------------------------------------


def _imports(
    place: TestPlace,
    reader: WorkspaceReader,
    lines: Sequence[str],
    statements: Sequence[ImportStatement],
    body: str,
) -> _Imports:
    """Return the imports of an answer without those of modules that nobody knows.

    Where statements list names, or are sorted by everybody, names join those of the file; elsewhere, and where all of a
    module is imported, statements are taken as they are.
    """
    language = language_of(path=place.path)
    framework, known = place.framework, _Modules(place, reader)
    whole = [one for one in statements if framework.imports_stay or "*" in one.locals]
    wanted = [
        NewImport(module, original, local, one.form, one.type_only)
        for one in statements
        if one not in whole
        for module, original, local in language.imports.each(one)
        if known(module, original)
    ]
    wanted += _own_names(place, body, {one.local for one in wanted})
    there = {line.strip() for line in (place.text or "").splitlines()}
    written = (
        "\n".join(lines[one.start : one.end])
        for one in whole
        if all(known(module, original) for module, original, _ in language.imports.each(one))
    )
    return _Imports(tuple(wanted), tuple(one for one in dict.fromkeys(written) if one.strip() not in there))


def _statements(lines: Sequence[str], place: TestPlace) -> list[ImportStatement]:
    """Return the import statements at the margin of an answer; Ruby's bring in whatever a file defines."""
    language = language_of(path=place.path)
    found = [one for one in statements_in(lines, language.id) if not one.indent or language.imports.grouped]
    if language.imports.pattern is None and not found:
        matches = ((row, _REQUIRE.match(line)) for row, line in enumerate(lines))
        found = [
            ImportStatement(row, row + 1, "", match["module"], "module", (("*", "*"),))
            for row, match in matches
            if match is not None
        ]
    return found


def _own_names(place: TestPlace, body: str, imported: set[str]) -> Iterator[NewImport]:
    """Yield the names of the framework that tests use without an import, where it wants one."""
    framework = place.framework
    for name in sorted(framework.names) if framework.module else ():
        if name not in imported and re.search(rf"(?<![\w.]){re.escape(name)}(?=[(.])", body):
            whole = name == framework.module
            yield NewImport(framework.module, "" if whole else name, name, "module" if whole else "from")


class _Modules:
    """Tells whether a module that a model imports is known: of the language, the framework, a file of ours, or imported elsewhere."""

    def __init__(self, place: TestPlace, reader: WorkspaceReader) -> None:
        self._place, self._reader = place, reader
        self._files = FileIndex(reader.files())

    def __call__(self, module: str, name: str) -> bool:
        path, language = self._place.path, language_of(path=self._place.path)
        if any(self._place.framework.brings(one) for one in (module, f"{module}.{name}")):
            return True
        if language.imports.category(module).name == "STANDARD" and language.imports.cycles_fail:
            return True
        if file_of_import(self._files, path, name, module, language.id):
            return True
        words = re.findall(r"[^\W\d]\w*", module)
        found = self._reader.files_with(words, limit=8) if words else []
        return any(module in (self._reader.read_text(file) or "") for file in found)


# -- where they go ---------------------------------------------------------------------------------------------


def _placed(
    place: TestPlace, source: SourceFile, body: str, imports: _Imports, reader: WorkspaceReader
) -> Iterator[Replacement]:
    """Yield what is written where: the tests, and the imports that are taken as written among those of the file."""
    text, home = source.text, place.framework.home
    written: Sequence[str] = imports.as_written
    if home is Home.MODULE and (place.apart or _MODULE.search(text) is None):
        yield _new_module(place, text, body, written)
    elif not text.strip():
        if home is Home.CLASS:
            body = _class_of(place, body)
        if place.framework.loads:
            written = written or _requires(place, reader)
        head = "".join(f"{one}\n" for one in written)
        gap = "\n" if head else ""
        yield Replacement(
            0, len(text), f"{_package_of(reader.read_text(place.code) or '')}{head}{gap}{body}\n"
        )
    else:
        end = len(text) if home is Home.END else _end_of_block(place, source)
        yield from _among_imports(place, source, written)
        if home is Home.END:
            gap = "\n\n" if source.language.indentation_based else "\n"
            yield Replacement(end, end, ("" if text.endswith("\n") else "\n") + f"{gap}{body}\n")
        else:
            inner = _indented(_unwrapped(body), _member_indent(place, text))
            yield Replacement(end, end, f"\n{inner}\n")


def _package_of(code: str) -> str:
    """Return what a new test file begins with: the package of the code, where that says one."""
    match = _PACKAGE.search(code)
    return f"{match[0].strip()}\n\n" if match else ""


def _requires(place: TestPlace, reader: WorkspaceReader) -> list[str]:
    """Return the lines by which a new test file loads others: those of another one, else that of the code."""
    rows = (reader.read_text(place.like) or "").split("\n") if place.like else []
    found = [row for row in rows if re.match(r"require\b", row)]
    code = posixpath.relpath(posixpath.splitext(place.code)[0], posixpath.dirname(place.path) or ".")
    return found or [place.framework.loads.format(code)]


def _new_module(place: TestPlace, text: str, body: str, written: Sequence[str]) -> Replacement:
    """Return a new module of tests at the end of a Rust file, or the tests in the file that is the module."""
    uses = "\n".join(["use super::*;", *written])
    if place.apart:
        there = place.text or ""
        head = "" if re.search(r"^use super::", there, re.MULTILINE) else f"{uses}\n\n"
        return Replacement(len(there), len(there), ("\n" if there else "") + f"{head}{body}\n")
    lead = "\n" if text.endswith("\n") else "\n\n"
    module = f"#[cfg(test)]\nmod tests {{\n{_indented(uses, '    ')}\n\n{_indented(body, '    ')}\n}}\n"
    return Replacement(len(text), len(text), lead + module)


def _class_of(place: TestPlace, body: str) -> str:
    """Return tests in a class that is called as its file."""
    name = posixpath.splitext(posixpath.basename(place.path))[0]
    match = _CLASS.search(body)
    if match is None:
        return f"class {name} {{\n{_indented(body, '    ')}\n}}"
    return re.sub(rf"\b{match[1]}\b", name, body)


def _among_imports(place: TestPlace, source: SourceFile, written: Sequence[str]) -> Iterator[Replacement]:
    """Yield statements behind the last one of the file, or of the module of the tests."""
    if not written:
        return
    inside = _MODULE.search(source.text) if place.framework.home is Home.MODULE else None
    first = source.line_at(inside.end()) if inside is not None else 0
    found = statements_in(source.lines, source.language_id)
    package = _PACKAGE.search(source.text)
    behind = source.line_at(package.end()) if package is not None else 0
    if inside is not None:
        behind = first + 1
        while source.lines[behind].lstrip().startswith("use "):
            behind += 1
    elif found:
        behind = found[-1].end
    indent = "    " if inside else ""
    at = source.starts[behind]
    yield Replacement(at, at, "".join(f"{_indented(one, indent)}\n" for one in written))


def _end_of_block(place: TestPlace, source: SourceFile) -> int:
    """Return where the class or module that the tests go into closes."""
    text = source.text
    end = len(text)
    module = _MODULE.search(text) if place.framework.home is Home.MODULE else None
    if module is not None:
        row = source.line_at(module.end() - 1)
        around = [
            node for node in source.root.named_children if node.start_point.row <= row <= node.end_point.row
        ]
        if around:
            end = source.starts[around[-1].end_point.row] + len(source.lines[around[-1].end_point.row])
    end = text.rfind("}", 0, end)
    if end < 0:
        raise AssistError(
            "would_break", f"{place.path} has no class that tests could go into; nothing was added."
        )
    return end


def _unwrapped(body: str) -> str:
    """Return what is inside of the class or module that an answer puts around its tests."""
    match = _WRAPPER.search(body)
    return match[1] if match else body


def _indented(text: str, indent: str) -> str:
    """Return lines moved to an indentation together."""
    lines = text.strip("\n").split("\n")
    least = min((indent_width(line) for line in lines if line.strip()), default=0)
    return "\n".join(indent + line[least:] if line.strip() else "" for line in lines)


def _member_indent(place: TestPlace, text: str) -> str:
    match = next(place.framework.tests.finditer(text), None)
    if match is None:
        return "    "
    return leading_space(text[text.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0])
