"""The keys of model servers: in the OS keyring where there is one, else in a file that only the user can read."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any

from segue_server.runtime.paths import directories
from segue_syntax.storage import private_folder, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

logger = logging.getLogger(__name__)

_SERVICE = "segue"
_KEYLESS = frozenset({"embedded", "none"})


def stored_key(name: str) -> str:
    """Return the key that is kept for an endpoint or a provider, "" when there is none."""
    return _from_keyring(name) or _from_file(_key_file()).get(name, "")


def key_of(given: SecretStr, provider: str, endpoint: str) -> str:
    """Return a model's key: the one that is given, else the one kept for its endpoint or provider; "" for none."""
    key = given.get_secret_value()
    return key if key or provider in _KEYLESS else stored_key(endpoint or provider)


def store_key(name: str, key: str) -> str:
    """Keep a key for an endpoint or a provider, and return where, in words for the user."""
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.set_password(_SERVICE, name, key)
        except Exception as error:  # noqa: BLE001 - back ends raise whatever they like; there is the file
            logger.info("The keyring took no key: %s", type(error).__name__)
        else:
            return "in the keyring"
    path = _key_file()
    keys = {**_from_file(path), name: key}
    private_folder(path.parent)
    write_atomically(path, json.dumps(keys).encode())
    return f"in {path}, which only you can read"


def _key_file() -> Path:
    return directories().keys_file


def _keyring() -> Any:
    try:
        import keyring  # type: ignore[import-not-found]
    except ImportError:
        return None
    return keyring


def _from_keyring(name: str) -> str:
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        return keyring.get_password(_SERVICE, name) or ""
    except Exception as error:  # noqa: BLE001 - back ends raise whatever they like; no key is the answer
        logger.info("The keyring could not be asked: %s", type(error).__name__)
        return ""


def _from_file(path: Path) -> dict[str, str]:
    """Return the keys in the file; none when others can read or write it, or it is no such file."""
    try:
        if hasattr(os, "getuid") and path.stat().st_mode & 0o077:
            logger.warning("%s was ignored, because others can read it: run chmod 600 on it", path)
            return {}
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(key) for name, key in found.items()} if isinstance(found, dict) else {}
