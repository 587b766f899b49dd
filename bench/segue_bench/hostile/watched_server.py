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
import threading
import time
from collections import Counter
from pathlib import Path

_BEAT_S = 0.002
_NOTED_S = 0.01
_LOOK_S = 0.005
_FRAMES = 4


class _Witness(threading.Thread):
    """Looks at what the loop's thread is doing while it is late."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.beat = time.monotonic()
        self._seen: Counter[str] = Counter()
        self._loop = threading.get_ident()

    def run(self) -> None:
        """Note the innermost functions of the thread, again and again."""
        while True:
            time.sleep(_LOOK_S)
            if time.monotonic() - self.beat > _NOTED_S:
                names: list[str] = []
                frame = sys._current_frames().get(self._loop)  # noqa: SLF001
                while frame is not None and len(names) < _FRAMES:
                    # No line numbers: to ask for those of a frame that runs elsewhere has crashed CPython 3.11.
                    names.append(frame.f_code.co_qualname)
                    frame = frame.f_back
                self._seen[" < ".join(names)] += 1

    def account(self) -> str:
        """Return where the thread was most of the time since the last account."""
        seen, self._seen = self._seen, Counter()
        return max(seen, key=lambda place: seen[place], default="-")


async def _watch(log: Path) -> None:
    witness = _Witness()
    witness.start()
    with log.open("a", encoding="ascii", errors="replace", buffering=1) as file:
        while True:
            wall, busy, own = time.monotonic(), time.process_time(), time.thread_time()
            witness.beat = wall
            await asyncio.sleep(_BEAT_S)
            held = time.thread_time() - own
            pause = min(time.monotonic() - wall, time.process_time() - busy) - _BEAT_S
            if max(held, pause) > _NOTED_S:
                file.write(f"{time.monotonic():.3f} {held:.4f} {pause:.4f} {witness.account()}\n")


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
