"""What can be shown of a change while a model writes it: the code inside the first fence of its answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_OPENING = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n", re.MULTILINE)


class CodePreview:
    """Passes on the code of a streamed answer line by line; reasoning and talk are not shown."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._text = ""
        self._marks = ""
        self._over = False

    def feed(self, piece: str) -> None:
        """Take the next piece of the answer."""
        if self._over:
            return
        self._text += piece
        if not self._marks:
            self._text = self._after_reasoning()
            match = _OPENING.search(self._text)
            if match is None or self._text.lstrip().startswith("<think"):
                return
            self._marks, self._text = match[1], self._text[match.end() :]
        end = self._text.rfind("\n") + 1
        code, self._text = self._text[:end], self._text[end:]
        for line in code.splitlines(keepends=True):
            if line.strip() == self._marks:
                self._over = True
                return
            self._show(line)

    def _after_reasoning(self) -> str:
        """Return the answer without reasoning that is over; reasoning that goes on holds everything back."""
        return self._text.rpartition("</think>")[2]
