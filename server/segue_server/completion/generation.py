"""One call of the model: shared by every keystroke it still fits, closed the moment none does."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from time import perf_counter
from typing import TYPE_CHECKING

from segue_model import Chunk, ModelError, NoProbabilities
from segue_server.completion.token_path import Step, TokenPath
from segue_server.completion.types import Draft
from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from segue_model import CompletionModel, CompletionPrompt, GenerationOptions
    from segue_postprocess import Cursor, Processed
    from segue_server.completion.anchor import Anchor, AnchoredText
    from segue_server.completion.types import Cleaning, StreamStop
    from segue_server.runtime.tasks import TaskRegistry
    from segue_syntax import Position, Snapshot

logger = logging.getLogger(__name__)

ORPHAN_GRACE_S = 0.3
"""How long an answer nobody waits for may go on: the client has cancelled, the next key's request is on its way."""

HEAD_START_S = 0.002
"""How long the place of an answer is left unread, so that no thread takes time from the request that goes out."""


class Generation:
    """A running call of the model for one place in one document.

    `draft` is its post-processed answer once `finished`, None when it was closed, failed or had nothing to show. With
    `least`, the model is heard only as far as what it says is that likely, where it tells how likely its tokens are.
    """

    def __init__(
        self,
        anchor: Anchor,
        cursor: Cursor,
        prompt: CompletionPrompt,
        *,
        model: CompletionModel,
        options: GenerationOptions,
        least: float,
        cleaning: Cleaning,
        tasks: TaskRegistry,
        conclude: Callable[[Generation], Awaitable[None]],
        on_end: Callable[[Generation], None],
        base: AnchoredText | None = None,
    ) -> None:
        self.anchor = anchor
        self.prompt = prompt
        self.draft: Draft | None = None
        self.postprocess: tuple[str, ...] = ()
        self.failure: Exception | None = None
        self.superseded = False
        self.model_ms = 0.0
        self.postprocess_ms = 0.0
        self.finished = asyncio.Event()
        self._typed = ""
        self._text = ""
        self._waiting = 0
        self._orphan_timer: asyncio.TimerHandle | None = None
        self._conclude = conclude
        self._on_end = on_end
        self._started = perf_counter()
        self._model = model
        self._least = least
        self._steps: list[Step] = []
        self._ended = False
        self._base = base
        self._task = tasks.spawn(self._run(cursor, options, cleaning, tasks), name="model call")

    def adopts(self, snapshot: Snapshot, position: Position) -> bool:
        """Return whether the answer so far agrees with what was typed since it was asked for."""
        since = self.anchor.since(snapshot, position)
        if since is None:
            return False
        self._typed = since.typed
        return self._agrees()

    def may_still_fit(self, snapshot: Snapshot, position: Position) -> bool:
        """Return whether the call is worth going on after a change that ended at `position`.

        A prefetch goes on while the suggestion that it presumes accepted is being typed.
        """
        if self.adopts(snapshot, position):
            return True
        return self._base is not None and self._base.is_typed_to(snapshot, position)

    def render(self) -> str:
        """Return the exact text that the model was asked."""
        return self._model.render(self.prompt)

    async def wait(self) -> None:
        """Wait for the end; a waiter that is cancelled leaves the call to the next keystroke for a moment."""
        self._waiting += 1
        if self._orphan_timer is not None:
            self._orphan_timer.cancel()
            self._orphan_timer = None
        try:
            await self.finished.wait()
        finally:
            self._waiting -= 1
            if not self._waiting and not self.finished.is_set() and self._base is None:
                self._orphan_timer = asyncio.get_running_loop().call_later(ORPHAN_GRACE_S, self._orphaned)

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for it."""
        return self._waiting > 0

    def close(self) -> None:
        """Stop the call and close its socket at once."""
        if not self.finished.is_set():
            self.superseded = True
            self._task.cancel()

    def _orphaned(self) -> None:
        if not self._waiting:
            self.close()

    def _agrees(self) -> bool:
        return self._text.startswith(self._typed) or self._typed.startswith(self._text)

    async def _run(
        self, cursor: Cursor, options: GenerationOptions, cleaning: Cleaning, tasks: TaskRegistry
    ) -> None:
        logprobs: list[float] = []
        preparing = tasks.spawn(_prepared(cursor, cleaning, tasks), name="prepare for an answer")
        try:
            stream = self._heard(options)
            try:
                async for chunk in stream:
                    stop = await preparing
                    self._text += stop.feed(chunk.text)
                    logprobs.extend(chunk.logprobs)
                    if not self._agrees():
                        self.superseded = True
                        break
                    if stop.done or chunk.finish:
                        break
                self._text += (await preparing).finish()
            except ModelError as error:
                if "\n" not in self._text:
                    raise
                # An answer that breaks off is still worth its whole lines; the model's status tells what happened.
                self._text = self._text[: self._text.rindex("\n")]
                logger.info("A model's answer broke off: %s", describe_failure(error))
            finally:
                await stream.aclose()
            self.model_ms = self._elapsed_ms()
            if not self.superseded:
                if self._steps:  # each piece of it is processed when it is decided how much is shown
                    path = TokenPath(tuple(self._steps), self._ended).within(len(self._text))
                    self.draft = Draft(path.text, model=self._model.name, path=path)
                else:
                    started = perf_counter()
                    processed = await tasks.in_thread(cleaning.process, cursor, self._text)
                    self.postprocess_ms = (perf_counter() - started) * 1000
                    self._finish(processed, tuple(logprobs))
                await self._conclude(self)
        except asyncio.CancelledError:
            self.superseded = True
        except Exception as error:  # noqa: BLE001 - the border: any failure of a model becomes silence and a status
            self.failure = error
            level = logging.INFO if isinstance(error, ModelError) else logging.ERROR
            logger.log(level, "A model call failed: %s", describe_failure(error))
        finally:
            preparing.cancel()
            self.model_ms = self.model_ms or self._elapsed_ms()
            if self._orphan_timer is not None:
                self._orphan_timer.cancel()
            self.finished.set()
            self._on_end(self)

    async def _heard(self, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the answer: as far as it is likely where the server tells that, else all of it."""
        model = self._model
        if self._least and model.token_chances is not False:
            likely = model.tokens(
                self.prompt, least=self._least, max_tokens=options.max_tokens, stop=options.stop
            )
            try:
                async with aclosing(likely) as tokens:
                    async for token in tokens:
                        if token.text:
                            self._steps.append(Step(token.text, token.logprob, token.others))
                        self._ended = not token.text
                        yield Chunk(token.text, (token.logprob,), "stop" if self._ended else "")
            except NoProbabilities as error:
                logger.info("Whole answers are asked for: %s", describe_failure(error))
            else:
                return
        async with aclosing(model.stream(self.prompt, options)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _finish(self, processed: Processed, logprobs: tuple[float, ...]) -> None:
        self.postprocess = processed.reasons
        if processed.text:
            self.draft = Draft(
                processed.text,
                processed.replace_suffix_chars,
                logprobs=logprobs,
                model=self._model.name,
            )

    def _elapsed_ms(self) -> float:
        return (perf_counter() - self._started) * 1000


async def _prepared(cursor: Cursor, cleaning: Cleaning, tasks: TaskRegistry) -> StreamStop:
    """Return the filter for the answer at `cursor`, once what does not depend on the answer is known.

    A model thinks longer than that takes, so that it adds nothing to the time of the answer.
    """
    await asyncio.sleep(HEAD_START_S)
    await tasks.in_thread(cleaning.prepare, cursor)
    return await tasks.in_thread(cleaning.stream_filter, cursor)
