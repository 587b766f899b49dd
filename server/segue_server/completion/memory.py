"""What was suggested: which of it still fits, and what a client was given under which id."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_server.completion.cache import SuggestionCache
from segue_server.completion.types import CompletionAnswer, StepTimes
from segue_syntax import RecentlyUsed

if TYPE_CHECKING:
    from segue_server.completion.anchor import Anchor
    from segue_server.completion.types import CompletionRequest, Suggestion

_GIVEN_KEPT = 64
_REQUESTS_KEPT = 4
"""For how many suggestions the request is kept, to ask what follows: each holds a whole version of its document."""


class SuggestionMemory:
    """The suggestion cache, and the suggestions that were handed out, by id."""

    def __init__(self) -> None:
        self.cache = SuggestionCache()
        self._ids = itertools.count(1)
        self._given: RecentlyUsed[str, tuple[str, Suggestion]] = RecentlyUsed(_GIVEN_KEPT)
        self._requests: RecentlyUsed[str, CompletionRequest] = RecentlyUsed(_REQUESTS_KEPT)

    def put(self, anchor: Anchor, suggestion: Suggestion) -> None:
        """Cache a suggestion under an id of its own."""
        self.cache.put(anchor, replace(suggestion, id=f"c-{next(self._ids)}"))

    def answer(self, request: CompletionRequest, *, limit: int) -> CompletionAnswer | None:
        """Return up to `limit` cached suggestions that fit, without any I/O, or None; they count as given."""
        times = StepTimes()
        suggestions = tuple(self.cache.find(request.snapshot, request.position, limit=limit))
        if not suggestions:
            return None
        for suggestion in suggestions:
            self._given.put(suggestion.id, (request.snapshot.language_id, suggestion))
            self._requests.put(suggestion.id, request)
        times.add("cache", times.started)
        return CompletionAnswer(suggestions, "", "cache", timings_ms=times.steps, total_ms=times.total_ms)

    def given(self, suggestion_id: str) -> tuple[str, Suggestion] | None:
        """Return the language id of the document and the suggestion that was given under an id."""
        return self._given.get(suggestion_id)

    def request_of(self, suggestion_id: str) -> CompletionRequest | None:
        """Return the request that a recent suggestion answered."""
        return self._requests.get(suggestion_id)
