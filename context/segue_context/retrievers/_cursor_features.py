"""The cursor as retrievers see it: words around it, names of the file, and what seems to be wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segue_syntax import KEYWORDS

if TYPE_CHECKING:
    from segue_context._types import CursorQuery

WORD = re.compile(r"[^\W\d]\w+")
_MEMBER = re.compile(r"([^\W\d]\w*)?(?:\s*(?:\(\s*\)|\[[^\[\]]*\]))?\s*(?:\.|->|::|\?\.)\s*(\w*)$")
_TYPE_PLACE = re.compile(
    r"(?:\b(?:new|extends|implements|except|raise|throws?|import|class)\b[^;]*|[:<]\s*)$"
)
_LEFT = re.compile(r"((?:[^\W\d]\w*\s*)?(?:\.|->|::|\(|\[|=|,|:|<|\s)\s*)\w*$")
_BEGUN = re.compile(r"\w+$")
_CALL = re.compile(r"([^\W\d]\w*)\s*\([^()]*$")
_LINE_CHARS = 1000
"""What tells of the cursor is near it; the patterns look for the end of a line from each of its characters."""


@dataclass(frozen=True)
class CursorFeatures:
    """One cursor. Everything here is computed from the query's text alone, and only when asked for."""

    query: CursorQuery

    @cached_property
    def before(self) -> list[str]:
        """The lines before the cursor's line."""
        return self.query.prefix.split("\n")[:-1]

    @cached_property
    def line(self) -> str:
        """The cursor's line up to the cursor, of a long one the end."""
        prefix = self.query.prefix
        return prefix[max(prefix.rfind("\n") + 1, len(prefix) - _LINE_CHARS) :]

    @cached_property
    def after(self) -> list[str]:
        """The lines after the cursor's line."""
        return self.query.suffix.split("\n")[1:]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every word of the file."""
        return frozenset(WORD.findall(self.query.prefix)) | frozenset(WORD.findall(self.query.suffix))

    @cached_property
    def receiver(self) -> str:
        """The name in front of the member access that is being typed, "" when none is."""
        found = _MEMBER.search(self.line)
        return (found[1] or "") if found else ""

    @cached_property
    def is_member(self) -> bool:
        """Whether a member of something is being typed."""
        return _MEMBER.search(self.line) is not None

    @cached_property
    def left_mark(self) -> str:
        """The end of the line that a name follows: ``self.``, ``raise``, ``foo(``; "" when there is none."""
        found = _LEFT.search(self.line)
        return found[1].rstrip() if found else ""

    @cached_property
    def callee(self) -> str:
        """The function whose arguments are being typed, "" when none is."""
        found = _CALL.search(self.line)
        return found[1] if found else ""

    @cached_property
    def wants_definitions(self) -> bool:
        """Whether a name of something defined elsewhere is being typed: a member, an argument, a type.

        Otherwise a statement begins or goes on, and similar windows tell more.
        """
        return self.is_member or bool(self.callee) or _TYPE_PLACE.search(self.line) is not None

    def words(self, before: int, after: int) -> list[str]:
        """Return the words of the cursor's line and of some lines around it, nearest first, each once.

        The word that is being typed is none of them: it is not known yet which it becomes.
        """
        lines = [
            _BEGUN.sub("", self.line),
            *reversed(self.before[max(0, len(self.before) - before) :] if before else []),
        ]
        lines += self.after[:after]
        words = dict.fromkeys(word for line in lines for word in WORD.findall(line))
        return [word for word in words if word not in KEYWORDS]
