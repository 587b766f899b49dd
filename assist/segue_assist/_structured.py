"""Answers as data: what a model is asked to fill in, and reading that back.

Servers that take a JSON schema hold a model to it; any other answer is text, which each action reads as well. Code is
asked for in fences: models write worse code inside JSON strings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from segue_assist._errors import AssistError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer is filled into: its JSON schema, the same in words, and the properties that it cannot do without."""

    schema: Mapping[str, Any]
    words: str
    needed: tuple[str, ...]


def _object(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object; strict servers want every property required and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


_TEXT: Final = {"type": "string"}

COMMIT: Final = Form(
    _object(subject=_TEXT, body=_TEXT),
    'a JSON object {"subject": "...", "body": "..."}, with an empty body where the subject says it all,',
    ("subject",),
)
DOC: Final = Form(
    _object(
        summary=_TEXT,
        details=_TEXT,
        parameters=_array(name=_TEXT, description=_TEXT),
        returns=_TEXT,
        raises=_array(name=_TEXT, description=_TEXT),
    ),
    'a JSON object {"summary": "...", "details": "...", "parameters": [{"name": "...", "description": "..."}], '
    '"returns": "...", "raises": [{"name": "...", "description": "..."}]}, with "" or [] for what there is none of,',
    ("summary",),
)
LINES: Final = Form(
    _object(comments=_array(line={"type": "integer"}, text=_TEXT)),
    'a JSON object {"comments": [{"line": NUMBER, "text": "..."}]}, where NUMBER is the line that the comment goes above,',
    (),
)
FORMS: Final[Mapping[str, Form]] = {"commit-message": COMMIT, "doc-comment": DOC, "line-comments": LINES}
"""By what a prompt's answer is made into."""

_FENCED = re.compile(r"\A\s*(?:`{3,}|~{3,})[\w ]*\n(.*?)\n[ \t]*(?:`{3,}|~{3,})\s*\Z", re.DOTALL)


def read_data(answer: str, form: Form, *, cut: bool = False) -> dict[str, Any] | None:
    """Return the object that `answer` is, alone or in a fence, without what has the wrong type; None for text.

    Raises `AssistError` (cut_off, prose) for an object that does not end or lacks what is needed.
    """
    fenced = _FENCED.match(answer)
    text = (fenced[1] if fenced else answer).strip()
    if not text.startswith("{"):
        return None
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        if cut:
            raise AssistError(
                "cut_off", "The model's answer was cut off before its end; nothing was changed."
            ) from error
        return None
    found = _fitting(value, form.schema) or {}
    if not all(found.get(name) for name in form.needed):
        raise AssistError(
            "prose", "The model's answer does not hold what it was asked for; nothing was changed."
        )
    return dict(found)


def _fitting(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return `value` with only the parts that fit `schema`; None where nothing does."""
    kind = schema["type"]
    if kind == "object" and isinstance(value, dict):
        fitting = {name: _fitting(value.get(name), inner) for name, inner in schema["properties"].items()}
        return {name: inner for name, inner in fitting.items() if inner is not None}
    if kind == "array" and isinstance(value, list):
        return [inner for one in value if (inner := _fitting(one, schema["items"]))]
    if kind == "integer" and isinstance(value, str) and value.isdecimal():
        return int(value)
    fits = {"string": str, "integer": int}.get(kind)
    return value if fits is not None and isinstance(value, fits) and not isinstance(value, bool) else None
