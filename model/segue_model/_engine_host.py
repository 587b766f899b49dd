"""The process that holds the model: ``python -P -m segue_model._engine_host DIRECTORY``.

It takes the directory's lock for as long as it lives, lets go of whoever started it, writes where it listens and the
key it wants into ``state.json``, and ends some time after the last lease was given up. Whoever holds a lease keeps its
file locked, so a killed editor gives its lease up as well; the engine ends soon after that.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from segue_model._cpu import CpuWatch, ThreadChoice, free_threads
from segue_syntax.storage import FileLock, write_atomically

LEASES = "leases"
LOCK = "host.lock"
STATE = "state.json"
REQUEST = "request.json"
FAILURE = "failure.json"
LOG = "host.log"
_POLL_S = 0.5
_ABANDONED_S = 5.0
"""How long an engine waits for its killed user to come back: editors start a server again at once."""
_WINDOW_S = 5.0


def main(arguments: list[str]) -> int:
    """Run the host of the engine directory named by the only argument."""
    directory = Path(arguments[0])
    os.umask(0o077)
    lock = FileLock(directory / LOCK)
    for _ in range(
        250
    ):  # whoever looks whether we live holds the lock for a moment, and a killed host while it dies
        if lock.try_acquire():
            break
        sleep(0.02)
    else:
        return 1
    if hasattr(
        os, "fork"
    ):  # the lock is the child's as well: our starter never sees it free while the child lives
        if os.fork():
            os._exit(0)
        os.setsid()
    try:
        engine = _Engine(directory)
        engine.start(engine.fitting_threads())
    except Exception as error:  # noqa: BLE001 - whatever it is, the user has to be told
        _fail(directory, error)
        return 1
    _serve_until_unused(engine)
    with suppress(OSError):
        (directory / STATE).unlink()
    lock.release()
    # The native threads need no farewell and may take long about it.
    os._exit(0)


class _Engine:
    """The native server, replaced by one with another number of threads when the machine's load asks for it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._request = json.loads((directory / REQUEST).read_text("utf-8"))
        self._key = secrets.token_urlsafe(32)
        self._server: Any = None
        self._choice = ThreadChoice(0)
        self._watch = CpuWatch()
        self._window_end = monotonic() + _WINDOW_S

    @property
    def idle_exit_s(self) -> float:
        """Seconds without a lease after which the process ends."""
        return float(self._request["idle_exit_s"])

    def fitting_threads(self) -> int:
        """Return the number of threads to use now: what the user set, or what fits beside other work."""
        import xllamacpp  # noqa: F401 - takes long enough to see how busy the machine is meanwhile

        return int(self._request["threads"]) or free_threads(self._watch.others())

    def start(self, threads: int) -> None:
        """Start a server with `threads` threads, tell where it is, and let the one before go."""
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = self._request["model"]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self._key]
        params.n_ctx = self._request["context_tokens"]
        params.n_parallel = 1
        # A cancelled prompt stops at the end of a batch: small batches make room for the next key sooner.
        params.n_batch = params.n_ubatch = 64
        if self._request.get("embeddings"):
            params.embedding = True
            params.n_batch = params.n_ubatch = self._request[
                "context_tokens"
            ]  # an encoder reads a text whole
        params.cache_ram_mib = 0
        params.warmup = False
        params.ui = False
        params.endpoint_slots = True
        params.verbosity = 0
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = threads
            cpu.poll = 0
        server = xllamacpp.Server(params)
        state = {"pid": os.getpid(), "url": server.listening_address, "key": self._key, "threads": threads}
        write_atomically(self.directory / STATE, json.dumps(state).encode())
        self._server, self._choice = server, ThreadChoice(threads)

    def adapt(self) -> None:
        """Change the number of threads when the load has asked for it for long enough and nobody waits."""
        if self._request["threads"] or monotonic() < self._window_end:
            return
        self._window_end = monotonic() + _WINDOW_S
        wanted = self._choice.after(free_threads(self._watch.others()))
        if wanted != self._choice.threads and not self._is_busy():
            self.start(wanted)

    def _is_busy(self) -> bool:
        request = Request(  # noqa: S310 - our own server on the loopback address
            f"{self._server.listening_address}/slots", headers={"Authorization": f"Bearer {self._key}"}
        )
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=2) as answer:
                return any(slot.get("is_processing") for slot in json.load(answer))
        except (OSError, ValueError, AttributeError):
            return True


def _serve_until_unused(engine: _Engine) -> None:
    used, patience_s = monotonic(), engine.idle_exit_s
    while monotonic() - used < patience_s:
        sleep(_POLL_S)
        if not engine.directory.is_dir():
            return
        live, abandoned = _count_leases(engine.directory / LEASES)
        if live:
            used, patience_s = monotonic(), engine.idle_exit_s
            engine.adapt()
        elif abandoned:
            patience_s = min(patience_s, _ABANDONED_S)


def _count_leases(directory: Path) -> tuple[int, int]:
    """Count the leases that somebody holds, and those that somebody left when they were killed; remove the latter."""
    live = left = 0
    for path in directory.glob("*.lease"):
        lease = FileLock(path)
        try:
            abandoned = lease.try_acquire()
        except OSError:
            continue
        if abandoned:
            lease.remove()
            left += 1
        else:
            live += 1
    return live, left


def _fail(directory: Path, error: Exception) -> None:
    missing = isinstance(error, ImportError)
    failure = {"reason": "missing_extra" if missing else "engine", "message": str(error)[:300]}
    write_atomically(directory / FAILURE, json.dumps(failure).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
