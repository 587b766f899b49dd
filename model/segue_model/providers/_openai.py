"""Any server with ``/v1/completions``: vLLM, LM Studio, SGLang, LiteLLM, DeepSeek beta, llama.cpp, hosted ones.

Servers that answer at an address of their own (`_own_apis`) are recognised by what they say of themselves.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue_model._capabilities import Capabilities
from segue_model._errors import HttpFailure, MalformedAnswer
from segue_model._families import family_of_name, family_of_tokens, probe_tokens
from segue_model._types import Chunk
from segue_model.providers._events import choice_of, choice_steps, finish_of, logprobs_of, text_of, usage_of
from segue_model.providers._own_apis import api_of, request_to, tgi_chunk, tgi_steps, tgi_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._capabilities import Api
    from segue_model._completion import Call
    from segue_model._http import HttpClient
    from segue_model._likely import Step

# What servers are known to take; more are refused with an error, and cut on our side.
_MAX_STOPS = 4
_LIKELIEST = 20
_FILLS_ELSEWHERE = re.compile(r"(?:inception/)?mercury", re.IGNORECASE)  # at /fim/completions
_MARKER = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "


class OpenAIDialect:
    """The family's own template by preference, since many servers refuse or ignore ``suffix``."""

    provider = "openai"
    forces_start = False
    modes = ("template", "suffix")
    step_by_step = False

    def __init__(self, model: str, path: str = "/v1") -> None:
        self._model = model
        self._path = path

    def request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]]:
        """Return a streamed completion request."""
        options = call.options
        if capabilities.api:
            return request_to(capabilities.api, self._path, self._model or capabilities.model, call)
        body: dict[str, Any] = {
            "model": self._model or capabilities.model,
            "prompt": call.text,
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "stream": True,
            "stop": list(call.stops[: capabilities.max_stops or _MAX_STOPS]),
        }
        if call.mode == "suffix":
            body["suffix"] = call.prompt.suffix
        if options.seed is not None:
            body["seed"] = options.seed
        if options.logprobs and capabilities.logprobs is not False:
            body["logprobs"] = 1
        if not body["stop"]:
            del body["stop"]
        return f"{self._path}/completions", body

    def warm_request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]] | None:
        """Return a request for one token: these servers know no shorter one."""
        if capabilities.api:
            return None
        path, body = self.request(call, capabilities)
        return path, {**body, "max_tokens": 1}

    def token_request(
        self, call: Call, capabilities: Capabilities, written: Sequence[Step], count: int
    ) -> tuple[str, dict[str, Any]] | None:
        """Return a streamed completion request that tells the likeliest tokens at each place."""
        path, body = self.request(replace(call, stops=()), capabilities)
        text = call.text + "".join(step.text for step in written)
        if capabilities.api:
            return (path, tgi_tokens(body, text, count)) if capabilities.api == "tgi" else None
        return path, {
            **body,
            "prompt": text,
            "max_tokens": count,
            "temperature": 0.0,
            "logprobs": capabilities.max_logprobs or _LIKELIEST,
        }

    def steps(self, event: dict[str, Any]) -> list[Step]:
        """Return the tokens in one event."""
        choice = choice_of(event)
        return choice_steps(choice) if choice is not None else tgi_steps(event)

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""
        choice = choice_of(event)
        if choice is None:
            return tgi_chunk(event) or Chunk("", stats=usage_of(event))
        finish = finish_of(choice.get("finish_reason"))
        return Chunk(text_of(choice), logprobs_of(choice), finish, usage_of(event))

    async def identify(self, http: HttpClient) -> str:
        """Return the model that is served and who serves it."""
        listed = await self._listed(http)
        return f"{listed.get('id', '')} {listed.get('owned_by', '')} {listed.get('root', '')}"

    async def probe(self, http: HttpClient) -> Capabilities:
        """Ask which models there are, and where a tokenizer answers (vLLM), which special tokens it knows."""
        listed = await self._listed(http)
        if not listed:
            api, about = await api_of(http, self._path)
            if api:
                return _own(api, about, self._model)
        name = self._model or str(listed.get("id", ""))
        if _FILLS_ELSEWHERE.match(name):
            return Capabilities(model=name, api="fim", logprobs=False)
        length = listed.get("max_model_len") or listed.get("context_length")
        single = await _single_tokens(http, name)
        known = family_of_name(name) or family_of_tokens(single or ())
        return Capabilities(
            server=str(listed.get("owned_by", "")),
            model=name,
            context_length=length if isinstance(length, int) else None,
            single_tokens=single,
            accepts_suffix=None if known else await self._honours_suffix(http, name),
        )

    async def _listed(self, http: HttpClient) -> dict[str, Any]:
        try:
            answer = await http.fetch("GET", f"{self._path}/models")
        except MalformedAnswer:
            return {}
        except HttpFailure as error:
            if error.reason in {"not_found", "not_supported", "bad_request"}:
                return {}
            raise
        rows = answer.get("data") if isinstance(answer, dict) else None
        models = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        wanted = [row for row in models if row.get("id") == self._model]
        return (wanted or models or [{}])[0]

    async def _honours_suffix(self, http: HttpClient, model: str) -> bool | None:
        """Tell whether a suffix counts: some servers refuse it, others take it and ignore it."""
        body = {"model": model, "prompt": "a", "suffix": _MARKER, "max_tokens": 1}
        try:
            answer = await http.fetch("POST", f"{self._path}/completions", body)
        except MalformedAnswer:  # it streams although nobody asked it to
            return None
        except HttpFailure as error:
            if error.reason in {"bad_request", "not_supported", "server_error"}:
                return False
            raise
        tokens = usage_of(answer).get("prompt_tokens") if isinstance(answer, dict) else None
        return None if tokens is None else tokens > len(_MARKER.split()) // 2


def _own(api: Api, about: dict[str, Any], model: str) -> Capabilities:
    length = about.get("max_total_tokens")
    return Capabilities(
        server=api,
        model=model or str(about.get("model_id") or about.get("model") or ""),
        context_length=length if isinstance(length, int) else None,
        logprobs=None if api == "tgi" else False,
        api=api,
    )


async def _single_tokens(http: HttpClient, model: str) -> tuple[str, ...] | None:
    """Return the special tokens that vLLM's ``/tokenize`` makes one id of, or None without such an address."""
    single = []
    for token in probe_tokens():
        body = {"model": model, "prompt": token, "add_special_tokens": False}
        try:
            answer = await http.fetch("POST", "/tokenize", body)
        except (HttpFailure, MalformedAnswer):
            return None
        ids = answer.get("tokens") if isinstance(answer, dict) else None
        if not isinstance(ids, list):
            return None
        if len(ids) == 1:
            single.append(token)
    return tuple(single)
