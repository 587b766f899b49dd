"""What the index says about files, remembered for the seconds in which it is asked again and again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

_T = TypeVar("_T")

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from segue_context._types import Import, Snippet, Symbol, WorkspaceReader

REMEMBERED_S = 3.0
"""An answer may be as old as this: the files around the cursor's change slowly while one types."""

_MOST = 600


class Remembered:
    """What is asked of the index again and again while one types in another file; safe to use from several threads."""

    def __init__(self, reader: WorkspaceReader, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions in a file."""
        return self._kept(("symbols", path), lambda: self._reader.symbols_in(path))

    def imports_of(self, path: str) -> list[Import]:
        """Return what a file imports."""
        return self._kept(("imports", path), lambda: self._reader.imports_of(path))

    def search(self, words: Sequence[str], *, limit: int, exclude: str) -> list[Snippet]:
        """Return the best-matching windows of lines for `words`, best first, nothing of the file `exclude`."""
        key = (*words, limit, exclude)
        return self._kept(key, lambda: self._reader.search(words, limit=limit, exclude=exclude))

    def _kept(self, key: Hashable, ask: Callable[[], _T]) -> _T:
        now = self._clock()
        known = self._answers.get(key)
        if known is None or now - known[0] > REMEMBERED_S:
            known = (now, ask())
            self._answers.pop(key, None)  # the newest comes last
            self._answers[key] = known
            self._trim(now)
        answer: _T = known[1]
        return answer

    def _trim(self, now: float) -> None:
        """Drop what is too old to be given again: the answers of searches are whole windows of code."""
        try:
            while len(self._answers) > _MOST or now - next(iter(self._answers.values()))[0] > REMEMBERED_S:
                self._answers.popitem(last=False)
        except (KeyError, StopIteration, RuntimeError):  # another thread changes it as well
            return
