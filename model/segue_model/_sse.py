"""Reads streamed answers: server-sent events by the WHATWG rules, or JSON documents one after the other.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation. Two things beyond it, which
servers do: a line ``error: {...}`` is an error event (llama.cpp), and a line that is a JSON object is data. An event
that the end of the answer cuts off is given as well; whether its JSON is whole shows. docs/adr/007 says why this is no
package.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from segue_model._errors import Disconnected, MalformedAnswer

MAX_EVENT_BYTES = 1 << 18
_BOM = b"\xef\xbb\xbf"

END: dict[str, Any] = {}
"""What stands for ``[DONE]`` among the objects of a stream: the answer is complete."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event: its name ("" for none) and its data."""

    name: str
    data: str


class EventDecoder:
    """Turns the bytes of an event stream into events, however they are cut."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._at_start = True
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self.unknown = False

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Return the events that `data` completes. MalformedAnswer for one that is too long."""
        events = []
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
        self._after_cr = self._after_cr and not data
        while data:
            ends = [at for mark in (b"\n", b"\r") if (at := data.find(mark)) >= 0]
            if not ends:
                self._line += data
                self._limit()
                break
            end = min(ends)
            self._line += data[:end]
            events += self._take_line()
            if data[end : end + 1] == b"\r":
                self._after_cr = end + 1 == len(data)
                end += data[end + 1 : end + 2] == b"\n"
            data = data[end + 1 :]
        return events

    def finish(self) -> list[ServerSentEvent]:
        """Return what the end of the answer cut off."""
        return self._take_line() + self._dispatch()

    def _take_line(self) -> list[ServerSentEvent]:
        raw = bytes(self._line)
        self._line.clear()
        if self._at_start:
            self._at_start, raw = False, raw.removeprefix(_BOM)
        line = raw.decode("utf-8", "replace")
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._size += len(value)
            self._limit()
        elif name == "event":
            self._name = value
        elif name == "error":
            return [*self._dispatch(), ServerSentEvent("error", value)]
        elif line.startswith("{"):
            return [*self._dispatch(), ServerSentEvent("", line)]
        elif name not in {"", "id", "retry"}:
            self.unknown = True
        return []

    def _dispatch(self) -> list[ServerSentEvent]:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", [], 0
        return [ServerSentEvent(name, "\n".join(data))] if data else []

    def _limit(self) -> None:
        if len(self._line) + self._size > MAX_EVENT_BYTES:
            raise MalformedAnswer(f"The server sent an event of more than {MAX_EVENT_BYTES >> 10} KB.")


class EventStream:
    """The objects in a stream of server-sent events: `END` for ``[DONE]``, after which nothing counts."""

    def __init__(self) -> None:
        self._decoder = EventDecoder()
        self._done = False
        self._any = False

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the objects that `data` completes. MalformedAnswer for what is no JSON object."""
        return self._objects(self._decoder.feed(data))

    def finish(self) -> list[dict[str, Any]]:
        """Return what the end of the answer cut off; Disconnected when it is cut within an object."""
        try:
            found = self._objects(self._decoder.finish())
        except MalformedAnswer as error:
            raise Disconnected("The server's answer ends in the middle of an event.") from error
        if not self._any and self._decoder.unknown:
            raise MalformedAnswer("The server's answer holds no event: check the endpoint's address.")
        return found

    def _objects(self, events: list[ServerSentEvent]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for event in events:
            data = event.data.strip()
            self._any = True
            # Gateways wrap keep-alive comments in data once more.
            if self._done or not data or data.startswith(":"):
                continue
            if data == "[DONE]":
                self._done = True
                found.append(END)
            elif event.name == "error":
                found.append(_as_error(data))
            else:
                found.extend(_documents_in(data))
        return found


class DocumentStream:
    """JSON objects one after the other, on a line each or spread over several: NDJSON, or one plain document."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the objects that `data` completes."""
        found: list[dict[str, Any]] = []
        *lines, rest = (
            (bytes(self._held) + data).split(b"\n") if b"\n" in data else (bytes(self._held) + data,)
        )
        self._held = bytearray()
        for line in lines:
            self._held += line + b"\n"
            try:
                document = json.loads(self._held)
            except (ValueError, RecursionError):
                continue
            self._held.clear()
            found.extend(_as_objects(document))
        self._held += rest
        if len(self._held) > MAX_EVENT_BYTES:
            raise MalformedAnswer("The server's answer is not JSON: check the endpoint's address.")
        return found

    def finish(self) -> list[dict[str, Any]]:
        """Return the last object; Disconnected when the answer ends within it."""
        if not self._held.strip():
            return []
        try:
            return _as_objects(json.loads(self._held))
        except (ValueError, RecursionError) as error:
            raise Disconnected("The server's answer ends in the middle of a JSON document.") from error


def decoder_for(start: bytes) -> EventStream | DocumentStream:
    """Return what reads an answer that begins with `start`: content types are set wrongly more often than not."""
    return DocumentStream() if start.removeprefix(_BOM).lstrip()[:1] in {b"{", b"["} else EventStream()


def _documents_in(data: str) -> list[dict[str, Any]]:
    try:
        return _as_objects(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer("The server's answer is not JSON: check the endpoint's address.") from error


def _as_objects(document: Any) -> list[dict[str, Any]]:
    found = document if isinstance(document, list) else [document]
    if not all(isinstance(item, dict) for item in found):
        raise MalformedAnswer("The server's answer is not a JSON object: check the endpoint's address.")
    return found


def _as_error(data: str) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {"error": data[:200]}
    return document if isinstance(document, dict) and document.get("error") else {"error": document}
