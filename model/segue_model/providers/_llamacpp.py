"""llama.cpp's own server: our template through ``/completion``, or its ``/infill``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue_model._capabilities import Capabilities
from segue_model._errors import HttpFailure, MalformedAnswer, ModelLoading
from segue_model._families import probe_tokens
from segue_model._healing import grammar_for
from segue_model._types import Chunk
from segue_model.providers._events import steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._completion import Call
    from segue_model._http import HttpClient
    from segue_model._likely import Step

_MAX_STOPS = 64
_LIKELIEST = 10
_LIKELIEST_IN_WORD = 128
"""With 30, the rivals of a rare word lie below what is told, and the word that is left seems certain."""


class LlamaCppDialect:
    """Our own template comes first.

    ``/infill`` is always prefix-suffix-middle, which is wrong for some families, names every project ``myproject``,
    and cuts prefix and suffix to the server's batch size.
    """

    provider = "llamacpp"
    forces_start = True
    modes = ("template", "infill")
    step_by_step = True

    def request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]]:
        """Return a streamed ``/completion`` or ``/infill`` request."""
        options = call.options
        body: dict[str, Any] = {
            "stream": True,
            "cache_prompt": True,
            "n_predict": options.max_tokens + -(-len(call.tail) // 3),
            "temperature": options.temperature,
            "stop": list(call.stops[: capabilities.max_stops or _MAX_STOPS]),
            "timings_per_token": True,
        }
        if options.seed is not None:
            body["seed"] = options.seed
        if options.logprobs and capabilities.logprobs is not False:
            body["n_probs"] = 1
        if call.tail:
            body["grammar"] = grammar_for(call.tail)
        if call.mode != "infill":
            return "/completion", {**body, "prompt": call.text}
        return "/infill", {
            **body,
            "prompt": "",
            "input_prefix": call.prompt.prefix,
            "input_suffix": call.prompt.suffix,
            "input_extra": [
                {"filename": item.path, "text": item.text.rstrip("\n") + "\n"} for item in call.prompt.context
            ],
        }

    def warm_request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]] | None:
        """Return the same request with nothing to predict."""
        path, body = self.request(call, capabilities)
        body.pop("grammar", None)
        return path, {**body, "n_predict": 0, "n_probs": 0}

    def token_request(
        self, call: Call, capabilities: Capabilities, written: Sequence[Step], count: int
    ) -> tuple[str, dict[str, Any]]:
        """Return a ``/completion`` request that tells the likeliest tokens at each place.

        More are told while a begun word is healed: those that agree with it may be rare.
        """
        path, body = self.request(replace(call, tail="", stops=()), capabilities)
        in_word = sum(len(step.text) for step in written) < len(call.tail)
        if call.mode == "infill":
            body["prompt"] = "".join(step.text for step in written)
        elif written:
            body["prompt"] = [
                body["prompt"],
                *(step.text if step.id is None else step.id for step in written),
            ]
        return path, {
            **body,
            "n_predict": count,
            "n_probs": _LIKELIEST_IN_WORD if in_word else _LIKELIEST,
            "temperature": 0.0,
            "stream": count > 1,
        }

    def steps(self, event: dict[str, Any]) -> list[Step]:
        """Return the tokens in one event; one without text where the model ended."""
        return steps_of(event.get("completion_probabilities"))

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""
        text = event.get("content")
        if not isinstance(text, str):
            raise MalformedAnswer("The llama.cpp server sent an event without content.")
        logprobs = tuple(step.logprob for step in self.steps(event))
        if not event.get("stop"):
            return Chunk(text, logprobs, stats=_stats(event))
        limit = event.get("stop_type") == "limit" or bool(event.get("stopped_limit"))
        return Chunk(text, (), "length" if limit else "stop", _stats(event))

    async def identify(self, http: HttpClient) -> str:
        """Return the build and the model that the server runs now."""
        props = await _props(http)
        return f"{props.get('build_info', '')} {props.get('model_path', '')}"

    async def probe(self, http: HttpClient) -> Capabilities:
        """Ask ``/props`` for the context length, and the tokenizer which special tokens it knows."""
        props = await _props(http)
        single = await _single_tokens(http)
        settings = props.get("default_generation_settings")
        length = settings.get("n_ctx") if isinstance(settings, dict) else None
        return Capabilities(
            server=f"llama.cpp {props.get('build_info', '')}".strip(),
            model=str(props.get("model_alias") or props.get("model_path") or "").rpartition("/")[2],
            context_length=length if isinstance(length, int) else None,
            single_tokens=single,
            infill=None if single is None else bool(single),
            logprobs=True,
        )


async def _props(http: HttpClient) -> dict[str, Any]:
    props = await http.fetch("GET", "/props")
    if not isinstance(props, dict):
        raise MalformedAnswer(f"{http.base_url} is no llama.cpp server.")
    return props


async def _single_tokens(http: HttpClient) -> tuple[str, ...] | None:
    """Return the special tokens that are one id, asked in one request; None where the server does not tell."""
    text = "\n".join(probe_tokens())
    body = {"content": text, "parse_special": True, "with_pieces": True}
    try:
        answer = await http.fetch("POST", "/tokenize", body)
    except ModelLoading:
        raise
    except HttpFailure:
        return None
    rows = answer.get("tokens") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    pieces = {row.get("piece") for row in rows if isinstance(row.get("piece"), str)}
    return tuple(token for token in probe_tokens() if token in pieces)


def _stats(event: dict[str, Any]) -> dict[str, float]:
    timings = event.get("timings")
    if not isinstance(timings, dict):
        return {}
    names = {
        "cache_n": "cached_tokens",
        "prompt_ms": "prompt_ms",
        "predicted_ms": "predicted_ms",
        "predicted_n": "predicted_tokens",
    }
    found = {ours: float(timings[name]) for name, ours in names.items() if name in timings}
    found["prompt_tokens"] = float(timings.get("prompt_n", 0)) + found.get("cached_tokens", 0.0)
    return found
