"""The arguments of a call as a changed parameter list wants them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._calls import enclosed, head_of, parameter_name, split_list
from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._tokens import WORD, paired_lines
from segue_syntax import leading_space
from segue_syntax.scopes import visible_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_next_edit._calls import Call, Signature
    from segue_next_edit._signatures import Changed
    from segue_next_edit._situation import Situation
    from segue_syntax import Language

_NAMED = {
    "=": re.compile(r"([^\W\d]\w*)\s*=(?![=>])\s*"),
    ":": re.compile(r"([^\W\d]\w*)\s*:(?!:)\s*"),
}
_DEFINITIONS = frozenset({"function", "class", "import", "type"})
_BEGIN, _END = "\ue000", "\ue001"
"""Characters that nobody writes: they enclose a place to fill in until the call is laid out."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives, as written: values by position, and by keyword where the language has such."""

    values: tuple[str, ...]
    keywords: dict[str, str]

    def fits(self, signature: Signature, language: Language) -> bool:
        """Whether a definition with this signature can be called so."""
        parameters = [p for p in signature.parameters[signature.own :] if p not in ("*", "/")]
        names = [parameter_name(p) for p in parameters]
        if any(_collects(p) for p in parameters):
            return True
        least = [n for n, p in zip(names, parameters, strict=True) if not signature.may_omit(p, language)]
        given = {*names[: len(self.values)], *self.keywords}
        return len(self.values) <= len(names) and set(self.keywords) <= set(names) and given >= set(least)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A call's `lines` with other arguments; at `placeholder` (line in them, first and last column) is one to fill in."""

    lines: tuple[str, ...]
    placeholder: tuple[int, int, int] | None = None


def given_in(call: Call) -> Given | None:
    """Return the arguments of a call; None where they cannot be told, such as for unpacked ones."""
    inside, end, _ = enclosed(call.file.lines, call.line, call.column)
    if inside is None or (end != call.line and re.search(r"#|//", inside)):
        return None
    values: list[str] = []
    keywords: dict[str, str] = {}
    named = _NAMED.get(call.file.language.named_arguments.strip())
    for argument in (part.strip() for part in split_list(inside)):
        if argument.startswith(("*", "...")) or argument.endswith("..."):
            return None
        keyword = None if named is None else named.match(argument)
        if keyword:
            keywords[keyword[1]] = argument[keyword.end() :]
        elif argument:
            values.append(argument)
    return Given(tuple(values), keywords)


def rewritten(situation: Situation, call: Call, given: Given, change: Changed) -> Rewritten | None:
    """Return a call as the new parameters want it; None where that cannot be told."""
    arguments = _arguments(situation, call, given, change)
    if arguments is None:
        return None
    written = _laid_out(call, arguments)
    return None if written is None else _with_placeholder(written)


def together(line: str, calls: Sequence[tuple[Call, Rewritten]]) -> Rewritten:
    """Return a line in which several calls become what they do alone; of one inside another only the inner does."""
    pieces: list[tuple[int, int, str, tuple[int, int, int] | None]] = []
    for call, one in sorted(calls, key=lambda pair: -pair[0].column):
        _, _, close = enclosed(call.file.lines, call.line, call.column)
        if not pieces or close <= pieces[-1][0]:
            inside = one.lines[0][call.column + 1 : len(one.lines[0]) - (len(line) - close)]
            pieces.append((call.column + 1, close, inside, one.placeholder))
    text, placeholder, shift = "", None, 0
    at = 0
    for first, last, inside, place in reversed(pieces):
        if placeholder is None and place is not None:
            placeholder = (0, place[1] + shift, place[2] + shift)
        text += line[at:first] + inside
        shift += len(inside) - (last - first)
        at = last
    return Rewritten((text + line[at:],), placeholder)


def _arguments(situation: Situation, call: Call, given: Given, change: Changed) -> list[str] | None:
    before = [parameter_name(p) for p in _fixed(change.before)]
    after = _fixed(change.after)
    names = [parameter_name(p) for p in after]
    if len(given.values) > len(before):
        return None
    renamed = _renames(before, names)
    by_position = {renamed.get(n, n): value for n, value in zip(before, given.values, strict=False)}
    keywords = {renamed.get(name, name): value for name, value in given.keywords.items()}
    positional: list[str] = []
    late: dict[str, str] = {}
    by_name = False
    language = call.file.language
    named_only = change.after.named_only(language)
    for name, parameter in zip(names, after, strict=True):
        if name in keywords or (name not in by_position and change.after.may_omit(parameter, language)):
            by_name = True
            continue
        value = by_position.get(name) or _new_value(situation, call, change, name, parameter)
        by_name = by_name or (name in named_only and name not in by_position)
        if by_name and not language.named_arguments:
            return None
        if by_name:
            late[name] = value
        else:
            positional.append(value)
    named = {k: v for k, v in keywords.items() if k in names or k not in before} | late
    if language.documentation.labelled_parameters:  # labels have an order
        named = {name: named[name] for name in names if name in named}
    return positional + [name + language.named_arguments + value for name, value in named.items()]


def _fixed(signature: Signature) -> list[str]:
    """Return the parameters that a call can give one value: without a receiver and what collects the rest."""
    return [p for p in signature.parameters[signature.own :] if p != "/" and not _collects(p)]


def _collects(parameter: str) -> bool:
    return parameter.lstrip().startswith("*") or "..." in parameter


def _new_value(situation: Situation, call: Call, change: Changed, name: str, parameter: str) -> str:
    """Return what a call gives for a new parameter: what is in scope under its name, else a place to fill in."""
    file = call.file
    sigil = "$" if f"${name}" in parameter else ""
    if file.language.documentation.labelled_parameters:
        name = WORD.findall(parameter.partition(":")[0])[-1]
    elsewhere = _given_elsewhere(situation, change.after.name, name)
    if elsewhere is None and not file.lines_of(name):
        return f"{_BEGIN}{sigil}{name}{_END}"  # to find out what is in scope takes a walk through the file
    bindings = visible_at(file.data, file.language_id, call.line, call.column, file.tree)
    visible = {b.name for b in bindings if b.form not in _DEFINITIONS}
    if name in visible:
        return sigil + name
    known = elsewhere is not None and {*COMMON_WORDS, *(b.name for b in bindings)} >= set(
        WORD.findall(elsewhere)
    )
    return f"{_BEGIN}{elsewhere if elsewhere is not None and known else sigil + name}{_END}"


def _renames(before: list[str], after: list[str]) -> dict[str, str]:
    """Return parameters that kept their position and changed their name."""
    gone = [name for name in before if name not in after]
    new = [name for name in after if name not in before]
    if len(gone) == len(new) and len(before) == len(after):
        return {g: n for g, n in zip(gone, new, strict=True) if before.index(g) == after.index(n)}
    return {}


def _laid_out(call: Call, arguments: list[str]) -> tuple[str, ...] | None:
    """Return the lines of a call with other arguments, laid out as it is: in the line, below it, or one a line."""
    lines = call.file.lines
    _, end, close = enclosed(lines, call.line, call.column)
    head, tail = lines[call.line][: call.column + 1], lines[end][close:]
    if end == call.line:
        return (head + ", ".join(arguments) + tail,)
    between = lines[call.line + 1 : end]
    if lines[call.line][call.column + 1 :].strip() or lines[end][:close].strip() or not between:
        return _appended(call, arguments, end, close)
    indent = leading_space(between[0])
    comma = "," if between[-1].rstrip().endswith(",") else ""
    last = lines[end][:close] + tail
    if len(between) == 1 and len([a for a in split_list(between[0]) if a.strip()]) != 1:
        return head, indent + ", ".join(arguments) + comma, last
    marks = [","] * (len(arguments) - 1) + [comma]
    rows = [f"{indent}{argument}{mark}" for argument, mark in zip(arguments, marks, strict=False)]
    return (head, *"\n".join(rows).split("\n"), last) if rows else (head + tail,)


def _appended(call: Call, arguments: list[str], end: int, close: int) -> tuple[str, ...] | None:
    """Return a call over several lines with the last argument put behind the others, where only that is new."""
    lines = call.file.lines
    inside, _, _ = enclosed(lines, call.line, call.column)
    written = [part.strip() for part in split_list(inside or "") if part.strip()]
    if written != arguments[:-1] or not lines[end][:close].strip():
        return None
    last = lines[end][:close].rstrip()
    joint = " " if last.endswith(",") else ", "
    return (*lines[call.line : end], last + joint + arguments[-1] + lines[end][close:])


def _with_placeholder(lines: tuple[str, ...]) -> Rewritten:
    """Take the marks out; the first place to fill in is the one that an editor selects."""
    place: tuple[int, int, int] | None = None
    clean: list[str] = []
    for number, line in enumerate(lines):
        first = line.find(_BEGIN)
        if first >= 0 and place is None:
            place = number, first, line.index(_END, first) - 1
        clean.append(line.replace(_BEGIN, "").replace(_END, ""))
    return Rewritten(tuple(clean), place)


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
            known = [b.strip() for b in split_list(then)]
            fresh = [a.strip() for a in split_list(now) if a.strip() not in known]
            if len(fresh) == 1:
                return re.sub(rf"{parameter}\s*[=:]\s*", "", fresh[0])
    return None
