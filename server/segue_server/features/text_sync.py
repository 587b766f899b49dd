"""Documents coming and going; the changes themselves are applied by the protocol layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.lsp.uris import path_of

if TYPE_CHECKING:
    from segue_server.connection import Connection


def register(connection: Connection) -> None:
    """Register what happens when the client initializes, opens, closes and saves."""
    server = connection.server

    def initialize(params: types.InitializeParams) -> None:
        connection.begin(params)

    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        session, view = connection.started_session, connection.documents.view(params.text_document.uri)
        if session is not None and view is not None:
            session.opened(view.snapshot)

    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        if (session := connection.started_session) is not None:
            session.closed(params.text_document.uri)

    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        session, view = connection.started_session, connection.documents.view(params.text_document.uri)
        if session is not None:
            session.files_changed([params.text_document.uri])
            if view is not None:
                server.tasks.spawn(session.examine(view.snapshot), name="examine a document")

    def did_change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        added = [path for folder in params.event.added if (path := path_of(folder.uri))]
        removed = [path for folder in params.event.removed if (path := path_of(folder.uri))]
        if (session := connection.started_session) is not None:
            session.change_roots(added, removed)

    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_folders)
