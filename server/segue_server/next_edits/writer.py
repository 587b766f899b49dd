"""Next edits that a model writes, in the background, where the rules know only a place or nothing.

The rules' answer is never held back. One request runs at a time; typing anywhere cancels it, and what it answers
belongs to one version of one document.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_model import ModelError
from segue_next_edit import Prediction
from segue_server.lsp.messages import REFRESH
from segue_server.models.chat import ChatManager, chat_settings, completion_chat_settings
from segue_server.next_edits.model_choice import way_of
from segue_server.status import NEXT_EDIT_MODEL
from segue_syntax import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import EventDiff, LineEdit
    from segue_model import ChatModel, CompletionModel
    from segue_next_edit import NextEdit, NextEditEngine, Problem
    from segue_server.connection import Connection
    from segue_server.lsp.documents import DocumentChange, View
    from segue_server.next_edits.model_choice import Way
    from segue_server.session import Session
    from segue_server.workspace.workspaces import Located, Scope

_PAUSE_S = 0.15
"""How long typing must have paused before the model is asked."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer belongs to: a version of a document and a line of it."""

    uri: str
    version: int
    line: int


@dataclass(frozen=True, slots=True)
class _ModelRequest:
    """What the model is asked, and the rules' answer that it adds to."""

    moment: Moment
    column: int
    known: Prediction
    way: Way


class Writer:
    """Asks the session's model, and keeps its last answer until the text changes in another way than it says."""

    def __init__(self, connection: Connection, session: Session) -> None:
        self._connection = connection
        self._chats = ChatManager(session.tasks, session.directories.cache)
        self._moment: Moment | None = None
        self._task: asyncio.Task[Prediction] | None = None
        self._begun: tuple[NextEdit, ...] = ()
        self._connection.documents.listeners.append(self._changed)
        connection.server.on_close.append(self._chats.aclose)

    def _changed(self, change: DocumentChange) -> None:
        """Drop what was asked and its answer: they are about a text that is no more, but for what was accepted of it."""
        if not change.edits:
            return
        task = self._task
        if task is not None and task.done() and not task.cancelled() and task.exception() is None:
            self._begun = tuple(edit for edit in task.result().edits if edit.kind == "model")
        self.stop()

    def stop(self) -> None:
        """Cancel what is being asked; the call to the model is closed."""
        task, self._task, self._moment = self._task, None, None
        if task is not None:
            task.cancel()

    async def completed(
        self, session: Session, where: Located, view: View, place: Position, known: Prediction, *, wait: bool
    ) -> Prediction:
        """Return the rules' answer with what the model wrote for this moment, if it has.

        Otherwise the model is asked. A client that can be told to ask again gets the rules' answer at once; for
        another one the answer comes with the model's where `wait`, and without it when the text changes first.
        """
        engine = where.scope.next_edit
        way = way_of(session.settings)
        if not way or not engine.wants_model(known, where.scope.history.action):
            return known
        if self._begun:
            begun, self._begun = self._begun, ()
            left = await session.tasks.in_thread(engine.left_of, begun)
            if left:
                self._begun = begun
                return Prediction(left, shown=True)
        moment = Moment(view.uri, view.version, place.line)
        if self._task is None or moment != self._moment:
            self.stop()
            self._moment = moment
            asking = self._ask(session, where, _ModelRequest(moment, place.column, known, way))
            self._task = session.tasks.spawn(asking, name="write a next edit")
        task = self._task
        if wait and not session.client.can_refresh:
            await asyncio.wait({task})
        if not task.done() or task.cancelled() or task.exception() is not None:
            return known
        return await session.tasks.in_thread(_fitting, engine, task.result(), known)

    async def _ask(self, session: Session, where: Located, asked: _ModelRequest) -> Prediction:
        await asyncio.sleep(_PAUSE_S)
        scope, known, moment = where.scope, asked.known, asked.moment
        problems = session.problems.of(scope, session.workspaces)
        sendable = await session.tasks.in_thread(_sendable, scope, where.path, known, problems)
        if sendable is None:
            return known
        edits, diffs, places, problems = sendable
        rules = await session.tasks.in_thread(
            session.team_rules(where).text_for, where.path, session.settings.context.rules_chars
        )
        try:
            model, chat = await self._models(session, asked.way)
            written = await scope.next_edit.completed(
                places, edits, (where.path, moment.line), model=model, chat=chat, action=scope.history.action,
                column=asked.column, diffs=diffs, problems=problems, team_rules=rules,
            )  # fmt: skip
        except ModelError as error:
            session.status.failed(NEXT_EDIT_MODEL, error.message)
            return known
        session.status.works(NEXT_EDIT_MODEL)
        if written == places:
            return known
        if session.client.can_refresh:
            self._announce(moment, asked.column)
        return written

    async def _models(self, session: Session, way: Way) -> tuple[CompletionModel | None, ChatModel | None]:
        if way == "completion":
            return session.models.current(), None
        chosen = chat_settings if way == "chat" else completion_chat_settings
        return None, await self._chats.of(await session.tasks.in_thread(chosen, session.settings))

    def _announce(self, moment: Moment, column: int) -> None:
        """Tell the client to ask again for the next edit of this version."""
        view = self._connection.documents.view(moment.uri)
        if view is None or view.version != moment.version:
            return
        line, character = view.to_client(Position(moment.line, column))
        self._connection.server.protocol.notify(
            REFRESH,
            {
                "textDocument": {"uri": view.uri, "version": view.version},
                "position": {"line": line, "character": character},
                "feature": "nextEdits",
            },
        )


def _sendable(
    scope: Scope, current: str, known: Prediction, problems: Sequence[Problem]
) -> tuple[list[LineEdit], list[EventDiff], Prediction, list[Problem]] | None:
    """Return edits, places and problems without those in files that must not be sent or that hold secrets.

    None when the file with the cursor is one of them.
    """
    rules = scope.rules
    edits, diffs = scope.history.edits(), scope.history.diffs()
    paths = {current, *(one.path for one in edits), *(one.path for one in diffs)}
    paths |= {*(one.path for one in known.edits), *(one.path for one in problems)}

    def clear(path: str) -> bool:
        text = scope.reader.read_text(path)
        return text is not None and not rules.refusal(path, text) and rules.mask(text) == text

    fine = {path for path in paths if clear(path)}
    if current not in fine:
        return None
    return (
        [edit for edit in edits if edit.path in fine],
        [diff for diff in diffs if diff.path in fine],
        replace(known, edits=tuple(edit for edit in known.edits if edit.path in fine)),
        [one for one in problems if one.path in fine and rules.mask(one.message) == one.message],
    )


def _fitting(engine: NextEditEngine, written: Prediction, known: Prediction) -> Prediction:
    """Return the written edits that still fit, other documents may have changed; the rules' answer without any."""
    edits = tuple(fits for edit in written.edits if (fits := engine.still_fits(edit)) is not None)
    if edits[:1] != written.edits[:1] or engine.refuses(edits[0]):
        return known
    return replace(written, edits=edits)
