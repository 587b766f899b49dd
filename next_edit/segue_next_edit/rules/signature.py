"""A changed parameter list: its call sites and overrides follow, and a changed call asks for its definition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._calls import (
    Signature,
    enclosed,
    has_default,
    head_of,
    parameter_name,
    signature_at,
    split_list,
)
from segue_next_edit._candidates import Candidate
from segue_next_edit._tokens import indent_of, paired_lines, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Done, Situation
    from segue_syntax import SourceFile

_MAX_FILES = 40
_MAX_CALLS = 400
_LOOK_UP = 30
_LONG_LINE = 1000


@dataclass(frozen=True, slots=True)
class Changed:
    """A definition whose parameters changed, at `line` of `path` now."""

    path: str
    line: int
    end: int
    before: Signature
    after: Signature
    age: int


class SignatureRule:
    """Carries parameters added, removed, renamed or reordered to the calls and overrides."""

    kind = "signature"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield calls and overrides of changed definitions, then definitions of changed calls."""
        seen: set[tuple[str, str]] = set()
        for edit in sorted(situation.done, key=lambda e: e.age):
            for change in _changed(situation, edit):
                if (change.path, change.after.name) not in seen:
                    seen.add((change.path, change.after.name))
                    yield from self._uses(situation, change)
        yield from self._definitions(situation)

    def _uses(self, situation: Situation, change: Changed) -> Iterator[Candidate]:
        name = change.after.name
        called = re.compile(rf"(?<!\w){re.escape(name)}(?:<[^<>()]*>)?\(")
        if name in ("__init__", "constructor", "__new__", "initialize"):
            owner = _class_above(situation.lines(change.path), change.line)
            if not owner:
                return
            called = re.compile(rf"(?<![\w.])(?:\w+\.)?{re.escape(owner)}\(")
            name = owner
        added = [p for p in change.after.parameters if parameter_name(p) not in _named(change.before)]
        gone = [p for p in change.before.parameters if parameter_name(p) not in _named(change.after)]
        required = [p for p in added if not has_default(p)]
        found: list[Candidate] = []
        for path in situation.files_with(name, limit=_MAX_FILES):
            file = situation.file(path)
            if file is None:
                continue
            for line, text in file.lines_with(name):
                match = called.search(text) if len(text) <= _LONG_LINE else None
                if match is None or situation.is_touched(path, line, line + 1):
                    continue
                if path == change.path and change.line <= line <= change.end:
                    continue
                if situation.syntax_at(file, line, match.start()) != "code":
                    continue
                head = head_of(file.lines[line])
                defines = head is not None and head[0] == change.after.name
                column = match.end() - 1
                new, certain = (
                    _override(file, line, change) if defines else _call(file, line, column, change, situation)
                )
                end = line + 1 if new is None or defines else enclosed(file.lines, line, column)[1] + 1
                if new is not None and list(new) == file.lines[line:end]:
                    if not required:
                        continue  # the call is right as it is
                    new = None
                found.append(
                    Candidate(
                        path,
                        line,
                        end,
                        new,
                        "signature",
                        f"signature\0{change.path}\0{name}",
                        f"{name} takes other parameters now",
                        {
                            "age": float(min(change.age, 10)),
                            "override": float(defines),
                            "added": float(len(added)),
                            "gone": float(len(gone)),
                            "required": float(len(required)),
                            "content": float(new is not None),
                            "certain": float(certain),
                            "language": float(path.rsplit(".", 1)[-1] == change.path.rsplit(".", 1)[-1]),
                        },
                    )
                )
            if len(found) > _MAX_CALLS:
                break
        yield from found

    def _definitions(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the definition of a function whose call was given a keyword it does not have."""
        for edit in situation.done:
            if edit.age > 3:
                continue
            for before, after in paired_lines(edit.old, edit.new):
                for match in re.finditer(r"([^\W\d]\w*)\(", after):
                    if match[0] not in before or head_of(after):
                        continue
                    old, _, _ = enclosed([before], 0, before.index(match[0]) + len(match[1]))
                    new, _, _ = enclosed([after], 0, match.end() - 1)
                    if old is None or new is None or old == new:
                        continue
                    if len(split_list(old)) == len(split_list(new)) and old.strip() and new.strip():
                        continue
                    yield from self._definition(situation, match[1], edit)

    def _definition(self, situation: Situation, name: str, edit: Done) -> Iterator[Candidate]:
        for path in situation.files_with(name, limit=12):
            file = situation.file(path)
            if file is None:
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(name)}\s*[(<\[]", file.text):
                line = file.line_at(match.start())
                head = head_of(file.lines[line])
                if head and head[0] == name and not situation.is_touched(path, line, line + 1):
                    yield Candidate(
                        path,
                        line,
                        line + 1,
                        None,
                        "definition",
                        f"definition\0{name}",
                        f"a call of {name} changed",
                        {"age": float(min(edit.age, 10))},
                    )


def _named(signature: Signature) -> set[str]:
    return {parameter_name(parameter) for parameter in signature.parameters}


def _changed(situation: Situation, edit: Done) -> Iterator[Changed]:
    """Yield the definitions whose parameter list `edit` changed, told by their text before and after."""
    lines = situation.lines(edit.path)
    if not lines or edit.line > len(lines) or len(edit.new) > 200:
        return
    before = [*lines[: edit.line], *edit.old, *lines[edit.end :]]
    first = max(0, edit.line - _LOOK_UP)
    for at in range(first, min(edit.end + 1, len(lines))):
        now = signature_at(lines, at) if "(" in lines[at] else None
        if now is None:
            continue
        after, end, _ = now
        if end < edit.line or at >= edit.end:
            continue
        for old_at in range(first, min(edit.line + len(edit.old) + 1, len(before))):
            head = head_of(before[old_at]) if after.name in before[old_at] else None
            if head is None or head[0] != after.name:
                continue
            was = signature_at(before, old_at)
            if was is not None and was[0].parameters != after.parameters:
                yield Changed(edit.path, at, end, was[0], after, edit.age)
                break


def _class_above(lines: list[str], line: int) -> str:
    for at in range(line, -1, -1):
        match = re.match(r"\s*(?:export\s+)?(?:abstract\s+|final\s+|public\s+)*class\s+(\w+)", lines[at])
        if match:
            return match[1]
    return ""


def _override(file: SourceFile, line: int, change: Changed) -> tuple[tuple[str, ...] | None, bool]:
    """Return another definition's line with the same parameters changed, if it had the same ones."""
    here = signature_at(file.lines, line)
    if here is None or here[1] != line or here[0].parameters != change.before.parameters:
        return None, False
    text = file.lines[line]
    head = head_of(text)
    if head is None:
        return None, False
    inside = text[head[1] + 1 : here[2]]
    return (
        text[: head[1] + 1] + ", ".join(change.after.parameters) + text[head[1] + 1 + len(inside) :],
    ), True


def _call(
    file: SourceFile, line: int, column: int, change: Changed, situation: Situation
) -> tuple[tuple[str, ...] | None, bool]:
    """Return a call's lines with its arguments as the new parameters want them."""
    inside, end, close = enclosed(file.lines, line, column)
    if inside is None or "..." in inside or (end != line and re.search(r"#|//", inside)):
        return None, False
    arguments = [a.strip() for a in split_list(inside) if a.strip()]
    if any(a.startswith("*") for a in arguments):
        return None, False
    before = [parameter_name(p) for p in change.before.parameters[change.before.own :]]
    after = list(change.after.parameters[change.after.own :])
    given: dict[str, str] = {}
    keywords: dict[str, str] = {}
    for at, argument in enumerate(arguments):
        keyword = re.match(r"([^\W\d]\w*)\s*=(?!=)\s*", argument) if file.language.keyword_arguments else None
        if keyword:
            keywords[keyword[1]] = argument[keyword.end() :]
        elif at < len(before):
            given[before[at]] = argument
        else:
            return None, False
    names = [parameter_name(p) for p in after]
    renamed = _renames(before, names)
    given = {renamed.get(name, name): value for name, value in given.items()}
    keywords = {renamed.get(name, name): value for name, value in keywords.items()}
    result: list[str] = []
    certain = True
    by_name = False
    for name, parameter in zip(names, after, strict=True):
        if name in keywords:
            result.append(f"{name}={keywords[name]}")
            by_name = True
        elif name in given:
            result.append(f"{name}={given[name]}" if by_name else given[name])
        elif parameter in ("*", "/"):
            continue
        elif has_default(parameter):
            by_name = True
        elif _in_scope(file, line, name):
            result.append(f"{name}={name}" if by_name else name)
            certain = False
        else:
            elsewhere = _given_elsewhere(situation, change.after.name, name)
            if elsewhere is None:
                return None, False
            result.append(elsewhere)
            certain = False
    result += [f"{k}={v}" for k, v in keywords.items() if k not in names and k not in before]
    written = _written(file.lines, (line, column), (end, close), result)
    return written, certain and written is not None


def _written(
    lines: list[str], opening: tuple[int, int], closing: tuple[int, int], arguments: list[str]
) -> tuple[str, ...] | None:
    """Return the lines of a call with other arguments, laid out as it is: in the line, below it, or one a line."""
    (line, column), (end, close) = opening, closing
    head, tail = lines[line][: column + 1], lines[end][close:]
    if end == line:
        return (head + ", ".join(arguments) + tail,)
    between = lines[line + 1 : end]
    if lines[line][column + 1 :].strip() or lines[end][:close].strip() or not between:
        return None
    indent = indent_of(between[0])
    comma = "," if between[-1].rstrip().endswith(",") else ""
    last = lines[end][:close] + tail
    if len(between) == 1 and len([a for a in split_list(between[0]) if a.strip()]) != 1:
        return head, indent + ", ".join(arguments) + comma, last
    marks = [","] * (len(arguments) - 1) + [comma]
    rows = [f"{indent}{argument}{mark}" for argument, mark in zip(arguments, marks, strict=False)]
    return (head, *"\n".join(rows).split("\n"), last) if rows else (head + tail,)


def _renames(before: list[str], after: list[str]) -> dict[str, str]:
    """Return parameters that kept their position and changed their name."""
    gone = [name for name in before if name not in after]
    new = [name for name in after if name not in before]
    if len(gone) == len(new) and len(before) == len(after):
        return {g: n for g, n in zip(gone, new, strict=True) if before.index(g) == after.index(n)}
    return {}


def _in_scope(file: SourceFile, line: int, name: str) -> bool:
    """Whether a name is in use a little above a line, at that indentation or less."""
    return name in words_of(file.lines[max(0, line - 40) : line])


def _given_elsewhere(situation: Situation, function: str, parameter: str) -> str | None:
    """Return what another call was just given for the new parameter."""
    for edit in situation.done:
        for before, after in paired_lines(edit.old, edit.new):
            at = after.find(function + "(")
            was = before.find(function + "(")
            if at < 0 or was < 0 or head_of(after):
                continue
            now, _, _ = enclosed([after], 0, at + len(function))
            then, _, _ = enclosed([before], 0, was + len(function))
            if now is None or then is None:
                continue
            fresh = [
                a.strip() for a in split_list(now) if a.strip() not in [b.strip() for b in split_list(then)]
            ]
            if len(fresh) == 1:
                return fresh[0].removeprefix(parameter + "=")
    return None
