"""The status, pausing, and how the last answer came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_server.lsp import messages

if TYPE_CHECKING:
    from pathlib import Path

    from segue_server.connection import Connection


def register(connection: Connection) -> None:
    """Register `segue/status` and the commands of docs/lsp.md."""
    server = connection.server

    async def status(_: Any) -> dict[str, Any]:
        return await (await connection.session()).full_status()

    async def pause(_: Any) -> dict[str, Any]:
        return (await connection.session()).pause(True)

    async def resume(_: Any) -> dict[str, Any]:
        return (await connection.session()).pause(False)

    async def toggle(_: Any) -> dict[str, Any]:
        session = await connection.session()
        return session.pause(not session.status.paused)

    async def last_completion(_: Any) -> dict[str, Any] | None:
        answer = (await connection.session()).last_answer
        return None if answer is None else answer.history()

    async def statistics_page(_: Any) -> str:
        session = await connection.session()
        return await session.tasks.in_thread(_statistics_page, session.directories.activity_file)

    server.feature(messages.STATUS)(status)
    server.command("segue.status")(status)
    server.command("segue.pause")(pause)
    server.command("segue.resume")(resume)
    server.command("segue.toggle")(toggle)
    server.command("segue.lastCompletion")(last_completion)
    server.command("segue.statisticsPage")(statistics_page)


def _statistics_page(path: Path) -> str:
    from segue_server.activity._figures import read_statistics
    from segue_server.activity._page import html_page

    return html_page(read_statistics(path))
