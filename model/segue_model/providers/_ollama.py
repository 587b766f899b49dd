"""Ollama: our template sent raw, or its own ``suffix`` where the model's template has one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue_model._capabilities import Capabilities
from segue_model._errors import MalformedAnswer
from segue_model._types import Chunk
from segue_model.providers._events import steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._completion import Call
    from segue_model._http import HttpClient
    from segue_model._likely import Step

_KEEP_ALIVE = "30m"
_LIKELIEST = 20
_NS_PER_MS = 1e6


class OllamaDialect:
    """`num_ctx` is always sent: Ollama cuts longer prompts silently."""

    provider = "ollama"
    forces_start = False
    modes = ("template", "suffix")
    step_by_step = False

    def __init__(self, model: str, context_tokens: int) -> None:
        self._model = model
        self._context_tokens = context_tokens

    def request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]]:
        """Return a streamed ``/api/generate`` request."""
        options = call.options
        settings: dict[str, Any] = {
            "num_predict": options.max_tokens,
            "temperature": options.temperature,
            "stop": list(call.stops[: capabilities.max_stops or len(call.stops)]),
            "num_ctx": min(self._context_tokens, capabilities.context_length or self._context_tokens),
        }
        if options.seed is not None:
            settings["seed"] = options.seed
        body: dict[str, Any] = {
            "model": self._model or capabilities.model,
            "prompt": call.text,
            "stream": True,
            "keep_alive": _KEEP_ALIVE,
            "options": settings,
        }
        if call.mode == "suffix":
            body["suffix"] = call.prompt.suffix
        else:
            body["raw"] = True
        if options.logprobs and capabilities.logprobs is not False:
            body["logprobs"] = True
        return "/api/generate", body

    def warm_request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]] | None:
        """Return the same request for one token."""
        path, body = self.request(call, capabilities)
        return path, {**body, "options": {**body["options"], "num_predict": 1}}

    def token_request(
        self, call: Call, capabilities: Capabilities, written: Sequence[Step], count: int
    ) -> tuple[str, dict[str, Any]]:
        """Return a request that tells the likeliest tokens at each place (Ollama 0.12.11 and later do)."""
        path, body = self.request(replace(call, stops=()), capabilities)
        return path, {
            **body,
            "prompt": call.text + "".join(step.text for step in written),
            "options": {**body["options"], "num_predict": count, "temperature": 0.0},
            "logprobs": True,
            "top_logprobs": _LIKELIEST,
        }

    def steps(self, event: dict[str, Any]) -> list[Step]:
        """Return the tokens in one line."""
        return steps_of(event.get("logprobs"))

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one line."""
        text = event.get("response")
        if not isinstance(text, str):
            raise MalformedAnswer("Ollama sent a line without a response.")
        logprobs = tuple(step.logprob for step in self.steps(event))
        if not event.get("done"):
            return Chunk(text, logprobs)
        stats = {
            "prompt_tokens": event.get("prompt_eval_count"),
            "predicted_tokens": event.get("eval_count"),
            "prompt_ms": _ms(event.get("prompt_eval_duration")),
            "predicted_ms": _ms(event.get("eval_duration")),
        }
        numbers = {name: float(value) for name, value in stats.items() if isinstance(value, int | float)}
        return Chunk(text, logprobs, "length" if event.get("done_reason") == "length" else "stop", numbers)

    async def identify(self, http: HttpClient) -> str:
        """Return the version, and the first model where none was named."""
        version = await http.fetch("GET", "/api/version")
        name = self._model or await _first_model(http)
        return f"{version.get('version', '') if isinstance(version, dict) else ''} {name}"

    async def probe(self, http: HttpClient) -> Capabilities:
        """Ask what the model is: its capabilities, family and context length."""
        version = await http.fetch("GET", "/api/version")
        model = self._model or await _first_model(http)
        shown = await http.fetch("POST", "/api/show", {"model": model})
        if not isinstance(shown, dict) or not isinstance(version, dict):
            raise MalformedAnswer(f"{http.base_url} is no Ollama server.")
        info = shown.get("model_info")
        info = info if isinstance(info, dict) else {}
        length = info.get(f"{info.get('general.architecture', '')}.context_length")
        known = shown.get("capabilities")
        inserts = (
            "insert" in known if isinstance(known, list) else ".Suffix" in str(shown.get("template", ""))
        )
        return Capabilities(
            server=f"Ollama {version.get('version', '')}".strip(),
            model=model,
            context_length=length if isinstance(length, int) else None,
            accepts_suffix=inserts,
        )


async def _first_model(http: HttpClient) -> str:
    tags = await http.fetch("GET", "/api/tags")
    rows = tags.get("models") if isinstance(tags, dict) else None
    names = (
        [str(row.get("name", "")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    return names[0] if names else ""


def _ms(value: Any) -> float | None:
    return value / _NS_PER_MS if isinstance(value, int | float) else None
