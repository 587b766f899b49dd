"""Logging: to stderr and to the client's log, without a line of the user's code at the default level.

The framework below logs whole messages, which hold code; its loggers are kept at WARNING, and the few warnings in
which it would still print parameters are dropped, because the server reports the same failures itself.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = {"off": logging.CRITICAL + 1, "error": logging.ERROR, "warning": logging.WARNING,
          "info": logging.INFO, "debug": logging.DEBUG}  # fmt: skip
DEFAULT_LEVEL = "warning"

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_DROPPED = ("Failed to handle", "Exception occurred for message", "Cancel notification for unknown",
            "Unable to deserialize", "Error sending data", "Failed to report")  # fmt: skip


def set_up_logging(level: str = DEFAULT_LEVEL) -> None:
    """Send the log of Segue and of the libraries to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_keeps_code_out)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("pygls", "httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    set_level(level)


def set_level(level: str) -> None:
    """Change how much Segue's own loggers say, at once."""
    for room in ("server", "context", "model", "postprocess", "next_edit", "assist", "syntax"):
        logging.getLogger(f"segue_{room}").setLevel(LEVELS.get(level, logging.WARNING))


class ClientLogHandler(logging.Handler):
    """Passes records on to the editor's own log (`window/logMessage`)."""

    def __init__(self, send: Callable[[int, str], None]) -> None:
        super().__init__()
        self._send = send
        self.addFilter(_keeps_code_out)

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record; a client that is gone is not an error here."""
        try:
            self._send(record.levelno, f"{record.name}: {record.getMessage()}")
        except (OSError, RuntimeError, ValueError):
            return


def describe_failure(error: BaseException) -> str:
    """Return an error's type and the places it passed, innermost last, without its message.

    Messages of arbitrary exceptions may quote the user's text; `ModelError` and friends are reported through the
    status instead.
    """
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places or 'an unknown place'}"


def _keeps_code_out(record: logging.LogRecord) -> bool:
    if not record.name.startswith("pygls"):
        return True
    return record.levelno >= logging.WARNING and not record.msg.startswith(_DROPPED)
