"""What a server was found to be able to do, remembered per server and model."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

Api = Literal["", "tgi", "tabby", "fim"]
"""How a server is asked for a completion: "" as OpenAI's is, else in a way of its own (`providers/_own_apis.py`)."""

_REMEMBER_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What is known about a server and its model; None means that it could not be found out.

    `single_tokens` are the probed special tokens that are one id of the tokenizer. `max_stops` is the number of
    stop strings it accepts, `max_logprobs` the number of likeliest tokens that it tells at each place,
    `refused` the parameters that it does not take. `api` names an API of the server's own that completions go to.
    """

    server: str = ""
    model: str = ""
    context_length: int | None = None
    single_tokens: tuple[str, ...] | None = None
    accepts_suffix: bool | None = None
    infill: bool | None = None
    max_stops: int | None = None
    logprobs: bool | None = None
    max_logprobs: int | None = None
    refused: tuple[str, ...] = ()
    api: Api = ""


class CapabilityStore:
    """Remembers capabilities for a week in a private cache; without a directory, in memory only."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._memory: dict[str, Capabilities] = {}

    def load(self, server: str) -> Capabilities | None:
        """Return what was remembered about `server`, or None."""
        key = _key(server)
        if key in self._memory or self._directory is None:
            return self._memory.get(key)
        from segue_model._json_cache import open_cache

        with open_cache(self._directory) as cache:
            row = cache.get(key)
        found = _from_row(row)
        if found is not None:
            self._memory[key] = found
        return found

    def save(self, server: str, capabilities: Capabilities) -> None:
        """Remember `capabilities` of `server`."""
        key = _key(server)
        self._memory[key] = capabilities
        if self._directory is not None:
            from segue_model._json_cache import open_cache

            with open_cache(self._directory) as cache:
                cache.set(key, asdict(capabilities), expire=_REMEMBER_S)


def _key(server: str) -> str:
    return "capabilities:" + hashlib.sha256(server.encode()).hexdigest()


def _from_row(row: Any) -> Capabilities | None:
    if not isinstance(row, dict):
        return None
    known = {item.name for item in fields(Capabilities)}
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in row.items() if name in known
    }
    return Capabilities(**values)
