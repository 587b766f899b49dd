"""The options of an index, from the settings, and its report for the status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import IndexOptions, IndexStatus
    from segue_server.configuration import Settings


def index_options(settings: Settings) -> IndexOptions:
    """Return the options of every workspace's index under `settings`."""
    from segue_context import IndexOptions

    return IndexOptions(
        deny=(*settings.index.exclude, *settings.privacy.deny),
        allow=tuple(settings.privacy.allow),
        max_file_bytes=settings.index.max_file_kb * 1024,
    )


def index_report(reports: Sequence[IndexStatus]) -> dict[str, Any]:
    """Return the report of several indexes: the state of the least ready one, the counts of all."""
    if not reports:
        return {"state": "off", "files": 0}
    worst = next((report for report in reports if report.state != "ready"), reports[0])
    return {
        "state": worst.state,
        "phase": worst.phase,
        "done": worst.done,
        "total": worst.total,
        "files": sum(report.files for report in reports),
        "symbols": sum(report.symbols for report in reports),
        "reason": worst.reason,
    }
