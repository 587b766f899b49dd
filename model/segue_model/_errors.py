"""Everything that can go wrong with a model, told apart.

ModelError
├── ConfigurationError            the settings cannot work (reason ``configuration``)
├── MissingExtra                  a package of an extra is not installed (``missing_extra``)
├── WeightsError                  the model file is absent, damaged or cannot be fetched
│                                 (``weights_missing``, ``weights_damaged``, ``download``)
├── EngineError                   the embedded engine did not start or keeps crashing (``engine``)
├── ConnectionFailed              nobody answered (``refused``, ``dns``, ``tls``, ``proxy``, ``unreachable``)
├── TimedOut                      a phase took longer than its limit (``timeout``)
├── Disconnected                  the server hung up in the middle of an answer (``disconnected``)
├── MalformedAnswer               the answer is not what the protocol says (``malformed``)
├── NoProbabilities               the server does not say how likely its tokens are (``no_probabilities``)
├── RedirectRefused               the server points to another host (``redirect``)
├── HttpFailure                   the server said no (``unauthorized``, ``forbidden``, ``not_found``,
│   │                             ``no_key``, ``no_credit``, ``model_not_found``, ``too_large``, ``bad_request``,
│   │                             ``server_error``, ``http``)
│   ├── RateLimited               come back later (``rate_limited``), `retry_after_s` where it was told
│   └── ModelLoading              the server is up and its model is not yet (``loading``)
└── CircuitOpen                   too many failures lately, not asked (``paused``), `retry_in_s`
"""

from __future__ import annotations


class ModelError(Exception):
    """A model could not answer; the message is one sentence that says what to do.

    `reason` is a stable code for status and statistics. No message ever holds a key or code of the user.
    """

    reason = "model"

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.message = message
        if reason:
            self.reason = reason


class ConfigurationError(ModelError):
    """The settings cannot work."""

    reason = "configuration"


class MissingExtra(ModelError):
    """A package that the setting needs is not installed."""

    reason = "missing_extra"


class WeightsError(ModelError):
    """The model file is absent, damaged or cannot be fetched."""

    reason = "weights_missing"


class EngineError(ModelError):
    """The embedded engine did not start or keeps crashing."""

    reason = "engine"


class ConnectionFailed(ModelError):
    """Nobody answered at the endpoint."""

    reason = "unreachable"


class TimedOut(ModelError):
    """A phase of the request took longer than its limit."""

    reason = "timeout"


class Disconnected(ModelError):
    """The server hung up in the middle of an answer."""

    reason = "disconnected"


class MalformedAnswer(ModelError):
    """The answer is not what the protocol says."""

    reason = "malformed"


class NoProbabilities(ModelError):
    """The server does not say how likely its tokens are, so that they cannot be asked for."""

    reason = "no_probabilities"


class RedirectRefused(ModelError):
    """The server points to another host, where neither code nor key is sent."""

    reason = "redirect"


class HttpFailure(ModelError):
    """The server refused the request; `status` is the HTTP status and `detail` what it said (shortened)."""

    reason = "http"

    def __init__(self, message: str, *, reason: str = "", status: int = 0, detail: str = "") -> None:
        super().__init__(message, reason=reason)
        self.status = status
        self.detail = detail


class RateLimited(HttpFailure):
    """The server asks to come back later."""

    reason = "rate_limited"

    def __init__(
        self, message: str, *, status: int = 429, detail: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, status=status, detail=detail)
        self.retry_after_s = retry_after_s


class ModelLoading(HttpFailure):
    """The server is up and its model is not ready yet."""

    reason = "loading"


class CircuitOpen(ModelError):
    """The endpoint failed too often lately and is left alone for `retry_in_s` seconds."""

    reason = "paused"

    def __init__(self, message: str, *, retry_in_s: float) -> None:
        super().__init__(message)
        self.retry_in_s = retry_in_s
