"""Stand-ins for the pipeline's neighbours: a context engine, a model, and no post-processing."""

from __future__ import annotations

import asyncio
import math
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from segue_context import ContextPlan, CopiedSuggestion, CursorQuery
from segue_model import Chunk, CompletionPrompt, GenerationOptions, LikelyToken
from segue_postprocess import Cursor, Processed
from segue_server.completion.completer import Completer
from segue_server.completion.settings import PipelineSettings
from segue_server.completion.types import Cleaning, CompletionRequest
from segue_server.runtime.tasks import TaskRegistry
from segue_syntax import Position, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


class FakeOutlook:
    """One line, and every beginning of it at a word's end, all of the same chance, or of half of it beyond `sure_of`."""

    def __init__(self, text: str, chance: float, sure_of: str = "") -> None:
        self.text = text
        self._chance = chance
        self._sure_of = sure_of or text

    def lines(self, limit: int) -> list[CopiedSuggestion]:
        return [CopiedSuggestion(self.text, self._chance)][:limit] if self.text else []

    def likeliest_path(self) -> list[str]:
        return [self.text[: found.end()] for found in re.finditer(r"\w+|\W", self.text)]

    def chance(self, text: str) -> float:
        chance = self._chance if len(text) <= len(self._sure_of) else self._chance / 2
        return chance if self.text.startswith(text) else 0.0

    def sources(self, text: str) -> tuple[()]:
        return ()


class FakeContext:
    """Suggests one fixed text."""

    def __init__(self, text: str = "", confidence: float = 0.9) -> None:
        self.text = text
        self.confidence = confidence
        self.sure_of = ""
        self.below = ""
        self.chance_below = 0.0
        self.asked = 0

    def plan(self, query: CursorQuery, budget_chars: int) -> ContextPlan:
        return ContextPlan()

    def outlook(self, query: CursorQuery) -> FakeOutlook:
        self.asked += 1
        return FakeOutlook(self.text, self.confidence, self.sure_of)

    def extended(
        self, query: CursorQuery, first: CopiedSuggestion, max_lines: int, least: float
    ) -> CopiedSuggestion:
        longer = CopiedSuggestion(first.text + self.below, first.confidence * self.chance_below)
        return longer if self.below and longer.confidence >= least and max_lines > 1 else first

    def judge(self, query: CursorQuery, text: str) -> float:
        return 0.5


class FakeModel:
    """Answers what `reply` makes of the prompt, when the test lets it."""

    name = "fake"
    control_tokens = ()
    local = False
    token_chances = None

    def __init__(self, reply: Callable[[CompletionPrompt], str] | str, *, held: bool = False) -> None:
        self.reply = reply
        self.gate = asyncio.Event()
        if not held:
            self.gate.set()
        self.prompts: list[CompletionPrompt] = []
        self.options: list[GenerationOptions] = []
        self.closed_early = 0
        self.failure: Exception | None = None
        self.breaks_off: Exception | None = None

    def render(self, prompt: CompletionPrompt) -> str:
        return prompt.prefix

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        self.prompts.append(prompt)
        self.options.append(options)
        finished = False
        try:
            await self.gate.wait()
            if self.failure is not None:
                raise self.failure
            text = self.reply if isinstance(self.reply, str) else self.reply(prompt)
            for character in text:
                yield Chunk(character, (-0.01,))
                await asyncio.sleep(0)
            if self.breaks_off is not None:
                raise self.breaks_off
            finished = True
            yield Chunk("", finish="stop")
        finally:
            self.closed_early += not finished


class FakeTokenModel(FakeModel):
    """Says `(token, chance)` pairs for what follows each prefix, when the test lets it; one on this machine.

    A line break is the end, unless the model `breaks` lines; "" is its own end.
    """

    local = True
    token_chances = True
    reading_speed = 600.0

    def __init__(self, *tokens: tuple[str, float], held: bool = False, breaks: bool = False) -> None:
        super().__init__("", held=held)
        self.says = list(tokens)
        self.breaks = breaks
        self.told = 0
        self.refusal: Exception | None = None
        self.warmed: list[str] = []
        self.asked: list[str] = []
        self.cold = asyncio.Event()
        self.cold.set()

    async def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ()
    ) -> AsyncGenerator[LikelyToken]:
        self.asked.append(prompt.prefix)
        if self.refusal is not None:
            raise self.refusal
        finished = False
        try:
            cumulated = 0.0
            for text, chance in self.says:
                await self.gate.wait()
                if self.failure is not None:
                    raise self.failure
                cumulated += math.log(chance)
                self.told += 1
                yield LikelyToken(
                    "" if text == "\n" and not self.breaks else text, math.log(chance), cumulated
                )
                if math.exp(cumulated) < least:
                    break
            finished = True
        finally:
            self.closed_early += not finished

    async def warm(self, prompt: CompletionPrompt) -> None:
        self.warmed.append(prompt.prefix)
        await self.cold.wait()


class PlainFilter:
    """Keeps everything."""

    done = False

    def __init__(self, cursor: Cursor) -> None:
        del cursor

    def feed(self, chunk: str) -> str:
        return chunk

    def finish(self) -> str:
        return ""


def plain_process(cursor: Cursor, text: str) -> Processed:
    return Processed(text or None)


class Bench:
    """A pipeline with fakes, and a document to type in."""

    def __init__(self, *, model: FakeModel | None = None, context: FakeContext | None = None,
                 can_refresh: bool = False, prepare: Callable[[Cursor], None] | None = None,
                 process: Callable[[Cursor, str], Processed] = plain_process, **settings: object) -> None:  # fmt: skip
        self.tasks = TaskRegistry()
        self.model = model
        self.context = context or FakeContext()
        self.can_refresh = can_refresh
        self.settings = PipelineSettings(**{"certainty": 0.0, "debounce_ms": 0, **settings})  # type: ignore[arg-type]
        self.better: list[CompletionRequest] = []
        self.silences: list[str] = []
        self.prepared: list[Cursor] = []
        self.completer = Completer(
            settings=lambda: self.settings,
            model=lambda: self.model,
            cleaning=Cleaning(prepare or self.prepared.append, process, PlainFilter),
            tasks=self.tasks,
            on_better=self.better.append,
            on_silence=self.silences.append,
        )

    def running(self) -> bool:
        """Return whether background work is still going on."""
        return bool(self.tasks._tasks)

    def request(self, text: str, **changes: object) -> CompletionRequest:
        """Return the request at the `|` in `text`."""
        before, _, after = text.partition("|")
        snapshot = Snapshot.of(before + after, uri="file:///a.py", language_id="python")
        lines = before.split("\n")
        position = Position(len(lines) - 1, len(lines[-1]))
        return CompletionRequest(
            snapshot,
            position,
            context=self.context,
            can_refresh=self.can_refresh,
            **{"may_leave": lambda _: True, **changes},  # type: ignore[arg-type]
        )


@pytest.fixture
def fakes() -> SimpleNamespace:
    """The classes above, for tests (test folders are no packages)."""
    return SimpleNamespace(
        Bench=Bench, FakeModel=FakeModel, FakeTokenModel=FakeTokenModel, FakeContext=FakeContext
    )
