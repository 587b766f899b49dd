"""Somebody at an editor: types, asks for next edits, and really applies what is offered, in buffers and on disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from segue_bench.raw_client import SEGUE, RawClient
from segue_syntax import PositionEncoding, column_from_units, language_of, units_from_column

if TYPE_CHECKING:
    from collections.abc import Callable

_UTF16 = PositionEncoding.UTF16
_TRIES = 2400


class Typist:
    """A client with buffers; use it as a context manager. Places are (line, column in characters)."""

    def __init__(self, root: Path, environment: dict[str, str] | None = None, options: Any = None) -> None:
        self.root = root
        self.client = RawClient(SEGUE, {"SEGUE_PROVIDER": "none", **(environment or {})})
        self.client.initialize(root, options)
        self.buffers: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__()

    def uri(self, path: str) -> str:
        """Return a file's URI."""
        return (self.root / path).as_uri()

    def path(self, uri: str) -> str:
        """Return the path, relative to the root, that a URI names."""
        return Path(url2pathname(urlsplit(uri).path)).relative_to(self.root).as_posix()

    def wait_for_index(self) -> None:
        """Return once the workspace is indexed."""
        for _ in range(_TRIES):
            if self.client.ask("segue/status", {})["segue"]["index"]["state"] in ("ready", "following"):
                return
            self.client.pause(0.05)
        sys.exit("The index never became ready.")

    def open(self, path: str, text: str | None = None) -> None:
        """Open a file as it is on disk, or with an unsaved `text`."""
        data = (self.root / path).read_bytes() if text is None else text.encode()
        self.buffers[path] = data.decode("utf-8-sig")
        self.versions[path] = 1
        self.client.open(self.uri(path), self.buffers[path], language_of(path=path).id)

    def text(self, path: str) -> str:
        """Return a file's text: the buffer's, or the disk's."""
        if path in self.buffers:
            return self.buffers[path]
        return (self.root / path).read_bytes().decode("utf-8-sig")

    def type(self, path: str, line: int, first: int, last: int, text: str) -> None:
        """Replace columns of a line, key by key."""
        for at, key in enumerate(text or [""]):
            start = first + at if at else first
            self.change(path, (line, start), (line, last if at == 0 else start), key)

    def change(self, path: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Make one change."""
        lines = self.buffers[path].split("\n")
        place = {
            name: {"line": line, "character": units_from_column(lines[line], column, _UTF16)}
            for name, (line, column) in (("start", start), ("end", end))
        }
        self._replace(path, place, text)

    def next_edits(self, path: str, line: int, column: int = 0, limit: int = 10) -> Any:
        """Ask for next edits at a place."""
        lines = self.buffers[path].split("\n")
        return self.client.ask(
            "segue/nextEdits",
            {
                "textDocument": {"uri": self.uri(path), "version": self.versions[path]},
                "position": {"line": line, "character": units_from_column(lines[line], column, _UTF16)},
                "limit": limit,
            },
        )

    def until(self, path: str, line: int, fits: Callable[[Any], bool]) -> Any:
        """Ask until the answer fits: the index is another process, which tells nobody what it knows."""
        answer = None
        for _ in range(_TRIES):
            answer = self.next_edits(path, line)
            if fits(answer):
                return answer
            self.client.pause(0.05)
        raise AssertionError(f"never answered as expected, last: {answer}")

    def accept(self, edit: Any) -> tuple[str, int]:
        """Apply an edit, tell the server, and return where the cursor is then."""
        path = self.path(edit["textDocument"]["uri"])
        if path not in self.buffers:
            self.open(path)
        elif edit["textDocument"]["version"] not in (None, self.versions[path]):
            raise AssertionError(
                f"an edit of version {edit['textDocument']['version']} of {path} was offered"
            )
        self._replace(path, edit["range"], edit["text"])
        self.client.ask(
            "workspace/executeCommand", {key: edit["command"][key] for key in ("command", "arguments")}
        )
        return path, edit["range"]["start"]["line"]

    def tabs(self, path: str, line: int, most: int = 200) -> int:
        """Accept what is shown until nothing is, and return how often that was."""
        for count in range(most):
            answer = self.next_edits(path, line)
            if not answer["shown"]:
                return count
            path, line = self.accept(answer["edits"][0])
        return most

    def actions(self, path: str, line: int) -> dict[str, Any]:
        """Return the code actions at a line, by title."""
        here = {"line": line, "character": 0}
        found = self.client.ask(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self.uri(path)},
                "range": {"start": here, "end": here},
                "context": {"diagnostics": []},
            },
        )
        return {action["title"]: action for action in found or ()}

    def apply(self, action: Any) -> list[str]:
        """Apply a code action's edit to buffers and files as editors do, and return the paths that it changed."""
        changed = []
        for document in action["edit"]["documentChanges"]:
            path = self.path(document["textDocument"]["uri"])
            changed.append(path)
            if path in self.buffers and document["textDocument"]["version"] != self.versions[path]:
                raise AssertionError(f"an edit of another version of {path} was offered")
            edits = sorted(document["edits"], key=lambda e: _place(e["range"]["start"]), reverse=True)
            if path in self.buffers:
                for edit in edits:
                    self._replace(path, edit["range"], edit["newText"])
                continue
            data = (self.root / path).read_bytes()
            text = data.decode("utf-8-sig")
            mark = data[: len(data) - len(text.encode())]
            for edit in edits:
                text = _replaced(text, edit["range"], edit["newText"])
            (self.root / path).write_bytes(mark + text.encode())
        return changed

    def _replace(self, path: str, extent: Any, text: str) -> None:
        self.buffers[path] = _replaced(self.buffers[path], extent, text)
        self.versions[path] += 1
        identity = {"uri": self.uri(path), "version": self.versions[path]}
        change = {"range": extent, "text": text}
        self.client.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": [change]})


def _place(position: Any) -> tuple[int, int]:
    return position["line"], position["character"]


def _replaced(text: str, extent: Any, new: str) -> str:
    start, end = (_offset(text, *_place(extent[side])) for side in ("start", "end"))
    return text[:start] + new + text[end:]


def _offset(text: str, line: int, character: int) -> int:
    lines = text.split("\n")
    if line >= len(lines):
        raise AssertionError(f"line {line + 1} of a text of {len(lines)} lines")
    return sum(len(row) + 1 for row in lines[:line]) + column_from_units(lines[line], character, _UTF16)
