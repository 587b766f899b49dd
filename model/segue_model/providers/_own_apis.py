"""Completion at servers that have no ``/v1/completions`` in OpenAI's sense: each has an address and a body of its own.

Text Generation Inference before 2.2 (https://huggingface.co/docs/text-generation-inference), Tabby
(https://tabby.tabbyml.com/api) and Inception's fill-in endpoint (https://docs.inceptionlabs.ai).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_model._types import Chunk
from segue_model.providers._events import finish_of, steps_of

if TYPE_CHECKING:
    from segue_model._capabilities import Api
    from segue_model._completion import Call
    from segue_model._http import HttpClient
    from segue_model._likely import Step

_LIKELIEST = 5
_TGI_LEAST_TEMPERATURE = 0.01


def request_to(api: Api, path: str, model: str, call: Call) -> tuple[str, dict[str, Any]]:
    """Return the address and the body of a completion; `path` is where the versioned API begins."""
    if api == "tgi":
        return "/generate_stream", _generate(call)
    if api == "tabby":
        return f"{path}/completions", _segments(call)
    return f"{path}/fim/completions", _fim(model, call)


def tgi_tokens(body: dict[str, Any], text: str, count: int) -> dict[str, Any]:
    """Return `body` changed to ask for the likeliest `count` tokens after `text`."""
    parameters = {**body["parameters"], "max_new_tokens": count, "top_n_tokens": _LIKELIEST, "stop": []}
    return {"inputs": text, "parameters": parameters}


def tgi_steps(event: dict[str, Any]) -> list[Step]:
    """Return the token of an event of TGI, with the likeliest beside it."""
    token, tops = event.get("token"), event.get("top_tokens")
    if not isinstance(token, dict):
        return []
    likeliest = tops if isinstance(tops, list) else []
    return steps_of(
        [{**_row(token), "top_logprobs": [_row(top) for top in likeliest if isinstance(top, dict)]}]
    )


def tgi_chunk(event: dict[str, Any]) -> Chunk | None:
    """Return the piece of answer in an event of TGI; None for an event of another server."""
    token, whole, details = event.get("token"), event.get("generated_text"), event.get("details")
    reason = details.get("finish_reason") if isinstance(details, dict) else None
    finish = finish_of(reason or ("stop" if whole is not None else ""))
    if isinstance(token, dict):
        text = "" if token.get("special") else str(token.get("text") or "")
        steps = tgi_steps(event)
        return Chunk(text, tuple(step.logprob for step in steps) if text else (), finish)
    return Chunk(whole, (), finish) if isinstance(whole, str) else None


async def api_of(http: HttpClient, path: str) -> tuple[Api, dict[str, Any]]:
    """Return which API a server without a list of models has, and what it says of itself."""
    info = await http.look_up("/info")
    if "model_id" in info:
        return "tgi", info
    health = await http.look_up(f"{path}/health")
    if isinstance(health.get("version"), dict) and "model" in health:
        return "tabby", health
    return "", {}


def _generate(call: Call) -> dict[str, Any]:
    options = call.options
    parameters: dict[str, Any] = {
        "max_new_tokens": options.max_tokens,
        "return_full_text": False,
        "details": True,
        "stop": list(call.stops[:4]),
        "do_sample": options.temperature > 0,
    }
    if options.temperature > 0:
        parameters["temperature"] = max(options.temperature, _TGI_LEAST_TEMPERATURE)
    if options.seed is not None:
        parameters["seed"] = options.seed
    return {"inputs": call.text, "parameters": parameters}


def _segments(call: Call) -> dict[str, Any]:
    prompt = call.prompt
    segments: dict[str, Any] = {"prefix": prompt.prefix, "suffix": prompt.suffix}
    if prompt.path:
        segments["filepath"] = prompt.path
    if prompt.context:
        segments["relevant_snippets_from_changed_files"] = [
            {"filepath": item.path, "body": item.text, "score": 1.0} for item in prompt.context
        ]
    body = {"language": prompt.language_id, "segments": segments, "temperature": call.options.temperature}
    return body if call.options.seed is None else {**body, "seed": call.options.seed}


def _fim(model: str, call: Call) -> dict[str, Any]:
    return {
        "model": model,
        "prompt": call.prompt.prefix,
        "suffix": call.prompt.suffix,
        "max_tokens": call.options.max_tokens,
        "temperature": call.options.temperature,
        "stop": list(call.stops[:4]),
        "stream": True,
    }


def _row(token: dict[str, Any]) -> dict[str, Any]:
    return {"token": token.get("text"), "logprob": token.get("logprob"), "id": token.get("id")}
