"""Suggestions that were made and may still fit: typed through, backspaced, asked for again, partly accepted.

A suggestion is found under every text between the place it was made for and its own end, as in a prefix trie, and
only while what follows the cursor is what it was. A lookup touches no file and costs microseconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_syntax import RecentlyUsed

if TYPE_CHECKING:
    from segue_server.completion.anchor import Anchor, Since
    from segue_server.completion.types import Suggestion
    from segue_syntax import Position, Snapshot


@dataclass(slots=True)
class _Entry:
    number: int
    anchor: Anchor
    suggestion: Suggestion
    line_breaks: int


class SuggestionCache:
    """The newest suggestions, and the places known to have none."""

    def __init__(self, *, capacity: int = 256, per_document: int = 48) -> None:
        self._capacity = capacity
        self._per_document = per_document
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._by_uri: dict[str, list[_Entry]] = {}
        self._silent: RecentlyUsed[Anchor, str] = RecentlyUsed(capacity)
        self._number = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, anchor: Anchor, suggestion: Suggestion) -> None:
        """Remember a suggestion made at `anchor`; it takes precedence over older ones."""
        self._number += 1
        entry = _Entry(self._number, anchor, suggestion, suggestion.text.count("\n"))
        entries = self._by_uri.setdefault(anchor.uri, [])
        for old in [
            old for old in entries if old.anchor == anchor and old.suggestion.text == suggestion.text
        ]:
            self._drop(old)
        if len(entries) >= self._per_document:
            self._drop(min(entries, key=lambda old: old.number))
        self._by_uri.setdefault(anchor.uri, []).append(entry)
        self._entries[entry.number] = entry
        while len(self._entries) > self._capacity:
            self._drop(next(iter(self._entries.values())))
        self._silent.pop(anchor)

    def put_silence(self, anchor: Anchor, reason: str) -> None:
        """Remember that the engines had nothing to say at `anchor`."""
        self._silent.put(anchor, reason)

    def silence(self, anchor: Anchor) -> str:
        """Return why there was nothing at exactly this place, "" when that is not known."""
        return self._silent.get(anchor) or ""

    def find(self, snapshot: Snapshot, position: Position, *, limit: int = 1) -> list[Suggestion]:
        """Return what is left of the suggestions that still fit at `position`, newest first, without duplicates."""
        hits: list[Suggestion] = []
        texts: set[str] = set()
        for entry in reversed(self._by_uri.get(snapshot.uri, ())):
            hit = _match(entry, snapshot, position)
            if hit is not None and hit.text not in texts:
                texts.add(hit.text)
                hits.append(hit)
                self._entries.move_to_end(entry.number)
                if len(hits) == limit:
                    break
        return hits

    def forget(self, uri: str) -> None:
        """Drop everything about a document."""
        for entry in list(self._by_uri.get(uri, ())):
            self._drop(entry)

    def reject(self, suggestion_id: str) -> None:
        """Drop a suggestion that the user dismissed."""
        for entry in [entry for entry in self._entries.values() if entry.suggestion.id == suggestion_id]:
            self._drop(entry)

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
        self._by_uri.clear()
        self._silent.clear()

    def _drop(self, entry: _Entry) -> None:
        self._entries.pop(entry.number, None)
        entries = self._by_uri[entry.anchor.uri]
        entries.remove(entry)
        if not entries:
            del self._by_uri[entry.anchor.uri]


def _place(anchor: Anchor) -> tuple[str, int, str]:
    return anchor.uri, anchor.line, anchor.head


def _match(entry: _Entry, snapshot: Snapshot, position: Position) -> Suggestion | None:
    text = entry.suggestion.text
    for typed_lines in range(min(entry.line_breaks, position.line) + 1):
        since = entry.anchor.since(snapshot, position, typed_lines=typed_lines)
        if since is None or not text.startswith(since.typed) or len(since.typed) == len(text):
            continue
        remaining = text[len(since.typed) :]
        replaced = _replaced(entry.suggestion.replace_suffix_chars, since, remaining)
        if replaced is not None:
            return replace(entry.suggestion, text=remaining, replace_suffix_chars=replaced)
    return None


def _replaced(before: int, since: Since, remaining: str) -> int | None:
    """Return how many characters after the cursor the rest of a suggestion replaces now; None if it cannot.

    Closers that the editor inserted are replaced when the rest of the suggestion brings them itself.
    """
    if since.overtyped:
        return before - since.overtyped if since.overtyped <= before else None
    if not since.closers:
        return before
    characters = iter(remaining.partition("\n")[0])
    return before + len(since.closers) if all(closer in characters for closer in since.closers) else None
