"""Registrations that can only be made at run time: watched files and configuration changes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from segue_server.features.settings import pull

if TYPE_CHECKING:
    from segue_server.app import App

logger = logging.getLogger(__name__)


def register(app: App) -> None:
    """Register what follows `initialized`, and changes of files on disk."""
    server = app.server

    async def initialized(_: types.InitializedParams) -> None:
        await _register_dynamically(app)
        await pull(app)

    async def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        (await app.session()).files_changed([change.uri for change in params.changes])

    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)


def watches_files(app: App) -> bool:
    """Return whether the client watches files for us."""
    workspace = app.server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    return bool(watched and watched.dynamic_registration)


async def _register_dynamically(app: App) -> None:
    workspace = app.server.client_capabilities.workspace
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
    if watches_files(app):
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
        await app.server.client_register_capability_async(types.RegistrationParams(registrations))
    except Exception as error:  # noqa: BLE001 - a client that refuses is served without
        logger.warning("The client refused a registration: %s", type(error).__name__)
