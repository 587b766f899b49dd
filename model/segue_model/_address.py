"""Reads an address of a model server in any form that a person copies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from segue_model._errors import ConfigurationError

_VERSION = re.compile(r"/(?:v\d+\w*|beta|openai)\Z")
_OPERATION = re.compile(
    r"/(?:chat/completions|fim/completions|edit/completions|completions|responses|embeddings|messages|models"
    r"|generate_stream|generate|infill|completion|props|health|tokenize"
    r"|api/(?:generate|chat|tags|show|version|ps))\Z"
)
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what servers print, not what is bound
_QUOTES = "\"'`<>,;()[] \t\r\n"


@dataclass(frozen=True, slots=True)
class Address:
    """A model server's address.

    `base` is its URL up to the API, `api` the path of an OpenAI-like API below it (``/v1`` where none is told), and
    `query` what every request carries (Azure's ``api-version``).
    """

    base: str
    api: str
    query: str = ""


def parse_address(text: str) -> Address:
    """Return the address in `text`: with or without scheme, API version, the path of an operation or a query.

    ConfigurationError when it is none.
    """
    given = text.strip(_QUOTES.replace("[", "").replace("]", ""))
    if "://" not in given:
        given = f"{'http' if _is_near(given) else 'https'}://{given}"
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is not an address of a model server.") from error
    if parts.scheme not in {"http", "https"}:
        raise ConfigurationError(f"{text!r} is not an http:// or https:// address.")
    if not host or " " in given:
        raise ConfigurationError(f"{text!r} is not an address of a model server.")
    host = _ANY_ADDRESS.get(host, host)
    origin = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"
    path = parts.path.rstrip("/")
    operation = _OPERATION.search(path)
    if operation is not None:
        path = path[: operation.start()]
    version = _VERSION.search(path)
    if version is None:
        # A path that was given up to its operation is complete as it is.
        api = "" if operation is not None and path else "/v1"
        return Address(origin + path, api, parts.query)
    return Address(origin + path[: version.start()], version[0], parts.query)


def is_azure(address: Address) -> bool:
    """Return whether a server is one of Azure's, which want the key in a header of their own."""
    host = urlsplit(address.base).hostname or ""
    return host.endswith((".azure.com", ".azure.us", ".azure.cn"))


def _is_near(address: str) -> bool:
    """Return whether an address without scheme is of this machine or network, where servers rarely speak TLS."""
    host = (urlsplit(f"//{address}").hostname or "") if "[" not in address[1:] else ""
    if "." not in host or host.endswith((".local", ".lan", ".home", ".internal", ".localhost")):
        return True
    try:
        return ip_address(host).is_private or host in _ANY_ADDRESS
    except ValueError:
        return False
