"""How to add a name to a file's imports, and how to take one away, as the file itself writes them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from segue_next_edit.imports._places import place_of
from segue_syntax import (
    TYPE_CHECKING_BLOCK,
    FileImports,
    constants_first,
    header_of,
    language_of,
    listed_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_syntax import ImportStatement, NewImport, Project


_GOES_ON = re.compile(r"\\\s*$|^[^#]*;\s*[^\s/#]")
"""Something else follows on a statement's line, or the statement on the next line."""
_WRAPPED = 88
"""Longer lines of Python are wrapped."""


def without_names(
    lines: list[str], statement: ImportStatement, language_id: str, gone: set[str]
) -> list[str] | None:
    """Return `lines` with the local names `gone` taken out of `statement`; None when that is not clear."""
    kept = [pair for pair in statement.names if pair[1] not in gone]
    start, end = statement.start, statement.end
    if any(_GOES_ON.search(line) for line in lines[start:end]):
        return None
    if not kept:
        return _without_statement(lines, statement, language_id)
    if end - start == 1:
        line = lines[start]
        for name, local in statement.names:
            if local in gone:
                written = (
                    re.escape(name)
                    if name == local
                    else rf"{re.escape(name)}\s*(?:as|:)\s*{re.escape(local)}"
                )
                if name == "default":
                    written = re.escape(local)
                line = (
                    re.sub(rf"(?<![\w.])(?:type\s+)?{written}(?!\w)\s*,\s*", "", line, count=1)
                    if re.search(rf"(?<![\w.])(?:type\s+)?{written}(?!\w)\s*,", line)
                    else re.sub(rf"\s*,\s*(?:type\s+)?{written}(?!\w)", "", line, count=1)
                )
        return [*lines[:start], line, *lines[end:]]
    result = list(lines)
    for at in range(end - 1, start - 1, -1):
        inner = listed_names(result[at])
        if len(inner) == 1 and inner[0][1] in gone and result[at].strip().rstrip(",") not in ("(", ")"):
            del result[at]
    return result if len(result) == len(lines) - sum(1 for p in statement.names if p[1] in gone) else None


def _without_statement(lines: list[str], statement: ImportStatement, language_id: str) -> list[str] | None:
    """Return `lines` without the whole statement, and without the gap or the empty block that it would leave."""
    start, end = statement.start, statement.end
    if statement.indent and language_of(language_id).imports.in_blocks:
        cut = _start_without(lines, statement)
        if cut is None:
            return None
        gap = cut < start and not "".join((*lines[cut - 1 : cut], *lines[end : end + 1])).strip()
        return lines[:cut] + lines[end + gap :]
    above, below = lines[start - 1 : start], lines[end : end + 1]
    if above[:1] == ["import ("] and below[:1] == [")"]:
        start, end = start - 1, end + 1
        above, below = lines[start - 1 : start], lines[end : end + 1]
    first_of_block = not above or not above[0].strip() or above[0].rstrip().endswith("(")
    last_of_block = bool(below) and (not below[0].strip() or below[0].strip() == ")")
    if first_of_block and last_of_block:
        if not below[0].strip():
            end += 1
        elif above and not above[0].strip():
            start -= 1
    return lines[:start] + lines[end:]


def _start_without(lines: Sequence[str], statement: ImportStatement) -> int | None:
    """Return where to cut so that an indented statement goes: with its ``if TYPE_CHECKING`` when nothing else is in it.

    None when an attempt to import would lose its point, or a block its only line.
    """
    start, indent = statement.start, statement.indent
    header = header_of(lines, statement)
    if header.strip().startswith(("try", "except", "else", "finally")):
        return None
    following = next((line for line in lines[statement.end :] if line.strip()), "")
    code = (line for line in reversed(lines[:start]) if line.strip() and not line.strip().startswith("#"))
    above = next(code, "")
    if following.startswith(indent) or above != header:
        return start
    lone = (
        TYPE_CHECKING_BLOCK.match(header)
        and lines[start - 1] == header
        and not following.startswith(("else", "elif"))
    )
    return start - 1 if lone else None


def with_name(
    lines: list[str],
    statements: Sequence[ImportStatement],
    path: str,
    wanted: NewImport,
    project: Project,
    *,
    near: int | None = None,
) -> list[str] | None:
    """Return `lines` of the file at `path` with the import that is wanted; None when it is not clear how.

    It joins the statement of its module, or gets one of its own: among its like, or at line `near` where they are in
    no order.
    """
    language = language_of(path=path)
    syntax, modules = language.imports, language.modules
    scope = syntax.scope(wanted, FileImports(lines, statements))
    apart = any(s.type_only for s in statements)
    if wanted.form in ("from", "require from") and syntax.lists_names and not _one_name_each(scope):
        same = [
            s
            for s in scope
            if modules.bare(s.module) == modules.bare(wanted.module)
            and s.form == wanted.form
            and s.names
            and s.names[0][0] != "*"
        ]
        same.sort(key=lambda s: s.type_only != wanted.type_only)
        if same and (same[0].type_only == wanted.type_only or not apart):
            return _extended(lines, same[0], wanted.written)
    joined = syntax.beside(wanted, scope[0]) if len(scope) == 1 else None
    if joined is not None:
        return [*lines[: scope[0].start], *joined, *lines[scope[0].end :]]
    text = syntax.write(wanted, FileImports(lines, scope))
    if text is None:
        return None
    at, blank = place_of(lines, scope, path, wanted, project, near=near)
    above, below = [""] if blank == "above" else [], [""] if blank == "below" else []
    return [*lines[:at], *above, text, *below, *lines[at:]]


def _one_name_each(statements: Sequence[ImportStatement]) -> bool:
    """Whether a file writes a statement for each name: some module has two of them, and none lists two names."""
    named = [s for s in statements if s.form == "from" and not s.type_only]
    return len({s.module for s in named}) < len(named) and all(len(s.names) < 2 for s in named)


def _place_in(names: Sequence[str], new: str) -> int:
    """Return where a name goes in a list: by its order, or at the end when it is in none of the usual ones."""

    def by_case(name: str) -> Any:
        return name

    for key in (constants_first, by_case, str.lower):
        keys: list[Any] = [key(name) for name in names]
        if keys == sorted(keys):
            return bisect_right(keys, key(new))
    return len(names)


def _extended(lines: list[str], statement: ImportStatement, written: str) -> list[str] | None:
    start, end = statement.start, statement.end
    if any(line.rstrip().endswith("\\") for line in lines[start:end]):
        return None
    names = [name if name == local else f"{name} as {local}" for name, local in statement.names]
    at = _place_in(names, written)
    if end - start == 1:
        new = _in_line(lines[start], names, at, written)
        if len(new) > _WRAPPED and "import (" not in new and new.startswith("from "):
            head = new[: new.index(" import ") + 8]
            remark = re.search(r"(?:  #.*)?\Z", new)
            listed = [*names[:at], written, *names[at:]]
            opening = f"{head}({remark[0] if remark else ''}"
            return [*lines[:start], opening, *(f"    {name}," for name in listed), ")", *lines[end:]]
        return [*lines[:start], new, *lines[end:]]
    rows = [
        row
        for row in range(start, end)
        if len(listed_names(lines[row])) == 1 and "(" not in lines[row] and "{" not in lines[row]
    ]
    if len(rows) != len(names):
        return None
    row = rows[at] if at < len(names) else rows[-1] + 1
    model = lines[rows[0]]
    result = list(lines)
    comma = "," if lines[rows[-1]].rstrip().endswith(",") or at < len(names) else ""
    if at == len(names) and not comma:
        if re.search("#|//", result[rows[-1]]):
            return None
        result[rows[-1]] = result[rows[-1]].rstrip() + ","
    result.insert(row, model[: len(model) - len(model.lstrip())] + written + comma)
    return result


def _in_line(line: str, names: list[str], at: int, written: str) -> str:
    """Return an import statement of one line with one more name before the one at `at`, or at the end."""
    if at < len(names):
        head = line.find(" import ") if " import " in line else line.find("{")
        first = re.escape(names[at].split()[0])
        rest = re.sub(
            rf"(?<=[\s{{,(]){first}(?!\w)", lambda m: f"{written}, {m[0]}", line[head + 1 :], count=1
        )
        return line[: head + 1] + rest
    last = re.escape(names[-1].split()[-1])
    listed = line[: line.index("}")] if "}" in line else line.split("#", maxsplit=1)[0]
    position = max((m.end() for m in re.finditer(rf"(?<!\w){last}(?!\w)", listed)), default=len(listed))
    return f"{line[:position]}, {written}{line[position:]}"
