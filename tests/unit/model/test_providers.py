"""What each kind of server is sent, and what is made of its answers."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from segue_model import (
    ChatMessage,
    CompletionPrompt,
    ConfigurationError,
    ContextFile,
    FormatSettings,
    GenerationOptions,
    ModelSettings,
    OpenedModel,
    open_chat,
    open_model,
)

from .conftest import SHORT, collect, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from segue_bench.fault_server import Connection, FaultServer, Request

    Open = Callable[[ModelSettings], OpenedModel]

FIM = "<|fim_prefix|>a = <|fim_suffix|>\nb<|fim_middle|>"


class Script:
    """Answers each path with what the script says: a document, or a list of them streamed."""

    def __init__(self, answers: Mapping[str, Any], *, ndjson: bool = False) -> None:
        self.answers = dict(answers)
        self.ndjson = ndjson

    def __call__(self, connection: Connection, request: Request) -> None:
        answer = self.answers.get(request.path, (404, {"error": "no such address"}))
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, tuple):
            connection.answer(*answer)
        elif isinstance(answer, list):
            kind = "application/x-ndjson" if self.ndjson else "text/event-stream"
            lines = [json.dumps(item) if not isinstance(item, str) else item for item in answer]
            body = "".join(f"{line}\n" if self.ndjson else f"data: {line}\n\n" for line in lines).encode()
            connection.send(
                f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
        else:
            connection.answer(200, answer)


def sent(server: FaultServer, path: str) -> dict[str, Any]:
    """Return the body of the last request to `path`."""
    return [request.json for request in server.requests if request.path == path][-1]


def settings(provider: str, url: str, **changes: Any) -> ModelSettings:
    base = ModelSettings(provider=provider, endpoint=url, model="qwen2.5-coder", timeouts=SHORT)
    return replace(base, **changes)


OPENAI_STREAM = [
    {"choices": [{"text": " 1", "logprobs": {"token_logprobs": [-0.25]}, "finish_reason": None}]},
    {"choices": [{"text": "", "finish_reason": "length"}], "usage": {"prompt_tokens": 9}},
    "[DONE]",
]


async def test_openai_gets_the_template_and_at_most_four_stops(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_STREAM})
    model = opened(settings("openai", f"{server.url}/v1", api_key="k-1"))
    chunks = await collect(model, "a = ", "\nb", max_tokens=5, stop=("\n\n",), seed=7)
    body = sent(server, "/v1/completions")
    assert body["prompt"] == FIM.replace("a = ", "a =")
    assert "suffix" not in body
    assert (body["max_tokens"], body["temperature"], body["seed"], body["stream"]) == (5, 0.0, 7, True)
    assert body["stop"][0] == "\n\n"
    assert len(body["stop"]) == 4
    assert server.requests[-1].headers["authorization"] == "Bearer k-1"
    assert "".join(chunk.text for chunk in chunks) == "1"
    assert chunks[0].logprobs == (-0.25,)
    assert chunks[-1].finish == "length"
    assert chunks[-1].stats == {"prompt_tokens": 9}


async def test_a_server_that_refuses_suffix_is_given_the_prefix_and_remembered(
    server: FaultServer, tmp_path: Path
) -> None:
    def answer(request: Request) -> Any:
        if "suffix" in request.json:
            return 400, {"error": {"message": "suffix is not currently supported"}}
        return OPENAI_STREAM

    server.behaviour = Script({"/v1/completions": answer})
    chosen = settings("openai", server.url, model="unknown-model", fim="auto")
    for _ in range(2):
        model = open_model(chosen, cache_dir=tmp_path)
        assert await text_of(model, "a =") == " 1"
        await model.aclose()
    with_suffix = [r for r in server.requests if r.path == "/v1/completions" and "suffix" in r.json]
    assert len(with_suffix) == 1  # the probe; a new process remembers what it taught
    assert sent(server, "/v1/completions")["prompt"] == "a ="


async def test_a_server_that_ignores_suffix_is_found_out(server: FaultServer, opened: Open) -> None:
    def answer(request: Request) -> Any:
        counted = 20 if "suffix" in request.json and honest else 1
        if request.json.get("stream"):
            return OPENAI_STREAM
        return {"choices": [{"text": "x"}], "usage": {"prompt_tokens": counted}}

    honest = False
    server.behaviour = Script({"/v1/completions": answer})
    await collect(opened(settings("openai", server.url, model="ignores")), "a =", "\nb")
    assert "suffix" not in sent(server, "/v1/completions")
    honest = True
    await collect(opened(settings("openai", server.url, model="honours")), "a =", "\nb")
    assert sent(server, "/v1/completions")["suffix"] == "\nb"


async def test_a_server_that_takes_one_stop_only_is_asked_again(server: FaultServer, opened: Open) -> None:
    def answer(request: Request) -> Any:
        stops = request.json["stop"]
        assert isinstance(stops, list)
        return (400, {"message": "stop: at most 1 item"}) if len(stops) > 1 else OPENAI_STREAM

    server.behaviour = Script({"/v1/completions": answer})
    assert await text_of(opened(settings("openai", server.url)), "a =") == " 1"


async def test_a_server_without_logprobs_is_asked_again(server: FaultServer, opened: Open) -> None:
    def answer(request: Request) -> Any:
        if "logprobs" in request.json:
            return 422, {"detail": "logprobs: extra fields not permitted"}
        return OPENAI_STREAM

    server.behaviour = Script({"/v1/completions": answer})
    assert await text_of(opened(settings("openai", server.url)), "a =") == " 1"


async def test_a_prompt_that_is_too_long_is_halved(server: FaultServer, opened: Open) -> None:
    lengths: list[int] = []

    def answer(request: Request) -> Any:
        lengths.append(len(str(request.json["prompt"])))
        if lengths[-1] > 4000:
            return 400, {"error": {"message": "This model's maximum context length is 1500 tokens"}}
        return OPENAI_STREAM

    server.behaviour = Script({"/v1/completions": answer})
    model = opened(settings("openai", server.url))
    assert await text_of(model, "x = 12345\n" * 2000 + "a =") == " 1"
    assert len(lengths) == 3


async def test_half_of_a_surrogate_pair_does_no_harm(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_STREAM})
    assert await text_of(opened(settings("openai", server.url)), "a = '\ud83d'\nb =") == " 1"
    assert "a = '?'" in sent(server, "/v1/completions")["prompt"]


async def test_a_header_that_http_forbids_is_a_setting_to_correct(server: FaultServer, opened: Open) -> None:
    with pytest.raises(ConfigurationError, match="header"):
        await collect(opened(settings("openai", server.url, headers=(("bad name", "x"),))))


async def test_vllm_tells_which_tokens_it_has(server: FaultServer, opened: Open) -> None:
    def tokenize(request: Request) -> Any:
        known = {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"}
        return {"tokens": [1] if request.json["prompt"] in known else [1, 2, 3]}

    models = {"data": [{"id": "house-model", "owned_by": "vllm", "max_model_len": 8192}]}
    server.behaviour = Script({"/v1/completions": OPENAI_STREAM, "/tokenize": tokenize, "/v1/models": models})
    await collect(opened(settings("openai", server.url, model="")), "a =", "\nb")
    body = sent(server, "/v1/completions")
    assert body["model"] == "house-model"
    assert body["prompt"] == "<fim_prefix>a =<fim_suffix>\nb<fim_middle>"


async def test_an_answer_that_is_not_streamed_is_read(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": {"choices": [{"text": " whole", "finish_reason": "stop"}]}})
    assert await text_of(opened(settings("openai", server.url)), "a =") == " whole"


async def test_an_error_inside_the_stream_is_an_error(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": [{"error": {"code": 500, "message": "out of memory"}}]})
    with pytest.raises(Exception, match="out of memory"):
        await collect(opened(settings("openai", server.url)))


LLAMA_STREAM = [
    {"content": "def", "completion_probabilities": [{"logprob": -0.5}], "stop": False},
    {"content": " 1", "completion_probabilities": [{"logprob": -0.1}], "stop": False},
    {
        "content": "",
        "stop": True,
        "stop_type": "eos",
        "timings": {"cache_n": 10, "prompt_n": 2, "prompt_ms": 3.5, "predicted_ms": 7.0, "predicted_n": 2},
    },
]


def llama(known: set[str], **changes: Any) -> Script:
    def tokenize(request: Request) -> Any:
        tokens = str(request.json["content"]).split("\n")
        pieces = [piece for token in tokens for piece in ([token] if token in known else list(token))]
        return {"tokens": [{"id": 7, "piece": piece} for piece in pieces]}

    props = {
        "build_info": "b1234",
        "model_path": "/m/house.gguf",
        "default_generation_settings": {"n_ctx": 4096},
    }
    return Script(
        {
            "/props": props,
            "/tokenize": tokenize,
            "/completion": LLAMA_STREAM,
            "/infill": LLAMA_STREAM,
            **changes,
        }
    )


async def test_llamacpp_is_probed_and_made_to_heal(server: FaultServer, opened: Open) -> None:
    server.behaviour = llama({"<fim_prefix>", "<fim_suffix>", "<fim_middle>"})
    model = opened(settings("llamacpp", server.url, model=""))
    chunks = await collect(model, "a = def", "\nb", max_tokens=5, stop=("\n",))
    body = sent(server, "/completion")
    assert body["prompt"] == "<fim_prefix>a =<fim_suffix>\nb<fim_middle>"
    assert body["grammar"].startswith('root ::= " def"')
    assert body["n_probs"] == 1
    assert body["cache_prompt"] is True
    assert "<|endoftext|>" in body["stop"]
    assert chunks[-1].stats["cached_tokens"] == 10
    assert chunks[-1].stats["prompt_tokens"] == 12
    assert "<fim_middle>" in model.control_tokens


async def test_another_model_at_the_same_address_is_noticed(server: FaultServer, tmp_path: Path) -> None:
    known = {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"}
    for tokens, expected in ((known, "<fim_prefix>a =<fim_suffix>\nb<fim_middle>"), (set(), "a =")):
        script = llama(tokens)
        script.answers["/props"] = {**script.answers["/props"], "model_path": f"/m/{len(tokens)}.gguf"}
        server.behaviour = script
        model = open_model(settings("llamacpp", server.url, model=""), cache_dir=tmp_path)
        await collect(model, "a = def", "\nb")
        await model.aclose()
        assert sent(server, "/completion")["prompt"] == expected


async def test_llamacpp_infill_sends_the_parts(server: FaultServer, opened: Open) -> None:
    server.behaviour = llama({"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"})
    model = opened(settings("llamacpp", server.url, model="", fim="infill"))
    prompt = CompletionPrompt("a = ", "\nb", path="a.py", context=(ContextFile("c.py", "C"),))
    async with aclosing(model.stream(prompt, GenerationOptions())) as stream:
        assert [chunk async for chunk in stream]
    body = sent(server, "/infill")
    assert (body["input_prefix"], body["input_suffix"]) == ("a =", "\nb")
    assert body["input_extra"] == [{"filename": "c.py", "text": "C\n"}]


async def test_llamacpp_is_warmed_without_generating(server: FaultServer, opened: Open) -> None:
    server.behaviour = llama(set())
    await opened(settings("llamacpp", server.url, model="")).warm(CompletionPrompt("a = b", ""))
    body = sent(server, "/completion")
    assert body["n_predict"] == 0
    assert "grammar" not in body


async def test_a_base_model_without_fim_tokens_gets_the_prefix_only(
    server: FaultServer, opened: Open
) -> None:
    server.behaviour = llama(set())
    await collect(opened(settings("llamacpp", server.url)), "a =", "\nb")
    assert sent(server, "/completion")["prompt"] == "a"


def ollama(capabilities: list[str]) -> Script:
    return Script(
        {
            "/api/version": {"version": "0.12"},
            "/api/show": {
                "capabilities": capabilities,
                "model_info": {"general.architecture": "qwen2", "qwen2.context_length": 2048},
            },
            "/api/generate": [
                {"response": " 1", "done": False},
                {
                    "response": "",
                    "done": True,
                    "done_reason": "stop",
                    "prompt_eval_count": 5,
                    "eval_duration": 2_000_000,
                },
            ],
        },
        ndjson=True,
    )


async def test_ollama_gets_our_template_raw(server: FaultServer, opened: Open) -> None:
    server.behaviour = ollama(["completion", "insert"])
    chunks = await collect(opened(settings("ollama", server.url)), "a =", "\nb", max_tokens=5)
    body = sent(server, "/api/generate")
    assert body["raw"] is True
    assert body["prompt"] == FIM.replace("a = ", "a =")
    assert body["options"]["num_ctx"] == 2048
    assert body["options"]["num_predict"] == 5
    assert chunks[-1].stats == {"prompt_tokens": 5, "predicted_ms": 2.0}


@pytest.mark.parametrize("inserts", [True, False])
async def test_ollama_fills_in_where_the_model_can(
    server: FaultServer, opened: Open, *, inserts: bool
) -> None:
    server.behaviour = ollama(["completion", *(["insert"] if inserts else [])])
    await collect(opened(settings("ollama", server.url, model="house")), "a =", "\nb")
    body = sent(server, "/api/generate")
    assert ("suffix" in body) is inserts
    assert ("raw" in body) is not inserts


async def test_mistral_gets_prefix_and_suffix(server: FaultServer, opened: Open) -> None:
    stream = [
        {"choices": [{"delta": {"content": " 1"}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": ""}, "finish_reason": "stop"}]},
        "[DONE]",
    ]
    server.behaviour = Script({"/v1/fim/completions": stream})
    assert await text_of(opened(settings("mistral", server.url, model="")), "a =") == " 1"
    body = sent(server, "/v1/fim/completions")
    assert (body["model"], body["prompt"], body["suffix"]) == ("codestral-latest", "a =", "")


CHAT_STREAM = [
    {"choices": [{"delta": {"role": "assistant", "content": "```py\n"}}]},
    {"choices": [{"delta": {"content": "a = 1\n`"}}]},
    {"choices": [{"delta": {"content": "``"}}]},
    {"choices": [{"delta": {}, "finish_reason": "stop"}]},
]


async def test_a_chat_model_fills_in_and_is_unwrapped(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/chat/completions": CHAT_STREAM})
    model = opened(settings("chat", server.url))
    assert await text_of(model, "x = 0\na = ") == "1"
    (system, user) = sent(server, "/v1/chat/completions")["messages"]
    assert system["role"] == "system"
    assert "x = 0\na = <|hole|>" in user["content"]


async def test_chat_streams(server: FaultServer, tmp_path: Path) -> None:
    server.behaviour = Script({"/v1/chat/completions": CHAT_STREAM})
    chat = open_chat(settings("chat", f"{server.url}/v1"), cache_dir=tmp_path)
    async with aclosing(chat.chat([ChatMessage("user", "hi")], GenerationOptions())) as stream:
        text = "".join([chunk.text async for chunk in stream])
    await chat.aclose()
    assert text == "```py\na = 1\n```"


async def test_mercurys_edits_have_an_endpoint_of_their_own(server: FaultServer, tmp_path: Path) -> None:
    server.behaviour = Script({"/v1/edit/completions": CHAT_STREAM})
    chat = open_chat(settings("chat", server.url, model="mercury-edit"), cache_dir=tmp_path)
    async with aclosing(chat.chat([ChatMessage("user", "hi")], GenerationOptions())) as stream:
        assert "".join([chunk.text async for chunk in stream]) == "```py\na = 1\n```"
    await chat.aclose()


async def test_a_raw_prompt_is_sent_as_it_is(server: FaultServer, opened: Open) -> None:
    """A next-edit model's own format: no template, no healing of blanks at the end, no stops of a family."""
    server.behaviour = Script({"/v1/completions": [{"choices": [{"text": "ok", "finish_reason": "stop"}]}]})
    text = "<|file_sep|>updated/a.py:1:2\ndef f():\n    "
    options = GenerationOptions(stop=("<|file_sep|>",))
    stream = opened(settings("openai", server.url, model="qwen2.5-coder")).stream(
        CompletionPrompt(text, "", raw=True), options
    )
    async with aclosing(stream) as chunks:
        assert "".join([chunk.text async for chunk in chunks]) == "ok"
    body = sent(server, "/v1/completions")
    assert (body["prompt"], body["stop"]) == (text, ["<|file_sep|>"])


async def test_anthropic_speaks_its_own_dialect(server: FaultServer, tmp_path: Path) -> None:
    server.behaviour = Script(
        {
            "/v1/messages": [
                {"type": "message_start", "message": {}},
                {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}},
                {"type": "ping"},
                {
                    "type": "message_delta",
                    "delta": {"stop_reason": "end_turn"},
                    "usage": {"output_tokens": 2},
                },
                {"type": "message_stop"},
            ]
        }
    )
    chat = open_chat(settings("anthropic", server.url, api_key="k-2"), cache_dir=tmp_path)
    messages = [ChatMessage("system", "Be brief."), ChatMessage("user", "hi")]
    async with aclosing(chat.chat(messages, GenerationOptions(stop=("\n", "END")))) as stream:
        chunks = [chunk async for chunk in stream]
    await chat.aclose()
    body = sent(server, "/v1/messages")
    assert body["system"] == "Be brief."
    assert body["messages"] == [{"role": "user", "content": "hi"}]
    assert body["stop_sequences"] == ["END"]
    assert server.requests[-1].headers["x-api-key"] == "k-2"
    assert "".join(chunk.text for chunk in chunks) == "Hello"
    assert chunks[-1].finish == "stop"


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": "nonesuch"},
        {"provider": "openai", "endpoint": ""},
        {"provider": "openai", "endpoint": "http://h", "format": "nonesuch"},
    ],
)
def test_impossible_settings_are_refused_at_once(changes: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        open_model(ModelSettings(**changes), cache_dir=tmp_path)  # type: ignore[arg-type]


async def test_a_format_of_the_user_is_used(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_STREAM})
    own = FormatSettings(template="<A>{prefix}<B>{suffix}<C>", stop=("<E>",), special=("<A>",))
    model = opened(settings("openai", server.url, custom_format=own))
    await collect(model, "a = <A>", "\nb")
    body = sent(server, "/v1/completions")
    assert body["prompt"] == "<A>a = <\u2060A><B>\nb<C>"
    assert body["stop"] == ["<E>"]


async def test_guards_do_not_reach_the_screen(server: FaultServer, opened: Open) -> None:
    copied = [{"choices": [{"text": 'x = "<\u2060|fim_pad|>"', "finish_reason": "stop"}]}]
    server.behaviour = Script({"/v1/completions": copied})
    assert await text_of(opened(settings("openai", server.url)), "a =") == 'x = "<|fim_pad|>"'


async def test_what_is_rendered_is_what_is_sent(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_STREAM})
    model = opened(settings("openai", server.url))
    prompt = CompletionPrompt("a = ", "\nb", path="a.py", repository="r", context=(ContextFile("c.py", "C"),))
    async with aclosing(model.stream(prompt, GenerationOptions())) as stream:
        assert [chunk async for chunk in stream]
    assert sent(server, "/v1/completions")["prompt"] == model.render(prompt)
