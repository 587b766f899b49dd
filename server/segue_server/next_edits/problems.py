"""What other servers report of documents, as the client passes it on: LSP has no request for it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_next_edit import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue_server.workspace.workspaces import Scope, Workspaces

_MAX_DOCUMENTS = 50
_MAX_PROBLEMS = 20
_MAX_CHARS = 300


class Problems:
    """The errors of the documents that changed last, by URI; warnings and hints are left out."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[tuple[int, str], ...]] = OrderedDict()

    def change(self, uri: str, diagnostics: Iterable[types.Diagnostic]) -> None:
        """Note all that is reported of a document now."""
        errors = [
            (one.range.start.line, str(one.message)[:_MAX_CHARS])
            for one in diagnostics
            if one.severity in (None, types.DiagnosticSeverity.Error)
        ]
        self._known.pop(uri, None)
        if errors:
            self._known[uri] = tuple(errors[:_MAX_PROBLEMS])
        while len(self._known) > _MAX_DOCUMENTS:
            self._known.popitem(last=False)

    def of(self, scope: Scope, workspaces: Workspaces) -> list[Problem]:
        """Return the errors in the documents of a scope."""
        found: list[Problem] = []
        for uri, errors in self._known.items():
            where = workspaces.locate(uri)
            if where.scope is scope and where.path:
                found += [Problem(where.path, line, message) for line, message in errors]
        return found
