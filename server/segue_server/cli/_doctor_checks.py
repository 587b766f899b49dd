"""What works, what does not, and what to do: one check, one finding, one sentence."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from segue_model import ModelSettings
    from segue_server.configuration import ConfigurationStore, Settings
    from segue_server.runtime.paths import Directories

State = Literal["ok", "note", "problem"]
_LEAST_CHAT_BILLIONS = 1.0

_MOST_RULES_CHARS = 1_000_000

EDITORS = {
    "code": "VS Code: install the extension of clients/vscode",
    "nvim": "Neovim: docs/editors.md has the configuration",
    "emacs": "Emacs: docs/editors.md has the configuration",
    "hx": "Helix: docs/editors.md has the configuration",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked component: what was found, and what to do about it ("" when nothing).

    `repair` does it, where a program can, and returns what was done.
    """

    component: str
    state: State
    message: str
    advice: str = ""
    repair: Callable[[], str] | None = None


def examine(store: ConfigurationStore, directories: Directories, root: Path) -> Iterator[Finding]:
    """Check every component and yield what was found; nothing is changed but caches."""
    yield _python()
    yield from _configuration(store)
    yield from _directories(directories)
    yield from _private_files(directories)
    yield from _engines(directories)
    yield _grammars()
    yield from _models(store.settings, directories)
    yield from _local_servers(store.settings)
    yield _workspace(root)
    yield from _team_rules(store.settings, directories, root)
    yield _editors()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "ok", f"Python {version} in {sys.prefix}.")


def _configuration(store: ConfigurationStore) -> Iterator[Finding]:
    changed = [row.name for row in store.rows() if row.value != row.default]
    if changed:
        yield Finding("configuration", "ok", f"{len(changed)} settings differ from their defaults.")
    elif not store.problems:
        yield Finding("configuration", "ok", "Every setting has its default.")
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
                f"{name} directory",
                "note",
                f"{path} can be read by others.",
                f"Run: chmod 700 {path}",
                partial(_made_private, path),
            )
        else:
            yield Finding(f"{name} directory", "ok", f"{path} is writable.")


def _private_files(directories: Directories) -> Iterator[Finding]:
    for path in (directories.keys_file, directories.activity_file):
        if hasattr(os, "getuid") and path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "private files",
                "problem",
                f"{path} can be read by others.",
                f"Run: chmod 600 {path}",
                partial(_made_private, path),
            )


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


def _made_private(path: Path) -> str:
    path.chmod(0o700 if path.is_dir() else 0o600)
    return f"{path} is for you alone now."


def _engines(directories: Directories) -> Iterator[Finding]:
    """Look for what a killed embedded engine left behind."""
    from segue_model.embedded import abandoned_engines

    for path in abandoned_engines(directories.cache):
        yield Finding(
            "embedded engine",
            "note",
            f"{path} was left by an engine that no longer runs.",
            "It does no harm.",
            partial(_removed, path),
        )


def _removed(path: Path) -> str:
    shutil.rmtree(path)
    return f"{path} is removed."


def _models(settings: Settings, directories: Directories) -> Iterator[Finding]:
    from segue_assist import inability
    from segue_server.models.chat import chat_settings
    from segue_server.models.completion import model_settings
    from segue_server.models.trial import try_chat, try_completion

    chosen, chat = model_settings(settings), chat_settings(settings)
    if chosen.provider == "none":
        yield Finding("model", "note", "No model is configured; the statistical engine answers alone.")
    else:
        trial = asyncio.run(try_completion(chosen, directories.cache))
        repair = _pull(chosen, directories) if trial.reason == "weights_missing" else None
        advice = "The statistical engine answers until then." if trial.failure else ""
        yield Finding("model", "problem" if trial.failure else "ok", trial.sentence(), advice, repair)
        if trial.failure and not settings.chat.provider:
            return  # the chat model is the same one
    if chat is not None:
        trial = asyncio.run(try_chat(chat, directories.cache))
        if trial.failure:
            advice = "Explanations and changes by instruction wait until then."
            yield Finding("chat model", "problem", trial.sentence(), advice)
        elif unable := inability(trial.model, _LEAST_CHAT_BILLIONS, "explain or change code"):
            yield Finding("chat model", "note", unable)
        else:
            yield Finding("chat model", "ok", trial.sentence())


def _pull(chosen: ModelSettings, directories: Directories) -> Callable[[], str] | None:
    from segue_model.weights import known_models, pull_model

    name = chosen.model or known_models()[0].name
    if name not in {model.name for model in known_models()}:
        return None

    def pull() -> str:
        installed = pull_model(name, directories.cache)
        return f"{installed.name} is ready: {installed.path}."

    return pull


def _local_servers(settings: Settings) -> Iterator[Finding]:
    """Look for model servers on this machine that the settings do not use yet."""
    from segue_model import find_local_servers

    used = (settings.model.endpoint, settings.chat.endpoint)
    for server in asyncio.run(find_local_servers()):
        port = server.endpoint.rpartition(":")[2]
        if any(f":{port}" in endpoint for endpoint in used) or server.provider == settings.model.provider:
            continue
        models = ", ".join(model.name for model in server.models[:5])
        has = f" with {models}" if models else ""
        yield Finding(
            "local servers",
            "note",
            f"{server.title} answers at {server.endpoint}{has}.",
            f"To use it: segue connect {server.endpoint}",
        )


def _workspace(root: Path) -> Finding:
    from segue_server.runtime.paths import PROJECT_FILE

    if not root.is_dir():
        return Finding("workspace", "problem", f"{root} is not a folder.", "Name one with --repo.")
    git = "a git repository" if (root / ".git").exists() else "not a git repository"
    own = f", with its own {PROJECT_FILE}" if (root / PROJECT_FILE).exists() else ""
    return Finding("workspace", "ok", f"{root} is {git}{own}; segue index shows what of it is indexed.")


def _team_rules(settings: Settings, directories: Directories, root: Path) -> Iterator[Finding]:
    from segue_server.workspace.privacy import sending_rules
    from segue_server.workspace.trust import team_rules

    rules = team_rules(settings, directories, root, sending_rules(settings, root))
    if text := rules.text_for("", _MOST_RULES_CHARS):
        yield Finding("team rules", "ok", f"{len(text)} characters of rules are shown to chat models.")
    for problem in rules.problems():
        yield Finding("team rules", "problem", problem, "Correct or remove it.")


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

    judged = privacy.verdict_on_disk(path.absolute(), root)
    return Finding("privacy", "ok" if judged.allowed else "note", f"{path} {judged.reason}")
