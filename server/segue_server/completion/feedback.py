"""What became of each suggestion, written to the local event log and learned from."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from segue_server.activity import ActivityLog, Event
from segue_syntax import RecentlyUsed

if TYPE_CHECKING:
    from segue_server.completion.completer import Completer
    from segue_server.completion.types import CompletionAnswer, CompletionRequest, Suggestion


_REMEMBERED = 256
"""How many suggestions are known to have been shown or to have ended: more than are given and not yet forgotten."""

REST_S = 0.6
"""How long a suggestion stays unanswered before what follows it is computed; clients that say what they show need not
wait."""


class Feedback:
    """Follows suggestions from the opportunity to their end.

    What was given counts as displayed until the client tells for the first time what it shows; from then on, that counts.
    """

    def __init__(self, completer: Completer, activity: ActivityLog) -> None:
        self._completer = completer
        self._activity = activity
        self._client_tells = False
        self._given: RecentlyUsed[str, Event] = RecentlyUsed(_REMEMBERED)
        self._shown: deque[str] = deque(maxlen=_REMEMBERED)
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self._resting: asyncio.TimerHandle | None = None

    def answered(self, request: CompletionRequest, answer: CompletionAnswer) -> None:
        """Note an opportunity, whether an engine was asked, and what was given."""
        language = request.snapshot.language_id
        self._activity.record(Event("opportunity", language=language, reason=answer.reason))
        if answer.source == "fresh" or answer.model_ms:
            self._activity.record(Event("attempt", language=language))
        if not answer.suggestions:
            return
        best = answer.suggestions[0]
        self._activity.record(_event("answer", best, language, latency_ms=answer.model_ms or answer.total_ms))
        self._note_given(_event("display", best, language, latency_ms=answer.total_ms))
        if self._resting is not None:
            self._resting.cancel()
        loop = asyncio.get_running_loop()
        self._resting = loop.call_later(REST_S, self._completer.prefetch, best.id, request.snapshot.version)

    def shown(self, suggestion_id: str) -> None:
        """Note that the editor made a suggestion visible; compute what follows it, if that is wanted."""
        self._client_tells = True
        if (display := self._given.pop(suggestion_id)) is not None:
            self._activity.record(display)
        given = self._completer.given(suggestion_id)
        if given is not None and suggestion_id not in self._shown:
            self._shown.append(suggestion_id)
            self._completer.prefetch(suggestion_id)

    def _note_given(self, display: Event) -> None:
        if not self._client_tells:
            self._activity.record(display)
            return
        if display.suggestion not in self._shown:
            self._given.put(display.suggestion, display)

    def accepted(self, suggestion_id: str) -> None:
        """Note a whole acceptance and get ready for what follows."""
        self._end("acceptance", suggestion_id, part="whole")
        self._completer.prefetch(suggestion_id)

    def partly_accepted(self, suggestion_id: str, length_utf16: int) -> None:
        """Note that the first `length_utf16` UTF-16 units were taken; the rest is still offered from the cache."""
        given = self._completer.given(suggestion_id)
        if given is None:
            return
        language, suggestion = given
        taken = suggestion.text.encode("utf-16-le", "surrogatepass")[: 2 * length_utf16]
        text = taken.decode("utf-16-le", "replace")
        event = _event("acceptance", suggestion, language)
        part = "line" if "\n" in text else "word"
        self._activity.record(_with(event, chars=len(text), part=part))

    def rejected(self, suggestion_id: str, reason: str) -> None:
        """Note a dismissal; the suggestion is not offered again."""
        self._end("rejection", suggestion_id, reason=reason)
        self._completer.reject(suggestion_id)

    def _end(self, kind: str, suggestion_id: str, *, part: str = "", reason: str = "") -> None:
        given = self._completer.given(suggestion_id)
        if given is None or suggestion_id in self._ended:
            return
        self._ended.append(suggestion_id)
        language, suggestion = given
        event = _event(kind, suggestion, language)
        self._activity.record(_with(event, chars=len(suggestion.text), part=part, reason=reason))


def _event(kind: str, suggestion: Suggestion, language: str, *, latency_ms: float | None = None) -> Event:
    return Event(
        kind,  # type: ignore[arg-type]
        suggestion=suggestion.id,
        engine=suggestion.engine,
        model=suggestion.model,
        language=language,
        confidence=suggestion.confidence,
        latency_ms=latency_ms,
        chars=len(suggestion.text),
        lines=suggestion.text.count("\n") + 1,
    )


def _with(event: Event, *, chars: int, part: str = "", reason: str = "") -> Event:
    from dataclasses import replace

    return replace(event, chars=chars, part=part, reason=reason)  # type: ignore[arg-type]
