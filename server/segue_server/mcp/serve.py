"""The process of `segue mcp`: one repository, its index, and the tools, over standard input and output."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

from segue_context import WorkspaceIndex
from segue_server.configuration import ConfigurationStore
from segue_server.mcp.answers import Answers, Refused
from segue_server.models.searches import Searches
from segue_server.runtime.logs import set_up_logging
from segue_server.runtime.paths import directories
from segue_server.workspace.indexing import index_options
from segue_server.workspace.privacy import sending_rules
from segue_syntax import protect_parsing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INSTRUCTIONS = """\
Segue has an index of this repository: definitions, references by binding, imports, history. Ask it before you read \
files or grep: an answer is a few lines of path:line. It is read-only, knows this repository only (no libraries, no \
web), and leaves out ignored and secret files. Lines count from 1; paths are relative to the repository's root."""

_FIRST_WAIT_S = 15.0
_MOST_LISTED = 200

Symbol = Annotated[
    str, Field(description="A name as code writes it: `parse`, `Parser.parse`, `Type::method`.")
]
Path_ = Annotated[str, Field(description="A file, relative to the root.")]
Within = Annotated[str, Field(description="Only below this file or folder.")]
Line = Annotated[
    int, Field(description="With `path`: a line that uses the name; what it means there is found.")
]


class Tools:
    """The tools as agents see them: the docstrings are what an agent chooses by."""

    def __init__(self, answers: Answers, index: WorkspaceIndex) -> None:
        self._answers = answers
        self._index = index

    async def search(
        self,
        question: Annotated[
            str, Field(description="What you look for, in words or names; a sentence is fine.")
        ],
        limit: Annotated[int, Field(description="How many places, best first.")] = 8,
    ) -> str:
        """Find where this repository does something: ranked definitions and files for a question in words.

        Use it first when you do not know the file or the name ("where are cookies parsed", "retry after a timeout"), and
        for error messages, tests of something, and when or why something changed. Not for exact strings and patterns
        (use grep), names that you know (use definition, references), and questions about other projects.
        """
        return await self._told(self._answers.search, question, _limited(limit))

    async def definition(
        self, symbol: Symbol, path: Within = "", line: Line = 0, *, source: bool = False
    ) -> str:
        """Find where a symbol of this repository is defined: path, lines, signature; with `source`, its code as well.

        Use it when you know a name: one call instead of grep and reading files. Give `path` and `line` of a use to
        follow imports and scopes to the right one of several. Not for names of libraries, nor for text in strings and
        comments (use grep).
        """
        return await self._told(partial(self._answers.definition, source=source), symbol, path, line)

    async def references(self, symbol: Symbol, path: Within = "", line: Line = 0, limit: int = 30) -> str:
        """List who uses a function, class, method or constant: every use by file, with the definition around it.

        Use it before you change or delete something, and for "who calls this". It follows scopes and imports, so other
        things of the same name are left out or listed apart. Not for words in comments, strings and prose (use grep).
        """
        return await self._told(self._answers.references, symbol, path, line, _limited(limit))

    async def outline(
        self, path: Annotated[str, Field(description="A file or folder; `.` for the root.")]
    ) -> str:
        """List what a file defines (each definition with its lines), or the files of a folder with what they define.

        Use it instead of reading a whole file, to choose the lines to read. Not for small files that you will read
        anyway.
        """
        return await self._told(self._answers.outline, path)

    async def related_files(self, path: Path_) -> str:
        """List the tests of a file, its header or source, the files it imports and those that import it.

        Use it after finding a file, to learn which tests to run and what a change may touch. Not for finding a file by
        its name (use glob).
        """
        return await self._told(self._answers.related_files, path)

    async def history_of(
        self,
        path: Annotated[str, Field(description="A file, or lines of it: `src/app.py:10-20`.")] = "",
        symbol: Annotated[
            str, Field(description="A definition instead (within `path` when that is given).")
        ] = "",
        limit: int = 10,
    ) -> str:
        """List the commits that changed a file, lines of it or a definition, newest first: hash, date, subject.

        Use it to learn when and why code became what it is. Not for what is not committed yet (use git diff), nor for the
        whole repository's log.
        """
        return await self._told(self._answers.history_of, path, symbol, _limited(limit))

    async def _told(self, answer: Callable[..., str], *arguments: Any) -> str:
        """Return the answer, a refusal as a plain sentence, and what the index has to say of itself."""

        def ask() -> str:
            note = self._note()
            try:
                return note + answer(*arguments)
            except Refused as refusal:
                return note + str(refusal)

        return await anyio.to_thread.run_sync(ask, abandon_on_cancel=True)

    def _note(self) -> str:
        """Wait a moment for an index that is being made, and say so where it is not complete."""
        if self._index.is_complete():
            return ""
        self._index.wait_until_ready(_FIRST_WAIT_S)
        status = self._index.status()
        if status.state in ("ready", "following") or self._index.is_complete():
            return ""
        if status.reason:
            return f"The index is not complete: {status.reason}.\n"
        if status.state == "off":
            return "The index is switched off by the setting index.enabled: answers come from what was indexed before.\n"
        return f"The index is still being made ({status.done} of {status.total} files): ask again for all of it.\n"


def _limited(limit: int) -> int:
    return max(1, min(limit, _MOST_LISTED))


def build_server(tools: Tools) -> MCPServer[Any]:
    """Return the server with its tools; nothing runs yet."""
    server: MCPServer[Any] = MCPServer(
        "segue", title="Segue", version=version("segue"), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    read_only = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (
        tools.search, tools.definition, tools.references, tools.outline, tools.related_files, tools.history_of,
    ):  # fmt: skip
        server.add_tool(tool, annotations=read_only, structured_output=False)
    return server


def serve(root: Path) -> None:
    """Serve the repository at `root` over standard input and output until the client closes them."""
    set_up_logging(os.environ.get("SEGUE_LOG", "warning"))
    places = directories()
    settings = ConfigurationStore.load(
        user_file=places.user_file, roots=[root], environment=os.environ
    ).settings
    guard = protect_parsing(places.cache / "parsing", sandbox=True)
    index = WorkspaceIndex(root, places.cache, options=index_options(settings))
    if settings.index.enabled:
        index.start(watch=True)
    searches = Searches(lambda: settings, places.cache)
    try:
        rules = sending_rules(settings, root)
        answers = Answers(root, index, rules, searches.of(index, rules))
        build_server(Tools(answers, index)).run("stdio")
    finally:
        searches.close()
        index.close()
        guard.close()
        logging.shutdown()
        sys.stderr.flush()
