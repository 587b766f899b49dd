"""Which documents are refused: never sent, never completed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context import privacy
from segue_context.patterns import is_named

if TYPE_CHECKING:
    from pathlib import Path

    from segue_server.configuration import Settings
    from segue_server.workspace.workspaces import Located
    from segue_syntax import Snapshot

_PROBE_LINES = 400


class Refusals:
    """Checks documents by name on every request, and by their text and the ignore files when they are opened."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def reason(self, where: Located, uri: str, settings: Settings) -> str:
        """Return why a document is refused, "" when it is not."""
        path = where.path or uri
        if is_named(path, settings.privacy.allow):
            return ""
        if is_named(path, settings.privacy.deny):
            return "The settings deny this file."
        on_name = privacy.verdict(path)
        return self._known.get(_key(where, uri), "") if on_name.allowed else on_name.reason

    def examine(self, where: Located, snapshot: Snapshot) -> None:
        """Check an opened or saved document; reads ignore files, so call it in a worker thread."""
        text = "".join(snapshot.lines[:_PROBE_LINES])
        verdict = privacy.verdict(where.path or snapshot.uri, text)
        if verdict.allowed and where.scope.root is not None and where.path:
            path: Path = where.scope.root / where.path
            if path.exists():
                verdict = privacy.verdict_on_disk(path, where.scope.root)
        self._known[_key(where, snapshot.uri)] = "" if verdict.allowed else verdict.reason


def _key(where: Located, uri: str) -> tuple[str, str]:
    return str(where.scope.root), where.path or uri
