"""Where a new import statement goes in a file."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from segue_syntax import ModuleKind, language_of, scanner_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_syntax import ImportStatement, Language, NewImport, Project


_HEAD_LINES = 200


def place_of(
    lines: Sequence[str],
    statements: Sequence[ImportStatement],
    path: str,
    wanted: NewImport,
    project: Project,
    *,
    near: int | None,
) -> tuple[int, str]:
    """Return the line before which a new statement goes, and where it needs a blank line of its own.

    It goes to the statements of its category: by their order where they have one, or else to `near` or behind
    its like. Where there are none of its category, it begins a block.
    """
    language = language_of(path=path)
    if not statements:
        return (_head_end(lines, language), "below") if near is None else (near, "")

    def kind_of(module: str) -> ModuleKind:
        kind = language.imports.category(module)
        ours = kind is ModuleKind.PACKAGE and language.modules.file_of(module, path, project).startswith("./")
        return ModuleKind.OURS if ours else kind

    blocks = _blocks_of(lines, statements)
    kinds = [{kind_of(s.module) for s in block} for block in blocks]
    mine = kind_of(wanted.module)
    same = [block for block, kind in zip(blocks, kinds, strict=True) if mine in kind]
    if not same and len(blocks) == 1 and (len(kinds[0]) > 1 or language.imports.one_block):
        same = blocks
    if not same:
        before = [block for block, kind in zip(blocks, kinds, strict=True) if max(kind) < mine]
        return (before[-1][-1].end, "above") if before else (blocks[0][0].start, "below")

    def likeness(block: Sequence[ImportStatement]) -> tuple[bool, int, int]:
        alike = sum(s.form == wanted.form and kind_of(s.module) == mine for s in block)
        return alike > 0, max(_shared(s.module, wanted.module) for s in block), alike

    def keys(s: ImportStatement) -> tuple[tuple[Any, ...], ...]:
        name = s.names[0][0] if s.names and language.imports.types != "declared" else ""
        written = s.module.lower(), name.lower()
        kind = kind_of(s.module)
        return (kind, s.form != "module", *written), (kind, *written), (kind > ModuleKind.STANDARD, *written)

    block = max(same, key=likeness)
    rows, new = [keys(s) for s in block], keys(wanted.statement)
    for order, key in enumerate(new):
        column = [row[order] for row in rows]
        if column == sorted(column):
            at = bisect_right(column, key)
            return (block[at].start if at < len(block) else block[-1].end), ""
    if near is not None and block[0].start <= near <= block[-1].end:
        return near, ""
    kin = [s for s in block if kind_of(s.module) == mine and s.form == wanted.form]
    nearest = max(reversed(kin or block), key=lambda s: _shared(s.module, wanted.module))
    return nearest.end, ""


def _blocks_of(lines: Sequence[str], statements: Sequence[ImportStatement]) -> list[list[ImportStatement]]:
    """Return the statements in blocks, which a blank line ends."""
    blocks: list[list[ImportStatement]] = []
    for statement in statements:
        if blocks and all(line.strip() for line in lines[blocks[-1][-1].end : statement.start]):
            blocks[-1].append(statement)
        else:
            blocks.append([statement])
    return blocks


def _shared(one: str, other: str) -> int:
    """Return how many parts two modules have in common at the front."""
    parts = [re.split(r"[./]+", module) for module in (one, other)]
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*parts, strict=False)))


def _head_end(lines: Sequence[str], language: Language) -> int:
    """Return the first line after the file's opening comments, its docstring or directives, and its package clause."""
    syntax = language.imports
    if (opening := syntax.opening(lines)) > 0:
        return _past_blanks(lines, opening)
    at = int(bool(lines) and lines[0].startswith("#!"))
    head = list(lines[:_HEAD_LINES])
    text = "\n".join(head)
    end = sum(len(line) + 1 for line in head[:at])
    for kind, start, stop in scanner_of(language.id).regions(text, end):
        before, after = text[end:start].strip(" \t\n;"), text[stop:].split("\n", 1)[0].strip(" \t;")
        if before not in (syntax.opening_strings or ("",)) or (kind == "string" and after):
            break
        if kind == "string" and not syntax.opening_strings:
            break
        end = stop
        if kind == "string" and syntax.one_opening_string:
            break
    at = max(at, text.count("\n", 0, end) + 1 if end and not text[:end].endswith("\n") else at)
    at = _past_blanks(lines, at)
    if at < len(lines) and syntax.package_clause and lines[at].startswith("package "):
        at = _past_blanks(lines, at + 1)
    return at


def _past_blanks(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return min(at, len(lines))
