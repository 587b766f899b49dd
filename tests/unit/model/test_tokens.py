"""The likeliest tokens and their chances: healing, chances of a prefix, where to stop, which servers tell them."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from math import exp, log
from typing import TYPE_CHECKING, Any

import pytest

from segue_model import (
    CompletionPrompt,
    HttpFailure,
    LikelyToken,
    NoProbabilities,
    Timeouts,
    open_model,
)

from .test_providers import Script, sent
from .test_providers import settings as impatient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segue_bench.fault_server import FaultServer, Request
    from segue_model import ModelSettings, OpenedModel

    Open = Callable[[ModelSettings], OpenedModel]

Row = dict[str, float]
"""What a server finds likely at one place: probability by token."""


def settings(provider: str, url: str, **changes: Any) -> ModelSettings:
    return replace(impatient(provider, url, **changes), timeouts=Timeouts())


async def tokens_of(
    model: OpenedModel,
    prefix: str,
    *,
    least: float = 0.01,
    max_tokens: int = 6,
    stop: tuple[str, ...] = ("\n",),
) -> list[LikelyToken]:
    prompt = CompletionPrompt(prefix, "", path="a.py", language_id="python")
    asked = model.tokens(prompt, least=least, max_tokens=max_tokens, stop=stop)
    async with aclosing(asked) as tokens:
        return [token async for token in tokens]


def told(tokens: Sequence[LikelyToken]) -> list[tuple[str, float]]:
    """Return text and cumulated chance of each token."""
    return [(token.text, round(exp(token.cumulated), 3)) for token in tokens]


def chances(pairs: Sequence[tuple[str, float]]) -> dict[str, float]:
    return {text: round(exp(logprob), 3) for text, logprob in pairs}


class LlamaCpp:
    """A llama.cpp server with a table of what follows a text; token numbers are the rows' texts in order."""

    def __init__(self, table: dict[str, Row]) -> None:
        self.table = table
        self.vocabulary = sorted({token for row in table.values() for token in row})
        self.prompts: list[str] = []

    def __call__(self, request: Request) -> Any:
        body = request.json
        prompt = body["prompt"]
        pieces = prompt if isinstance(prompt, list) else [prompt]
        text = "".join(self.vocabulary[piece] if isinstance(piece, int) else str(piece) for piece in pieces)
        self.prompts.append(text)
        row = next((row for end, row in self.table.items() if text.endswith(end)), {})
        if not row or not body["n_probs"]:
            return {"content": "", "stop": True, "stop_type": "eos"}
        tops = [
            {"id": self.vocabulary.index(token), "token": token, "logprob": log(chance)}
            for token, chance in row.items()
        ]
        best = max(tops, key=lambda top: top["logprob"])
        content = [{**best, "top_logprobs": tops}]
        return {"content": best["token"], "stop": True, "completion_probabilities": content}


@pytest.fixture
def llamacpp(server: FaultServer) -> Callable[[dict[str, Row]], LlamaCpp]:
    """Makes the server a llama.cpp server with a given table."""

    def make(table: dict[str, Row]) -> LlamaCpp:
        engine = LlamaCpp(table)
        server.behaviour = Script({"/props": {"build_info": "b1"}, "/completion": engine})
        return engine

    return make


async def test_tokens_come_with_their_chances_until_they_are_unlikely(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    engine = llamacpp(
        {
            "x = self": {".": 0.9},
            "self.": {"name": 0.8, "id": 0.1},
            "name": {".": 0.5, "(": 0.2},
            "name.": {"upper": 0.9},
        }
    )
    model = opened(settings("llamacpp", server.url, model=""))
    found = await tokens_of(model, "x = self.", least=0.6)
    assert told(found) == [("name", 0.8), (".", 0.4)]
    assert chances(found[0].others) == {"id": 0.1}
    assert engine.prompts == ["x = self", "x = self.", "x = self.name"]
    assert model.token_chances is True
    assert model.local


async def test_the_begun_word_is_certain(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    llamacpp(
        {"raise": {" Invalid": 0.1, " Inv": 0.05, " TypeError": 0.6, " I": 0.05}, "Invalid": {"URL": 0.5}}
    )
    found = await tokens_of(opened(settings("llamacpp", server.url, model="")), "raise Inva")
    assert told(found) == [("lid", 0.5), ("URL", 0.25)]
    assert round(exp(found[0].surprise), 3) == 0.2


async def test_a_word_of_several_tokens_is_healed_token_by_token(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    llamacpp(
        {
            "raise Inva": {"lid": 0.6, "riant": 0.3},
            "raise": {" Inv": 0.1, " Invalid": 0.1 / 3, " No": 0.6},
            "raise Inv": {"a": 0.5, "ert": 0.4},
        }
    )
    found = await tokens_of(opened(settings("llamacpp", server.url, model="")), "raise Inva", max_tokens=1)
    assert told(found) == [("lid", 0.7)]  # 3/4 * 0.6 by the long way, 1/4 by the token that holds the word
    assert round(exp(found[0].logprob), 3) == 0.45
    assert chances(found[0].others) == {"lid": 0.25, "riant": 0.225}


async def test_a_word_that_the_model_does_not_expect_stays_in_the_prompt(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    engine = llamacpp({"raise": {" TypeError": 0.9, " Zebra": 0.00001}, "raise Zeb": {"ra": 0.7}})
    found = await tokens_of(opened(settings("llamacpp", server.url, model="")), "raise Zeb", max_tokens=1)
    assert told(found) == [("ra", 0.7)]
    assert engine.prompts == ["raise", "raise Zeb"]
    assert exp(found[0].surprise) < 0.002


async def test_other_tokens_that_spell_the_same_text_count(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    llamacpp({"(self": {")": 0.5, "):": 0.3, ",": 0.1}, "(self)": {":": 0.4, ".": 0.4}})
    found = await tokens_of(
        opened(settings("llamacpp", server.url, model="")), "(self", max_tokens=2, least=0.5
    )
    assert told(found) == [(")", 0.8), (":", 0.5)]


async def test_the_end_of_the_line_has_a_chance(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    llamacpp({"x = 1": {" +": 0.1, "\n": 0.6, "\n\n": 0.2}, "if x": {":\n": 0.5, ":": 0.3, " ": 0.1}})
    model = opened(settings("llamacpp", server.url, model=""))
    assert told(await tokens_of(model, "x = 1")) == [("", 0.8)]
    assert told(await tokens_of(model, "if x")) == [(":", 0.8), ("", 0.5)]


async def test_control_tokens_and_torn_characters_end_the_text(
    server: FaultServer, opened: Open, llamacpp: Callable[[dict[str, Row]], LlamaCpp]
) -> None:
    llamacpp({"x = 1": {"<|endoftext|>": 0.9, "\ufffd": 0.05}, 'y = "': {"\ufffd": 0.9}})
    model = opened(settings("llamacpp", server.url, model=""))
    assert told(await tokens_of(model, "x = 1")) == [("", 0.9)]
    assert told(await tokens_of(model, 'y = "')) == []


OPENAI_TOKENS = [
    {
        "choices": [
            {
                "text": text,
                "logprobs": {"tokens": [text], "token_logprobs": [log(chance)], "top_logprobs": [top]},
                "finish_reason": None,
            }
        ]
    }
    for text, chance, top in [
        (" get", 0.6, {" get": log(0.6), " fetch": log(0.2)}),
        ("_name", 0.9, {"_name": log(0.9)}),
        ("(", 0.5, {"(": log(0.5)}),
        ("x", 0.5, {"x": log(0.5)}),
    ]
]


@pytest.mark.parametrize(
    ("typed", "sent_as", "first"),
    [("return", "return", " get"), ("return ", "return", "get"), ("return g", "return g", " get")],
)
async def test_openai_tokens_are_streamed_in_one_request(
    server: FaultServer, opened: Open, typed: str, sent_as: str, first: str
) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_TOKENS})
    found = await tokens_of(opened(settings("openai", server.url)), typed, least=0.5)
    assert told(found) == [(first, 0.6), ("_name", 0.54), ("(", 0.27)]
    body = [r.json for r in server.requests if r.path == "/v1/completions"][-1]
    assert str(body["prompt"]).startswith(f"<|fim_prefix|>{sent_as}<|fim_suffix|>")
    assert (body["temperature"], body["logprobs"], "stop" in body) == (0.0, 20, False)


async def test_a_server_that_tells_fewer_tokens_is_asked_for_five(server: FaultServer, opened: Open) -> None:
    def answer(request: Request) -> Any:
        if request.json["logprobs"] > 5:
            return 400, {"error": {"message": "logprobs must be at most 5"}}
        return OPENAI_TOKENS[2:3]

    server.behaviour = Script({"/v1/completions": answer})
    found = await tokens_of(opened(settings("openai", server.url)), "return get_name", max_tokens=1)
    assert found
    assert sent(server, "/v1/completions")["logprobs"] == 5


@pytest.mark.parametrize("refuses", [True, False])
async def test_a_server_without_probabilities_is_asked_for_them_once(
    server: FaultServer, tmp_path: Path, *, refuses: bool
) -> None:
    def answer(request: Request) -> Any:
        if refuses and "logprobs" in request.json:
            return 400, {"error": {"message": "Unsupported parameter: logprobs"}}
        return [{"choices": [{"text": "x", "finish_reason": "stop"}]}]

    server.behaviour = Script({"/v1/completions": answer})
    for attempt in range(2):
        model = open_model(settings("openai", server.url), cache_dir=tmp_path)
        before = len(server.requests)
        with pytest.raises(NoProbabilities):
            await tokens_of(model, "x =")
        assert model.token_chances is False
        asked = [r for r in server.requests[before:] if r.path == "/v1/completions"]
        assert len(asked) == (0 if attempt else 2 if refuses else 1)
        await model.aclose()


async def test_ollama_tells_probabilities_where_it_is_new_enough(server: FaultServer, opened: Open) -> None:
    line = {"response": "x", "done": False, "logprobs": [{"token": "x", "logprob": log(0.5)}]}
    script = Script(
        {
            "/api/version": {"version": "0.13.0"},
            "/api/show": {"capabilities": ["completion"], "model_info": {}},
            "/api/generate": [line, {"response": "", "done": True}],
        },
        ndjson=True,
    )
    server.behaviour = script
    assert told(await tokens_of(opened(settings("ollama", server.url)), "y")) == [("x", 0.5)]
    body = sent(server, "/api/generate")
    assert (body["raw"], body["logprobs"], body["top_logprobs"]) == (True, True, 20)
    script.answers["/api/generate"] = [{"response": "x", "done": False}]
    with pytest.raises(NoProbabilities):
        await tokens_of(opened(settings("ollama", server.url)), "y")


@pytest.mark.parametrize("provider", ["mistral", "chat", "anthropic"])
async def test_others_say_that_they_do_not(server: FaultServer, opened: Open, provider: str) -> None:
    model = opened(settings(provider, server.url))
    with pytest.raises(NoProbabilities, match="does not tell"):
        await tokens_of(model, "x =")
    assert model.token_chances is False
    assert not [r for r in server.requests if r.method == "POST"]


async def test_the_fallback_is_not_asked_at_every_key(server: FaultServer, opened: Open) -> None:
    server.behaviour = Script({"/v1/completions": OPENAI_TOKENS[2:3]})
    broken = replace(settings("openai", server.url), fim="template", endpoint=f"{server.url}/elsewhere")
    model = opened(replace(broken, fallbacks=(settings("openai", server.url),)))
    with pytest.raises(HttpFailure):
        await tokens_of(model, "x =")


async def test_a_server_that_tells_the_chances_alone_means_the_piece_they_come_with(
    server: FaultServer, opened: Open
) -> None:
    pieces = [
        {"choices": [{"text": text, "logprobs": {"token_logprobs": [log(chance)]}}]}
        for text, chance in ((" get", 0.6), ("_name", 0.9))
    ]
    server.behaviour = Script({"/v1/completions": pieces})
    found = await tokens_of(opened(settings("openai", server.url)), "return", max_tokens=2)
    assert told(found)[:2] == [(" get", 0.6), ("_name", 0.54)]
