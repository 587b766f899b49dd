"""New tests as an edit of the workspace, in the protocol's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_syntax import Snapshot, units_from_column

if TYPE_CHECKING:
    from segue_assist import NewTests
    from segue_syntax import Position, PositionEncoding


def tests_edit(
    tests: NewTests,
    uri: str,
    version: int | None,
    encoding: PositionEncoding,
    creates: bool,  # noqa: FBT001
) -> dict[str, Any]:
    """Return the workspace edit that adds `tests` to the document `uri`; a client that `creates` files is told of a new one."""
    snapshot = Snapshot.of(tests.text or "")

    def place(at: Position) -> dict[str, int]:
        return {"line": at.line, "character": units_from_column(snapshot.lines[at.line], at.column, encoding)}

    edits = [
        {"range": {"start": place(one.extent.start), "end": place(one.extent.end)}, "newText": one.text}
        for one in tests.change.edits
    ]
    if not creates:
        return {"changes": {uri: edits}}
    change = {"textDocument": {"uri": uri, "version": version}, "edits": edits}
    created = {"kind": "create", "uri": uri, "options": {"ignoreIfExists": False, "overwrite": False}}
    return {"documentChanges": [created, change] if tests.text is None else [change]}
