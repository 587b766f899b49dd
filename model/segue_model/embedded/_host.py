"""The process that holds the model: ``python -P -m segue_model.embedded._host DIRECTORY``.

It lets go of whoever started it, takes the directory's lock for as long as it lives, writes where it listens and the
key it wants into ``state.json``, and ends some time after the last lease was given up. Whoever holds a lease keeps its
file locked, so a killed editor gives its lease up as well.
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

from segue_model._files import FileLock, write_atomically

LEASES = "leases"
LOCK = "host.lock"
STATE = "state.json"
REQUEST = "request.json"
FAILURE = "failure.json"
LOG = "host.log"
_POLL_S = 0.5


def main(arguments: list[str]) -> int:
    """Run the host of the engine directory named by the only argument."""
    directory = Path(arguments[0])
    os.umask(0o077)
    if hasattr(os, "fork"):
        if os.fork():
            return 0
        os.setsid()
    lock = FileLock(directory / LOCK)
    for _ in range(50):  # whoever looks whether we live holds the lock for a moment
        if lock.try_acquire():
            break
        sleep(0.02)
    else:
        return 0
    request = json.loads((directory / REQUEST).read_text("utf-8"))
    try:
        server, key = _started(request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the user has to be told
        _fail(directory, error)
        return 1
    state = {"pid": os.getpid(), "url": server.listening_address, "key": key, "threads": request["threads"]}
    write_atomically(directory / STATE, json.dumps(state).encode())
    _serve_until_unused(directory, float(request["idle_exit_s"]))
    with suppress(OSError):
        (directory / STATE).unlink()
    lock.release()
    # The native threads need no farewell and may take long about it.
    os._exit(0)


def _started(request: dict[str, Any]) -> tuple[Any, str]:
    import xllamacpp

    key = secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = request["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = request["context_tokens"]
    params.n_parallel = 1
    # A cancelled prompt stops at the end of a batch: small batches make room for the next key sooner.
    params.n_batch = params.n_ubatch = 64
    params.cache_ram_mib = 0
    params.warmup = False
    params.ui = False
    params.endpoint_slots = True
    params.verbosity = 0
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = request["threads"]
        cpu.poll = 0
    return xllamacpp.Server(params), key


def _serve_until_unused(directory: Path, idle_exit_s: float) -> None:
    used = monotonic()
    while monotonic() - used < idle_exit_s:
        sleep(_POLL_S)
        if not directory.is_dir():
            return
        if _live_leases(directory / LEASES):
            used = monotonic()


def _live_leases(directory: Path) -> int:
    """Count the leases that somebody still holds, and remove the others."""
    live = 0
    for path in directory.glob("*.lease"):
        lease = FileLock(path)
        try:
            abandoned = lease.try_acquire()
        except OSError:
            continue
        if abandoned:
            lease.remove()
        else:
            live += 1
    return live


def _fail(directory: Path, error: Exception) -> None:
    missing = isinstance(error, ImportError)
    failure = {"reason": "missing_extra" if missing else "engine", "message": str(error)[:300]}
    write_atomically(directory / FAILURE, json.dumps(failure).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
