"""Where no suggestion is asked for, because none could be shown or none is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax import Position, Snapshot, line_content

if TYPE_CHECKING:
    from segue_server.completion.types import CompletionRequest

_PROBE_LINES = 40


def silence_before_asking(request: CompletionRequest) -> str:
    """Return the code of the reason to ask nothing here, or "" to go on.

    An explicit request overrides the rules about taste, never the one about denied files.
    """
    snapshot, position = request.snapshot, request.position
    if _looks_binary(snapshot, position):
        return "binary"
    if request.denied:
        return "denied"
    if request.explicit:
        return ""
    line = line_content(snapshot.lines[position.line])
    if position.column < len(line) and is_word(line[position.column]):
        return "mid_word"
    if request.after_deletion:
        return "after_deletion"
    if len(snapshot.lines) <= 2 and not any(text.strip() for text in snapshot.lines):
        return "empty"
    return ""


def with_popup(request: CompletionRequest) -> CompletionRequest | None:
    """Return the request as it would be after the popup's selected entry was taken.

    None when the entry does not continue what is typed: then any suggestion would contradict the popup.
    """
    popup = request.popup
    if popup is None:
        return request
    from dataclasses import replace

    position = request.position
    if popup.start.line != position.line or popup.start.column > position.column:
        return None
    line = request.snapshot.lines[position.line]
    typed = line[popup.start.column : position.column]
    if "\n" in popup.text or not popup.text.startswith(typed):
        return None
    lines = list(request.snapshot.lines)
    lines[position.line] = line[: popup.start.column] + popup.text + line[popup.end_column(position) :]
    snapshot = Snapshot(request.snapshot.uri, request.snapshot.version, request.snapshot.language_id, lines)
    column = popup.start.column + len(popup.text)
    return replace(request, snapshot=snapshot, position=Position(position.line, column))


def is_word(character: str) -> bool:
    """Return whether a character can be part of a name."""
    return character.isalnum() or character == "_"


def _looks_binary(snapshot: Snapshot, position: Position) -> bool:
    first = max(0, position.line - _PROBE_LINES)
    return any("\0" in line for line in snapshot.lines[first : position.line + _PROBE_LINES])
