"""The shapes in which servers send events, texts, errors and refusals, and the forms in which addresses are copied."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_model import (
    PROVIDERS,
    ChatMessage,
    CompletionPrompt,
    ConfigurationError,
    Disconnected,
    GenerationOptions,
    HttpFailure,
    MalformedAnswer,
    ModelError,
    ModelSettings,
    OpenedModel,
    Timeouts,
    open_chat,
    parse_address,
)
from segue_model._sse import END, EventStream, decoder_for

from .conftest import collect, text_of
from .test_providers import Script, sent
from .test_providers import settings as impatient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fault_server import Connection, FaultServer, Request

    Open = Callable[[ModelSettings], OpenedModel]


def settings(provider: str, url: str, **changes: Any) -> ModelSettings:
    return replace(impatient(provider, url, **changes), timeouts=Timeouts(total_s=20))


def stream_of(body: bytes, content_type: str = "text/event-stream") -> Callable[[Connection, Request], None]:
    """Return a server that answers every completion or chat with these bytes."""

    def behave(connection: Connection, request: Request) -> None:
        if request.method == "GET" or request.path in {"/tokenize", "/api/show"}:
            connection.answer(404, {})
            return
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.send(head.encode() + body)

    return behave


def event(text: str, finish: str | None = None) -> str:
    return json.dumps({"choices": [{"index": 0, "text": text, "finish_reason": finish}]})


FIRST, LAST = event("return "), event("total", "stop")


@pytest.mark.parametrize(
    "body",
    [
        f"data: {FIRST}\n\ndata: {LAST}\n\ndata: [DONE]\n\n",
        f"data: {FIRST}\n\ndata: {event('total')}\n\ndata: [DONE]\n\n",
        f"data: {FIRST}\n\ndata: {event('total')}\n\n",
        f"data: {FIRST}\n\ndata: {event('total')}",
        f"data:{FIRST}\n\ndata:{LAST}\n\n",
        f"data: {FIRST}\r\rdata: {LAST}\r\r",
        f"data: {FIRST}\r\n\r\ndata: {LAST}\r\n\r\n",
        f"data: {FIRST}\n\r\ndata: {LAST}\r\n\n",
        f"\ufeffdata: {FIRST}\n\ndata: {LAST}\n\n",
        f"retry: 300\nid: 7\nevent: message\nx-served-by: edge\ndata: {FIRST}\n\ndata\n\ndata: {LAST}\n\n",
        f": ping\n\n:\ndata: {FIRST}\n\ndata: : PROCESSING\n\ndata: {LAST}\n\n",
        "data: "
        + json.dumps(json.loads(FIRST), indent=1).replace("\n", "\ndata: ")
        + f"\n\ndata: {LAST}\n\n",
        f"{FIRST}\n{LAST}\n",
        json.dumps(json.loads(event("return total", "stop")), indent=2),
    ],
)
async def test_an_answer_is_read_in_any_shape_of_the_standard(
    server: FaultServer, opened: Open, body: str
) -> None:
    server.behaviour = stream_of(body.encode())
    assert await text_of(opened(settings("openai", server.url)), "def f():\n    x = 1\n") == "return total"


@given(st.data())
def test_events_are_the_same_however_they_are_cut(data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(["\n", "\r", "\r\n"])) for _ in range(4)]
    body = (
        f'\ufeffdata: {{{ends[0]}data: "a": "\u2028é"}}{ends[0]}{ends[0]}: c{ends[1]}foo: bar{ends[1]}'
        f'data: {{"b": 2}}{ends[2]}{ends[2]}data: [DONE]{ends[3]}{ends[3]}data: {{"late": 1}}{ends[3]}{ends[3]}'
    ).encode()
    stream, found, at = EventStream(), [], 0
    while at < len(body):
        size = data.draw(st.integers(1, 9))
        found += stream.feed(body[at : at + size])
        at += size
    assert [*found, *stream.finish()] == [{"a": "\u2028é"}, {"b": 2}, {}]
    assert found[2] is END


def test_what_begins_like_json_is_json_whatever_it_is_called() -> None:
    assert decoder_for(b' {"a": 1}').feed(b'{"a": 1}\n{"b":\n2}\n') == [{"a": 1}, {"b": 2}]
    assert decoder_for(b"[").feed(b'[{"a": 1}]\n') == [{"a": 1}]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('data: {"choices": [{"te', Disconnected),
        ('{"choices": [{"te', Disconnected),
        ("data: [1, 2]\n\n", MalformedAnswer),
        ("data: {]\n\n", MalformedAnswer),
        ("what is this\n\nno event\n", MalformedAnswer),
        (": nothing but comments\n\n", Disconnected),
        ('data: {"choices": []}\n\n', Disconnected),
    ],
)
async def test_what_is_no_answer_is_told(
    server: FaultServer, opened: Open, body: str, error: type[ModelError]
) -> None:
    server.behaviour = stream_of(body.encode())
    with pytest.raises(error):
        await collect(opened(settings("openai", server.url)))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('event: error\ndata: {"message": "it broke"}\n\n', "server_error"),
        (
            'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}\n\n',
            "rate_limited",
        ),
        (
            'data: {"object": "error", "message": "The model `x` does not exist.", "code": 404}\n\n',
            "model_not_found",
        ),
        ('error: {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}\n\n', "no_key"),
        ('data: {"error": "CUDA out of memory", "error_type": "generation"}\n\n', "server_error"),
        ('[{"error": {"code": 400, "message": "wrong thing", "status": "INVALID_ARGUMENT"}}]', "bad_request"),
    ],
)
async def test_an_error_in_a_stream_is_told_apart(
    server: FaultServer, opened: Open, body: str, reason: str
) -> None:
    server.behaviour = stream_of(body.encode())
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings("openai", server.url)))
    assert caught.value.reason.replace("unauthorized", "no_key") == reason


async def test_a_context_that_is_full_is_asked_again_with_half_the_prompt(
    server: FaultServer, opened: Open
) -> None:
    lengths: list[int] = []

    def answer(connection: Connection, request: Request) -> None:
        if request.path != "/completion":
            connection.answer(404, {}) if request.path != "/props" else connection.answer(200, {})
            return
        lengths.append(len(str(request.json["prompt"])))
        full = (
            b'error: {"code":400,"message":"the request exceeds the available context size","type":"x"}\n\n'
        )
        good = b'data: {"content": "done", "stop": true}\n\n'
        stream_of(full if lengths[-1] > 4000 else good)(connection, request)

    server.behaviour = answer
    assert await text_of(opened(settings("llamacpp", server.url)), "x = 12345\n" * 2000 + "y = ") == "done"
    assert len(lengths) == 3


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (['"\\ud83d\\ude00"'], '"\U0001f600"'),
        (['"\\ud83d', '\\ude00"'], '"\U0001f600"'),
        (['"\\ud83d"'], '""'),
        (['"a\\ude00b"'], '"ab"'),
        (['"\\ud83d'], '"'),
    ],
)
async def test_half_a_character_is_joined_or_dropped(
    server: FaultServer, opened: Open, pieces: list[str], text: str
) -> None:
    quoted = [piece.replace('"', '\\"') for piece in pieces]
    body = "".join(f'data: {{"choices": [{{"text": "{piece}"}}]}}\n\n' for piece in quoted)
    server.behaviour = stream_of(body.encode())
    assert await text_of(opened(settings("openai", server.url)), "y =\n") == text
    chat = body.replace('{"text": ', '{"delta": {"content": ').replace('"}]}', '"}}]}')
    server.behaviour = stream_of(chat.encode())
    assert await text_of(opened(settings("chat", server.url)), "y =\n") == text


async def chat_text(model: Any, **options: Any) -> str:
    async with aclosing(model.chat([ChatMessage("user", "hi")], GenerationOptions(**options))) as stream:
        return "".join([chunk.text async for chunk in stream])


def delta(content: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content, **more}, "finish_reason": None}]}


@pytest.mark.parametrize(
    "deltas",
    [
        [delta("sum("), delta("items)")],
        [delta([{"type": "text", "text": "sum("}, {"type": "text", "text": "items)"}])],
        [delta([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]), delta("sum(items)")],
        [delta(None, reasoning_content="hm"), delta("sum(items)")],
        [delta("", reasoning="hm"), delta("sum(items)", reasoning=None)],
        [delta("<think>\nhm, "), delta("so</thi"), delta("nk>\n\nsum("), delta("items)")],
        [delta("<"), delta("think>x"), delta("</think>sum(items)")],
        [delta("[THINK]a[/THINK]sum(items)")],
        [delta("Okay, so th"), delta("e user wants a sum.\n</thi"), delta("nk>\n\nsum("), delta("items)")],
        [delta("We need to add up.</think>"), delta("sum(items)")],
        [{"choices": [{"text": "sum(items)"}]}],
        [{"choices": [{"message": {"role": "assistant", "content": "sum(items)"}, "finish_reason": "stop"}]}],
    ],
)
async def test_the_text_of_a_chat_is_found_and_its_reasoning_is_not(
    server: FaultServer, tmp_path: Path, deltas: list[dict[str, Any]]
) -> None:
    server.behaviour = Script({"/v1/chat/completions": [*deltas, "[DONE]"]})
    chat = open_chat(settings("chat", server.url), cache_dir=tmp_path)
    assert await chat_text(chat) == "sum(items)"
    await chat.aclose()


@pytest.mark.parametrize(
    "text",
    ["<", "<div>x</div>", "[1, 2]", "<thin", "", "Okay, so be it.", "We need", "The user is saved.", "Solid"],
)
async def test_what_only_begins_like_reasoning_is_kept(
    server: FaultServer, tmp_path: Path, text: str
) -> None:
    server.behaviour = Script({"/v1/chat/completions": [*[delta(char) for char in text], "[DONE]"]})
    chat = open_chat(settings("chat", server.url), cache_dir=tmp_path)
    if text:
        assert await chat_text(chat) == text
    await chat.aclose()


@pytest.mark.parametrize(
    ("refusals", "left"),
    [
        (
            {
                "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
                " 'max_completion_tokens' instead.",
                "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
            },
            {"max_completion_tokens", "messages", "model", "stream", "stop", "seed"},
        ),
        (
            {"stop": "Argument not supported: stop"},
            {"max_tokens", "messages", "model", "stream", "temperature", "seed"},
        ),
        (
            {"seed": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
            {"max_tokens", "messages", "model", "stream", "temperature", "stop"},
        ),
        ({"stream": "streaming is off"}, {"max_tokens", "messages", "model", "temperature", "stop", "seed"}),
    ],
)
async def test_what_a_server_refuses_is_learned_and_remembered(
    server: FaultServer, tmp_path: Path, refusals: dict[str, Any], left: set[str]
) -> None:
    def answer(request: Request) -> Any:
        for name, said in refusals.items():
            if name in request.json:
                detail = said if isinstance(said, list) else f"{said} {name}"
                return 422 if isinstance(said, list) else 400, {"detail": detail}
        return [delta("yes"), "[DONE]"]

    server.behaviour = Script({"/v1/chat/completions": answer})
    for attempt in range(2):
        chat = open_chat(settings("chat", server.url), cache_dir=tmp_path)
        before = len(server.requests)
        assert await chat_text(chat, seed=1, stop=("END",)) == "yes"
        assert len(server.requests) - before == (1 if attempt else len(refusals) + 1)
        await chat.aclose()
    assert set(sent(server, "/v1/chat/completions")) == left


@pytest.mark.parametrize(
    "said",
    [
        "This response_format type is unavailable now",
        "'json_schema' is not supported by this model.",
        "Structured output is not supported.",
        {"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'"},
    ],
)
async def test_a_schema_is_sent_where_the_server_takes_it(
    server: FaultServer, tmp_path: Path, said: Any
) -> None:
    taken = True

    def answer(request: Request) -> Any:
        if "response_format" in request.json and not taken:
            return 400, {"error": {"message": said}} if isinstance(said, str) else {"detail": [said]}
        return [delta("{}"), "[DONE]"]

    server.behaviour = Script({"/v1/chat/completions": answer})
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    for taken in (True, False):
        chat = open_chat(settings("chat", server.url), cache_dir=tmp_path)
        assert await chat_text(chat, schema=schema) == "{}"
        await chat.aclose()
        body = sent(server, "/v1/chat/completions")
        assert ("response_format" in body) is taken
        if taken:
            assert body["response_format"]["json_schema"]["schema"] == schema


async def test_completions_learn_it_too(server: FaultServer, opened: Open) -> None:
    def answer(request: Request) -> Any:
        if "temperature" in request.json:
            return 400, {"error": {"message": "Unknown field.", "param": "temperature"}}
        return [{"choices": [{"text": "x", "finish_reason": "stop"}]}]

    server.behaviour = Script({"/v1/completions": answer})
    assert await text_of(opened(settings("openai", server.url)), "y =") == "x"
    assert "temperature" not in sent(server, "/v1/completions")


async def test_a_refusal_that_names_nothing_is_an_error(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": (400, {"error": "the prompt and the model disagree"})})
    with pytest.raises(HttpFailure, match="the prompt and the model disagree"):
        await collect(opened(settings("openai", server.url)))
    assert sum(request.path == "/v1/completions" for request in server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "suggestion"),
    [
        ("Here is the completed code:\n\n```python\nreturn 1\n```", "return 1"),
        ("Sure, this is it.\n```\nreturn 1\n```\nIt returns one.", "return 1"),
        ("```python\nreturn 1\n```\nHope this helps!", "return 1"),
        ("Sure!\n```\nreturn 1\n```", "return 1"),
        ("Return the value of it", "Return the value of it"),
        ("If x is None:", "If x is None:"),
        ("return 1", "return 1"),
    ],
)
async def test_code_is_taken_out_of_what_a_chat_says_around_it(
    server: FaultServer, opened: Open, answer: str, suggestion: str
) -> None:
    server.behaviour = Script({"/v1/chat/completions": [*[delta(part) for part in answer], "[DONE]"]})
    assert await text_of(opened(settings("chat", server.url)), "def f():\n    ") == suggestion


@pytest.mark.parametrize(
    ("text", "base", "api", "query"),
    [
        ("http://h:8000", "http://h:8000", "/v1", ""),
        ("http://h:8000/v1/", "http://h:8000", "/v1", ""),
        (" h.local:8000/v1/completions\n", "http://h.local:8000", "/v1", ""),
        ("localhost:11434", "http://localhost:11434", "/v1", ""),
        ("0.0.0.0:8080", "http://127.0.0.1:8080", "/v1", ""),
        ("http://[::]:8080/", "http://[::1]:8080", "/v1", ""),
        ("192.168.1.7:1234/v1/models", "http://192.168.1.7:1234", "/v1", ""),
        ("api.deepseek.com/beta", "https://api.deepseek.com", "/beta", ""),
        ("https://gw/team/llm/v1", "https://gw/team/llm", "/v1", ""),
        ("https://g/v1beta/openai/", "https://g/v1beta", "/openai", ""),
        ("https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api", "/v1", ""),
        (
            '"https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-06-01"',
            "https://x.openai.azure.com/openai/deployments/d",
            "",
            "api-version=2024-06-01",
        ),
        ("http://h:11434/api/generate", "http://h:11434", "/v1", ""),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com", "/v1", ""),
        ("<http://h:3000/generate_stream>", "http://h:3000", "/v1", ""),
    ],
)
def test_an_address_may_be_copied_in_any_form(text: str, base: str, api: str, query: str) -> None:
    address = parse_address(text)
    assert (address.base, address.api, address.query) == (base, api, query)


@pytest.mark.parametrize("text", ["ftp://h", "http://", "http://h:port", "my server", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="address"):
        parse_address(text)


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01",) * 2,
        ("/v1/chat/completions",) * 2,
        ("/v1", "/v1/chat/completions"),
        ("", "/v1/chat/completions"),
        ("/gateway/v1?team=a", "/gateway/v1/chat/completions?team=a"),
    ],
)
async def test_requests_go_where_the_address_says(
    server: FaultServer, opened: Open, endpoint: str, path: str
) -> None:
    server.behaviour = Script({path: [delta("x"), "[DONE]"]})
    assert await text_of(opened(settings("chat", server.url + endpoint)), "y =") == "x"
    assert server.requests[-1].path == path


FIM_ANSWERS: dict[str, Any] = {
    "/v1/completions": [{"choices": [{"text": "x", "finish_reason": "stop"}]}],
    "/v1/fim/completions": [{"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}],
    "/completion": [{"content": "x", "stop": True}],
    "/api/generate": [{"response": "x", "done": True}],
}
CHAT_ANSWERS: dict[str, Any] = {
    "/v1/chat/completions": [delta("x"), "[DONE]"],
    "/v1/messages": [
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "x"}},
        {"type": "message_stop"},
    ],
}


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name not in {"none", "embedded"}])
async def test_rules_of_the_team_reach_models_that_follow_instructions_and_no_other(
    server: FaultServer, opened: Open, provider: str
) -> None:
    probes = {"/props": {}, "/api/show": {}, "/api/version": {"version": "0.12.11"}, "/api/tags": {}}
    server.behaviour = Script({**probes, **FIM_ANSWERS, **CHAT_ANSWERS}, ndjson=provider == "ollama")
    model = opened(settings(provider, server.url))
    prompt = CompletionPrompt("y = ", "", path="a.py", language_id="python", rules="Prefer early returns.")
    async with aclosing(model.stream(prompt, GenerationOptions())) as chunks:
        assert "".join([chunk.text async for chunk in chunks]) == "x"
    bodies = [request.json for request in server.requests if request.path in {**FIM_ANSWERS, **CHAT_ANSWERS}]
    assert bodies
    told = ["Prefer early returns." in json.dumps(body) for body in bodies]
    assert told == [PROVIDERS[provider].instructed] * len(bodies)
    assert ("Prefer early returns." in model.render(prompt)) == PROVIDERS[provider].instructed
