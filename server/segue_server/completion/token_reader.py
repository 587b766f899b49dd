"""Hears a local model's tokens: asked without delay, read again while the user types along, nothing evaluated twice."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from segue_model import LeftContext, ModelError
from segue_server.completion.prompting import prompt_of
from segue_server.completion.token_path import DECISIVE, Step, TokenPath
from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from segue_model import CompletionModel, CompletionPrompt
    from segue_server.completion.anchor import Anchor, AnchoredText
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import PreparedRequest
    from segue_server.runtime.tasks import TaskRegistry
    from segue_syntax import Position, Snapshot

logger = logging.getLogger(__name__)

MOST_TOKENS = 20

_KEPT = 2
"""The question at the cursor, and the one about what follows the suggestion there."""


class Hearing:
    """One question to the model, from `anchor` on; it fits as long as the user types what the model has said.

    With `base`, it is about what follows a suggestion that is not accepted yet.
    """

    def __init__(
        self,
        anchor: Anchor,
        prompt: CompletionPrompt,
        model: CompletionModel,
        tasks: TaskRegistry,
        *,
        base: AnchoredText | None = None,
    ) -> None:
        self.anchor = anchor
        self.failure: Exception | None = None
        self.model_ms = 0.0
        self._base = base
        self._prompt = prompt
        self._model = model
        self._steps: list[Step] = []
        self._ended = False
        self._news = asyncio.Event()
        self._started = perf_counter()
        self._task = tasks.spawn(self._run(), name="hear tokens")

    @property
    def done(self) -> bool:
        """Whether the model says no more."""
        return self._task.done()

    def render(self) -> str:
        """Return the exact text that the model was asked."""
        return self._model.render(self._prompt)

    def path(self, snapshot: Snapshot, position: Position) -> TokenPath | None:
        """Return what was said of a place so far, None when it says nothing of it."""
        since = self.anchor.since(snapshot, position)
        if since is None:
            return None
        return TokenPath(tuple(self._steps), self._ended).after(since.typed)

    def answers(self, snapshot: Snapshot, position: Position) -> bool:
        """Return whether enough is said of a place, or still will be."""
        path = self.path(snapshot, position)
        if path is not None:
            return not self.done or is_decisive(path)
        since = self.anchor.since(snapshot, position)
        return since is not None and not self.done and since.typed.startswith(self._text)

    def fits(self, snapshot: Snapshot, position: Position) -> bool:
        """Return whether it may be of use after a change that ended at `position`."""
        if self.answers(snapshot, position):
            return True
        return self._base is not None and self._base.is_typed_to(snapshot, position)

    async def decisive(self, snapshot: Snapshot, position: Position) -> TokenPath | None:
        """Return what is said of a place once more of it would decide nothing; None when it says nothing of it."""
        while True:
            path = self.path(snapshot, position)
            if path is not None and is_decisive(path):
                return path
            if self.done:
                return path if path is not None and path.steps else None
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Hear no more."""
        self._task.cancel()

    @property
    def _text(self) -> str:
        return "".join(step.text for step in self._steps)

    async def _run(self) -> None:
        try:
            stream = self._model.tokens(self._prompt, least=DECISIVE, max_tokens=MOST_TOKENS)
            async with aclosing(stream) as tokens:
                async for token in tokens:
                    self.model_ms = self.model_ms or (perf_counter() - self._started) * 1000
                    if token.text:
                        self._steps.append(Step(token.text, token.logprob, token.others))
                    else:
                        self._ended = True
                    self._news.set()
        except ModelError as error:
            self.failure = error
            logger.info("Tokens could not be heard: %s", describe_failure(error))
        finally:
            asyncio.get_running_loop().call_soon(self._news.set)  # once the task counts as done


class TokenReader:
    """Keeps the newest questions, and lets the model read ahead what is above the cursor."""

    def __init__(self, tasks: TaskRegistry) -> None:
        self._tasks = tasks
        self._hearings: list[Hearing] = []
        self._left: tuple[CompletionModel, LeftContext] | None = None
        self._reading: asyncio.Task[None] | None = None

    def hear(self, prepared: PreparedRequest, model: CompletionModel) -> Hearing:
        """Return the question whose answer fits, else ask the model anew and drop what was asked before."""
        request = prepared.request
        for hearing in self._hearings:
            if hearing.answers(request.snapshot, request.position):
                return hearing
        return self._ask(prepared, model)

    def hear_ahead(self, prepared: PreparedRequest, model: CompletionModel, base: AnchoredText) -> None:
        """Ask what follows a suggestion that is on the screen; `base` is where it begins, and its text."""
        if all(hearing.anchor != prepared.anchor for hearing in self._hearings):
            self._ask(prepared, model, base)

    def is_ready(self, prepared: PreparedRequest, model: CompletionModel) -> bool:
        """Return whether the model has read what is above the cursor, so that it can answer before the next key."""
        return self._context_of(model).is_warm(_left_prompt(prepared).prefix)

    def hurry(self, model: CompletionModel) -> None:
        """Say that somebody waits: only what a first answer needs is read now."""
        self._context_of(model).hurry()

    def read_above(self, prepared: PreparedRequest, model: CompletionModel) -> asyncio.Task[None]:
        """Let the model read what is above the cursor's line; no key cancels that."""
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.spawn(self._read(prepared, model), name="read the left context")
        return self._reading

    def typed(self, snapshot: Snapshot, position: Position) -> None:
        """Close the questions that do not fit any more after a change that ended at `position`."""
        for hearing in list(self._hearings):
            if hearing.anchor.uri == snapshot.uri and not hearing.fits(snapshot, position):
                self._drop(hearing)

    def close(self, uri: str | None = None) -> None:
        """Close every question, or those about one document."""
        for hearing in list(self._hearings):
            if uri is None or hearing.anchor.uri == uri:
                self._drop(hearing)

    def _ask(
        self, prepared: PreparedRequest, model: CompletionModel, base: AnchoredText | None = None
    ) -> Hearing:
        for old in self._hearings[: 1 - _KEPT] if base is not None else list(self._hearings):
            self._drop(old)
        prompt = self._context_of(model).prompt(_left_prompt(prepared))
        hearing = Hearing(prepared.anchor, prompt, model, self._tasks, base=base)
        self._hearings.append(hearing)
        return hearing

    def _drop(self, hearing: Hearing) -> None:
        hearing.close()
        self._hearings.remove(hearing)

    def _context_of(self, model: CompletionModel) -> LeftContext:
        if self._left is None or self._left[0] is not model:
            self._left = (model, LeftContext(model))
        return self._left[1]

    async def _read(self, prepared: PreparedRequest, model: CompletionModel) -> None:
        try:
            await self._context_of(model).rest(_left_prompt(prepared))
        except ModelError as error:
            logger.info("The left context could not be read: %s", describe_failure(error))


def tells_tokens(model: CompletionModel, settings: PipelineSettings) -> bool:
    """Return whether a model is asked token by token: a small one on this machine that tells how likely its tokens are.

    The weights of both engines together were fitted to the embedded model; a better one is asked for whole answers.
    """
    return not settings.model_trust and model.local and model.token_chances is not False


def is_decisive(path: TokenPath) -> bool:
    """Return whether what the model says further on could not be shown anyway."""
    return path.ended or len(path.steps) >= MOST_TOKENS or math.exp(path.log) < DECISIVE


def _left_prompt(prepared: PreparedRequest) -> CompletionPrompt:
    """Return the prompt of the text before the cursor alone: retrieved context adds nothing for a small model."""
    from segue_context import ContextPlan

    return replace(prompt_of(prepared.request, ContextPlan(), prepared.settings), suffix="")
