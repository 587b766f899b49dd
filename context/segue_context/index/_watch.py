"""Watching a workspace for clients that do not report changed files themselves."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from segue_context.index._ignore import TOOL_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_log = logging.getLogger(__name__)
_RESCAN_SECONDS = 60.0


def watch(root: Path, tell: Callable[[dict[str, Any]], None]) -> None:
    """Pass on which files change, for ever; where the system cannot watch, have all looked through every minute."""
    from watchfiles import watch as watch_files

    try:
        for changes in watch_files(
            root, watch_filter=None, raise_interrupt=False, ignore_permission_denied=True, step=100
        ):
            paths = {path for _, full in changes if (path := _inside(root, full))}
            if paths:
                tell({"refresh": sorted(paths)})
    except (OSError, RuntimeError) as error:
        _log.warning("%s cannot be watched (%s); it is looked through every minute", root, error)
        while True:
            time.sleep(_RESCAN_SECONDS)
            tell({"rescan": True})


def _inside(root: Path, full: str) -> str:
    """Return the path relative to `root`, "" for what no index holds."""
    path = full[len(str(root)) :].replace("\\", "/").strip("/") if full.startswith(str(root)) else ""
    return "" if not TOOL_FOLDERS.isdisjoint(path.split("/")) else path
