"""The repository around a place that a command line names, and what the place means."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import AssistError, Target
from segue_context.files import read_regular_file
from segue_context.privacy import verdict_on_disk
from segue_server.runtime.paths import directories, repository_around
from segue_server.workspace.indexing import index_options
from segue_server.workspace.privacy import sending_rules
from segue_syntax import Position, Range, Snapshot, language_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from segue_context.index import WorkspaceIndex
    from segue_server.configuration import Settings

_PLACE = re.compile(r"^(?P<file>.+?)(?::(?P<start>\d+)(?:-(?P<end>\d+))?)?$", re.DOTALL)
_LARGEST_BYTES = 4_000_000
_INDEX_WAIT_S = 20.0


class Repository:
    """The repository around a place; its index is opened when first read, and gets some seconds to come about."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.rules = sending_rules(settings, root)
        self._settings = settings
        self._index: WorkspaceIndex | None = None

    @property
    def reader(self) -> WorkspaceIndex:
        """What the index knows."""
        if self._index is None:
            self._index = self._open()
            if self._settings.index.enabled and not self._index.status().files:
                self._index.start()
                self._index.wait_until_ready(_INDEX_WAIT_S)
        return self._index

    @property
    def index(self) -> WorkspaceIndex | None:
        """The index, brought up to date in this process; None where it is switched off. Raises `AssistError` (no_index)."""
        if not self._settings.index.enabled:
            return None
        if self._index is None:
            self._index = self._open()
            status = self._index.build()
            if status.state != "ready" and not status.files:
                raise AssistError("no_index", f"This folder is not indexed: {status.reason}.")
        return self._index

    def _open(self) -> WorkspaceIndex:
        from segue_context.index import WorkspaceIndex

        return WorkspaceIndex(self.root, directories().cache, options=index_options(self._settings))

    def close(self) -> None:
        """Close the index."""
        if self._index is not None:
            self._index.close()

    def target(self, place: str, problem: str = "") -> Target:
        """Return what `FILE[:START[-END]]` means; raises `AssistError` when there is no such place."""
        match = _PLACE.match(place)
        assert match is not None
        path = Path(match["file"])
        if not path.is_file():
            raise AssistError("no_file", f"There is no file {match['file']}.")
        if path.stat().st_size > _LARGEST_BYTES:
            raise AssistError("too_large", f"{path} is too large ({path.stat().st_size >> 20} MB).")
        relative = Path(os.path.relpath(path.resolve(), self.root)).as_posix()
        judged = verdict_on_disk(path.absolute(), self.root, self.rules)
        if not judged.allowed:
            reason = "not_code" if "binary" in judged.reason else "denied"
            raise AssistError(reason, f"{relative} is not sent to a model: {judged.reason}")
        data = read_regular_file(path, _LARGEST_BYTES).data
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AssistError("not_code", f"{relative} is a binary file or no UTF-8 text.") from error
        snapshot = Snapshot.of(text, uri=path.resolve().as_uri(), language_id=language_of("", path.name).id)
        if match["start"] is None:
            return Target(snapshot, relative, diagnostic=problem)
        first = int(match["start"]) - 1
        last = int(match["end"] or match["start"]) - 1
        if not 0 <= first <= last or first >= len(snapshot.lines):
            raise AssistError(
                "no_place", f"{relative} has no lines {match['start']} to {match['end'] or match['start']}."
            )
        if match["end"] is None:
            return Target(snapshot, relative, Range(Position(first, 0), Position(first, 0)), problem)
        return Target(snapshot, relative, Range(Position(first, 0), Position(last + 1, 0)), problem)


def root_around(place: str) -> Path:
    """Return the repository around the file, else its folder."""
    match = _PLACE.match(place) if place else None
    start = Path(match["file"]).resolve().parent if match else Path.cwd()
    return repository_around(start)


def file_of(place: str) -> Path:
    """Return the file of `FILE[:START[-END]]`."""
    match = _PLACE.match(place)
    assert match is not None
    return Path(match["file"])


def parsing_protected() -> AbstractContextManager[None]:
    """Have the texts that a command parses tried in a process of their own first, as the server does."""
    from segue_syntax import parsing_protected as protected

    return protected(directories().cache / "parsing", sandbox=True)
