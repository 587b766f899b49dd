"""Code actions that mend a reported problem without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lsprotocol import types

if TYPE_CHECKING:
    from segue_context import WorkspaceReader
    from segue_next_edit.fixes import Fix, FixEngine
    from segue_server.connection import Connection
    from segue_server.lsp.documents import View

_MOST_PROBLEMS = 3
_MOST_FIXES = 3
_SURE = 0.8
"""The confidence from which a fix is the one that a client may choose by itself ("fix all", a key for the first)."""
_MOST_LINES = 20_000
_COMPARE = "segue.compareProblems"
"""A command of the client: it compares what is reported of the document before and after a fix."""


def register(connection: Connection) -> None:
    """Add the provider of code actions."""
    connection.code_actions.append(FixActions(connection).code_actions)


class FixActions:
    """Offers fixes at the problems that any server or linter reported, and where the user asks for actions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._engines: WeakKeyDictionary[WorkspaceReader, FixEngine] = WeakKeyDictionary()

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return at most three fixes; without a problem only when the user asked for actions."""
        connection = self._connection
        session, view = await connection.session(), connection.documents.view(params.text_document.uri)
        if view is None or not session.settings.assist.code_actions or len(view.snapshot.lines) > _MOST_LINES:
            return []
        if session.documents.notebook_of(view.uri):
            return []  # an import may belong into another cell
        where = session.workspaces.locate(view.uri)
        problems = list(params.context.diagnostics)[:_MOST_PROBLEMS]
        asked = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
        places: list[tuple[int, str, types.Diagnostic | None]] = [
            (problem.range.start.line, str(problem.message), problem) for problem in problems
        ]
        if not places and asked:
            places = [(params.range.start.line, "", None)]
        engine = self._engine(where.scope.reader)
        actions: dict[object, types.CodeAction] = {}
        for line, message, problem in places:
            for fix in await session.tasks.in_thread(engine.fixes, where.path, line, message):
                if fix.changes not in actions:
                    actions[fix.changes] = _action(connection, view, fix, problem)
                    if session.client.compares_problems:
                        actions[fix.changes].command = _comparing(view)
        stale = view.version != connection.documents.version(view.uri)
        return [] if stale else list(actions.values())[:_MOST_FIXES]

    def _engine(self, reader: WorkspaceReader) -> FixEngine:
        from segue_next_edit.fixes import FixEngine

        if reader not in self._engines:
            self._engines[reader] = FixEngine(reader)
        return self._engines[reader]


def _comparing(view: View) -> types.Command:
    return types.Command("Compare the Problems", _COMPARE, arguments=[view.uri, view.version])


def _action(
    connection: Connection, view: View, fix: Fix, problem: types.Diagnostic | None
) -> types.CodeAction:
    """Return a fix as an action of the client's version of the document."""
    edits = []
    for change in fix.changes:
        start, end = (types.Position(*view.to_client(place)) for place in (change.start, change.end))
        edits.append(types.TextEdit(types.Range(start, end), change.text))
    document = types.OptionalVersionedTextDocumentIdentifier(view.uri, view.version)
    workspace = connection.server.client_capabilities.workspace
    declared = workspace.workspace_edit if workspace is not None else None
    if declared is not None and declared.document_changes:
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])
    else:
        edit = types.WorkspaceEdit(changes={view.uri: edits})
    return types.CodeAction(
        title=f"Segue: {fix.title}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=None if problem is None else [problem],
        is_preferred=True if problem is not None and fix.confidence >= _SURE else None,
        edit=edit,
    )
