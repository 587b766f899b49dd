"""Settings pulled from the client and re-applied when they change."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from segue_server.app import App

logger = logging.getLogger(__name__)


def register(app: App) -> None:
    """Register the pull after `initialized`, the change notification and the command that prints everything."""
    server = app.server

    async def did_change(params: types.DidChangeConfigurationParams) -> None:
        session = await app.session()
        if not await pull(app) and params.settings is not None:
            session.configuration.set("workspace/configuration", params.settings)
        session.read_files()
        session.report_problems()

    async def show(_: Any) -> list[dict[str, Any]]:
        return [asdict(row) for row in (await app.session()).configuration.rows()]

    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change)
    server.command("segue.settings")(show)


async def pull(app: App) -> bool:
    """Ask the client for the section `segue`; False when it cannot be asked or does not answer with it."""
    workspace = app.server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return False
    item = types.ConfigurationItem(section="segue")
    try:
        answer = await app.server.workspace_configuration_async(types.ConfigurationParams(items=[item]))
    except Exception as error:  # noqa: BLE001 - a client's failure must not stop the server
        logger.warning("The client did not tell its settings: %s", type(error).__name__)
        return False
    if not answer or answer[0] is None:
        return False
    session = await app.session()
    session.configuration.set("workspace/configuration", answer[0])
    session.report_problems()
    return True
