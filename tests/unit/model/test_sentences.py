"""Every sentence that a failing model server can show stands in docs/model-servers.md, and each is provoked here."""

from __future__ import annotations

import re
import socket
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from segue_bench import fault_server as faults
from segue_model import (
    PROVIDERS,
    ChatMessage,
    CompletionPrompt,
    GenerationOptions,
    ModelError,
    ModelSettings,
    Timeouts,
    look_at,
    open_chat,
    open_model,
    parse_address,
)
from segue_model._http_errors import translated
from segue_server.models.trial import try_completion

from .sentences import PAGE, patterns_of_the_code, rows, rows_of_embeddings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

    from segue_bench.fault_server import Connection, FaultServer, Request
    from segue_model import OpenedChat, OpenedModel

    Provoke = Callable[[FaultServer, Path], Awaitable[tuple[str, str]]]

LIMITS = Timeouts(connect_s=5, write_s=5, read_s=20, total_s=30, loading_s=20)
PROMPT = CompletionPrompt("x = ", "")
OF_FILES = {"engine", "weights_missing", "weights_damaged", "download", "missing_extra"}
PROVOKED: dict[str, tuple[str, Provoke]] = {}


def told(error: ModelError, url: str) -> tuple[str, str]:
    said = error.message.replace(url, "SERVER") if "://" in url else error.message
    said = re.sub(r"one of .*?( or none)?\.$", r"one of ...\1.", said)
    said = re.sub(r" \((?!or HTTP).*?\)", " (...)", said)
    said = re.sub(r"127\.0\.0\.\d\b(?!:\d)", "HOST", said)
    return error.reason, said.replace("qwen2.5-coder", "MODEL")


async def failure_of(model: OpenedModel | OpenedChat, stream: AsyncGenerator[object]) -> ModelError:
    """Return the error that a stream ends with, and close the model."""

    async def drained() -> list[object]:
        async with aclosing(stream):
            return [piece async for piece in stream]

    with pytest.raises(ModelError) as caught:
        await drained()
    await model.aclose()
    return caught.value


async def asked(chosen: ModelSettings, cache: Path, url: str, *, chat: bool = False) -> tuple[str, str]:
    """Ask a model for something that fails, and return reason and sentence."""
    try:
        if chat:
            talker = open_chat(chosen, cache_dir=cache)
            talk = talker.chat([ChatMessage("user", "hi")], GenerationOptions())
            return told(await failure_of(talker, talk), url)
        model = open_model(chosen, cache_dir=cache)
    except ModelError as error:
        return told(error, url)
    return told(await failure_of(model, model.stream(PROMPT, GenerationOptions(max_tokens=8))), url)


def answers(behaviour: Callable[[Connection, Request], None], key: str = "k-1", **changes: Any) -> Provoke:
    """Return a provocation by what the server does with a completion."""

    def behave(connection: Connection, request: Request) -> None:
        if request.path.endswith("/completions"):
            behaviour(connection, request)
        else:
            connection.answer(404, {})

    async def provoke(server: FaultServer, cache: Path) -> tuple[str, str]:
        server.behaviour = behave
        chosen = ModelSettings("openai", server.url, "qwen2.5-coder", key, timeouts=LIMITS)
        return await asked(replace(chosen, **changes), cache, server.url, chat="section" in changes)

    return provoke


def settings(words: str, *, chat: bool = False, **changes: Any) -> Provoke:
    """Return a provocation by settings that cannot work."""

    async def provoke(server: FaultServer, cache: Path) -> tuple[str, str]:
        server.behaviour = answers_nothing
        chosen = ModelSettings(**{"provider": "openai", "model": "m", "timeouts": LIMITS, **changes})
        reason, said = await asked(chosen, cache, changes.get("endpoint", "") or "-", chat=chat)
        assert words in said
        return reason, said

    return provoke


def answers_nothing(connection: Connection, _: Request) -> None:
    connection.answer(404, {})


def status(code: int, message: str = "oops", **headers: str) -> Callable[[Connection, Request], None]:
    return faults.refusal(code, message, **headers)


def plain(
    body: bytes, content_type: str = "text/event-stream", **more: str
) -> Callable[[Connection, Request], None]:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return lambda connection, _: connection.send(head.encode() + body)


def endless(connection: Connection, _: Request) -> None:
    size = 1 << 26
    connection.send(
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
    )
    for _times in range(64):
        connection.send(b" " * (size // 64))


def endless_events(connection: Connection, _: Request) -> None:
    piece = b": nothing\n\n" * 50_000
    connection.send(
        f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {200 * len(piece)}\r\n\r\n".encode()
    )
    for _times in range(200):
        connection.send(piece)


def raised(error: Exception) -> Provoke:
    """Return a provocation that no loopback server can make: what the HTTP library says of it."""

    async def provoke(server: FaultServer, _: Path) -> tuple[str, str]:
        return told(translated(server.url, error), server.url)

    return provoke


async def nobody(_: FaultServer, cache: Path) -> tuple[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return await asked(ModelSettings("openai", url, "m", timeouts=LIMITS), cache, url)


async def circle(server: FaultServer, cache: Path) -> tuple[str, str]:
    server.behaviour = faults.redirect_to("/v1/models")
    return await asked(ModelSettings("openai", server.url, "m", timeouts=LIMITS), cache, server.url)


async def no_model_server(server: FaultServer, _: Path) -> tuple[str, str]:
    server.behaviour = lambda connection, _: connection.answer(200, "a page")
    with pytest.raises(ModelError) as caught:
        await look_at(server.url)
    return told(caught.value, server.url)


async def no_probabilities(server: FaultServer, cache: Path) -> tuple[str, str]:
    server.behaviour = lambda connection, request: (
        faults.good(connection, request)
        if request.path.endswith("completions")
        else connection.answer(404, {})
    )
    model = open_model(ModelSettings("openai", server.url, "qwen2.5-coder", timeouts=LIMITS), cache_dir=cache)
    return told(await failure_of(model, model.tokens(PROMPT, least=0.5)), server.url)


async def no_text(server: FaultServer, cache: Path) -> tuple[str, str]:
    server.behaviour = plain(b'data: {"choices": [{"text": "", "finish_reason": "stop"}]}\n\n')
    chosen = ModelSettings("openai", server.url, "qwen2.5-coder", timeouts=LIMITS)
    trial = await try_completion(chosen, cache)
    return trial.reason, trial.failure.replace("qwen2.5-coder", "MODEL")


async def paused(server: FaultServer, cache: Path) -> tuple[str, str]:
    server.behaviour = lambda connection, request: (
        connection.answer(500, {"error": "oops"})
        if request.path.endswith("completions")
        else connection.answer(404, {})
    )
    model = open_model(ModelSettings("openai", server.url, "qwen2.5-coder", timeouts=LIMITS), cache_dir=cache)
    failures = [await failure_of(model, model.stream(PROMPT, GenerationOptions())) for _ in range(4)]
    reason, said = told(failures[-1], server.url)
    return reason, re.sub(r"Waiting \d+ s", "Waiting 1 s", said)


def provider(
    name: str, behaviours: dict[str, Callable[[Connection, Request], None]], *, chat: bool = False
) -> Provoke:
    """Return a provocation of a provider's server by what it does at each path; elsewhere it knows nothing."""

    async def provoke(server: FaultServer, cache: Path) -> tuple[str, str]:
        def behave(connection: Connection, request: Request) -> None:
            behaviours.get(request.path, answers_nothing)(connection, request)

        server.behaviour = behave
        return await asked(
            ModelSettings(name, server.url, "qwen2.5-coder", "k-1", timeouts=LIMITS),
            cache,
            server.url,
            chat=chat,
        )

    return provoke


def json_of(document: object) -> Callable[[Connection, Request], None]:
    return lambda connection, _: connection.answer(200, document)


async def wrong_settings(**changes: Any) -> tuple[str, str]:
    with pytest.raises(ModelError) as caught:
        ModelSettings(**changes)
    return told(caught.value, "-")


async def wrong_address(text: str) -> tuple[str, str]:
    with pytest.raises(ModelError) as caught:
        parse_address(text)
    return told(caught.value, "-")


PROVOCATIONS: dict[str, Provoke] = {
    "refused": nobody,
    "dns": raised(httpx.ConnectError("[Errno -2] Name or service not known")),
    "certificate": raised(_tls := httpx.ConnectError("certificate verify failed")),
    "no TLS": raised(_no_tls := httpx.ConnectError("wrong version number")),
    "proxy refused": raised(httpx.ProxyError("403 Forbidden")),
    "proxy setting": settings("proxy address", endpoint="http://host.example", proxy="gopher://p"),
    "proxy password": answers(status(407)),
    "connect time-out": raised(httpx.ConnectTimeout("")),
    "time-out": answers(faults.silent, timeouts=replace(LIMITS, read_s=0.5)),
    "never loaded": answers(faults.loading_then_good(10**6), timeouts=replace(LIMITS, loading_s=0.1)),
    "no key": answers(status(401), key=""),
    "wrong key": answers(status(401)),
    "forbidden": answers(status(403)),
    "no credit": answers(status(402, "Insufficient Balance")),
    "no credit left": answers(status(429, "You exceeded your current quota")),
    "no model": answers(status(404, "The model `x` does not exist")),
    "no model loaded": answers(status(400, "No models loaded. Please load a model")),
    "not found": answers(status(404, "Not Found")),
    "no method": answers(status(405)),
    "too large": answers(status(413)),
    "bad request": answers(status(400)),
    "not processable": answers(status(422)),
    "not supported": answers(status(501)),
    "rate limited": answers(status(429)),
    "overloaded": answers(status(529)),
    "unavailable": answers(status(503, Retry_After="7")),
    "server error": answers(status(500)),
    "elsewhere": answers(faults.redirect_to("http://127.0.0.2:9/v1/completions")),
    "circle": circle,
    "hung up": answers(faults.hangs_up_mid_stream),
    "nothing": answers(plain(b"")),
    "no text": answers(plain(b'data: {"choices": []}\n\n')),
    "half an event": answers(plain(b'data: {"cho')),
    "half a document": answers(plain(b'{"cho')),
    "no HTTP": answers(faults.garbage),
    "a page": answers(faults.wrong_content_type),
    "no JSON": answers(plain(b"data: {]\n\n")),
    "no object": answers(plain(b"data: [1]\n\n")),
    "no event": answers(faults.garbage_stream),
    "long event": answers(faults.long_line),
    "compressed": answers(plain(b"x", Content_Encoding="gzip")),
    "no text in the choice": answers(plain(b'data: {"choices": [{"text": 7}]}\n\n')),
    "no model server": no_model_server,
    "no probabilities": no_probabilities,
    "an empty answer": no_text,
    "paused": paused,
    "no address": settings("needs an address"),
    "no name": settings("needs the name", provider="anthropic", model="", section="chat", chat=True),
    "scheme": lambda *_: wrong_address("ftp://h"),
    "no such address": lambda *_: wrong_address("my server"),
    "CA file": settings("CA file", endpoint="https://host", ca_file="/no/such.pem"),
    "header": answers(faults.good, headers=(("bad name", "x"),)),
    "not to be asked": raised(ValueError("odd")),
    "no provider": settings("no provider", provider="nonesuch"),
    "no format": settings("prompt format", endpoint="http://h", format="nonesuch"),
    "a line break in a header": lambda *_: wrong_settings(headers=(("x-team", "a\nb"),)),
    "a small context": lambda *_: wrong_settings(context_tokens=8),
    "another status": answers(status(418)),
    "an endless answer": provider("llamacpp", {"/props": endless}),
    "an endless event": answers(endless_events),
    "llama.cpp without content": provider(
        "llamacpp", {"/props": json_of({}), "/completion": json_of({"tokens": []})}
    ),
    "no llama.cpp": provider("llamacpp", {"/props": json_of([])}),
    "Ollama without a response": provider(
        "ollama",
        {
            "/api/version": json_of({"version": "0.12"}),
            "/api/show": json_of({}),
            "/api/generate": json_of({"x": 1}),
        },
    ),
    "no Ollama": provider("ollama", {"/api/version": json_of({"version": "0.12"}), "/api/show": json_of([])}),
    "Anthropic without a type": provider("anthropic", {"/v1/messages": json_of({"a": 1})}, chat=True),
    "no JSON in a document": provider("llamacpp", {"/props": plain(b"{]", "application/json")}),
}


@pytest.fixture(autouse=True)
def _causes() -> None:
    import ssl

    _tls.__cause__ = ssl.SSLCertVerificationError("self-signed")
    _no_tls.__cause__ = ssl.SSLError("wrong version number")


@pytest.mark.parametrize("name", PROVOCATIONS)
async def test_the_page_has_the_sentence(server: FaultServer, tmp_path: Path, name: str) -> None:
    reason, said = await PROVOCATIONS[name](server, tmp_path)
    known = rows()
    assert said in known
    assert known[said] == reason
    PROVOKED[said] = (name, PROVOCATIONS[name])


def test_every_sentence_of_the_page_was_provoked() -> None:
    if len(PROVOKED) < len(rows()) // 2:
        pytest.skip("only some of the provocations were run")
    # Shown as a status while it is waited for: tests/unit/model/test_faults.py. Of files: test_file_sentences.py.
    elsewhere = {said for said, reason in rows().items() if reason in OF_FILES}
    assert set(rows()) - set(PROVOKED) - elsewhere == {
        "SERVER is still loading its model.",
        "Give the file's SHA-256 with --sha256, so that it can be checked.",
    }


def test_the_page_has_every_sentence_of_the_code() -> None:
    said = [*rows(), *rows_of_embeddings()]
    missing = [
        f"{place}: {pattern}"
        for pattern, place in patterns_of_the_code().items()
        if not any(re.fullmatch(pattern, sentence) for sentence in said)
    ]
    assert missing == []


def test_the_page_has_the_one_list_of_providers() -> None:
    table = PAGE.read_text("utf-8").partition("## Providers")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", table, re.MULTILINE))
    assert listed == {provider.name: provider.title for provider in PROVIDERS.values()}
