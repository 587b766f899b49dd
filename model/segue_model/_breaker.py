"""Keeps away from a server that fails: circuit breaker, back-off with jitter, Retry-After."""

from __future__ import annotations

import random
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from segue_model._errors import CircuitOpen, ModelError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FAILURES_TO_OPEN = 3
_BASE_S = 1.0
_MAX_S = 60.0
_MAX_RETRY_AFTER_S = 600.0
# Asking again changes nothing until somebody changes a setting.
_HOPELESS = frozenset(
    {
        "unauthorized",
        "no_key",
        "no_credit",
        "forbidden",
        "not_found",
        "model_not_found",
        "configuration",
        "redirect",
        "missing_extra",
    }
)
# The request was wrong, not the server.
_HARMLESS = frozenset({"bad_request", "too_large", "not_supported", "no_probabilities", "paused"})


class CircuitBreaker:
    """Decides whether a server may be asked, from what it answered lately.

    Three failures in a row open the circuit for a second, then two, four, up to a minute, each with up to half as
    much again by chance so that many clients do not return together. One request is let through to try.
    A 429 or 503 with Retry-After opens it for as long as the server asked (ten minutes at most).
    """

    def __init__(
        self, *, clock: Callable[[], float] = monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._open_until = 0.0
        self._trying = False
        self._last: ModelError | None = None

    @property
    def retry_in_s(self) -> float:
        """Seconds until the server may be asked again; 0 when it may be asked now."""
        return max(0.0, self._open_until - self._clock())

    def succeeded(self) -> None:
        """Note that the server answers: as soon as it begins, since many answers are not read to their end."""
        self._failures, self._open_until, self._last, self._trying = 0, 0.0, None, False

    @contextmanager
    def request(self) -> Iterator[None]:
        """Guard one request: raises `CircuitOpen` at once where it must not be made, and learns how it went."""
        self._check()
        trying = self._trying = self._failures >= _FAILURES_TO_OPEN
        try:
            yield
        except ModelError as error:
            self._failed(error)
            raise
        else:
            self.succeeded()
        finally:
            if trying:
                self._trying = False

    def reset(self) -> None:
        """Forget every failure (the settings changed, or the user asked to try again)."""
        self.succeeded()

    def _check(self) -> None:
        wait = self.retry_in_s
        if wait > 0 or self._trying:
            why = self._last.message if self._last is not None else ""
            raise CircuitOpen(f"Waiting {wait:.0f} s before asking again. {why}".strip(), retry_in_s=wait)

    def _failed(self, error: ModelError) -> None:
        if error.reason in _HARMLESS:
            return
        self._last = error
        self._failures += 1
        if isinstance(error, RateLimited) and error.retry_after_s is not None:
            self._open_for(min(error.retry_after_s, _MAX_RETRY_AFTER_S))
        elif error.reason in _HOPELESS:
            self._open_for(_MAX_S)
        elif isinstance(error, RateLimited) or self._failures >= _FAILURES_TO_OPEN:
            doublings = min(max(0, self._failures - _FAILURES_TO_OPEN), 10)
            self._open_for(min(_BASE_S * 2**doublings, _MAX_S))

    def _open_for(self, seconds: float) -> None:
        self._open_until = self._clock() + seconds * (1 + self._chance() / 2)
