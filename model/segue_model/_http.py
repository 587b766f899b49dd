"""The one place that speaks HTTP: every provider's requests go through `HttpClient`.

Limits are enforced here once for all servers, however they misbehave: time per phase, length of a line, size of
an answer, redirects, content type. Neither keys nor code are ever logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from segue_model._deadline import Deadline
from segue_model._errors import (
    ConfigurationError,
    Disconnected,
    HttpFailure,
    MalformedAnswer,
    ModelError,
    ModelLoading,
    RedirectRefused,
)
from segue_model._http_errors import (
    error_detail,
    retry_after,
    short,
    status_error,
    translated,
    without_quotes,
)
from segue_model._settings import Timeouts
from segue_model._sse import decoder_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    import httpx

    from segue_model._sse import DocumentStream, EventStream

MAX_ANSWER_BYTES = 32 << 20
MAX_ERROR_BYTES = 64 << 10
MAX_REDIRECTS = 3
_STREAM_TYPES = (
    "text/event-stream",
    "application/x-ndjson",
    "application/ndjson",
    "application/json",
    "application/octet-stream",
    "text/plain",
)
_KEY_HEADERS = ("authorization", "x-api-key", "api-key")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is and how to be let in; `query` is added to every request."""

    base_url: str
    headers: tuple[tuple[str, str], ...] = ()
    proxy: str = ""
    ca_file: str = ""
    query: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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

    def deadline(self) -> Deadline:
        """Return the end of a request that begins now."""
        return Deadline(self._endpoint.timeouts)

    async def fetch(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON document at `path`."""
        deadline = self.deadline()
        async with self._response(method, path, body, deadline) as response:
            data = bytearray()
            async for chunk in _bytes(response, deadline):
                data += chunk
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise MalformedAnswer("The server's answer is not JSON: check the endpoint's address.") from error

    async def look_up(self, path: str) -> dict[str, Any]:
        """Return the JSON object at `path`, an empty one where the server has none; failures to connect are raised."""
        try:
            document = await self.fetch("GET", path)
        except ModelLoading:
            raise
        except (HttpFailure, MalformedAnswer, RedirectRefused, Disconnected):
            return {}
        return document if isinstance(document, dict) else {}

    async def events(
        self, path: str, body: Mapping[str, Any], deadline: Deadline
    ) -> AsyncGenerator[dict[str, Any]]:
        """Yield each JSON object of a streamed answer: server-sent events, NDJSON or one plain document.

        `END` comes where the server says that the answer is complete; the rest is read so that the connection is
        kept. Closing the generator closes the socket, unless the answer had been read to its end.
        """
        async with self._response("POST", path, body, deadline) as response:
            content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if content_type and content_type not in _STREAM_TYPES:
                raise MalformedAnswer(
                    f"{self.base_url} answered with {content_type[:60]}, which no model server sends:"
                    " check the endpoint's address."
                )
            decoder: EventStream | DocumentStream | None = None
            async for piece in _bytes(response, deadline):
                decoder = decoder or decoder_for(piece)
                for found in decoder.feed(piece):
                    yield found
                    deadline.heard()
            for found in decoder.finish() if decoder is not None else ():
                yield found

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()

    @contextlib.asynccontextmanager
    async def _response(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: Deadline
    ) -> AsyncIterator[httpx.Response]:
        import httpx

        client = self._connected()
        deadline.heard()
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
            raise translated(self.base_url, error) from error

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

    async def _raise_for_status(self, response: httpx.Response, deadline: Deadline) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        data = bytearray()
        with contextlib.suppress(ModelError):
            async for chunk in _bytes(response, deadline, limit=MAX_ERROR_BYTES):
                data += chunk
        detail = without_quotes(error_detail(bytes(data)), response.request.content)
        for _, value in self._endpoint.headers:
            detail = detail.replace(value.removeprefix("Bearer "), "***") if len(value) > 3 else detail
        raise status_error(
            self.base_url,
            status,
            detail,
            retry_after_s=retry_after(response.headers.get("retry-after", "")),
            key_sent=any(name.lower() in _KEY_HEADERS for name, _ in self._endpoint.headers),
        )

    def _connected(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = _new_client(self._endpoint, self._transport)
        return self._client


def _new_client(endpoint: Endpoint, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    from http.cookiejar import DefaultCookiePolicy

    import httpx

    # Their INFO and DEBUG lines hold URLs and headers, keys included.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        url = httpx.URL(endpoint.base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"{endpoint.base_url!r} is not an http:// or https:// address.") from error
    local = is_loopback(url.host)
    verify: ssl.SSLContext | bool = True
    if url.scheme == "https" and endpoint.ca_file:
        try:
            verify = ssl.create_default_context(cafile=endpoint.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"The CA file {endpoint.ca_file} cannot be read: {short(error)}."
            ) from error
    elif url.scheme == "http":
        verify = False  # loading the CA bundle costs 20 ms and nothing here is encrypted
    limits = endpoint.timeouts
    try:
        client = httpx.AsyncClient(
            base_url=url,
            params=httpx.QueryParams(endpoint.query),
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
    client.cookies.jar.set_policy(
        DefaultCookiePolicy(allowed_domains=())
    )  # requests cannot be linked by them
    return client


def _content(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a JSON body; half of a surrogate pair, which editors can send, becomes a question mark."""
    if body is None:
        return {}
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return {"content": data, "headers": {"Content-Type": "application/json"}}


def _redirected(client: httpx.AsyncClient, request: httpx.Request, response: httpx.Response) -> httpx.Request:
    target = response.next_request
    assert target is not None  # there is a Location
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


async def _bytes(
    response: httpx.Response, deadline: Deadline, *, limit: int = MAX_ANSWER_BYTES
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
