"""Everything that serves one client after `initialize`: settings, workspaces, model, pipeline, status.

It is built in a worker thread, because its imports take longer than an event loop may be held up, and in the order
that gives the user something soonest: settings, statistical engine, model, then the index in the background.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue_context import ContextEngine, EditHistory
from segue_next_edit import NextEditEngine
from segue_postprocess import StreamFilter, process
from segue_server.activity import ActivityLog
from segue_server.completion.completer import Completer
from segue_server.completion.settings import PipelineSettings
from segue_server.completion.types import Cleaning, CompletionAnswer, CompletionRequest
from segue_server.configuration import ConfigurationStore, Settings
from segue_server.feedback import Feedback
from segue_server.logs import set_level
from segue_server.models import ModelKeeper
from segue_server.open_documents import OpenDocumentsReader
from segue_server.paths import directories
from segue_server.status import StatusBoard
from segue_server.workspaces import Located, Scope, Workspaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segue_server.completion.generation import Generation
    from segue_server.documents import DocumentStore
    from segue_server.paths import Directories
    from segue_server.tasks import TaskRegistry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the client said of itself in `initialize`."""

    roots: tuple[Path, ...] = ()
    options: Any = None
    can_refresh: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToClient:
    """What the session tells the client; each is safe to call at any time on the event loop."""

    refresh: Callable[[CompletionRequest], None]
    status: Callable[[dict[str, Any]], None]
    problem: Callable[[str], None]


class Session:
    """The parts, wired together."""

    def __init__(
        self, documents: DocumentStore, tasks: TaskRegistry, client: ClientFacts, to_client: ToClient
    ) -> None:
        self.documents = documents
        self.tasks = tasks
        self.client = client
        self.directories: Directories = directories()
        self.configuration = ConfigurationStore.load(
            user_file=self.directories.user_file, roots=client.roots, initialization=client.options
        )
        self.status = StatusBoard(listener=to_client.status)
        self.activity = ActivityLog(
            self.directories.activity_file, enabled=self.configuration.settings.activity.enabled
        )
        self.models = ModelKeeper(cache_dir=self.directories.cache, tasks=tasks, changed=self._model_changed)
        self.workspaces = Workspaces(self._make_scope)
        self.completer = Completer(
            settings=lambda: self._pipeline,
            model=self.models.current,
            cleaning=Cleaning(process, StreamFilter),
            tasks=tasks,
            on_call=self._called,
            on_better=to_client.refresh,
        )
        self.feedback = Feedback(self.completer, self.activity)
        self.last_answer: CompletionAnswer | None = None
        self._to_client = to_client
        self._pipeline = PipelineSettings()
        self._reshape(None, self.settings)
        self.configuration.subscribe(lambda settings: settings, self._reshape)
        self.configuration.subscribe(lambda settings: settings.model, self._model_setting_changed)
        self.workspaces.open_roots(client.roots)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.configuration.settings

    async def start(self) -> None:
        """Take in what is open already, open the model, then let the index be built."""
        for uri in self.documents.uris:
            view = self.documents.view(uri)
            if view is not None:
                self.workspaces.opened(view.snapshot)
        self.documents.listeners.append(self.workspaces.changed)
        self.documents.listeners.append(self.completer.document_changed)
        self.status.started = True
        self.report_problems()
        await self.models.apply(self.settings)
        self.status.changed()

    async def close(self) -> None:
        """Stop calls, release the model and the indexes, write the log."""
        self.completer.close()
        await self.models.aclose()
        self.activity.close()

    def pause(self, paused: bool) -> dict[str, Any]:  # noqa: FBT001 - the state itself
        """Pause or resume, and return the status."""
        self.status.paused = paused
        self._pipeline = replace(self._pipeline, paused=paused)
        self.status.changed()
        return self.status.report()

    def answered(self, request: CompletionRequest, answer: CompletionAnswer) -> None:
        """Remember how the last answer came about."""
        self.last_answer = answer
        self.feedback.answered(request, answer)
        if answer.reason:
            self.status.last_silence = answer.reason

    def refusal(self, where: Located) -> str:  # noqa: ARG002
        """Return why a document must not be completed in, "" when it may."""
        return ""

    def files_changed(self, uris: Sequence[str]) -> None:
        """Follow changes of files on disk."""

    def looked_at(self, uri: str, line: int) -> None:
        """Note that the user looks at a place."""
        where = self.workspaces.locate(uri)
        if where.path:
            where.scope.history.viewed(where.path, line)
            where.scope.context.viewed(where.path, line)

    def read_files(self) -> None:
        """Read the settings files again."""
        self.configuration.read_files(user_file=self.directories.user_file, roots=self.client.roots)

    def report_problems(self) -> None:
        """Tell the client of settings that are not used, each once."""
        for problem in self.configuration.fresh_problems():
            logger.warning("%s", problem.message)
            self._to_client.problem(problem.message)

    def change_roots(self, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Follow the client's workspace folders."""
        self.workspaces.close_roots(removed)
        self.workspaces.open_roots(added)

    def _make_scope(self, root: Path | None) -> Scope:
        reader = OpenDocumentsReader()
        return Scope(
            root, reader, ContextEngine(reader), EditHistory(), NextEditEngine(reader), reader.set_overlay
        )

    def _reshape(self, _: Any, settings: Settings) -> None:
        self._pipeline = pipeline_settings(settings, paused=self.status.paused, local=self.models.local)
        self.status.statistical = settings.statistical.enabled
        set_level(settings.log.level)

    def _model_setting_changed(self, _: Any, __: Any) -> None:
        self.completer.cache.clear()
        self.tasks.spawn(self.models.apply(self.settings), name="change the model")

    def _model_changed(self) -> None:
        self._pipeline = replace(self._pipeline, prefetch=_prefetch(self.settings, local=self.models.local))
        self.status.set_model(self.models.name, self.models.status)

    def _called(self, started: Generation | None, ended: Generation | None) -> None:
        self.status.calls += (started is not None) - (ended is not None)
        if ended is not None and ended.failure is not None:
            self.status.last_error = getattr(ended.failure, "message", "") or type(ended.failure).__name__
        self.status.latency_ms = self.completer.rhythm.latency_ms
        self.status.changed()


def pipeline_settings(settings: Settings, *, paused: bool = False, local: bool = False) -> PipelineSettings:
    """Return what the pipeline needs of the settings, with the sizes that suit the provider."""
    completion, model = settings.completion, settings.model
    small = model.provider == "embedded"
    context_chars = settings.context.budget_chars or (1000 if small else 4000)
    return PipelineSettings(
        enabled=completion.enabled,
        paused=paused,
        disabled_languages=frozenset(completion.disabled_languages),
        statistical=settings.statistical.enabled,
        min_confidence=completion.min_confidence,
        confident=completion.confident,
        debounce_ms=completion.debounce_ms,
        least_debounce_ms=completion.debounce_least_ms,
        most_debounce_ms=completion.debounce_most_ms,
        multiline=completion.multiline,
        max_lines=completion.max_lines,
        candidates=completion.candidates,
        prefetch=_prefetch(settings, local=local),
        prefix_chars=model.prefix_chars or (1500 if small else 6000),
        suffix_chars=model.suffix_chars or (300 if small else 1500),
        context_chars=context_chars if settings.context.enabled else 0,
        max_tokens=min(model.max_tokens, 64) if small else model.max_tokens,
        temperature=model.temperature,
    )


def _prefetch(settings: Settings, *, local: bool) -> bool:
    chosen = settings.completion.prefetch
    return chosen == "on" or (chosen == "auto" and local)
