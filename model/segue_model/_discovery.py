"""Finds out what answers at an address: which kind of server, and its models with what they are good for."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from segue_model._address import Address, parse_address
from segue_model._errors import MalformedAnswer, ModelError, ModelLoading
from segue_model._families import family_of_name
from segue_model._http import Endpoint, HttpClient
from segue_model._open import key_headers, model_label
from segue_model._providers import PROVIDERS
from segue_model._settings import ModelSettings, Timeouts

if TYPE_CHECKING:
    from collections.abc import Iterable

Use = Literal["completion", "chat", "next edit"]

_QUICK = Timeouts(connect_s=1.0, write_s=5.0, read_s=5.0, total_s=10.0)
_PATIENT = Timeouts(connect_s=5.0, write_s=5.0, read_s=10.0, total_s=15.0)
_HOSTS = {host: provider.name for provider in PROVIDERS.values() for host in provider.hosts}
_PATH = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
_NEXT_EDIT = re.compile(r"zeta|sweep|instinct|mercury-(?:edit|coder)|next-?edit", re.IGNORECASE)
_NO_TEXT = re.compile(r"embed|rerank|whisper|tts|bge-|clip|moderation|image|dall-e|audio", re.IGNORECASE)
_TALKS = re.compile(
    r"instruct|chat|gpt|claude|gemini|mistral|magistral|devstral|command|\bit\b|-it\b|r1|llama|qwen3|qwen2|phi|gemma"
    r"|deepseek|glm|kimi|grok|sonnet|opus|haiku|mercury",
    re.IGNORECASE,
)
_BASE = re.compile(
    r"(?:^|[-_:.])base(?:$|[-_:.])|starcoder|stable-code|codellama|santacoder|zeta|sweep", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model of a server and what it is good for, by its name."""

    name: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server that answered: `provider` is a name of `PROVIDERS`, `title` what it is called."""

    provider: str
    title: str
    endpoint: str
    models: tuple[FoundModel, ...]


async def find_local_servers(ports: Iterable[int] = ()) -> list[FoundServer]:
    """Return the model servers that answer on this machine, on the usual ports or on `ports`."""
    usual = [port for provider in PROVIDERS.values() for port in provider.ports]
    found = await asyncio.gather(*(_local(port) for port in ports or dict.fromkeys(usual)))
    return [server for server in found if server is not None]


async def look_at(endpoint: str, api_key: str = "") -> FoundServer:
    """Return what answers at an address in any form. ModelError when nothing does, or no model server."""
    address = parse_address(endpoint)
    return await _identified(address, endpoint, api_key, _PATIENT)


def uses_of(name: str) -> tuple[Use, ...]:
    """Return what a model is good for, judged by its name."""
    if _NO_TEXT.search(name):
        return ()
    fills = family_of_name(name) is not None
    talks = _TALKS.search(name) is not None and _BASE.search(name) is None
    uses: list[Use] = []
    if fills or talks:
        uses.append("completion")
    if talks:
        uses.append("chat")
    if _NEXT_EDIT.search(name):
        uses.append("next edit")
    return tuple(uses) or ("completion", "chat")


async def _local(port: int) -> FoundServer | None:
    endpoint = f"http://127.0.0.1:{port}"
    try:
        return await _identified(parse_address(endpoint), endpoint, "", _QUICK)
    except ModelError:
        return None


async def _identified(address: Address, endpoint: str, api_key: str, limits: Timeouts) -> FoundServer:
    host = urlsplit(address.base).hostname or ""
    hosted = _HOSTS.get(host, "")
    settings = ModelSettings(provider=hosted or "openai", api_key=api_key)
    http = HttpClient(
        Endpoint(address.base, headers=key_headers(settings, address), query=address.query, timeouts=limits)
    )
    try:
        if not hosted:
            if (tags := await http.look_up("/api/tags")).get("models") is not None:
                return FoundServer("ollama", "Ollama", address.base, _models(tags["models"], "name"))
            if (found := await _llama_cpp(http, address)) is not None:
                return found
        listed = await http.fetch("GET", f"{address.api}/models")
    finally:
        await http.aclose()
    rows = listed.get("data", listed.get("models")) if isinstance(listed, dict) else listed
    if not isinstance(rows, list):
        raise MalformedAnswer(f"{address.base} is no model server that Segue knows: check the address.")
    return FoundServer(hosted or "openai", _title(rows, host), endpoint, _models(rows, "id"))


async def _llama_cpp(http: HttpClient, address: Address) -> FoundServer | None:
    try:
        if "default_generation_settings" not in await http.look_up("/props"):
            return None
        models = _models((await http.look_up("/v1/models")).get("data"), "id")
    except ModelLoading:  # llama.cpp's own words for it
        models = ()
    return FoundServer("llamacpp", "llama.cpp", address.base, models)


def _models(rows: Any, key: str) -> tuple[FoundModel, ...]:
    names = [str(row.get(key, "")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    short = dict.fromkeys(model_label(name) if _PATH.match(name) else name for name in names if name)
    return tuple(FoundModel(name, uses_of(name)) for name in short)


def _title(rows: Any, host: str) -> str:
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    owner = str(first.get("owned_by", "")).lower()
    known = {"vllm": "vLLM", "sglang": "SGLang", "llamacpp": "llama.cpp", "organization_owner": "LM Studio"}
    return known.get(owner, host)
