"""One completion outside an editor, through the same pipeline as in one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_context import ContextEngine, WorkspaceIndex, privacy
from segue_model import ModelError, open_model
from segue_postprocess import StreamFilter, prepare, process
from segue_server.completion.completer import Completer
from segue_server.completion.types import Cleaning, CompletionRequest
from segue_server.models.completion import model_settings
from segue_server.runtime.tasks import TaskRegistry
from segue_server.session import pipeline_settings
from segue_server.workspace.indexing import index_options
from segue_syntax import Position, Snapshot, language_of

if TYPE_CHECKING:
    from pathlib import Path

    from segue_model import OpenedModel
    from segue_server.completion.types import CompletionAnswer
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories


class CannotComplete(Exception):
    """The place cannot be completed at; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class OneShot:
    """The answer, and what the model had to say for itself ("" when it answered or was not asked)."""

    answer: CompletionAnswer
    model_message: str


async def complete_once(
    file: Path, position: Position, root: Path, settings: Settings, directories: Directories
) -> OneShot:
    """Index `root` if need be, and complete at `position` of `file` as on an explicit request.

    Raises CannotComplete when the file cannot be read as text, lies outside `root`, or has no such line.
    """
    snapshot = _read(file, position)
    if not file.is_relative_to(root):
        raise CannotComplete(f"{file} is not in {root}: name its repository with --repo.")
    tasks = TaskRegistry()
    index = WorkspaceIndex(root, directories.cache, options=index_options(settings))
    model, message = _open(settings, directories.cache)
    try:
        await tasks.in_thread(index.build)
        chosen = replace(pipeline_settings(settings), candidates=1)
        completer = Completer(
            settings=lambda: chosen,
            model=lambda: model,
            cleaning=Cleaning(prepare, process, StreamFilter),
            tasks=tasks,
        )
        judged = privacy.verdict_on_disk(file, root)
        request = CompletionRequest(
            snapshot,
            position,
            path=file.relative_to(root).as_posix(),
            repository=root.name,
            context=ContextEngine(index),
            explicit=True,
            denied="" if judged.allowed else judged.reason,
        )
        answer = await completer.complete(request)
        if model is not None and model.status.state == "offline":
            message = model.status.message
        return OneShot(answer, message)
    finally:
        if model is not None:
            await model.aclose()
        await tasks.close()
        index.close()


def _read(file: Path, position: Position) -> Snapshot:
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise CannotComplete(f"{file} cannot be read: {error.strerror}.") from error
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
