"""The loop behind every `segue eval` command."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = dict[str, Any]


def run_filter(answer: Callable[[dict[str, Any]], Answer]) -> None:
    """Answer each JSON line of stdin by one JSON line on stdout, flushed before the next line is read.

    A line that is no JSON object, lacks a field or makes `answer` fail gives ``{"id": ..., "error": ...}``, and
    the run goes on.
    """
    for line in sys.stdin:
        if not line.strip():
            continue
        request: Any = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                result: Answer = {"id": None, "error": "each line must be a JSON object"}
            else:
                result = {"id": request.get("id"), **answer(request)}
        except json.JSONDecodeError as error:
            result = {"id": None, "error": f"not valid JSON: {error}"}
        except KeyError as error:
            result = {"id": request.get("id"), "error": f"the field {error} is missing"}
        except Exception as error:  # noqa: BLE001 - one bad line must not end the run
            result = {"id": request.get("id"), "error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        sys.stdout.flush()
