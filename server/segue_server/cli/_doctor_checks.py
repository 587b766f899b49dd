"""What works, what does not, and what to do: one check, one finding, one sentence."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import socket
import stat
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue_server.configuration import ConfigurationStore, Settings
    from segue_server.runtime.paths import Directories

State = Literal["ok", "note", "problem"]

LOCAL_SERVERS = {
    11434: ("Ollama", "SEGUE_PROVIDER=ollama"),
    8080: ("llama.cpp", "SEGUE_PROVIDER=llamacpp SEGUE_ENDPOINT=http://127.0.0.1:8080"),
    8012: ("llama.cpp", "SEGUE_PROVIDER=llamacpp SEGUE_ENDPOINT=http://127.0.0.1:8012"),
    1234: ("LM Studio", "SEGUE_PROVIDER=openai SEGUE_ENDPOINT=http://127.0.0.1:1234/v1"),
    8000: ("vLLM", "SEGUE_PROVIDER=openai SEGUE_ENDPOINT=http://127.0.0.1:8000/v1"),
}
"""Where model servers usually listen on this machine, and the settings that use them."""

EDITORS = {
    "code": "VS Code: install the extension of clients/vscode",
    "nvim": "Neovim: docs/editors.md has the configuration",
    "emacs": "Emacs: docs/editors.md has the configuration",
    "hx": "Helix: docs/editors.md has the configuration",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked component: what was found, and what to do about it ("" when nothing)."""

    component: str
    state: State
    message: str
    advice: str = ""


def examine(store: ConfigurationStore, directories: Directories, root: Path) -> Iterator[Finding]:
    """Check every component and yield what was found; nothing is changed but caches."""
    yield _python()
    yield from _configuration(store)
    yield from _directories(directories)
    yield _grammars()
    yield from _model(store.settings, directories)
    yield from _local_servers(store.settings)
    yield _workspace(root)
    yield _editors()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "ok", f"Python {version} in {sys.prefix}.")


def _configuration(store: ConfigurationStore) -> Iterator[Finding]:
    changed = [row.name for row in store.rows() if row.value != row.default]
    message = (
        f"{len(changed)} settings differ from their defaults."
        if changed
        else "Every setting has its default."
    )
    yield Finding("configuration", "ok", message)
    for problem in store.problems:
        yield Finding("configuration", "problem", problem.message)


def _directories(directories: Directories) -> Iterator[Finding]:
    for name, path in (("cache", directories.cache), ("data", directories.data)):
        nearest = path
        while not nearest.exists():
            nearest = nearest.parent
        if not os.access(nearest, os.W_OK):
            yield Finding(
                f"{name} directory", "problem", f"{nearest} cannot be written.", "Make it writable for you."
            )
        elif path.exists() and hasattr(os, "getuid") and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                f"{name} directory", "note", f"{path} can be read by others.", f"Run: chmod 700 {path}"
            )
        else:
            yield Finding(f"{name} directory", "ok", f"{path} is writable.")


def _grammars() -> Finding:
    from segue_syntax import LANGUAGES, grammar_of

    missing = [language.id for language in LANGUAGES if language.grammar and grammar_of(language.id) is None]
    if missing:
        return Finding(
            "grammars", "problem", f"The grammars of {', '.join(missing)} are missing.", "Reinstall Segue."
        )
    count = sum(bool(language.grammar) for language in LANGUAGES)
    if importlib.util.find_spec("tree_sitter_language_pack") is None:
        return Finding(
            "grammars", "ok", f"{count} languages parse; the extra [languages] would add the rarer ones."
        )
    return Finding("grammars", "ok", f"{count} languages parse, and those of the language pack.")


def _model(settings: Settings, directories: Directories) -> Iterator[Finding]:
    from segue_model import ModelError
    from segue_server.models.completion import model_settings

    chosen = model_settings(settings)
    if chosen.provider == "none":
        yield Finding("model", "note", "No model is configured; the statistical engine answers alone.")
        return
    try:
        message = asyncio.run(_try_model(settings, directories))
    except ModelError as error:
        advice = "The statistical engine answers until then."
        yield Finding("model", "problem", error.message, advice)
    else:
        yield Finding("model", "ok", message)


async def _try_model(settings: Settings, directories: Directories) -> str:
    """Return a sentence on how the configured model answered; raises ModelError."""
    from segue_model import CompletionPrompt, GenerationOptions, open_model
    from segue_server.models.completion import model_settings

    model = open_model(model_settings(settings), cache_dir=directories.cache)
    try:
        started = time.perf_counter()
        prompt = CompletionPrompt("def add(left, right):\n    return left", "\n", "add.py", "python")
        text, first_ms = "", 0.0
        async with contextlib.aclosing(model.stream(prompt, GenerationOptions(max_tokens=8))) as chunks:
            async for chunk in chunks:
                first_ms = first_ms or 1000 * (time.perf_counter() - started)
                text += chunk.text
        found = [f"{model.name} answers, the first time after {first_ms:.0f} ms"]
        if hasattr(model, "capabilities"):
            capabilities = await model.capabilities()
            if capabilities.context_length:
                found.append(f"context {capabilities.context_length} tokens")
            found += [
                f"{what} {'yes' if value else 'no'}"
                for what, value in (("/infill", capabilities.infill), ("suffix", capabilities.accepts_suffix))
                if value is not None
            ]
            if capabilities.single_tokens:
                found.append(f"special tokens {' '.join(capabilities.single_tokens)}")
        return "; ".join(found) + "."
    finally:
        await model.aclose()


def _local_servers(settings: Settings) -> Iterator[Finding]:
    """Look for model servers on this machine's loopback that the settings do not use yet."""
    for port, (name, how) in LOCAL_SERVERS.items():
        if f":{port}" in settings.model.endpoint or (port == 11434 and settings.model.provider == "ollama"):
            continue
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
            yield Finding(
                "local servers",
                "note",
                f"Something listens on port {port}, where {name} usually does.",
                f"To use it: {how}",
            )


def _workspace(root: Path) -> Finding:
    from segue_server.runtime.paths import PROJECT_FILE

    if not root.is_dir():
        return Finding("workspace", "problem", f"{root} is not a folder.", "Name one with --repo.")
    git = "a git repository" if (root / ".git").exists() else "not a git repository"
    own = f", with its own {PROJECT_FILE}" if (root / PROJECT_FILE).exists() else ""
    return Finding("workspace", "ok", f"{root} is {git}{own}; segue index shows what of it is indexed.")


def _editors() -> Finding:
    found = [how for command, how in EDITORS.items() if shutil.which(command)]
    if not found:
        return Finding(
            "editors", "note", "No editor was found on PATH; docs/editors.md lists those that work."
        )
    return Finding("editors", "ok", "; ".join(found) + ".")


def privacy_of(path: Path, root: Path) -> Finding:
    """Say whether a file may be used for completion and context, and why."""
    from segue_context import privacy

    judged = privacy.verdict_on_disk(path.resolve(), root)
    return Finding("privacy", "ok" if judged.allowed else "note", f"{path} {judged.reason}")
