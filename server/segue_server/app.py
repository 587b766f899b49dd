"""The composition root: a server with every feature.

Each feature is one module with a `register(connection)`; to add one, add it to `FEATURES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_server import __version__
from segue_server.connection import Connection
from segue_server.features import (
    assist,
    code_actions,
    feedback,
    fixes,
    inline_completion,
    model_servers,
    next_edit,
    next_edit_actions,
    popup_completion,
    progress,
    settings,
    status,
    text_sync,
    watching,
)
from segue_server.lsp.server import SegueServer

if TYPE_CHECKING:
    from collections.abc import Callable

FEATURES: tuple[Callable[[Connection], None], ...] = (
    text_sync.register,
    inline_completion.register,
    popup_completion.register,
    code_actions.register,
    next_edit.register,
    next_edit_actions.register,
    fixes.register,
    assist.register,
    feedback.register,
    status.register,
    model_servers.register,
    progress.register,
    settings.register,
    watching.register,
)


def build_server() -> SegueServer:
    """Return a server with every feature, ready to serve one client."""
    server = SegueServer()
    server.protocol.experimental = {"segue": {"version": __version__, "nextEdits": True}}
    connection = Connection(server)
    for register in FEATURES:
        register(connection)
    return server
