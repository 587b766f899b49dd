"""One completion outside an editor, through the same pipeline as in one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from segue_context import ContextEngine, WorkspaceIndex, privacy
from segue_context.files import read_regular_file
from segue_model import ModelError, open_model
from segue_server.completion.headless import HeadlessCompleter, patiently
from segue_server.completion.settings import pipeline_settings
from segue_server.models.completion import model_settings
from segue_server.workspace.indexing import index_options
from segue_server.workspace.privacy import sending_rules
from segue_server.workspace.trust import team_rules
from segue_syntax import Position, Snapshot, language_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_model import OpenedModel
    from segue_server.completion.types import CompletionAnswer
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories

_MAX_BYTES = 16 * 1024 * 1024


class CannotComplete(Exception):
    """The place cannot be completed at; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class OneShot:
    """The answer, and what the model had to say for itself ("" when it answered or was not asked)."""

    answer: CompletionAnswer
    model_message: str


async def complete_once(
    file: Path,
    position: Position,
    root: Path,
    settings: Settings,
    directories: Directories,
    *,
    unasked: bool = False,
    tell: Callable[[str], None] = lambda _step: None,
) -> OneShot:
    """Index `root` if need be, and complete at `position` of `file` as on an explicit request, or `unasked` as while typing.

    A column behind the end of its line is that end. `tell` hears what takes time. Raises CannotComplete when the file cannot be read as text, lies outside `root`, or has no such line.
    """
    snapshot = _read(file, position)
    if not file.is_relative_to(root):
        raise CannotComplete(f"{file} is not in {root}: name its repository with --repo.")
    index = WorkspaceIndex(root, directories.cache, options=index_options(settings))
    model, message = _open(settings, directories.cache)
    sending = sending_rules(settings, root)
    chosen = pipeline_settings(settings)
    pipeline = HeadlessCompleter(
        replace(patiently(chosen), enabled=chosen.enabled),
        context=ContextEngine(index),
        rules=sending,
        model=model,
        repository=root.name,
    )
    try:
        tell(f"Indexing {root.name}")
        await asyncio.to_thread(index.build)
        judged = privacy.verdict_on_disk(file, root, sending)
        path = file.relative_to(root).as_posix()
        tell(f"Asking {model.name}" if model is not None else "Looking for a suggestion")
        answer = await pipeline.complete(
            snapshot,
            snapshot.clamp(position),
            path,
            explicit=not unasked,
            denied="" if judged.allowed else judged.reason,
            team_rules=partial(team_rules(settings, directories, root, sending).text_for, path),
        )
        if model is not None and model.status.state == "offline":
            message = model.status.message
        return OneShot(answer, message)
    finally:
        await pipeline.aclose()
        if model is not None:
            await model.aclose()
        index.close()


def _read(file: Path, position: Position) -> Snapshot:
    read = read_regular_file(file, _MAX_BYTES)
    if read.problem:
        raise CannotComplete(f"{file} cannot be read: it is {read.problem}.")
    try:
        text = read.data.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotComplete(f"{file} is not UTF-8 text.") from None
    if "\0" in text:
        raise CannotComplete(f"{file} is a binary file.")
    snapshot = Snapshot.of(text, uri=file.as_uri(), language_id=language_of("", file.name).id)
    if position.line >= len(snapshot.lines):
        raise CannotComplete(f"{file} has {len(snapshot.lines)} lines; there is no line {position.line + 1}.")
    return snapshot


def _open(settings: Settings, cache_dir: Path) -> tuple[OpenedModel | None, str]:
    """Return the configured model, or None and why there is none."""
    chosen = model_settings(settings)
    if chosen.provider == "none":
        return None, "No model is configured; the statistical engine answers."
    try:
        return open_model(chosen, cache_dir=cache_dir), ""
    except ModelError as error:
        return None, error.message
