"""Settings pulled from the client and re-applied when they change."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from segue_server.connection import Connection

logger = logging.getLogger(__name__)


def register(connection: Connection) -> None:
    """Register the pull after `initialized`, the change notification and the command that prints everything."""
    server = connection.server

    def did_change(params: types.DidChangeConfigurationParams) -> None:
        server.tasks.spawn(change(params), name="change the settings")

    async def change(params: types.DidChangeConfigurationParams) -> None:
        session = await connection.session()
        if not await pull(connection) and params.settings is not None:
            session.configuration.set("workspace/configuration", params.settings)
        session.read_files()
        session.report_problems()

    async def show(_: Any) -> list[dict[str, Any]]:
        return [asdict(row) for row in (await connection.session()).configuration.rows()]

    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change)
    server.command("segue.settings")(show)


async def pull(connection: Connection) -> bool:
    """Ask the client for the section `segue`; False when it cannot be asked or does not answer with it."""
    workspace = connection.server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return False
    item = types.ConfigurationItem(section="segue")
    try:
        answer = await connection.server.workspace_configuration_async(
            types.ConfigurationParams(items=[item])
        )
    except Exception as error:  # noqa: BLE001 - a client's failure must not stop the server
        logger.warning("The client did not tell its settings: %s", type(error).__name__)
        return False
    if not answer or answer[0] is None:
        return False
    session = await connection.session()
    session.configuration.set("workspace/configuration", answer[0])
    session.report_problems()
    return True
