"""Registrations that can only be made at run time: watched files and configuration changes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.features.settings import pull

if TYPE_CHECKING:
    from segue_server.connection import Connection

logger = logging.getLogger(__name__)


def register(connection: Connection) -> None:
    """Register what follows `initialized`, and changes of files on disk."""
    server = connection.server

    async def initialized(_: types.InitializedParams) -> None:
        await _register_dynamically(connection)
        await pull(connection)

    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.tasks.spawn(change(params), name="follow changed files")

    async def change(params: types.DidChangeWatchedFilesParams) -> None:
        (await connection.session()).files_changed([change.uri for change in params.changes])

    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)


async def _register_dynamically(connection: Connection) -> None:
    workspace = connection.server.client_capabilities.workspace
    changes = workspace.did_change_configuration if workspace else None
    registrations = []
    if changes is not None and changes.dynamic_registration:
        registrations.append(
            types.Registration(
                id="segue-configuration",
                method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                register_options={"section": "segue"},
            )
        )
    if connection.server.client_watches_files:
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=[types.FileSystemWatcher(glob_pattern="**/*")]
        )
        registrations.append(
            types.Registration(
                id="segue-files", method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
            )
        )
    if not registrations:
        return
    try:
        await connection.server.client_register_capability_async(types.RegistrationParams(registrations))
    except Exception as error:  # noqa: BLE001 - a client that refuses is served without
        logger.warning("The client refused a registration: %s", type(error).__name__)
