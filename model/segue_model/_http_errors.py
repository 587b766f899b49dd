"""What an HTTP answer or failure means, as a `ModelError` whose sentence says what to do.

docs/model-servers.md lists every sentence; a test provokes each.
"""

from __future__ import annotations

import json
import ssl
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any

from segue_model._errors import (
    ConfigurationError,
    ConnectionFailed,
    Disconnected,
    HttpFailure,
    MalformedAnswer,
    ModelError,
    ModelLoading,
    RateLimited,
    TimedOut,
)
from segue_model._sse import END
from segue_model._types import Chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DETAIL_CHARS = 200
_QUOTED_CHARS = 24
_KINDS = {
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "overloaded_error": 529,
    "invalid_request_error": 400,
    "bad_request": 400,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
}
_NO_MODEL = (
    "not found",
    "not exist",
    "unknown model",
    "invalid model",
    "not a valid model",
    "no model",
    "not loaded",
)
_NO_CREDIT = ("quota", "billing", "credit", "balance")


def status_error(
    base_url: str, status: int, detail: str, *, retry_after_s: float | None = None, key_sent: bool = True
) -> HttpFailure:
    """Return the error that an HTTP status means; `detail` is what the server said."""
    said = f" ({detail})" if detail else ""
    lower = detail.lower()
    if status == 402 or (status == 429 and any(word in lower for word in _NO_CREDIT)):
        return HttpFailure(
            f"{base_url} says that the account has no credit left{said}.",
            reason="no_credit",
            status=status,
            detail=detail,
        )
    if status == 503 and "load" in lower:
        return ModelLoading(f"{base_url} is still loading its model.", status=status, detail=detail)
    if status in {429, 503, 529}:
        cause = "limits how often it may be asked" if status == 429 else "is overloaded"
        return RateLimited(
            f"{base_url} {cause}; Segue waits before it asks again.",
            status=status,
            detail=detail,
            retry_after_s=retry_after_s,
        )
    reason, text = _meaning(status, said, lower, key_sent=key_sent)
    return HttpFailure(f"{base_url} {text}.", reason=reason, status=status, detail=detail)


def _meaning(status: int, said: str, lower: str, *, key_sent: bool) -> tuple[str, str]:
    if status in {401, 403} and not key_sent:
        return "no_key", "wants a key and none was sent: enter it with `segue connect`"
    if status in {400, 404} and "model" in lower and any(words in lower for words in _NO_MODEL):
        return "model_not_found", f"does not have this model{said}: choose another one with `segue connect`"
    known = {
        401: (
            "unauthorized",
            "does not accept the key that was sent: enter another one with `segue connect`",
        ),
        403: (
            "forbidden",
            f"does not allow this key to use the model{said}: choose another one with `segue connect`",
        ),
        404: ("not_found", "knows no such address: check the endpoint with `segue connect`"),
        405: ("not_found", "knows no such address: check the endpoint with `segue connect`"),
        407: ("proxy", "is behind a proxy that wants a password: set it in the proxy setting"),
        413: (
            "too_large",
            "finds the prompt too large: lower `model.prefix_chars` and `context.budget_chars`",
        ),
        400: ("bad_request", f"does not accept the request{said}"),
        422: ("bad_request", f"does not accept the request{said}"),
        501: ("not_supported", f"does not support this kind of request{said}"),
    }
    other = "server_error" if status >= 500 else "http"
    return known.get(status, (other, f"failed with HTTP status {status}{said}"))


def chunk_of(base_url: str, event: dict[str, Any] | None, parse: Callable[[dict[str, Any]], Chunk]) -> Chunk:
    """Return the piece of answer in an event of a stream; None is the answer's end. Raises what the event says went wrong."""
    if event is None or event is END:
        return Chunk("", (), "stop")
    raise_if_error(base_url, event)
    return parse(event)


def raise_if_error(base_url: str, event: dict[str, Any]) -> None:
    """Raise what an event of a stream says went wrong; servers answer 200 before they know."""
    error = event.get("error") or (event if event.get("object") == "error" else None)
    if not error:
        return
    fields = error if isinstance(error, dict) else {"message": error}
    status = fields.get("code")
    if not isinstance(status, int) or not 400 <= status < 600:
        kinds = (str(fields.get(name) or event.get(name)) for name in ("code", "type", "error_type"))
        status = next((_KINDS[kind] for kind in kinds if kind in _KINDS), 500)
    raise status_error(base_url, status, _shortened(_said(event)))


def error_detail(data: bytes) -> str:
    """Return what the body of a refusal says is wrong, at most 200 characters of one line."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        text = data.decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else _shortened(text)
    return _shortened(_said(document))


def without_quotes(detail: str, sent: bytes) -> str:
    """Return what a server said is wrong, or "" when it quotes what it was sent: that may be code, and is not shown."""
    try:
        texts = "\n".join(_texts_in(json.loads(sent)))
    except (ValueError, RecursionError):
        return detail
    plain, texts = " ".join(detail.split()), " ".join(texts.split())
    windows = (plain[at : at + _QUOTED_CHARS] for at in range(len(plain) - _QUOTED_CHARS + 1))
    return "" if any(window in texts for window in windows) else detail


def _texts_in(document: Any) -> Iterator[str]:
    """Yield the texts of a request that a user wrote: prompts and messages, not names."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for item in document:
            yield from _texts_in(item)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key not in {"model", "grammar", "role", "type"}:
                yield from _texts_in(value)


def _said(found: Any) -> str:
    """Return the message in an error document, whatever the server wraps it in."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return "; ".join(filter(None, map(_said, found[:3])))
    if not isinstance(found, dict):
        return ""
    if isinstance(found.get("loc"), list):  # pydantic's validation errors
        where = ".".join(str(part) for part in found["loc"] if part != "body")
        return f"{where}: {found.get('msg', '')}" if where else str(found.get("msg", ""))
    said = next(
        (text for key in ("error", "message", "detail", "errors") if (text := _said(found.get(key)))), ""
    )
    parameter = found.get("param")
    if isinstance(parameter, str) and parameter not in said:
        return f"{said} ({parameter})" if said else parameter
    return said


def _shortened(text: str) -> str:
    return " ".join(text.split())[:_DETAIL_CHARS]


def short(error: Exception) -> str:
    """Return the first line of an error's text."""
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def translated(base_url: str, error: Exception) -> ModelError:
    """Return the error that a failure of the HTTP library means."""
    import httpx

    text = str(error).lower()
    if isinstance(error, httpx.LocalProtocolError):
        return ConfigurationError("A header of the settings is not one that HTTP allows.")
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(f"{base_url} did not accept a connection in time.")
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(f"{base_url} did not answer in time.")
    if isinstance(error, httpx.ProxyError):
        return ConnectionFailed("The proxy refused the connection: check the proxy setting.", reason="proxy")
    if (tls := _tls_error(error)) is not None:
        certificate = isinstance(tls, ssl.SSLCertVerificationError)
        advice = (
            "has a certificate that is not trusted: set the CA file of your organisation"
            if certificate
            else "does not speak TLS: check whether the endpoint is http:// or https://"
        )
        return ConnectionFailed(f"{base_url} {advice}.", reason="tls")
    if isinstance(error, httpx.ConnectError):
        if "name or service" in text or "nodename" in text or "getaddrinfo" in text or "resolution" in text:
            return ConnectionFailed(f"The name in {base_url} is not known: check the endpoint.", reason="dns")
        return ConnectionFailed(f"Nobody listens at {base_url}: start the model server.", reason="refused")
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError) and "disconnected" not in text:
        if "peer closed" in text or "incomplete" in text:
            return Disconnected(f"{base_url} hung up in the middle of its answer.")
        return MalformedAnswer(f"{base_url} does not speak HTTP: check the endpoint's address.")
    if isinstance(error, httpx.TransportError | httpx.StreamError):
        return Disconnected(f"{base_url} hung up in the middle of its answer.")
    return ConfigurationError(f"{base_url} is not an address that can be asked.")


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """Return the TLS error that an error was raised from, or None."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or a date)."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return None
