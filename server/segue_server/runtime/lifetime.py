"""Ends the server when its parent process, the editor, is gone."""

from __future__ import annotations

import asyncio
import os
import sys

POLL_S = 2.0


def process_exists(pid: int) -> bool:
    """Return whether a process of this id runs; a process of another user counts as running."""
    if sys.platform == "win32":  # untested: see docs/lsp.md
        import ctypes

        still_active = 259
        handle = ctypes.windll.kernel32.OpenProcess(0x1000, 0, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(handle)
        return code.value == still_active
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def wait_for_death(pid: int, *, poll_s: float = POLL_S) -> None:
    """Return once the process is gone.

    An id that names no process at the start belongs to another machine or container: it is never watched.
    """
    if not process_exists(pid):
        await asyncio.Event().wait()
    while process_exists(pid):  # noqa: ASYNC110 - nothing tells us of a foreign process's end
        await asyncio.sleep(poll_s)
