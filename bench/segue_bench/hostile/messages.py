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
_AT = {"textDocument": _DOCUMENT, "position": _PLACE}
_RANGED = {"textDocument": _DOCUMENT, "range": _RANGE}
_TOKENS = {"partialResultToken": "p", "workDoneToken": "w"}
_SHOWN = {"item": {"insertText": "x", "command": {"command": "c", "title": "", "arguments": ["c-1"]}}}
_PROBLEM = {"range": _RANGE, "message": "undefined name 'x'", "severity": 1, "code": "F821", "source": "s"}
_FOLDERS = {"added": [{"uri": "file:///nowhere", "name": "n"}], "removed": []}
_COMMANDS: tuple[tuple[str, Any], ...] = (
    ("segue.status", {"a": 1}), ("segue.settings", None), ("segue.lastCompletion", None), ("segue.statisticsPage", None),
    ("segue.pause", {"minutes": 1}), ("segue.toggle", None), *[("segue.resume", None)] * 3, ("segue.accept", "c-1"), ("segue.acceptNextEdit", "e-1"),
    ("segue.assist.explain", _RANGED), ("segue.assist.comment", _AT), ("segue.assist.edit", {**_AT, "instruction": "rename"}),
    ("segue.assist.tests", _AT), ("segue.assist.commitMessage", {"uri": None}),
)  # fmt: skip
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
    ("codeAction/resolve", {"title": "x", "kind": "refactor", "data": {"segue": "comment", **_AT}}),
    *(("workspace/executeCommand", {"command": name, "arguments": [given]}) for name, given in _COMMANDS),
    ("textDocument/copilotInlineEdit", {"textDocument": _DOCUMENT, "position": _PLACE}),
    ("segue/nextEdits", {"textDocument": _DOCUMENT, "position": _PLACE}),
    ("segue/resolveNextEdit", {"id": "e-1"}),
    ("segue/status", {}),
    ("segue/explain", {**_RANGED, **_TOKENS, "diagnostic": "x is not defined", "action": "explain"}),
    ("segue/explain", {"diff": "staged", **_TOKENS}),
    ("segue/comment", {**_AT, "workDoneToken": 1}),
    ("segue/commitMessage", {"uri": _URI}),
    (
        "segue/ask",
        {
            "question": "where is add?",
            "uri": _URI,
            "range": _RANGE,
            "limit": 3,
            "model": False,
            **_TOKENS,
            "thread": [{"question": "who?", "answer": "a.py"}],
        },
    ),
    ("segue/edit", {**_RANGED, "instruction": "rename it", "diagnostic": "x", **_TOKENS}),
    ("segue/tests", {**_AT, "workDoneToken": 1}),
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
    ("textDocument/didShowCompletion", _SHOWN),
    ("textDocument/didShowInlineEdit", _SHOWN),
    ("textDocument/didPartiallyAcceptCompletion", {**_SHOWN, "acceptedLength": 1}),
    ("segue/didReject", {"id": "c-1", "reason": "typed"}),
    ("segue/didChangeDiagnostics", {"textDocument": _DOCUMENT, "diagnostics": [_PROBLEM]}),
    ("workspace/didChangeWorkspaceFolders", {"event": _FOLDERS}),
    (
        "notebookDocument/didChange",
        {
            "notebookDocument": {"uri": "file:///n.ipynb", "version": 2},
            "change": {
                "cells": {
                    "structure": {"array": {"start": 0, "deleteCount": 1, "cells": []}},
                    "textContent": [{"document": {"uri": "c:1", "version": 2}, "changes": [{"text": "y"}]}],
                }
            },
        },
    ),
    ("notebookDocument/didSave", {"notebookDocument": {"uri": "file:///n.ipynb"}}),
    (
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": "file:///n.ipynb"}, "cellTextDocuments": [{"uri": "c:1"}]},
    ),
    ("window/workDoneProgress/cancel", {"token": "w"}),
    ("$/cancelRequest", {"id": 3}),
    ("$/setTrace", {"value": "off"}),
)
_JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 1e308, "", "x", "\ud7ff\u202e", "file:///" + "a/" * 400, "file:///%00", "untitled:1",
    "\0", [], {}, [[]], {"": {}}, [None] * 50, {"jsonrpc": "2.0"}, "a" * 10_000, "\r\n" * 500, -0.5, "..", "/dev/zero",
    "\ud800", "file:///" + "d/" * 1_500 + "a.py", 10**400,
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
