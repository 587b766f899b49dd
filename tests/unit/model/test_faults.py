"""A server that misbehaves costs one error of the right kind: never a crash, a hang or a leak."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue_bench import fault_server as faults
from segue_bench.fault_server import FaultServer, Request, text_event
from segue_model import (
    CircuitOpen,
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    ModelSettings,
    OpenedModel,
    Timeouts,
)

from .conftest import SHORT, collect, text_of

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[[ModelSettings], OpenedModel]


def settings(url: str, **changes: object) -> ModelSettings:
    base = ModelSettings(
        provider="openai",
        endpoint=url,
        model="qwen2.5-coder",
        api_key="sk-secret",
        timeouts=SHORT,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def only_completions(behaviour: Callable[..., None]) -> Callable[..., None]:
    """Answer what is asked before the first completion, and misbehave then."""

    def behave(connection: faults.Connection, request: Request) -> None:
        if request.path == "/v1/completions":
            behaviour(connection, request)
        else:
            connection.answer(404, {})

    return behave


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (faults.reset_mid_stream, "disconnected"),
        (faults.hangs_up_mid_stream, "disconnected"),
        (faults.garbage, "malformed"),
        (faults.garbage_stream, "malformed"),
        (faults.truncated_json, "malformed"),
        (faults.long_line, "malformed"),
        (faults.wrong_content_type, "malformed"),
        (faults.endless_comments, "timeout"),
        (faults.slow_loris, "timeout"),
        (faults.silent, "timeout"),
        (faults.redirect_to("http://127.0.0.2:9/v1/completions"), "redirect"),
        (faults.redirect_to("//evil.example/v1/completions", 302), "redirect"),
        (faults.refusal(400, "stream is not supported"), "bad_request"),
        (faults.refusal(401, "bad key"), "unauthorized"),
        (faults.refusal(403, "not yours"), "forbidden"),
        (faults.refusal(404, "no such model"), "not_found"),
        (faults.refusal(413, "too long"), "too_large"),
        (faults.refusal(429, "slow down", Retry_After="30"), "rate_limited"),
        (faults.refusal(500, "oops"), "server_error"),
        (faults.refusal(502, "bad gateway"), "server_error"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
async def test_each_fault_is_told_apart(
    server: FaultServer, opened: Open, behaviour: Callable[..., None], reason: str
) -> None:
    server.behaviour = only_completions(behaviour)
    model = opened(settings(server.url))
    with pytest.raises(ModelError) as caught:
        await collect(model)
    assert caught.value.reason == reason
    assert model.status.state == "offline"
    assert model.status.reason == reason
    assert "sk-secret" not in str(caught.value)
    assert "def f" not in str(caught.value)
    assert caught.value.message.endswith(".")


async def test_nobody_listening_is_told(opened: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    model = opened(settings(f"http://127.0.0.1:{port}"))
    with pytest.raises(ModelError) as caught:
        await collect(model)
    assert caught.value.reason == "refused"


async def test_a_name_nobody_knows_is_told(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings("http://no-such-host.invalid:8000")))
    assert caught.value.reason == "dns"


async def test_a_server_without_tls_is_told(opened: Open) -> None:
    def answer_plainly(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_plainly, args=(listener,))
        thread.start()
        with pytest.raises(ModelError, match="does not speak TLS") as caught:
            await collect(opened(settings(f"https://127.0.0.1:{listener.getsockname()[1]}")))
        thread.join()
    assert caught.value.reason == "tls"


def self_signed(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a TLS context for 127.0.0.1 and the certificate to trust."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and makes the certificate")
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    out = ("-keyout", str(key), "-out", str(certificate))
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *out, *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


async def test_an_authority_of_the_organisation_is_trusted_when_named(opened: Open, tmp_path: Path) -> None:
    context, certificate = self_signed(tmp_path)
    with FaultServer(only_completions(faults.good), tls=context) as secure:
        with pytest.raises(ModelError, match="certificate that is not trusted") as caught:
            await collect(opened(settings(secure.url)))
        assert caught.value.reason == "tls"
        assert await text_of(opened(settings(secure.url, ca_file=str(certificate)))) == "pass"


async def test_a_proxy_that_refuses_is_told(server: FaultServer, opened: Open) -> None:
    server.behaviour = faults.refusal(403, "not through here")
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings("https://model.example", proxy=server.url)))
    assert caught.value.reason == "proxy"


async def test_a_fallback_answers_for_settings_that_cannot_work(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.good)
    broken = ModelSettings(provider="embedded", model="/nonexistent.gguf", fallbacks=(settings(server.url),))
    assert await text_of(opened(broken)) == "pass"
    with pytest.raises(ModelError, match=r"nonexistent\.gguf does not exist"):
        opened(replace(broken, fallbacks=(replace(broken, model="/other.gguf", fallbacks=()),)))


async def test_an_endless_answer_is_cut(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.endless_stream)
    model = opened(settings(server.url))
    chunks = await collect(model, max_tokens=8)
    assert chunks[-1].finish == "length"
    assert len(chunks) < 64
    assert await asyncio.to_thread(server.wait_for_early_close, 1)


async def test_a_server_is_used_again_after_a_fault(server: FaultServer, opened: Open) -> None:
    model = opened(settings(server.url))
    server.behaviour = only_completions(faults.reset_mid_stream)
    with pytest.raises(ModelError):
        await collect(model)
    server.behaviour = only_completions(faults.good)
    assert await text_of(model) == "pass"
    assert model.status.state == "ready"


async def test_a_kept_connection_that_was_closed_meanwhile_costs_nothing(
    server: FaultServer, opened: Open
) -> None:
    served: set[faults.Connection] = set()

    def once(connection: faults.Connection, request: Request) -> None:
        if connection in served:
            connection.reset()  # as servers do that keep a connection only so long
        else:
            served.add(connection)
            faults.good(connection, request)

    server.behaviour = only_completions(once)
    model = opened(settings(server.url))
    for _ in range(3):
        assert await text_of(model) == "pass"
    assert len(served) == 3


async def test_connections_are_kept(server: FaultServer, opened: Open) -> None:
    used = []

    def behave(connection: faults.Connection, request: Request) -> None:
        used.append(connection)
        faults.good(connection, request)

    server.behaviour = only_completions(behave)
    model = opened(settings(server.url))
    for _ in range(5):
        assert await text_of(model) == "pass"
    assert len(used) == 5
    assert len(set(used)) == 1


async def test_a_failing_server_is_left_alone(server: FaultServer, opened: Open) -> None:
    model = opened(settings(server.url))
    server.behaviour = only_completions(faults.refusal(500, "oops"))
    for _ in range(3):
        with pytest.raises(ModelError):
            await collect(model)
    asked = len(server.requests)
    with pytest.raises(CircuitOpen) as caught:
        await collect(model)
    assert len(server.requests) == asked
    assert "oops" in caught.value.message
    assert model.status.reason == "server_error"


async def test_retry_after_is_respected(server: FaultServer, opened: Open) -> None:
    model = opened(settings(server.url))
    server.behaviour = only_completions(faults.refusal(429, "later", Retry_After="120"))
    with pytest.raises(ModelError):
        await collect(model)
    with pytest.raises(CircuitOpen) as caught:
        await collect(model)
    assert 110 < caught.value.retry_in_s < 190


async def test_a_loading_model_is_waited_for(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.loading_then_good(3))
    states = []
    model = opened(settings(server.url))
    model._board._listener = lambda status: states.append(status.state)  # type: ignore[attr-defined]
    assert await text_of(model) == "pass"
    assert "loading" in states
    assert "offline" not in states


async def test_a_model_that_never_loads_is_given_up(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.loading_then_good(10**6))
    limits = replace(SHORT, loading_s=0.3)
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings(server.url, timeouts=limits)))
    assert caught.value.reason == "timeout"


async def test_the_next_endpoint_answers_for_a_failing_one(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.good)
    with FaultServer(faults.refusal(500, "oops")) as broken:
        model = opened(settings(broken.url, fallbacks=(settings(server.url),)))
        for _ in range(5):
            assert await text_of(model) == "pass"
        # The circuit breaker spares the broken one after three failures.
        assert sum(request.path == "/v1/completions" for request in broken.requests) <= 3


async def test_all_endpoints_failing_tells_the_first_reason(server: FaultServer, opened: Open) -> None:
    server.behaviour = faults.refusal(401, "no")
    with FaultServer(faults.refusal(500, "oops")) as broken:
        model = opened(settings(server.url, fallbacks=(settings(broken.url),)))
        with pytest.raises(ModelError) as caught:
            await collect(model)
    assert caught.value.reason == "unauthorized"


async def test_keys_are_not_sent_to_another_host(server: FaultServer, opened: Open) -> None:
    with FaultServer() as other:
        server.behaviour = only_completions(faults.redirect_to(f"{other.url}/v1/completions"))
        with pytest.raises(ModelError) as caught:
            await collect(opened(settings(server.url)))
        assert caught.value.reason == "redirect"
        assert other.requests == []


async def test_a_redirect_on_the_same_host_is_followed(server: FaultServer, opened: Open) -> None:
    def behave(connection: faults.Connection, request: Request) -> None:
        if request.path == "/moved":
            faults.good(connection, request)
        else:
            connection.answer(307, {}, Location="/moved")

    server.behaviour = only_completions(behave)
    seen = server.requests

    def route(connection: faults.Connection, request: Request) -> None:
        if request.path in {"/v1/completions", "/moved"}:
            behave(connection, request)
        else:
            connection.answer(404, {})

    server.behaviour = route
    assert await text_of(opened(settings(server.url))) == "pass"
    assert seen[-1].method == "POST"
    assert seen[-1].json["prompt"]


async def test_a_circle_of_redirects_ends(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.redirect_to("/v1/completions"))
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings(server.url)))
    assert caught.value.reason == "redirect"


async def test_nothing_secret_is_logged(
    server: FaultServer, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.behaviour = only_completions(faults.good)
    model = opened(settings(server.url))
    await collect(model, prefix="def secret_code():\n    ")
    server.behaviour = only_completions(faults.refusal(400, "you sent sk-secret"))
    with pytest.raises(ModelError) as caught:
        await collect(model)
    assert "sk-secret" not in caplog.text
    assert "secret_code" not in caplog.text
    assert "sk-secret" not in str(caught.value)


async def test_closing_the_stream_closes_the_socket(server: FaultServer, opened: Open) -> None:
    server.behaviour = only_completions(faults.endless_stream)
    model = opened(settings(server.url))
    stream = model.stream(CompletionPrompt("a", ""), GenerationOptions(max_tokens=10**6))
    async with aclosing(stream):
        await anext(stream)
    assert await asyncio.to_thread(server.wait_for_early_close, 1)


async def test_cancelling_the_reader_closes_the_socket(server: FaultServer, opened: Open) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def behave(connection: faults.Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        loop.call_soon_threadsafe(asked.set)
        while not connection.stopping.wait(0.02):
            connection.send(b": waiting\n\n")

    server.behaviour = only_completions(behave)
    model = opened(settings(server.url, timeouts=Timeouts()))
    task = asyncio.create_task(collect(model))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.wait_for_early_close, 1)
    assert model.status.in_flight == 0


async def test_a_proxy_of_the_environment_never_sees_this_machine(
    server: FaultServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.behaviour = only_completions(faults.good)
    with FaultServer(faults.refusal(500, "proxied")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert await text_of(opened(settings(server.url, proxy=proxy.url))) == "pass"
        assert proxy.requests == []


async def test_another_machine_is_asked_through_the_proxy(server: FaultServer, opened: Open) -> None:
    server.behaviour = lambda connection, request: (
        faults.good(connection, request)
        if request.path.endswith("/v1/completions")
        else connection.answer(404, {})
    )
    model = opened(settings("http://model.example:8000", proxy=server.url))
    assert await text_of(model) == "pass"
    assert server.requests[-1].path == "http://model.example:8000/v1/completions"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"endpoint": "ftp://host"}, "not an http"),
        ({"endpoint": "https://host", "ca_file": "/nonexistent.pem"}, "CA file"),
        ({"endpoint": "http://host.example", "proxy": "gopher://p"}, "proxy"),
    ],
)
async def test_impossible_settings_are_one_sentence(
    opened: Open, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings("", **changes)))
    assert words in caught.value.message


async def test_stop_strings_are_cut_on_this_side(server: FaultServer, opened: Open) -> None:
    def behave(connection: faults.Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for piece in ("x = 1\n", "y = 2", "<|fim", "_pad|>junk"):
            connection.send(b"data: %s\n\n" % faults.json.dumps(text_event(piece)).encode())
        connection.stopping.wait(5)

    server.behaviour = only_completions(behave)
    model = opened(settings(server.url))
    chunks = await collect(model)
    assert "".join(chunk.text for chunk in chunks) == "x = 1\ny = 2"
    assert chunks[-1].finish == "stop"
    stops = server.requests[-1].json["stop"]
    assert isinstance(stops, list)
    assert len(stops) <= 4
