"""Suggestions that the user typed against on the line at hand: each makes the next one there less likely to be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_server.completion.anchor import AnchoredText

if TYPE_CHECKING:
    from segue_server.completion.anchor import Anchor
    from segue_syntax import Position, Snapshot

DOUBT_KEPT = 0.5
"""By how much each miss on the line reduces the doubt that a suggestion there may leave."""

_MOST = 4


class Misses:
    """Counts, for the line that is typed in, how often the user typed something else than what was shown."""

    def __init__(self) -> None:
        self._shown: AnchoredText | None = None
        self._line: tuple[str, int] | None = None
        self._count = 0

    def shown(self, anchor: Anchor, text: str) -> None:
        """Note what is on the screen now."""
        self._shown = AnchoredText(anchor, text)

    def typed(self, snapshot: Snapshot, position: Position) -> None:
        """Note a change that ended at `position`."""
        line = snapshot.uri, position.line
        if line != self._line:
            self._line, self._count = line, 0
        if self._shown is None:
            return
        anchor, text = self._shown.anchor, self._shown.text
        if anchor.uri != snapshot.uri or self._shown.is_typed_to(snapshot, position):
            return
        self._shown = None
        since = anchor.since(snapshot, position)
        accepted = since is not None and since.typed.startswith(text)
        if since is not None and not accepted and anchor.line == position.line:
            self._count += 1

    def certainty(self, wanted: float, snapshot: Snapshot, position: Position) -> float:
        """Return the certainty to ask for at a place where `wanted` is asked for in general."""
        if self._line != (snapshot.uri, position.line):
            return wanted
        return 1.0 - (1.0 - wanted) * DOUBT_KEPT ** min(self._count, _MOST)
