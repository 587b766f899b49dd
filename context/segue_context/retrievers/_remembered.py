"""What the index says about files, remembered for the seconds in which it is asked again and again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

_T = TypeVar("_T")

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context._types import Import, Symbol, WorkspaceReader

REMEMBERED_S = 3.0
"""An answer may be as old as this: the files around the cursor's change slowly while one types."""

_MOST = 600


class Remembered:
    """Symbols and imports of files other than the one that is being typed in; safe to use from several threads."""

    def __init__(self, reader: WorkspaceReader, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._symbols: OrderedDict[str, tuple[float, list[Symbol]]] = OrderedDict()
        self._imports: OrderedDict[str, tuple[float, list[Import]]] = OrderedDict()

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions in a file."""
        now = self._clock()
        known = self._symbols.get(path)
        if known is None or now - known[0] > REMEMBERED_S:
            known = (now, self._reader.symbols_in(path))
            self._symbols[path] = known
            _trim(self._symbols)
        return known[1]

    def imports_of(self, path: str) -> list[Import]:
        """Return what a file imports."""
        now = self._clock()
        known = self._imports.get(path)
        if known is None or now - known[0] > REMEMBERED_S:
            known = (now, self._reader.imports_of(path))
            self._imports[path] = known
            _trim(self._imports)
        return known[1]


def _trim(remembered: OrderedDict[str, _T]) -> None:
    while len(remembered) > _MOST:
        try:
            remembered.popitem(last=False)
        except KeyError:  # another thread was faster
            return
