"""How to add a name to a file's imports, and how to take one away, as the file itself writes them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._imports import DOTTED, JS, go_package, names_in
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit._imports import Statement

_WRAPPED = 88
"""Longer lines of Python are wrapped."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`name` of `module`, known as `local`, imported by a statement of `form` (as `Statement.form`)."""

    module: str
    name: str
    local: str
    form: str

    @property
    def written(self) -> str:
        """The name as a statement lists it."""
        return self.name if self.name == self.local else f"{self.name} as {self.local}"


def without_names(lines: list[str], statement: Statement, gone: set[str]) -> list[str] | None:
    """Return `lines` with the local names `gone` taken out of `statement`; None when that is not clear."""
    kept = [pair for pair in statement.names if pair[1] not in gone]
    start, end = statement.start, statement.end
    if not kept:
        rest = lines[:start] + lines[end:]
        first_of_block = start == 0 or not lines[start - 1].strip()
        last_of_block = end < len(lines) and not lines[end].strip()
        if first_of_block and last_of_block and start > 0:
            del rest[start]
        return rest
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
        inner = names_in(result[at])
        if len(inner) == 1 and inner[0][1] in gone and result[at].strip().rstrip(",") not in ("(", ")"):
            del result[at]
    return result if len(result) == len(lines) - sum(1 for p in statement.names if p[1] in gone) else None


def with_name(
    lines: list[str], statements: Sequence[Statement], language_id: str, wanted: Wanted
) -> list[str] | None:
    """Return `lines` with the import that is wanted added where such files have it; None when that is not clear."""
    if wanted.form in ("from", "require from") and language_id not in DOTTED:
        for statement in statements:
            same = (
                statement.module == wanted.module and statement.form == wanted.form and not statement.indent
            )
            if same and statement.names and statement.names[0][0] != "*":
                return _extended(lines, statement, wanted.written)
    text = _new_statement(lines, statements, language_id, wanted)
    if text is None:
        return None
    at, blank = _place(lines, statements, language_id, wanted)
    above, below = [""] if blank == "above" else [], [""] if blank == "below" else []
    return [*lines[:at], *above, text, *below, *lines[at:]]


def _extended(lines: list[str], statement: Statement, written: str) -> list[str] | None:
    start, end = statement.start, statement.end
    names = [name if name == local else f"{name} as {local}" for name, local in statement.names]
    at = _sorted_place(names, written)
    if end - start == 1:
        new = _in_line(lines[start], names, at, written)
        if len(new) > _WRAPPED and "import (" not in new and new.startswith("from "):
            head = new[: new.index(" import ") + 8]
            listed = [*names[:at], written, *names[at:]]
            return [*lines[:start], head + "(", *(f"    {name}," for name in listed), ")", *lines[end:]]
        return [*lines[:start], new, *lines[end:]]
    rows = [
        row
        for row in range(start, end)
        if len(names_in(lines[row])) == 1 and "(" not in lines[row] and "{" not in lines[row]
    ]
    if len(rows) != len(names):
        return None
    row = rows[at] if at < len(names) else rows[-1] + 1
    model = lines[rows[0]]
    result = list(lines)
    comma = "," if lines[rows[-1]].rstrip().endswith(",") or at < len(names) else ""
    if at == len(names) and not comma:
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


def _sorted_place(names: list[str], name: str) -> int:
    """Return where `name` goes: in the order the names are in, or at the end when they are in none."""
    for order in (_as_written, _any_case, _constants_first):
        keys = [order(n) for n in names]
        if keys == sorted(keys):
            mine = order(name)
            return next((at for at, key in enumerate(keys) if key > mine), len(names))
    return len(names)


def _as_written(name: str) -> tuple[int, str]:
    return 0, name


def _any_case(name: str) -> tuple[int, str]:
    return 0, name.lower()


def _constants_first(name: str) -> tuple[int, str]:
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _new_statement(
    lines: Sequence[str], statements: Sequence[Statement], language_id: str, wanted: Wanted
) -> str | None:
    module, name, local, form, written = wanted.module, wanted.name, wanted.local, wanted.form, wanted.written
    if language_id == "python":
        if form == "from":
            return f"from {module} import {written}"
        return (
            f"import {module}" if local == module.split(".", maxsplit=1)[0] else f"import {module} as {local}"
        )
    if language_id in JS:
        sample = lines[statements[-1].end - 1] if statements else ""
        quote = '"' if '"' in sample else "'"
        stop = ";" if not statements or sample.rstrip().endswith(";") else ""
        spaced = not any(re.search(r"\{\w", lines[s.start]) for s in statements)
        inner = f"{{ {written} }}" if spaced else f"{{{written}}}"
        forms = {
            "from": f"import {inner} from {quote}{module}{quote}{stop}",
            "default": f"import {local} from {quote}{module}{quote}{stop}",
            "namespace": f"import * as {local} from {quote}{module}{quote}{stop}",
            "require": f"const {local} = require({quote}{module}{quote}){stop}",
            "require from": f"const {inner} = require({quote}{module}{quote}){stop}",
        }
        return forms.get(form)
    if language_id == "go":
        alias = "" if go_package(module) == local else f"{local} "
        indented = any(s.indent for s in statements)
        return f'\t{alias}"{module}"' if indented else None
    if language_id in DOTTED:
        return f"import {module}.{name}" + (";" if language_id == "java" else "")
    if language_id == "rust":
        return f"use {module}::{written};"
    return None


def _place(
    lines: Sequence[str], statements: Sequence[Statement], language_id: str, wanted: Wanted
) -> tuple[int, str]:
    """Return the line before which a new statement goes, and where it needs a blank line of its own."""
    module, form, name = wanted.module, wanted.form, wanted.name
    flat = [s for s in statements if not s.indent or language_id == "go"]
    if not flat:
        return _head_end(lines, language_id), "below"
    blocks: list[list[Statement]] = [[flat[0]]]
    for statement in flat[1:]:
        between = lines[blocks[-1][-1].end : statement.start]
        if all(line.strip() for line in between):
            blocks[-1].append(statement)
        else:
            blocks.append([statement])
    mine = _category(module, language_id)
    ranks = [max(map(_category, [s.module for s in block], [language_id] * len(block))) for block in blocks]
    same = [block for block, rank in zip(blocks, ranks, strict=True) if rank == mine]
    if not same:
        same = [block for block in blocks if any(_category(s.module, language_id) == mine for s in block)]
    if not same and len(blocks) == 1 and len({_category(s.module, language_id) for s in flat}) > 1:
        same = blocks
    if not same:
        before = [block for block, rank in zip(blocks, ranks, strict=True) if rank < mine]
        if before:
            return before[-1][-1].end, "above"
        return blocks[0][0].start, "below"
    block = same[-1]
    key = _order(module, form, language_id, name)
    keys = [_order(s.module, s.form, language_id, s.names[0][0] if s.names else "") for s in block]
    if keys == sorted(keys):
        for statement, other in zip(block, keys, strict=True):
            if other > key:
                return statement.start, ""
    kin = [s for s in block if s.form == form and (s.module.startswith(".") == module.startswith("."))]
    return (kin or block)[-1].end, ""


def _order(module: str, form: str, language_id: str, name: str) -> tuple[int, str]:
    if language_id == "python":
        return (form == "from"), module.lower()
    return 0, f"{module}.{name}" if language_id in DOTTED else module.lower()


def _category(module: str, language_id: str) -> int:
    """Return 0 for the language's own modules, 1 for packages, 2 for relative ones."""
    if module.startswith("."):
        return 2
    if language_id == "python":
        root = module.split(".", maxsplit=1)[0]
        return -1 if root == "__future__" else 0 if root in sys.stdlib_module_names else 1
    if language_id == "go":
        return 0 if "." not in module.split("/", maxsplit=1)[0] else 1
    if language_id in JS:
        return 0 if module.startswith("node:") else 1
    return 0


def _head_end(lines: Sequence[str], language_id: str) -> int:
    """Return the first line after the file's opening comment or docstring."""
    marker = language_of(language_id).line_comment or "\0"
    at = 0
    while at < len(lines) and (lines[at].startswith((marker, "#!", "/*", " *")) or not lines[at].strip()):
        at += 1
    if language_id == "python" and at < len(lines) and lines[at].startswith(('"""', "'''")):
        mark = lines[at][:3]
        if lines[at].count(mark) < 2:
            at += 1
            while at < len(lines) and mark not in lines[at]:
                at += 1
        at += 1
        while at < len(lines) and not lines[at].strip():
            at += 1
    return min(at, len(lines))
