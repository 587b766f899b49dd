"""The one place that speaks HTTP: every provider's requests go through `HttpClient`.

Limits are enforced here once for all servers, however they misbehave: time per phase, length of a line, size of
an answer, redirects, content type. Neither keys nor code are ever logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import ssl
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from segue_model._errors import (
    ConfigurationError,
    ConnectionFailed,
    Disconnected,
    HttpFailure,
    MalformedAnswer,
    ModelError,
    ModelLoading,
    RateLimited,
    RedirectRefused,
    TimedOut,
)
from segue_model._settings import Timeouts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    import httpx

MAX_LINE_BYTES = 1 << 18
MAX_ANSWER_BYTES = 32 << 20
MAX_ERROR_BYTES = 64 << 10
MAX_REDIRECTS = 3
_STREAM_TYPES = ("text/event-stream", "application/x-ndjson", "application/ndjson", "application/json")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is and how to be let in."""

    base_url: str
    headers: tuple[tuple[str, str], ...] = ()
    proxy: str = ""
    ca_file: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _Deadline:
    """When to give up: after all is over, or when no event was heard for too long, however many bytes trickle in."""

    def __init__(self, total_s: float, silence_s: float = math.inf) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + total_s
        self._silence_s = silence_s
        self.at = 0.0
        self.heard()

    def heard(self) -> None:
        """Start the silence anew."""
        self.at = min(self._end, self._loop.time() + self._silence_s)


class HttpClient:
    """A keep-alive HTTP/1.1 client for one endpoint, usable from one event loop at a time."""

    def __init__(self, endpoint: Endpoint, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._may_be_kept = False

    @property
    def base_url(self) -> str:
        """The endpoint's base URL."""
        return self._endpoint.base_url

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is this machine."""
        return is_loopback(urlsplit(self._endpoint.base_url).hostname or "")

    async def fetch(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON document at `path`."""
        deadline = _Deadline(self._endpoint.timeouts.total_s)
        async with self._response(method, path, body, deadline) as response:
            data = bytearray()
            async for chunk in _bytes(response, deadline):
                data += chunk
        return _decoded(bytes(data))

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """Yield each JSON object of a streamed answer: server-sent events, NDJSON or one plain document.

        Closing the generator closes the socket, unless the answer had been read to its end.
        """
        limits = self._endpoint.timeouts
        deadline = _Deadline(limits.total_s, limits.read_s)
        async with self._response("POST", path, body, deadline) as response:
            content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if content_type and content_type not in _STREAM_TYPES:
                raise MalformedAnswer(
                    f"{self.base_url} answered with {content_type[:60]}, which no model server sends:"
                    " check the endpoint's address."
                )
            if content_type == "application/json":
                async for document in _documents(response, deadline):
                    yield document
                    deadline.heard()
                return
            done = False
            async for line in _lines(response, deadline):
                payload = _payload(line)
                done = done or payload == b"[DONE]"
                if payload and not done:  # what follows is read to the end, so that the connection is kept
                    yield _object(payload)
                    deadline.heard()

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()

    @contextlib.asynccontextmanager
    async def _response(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: _Deadline
    ) -> AsyncIterator[httpx.Response]:
        import httpx

        client = self._connected()
        try:
            request = client.build_request(method, path, **_content(body))
            for _ in range(MAX_REDIRECTS + 1):
                async with asyncio.timeout_at(deadline.at):
                    response = await self._sent(client, request)
                try:
                    if response.has_redirect_location:
                        request = _redirected(client, request, response)
                        continue
                    await self._raise_for_status(response, deadline)
                    yield response
                    self._may_be_kept = True
                    return
                finally:
                    await response.aclose()
            raise RedirectRefused(f"{self.base_url} redirects in a circle: check the endpoint's address.")
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError) as error:
            raise _translated(self.base_url, error) from error

    async def _sent(self, client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        """Send a request; once more where the server had closed a kept connection before it could know of it."""
        import httpx

        kept, self._may_be_kept = self._may_be_kept, False
        try:
            return await client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            unanswered = "without sending a response" in str(error)
            if not kept or (isinstance(error, httpx.RemoteProtocolError) and not unanswered):
                raise
            return await client.send(request, stream=True)

    async def _raise_for_status(self, response: httpx.Response, deadline: _Deadline) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        data = bytearray()
        with contextlib.suppress(ModelError):
            async for chunk in _bytes(response, deadline, limit=MAX_ERROR_BYTES):
                data += chunk
        detail = _error_detail(bytes(data))
        for _, value in self._endpoint.headers:
            detail = detail.replace(value.removeprefix("Bearer "), "***") if len(value) > 3 else detail
        raise status_error(
            self.base_url, status, detail, _retry_after(response.headers.get("retry-after", ""))
        )

    def _connected(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = _new_client(self._endpoint, self._transport)
        return self._client


def _new_client(endpoint: Endpoint, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    import httpx

    # Their INFO and DEBUG lines hold URLs and headers, keys included.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        url = httpx.URL(endpoint.base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"{endpoint.base_url!r} is not a URL.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigurationError(f"{endpoint.base_url!r} is not an http:// or https:// URL.")
    local = is_loopback(url.host)
    verify: ssl.SSLContext | bool = True
    if url.scheme == "https" and endpoint.ca_file:
        try:
            verify = ssl.create_default_context(cafile=endpoint.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"The CA file {endpoint.ca_file} cannot be read: {_short(error)}."
            ) from error
    elif url.scheme == "http":
        verify = False  # loading the CA bundle costs 20 ms and nothing here is encrypted
    limits = endpoint.timeouts
    try:
        return httpx.AsyncClient(
            base_url=url,
            headers={"Accept-Encoding": "identity", **dict(endpoint.headers)},
            timeout=httpx.Timeout(
                connect=limits.connect_s, write=limits.write_s, read=limits.read_s, pool=limits.connect_s
            ),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=60),
            proxy=endpoint.proxy or None if not local else None,
            trust_env=not local,  # a proxy of the environment must not see what is meant for this machine
            verify=verify,
            http1=True,
            http2=False,
            follow_redirects=False,
            transport=transport,
        )
    except (ValueError, httpx.InvalidURL, ImportError) as error:
        raise ConfigurationError(
            "The proxy setting (or HTTP_PROXY) is not a proxy address that works.", reason="proxy"
        ) from error


def _content(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a JSON body; half of a surrogate pair, which editors can send, becomes a question mark."""
    if body is None:
        return {}
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return {"content": data, "headers": {"Content-Type": "application/json"}}


def _redirected(client: httpx.AsyncClient, request: httpx.Request, response: httpx.Response) -> httpx.Request:
    target = response.next_request
    if target is None:
        raise RedirectRefused("The server sent a redirect that leads nowhere.")
    old, new = request.url, target.url
    same = (old.host, old.port, old.scheme) == (new.host, new.port, new.scheme)
    upgraded = old.host == new.host and (old.scheme, new.scheme) == ("http", "https") and new.port is None
    if not (same or upgraded):
        raise RedirectRefused(
            f"The server at {old.host} redirects to {new.host[:100]}: not followed, so that code and keys stay"
            " where you sent them; set the endpoint to the new address if it is yours."
        )
    return client.build_request(
        request.method,
        new,
        content=request.content,
        headers={"Content-Type": request.headers.get("content-type", "application/json")},
    )


def status_error(base_url: str, status: int, detail: str, retry_after_s: float | None = None) -> HttpFailure:
    """Return the error that an HTTP status means, with a sentence that says what to do."""
    if status == 429:
        return RateLimited(
            f"{base_url} limits how often it may be asked; Segue waits before it asks again.",
            status=status,
            detail=detail,
            retry_after_s=retry_after_s,
        )
    if status == 503 and ("loading" in detail.lower() or retry_after_s is None):
        return ModelLoading(f"{base_url} is still loading its model.", status=status, detail=detail)
    if status == 503:
        return RateLimited(
            f"{base_url} is overloaded; Segue waits before it asks again.",
            status=status,
            detail=detail,
            retry_after_s=retry_after_s,
        )
    said = f" ({detail})" if detail else ""
    known = {
        401: ("unauthorized", "does not know this key: set SEGUE_API_KEY or the keyring entry"),
        403: ("forbidden", "does not allow this key to use the model"),
        404: ("not_found", "knows no such address or model: check endpoint and model name"),
        405: ("not_found", "knows no such address: check the endpoint"),
        413: ("too_large", "finds the prompt too large: lower the context budget"),
        400: ("bad_request", f"does not accept the request{said}"),
        422: ("bad_request", f"does not accept the request{said}"),
        407: ("proxy", "is behind a proxy that wants a password: set it in the proxy setting"),
        501: ("not_supported", f"does not support this kind of request{said}"),
    }
    reason, text = known.get(
        status, ("server_error" if status >= 500 else "http", f"failed with HTTP status {status}{said}")
    )
    return HttpFailure(f"{base_url} {text}.", reason=reason, status=status, detail=detail)


def raise_if_error(base_url: str, event: dict[str, Any]) -> None:
    """Raise what an event of a stream says went wrong; servers answer 200 before they know."""
    error = event.get("error")
    if not error:
        return
    fields = error if isinstance(error, dict) else {"message": error}
    detail, status = str(fields.get("message", "")), fields.get("code")
    if not isinstance(status, int) or not 400 <= status < 600:
        status = 500
    raise status_error(base_url, status, " ".join(detail.split())[:200])


def _translated(base_url: str, error: Exception) -> ModelError:
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


async def _bytes(
    response: httpx.Response, deadline: _Deadline, *, limit: int = MAX_ANSWER_BYTES
) -> AsyncIterator[bytes]:
    if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise MalformedAnswer("The server compressed an answer that it was asked to send plainly.")
    total = 0
    pieces = response.aiter_raw()
    while True:
        async with asyncio.timeout_at(deadline.at):
            piece = await anext(pieces, None)
        if piece is None:
            return
        total += len(piece)
        if total > limit:
            raise MalformedAnswer(f"The server sent more than {limit >> 10} KB for one answer.")
        yield piece


async def _lines(response: httpx.Response, deadline: _Deadline) -> AsyncIterator[bytes]:
    pending = bytearray()
    async for piece in _bytes(response, deadline):
        start = len(pending)
        pending += piece
        while (end := pending.find(b"\n", start)) >= 0:
            line = bytes(pending[:end])
            del pending[: end + 1]
            start = 0
            yield line
        if len(pending) > MAX_LINE_BYTES:
            raise MalformedAnswer(f"The server sent a line of more than {MAX_LINE_BYTES >> 10} KB.")
    if pending:
        yield bytes(pending)


async def _documents(response: httpx.Response, deadline: _Deadline) -> AsyncIterator[dict[str, Any]]:
    """Yield one document, or one a line: some servers stream NDJSON as application/json."""
    held = bytearray()
    async for line in _lines(response, deadline):
        held += line
        try:
            document = json.loads(held)
        except ValueError:
            held += b"\n"
            if len(held) > MAX_LINE_BYTES:
                raise MalformedAnswer("The server's answer is not JSON.") from None
            continue
        held.clear()
        if not isinstance(document, dict):
            raise MalformedAnswer("The server's answer is not a JSON object.")
        yield document
    if held.strip():
        raise Disconnected("The server's answer ends in the middle of a JSON document.")


def _payload(line: bytes) -> bytes:
    line = line.strip()
    if line.startswith(b"data:"):
        return line[5:].strip()
    return line if line.startswith(b"{") else _no_payload(line)


def _no_payload(line: bytes) -> bytes:
    if not line or line.startswith((b":", b"event:", b"id:", b"retry:")):
        return b""
    raise MalformedAnswer("The server's stream holds something that is no event.")


def _object(payload: bytes) -> dict[str, Any]:
    document = _decoded(payload)
    if not isinstance(document, dict):
        raise MalformedAnswer("The server's stream holds something that is no JSON object.")
    return document


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer("The server's answer is not JSON: check the endpoint's address.") from error


def _error_detail(data: bytes) -> str:
    """Return what the server said is wrong, at most 200 characters of one line."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    found: Any = document
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    return " ".join(str(found).split())[:200] if isinstance(found, str) else ""


def _retry_after(value: str) -> float | None:
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


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
