"""The embedded model, really run: one engine per user, started, shared, restarted, given up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import httpx
import pytest

from segue_model import (
    ChatMessage,
    CompletionPrompt,
    EngineError,
    GenerationOptions,
    LeftContext,
    ModelSettings,
    Timeouts,
    WeightsError,
    open_chat,
    open_model,
)
from segue_model.embedded._model import EmbeddedModel
from segue_model.embedded._supervisor import EngineRequest, Supervisor

from .conftest import collect, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = pytest.mark.model

CODE = '''import os


def size_of(path):
    """Return the size of the file at path in bytes."""
    return '''
# Patient, because the tests may share two cores with everything else.
SETTINGS = ModelSettings(threads=1, idle_exit_s=60, timeouts=Timeouts(read_s=120, total_s=240))


@pytest.fixture
async def model(model_cache: Path) -> AsyncIterator[EmbeddedModel]:
    opened = open_model(SETTINGS, cache_dir=model_cache)
    assert isinstance(opened, EmbeddedModel)
    yield opened
    await opened.aclose()


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Poll for something another process does; there is nothing to wait on."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        select_nothing()
    return True


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def with_strange_architecture(weights: Path, target: Path) -> None:
    data = bytearray(weights.read_bytes())
    at = data.index(b"general.architecture") + len("general.architecture") + 12
    assert data[at : at + 5] == b"llama"
    data[at : at + 5] = b"zebra"
    target.write_bytes(data)


USER = """
import sys
from pathlib import Path
from segue_model.embedded._supervisor import EngineRequest, Supervisor
cache = Path(sys.argv[1])
weights = next((cache / "models").glob("*.gguf")).resolve()
supervisor = Supervisor(EngineRequest(weights, 512, 1, float(sys.argv[2])), cache)
print(supervisor.ensure().pid, flush=True)
sys.stdin.read()
"""


def start_user(cache: Path, *, idle_exit_s: float) -> subprocess.Popen[str]:
    """Start a process that uses the engine and prints the engine's process id."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(cache), str(idle_exit_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(user: subprocess.Popen[str]) -> int:
    assert user.stdout is not None
    return int(user.stdout.readline())


def close(user: subprocess.Popen[str]) -> None:
    with user:
        pass


def select_nothing() -> None:
    import select

    select.select([], [], [], 0.05)


async def test_it_completes_real_code(model: EmbeddedModel) -> None:
    chunks = await collect(model, CODE, max_tokens=16, stop=("\n",))
    text = "".join(chunk.text for chunk in chunks)
    assert text.startswith("os.")
    assert "size" in text
    assert chunks[-1].finish == "stop"
    logprobs = [value for chunk in chunks for value in chunk.logprobs]
    assert len(logprobs) >= 5
    assert all(value <= 0 for value in logprobs)
    assert model.name == "embedded/smollm2-135m"
    assert model.status.state == "ready"


async def test_a_prompt_cut_in_a_word_is_healed(model: EmbeddedModel) -> None:
    text = await text_of(model, CODE + "os.pa", max_tokens=12, stop=("\n",))
    assert text.startswith("th.")


@pytest.mark.parametrize("tail", ['"', "\\", "\n\t", "é", "\u6f22", "\U0001f600", "{", "\n\x0c", "'%s"])
async def test_any_tail_can_be_healed(model: EmbeddedModel, tail: str) -> None:
    chunks = await collect(model, "x = 1\ny = 2" + tail, max_tokens=2)
    assert chunks[-1].finish


async def test_a_prompt_longer_than_the_context_is_cut(model_cache: Path) -> None:
    small = open_model(replace(SETTINGS, context_tokens=512, idle_exit_s=1), cache_dir=model_cache)
    digits = "".join(f"{number % 10} {number * 7 % 10}\n" for number in range(1000))
    chunks = await collect(small, digits, max_tokens=1)  # a token a character: the estimate is three
    await small.aclose()
    assert 100 < chunks[-1].stats["prompt_tokens"] < 512


async def test_the_prompt_is_not_evaluated_twice(model: EmbeddedModel) -> None:
    await collect(model, CODE * 4, max_tokens=4, stop=("\n",))
    chunks = await collect(model, CODE * 4 + "os.", max_tokens=4, stop=("\n",))
    stats = chunks[-1].stats
    assert stats["cached_tokens"] >= 0.9 * stats["prompt_tokens"]


async def test_warming_evaluates_the_prompt(model: EmbeddedModel) -> None:
    prompt = CompletionPrompt("# warm\n" + CODE * 3, "", path="w.py", language_id="python")
    await model.warm(prompt)
    async with aclosing(model.stream(prompt, GenerationOptions(max_tokens=2))) as stream:
        chunks = [chunk async for chunk in stream]
    assert chunks[-1].stats["cached_tokens"] >= 0.9 * chunks[-1].stats["prompt_tokens"]


async def test_it_tells_how_likely_its_tokens_are(model: EmbeddedModel) -> None:
    context = LeftContext(model)
    text = "# How large files are.\n" + CODE + "os.stat(path).st_size\n" + CODE
    await context.rest(CompletionPrompt(text, "", path="t.py", language_id="python"))
    prefix = text + "os.path.getsi"
    assert context.is_warm(prefix)
    prompt = context.prompt(CompletionPrompt(prefix, "", path="t.py", language_id="python"))
    async with aclosing(model.tokens(prompt, least=0.5, max_tokens=4)) as stream:
        tokens = [token async for token in stream]
    assert "".join(token.text for token in tokens).startswith("ze(path")
    assert all(token.cumulated <= 0 for token in tokens)
    assert model.reading_speed
    # One by one, so that nothing goes on when nobody listens.
    assert not await is_generating(model)


async def test_chat_answers(model_cache: Path) -> None:
    chat = open_chat(SETTINGS, cache_dir=model_cache)
    messages = [ChatMessage("user", "Say hello in one word.")]
    async with aclosing(chat.chat(messages, GenerationOptions(max_tokens=8))) as stream:
        chunks = [chunk async for chunk in stream]
    await chat.aclose()
    assert "".join(chunk.text for chunk in chunks).strip()
    assert chunks[-1].finish in {"stop", "length"}


async def is_generating(model: EmbeddedModel) -> bool:
    address = await model.start()
    async with httpx.AsyncClient(
        headers={"Authorization": f"Bearer {address.key}"}, trust_env=False
    ) as client:
        slots = (await client.get(f"{address.url}/slots")).json()
    return any(slot["is_processing"] for slot in slots)


async def eventually_generating(model: EmbeddedModel, seconds: float = 20.0) -> bool:
    deadline = monotonic() + seconds
    generating = False
    while not generating and monotonic() < deadline:
        generating = await is_generating(model)
    return generating


async def test_the_server_stops_generating_when_the_stream_is_closed(model: EmbeddedModel) -> None:
    prompt = CompletionPrompt("# The numbers from one to ten thousand: 1, 2, 3, 4,", "")
    stream = model.stream(prompt, GenerationOptions(max_tokens=3000))
    async with aclosing(stream):
        await anext(stream)
        assert await is_generating(model)
    deadline = monotonic() + 20
    while await is_generating(model):
        assert monotonic() < deadline, "the engine still generates for nobody"


async def test_the_server_stops_reading_a_long_prompt_when_cancelled(model: EmbeddedModel) -> None:
    long_prompt = "".join(f"value_{number} = compute_{number * 7 % 101}()\n" for number in range(190))
    task = asyncio.create_task(collect(model, long_prompt, max_tokens=4))
    assert await eventually_generating(model)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    cancelled = monotonic()
    chunks = await collect(model, "x = 1\ny = ", max_tokens=1)
    waited = monotonic() - cancelled
    # With the prompt read to its end the wait would be that of its 2,000 tokens: many times the answer's own time.
    assert chunks[-1].stats["prompt_tokens"] < 30
    own = (chunks[-1].stats["prompt_ms"] + chunks[-1].stats["predicted_ms"]) / 1000
    assert waited < own + 5


async def test_two_servers_share_one_engine(model: EmbeddedModel, model_cache: Path) -> None:
    other = open_model(SETTINGS, cache_dir=model_cache)
    assert isinstance(other, EmbeddedModel)
    first, second = await asyncio.gather(model.start(), other.start())
    assert first == second
    await other.aclose()


async def test_the_engine_asks_for_its_key(model: EmbeddedModel) -> None:
    address = await model.start()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{address.url}/completion", json={"prompt": "a"})).status_code == 401
    assert address.url.startswith("http://127.0.0.1:")
    directory = model._engine._supervisor.directory
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "state.json").stat().st_mode) == 0o600
    assert address.key.encode() not in command_line(address.pid)


async def test_a_killed_engine_is_started_again(
    install_weights: Callable[[Path], Path], tmp_path: Path
) -> None:
    opened = open_model(replace(SETTINGS, idle_exit_s=2), cache_dir=install_weights(tmp_path))
    assert isinstance(opened, EmbeddedModel)
    first = await opened.start()
    long_prompt = "".join(f"value_{number} = compute_{number * 7 % 101}()\n" for number in range(190))
    running = asyncio.create_task(collect(opened, long_prompt, max_tokens=4))
    assert await eventually_generating(opened)
    os.kill(first.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="in the middle of a request"):
        await running
    assert opened.status.reason == "engine"
    assert await text_of(opened, CODE, max_tokens=3, stop=("\n",))
    second = await opened.start()
    assert second.pid != first.pid
    await opened.aclose()
    assert wait_until(lambda: not Path(f"/proc/{second.pid}").exists())


async def test_an_engine_that_dies_between_requests_is_started_again(
    install_weights: Callable[[Path], Path], tmp_path: Path
) -> None:
    opened = open_model(replace(SETTINGS, idle_exit_s=2), cache_dir=install_weights(tmp_path))
    assert isinstance(opened, EmbeddedModel)
    first = await opened.start()
    os.kill(first.pid, signal.SIGKILL)
    assert wait_until(lambda: not opened._engine._supervisor.running())
    assert await text_of(opened, CODE, max_tokens=3, stop=("\n",))
    await opened.aclose()


def test_an_engine_that_dies_while_it_starts_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    weights = tmp_path / "weights.gguf"
    weights.touch()
    supervisor = Supervisor(EngineRequest(weights, 512, 1, 60), tmp_path / "cache")
    with pytest.raises(EngineError, match="ended while it was starting"):
        supervisor.ensure()
    supervisor.release()


def test_an_engine_whose_only_user_was_killed_ends_before_its_idle_time(
    install_weights: Callable[[Path], Path], tmp_path: Path
) -> None:
    user = start_user(install_weights(tmp_path), idle_exit_s=600)
    engine = Path(f"/proc/{first_line(user)}")
    user.kill()
    close(user)
    assert wait_until(lambda: not engine.exists(), 60)


def test_many_processes_start_one_engine_and_it_ends_after_the_last(
    install_weights: Callable[[Path], Path], tmp_path: Path
) -> None:
    cache = install_weights(tmp_path)
    users = [start_user(cache, idle_exit_s=1.5) for _ in range(3)]
    pids = {first_line(user) for user in users}
    assert len(pids) == 1
    engine = Path(f"/proc/{pids.pop()}")
    for user in users[:2]:
        user.kill()
        user.wait()
    (state,) = (cache / "engine").glob("*/state.json")
    # Two of three leases are given up by the system; the engine lives on for the third.
    assert wait_until(lambda: len(list(state.parent.glob("leases/*.lease"))) == 1)
    assert engine.exists()
    users[2].kill()
    users[2].wait()
    for user in users:
        close(user)
    assert wait_until(lambda: not engine.exists())
    assert not state.exists()


def test_an_engine_changes_its_threads_without_a_gap(weights: Path, tmp_path: Path) -> None:
    program = """
import json, sys, urllib.request
from pathlib import Path
from segue_model._engine_host import _Engine
directory = Path(sys.argv[1])
engine = _Engine(directory)
engine.start(1)
first = json.loads((directory / "state.json").read_text())
engine.start(2)
second = json.loads((directory / "state.json").read_text())
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
opener.open(second["url"] + "/health", timeout=10).close()
try:
    opener.open(first["url"] + "/health", timeout=10).close()
except OSError:
    print(first["threads"], second["threads"], first["key"] == second["key"], engine._is_busy())
"""
    request = {"model": str(weights), "context_tokens": 512, "threads": 0, "idle_exit_s": 1}
    (tmp_path / "request.json").write_text(json.dumps(request))
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert result.stdout.split() == ["1", "2", "True", "False"]


def test_an_engine_that_keeps_crashing_is_given_up(weights: Path, tmp_path: Path) -> None:
    supervisor = Supervisor(EngineRequest(weights, 512, 1, 60), tmp_path)
    for _ in range(3):
        pid = supervisor.ensure().pid
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: supervisor.running() is None)
    with pytest.raises(EngineError, match="3 times"):
        supervisor.ensure()
    supervisor.release()


def test_a_directory_of_somebody_else_is_not_used(weights: Path, tmp_path: Path) -> None:
    supervisor = Supervisor(EngineRequest(weights, 512, 1, 60), tmp_path)
    supervisor.directory.parent.mkdir(parents=True)
    supervisor.directory.symlink_to("/tmp")
    with pytest.raises(EngineError, match="private"):
        supervisor.ensure()


async def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"PK\x03\x04 this is a zip")
    with pytest.raises(WeightsError, match="not a GGUF model file"):
        open_model(ModelSettings(model=str(wrong)), cache_dir=tmp_path)
    with pytest.raises(WeightsError, match="does not exist"):
        open_model(ModelSettings(model=str(tmp_path / "none.gguf")), cache_dir=tmp_path)
    with pytest.raises(WeightsError, match="segue model pull smollm2-135m"):
        open_model(ModelSettings(), cache_dir=tmp_path)


async def test_a_truncated_model_is_one_sentence(weights: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.gguf"
    with weights.open("rb") as source:
        part.write_bytes(source.read(30 << 20))
    with pytest.raises(WeightsError, match=r"incomplete .* pull it again"):
        open_model(ModelSettings(model=str(part)), cache_dir=tmp_path)
    part.write_bytes(part.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="damaged or incomplete"):
        open_model(ModelSettings(model=str(part)), cache_dir=tmp_path)


async def test_a_model_that_the_engine_cannot_load_is_one_sentence(weights: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.gguf"
    with_strange_architecture(weights, strange)
    model = open_model(ModelSettings(model=str(strange), idle_exit_s=1), cache_dir=tmp_path)
    with pytest.raises(WeightsError, match=r"strange\.gguf cannot be loaded"):
        await collect(model)
    assert model.status.reason == "weights_damaged"
    await model.aclose()


async def test_state_of_a_dead_engine_is_not_believed(weights: Path, tmp_path: Path) -> None:
    supervisor = Supervisor(EngineRequest(weights, 512, 1, 60), tmp_path)
    supervisor.directory.mkdir(parents=True)
    state = {"pid": os.getpid(), "url": "http://127.0.0.1:9", "key": "stale"}
    (supervisor.directory / "state.json").write_text(json.dumps(state))
    assert supervisor.running() is None
