"""Choosing a model server from the editor: what answers, what its models are good for, and whether they work."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from segue_server.lsp import messages

if TYPE_CHECKING:
    from segue_server.connection import Connection


def register(connection: Connection) -> None:
    """Register `segue/findServers` and `segue/connect`."""
    server = connection.server

    async def find_servers(params: messages.ServerParams) -> dict[str, Any]:
        from segue_model import ModelError, find_local_servers
        from segue_server.models.connect import find_at

        await connection.session()
        try:
            if params.endpoint:
                found = [await find_at(params.endpoint, params.key)]
            else:
                found = await find_local_servers()
        except ModelError as error:
            return {"servers": [], "problem": error.message, "reason": error.reason}
        return {"servers": [asdict(item) for item in found], "problem": "", "reason": ""}

    async def connect(params: messages.ServerParams) -> dict[str, Any]:
        from segue_model import ModelError
        from segue_server.configuration import UserFileError
        from segue_server.models.connect import find_at, try_out, write_down

        session = await connection.session()
        places = session.directories
        try:
            there = await find_at(params.endpoint, params.key)
            tried = await try_out(there, params.model, params.key, places.cache)
            done: list[str] = []
            if tried.works:
                key = params.key if params.keep_key else ""
                done = await session.tasks.in_thread(
                    lambda: write_down(tried, key, places, chat_only=params.chat_only)
                )
                session.read_files()
        except (ModelError, UserFileError) as error:
            return {"works": False, "problem": str(error), "done": []}
        trials: dict[str, str] = {trial.kind: trial.sentence() for trial in (tried.completion, tried.chat)}
        problem = "" if tried.works else tried.completion.failure
        section = tried.section(chat_only=params.chat_only)
        return {"works": tried.works, "problem": problem, "done": done, "section": section, **trials}

    server.feature(messages.FIND_SERVERS)(find_servers)
    server.feature(messages.CONNECT)(connect)
