"""What servers refuse is learned from what they say: a parameter that a refusal names is left out from then on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._errors import HttpFailure

# Without these nothing can be asked.
_NEEDED = frozenset(
    {"model", "messages", "prompt", "inputs", "input_prefix", "system", "segments", "language"}
)
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_ALSO_CALLED = {"response_format": "json_schema|structured outputs?|grammar"}
_STATUSES = frozenset({400, 404, 422, 500, 501})
_TOO_LONG = re.compile(
    r"context (?:length|size|window|limit)|maximum context|context_length|exceeds? the (?:available |model'?s )?context"
    r"|too long|too many (?:input )?tokens|reduce the length|input length|prompt length",
    re.IGNORECASE,
)


def is_too_long(error: HttpFailure) -> bool:
    """Return whether the prompt was refused for its length."""
    return error.status == 413 or (
        error.status in {400, 422, 500} and _TOO_LONG.search(error.detail) is not None
    )


def refused_parameter(error: HttpFailure, body: dict[str, Any]) -> str:
    """Return the optional parameter of `body` that a refusal names, "" where it names none."""
    if error.status not in _STATUSES:
        return ""
    named = [
        (found.start(), name)
        for name in body
        if name not in _NEEDED
        and (found := re.search(rf"(?<![\w-])(?:{_names_of(name)})(?![\w-])", error.detail, re.IGNORECASE))
        is not None
    ]
    return min(named)[1] if named else ""


def _names_of(parameter: str) -> str:
    """Return a pattern for what servers call a parameter."""
    return f"{parameter}|{_ALSO_CALLED[parameter]}" if parameter in _ALSO_CALLED else parameter


def without_refused(body: dict[str, Any], refused: Sequence[str]) -> dict[str, Any]:
    """Return `body` without the parameters in `refused`, in their order; a limit of tokens goes by its other name."""
    for name in refused:
        if name not in body:
            continue
        value = body[name]
        body = {key: item for key, item in body.items() if key != name}
        other = _OTHER_NAME.get(name)
        if other is not None and other not in refused[: refused.index(name)]:
            body[other] = value
    return body
