"""The next edits that a client was handed, by id: what became of them, and where they apply now."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_syntax import line_content

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from segue_next_edit import NextEdit, Prediction, Series
    from segue_server.activity import ActivityLog
    from segue_server.configuration import Settings
    from segue_server.runtime.tasks import TaskRegistry
    from segue_server.workspace.workspaces import Located, Scope

_KEPT = 64
_PASSED = frozenset({"typed", "ignored"})


@dataclass(frozen=True, slots=True)
class Offered:
    """One next edit under its id."""

    id: str
    scope: Scope
    edit: NextEdit


@dataclass(frozen=True, slots=True)
class Replacement:
    """An edit as a replacement of text: from (line, column) to (line, column) in code points."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


class NextEdits:
    """Asks the engine of a document's workspace, and remembers what was offered."""

    def __init__(self, tasks: TaskRegistry, activity: ActivityLog) -> None:
        self._tasks = tasks
        self._activity = activity
        self._ids = itertools.count(1)
        self._offered: dict[str, Offered] = {}

    async def predict(
        self,
        where: Located,
        line: int,
        settings: Settings,
        *,
        top: int = 5,
        wanted: Callable[[], bool] = lambda: True,
        written: Callable[[Prediction], Awaitable[Prediction]] | None = None,
    ) -> tuple[Prediction, list[Offered]]:
        """Return the prediction for a cursor, with its edits under ids; `written` adds what a model writes.

        Predictions run one at a time; one that is not `wanted` any more when its turn comes is not made. `wanted` is
        called in a thread.
        """
        scope = where.scope
        prediction = await self._tasks.in_queue(_predict, wanted, scope, where.path, line, top)
        if written is not None and wanted():
            prediction = await written(prediction)
            prediction = replace(prediction, edits=prediction.edits[:top])
        edits = [
            edit for edit in prediction.edits if settings.next_edit.other_files or edit.path == where.path
        ]
        if prediction.edits[:1] != tuple(edits[:1]):
            prediction = replace(prediction, shown=False, silence="the likeliest edit is in another file")
        offered = [Offered(f"e-{next(self._ids)}", scope, edit) for edit in edits]
        for one in offered:
            self._offered[one.id] = one
        while len(self._offered) > _KEPT:
            del self._offered[next(iter(self._offered))]
        return prediction, offered

    async def series(
        self, where: Located, line: int, first: Offered, *, mentions: bool = False
    ) -> tuple[Series, int]:
        """Return every remaining place of the change that an offered edit belongs to, on request mentions too.

        The number counts the places that are left out because their files are read-only.
        """
        return await self._tasks.in_queue(_series, first.scope, (where.path, line), first.edit, mentions)

    async def resolved(self, edit_id: str) -> Offered | None:
        """Return an offered edit at the place where its lines are now; None when they changed or went away."""
        offered = self._offered.get(edit_id)
        if offered is None or offered.edit.new is None:
            return None
        edit = await self._tasks.in_queue(offered.scope.next_edit.still_fits, offered.edit)
        if edit is None:
            return None
        self._offered[edit_id] = replace(offered, edit=edit)
        return self._offered[edit_id]

    def shown(self, edit_id: str) -> None:
        """Note that an edit became visible."""
        self._record("display", edit_id)

    def accepted(self, edit_id: str) -> None:
        """Note that an edit was applied."""
        offered = self._offered.pop(edit_id, None)
        if offered is not None:
            offered.scope.next_edit.accepted(offered.edit)
            offered.scope.history.settle(accepted=True)
            self._record("acceptance", edit_id, offered)

    def rejected(self, edit_id: str, reason: str) -> bool:
        """Note that an edit was dismissed, or typed past; False for an unknown id.

        A dismissed one does not come back, one that was typed past stays away after a few times.
        """
        offered = self._offered.pop(edit_id, None)
        if offered is None:
            return False
        self._record("rejection", edit_id, offered, reason=reason)
        if reason in _PASSED:
            offered.scope.next_edit.ignored(offered.edit)
        else:
            offered.scope.next_edit.rejected(offered.edit)
        return True

    def _record(self, kind: str, edit_id: str, offered: Offered | None = None, reason: str = "") -> None:
        offered = offered or self._offered.get(edit_id)
        if offered is None:
            return
        from segue_server.activity import Event

        text = "\n".join(offered.edit.new or ())
        self._activity.record(
            Event(
                kind,  # type: ignore[arg-type]
                suggestion=edit_id,
                feature="next_edit",
                engine=offered.edit.kind,
                confidence=offered.edit.confidence,
                reason=reason,
                part="whole" if kind == "acceptance" else "",
                chars=len(text),
                lines=len(offered.edit.new or ()),
            )
        )


def replacement(edit: NextEdit, lines: Sequence[str]) -> Replacement:
    """Return an edit as a replacement in a document of `lines` (with terminators).

    Changed lines are replaced without their last terminator, which stays as it is; whole lines that come or go
    take theirs along, the document's own kind.
    """
    ending = _line_ending(lines)
    new = edit.new or ()
    last = max(0, len(lines) - 1)
    if edit.start_line == edit.end_line:
        if edit.start_line > last:
            end = (last, len(line_content(lines[last])))
            return Replacement(end, end, ending + ending.join(new))
        return Replacement((edit.start_line, 0), (edit.start_line, 0), "".join(line + ending for line in new))
    if not new and edit.end_line <= last:
        return Replacement((edit.start_line, 0), (edit.end_line, 0), "")
    end_line = min(edit.end_line - 1, last)
    return Replacement((edit.start_line, 0), (end_line, len(line_content(lines[end_line]))), ending.join(new))


def _line_ending(lines: Sequence[str]) -> str:
    first = lines[0]
    return first[len(line_content(first)) :] or "\n"


def _predict(wanted: Callable[[], bool], scope: Scope, path: str, line: int, top: int) -> Prediction:
    if not wanted():
        from segue_next_edit import Prediction

        return Prediction(silence="the document changed meanwhile")
    history = scope.history
    prediction = scope.next_edit.predict(history.edits(), (path, line), top, action=history.action)
    edits = tuple(edit for edit in prediction.edits if _may_be_written(scope, edit))
    if edits[:1] != prediction.edits[:1]:
        return replace(
            prediction, edits=edits, shown=False, silence="the likeliest edit is in a read-only file"
        )
    return replace(prediction, edits=edits)


def _series(scope: Scope, cursor: tuple[str, int], first: NextEdit, mentions: bool) -> tuple[Series, int]:  # noqa: FBT001 - passed on
    series = scope.next_edit.series(scope.history.edits(), cursor, first, mentions=mentions)
    edits = tuple(edit for edit in series.edits if _may_be_written(scope, edit))
    return replace(series, edits=edits), len(series.edits) - len(edits)


def _may_be_written(scope: Scope, edit: NextEdit) -> bool:
    """Whether the file's own permissions let it be changed: an edit that cannot be saved is no help."""
    if scope.root is None:
        return True
    try:
        return bool(os.stat(scope.root / edit.path).st_mode & 0o222)  # noqa: PTH116 - once for each of many edits
    except OSError:
        return True  # not saved yet
