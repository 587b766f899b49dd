"""Names that a file uses and nothing binds any more or yet, and imported names that nothing uses any more."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_next_edit._bindings import is_free, is_needed
from segue_next_edit._tokens import WORD, words_of
from segue_syntax import (
    ImportStatement,
    declared_by,
    defined_by,
    kind_on_line,
    language_of,
    statements_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_NAMES = 100
_MAX_MISSING = 12
_PLAIN = frozenset(
    """
    if else elif for while return import from as in is not and or None True False self cls this new null undefined
    def class function const let var type interface export default async await yield try except raise with lambda
    """.split()  # noqa: SIM905
)
_KEPT = re.compile(r"noqa(?!:)|\bF401\b|unused")
"""A comment that says that an import may be without a use."""
_BOUND_BEFORE = re.compile(r"(?:\bfor |\blambda |,\s*|\(\s*|^\s*)\Z")
_BOUND_AFTER = re.compile(r"\s*(?:in\b|:=|=[^=>]|=>|:\s)")
_ANNOTATES = re.compile(r"(?:->|[\w)\]]\s*:)\s*[\w\[\]|., \"']*\Z")


def unused_names(situation: Situation, file: SourceFile) -> set[str]:
    """Return imported names whose last use was just removed."""
    taken = {word for edit in situation.done if edit.path == file.path for word in words_of(edit.old)}
    imported = {
        local
        for s in file.imports
        for local in s.locals
        if local in taken and not s.module.startswith("__future__") and not is_kept(file, s, local)
    }
    unused = {name for name in imported if not any(True for _ in uses_of(file, name))}
    return {name for name in unused if not is_needed(file, name, situation.project)}


def is_kept(file: SourceFile, statement: ImportStatement, name: str) -> bool:
    """Whether an import stands for more than its uses: it says so itself, or Go needs no use of it."""
    above = file.lines[max(0, statement.start - 1) : statement.start]
    written = file.lines[statement.start : statement.end]
    told = [line for line in above if "next-line" in line] + written
    return (
        any(_KEPT.search(line) for line in told)
        or any(re.search(rf"\b{name} as {name}\b", line) for line in written)
        or file.language.imports.is_needed(statement, name)
    )


def missing_names(situation: Situation, file: SourceFile) -> Iterator[str]:
    """Yield names that the edits left unbound: used in new lines, or used still while what bound them went."""
    edits = [edit for edit in situation.done if edit.path == file.path]
    bound = {local for s in file.imports for local in s.locals}
    unknown = "*" in bound and not file.language.imports.whole_packages  # any new name may come with a star
    touched = situation.touched[file.path]
    found = 0
    known = file.language.builtins
    for name in dict.fromkeys(_unbound(edits, file)):
        if (
            name not in bound
            and name not in known
            and any(True for _ in uses_of(file, name))
            and not bound_here(file, name)
        ):
            found += 1
            yield name
    seen: set[str] = set()
    for name in () if unknown else _new_words(edits, file):
        if name in bound or name in seen:
            continue
        seen.add(name)
        if len(seen) > _MAX_NAMES or found >= _MAX_MISSING:
            return
        # what untouched lines use without an import is known by other means
        if any(line not in touched for line in uses_of(file, name)) or bound_here(file, name):
            continue
        found += 1
        yield name


def only_annotates(situation: Situation, file: SourceFile, name: str) -> bool:
    """Whether every use of `name` is the annotation of a parameter, variable or result."""
    uses = list(_columns(file, name))
    touched = situation.touched.get(file.path, ())
    written = [use for use in uses if use[0] in touched]
    looked_at = written or [use for use in uses if use[0] not in file.import_lines]
    return bool(looked_at) and all(
        _ANNOTATES.search(file.lines[line], 0, column)
        and not file.lines[line].startswith(("(", "."), column + len(name))
        for line, column in looked_at
    )


def _unbound(edits: Sequence[Done], file: SourceFile) -> Iterator[str]:
    """Yield the names that imports and definitions bound which are no longer there, unless their edit binds them anew.

    Of an import statement over several lines, an edit may hold a part only.
    """
    language = file.language_id
    for edit in edits:
        if not file.import_lines.isdisjoint(range(edit.line, edit.line + max(1, len(edit.new)))):
            written = set(words_of(edit.new))
            yield from (name for name in words_of(edit.old) if name not in written and name not in _PLAIN)
        now = {local for s in statements_in(edit.new, language) for local in s.locals}
        now |= {name for line in edit.new for name in declared_by(line)}
        for statement in statements_in(edit.old, language):
            yield from (local for local in statement.locals if local not in now and local != "*")
        if not language_of(language).imports.qualified_only:
            for line in edit.old:
                if line[:1].strip():
                    yield from (name for name in declared_by(line) if name not in now)


def _new_words(edits: Sequence[Done], file: SourceFile) -> Iterator[str]:
    """Yield the names that new lines use and their old ones do not."""
    language = file.language_id
    known = _PLAIN | language_of(language).builtins
    for edit in edits:
        before = {name for line in edit.old for name in _referred(line, language)}
        for at, line in enumerate(edit.new, start=edit.line):
            if at in file.import_lines or at >= len(file.lines) or file.lines[at] != line:
                continue
            for match in WORD.finditer(line):
                name = match[0]
                if name in before or name in known or len(name) < 2:
                    continue
                if not _refers(line, match.start(), match.end(), language):
                    continue
                if _is_code(file, at, match.start()):
                    yield name


def _referred(line: str, language: str) -> Iterator[str]:
    """Yield the names that a line uses which no longer stands anywhere."""
    for match in WORD.finditer(line):
        if _refers(line, *match.span(), language) and kind_on_line(line, match.start(), language) == "code":
            yield match[0]


def _refers(line: str, start: int, end: int, language: str) -> bool:
    """Whether the word at `start` may be a name of the file's own: no member, no keyword argument, no key."""
    before = line[start - 1 : start]
    if before in ("$", "#") or (before == "." and line[max(0, start - 3) : start] != "..."):
        return False
    return language_of(language).imports.may_refer(line, start, end)


def _columns(file: SourceFile, name: str) -> Iterator[tuple[int, int]]:
    """Yield line and column of every occurrence of `name` as a whole word that may refer to it."""
    for at in file.offsets_of(name):
        line = file.line_at(at)
        column = at - file.starts[line]
        if _refers(file.lines[line], column, column + len(name), file.language_id):
            yield line, column


def uses_of(file: SourceFile, name: str) -> Iterator[int]:
    """Yield the lines outside of import statements that use `name`."""
    for line, column in _columns(file, name):
        if line not in file.import_lines and _is_code(file, line, column):
            yield line


def _is_code(file: SourceFile, line: int, column: int) -> bool:
    """Whether a word is code: in Python also an annotation in quotes, and what ``__all__`` lists."""
    offset = file.starts[line] + column
    where = file.regions.at(offset)
    if where != "string":
        return where == "code"
    return file.language.imports.is_code_in_string(file.text, offset)


def is_bound(situation: Situation, file: SourceFile, name: str) -> bool:
    """Whether a missing name needs no import after all: slower, for those of which a source is known."""
    if in_package(situation, file, name):
        return True
    return file.tree is not None and not is_free(file, name)


def in_package(situation: Situation, file: SourceFile, name: str) -> bool:
    """Whether another file of the package binds `name` for all of them."""
    declares = file.language.imports.declares_for_package(name)
    if declares is None:
        return False
    folder = posixpath.dirname(file.path)
    for path in situation.files_with(name):
        other = situation.file(path) if posixpath.dirname(path) == folder and path != file.path else None
        if (
            other is not None
            and other.language_id == file.language_id
            and file.language.imports.in_package_of(file.text, other.text)
            and declares.search(other.text)
        ):
            return True
    return False


def bound_here(file: SourceFile, name: str) -> bool:
    """Whether some line seems to define `name`, or to bind it as a parameter or loop variable."""
    text = file.text
    binds_before = file.language.imports.binds_before
    for at in file.offsets_of(name):
        end = at + len(name)
        if name in defined_by(file.lines[file.line_at(at)], file.language_id):
            return True
        before, after = text[max(0, at - 12) : at], text[end : end + 4]
        if _BOUND_BEFORE.search(before) and _BOUND_AFTER.match(after):
            return True
        if binds_before.search(before):
            return True
    return False
