"""Reading stdin without a thread.

The framework reads each header and body in a worker thread. Reading the pipe in the event loop saves three
switches between threads a message, which matters most when other threads are busy.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from typing import BinaryIO

_LIMIT = 1 << 20


async def pipe_reader(stdin: BinaryIO, stdout: BinaryIO) -> asyncio.StreamReader | None:
    """Return a reader of `stdin`, or None where it must be read by a thread.

    That is on Windows, for terminals and files, and where stdin and stdout are one socket: making the one
    non-blocking would make the other so.
    """
    if sys.platform == "win32":
        return None
    source, sink = os.fstat(stdin.fileno()), os.fstat(stdout.fileno())
    if not (stat.S_ISFIFO(source.st_mode) or stat.S_ISSOCK(source.st_mode)):
        return None
    if (source.st_dev, source.st_ino) == (sink.st_dev, sink.st_ino):
        return None
    reader = asyncio.StreamReader(limit=_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    return reader
