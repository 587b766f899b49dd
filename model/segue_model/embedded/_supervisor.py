"""Finds the user's running engine or starts it, and holds a lease on it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from segue_model._engine_host import FAILURE, LEASES, LOCK, LOG, REQUEST, STATE
from segue_model._errors import EngineError, MissingExtra, WeightsError
from segue_syntax.storage import FileLock, guarded_folder, is_locked, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_START_S = 120.0
_DYING_S = 3.0
_POLL_S = 0.02
_CRASH_WINDOW_S = 120.0
_MAX_CRASHES = 3


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where the engine listens, the key it wants and the process it is."""

    url: str
    key: str
    pid: int


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """What the engine is to be: one process runs per distinct value. With `embeddings` it answers with vectors only."""

    model: Path
    context_tokens: int = 4096
    threads: int = 0
    idle_exit_s: float = 300.0
    embeddings: bool = False


class Supervisor:
    """One user's handle on the shared engine.

    `ensure` returns where the engine listens, starting it where it does not run. Everyone who may start it queues
    at one lock, so there is one engine however many servers start at once. `release` gives the lease up;
    so does dying.
    """

    def __init__(self, request: EngineRequest, cache_dir: Path) -> None:
        self._request = request
        self._directory = cache_dir / "engine" / _identity(request)
        self._lease: FileLock | None = None
        self._closing = Event()
        self._mutex = Lock()
        self._starts: list[float] = []

    @property
    def directory(self) -> Path:
        """The private directory of this engine."""
        return self._directory

    def running(self) -> EngineAddress | None:
        """Return where the engine listens if it runs, without starting it."""
        if not is_locked(self._directory / LOCK):
            return None
        try:
            state = json.loads((self._directory / STATE).read_bytes())
            url = str(state["url"])
            if not url.startswith("http://127.0.0.1:"):
                return None
            return EngineAddress(url, str(state["key"]), int(state["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def ensure(self, lost: EngineAddress | None = None) -> EngineAddress:
        """Return where the engine listens; may take seconds, and raises `ModelError` when it cannot start.

        An engine at `lost` refused or broke a connection: it is dying, and its end is waited for.
        """
        with self._mutex:
            if self._closing.is_set():
                raise EngineError("The embedded engine is being left.")
            try:
                self._hold_lease()
                address = self._running_but(lost)
                if address is not None:
                    return address
                with self._starting():
                    return self.running() or self._start()
            except OSError as error:
                raise EngineError(
                    f"The engine's private directory cannot be used ({error}): check {self._directory.parent}."
                ) from error

    def _running_but(self, lost: EngineAddress | None) -> EngineAddress | None:
        deadline = monotonic() + _DYING_S
        while (address := self.running()) is not None and address == lost:
            if monotonic() > deadline or self._closing.wait(_POLL_S):
                break
        return address

    def release(self) -> None:
        """Give the lease up; the engine ends some time after the last one."""
        self._closing.set()
        with self._mutex:
            if self._lease is not None:
                self._lease.remove()
                self._lease = None

    def _hold_lease(self) -> None:
        if self._lease is not None and self._lease.path.exists():
            return
        guarded_folder(self._directory)
        leases = guarded_folder(self._directory / LEASES)
        while True:
            lease = FileLock(leases / f"{os.getpid()}-{uuid4().hex}.lease")
            if lease.try_acquire():
                self._lease = lease
                return

    def _starting(self) -> _Queue:
        return _Queue(FileLock(self._directory / "start.lock"), self._closing)

    def _start(self) -> EngineAddress:
        now = monotonic()
        self._starts = [at for at in self._starts if now - at < _CRASH_WINDOW_S]
        if len(self._starts) >= _MAX_CRASHES:
            raise EngineError(
                f"The embedded engine ended {_MAX_CRASHES} times in two minutes: see {self._directory / LOG}."
            )
        self._starts.append(now)
        model = self._request.model
        if not model.is_file():
            raise WeightsError(f"The model file {model} does not exist: run `segue model pull`.")
        for name in (STATE, FAILURE):
            (self._directory / name).unlink(missing_ok=True)
        request = {
            "model": str(model),
            "context_tokens": self._request.context_tokens,
            "threads": self._request.threads,
            "idle_exit_s": self._request.idle_exit_s,
            "embeddings": self._request.embeddings,
        }
        write_atomically(self._directory / REQUEST, json.dumps(request).encode())
        lives = self._spawn()
        deadline = monotonic() + _START_S
        while monotonic() < deadline:
            living = lives()
            address = self.running()
            if address is not None:
                return address
            self._raise_failure()
            if not living:
                raise EngineError(
                    f"The embedded engine ended while it was starting: see {self._directory / LOG}."
                )
            if self._closing.wait(_POLL_S):
                raise EngineError("The embedded engine is being left.")
        raise EngineError(f"The embedded engine did not start in {_START_S:.0f} s.")

    def _spawn(self) -> Callable[[], bool]:
        """Start the host and return what tells whether it lives.

        It detaches itself where there is a fork, with its lock taken: the process waited for here is gone at once.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SEGUE_")}
        with (self._directory / LOG).open("wb") as log:
            flags: dict[str, Any] = {}
            if sys.platform == "win32":
                flags["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.DETACHED_PROCESS
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "segue_model._engine_host", str(self._directory)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._directory,
                env=environment,
                **flags,
            )
        if sys.platform == "win32":
            return lambda: process.poll() is None
        if process.wait() != 0:
            raise EngineError(f"The embedded engine could not be started: see {self._directory / LOG}.")
        return lambda: is_locked(self._directory / LOCK)

    def _raise_failure(self) -> None:
        path = self._directory / FAILURE
        if not path.exists():
            return
        failure: Any = {}
        with suppress(OSError, ValueError):
            failure = json.loads(path.read_bytes())
        if failure.get("reason") == "missing_extra":
            raise MissingExtra(
                "The embedded model needs the extra [local]: run `pip install 'segue[local]'`."
            )
        raise WeightsError(
            f"{self._request.model.name} cannot be loaded ({failure.get('message', '')}):"
            " pull it again, or use another model.",
            reason="weights_damaged",
        )


class _Queue:
    """Waits for a lock that another process may hold while it starts the engine."""

    def __init__(self, lock: FileLock, closing: Event) -> None:
        self._lock = lock
        self._closing = closing

    def __enter__(self) -> None:
        deadline = monotonic() + _START_S
        while not self._lock.try_acquire():
            if self._closing.wait(_POLL_S) or monotonic() > deadline:
                raise EngineError("Another process has been starting the embedded engine for too long.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def abandoned_engines(cache_dir: Path) -> list[Path]:
    """Return the private directories of engines that were killed: they say where one listens, and none runs."""
    return [
        path.parent
        for path in sorted((cache_dir / "engine").glob(f"*/{STATE}"))
        if not is_locked(path.with_name(LOCK))
        and not any(is_locked(lease) for lease in (path.parent / LEASES).glob("*.lease"))
    ]


def _identity(request: EngineRequest) -> str:
    try:
        info = request.model.stat()
        version = f"{info.st_size} {info.st_mtime_ns}"
    except OSError:
        version = ""
    text = (
        f"{socket.gethostname()}\0{request.model}\0{version}\0{request.context_tokens}\0{request.idle_exit_s}"
    )
    return sha256(text.encode()).hexdigest()[:16]
