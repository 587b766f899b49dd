"""Mistral's fill-in-the-middle endpoint (Codestral)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_model._capabilities import Capabilities
from segue_model._types import Chunk
from segue_model.providers._events import choice_of, finish_of, text_of, usage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._completion import Call
    from segue_model._http import HttpClient
    from segue_model._likely import Step

_MAX_STOPS = 4


class MistralDialect:
    """The suffix has a field of its own; the template is the server's business."""

    provider = "mistral"
    forces_start = False
    modes = ("suffix",)
    step_by_step = False

    def __init__(self, model: str) -> None:
        self._model = model

    def request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]]:
        """Return a streamed fill-in-the-middle request."""
        options = call.options
        body: dict[str, Any] = {
            "model": self._model,
            "prompt": call.text,
            "suffix": call.prompt.suffix,
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "stop": list(call.options.stop[: capabilities.max_stops or _MAX_STOPS]),
            "stream": True,
        }
        if options.seed is not None:
            body["random_seed"] = options.seed
        return "/v1/fim/completions", body

    def warm_request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]] | None:
        """Return None: every request to a hosted model is paid for."""

    def token_request(
        self, call: Call, capabilities: Capabilities, written: Sequence[Step], count: int
    ) -> tuple[str, dict[str, Any]] | None:
        """Return None: the service tells no probabilities."""

    def steps(self, event: dict[str, Any]) -> list[Step]:  # noqa: ARG002 - others tell
        """Return nothing."""
        return []

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""
        choice = choice_of(event)
        if choice is None:
            return Chunk("", stats=usage_of(event))
        return Chunk(text_of(choice), (), finish_of(choice.get("finish_reason")), usage_of(event))

    async def identify(self, http: HttpClient) -> str:  # noqa: ARG002 - others ask
        """Return nothing: the service is always the same."""
        return ""

    async def probe(self, http: HttpClient) -> Capabilities:  # noqa: ARG002 - others ask
        """Return what the service documents; asking it would cost money."""
        return Capabilities(server="Mistral", model=self._model, accepts_suffix=True, logprobs=False)
