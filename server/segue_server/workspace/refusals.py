"""Which documents Segue leaves alone: never sent, never completed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context import privacy

if TYPE_CHECKING:
    from segue_server.workspace.workspaces import Located
    from segue_syntax import Snapshot

_KEY_MARK = "PRIVATE KEY"


class Refusals:
    """Judges documents: by their path at every request, as the rules are then, and by their text when it is opened or saved.

    A document whose text was not judged yet is judged when it is first asked about.
    """

    def __init__(self) -> None:
        self._by_text: dict[str, str] = {}

    def reason(self, where: Located, uri: str, snapshot: Snapshot) -> str:
        """Return why a document is left alone, "" when it is not."""
        path = where.path or uri
        why = where.scope.rules.refusal(path)
        if why or where.scope.rules.allows_by_name(path):
            return why
        if uri not in self._by_text:
            self.examine(uri, snapshot)
        return self._by_text[uri]

    def examine(self, uri: str, snapshot: Snapshot) -> None:
        """Judge the text of a document that was opened or saved."""
        holds_key = any(_KEY_MARK in line for line in snapshot.lines)
        judged = privacy.verdict("", snapshot.text) if holds_key else None
        self._by_text[uri] = "" if judged is None or judged.allowed else judged.reason

    def forget(self, uri: str) -> None:
        """Let a closed document go."""
        self._by_text.pop(uri, None)
