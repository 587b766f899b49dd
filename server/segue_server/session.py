"""Everything that serves one client after `initialize`: settings, workspaces, model, pipeline, status.

It is built in a worker thread, because its imports take longer than an event loop may be held up, and in the order
that gives the user something soonest: settings, statistical engine, model, then the index in the background.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from segue_context import ContextEngine, EditHistory, WorkspaceIndex
from segue_next_edit import NextEditEngine
from segue_postprocess import process
from segue_server.activity import ActivityLog
from segue_server.completion.completer import Completer
from segue_server.completion.feedback import Feedback
from segue_server.completion.prompting import cursor_of, query_of
from segue_server.completion.settings import PipelineSettings, pipeline_settings, prefetches
from segue_server.completion.types import Cleaning, CompletionAnswer, CompletionRequest
from segue_server.configuration import ConfigurationStore, Settings
from segue_server.models.completion import ModelManager
from segue_server.models.searches import Searches
from segue_server.next_edits.offered import NextEdits
from segue_server.next_edits.problems import Problems
from segue_server.runtime.logs import set_level
from segue_server.runtime.paths import PROJECT_FILE, directories
from segue_server.status import MODEL, StatusBoard
from segue_server.workspace.indexing import index_options, index_report
from segue_server.workspace.open_documents import OpenDocumentsReader
from segue_server.workspace.privacy import sending_rules
from segue_server.workspace.refusals import Refusals
from segue_server.workspace.trust import team_rules
from segue_server.workspace.vectors import IdleEmbedding
from segue_server.workspace.workspaces import Located, Scope, Workspaces
from segue_syntax import Position, grammar_of, protect_parsing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segue_context import IndexStatus
    from segue_context.team_rules import TeamRules
    from segue_server.completion.generation import Generation
    from segue_server.lsp.documents import DocumentChange, DocumentStore, View
    from segue_server.runtime.paths import Directories
    from segue_server.runtime.tasks import TaskRegistry
    from segue_syntax import Snapshot

logger = logging.getLogger(__name__)

_OPENING_S = 1.5
"""How long the first requests wait for the model to be opened; loading it is waited for by nobody."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the client said of itself in `initialize`."""

    roots: tuple[Path, ...] = ()
    options: Any = None
    can_refresh: bool = False
    watches_files: bool = False
    fills_placeholders: bool = False
    compares_problems: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToClient:
    """What the session tells the client; each is safe to call at any time on the event loop."""

    refresh: Callable[[CompletionRequest], None]
    status: Callable[[dict[str, Any]], None]
    index: Callable[[IndexStatus], None]


class Session:
    """Serves one client: the parts, wired together."""

    def __init__(
        self,
        documents: DocumentStore,
        tasks: TaskRegistry,
        client: ClientFacts,
        to_client: ToClient,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._loop = loop
        self._to_client = to_client
        self.documents = documents
        self.tasks = tasks
        self.client = client
        self.directories: Directories = directories()
        self.configuration = ConfigurationStore.load(
            user_file=self.directories.user_file, roots=client.roots, initialization=client.options
        )
        self._parse_guard = protect_parsing(self.directories.cache / "parsing", sandbox=True)
        self.status = StatusBoard(listener=to_client.status)
        recorded = self.configuration.settings.activity
        self.activity = ActivityLog(
            self.directories.activity_file, enabled=recorded.enabled, keep_days=recorded.keep_days
        )
        self.models = ModelManager(cache_dir=self.directories.cache, tasks=tasks, changed=self._model_changed)
        self.workspaces = Workspaces(self._make_scope)
        self.completer = Completer(
            settings=lambda: self._pipeline,
            model=self.models.current,
            cleaning=Cleaning.standard(),
            tasks=tasks,
            on_call=self._called,
            on_better=to_client.refresh,
            on_silence=self.status.answered,
        )
        self.feedback = Feedback(self.completer, self.activity)
        self.searches = Searches(lambda: self.settings, self.directories.cache)
        self._embedding = IdleEmbedding(tasks, self.searches, lambda: self.workspaces.scopes)
        self.next_edits = NextEdits(tasks, self.activity)
        self.problems = Problems()
        self._refusals = Refusals()
        self._index_statuses: dict[Path, IndexStatus] = {}
        self.last_answer: CompletionAnswer | None = None
        self._pipeline = PipelineSettings()
        self._reshape(None, self.settings)
        self.configuration.subscribe(lambda settings: settings, self._reshape)
        self.configuration.subscribe(lambda settings: settings.model, self._model_setting_changed)
        self.workspaces.open_roots(client.roots)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.configuration.settings

    def attach(self) -> None:
        """Take in what was typed and opened before there was a session, and follow the documents from now on."""
        for change in self.documents.listen(self._changed):
            if not self.documents.notebook_of(change.after.uri):
                self.workspaces.changed(change)
            if change.after.uri not in self.documents:
                self.workspaces.closed(change.after.uri)
        for uri in self.documents.uris:
            view = self.documents.view(uri)
            if view is not None:
                self.opened(view.snapshot)

    async def start(self) -> None:
        """Open the model, then start the indexes; waits for the model, but not for long."""
        if view := next(filter(None, map(self.documents.view, self.documents.uris)), None):
            self.tasks.spawn(self.tasks.in_thread(self._warm_up, view), name="warm up")
        self.status.started = True
        self.report_problems()
        self.status.changed()
        opening = self.tasks.spawn(self.models.apply(self.settings), name="open the model")
        self.tasks.spawn(self._start_indexes(opening), name="start the indexes")
        await asyncio.wait({opening}, timeout=_OPENING_S)

    def _changed(self, change: DocumentChange) -> None:
        """Note a change; a notebook's cells are no files, and their places are those of the joined text."""
        self._embedding.note_typing()
        if not self.documents.notebook_of(change.after.uri):
            self.workspaces.changed(change)
            self.completer.document_changed(change)
        elif (view := self.documents.view(change.after.uri)) is not None:
            self.completer.document_changed(change.seen_in(view))

    def _warm_up(self, view: View) -> None:
        """Ask the engines once, so that the first key does not wait for what they load."""
        where = self.workspaces.locate(view.uri)
        end = view.snapshot.clamp(Position(len(view.snapshot.lines), 0))
        request = CompletionRequest(
            view.snapshot, end, path=where.path, may_leave=where.scope.rules.may_leave
        )
        query = query_of(request)
        where.scope.context.plan(query, self._pipeline.context_chars)
        where.scope.context.outlook(query)
        process(cursor_of(request, self._pipeline), "x")
        where.scope.next_edit.warm()

    async def _start_indexes(self, opening: asyncio.Task[None]) -> None:
        """Start the indexes once the model is open: the model helps the user sooner."""
        await asyncio.wait({opening})
        self.status.changed()
        if self.settings.index.enabled:
            for scope in self.workspaces.scopes:
                await self.tasks.in_thread(self._start_index, scope)
            self.tasks.spawn(self._embedding.run(), name="embed while idle")

    async def close(self) -> None:
        """Stop calls, release the model and the indexes, write the log."""
        self.completer.close()
        for scope in self.workspaces.scopes:
            await asyncio.to_thread(scope.close)
        await self.models.aclose()
        await asyncio.to_thread(self.searches.close)
        self._parse_guard.close()
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
        self.status.answered(answer.reason)

    def refusal(self, where: Located, view: View) -> str:
        """Return why a document must not be completed in, "" when it may."""
        return self._refusals.reason(where, view.uri, view.snapshot)

    def team_rules(self, where: Located) -> TeamRules:
        """Return the rules of the team that count in a document's workspace."""
        return team_rules(self.settings, self.directories, where.scope.root, where.scope.rules)

    async def examine(self, snapshot: Snapshot) -> None:
        """Check the text of an opened or saved document, and load its grammar."""
        await self.tasks.in_thread(self._refusals.examine, snapshot.uri, snapshot)
        await self.tasks.in_thread(grammar_of, snapshot.language_id)

    def opened(self, snapshot: Snapshot) -> None:
        """Take an opened document in."""
        if not self.documents.notebook_of(snapshot.uri):
            self.workspaces.opened(snapshot)
        self.tasks.spawn(self.examine(snapshot), name="examine a document")

    def closed(self, uri: str) -> None:
        """Let a closed document go."""
        self.workspaces.closed(uri)
        self.completer.forget(uri)
        self._refusals.forget(uri)

    def files_changed(self, uris: Sequence[str]) -> None:
        """Follow changes of files on disk, settings files included."""
        self.workspaces.files_changed(uris)
        if any(uri.endswith("/" + PROJECT_FILE) for uri in uris):
            self.read_files()
            self.report_problems()

    def looked_at(self, uri: str, line: int) -> None:
        """Note that the user looks at a place."""
        where = self.workspaces.locate(uri)
        if where.path:
            where.scope.context.viewed(where.path, line)

    def read_files(self) -> None:
        """Read the settings files again."""
        self.configuration.read_files(user_file=self.directories.user_file, roots=self.client.roots)

    def report_problems(self) -> None:
        """Log the settings that are not used, each once; the log goes to the client too."""
        for problem in self.configuration.fresh_problems():
            logger.warning("%s", problem.message)

    def change_roots(self, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Follow the client's workspace folders."""
        for scope in self.workspaces.close_roots(removed):
            self.tasks.spawn(self.tasks.in_thread(scope.close), name="close an index")
        for scope in self.workspaces.open_roots(added):
            if self.settings.index.enabled:
                self.tasks.spawn(self.tasks.in_thread(self._start_index, scope), name="start an index")

    def _start_index(self, scope: Scope) -> None:
        scope.start_index(watch=not self.client.watches_files)

    def _make_scope(self, root: Path | None) -> Scope:
        rules = sending_rules(self.settings, root)
        if root is None:
            loose = OpenDocumentsReader()
            return Scope(None, loose, ContextEngine(loose), EditHistory(), NextEditEngine(loose), rules)
        index = WorkspaceIndex(
            root,
            self.directories.cache,
            options=index_options(self.settings),
            on_status=partial(self._index_changed, root),
        )
        return Scope(root, index, ContextEngine(index), EditHistory(), NextEditEngine(index), rules, index)

    def _index_changed(self, root: Path, status: IndexStatus) -> None:
        """Hear of an index's progress, from any thread."""
        self._loop.call_soon_threadsafe(self._tell_index, root, status)

    def _tell_index(self, root: Path, status: IndexStatus) -> None:
        self._index_statuses[root] = status
        if status.state == "ready":
            self.tasks.spawn(self._tell_counts(), name="count the index")
        else:
            counts: dict[str, Any] = {
                name: self.status.index[name] for name in ("files", "symbols") if name in self.status.index
            }
            open_roots = {scope.root for scope in self.workspaces.scopes}
            heard = [known for at, known in self._index_statuses.items() if at in open_roots]
            self.status.index = {**index_report(heard), **counts}  # progress is told without counts
            self.status.changed()
        self._to_client.index(status)

    async def _tell_counts(self) -> None:
        await self.full_status()
        self.status.changed()

    async def full_status(self) -> dict[str, Any]:
        """Return the status with the index's counts as they are now; the notifications carry the last ones known."""
        scopes = [scope.index for scope in self.workspaces.scopes if scope.index is not None]
        reports = await self.tasks.in_thread(lambda: [index.status() for index in scopes])
        self.status.index = index_report(reports)
        return self.status.report()

    def _reshape(self, _: Any, settings: Settings) -> None:
        self._pipeline = pipeline_settings(settings, paused=self.status.paused, local=self.models.local)
        self.status.statistical = settings.statistical.enabled
        self.workspaces.set_privacy(deny=settings.privacy.deny, allow=settings.privacy.allow)
        set_level(settings.log.level)

    def _model_setting_changed(self, _: Any, __: Any) -> None:
        self.completer.clear()
        self.tasks.spawn(self.models.apply(self.settings), name="change the model")

    def _model_changed(self) -> None:
        self._pipeline = replace(self._pipeline, prefetch=prefetches(self.settings, local=self.models.local))
        self.status.set_model(self.models.name, self.models.status)

    def _called(self, started: Generation | None, ended: Generation | None) -> None:
        self.status.calls += (started is not None) - (ended is not None)
        if ended is not None and ended.failure is not None:
            said = getattr(ended.failure, "message", "") or type(ended.failure).__name__
            self.status.failed(MODEL, said)
        elif ended is not None and not ended.superseded:
            self.status.works(MODEL)
        self.status.latency_ms = self.completer.typing_rate.latency_ms
        self.status.changed()
