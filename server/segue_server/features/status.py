"""The status, pausing, and how the last answer came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_server.lsp import messages

if TYPE_CHECKING:
    from pathlib import Path

    from segue_server.completion.types import CompletionAnswer
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
        return None if answer is None else explain(answer)

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


def explain(answer: CompletionAnswer) -> dict[str, Any]:
    """Return an answer's history in the spelling of the protocol."""
    timings = answer.timings_ms
    return {
        "engine": answer.engine,
        "text": answer.suggestions[0].text if answer.suggestions else "",
        "confidence": round(answer.confidence, 3),
        "reasons": [answer.reason] if answer.reason else [],
        "postprocess": list(answer.postprocess),
        "cached": answer.source == "cache",
        "source": answer.source,
        "context": [
            {
                "path": snippet.path,
                "startLine": snippet.start_line,
                "endLine": snippet.end_line,
                "source": snippet.source,
            }
            for snippet in answer.context
        ],
        "timingsMs": {
            **{step: round(milliseconds, 2) for step, milliseconds in timings.items()},
            "total": round(answer.total_ms, 2),
        },
        "prompt": answer.prompt,
    }
