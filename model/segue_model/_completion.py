"""One completion model for every HTTP server: the dialect differs, the life of a request does not."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from segue_model._breaker import CircuitBreaker
from segue_model._capabilities import Capabilities, CapabilityStore
from segue_model._errors import Disconnected, HttpFailure, ModelError, NoProbabilities
from segue_model._families import PREFIX_ONLY, family_of_name, family_of_tokens, supported_by_tokens
from segue_model._fit import fit
from segue_model._formats import PromptFormat, unguarded
from segue_model._healing import TailRemover, crosses, split_tail
from segue_model._http_errors import chunk_of
from segue_model._likely import Ask, after_spaces, likely_tokens
from segue_model._refusals import is_too_long
from segue_model._sender import Sender
from segue_model._speed import ReadingSpeed
from segue_model._status import ModelStatus, StatusTracker
from segue_model._stops import StopCutter
from segue_model._surrogates import SurrogateJoiner
from segue_model._types import Chunk, CompletionPrompt, GenerationOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from segue_model._deadline import Deadline
    from segue_model._http import HttpClient
    from segue_model._likely import Step
    from segue_model._types import LikelyToken

_CHARS_PER_TOKEN = 3
_LATE_S = 0.05
_LEAST_SHARE = 0.3
_FEW_LOGPROBS = 5
# What is done without these is decided here, not by leaving them out.
_ESSENTIAL = ("suffix", "logprobs", "n_probs", "top_logprobs")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be written down in a server's dialect.

    `prompt` is the prompt with its tail healed away and its special tokens guarded, `text` the same in the
    family's format. The answer has to begin with `tail`. `stops` is what the server is told; `all_stops` also
    has those that it would find in the tail. `mode` says how the suffix reaches the model.
    """

    prompt: CompletionPrompt
    text: str
    tail: str
    options: GenerationOptions
    stops: tuple[str, ...]
    all_stops: tuple[str, ...]
    mode: str
    format: PromptFormat


class Dialect(Protocol):
    """How one kind of server is spoken to. A new provider is a new dialect."""

    @property
    def provider(self) -> str:
        """The provider's name in the settings."""

    @property
    def forces_start(self) -> bool:
        """Whether the server can be made to begin its answer with a given text."""

    @property
    def modes(self) -> tuple[str, ...]:
        """How a suffix can be given, best first: ``template``, ``suffix``, ``infill``."""

    @property
    def step_by_step(self) -> bool:
        """Whether tokens are better asked for one by one on this machine: nothing is evaluated in vain then."""

    def request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]]:
        """Return path and body of a streamed completion."""

    def warm_request(self, call: Call, capabilities: Capabilities) -> tuple[str, dict[str, Any]] | None:
        """Return path and body of a request that only evaluates the prompt, or None where there is none."""

    def token_request(
        self, call: Call, capabilities: Capabilities, written: Sequence[Step], count: int
    ) -> tuple[str, dict[str, Any]] | None:
        """Return path and body of a request for `count` likeliest tokens after the prompt and `written`.

        None where the server does not tell how likely they are.
        """

    def steps(self, event: dict[str, Any]) -> list[Step]:
        """Return the tokens in one event of the answer to a token request."""

    def parse(self, event: dict[str, Any]) -> Chunk:
        """Return the piece of answer in one event."""

    async def identify(self, http: HttpClient) -> str:
        """Return what tells this server from another one at the same address, cheaply; may be empty."""

    async def probe(self, http: HttpClient) -> Capabilities:
        """Find out what the server can do."""


class HttpCompletionModel:
    """A `CompletionModel` behind HTTP.

    It asks for what the server can do once, renders in the family's format, heals the prompt's tail, waits for a
    model that is still loading, cuts at stop strings that the server does not know, and keeps away from a
    server that fails.
    """

    def __init__(
        self,
        http: HttpClient,
        dialect: Dialect,
        *,
        model: str,
        format: PromptFormat | None = None,  # noqa: A002 - the word that users know
        fim: str = "auto",
        store: CapabilityStore | None = None,
        board: StatusTracker | None = None,
        loading_s: float = 180.0,
        context_tokens: int = 4096,
        breaker: CircuitBreaker | None = None,
        name: str = "",
    ) -> None:
        self._http = http
        self._dialect = dialect
        self._model = model
        self._chosen = format
        self._fim = fim
        self._store = store or CapabilityStore(None)
        self._board = board or StatusTracker()
        self._context_tokens = context_tokens
        self._breaker = breaker or CircuitBreaker()
        self._name = name or f"{dialect.provider}/{model or 'default'}"
        self._sender = Sender(
            http, name=f"{http.base_url} {model}", board=self._board, store=self._store, loading_s=loading_s
        )
        self._capabilities: Capabilities | None = None
        self._probing = asyncio.Lock()
        self._identity = ""
        self._speed = ReadingSpeed()

    @property
    def name(self) -> str:
        """Provider and model."""
        return self._name

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The special tokens of the format in use."""
        return self._format().control_tokens

    @property
    def status(self) -> ModelStatus:
        """How the model is doing."""
        return self._board.status

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the prompt text that would be sent."""
        return self._call(prompt, GenerationOptions()).text

    async def capabilities(self) -> Capabilities:
        """Return what the server can do, asking it the first time."""
        return await self._known_by(self._http.deadline())

    async def _known_by(self, deadline: Deadline) -> Capabilities:
        if self._capabilities is not None:
            return self._capabilities
        return await self._sender.patiently(self._probed, deadline)

    async def _probed(self) -> Capabilities:
        async with self._probing:
            if self._capabilities is None:
                self._identity = await self._dialect.identify(self._http)
                found = await asyncio.to_thread(self._store.load, self._server_key)
                if found is None:
                    found = await self._dialect.probe(self._http)
                    await asyncio.to_thread(self._store.save, self._server_key, found)
                self._capabilities = found
            return self._capabilities

    @property
    def token_chances(self) -> bool | None:
        """Whether the server tells how likely its tokens are; None before it was seen to do so or not."""
        return self._capabilities.logprobs if self._capabilities is not None else None

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._http.is_local

    @property
    def reading_speed(self) -> float | None:
        """Characters of a prompt that were evaluated in a second when it was last measured."""
        return self._speed.chars_per_s

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the completion piece by piece; closing this closes the socket."""
        with self._breaker.request(), self._board.busy():
            sent = perf_counter()
            call, first, events = await self._asked(
                lambda share: self._call(prompt, options, share), self._dialect.request, self._http.deadline()
            )
            waited_s = perf_counter() - sent
            self._breaker.succeeded()
            self._board.answering()
            async with aclosing(events), aclosing(_cut(call, self._chunk, first, events)) as chunks:
                async for chunk in chunks:
                    if chunk.finish:
                        self._note_speed(call, chunk.stats, waited_s)
                    yield chunk

    def _note_speed(self, call: Call, stats: dict[str, float], waited_s: float) -> None:
        if "prompt_ms" in stats:
            self._speed.note(stats)
        elif self.local:  # elsewhere the way there and back counts for more
            self._speed.note_wait(len(call.text), waited_s)

    async def tokens(
        self, prompt: CompletionPrompt, *, least: float, max_tokens: int = 12, stop: tuple[str, ...] = ("\n",)
    ) -> AsyncGenerator[LikelyToken]:
        """Yield the likeliest tokens; NoProbabilities where the server does not tell how likely they are."""
        with self._breaker.request(), self._board.watching():
            deadline = self._http.deadline()
            await self._known_by(deadline)
            options = GenerationOptions(max_tokens=max_tokens)
            whole = self._call(prompt, options, healing="none")
            heals = whole.format.healing == "token"
            # Healing by choice is a request of its own: only where tokens are asked one by one anyway.
            chooses = heals and self._dialect.step_by_step and self.local
            call = self._call(prompt, options, healing="choice" if chooses else "space") if heals else whole
            ask: Ask = partial(self._steps, deadline, call)
            spaced = after_spaces(ask, call.tail)
            likely = likely_tokens(
                ask if chooses else spaced,
                partial(self._steps, deadline, whole) if chooses else spaced,
                call.tail if chooses else "",
                least=least,
                max_tokens=max_tokens,
                stop=(*stop, *whole.format.control_tokens),
            )
            async with aclosing(likely) as tokens:
                async for token in tokens:
                    yield token

    async def warm(self, prompt: CompletionPrompt) -> None:
        """Let the server evaluate the prompt, where it can do that without generating."""
        with self._breaker.request(), self._board.busy():
            deadline = self._http.deadline()
            capabilities = await self._known_by(deadline)
            request = self._dialect.warm_request(self._call(prompt, GenerationOptions()), capabilities)
            if request is not None:
                event, events = await self._sender.opened(*request, deadline)
                stats = self._chunk(event).stats
                async with aclosing(events):
                    async for event in events:
                        stats = self._chunk(event).stats or stats
                self._speed.note(stats)

    def reset(self) -> None:
        """Forget past failures, so that the next request is made at once."""
        self._breaker.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _asked(
        self,
        call_of: Callable[[float], Call],
        write: Callable[[Call, Capabilities], tuple[str, dict[str, Any]]],
        deadline: Deadline,
    ) -> tuple[Call, dict[str, Any], AsyncGenerator[dict[str, Any]]]:
        """Send the request until the server takes it: what it does not support is left out and remembered.

        A prompt that turns out too long for the model's context is sent again at half its length, twice at most.
        """
        share = 1.0
        while True:
            capabilities = await self._known_by(deadline)
            call = call_of(share)
            essential = (
                _ESSENTIAL if len(call.stops) < 2 or capabilities.max_stops == 1 else (*_ESSENTIAL, "stop")
            )
            try:
                first, events = await self._sender.opened(
                    *write(call, capabilities), deadline, essential=essential
                )
            except HttpFailure as error:
                learned = None if is_too_long(error) else _learned(error, call, capabilities)
                if learned is not None:
                    await self._remember(learned)
                elif share > _LEAST_SHARE and is_too_long(error):
                    share /= 2
                else:
                    raise
            else:
                return call, first, events

    async def _steps(
        self, deadline: Deadline, call: Call, written: Sequence[Step], count: int
    ) -> AsyncGenerator[Step]:
        if not (self._dialect.step_by_step and self.local):
            async with aclosing(self._streamed_steps(deadline, call, written, count)) as steps:
                async for step in steps:
                    yield step
            return
        taken = list(written)
        for _ in range(count):
            # An answer is read to its end before its token is told, so that the connection is kept.
            found = [step async for step in self._streamed_steps(deadline, call, taken, 1)]
            if not found:
                return
            taken.append(found[0])
            yield found[0]

    async def _streamed_steps(
        self, deadline: Deadline, call: Call, written: Sequence[Step], count: int
    ) -> AsyncGenerator[Step]:
        def write(call: Call, known: Capabilities) -> tuple[str, dict[str, Any]]:
            request = self._dialect.token_request(call, known, written, count)
            if request is None or known.logprobs is False:
                raise NoProbabilities(f"{self._name} does not tell how likely its tokens are.")
            return request

        _, first, events = await self._asked(lambda _: call, write, deadline)
        self._breaker.succeeded()
        event: dict[str, Any] | None = first
        async with aclosing(events):
            while event is not None:
                chunk = self._chunk(event)
                steps = self._dialect.steps(event)
                if len(steps) == 1 and not steps[0].text:  # some servers tell the chances alone
                    steps = [replace(steps[0], text=chunk.text)]
                if chunk.text and not any(step.text for step in steps):
                    await self._remember(replace(self._capabilities or Capabilities(), logprobs=False))
                    raise NoProbabilities(f"{self._name} does not tell how likely its tokens are.")
                for step in steps:
                    yield step
                event = await anext(events, None)

    def _chunk(self, event: dict[str, Any] | None) -> Chunk:
        return chunk_of(self._http.base_url, event, self._dialect.parse)

    async def _remember(self, capabilities: Capabilities) -> None:
        self._capabilities = capabilities
        await asyncio.to_thread(self._store.save, self._server_key, capabilities)

    @property
    def _server_key(self) -> str:
        return f"{self._dialect.provider} {self._http.base_url} {self._model} {self._identity}"

    def _format(self) -> PromptFormat:
        if self._chosen is not None:
            return self._chosen
        known = self._capabilities or Capabilities()
        single = known.single_tokens
        family = family_of_name(self._model) or family_of_name(known.model)
        if family is not None and (single is None or supported_by_tokens(family, single)):
            return family
        return (family_of_tokens(single) if single else None) or PREFIX_ONLY

    def _mode(self, style: PromptFormat) -> str:
        known = self._capabilities or Capabilities()
        if self._fim != "auto":
            return self._fim
        if "template" in self._dialect.modes and style.uses_suffix:
            return "template"
        if "infill" in self._dialect.modes and known.infill:
            return "infill"
        if "suffix" in self._dialect.modes and known.accepts_suffix is not False:
            return "suffix"
        return "prefix"

    def _call(
        self,
        prompt: CompletionPrompt,
        options: GenerationOptions,
        share: float = 1.0,
        *,
        healing: Literal["forced", "choice", "space", "none"] = "forced",
    ) -> Call:
        if prompt.raw:
            stops = options.stop
            return Call(prompt, prompt.prefix, "", options, stops, stops, "prefix", PREFIX_ONLY)
        style = self._format()
        mode = self._mode(style)
        if mode != "template" and style.uses_suffix:
            style = replace(PREFIX_ONLY, stop=style.stop, special=style.special)
        known = self._capabilities or Capabilities()
        length = min(self._context_tokens, known.context_length or self._context_tokens)
        prompt = fit(prompt, int(share * (length - options.max_tokens) * _CHARS_PER_TOKEN))
        forced = healing == "choice" or (
            healing == "forced"
            and self._dialect.forces_start
            and style.healing == "token"
            and mode != "suffix"
        )
        prefix, tail = prompt.prefix, ""
        if style.healing != "none" and healing != "none":
            prefix, tail = split_tail(prompt.prefix, forced=forced)
        healed = replace(prompt, prefix=prefix)
        stops = tuple(dict.fromkeys((*options.stop, *style.stop)))
        told = tuple(stop for stop in stops if not crosses(tail, stop))
        return Call(healed, style.render(healed), style.guard(tail), options, told, stops, mode, style)


async def _cut(
    call: Call,
    chunk_of: Callable[[dict[str, Any] | None], Chunk],
    first: dict[str, Any],
    events: AsyncGenerator[dict[str, Any]],
) -> AsyncGenerator[Chunk]:
    """Yield what belongs after the cursor, and stop reading as soon as the answer is complete.

    An answer is complete where the server says so, or where it ends in good order after some text.
    """
    tail, cutter, joiner = TailRemover(call.tail), StopCutter(call.all_stops), SurrogateJoiner()
    pieces = chars = 0
    stats: dict[str, float] = {}
    event: dict[str, Any] | None = first
    while True:
        if event is None and not pieces:
            raise Disconnected("The model server ended its answer without any text.")
        chunk = chunk_of(event)
        stats = chunk.stats or stats
        before = not chunk.text or tail.pending
        fresh = tail.feed(joiner.feed(chunk.text, last=bool(chunk.finish)))
        text = cutter.feed(fresh)
        if chunk.finish and not cutter.done:
            text += cutter.flush()
        logprobs = () if before and not fresh else chunk.logprobs
        pieces, chars = pieces + bool(chunk.text), chars + len(chunk.text)
        overlong = pieces > 2 * call.options.max_tokens + 16 or chars > 64 * call.options.max_tokens + 1024
        if chunk.finish and event is not None:
            stats = {**stats, **await _rest(chunk_of, events)}
        finish = chunk.finish or ("stop" if cutter.done else "length" if overlong else "")
        if text or logprobs or finish:
            yield Chunk(unguarded(text), logprobs, finish, stats if finish else {})
        if finish:
            return
        event = await anext(events, None)


async def _rest(
    chunk_of: Callable[[dict[str, Any] | None], Chunk], events: AsyncGenerator[dict[str, Any]]
) -> dict[str, float]:
    """Read a finished answer to its end, so that its connection is kept; return figures that came late."""
    stats: dict[str, float] = {}
    with suppress(ModelError, TimeoutError):
        async with asyncio.timeout(_LATE_S):
            async for event in events:
                stats |= chunk_of(event).stats
    return stats


def _learned(error: HttpFailure, call: Call, known: Capabilities) -> Capabilities | None:
    """Return what a refusal teaches about the server, or None when asking again would not help."""
    if error.status not in {400, 404, 422, 500, 501}:
        return None
    said = error.detail.lower()
    if call.mode == "suffix" and known.accepts_suffix is not False and ("suffix" in said or "insert" in said):
        return replace(known, accepts_suffix=False)
    if call.mode == "infill" and known.infill is not False:
        return replace(known, infill=False)
    if "stop" in said and (known.max_stops is None or known.max_stops > 1) and len(call.stops) > 1:
        return replace(known, max_stops=1)
    if call.options.logprobs and known.logprobs is not False and "logprob" in said:
        if known.max_logprobs is None:
            return replace(known, max_logprobs=_FEW_LOGPROBS)
        return replace(known, logprobs=False)
    return None
