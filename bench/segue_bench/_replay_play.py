"""One line typed key by key into the completion pipeline, accepting what is right and has been seen."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_bench._cases import LANGUAGES
from segue_context import CursorQuery
from segue_server.completion.types import CompletionRequest
from segue_server.lsp.documents import DocumentStore, IncomingChange
from segue_syntax import PositionEncoding, language_of

if TYPE_CHECKING:
    from segue_context import ContextEngine, WorkspaceIndex
    from segue_server.completion.completer import Completer

SEEN_S = 0.1
"""How long a suggestion has to be on the screen to be accepted at the next key."""

LEAST_ACCEPTED = 3
"""A shorter suggestion is typed: accepting costs a key too."""

_GLANCE_S = 0.005
_PAUSES = "([{=,."
_NO_CODE = ("#", "//", "*", "/*", "import", "from", "use ", "package", '"""', "'''", "}")


@dataclass(frozen=True, slots=True)
class Pace:
    """How somebody types: seconds between keys, and for a pause at a line's start (half of it after a bracket)."""

    key_s: float = 0.18
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file to type: line `number` (0-based) of `lines`."""

    path: str
    language: str
    lines: tuple[str, ...]
    number: int

    @property
    def text(self) -> str:
        """The line."""
        return self.lines[self.number].rstrip()

    @property
    def query(self) -> CursorQuery:
        """The cursor before the first character."""
        above = "\n".join([*self.lines[: self.number], self.text[: self.start]])
        below = "\n".join(["", *self.lines[self.number + 1 :]])
        return CursorQuery(self.path, self.language, above, below)

    @property
    def start(self) -> int:
        """The width of its indentation, which is there already."""
        return len(self.text) - len(self.text.lstrip())


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion that came on the screen, and whether the text went on exactly so."""

    text: str
    chance: float
    engine: str
    right: bool


@dataclass(slots=True)
class Played:
    """What became of one line; `seconds` are the times from a key to what it brought on the screen."""

    line: Line
    accepted: int = 0
    acceptances: int = 0
    shown: list[Shown] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def characters(self) -> int:
        """The characters to type."""
        return len(self.line.text) - self.line.start

    @property
    def wrong(self) -> int:
        """The suggestions shown that were not how the text went on."""
        return sum(not shown.right for shown in self.shown)


def lines_of(index: WorkspaceIndex, count: int, *, seed: int = 1) -> list[Line]:
    """Return lines of code, one of a file, twenty lines into it or further."""
    rng = random.Random(seed)
    paths = [path for path in index.files() if language_of(path=path).id in LANGUAGES]
    rng.shuffle(paths)
    found: list[Line] = []
    for path in paths:
        text = index.read_text(path)
        if text is None or not 2_000 < len(text) < 120_000:
            continue
        lines = text.split("\n")
        good = [
            number
            for number, line in enumerate(lines)
            if number > 20 and 12 <= len(line.strip()) <= 100 and not line.strip().startswith(_NO_CODE)
        ]
        if good:
            found.append(Line(path, language_of(path=path).id, tuple(lines), rng.choice(good)))
            if len(found) == count:
                break
    return found


class Typist:
    """Types lines into a `Completer` and looks at what it shows, in the time of the running event loop."""

    def __init__(
        self, completer: Completer, context: ContextEngine, pace: Pace, repository: str = ""
    ) -> None:
        self.completer = completer
        self.context = context
        self.pace = pace
        self.repository = repository
        self.documents = DocumentStore(PositionEncoding.UTF32)
        self.documents.listeners.append(completer.document_changed)
        self.refreshed = False

    async def play(self, line: Line) -> Played:
        """Type one line."""
        play = _Play(self, line)
        try:
            await play.run()
        finally:
            play.close()
        return play.played


class _Play:
    """One line being typed: `_at` is the cursor's column, `_screen` what is shown there."""

    def __init__(self, typist: Typist, line: Line) -> None:
        self.played = Played(line)
        self._typist = typist
        self._line = line
        self._uri = f"segue-replay:///{line.path}"
        self._at = line.start
        self._screen = ""
        self._since = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._below = "\n" + "\n".join(line.lines[line.number + 1 :])

    async def run(self) -> None:
        """Type from the indentation to the end."""
        typist, line, pace = self._typist, self._line, self._typist.pace
        typist.documents.open(self._uri, line.language, 1, line.query.prefix + line.query.suffix)
        await self._look(max(pace.key_s, pace.pause_s))
        version = 1
        while self._at < len(line.text):
            version += 1
            edit = self._next_edit()
            here = (line.number, self._at)
            typist.documents.change(self._uri, version, [IncomingChange(edit, here, here)])
            self._at += len(edit)
            if self._at < len(line.text):
                await self._look(max(pace.key_s, pace.pause_s / 2 if edit[-1] in _PAUSES else 0.0))

    def close(self) -> None:
        """Close the document."""
        self._stop_asking()
        self._typist.completer.forget(self._uri)
        self._typist.documents.close(self._uri)

    def _next_edit(self) -> str:
        """Accept what is right and has been seen, or type the next character."""
        screen, rest = self._screen, self._line.text[self._at :]
        seen = asyncio.get_running_loop().time() - self._since >= SEEN_S
        if len(screen) >= LEAST_ACCEPTED and seen and self._is_right(screen):
            edit = screen[: len(rest)]
            self.played.accepted += len(edit)
            self.played.acceptances += 1
            self._screen = ""
            return edit
        self._screen = screen[1:] if screen.startswith(rest[0]) else ""
        return rest[0]

    def _is_right(self, text: str) -> bool:
        return (self._line.text[self._at :] + self._below).startswith(text)

    async def _look(self, seconds: float) -> None:
        """Ask, and look at the screen until the next key."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self._ask()
        while (left := until - loop.time()) > 1e-9:
            if self._typist.refreshed:
                self._typist.refreshed = False
                self._ask()
            await asyncio.sleep(min(left, _GLANCE_S))

    def _ask(self) -> None:
        self._stop_asking()
        self._asking = asyncio.get_running_loop().create_task(self._answer())

    async def _answer(self) -> None:
        typist, loop = self._typist, asyncio.get_running_loop()
        view = typist.documents.view(self._uri)
        assert view is not None
        started = loop.time()
        request = CompletionRequest(
            view.snapshot,
            view.position(self._line.number, self._at),
            may_leave=lambda _: True,  # nothing denied is in the index, and no rule changes meanwhile
            path=self._line.path,
            repository=typist.repository,
            context=typist.context,
            can_refresh=True,
        )
        answer = await typist.completer.complete(request)
        best = answer.suggestions[0] if answer.suggestions else None
        if best is not None and best.text != self._screen:
            self._since = loop.time()
            self.played.seconds.append(self._since - started)
            self.played.shown.append(
                Shown(best.text, best.confidence, best.engine, self._is_right(best.text))
            )
        self._screen = best.text if best is not None else ""

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
