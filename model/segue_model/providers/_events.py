"""Reads the parts of an answer that OpenAI-like servers have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from segue_model._errors import MalformedAnswer
from segue_model._likely import Step


def choice_of(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first choice of an event, or None when it has none (usage, keep-alive)."""
    choices = event.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def text_of(choice: dict[str, Any]) -> str:
    """Return the text of a choice: of a completion, of a chat, streamed or whole; reasoning is none.

    MalformedAnswer where the place of the text holds something else.
    """
    part = choice.get("delta") or choice.get("message") or {}
    text = choice.get("text")
    if text is None and isinstance(part, dict):
        text = part.get("content")
    return content_text(text)


def content_text(content: Any) -> str:
    """Return the text in a content that is a text, nothing, or a list of parts of which some are text."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise MalformedAnswer("The server sent a choice whose content is no text.")
    parts = [part if isinstance(part, dict) else {"type": "text", "text": part} for part in content]
    texts = [part.get("text") for part in parts if part.get("type", "text") in {"text", "output_text"}]
    return "".join(text for text in texts if isinstance(text, str))


def finish_of(reason: Any) -> Literal["", "stop", "length"]:
    """Return what a finish reason means: an answer that goes on, one that is over, one that was cut."""
    if not reason:
        return ""
    return "length" if reason in {"length", "model_length", "max_tokens"} else "stop"


def logprobs_of(choice: dict[str, Any]) -> tuple[float, ...]:
    """Return the log-probabilities of a choice's tokens: completions style or chat style."""
    return tuple(step.logprob for step in choice_steps(choice))


def choice_steps(choice: dict[str, Any]) -> list[Step]:
    """Return a choice's tokens and the likeliest ones beside each: completions style or chat style."""
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return []
    if isinstance(found.get("content"), list):
        return steps_of(found["content"])
    tokens, logprobs, tops = (found.get(name) for name in ("tokens", "token_logprobs", "top_logprobs"))
    tokens, tops = (value if isinstance(value, list) else [] for value in (tokens, tops))
    rows = []
    for at, logprob in enumerate(logprobs if isinstance(logprobs, list) else []):
        top = tops[at] if at < len(tops) else None
        rows.append(
            {
                "token": tokens[at] if at < len(tokens) else "",
                "logprob": logprob,
                "top_logprobs": [
                    {"token": token, "logprob": value}
                    for token, value in (top.items() if isinstance(top, dict) else ())
                ],
            }
        )
    return steps_of(rows)


def steps_of(rows: Any) -> list[Step]:
    """Return the tokens in rows of ``token``, ``logprob``, perhaps ``bytes`` and ``id``, and ``top_logprobs``."""
    found = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and (step := _step(row)) is not None:
            tops = row.get("top_logprobs")
            listed = [_step(top) for top in (tops if isinstance(tops, list) else ()) if isinstance(top, dict)]
            likeliest = [top for top in listed if top is not None]
            if all((top.text, top.id) != (step.text, step.id) for top in likeliest):
                likeliest.insert(0, step)
            found.append(replace(step, likeliest=tuple(likeliest)))
    return found


def _step(row: dict[str, Any]) -> Step | None:
    logprob, data, number = row.get("logprob"), row.get("bytes"), row.get("id")
    if not isinstance(logprob, int | float):
        return None
    text = row.get("token")
    if isinstance(data, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in data):
        text = bytes(data).decode("utf-8", "replace")
    return Step(str(text or ""), float(logprob), number if isinstance(number, int) else None)


def usage_of(event: dict[str, Any]) -> dict[str, float]:
    """Return prompt_tokens, cached_tokens and predicted_tokens where the server counts them."""
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return {}
    details = usage.get("prompt_tokens_details")
    numbers = {
        "prompt_tokens": usage.get("prompt_tokens", usage.get("input_tokens")),
        "predicted_tokens": usage.get("completion_tokens", usage.get("output_tokens")),
        "cached_tokens": details.get("cached_tokens") if isinstance(details, dict) else None,
    }
    return {name: float(value) for name, value in numbers.items() if isinstance(value, int | float)}
