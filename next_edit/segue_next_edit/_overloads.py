"""Functions of one name that differ in their parameters: which of them a name means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_next_edit._arguments import given_in
from segue_next_edit._calls import OPENING, Call, Signature, enclosed, split_list

if TYPE_CHECKING:
    from collections.abc import Collection

    from segue_syntax import SourceFile
    from segue_syntax.scopes import Binding, Occurrence, Scopes

_NAMED = re.compile(r"(.*[\s*&>\]])\w+\Z", re.DOTALL)


class Overloads:
    """The functions that have a renamed one's name, those that were renamed and the others."""

    def __init__(
        self, file: SourceFile, scopes: Scopes, binding: Binding, renamed: Collection[tuple[int, int]]
    ) -> None:
        """Tell those whose name is at a `renamed` line and column from others; alone, a function is meant everywhere."""
        self.file = file
        self._own: list[Signature] = []
        self._others: list[Signature] = []
        if not file.language.overloads or len(binding.insides) < 2:
            return
        for one in scopes.references(binding):
            if one.role == "definition" and (call := _opened(file, scopes, one)) is not None:
                is_own = scopes.place(one)[:2] in renamed
                (self._own if is_own else self._others).append(_signature(call, binding.name))
        known = set(map(_types, self._own))
        self._others = [one for one in self._others if _types(one) not in known]

    def means(self, file: SourceFile, scopes: Scopes, occurrence: Occurrence) -> bool | None:
        """Return whether a use of the name means a renamed function; None where its arguments do not tell."""
        if not self._own or not self._others:
            return True
        call = _opened(file, scopes, occurrence)
        if call is None:
            return None
        if occurrence.role == "definition":
            types = _types(_signature(call, occurrence.name))
            if types in map(_types, self._own):
                return True
            return None if len(types) in {len(_types(one)) for one in self._own} else False
        given = given_in(call)
        if given is None:
            return None
        language = self.file.language
        others = any(given.fits(one, language) for one in self._others)
        if any(given.fits(one, language) for one in self._own):
            return None if others else True
        return False if others else None


def _opened(file: SourceFile, scopes: Scopes, at: Occurrence) -> Call | None:
    """Return a name with the bracket behind it."""
    line, _, end = scopes.place(at)
    found = OPENING.match(file.lines[line], end)
    return None if found is None else Call(file, line, found.end() - 1, sure=True)


def _signature(call: Call, name: str) -> Signature:
    inside, _, _ = enclosed(call.file.lines, call.line, call.column)
    return Signature(name, tuple(part.strip() for part in split_list(inside or "") if part.strip()))


def _types(signature: Signature) -> tuple[str, ...]:
    """Return the types of the parameters as written."""
    return tuple(_type(parameter.partition("=")[0].strip()) for parameter in signature.parameters)


def _type(parameter: str) -> str:
    _, colon, behind = parameter.partition(":")
    if colon and not behind.startswith(":"):
        return behind.strip()
    named = _NAMED.match(parameter)
    return parameter if named is None else named[1].strip()
