"""Reads the parts of an answer that OpenAI-like servers have in common."""

from __future__ import annotations

from typing import Any, Literal


def choice_of(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first choice of an event, or None when it has none (usage, keep-alive)."""
    choices = event.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def finish_of(reason: Any) -> Literal["", "stop", "length"]:
    """Return what a finish reason means: an answer that goes on, one that is over, one that was cut."""
    if not reason:
        return ""
    return "length" if reason in {"length", "model_length", "max_tokens"} else "stop"


def logprobs_of(choice: dict[str, Any]) -> tuple[float, ...]:
    """Return the log-probabilities of a choice's tokens: completions style or chat style."""
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return ()
    content = found.get("content")
    if isinstance(content, list):
        values = [item.get("logprob") for item in content if isinstance(item, dict)]
    else:
        listed = found.get("token_logprobs")
        values = listed if isinstance(listed, list) else []
    return tuple(float(value) for value in values if isinstance(value, int | float))


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
