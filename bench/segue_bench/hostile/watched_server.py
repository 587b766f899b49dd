"""Runs the language server and notes every pause of its event loop: `python -m segue_bench.hostile.watched_server LOG`.

Two figures a pause, in seconds: the CPU time that the loop's own thread took between two beats, which does not depend
on what else the machine does; and the time between them in which this process was busy, other threads included, which
shows whoever keeps the interpreter to itself, but on a busy machine also who merely got a turn.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from pathlib import Path

_BEAT_S = 0.002
_NOTED_S = 0.01


async def _watch(log: Path) -> None:
    with log.open("a", encoding="ascii", buffering=1) as file:
        while True:
            wall, busy, own = time.monotonic(), time.process_time(), time.thread_time()
            await asyncio.sleep(_BEAT_S)
            held = time.thread_time() - own
            pause = min(time.monotonic() - wall, time.process_time() - busy) - _BEAT_S
            if max(held, pause) > _NOTED_S:
                file.write(f"{time.monotonic():.3f} {held:.4f} {pause:.4f}\n")


async def _serve(log: Path) -> None:
    from segue_server.app import build_server

    server = build_server()
    watching = asyncio.ensure_future(_watch(log))
    await server.serve_stdio()
    watching.cancel()


if __name__ == "__main__":  # as `segue serve` does it
    sys.setswitchinterval(0.0005)
    gc.disable()
    asyncio.run(_serve(Path(sys.argv[1])))
    os._exit(0)
