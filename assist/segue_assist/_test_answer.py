"""From a model's answer to tests in a test file, and nothing else: checked before anybody sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_assist._answer import looks_like_code
from segue_assist._change import Replacement, guarded_change
from segue_assist._errors import AssistError
from segue_assist._rewrite_answer import read_rewrite
from segue_assist._test_frameworks import Home
from segue_assist._test_place import head_of_new
from segue_syntax import (
    NewImport,
    Project,
    SourceFile,
    indent_width,
    language_of,
    leading_space,
    statements_in,
    syntax_errors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_assist._change import Change, WithImports
    from segue_assist._test_place import TestPlace
    from segue_context import WorkspaceReader

_WRAPPER = re.compile(r"^[^\n{]*\b(?:class|mod)\s+\w+[^\n{]*\{\n(.*)^\}\s*\Z", re.MULTILINE | re.DOTALL)
_SUPER = re.compile(r"^[ \t]*use super::\*;\n?", re.MULTILINE)
_MODULE = re.compile(r"^#\[cfg\(test\)\]\s*(?:pub\s+)?mod\s+\w+\s*\{", re.MULTILINE)
_PACKAGE = re.compile(r"^package [^\n]+\n+", re.MULTILINE)


def new_tests_from(
    place: TestPlace,
    name: str,
    code: str,
    answer: str,
    *,
    reader: WorkspaceReader,
    cut: bool = False,
    with_imports: WithImports | None = None,
) -> tuple[Change, tuple[str, ...]]:
    """Return the change that adds the tests in `answer` to the file at `place`, and their names.

    They test `name`, which `code` defines. Raises `AssistError` for an answer without tests, with tests that are there
    already, with code that is no test, with names that nothing defines, or that does not parse.
    """
    block = _block(answer, cut=cut)
    language = language_of(path=place.path)
    lines = block.split("\n")
    statements = statements_in(lines, language.id)
    taken = {row for one in statements if not one.indent for row in range(one.start, one.end)}
    body = "\n".join(line for row, line in enumerate(lines) if row not in taken).strip("\n")
    names = place.framework.names_in(body)
    _check_tests(place, name, body, names)
    wanted = [
        NewImport(module, original, local, one.form, one.type_only)
        for one in statements
        for module, original, local in language.imports.each(one)
        if _exists(reader, place.path, module)
    ]
    text = place.text or ""
    source = SourceFile(text, path=place.path)
    at, written = _placed(place, source, body, code)
    change = guarded_change(
        source,
        [Replacement(at, at, written)],
        within=[(at, at)],
        reader=reader,
        title=f"Tests of {name}",
        notes=("They describe what the code does now, not what it should do.",),
        wanted=wanted,
        with_imports=with_imports,
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


def _exists(reader: WorkspaceReader, path: str, module: str) -> bool:
    """Whether a module that a model imports is known: of the language, a file of ours, or imported elsewhere."""
    language = language_of(path=path)
    if language.imports.category(module).name == "STANDARD" and language.imports.cycles_fail:
        return True
    project = Project(frozenset(reader.files()), reader.read_text)
    if language.modules.files_of(language.modules.file_of(module, path, project), project):
        return True
    words = re.findall(r"[^\W\d]\w*", module)
    return (
        any(module in (reader.read_text(file) or "") for file in reader.files_with(words, limit=8))
        if words
        else False
    )


def _placed(place: TestPlace, source: SourceFile, body: str, code: str) -> tuple[int, str]:
    """Return where new tests go in a file, and their text there."""
    text = source.text
    gap = "\n\n" if source.language.indentation_based else "\n"
    home = place.framework.home
    body = _PACKAGE.sub("", body).strip("\n")
    if home is Home.END or (home is Home.CLASS and not text.strip()):
        head = head_of_new(code) if not text.strip() else ""
        before = head if not text.strip() else gap if text.endswith("\n") else f"\n{gap}"
        return len(text), f"{before}{body}\n"
    inner = _SUPER.sub("", _unwrapped(body)).strip("\n")
    if home is Home.MODULE:
        match = _MODULE.search(text)
        if match is None:
            rows = "\n".join(f"    {row}" if row.strip() else row for row in _flush(inner))
            lead = "\n" if text.endswith("\n") else "\n\n"
            return len(text), f"{lead}#[cfg(test)]\nmod tests {{\n    use super::*;\n\n{rows}\n}}\n"
    end = text.rstrip().rfind("}")
    if end < 0:
        raise AssistError(
            "would_break", f"{place.path} has no class that tests could go into; nothing was added."
        )
    indent = _member_indent(place, text)
    rows = "\n".join(indent + row if row.strip() else row for row in _flush(inner))
    return end, f"\n{rows}\n"


def _unwrapped(body: str) -> str:
    """Return what is inside of the class or module that an answer puts around its tests."""
    match = _WRAPPER.search(body)
    return match[1] if match else body


def _flush(text: str) -> list[str]:
    """Return lines moved to the left margin together."""
    lines = text.split("\n")
    least = min((indent_width(line) for line in lines if line.strip()), default=0)
    return [line[least:] if line.strip() else "" for line in lines]


def _member_indent(place: TestPlace, text: str) -> str:
    match = next(place.framework.tests.finditer(text), None)
    if match is None:
        return "    "
    return leading_space(text[text.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0])


def replaced_body(text: str, path: str, line: int, end_line: int, call: str) -> str | None:
    """Return `text` with the body of the function at lines `line` to `end_line` (exclusive) replaced by `call`.

    None when that cannot be done so that the file still parses.
    """
    file = SourceFile(text, path=path)
    if file.tree is None:
        return None
    node = file.root
    while True:
        inner = [c for c in node.children if c.start_point.row <= line and c.end_point.row >= end_line - 1]
        if not inner:
            break
        node = inner[0]
    while node is not None and node.child_by_field_name("body") is None:
        if node.parent is None:
            return None
        node = node.parent
    body = node.child_by_field_name("body")
    assert body is not None
    opening = file.data[body.start_byte : body.start_byte + 1] == b"{"
    new = f"{{ {call} }}" if opening else call
    changed = (file.data[: body.start_byte] + new.encode() + file.data[body.end_byte :]).decode(
        "utf-8", "replace"
    )
    tree = SourceFile(changed, path=path).tree
    return changed if tree is not None and syntax_errors(tree) <= syntax_errors(file.tree) else None
