"""Messages that no editor should send: valid ones with parts replaced, by a seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_URI = "file:///nowhere/a.py"
_DOCUMENT = {"uri": _URI, "version": 1}
_PLACE = {"line": 0, "character": 1}
_RANGE = {"start": _PLACE, "end": {"line": 0, "character": 2}}
_NOTEBOOK: dict[str, Any] = {"uri": "file:///n.ipynb", "notebookType": "jupyter", "version": 1,
                             "cells": [{"kind": 2, "document": "c:1"}]}  # fmt: skip

REQUESTS: tuple[tuple[str, Any], ...] = (
    (
        "textDocument/inlineCompletion",
        {"textDocument": _DOCUMENT, "position": _PLACE, "context": {"triggerKind": 2}},
    ),
    ("textDocument/completion", {"textDocument": _DOCUMENT, "position": _PLACE}),
    ("textDocument/codeAction", {"textDocument": _DOCUMENT, "range": _RANGE, "context": {"diagnostics": []}}),
    ("codeAction/resolve", {"title": "x", "kind": "quickfix", "data": {"id": 1}}),
    ("workspace/executeCommand", {"command": "segue.status", "arguments": [{"a": 1}]}),
    ("textDocument/copilotInlineEdit", {"textDocument": _DOCUMENT, "position": _PLACE}),
    ("segue/nextEdits", {"textDocument": _DOCUMENT, "position": _PLACE}),
    ("no/such", {"x": 1}),
)
NOTICES: tuple[tuple[str, Any], ...] = (
    (
        "textDocument/didOpen",
        {"textDocument": {**_DOCUMENT, "languageId": "python", "text": "a = 1\nb = 2\n"}},
    ),
    (
        "textDocument/didChange",
        {"textDocument": _DOCUMENT, "contentChanges": [{"range": _RANGE, "text": "x"}]},
    ),
    ("textDocument/didChange", {"textDocument": _DOCUMENT, "contentChanges": [{"text": "whole\n"}]}),
    ("textDocument/didClose", {"textDocument": _DOCUMENT}),
    ("textDocument/didSave", {"textDocument": _DOCUMENT}),
    ("textDocument/didFocus", {"textDocument": _DOCUMENT}),
    ("notebookDocument/didOpen", {"notebookDocument": _NOTEBOOK, "cellTextDocuments": []}),
    ("workspace/didChangeConfiguration", {"settings": {"segue": {"completion": {"certainty": 0.5}}}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": _URI, "type": 2}]}),
    ("segue/didChangeCursor", {"textDocument": _DOCUMENT, "position": _PLACE}),
    (
        "textDocument/didShowCompletion",
        {"item": {"insertText": "x", "command": {"command": "c", "title": ""}}},
    ),
    ("$/cancelRequest", {"id": 3}),
    ("$/setTrace", {"value": "off"}),
)
_JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 1e308, "", "x", "\ud7ff\u202e", "file:///" + "a/" * 400, "file:///%00", "untitled:1",
    "\0", [], {}, [[]], {"": {}}, [None] * 50, {"jsonrpc": "2.0"}, "a" * 10_000, "\r\n" * 500, -0.5, "..", "/dev/zero",
)  # fmt: skip


def messages(seed: int, count: int) -> Iterator[tuple[str, Any, bool]]:
    """Yield methods with parameters, and whether each is a request (which must be answered)."""
    chance = random.Random(seed)
    for _ in range(count):
        is_request = chance.random() < 0.5
        method, params = chance.choice(REQUESTS if is_request else NOTICES)
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            params = _spoiled(params, chance)
        yield method, params, is_request


def _spoiled(value: Any, chance: random.Random) -> Any:
    """Return a copy of `value` in which one part is junk, missing or doubled."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        if chance.random() < 0.15:
            return {key: inner for key, inner in value.items() if key != name}
        return {**value, name: _spoiled(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return value[:at] + [_spoiled(value[at], chance)] * chance.choice((1, 1, 30)) + value[at + 1 :]
    return chance.choice(_JUNK)
