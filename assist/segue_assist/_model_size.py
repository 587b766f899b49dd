"""What a model can be trusted with, judged by its size."""

from __future__ import annotations

import re

SMALL_BILLIONS = 4.0
"""Models below this get the short prompts."""

_ADVICE = (
    "`segue connect` finds and tries model servers such as Ollama or llama.cpp; one model of "
    f"{SMALL_BILLIONS:g} billion parameters or more is enough for everything that Segue asks."
)
NO_MODEL = f"No chat model is connected. {_ADVICE}"
_SIZE = re.compile(
    r"(?<![\w.])(?:(?P<experts>\d+)x)?(?P<count>\d+(?:\.\d+)?)(?P<unit>[bm])(?![a-z])", re.IGNORECASE
)


def model_billions(name: str) -> float | None:
    """Return the size that a model's name tells, in billions of parameters; None when it tells none."""
    best: float | None = None
    for match in _SIZE.finditer(name.replace("_", "-").replace("-", " - ").replace(":", " ")):
        size = float(match["count"]) * (1 if match["unit"].lower() == "b" else 0.001)
        size *= int(match["experts"] or 1)
        best = size if best is None else max(best, size)
    return best


def is_small(name: str) -> bool:
    """Return whether a model gets the short prompts."""
    size = model_billions(name)
    return size is not None and size < SMALL_BILLIONS


def inability(name: str, needs: float, doing: str) -> str:
    """Return why the model `name` is not asked and what to do about it, or "" when it is up to it.

    `needs` is in billions of parameters, `doing` what it would do, as in "explain code".
    """
    size = model_billions(name)
    if size is None or size >= needs:
        return ""
    shown = f"{size * 1000:.0f} million" if size < 1 else f"{size:g} billion"
    return f"The model {name} ({shown} parameters) is too small to {doing}, so it was not asked. {_ADVICE}"
