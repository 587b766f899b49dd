"""One server after the other, with the addresses, the events and the errors that it was recorded or documented to have."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from segue_model import (
    ChatMessage,
    CompletionPrompt,
    ContextFile,
    GenerationOptions,
    HttpFailure,
    ModelError,
    NoProbabilities,
    open_chat,
)

from .conftest import collect, text_of
from .test_providers import Script, sent
from .test_server_shapes import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_bench.fault_server import FaultServer, Request
    from segue_model import ModelSettings, OpenedModel

    Open = Callable[[ModelSettings], OpenedModel]

PROMPT = CompletionPrompt(
    "def total(items):\n    return ",
    "\n\nprint(total([1]))\n",
    path="shop/total.py",
    language_id="python",
    context=(ContextFile("shop/tax.py", "RATE = 0.2\n"),),
)


async def completion(model: OpenedModel, prompt: CompletionPrompt = PROMPT, **options: Any) -> str:
    async with aclosing(model.stream(prompt, GenerationOptions(**options))) as chunks:
        return "".join([chunk.text async for chunk in chunks])


def completed(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish, **more}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


def chatted(content: Any, finish: str | None = None, **more: Any) -> dict[str, Any]:
    delta = {"role": "assistant", "content": content, **more}
    return {
        "id": "gen-1",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


USAGE = {
    "id": "cmpl-1",
    "object": "text_completion",
    "choices": [],
    "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13, "prompt_tokens_details": None},
}


@dataclass(frozen=True)
class Recorded:
    """A server's answers by address; each of them gives the completion ``sum(items)``."""

    answers: dict[str, Any]
    endpoint: str = ""
    provider: str = "openai"
    model: str = "qwen2.5-coder"
    asked: str = "/v1/completions"
    must: dict[str, Any] = field(default_factory=dict)


SERVERS = {
    "SGLang": Recorded(
        {
            "/v1/models": {
                "object": "list",
                "data": [{"id": "qwen2.5-coder", "owned_by": "sglang", "max_model_len": 32768}],
            },
            "/v1/completions": [
                completed("sum(", matched_stop=None),
                completed("items)", matched_stop=None),
                completed("", "stop", matched_stop=151643),
                USAGE,
                "[DONE]",
            ],
        }
    ),
    "vLLM": Recorded(
        {
            "/v1/models": {"object": "list", "data": [{"id": "qwen2.5-coder", "owned_by": "vllm"}]},
            "/v1/completions": [completed("sum(items)", stop_reason=None), completed("", "length"), "[DONE]"],
        }
    ),
    "Text Generation Inference 3": Recorded(
        {
            "/v1/models": {"object": "list", "data": [{"id": "qwen2.5-coder", "owned_by": "qwen2.5-coder"}]},
            "/v1/completions": [
                {
                    "object": "text_completion",
                    "choices": [{"index": 0, "text": text, "logprobs": None, "finish_reason": ""}],
                    "system_fingerprint": "3.0.0-sha",
                }
                for text in ("sum(", "items)")
            ]
            + [completed("", "stop"), "[DONE]"],
        }
    ),
    "Text Generation Inference 1, its own API": Recorded(
        {
            "/info": {"model_id": "bigcode/starcoder2-3b", "max_total_tokens": 4096, "version": "1.4.0"},
            "/generate_stream": [
                {
                    "index": 1,
                    "token": {"id": 5, "text": "sum", "logprob": -0.2, "special": False},
                    "generated_text": None,
                },
                {"index": 2, "token": {"id": 6, "text": "(items)", "logprob": -0.1, "special": False}},
                {
                    "index": 3,
                    "token": {"id": 0, "text": "<|endoftext|>", "logprob": -0.3, "special": True},
                    "generated_text": "sum(items)",
                    "details": {"finish_reason": "eos_token", "generated_tokens": 3},
                },
            ],
        },
        model="starcoder2-3b",
        asked="/generate_stream",
    ),
    "Text Generation Inference that does not stream": Recorded(
        {
            "/info": {"model_id": "bigcode/starcoder2-3b"},
            "/generate_stream": {"generated_text": "sum(items)", "details": None},
        },
        model="",
        asked="/generate_stream",
    ),
    "Tabby": Recorded(
        {
            "/v1/health": {"model": "StarCoder-1B", "device": "cuda", "version": {"git_describe": "v0.21.0"}},
            "/v1/completions": {"id": "cmpl-9f", "choices": [{"index": 0, "text": "sum(items)"}]},
        },
        model="",
        must={
            "language": "python",
            "segments": {
                "prefix": "def total(items):\n    return",
                "suffix": PROMPT.suffix,
                "filepath": "shop/total.py",
                "relevant_snippets_from_changed_files": [
                    {"filepath": "shop/tax.py", "body": "RATE = 0.2\n", "score": 1.0}
                ],
            },
        },
    ),
    "Inception's Mercury": Recorded(
        {
            "/v1/models": {"object": "list", "data": [{"id": "mercury-coder", "owned_by": "inception"}]},
            "/v1/fim/completions": [
                {
                    "id": "x",
                    "object": "text_completion",
                    "choices": [{"index": 0, "text": "sum(items)", "finish_reason": None}],
                },
                {
                    "id": "x",
                    "choices": [{"index": 0, "text": "", "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 9},
                },
                "[DONE]",
            ],
        },
        model="mercury-coder",
        asked="/v1/fim/completions",
        must={"model": "mercury-coder", "suffix": PROMPT.suffix},
    ),
    "DeepSeek, fill-in at /beta": Recorded(
        {
            "/beta/models": {"object": "list", "data": [{"id": "deepseek-chat", "owned_by": "deepseek"}]},
            "/beta/completions": [
                completed(
                    "sum(", logprobs={"tokens": ["sum("], "token_logprobs": [-0.1], "top_logprobs": [{}]}
                ),
                completed("items)"),
                {**completed("", "stop"), "usage": {"prompt_cache_hit_tokens": 64, "prompt_tokens": 80}},
                "[DONE]",
            ],
        },
        endpoint="/beta",
        model="deepseek-chat",
        asked="/beta/completions",
        must={"suffix": PROMPT.suffix},
    ),
    "LM Studio": Recorded(
        {
            "/v1/models": {
                "object": "list",
                "data": [{"id": "qwen2.5-coder", "object": "model", "owned_by": "organization_owner"}],
            },
            "/v1/completions": [
                completed("sum("),
                completed("items)"),
                {**completed("", "stop"), "stats": {}},
                "[DONE]",
            ],
        }
    ),
    "OpenRouter": Recorded(
        {
            "/api/v1/chat/completions": [
                {
                    "provider": "X",
                    **chatted("", reasoning="hm", reasoning_details=[{"type": "reasoning.text"}]),
                },
                {"provider": "X", **chatted("sum(")},
                {"provider": "X", **chatted("items)")},
                {
                    "choices": [
                        {
                            "index": 0,
                            "delta": {"content": ""},
                            "finish_reason": "stop",
                            "native_finish_reason": "end_turn",
                        }
                    ]
                },
                {"choices": [], "usage": {"prompt_tokens": 12, "cost": 0.00001, "cost_details": {}}},
                "[DONE]",
            ],
        },
        endpoint="/api/v1",
        provider="chat",
        model="qwen/qwen3-coder",
        asked="/api/v1/chat/completions",
    ),
    "Gemini's OpenAI door": Recorded(
        {
            "/v1beta/openai/chat/completions": [
                chatted("sum(", extra_content={"google": {"thought_signature": "Cs4B"}}),
                chatted("items)", "stop"),
                "[DONE]",
            ],
        },
        endpoint="/v1beta/openai/",
        provider="chat",
        model="gemini-2.5-flash",
        asked="/v1beta/openai/chat/completions",
    ),
    "DeepSeek, chat": Recorded(
        {
            "/v1/chat/completions": [
                chatted(None, reasoning_content="The user"),
                chatted("sum(items)", reasoning_content=None),
                chatted("", "stop"),
                "[DONE]",
            ]
        },
        provider="chat",
        model="deepseek-reasoner",
        asked="/v1/chat/completions",
    ),
    "Azure": Recorded(
        {
            "/openai/deployments/d/chat/completions?api-version=2024-10-21": [
                {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
                {
                    "choices": [
                        {
                            "index": 0,
                            "content_filter_results": {},
                            "delta": {"content": "sum(items)"},
                            "finish_reason": None,
                        }
                    ]
                },
                {
                    "choices": [
                        {"index": 0, "content_filter_offsets": {}, "delta": {}, "finish_reason": "stop"}
                    ]
                },
                "[DONE]",
            ]
        },
        endpoint="/openai/deployments/d/chat/completions?api-version=2024-10-21",
        provider="chat",
        asked="/openai/deployments/d/chat/completions?api-version=2024-10-21",
    ),
}


@pytest.mark.parametrize("recorded", SERVERS.values(), ids=SERVERS.keys())
async def test_each_server_s_answer_is_read(server: FaultServer, opened: Open, recorded: Recorded) -> None:
    server.behaviour = Script(recorded.answers)
    model = opened(settings(recorded.provider, server.url + recorded.endpoint, model=recorded.model))
    assert (await completion(model)).strip() == "sum(items)"
    body = sent(server, recorded.asked)
    assert recorded.must.items() <= body.items()
    assert model.status.state == "ready"
    before = len(server.requests)
    assert (await completion(model)).strip() == "sum(items)"
    assert len(server.requests) == before + 1  # what the server can do is asked once


async def test_tokens_of_tgi_come_with_their_chances(server: FaultServer, opened: Open) -> None:
    tops = [{"id": 9, "text": "len", "logprob": -1.9, "special": False}]
    token = {"id": 5, "text": "sum", "logprob": -0.2, "special": False}
    server.behaviour = Script(
        {
            "/info": {"model_id": "starcoder2"},
            "/generate_stream": [{"index": 1, "token": token, "top_tokens": tops, "generated_text": "sum"}],
        }
    )
    model = opened(settings("openai", server.url, model="starcoder2"))
    async with aclosing(model.tokens(PROMPT, least=0.01, max_tokens=1)) as tokens:
        found = [likely async for likely in tokens]
    assert (found[0].text.strip(), found[0].logprob) == ("sum", -0.2)
    assert ("len", -1.9) in [(text.strip(), logprob) for text, logprob in found[0].others]
    parameters = sent(server, "/generate_stream")["parameters"]
    assert (parameters["max_new_tokens"], parameters["top_n_tokens"], parameters["do_sample"]) == (
        1,
        5,
        False,
    )


async def test_tabby_tells_no_chances(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script(SERVERS["Tabby"].answers)
    with pytest.raises(NoProbabilities):
        async with aclosing(
            opened(settings("openai", server.url, model="")).tokens(PROMPT, least=0.1)
        ) as tokens:
            await anext(tokens)


ERRORS = {
    "OpenRouter, in the stream": (
        "chat",
        [{"id": "g", "error": {"code": 502, "message": "Provider returned error"},
          "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}],
        "server_error",
    ),
    "OpenRouter, no credit": ("chat", (402, {"error": {"message": "Insufficient credits", "code": 402}}), "no_credit"),
    "Gemini, a list": (
        "chat",
        (400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]),
        "bad_request",
    ),
    "LM Studio, no model": (
        "openai",
        (404, {"error": {"message": "No models loaded. Please load a model in the developer page.",
                         "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}),
        "model_not_found",
    ),
    "LM Studio, in the stream": ("openai", [{"error": {"message": "The model has crashed."}}], "server_error"),
    "DeepSeek, no balance": (
        "openai", (402, {"error": {"message": "Insufficient Balance", "type": "unknown_error"}}), "no_credit",
    ),
    "SGLang": (
        "openai",
        (400, {"object": "error", "message": "The input is not valid.", "type": "BadRequestError", "code": 400}),
        "bad_request",
    ),
    "TGI, overloaded": ("openai", (429, {"error": "Model is overloaded", "error_type": "overloaded"}), "rate_limited"),
    "Tabby, no token": ("openai", (401, {}), "no_key"),
}  # fmt: skip


@pytest.mark.parametrize(("provider", "answer", "reason"), ERRORS.values(), ids=ERRORS.keys())
async def test_each_server_s_error_is_named(
    server: FaultServer, opened: Open, provider: str, answer: Any, reason: str
) -> None:
    server.behaviour = Script({"/v1/completions": answer, "/v1/chat/completions": answer})
    with pytest.raises(ModelError) as caught:
        await collect(opened(settings(provider, server.url)))
    assert caught.value.reason.replace("unauthorized", "no_key") == reason


@pytest.mark.parametrize(
    ("said", "left_out"),
    [
        ('Invalid JSON payload received. Unknown name "seed": Cannot find field.', "seed"),  # Gemini
        ("Unsupported parameter: 'temperature' is not supported with this model.", "temperature"),  # OpenAI
        ("`temperature`: Extra inputs are not permitted", "temperature"),  # Mistral
        ("seed: this field is not supported by this provider", "seed"),
    ],
)
async def test_a_parameter_that_a_chat_server_refuses_is_left_out(
    server: FaultServer, tmp_path: Path, said: str, left_out: str
) -> None:
    def answer(request: Request) -> Any:
        if left_out in request.json:
            return 400, [{"error": {"code": 400, "message": said}}]
        return [chatted("yes", "stop"), "[DONE]"]

    server.behaviour = Script({"/v1/chat/completions": answer})
    chat = open_chat(settings("chat", server.url), cache_dir=tmp_path)
    options = GenerationOptions(seed=1, temperature=0.3)
    async with aclosing(chat.chat([ChatMessage("user", "hi")], options)) as chunks:
        assert "".join([chunk.text async for chunk in chunks]) == "yes"
    assert left_out not in sent(server, "/v1/chat/completions")
    await chat.aclose()


async def test_a_server_that_nobody_knows_is_still_asked_as_openai_is(
    server: FaultServer, opened: Open
) -> None:
    server.behaviour = Script({"/v1/completions": (404, {"error": "no such address"})})
    with pytest.raises(HttpFailure, match="knows no such address"):
        await text_of(opened(settings("openai", server.url)))
