"""A language server that answers from a script, so that what an editor does with an answer can be tested alone.

It speaks the wire protocol of Segue over stdio. The environment names two files: SCRIPT holds what to answer, and every
message of the client is appended to RECORD, one JSON object a line. The script may change between two requests:

    {"completions": [{"after": "def add(", "text": "a, b):", "covers": 1}], "delay_ms": 0,
     "edits": [{"when": "total", "file": "b.py", "old": "sum_all()", "new": "total()", "reason": "the same name"}],
     "answers": [{"when": "price", "places": [{"file": "a.py", "line": 3, "symbol": "total"}], "markdown": "It adds.",
                  "facets": ["the cart"]}],
     "changes": [{"when": "rename", "hunks": [{"old": "x = 1\\n", "new": "y = 1\\n"}], "unknownNames": []}],
     "fixes": [{"title": "Change x to y", "old": "x\\n", "new": "y\\n"}],
     "tests": {"file": "test_a.py", "text": "def test_a(): ...", "notes": []},
     "refusals": {"segue/edit": {"message": "There is no model.", "data": {"setting": "chat.provider"}}},
     "problems": [{"when": "y =", "message": "y is not defined"}],
     "status": {"kind": "Normal", ...}, "refresh": false}

`problems` are what another checker reports of each line that holds `when`, each time a document changes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS = ["segue.accept", "segue.acceptNextEdit", "segue.lastCompletion"]


class ScriptedServer:
    """One connection; documents are kept whole."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.root = Path()
        self.compares = False  # whether the client compares problems before and after a fix

    def serve(self) -> None:
        """Answer messages until the client says exit or goes away."""
        while message := self._read():
            method = message.get("method", "")
            self._record(message)
            if method == "exit":
                return
            handler = getattr(self, "on_" + method.replace("/", "_").replace("$", "_"), None)
            refusal = self.script.get("refusals", {}).get(method)
            result = handler(message.get("params") or {}) if handler and not refusal else None
            if "id" in message and method:
                self._record({"answered": method})
                answer = {"error": {"code": -32803, **refusal}} if refusal else {"result": result}
                self._write({"id": message["id"], **answer})

    def _record(self, entry: dict[str, Any]) -> None:
        with Path(os.environ["RECORD"]).open("a") as record:
            record.write(json.dumps({"at": time.time(), **entry}) + "\n")

    @property
    def script(self) -> dict[str, Any]:
        """The answers, read anew each time."""
        answers: dict[str, Any] = json.loads(Path(os.environ["SCRIPT"]).read_text())
        return answers

    def on_initialize(self, params: dict[str, Any]) -> dict[str, Any]:
        own = (params["capabilities"].get("experimental") or {}).get("segue") or {}
        self.compares = bool(own.get("problems"))
        self.root = path_of(params["rootUri"]) if params.get("rootUri") else Path()
        return {
            "capabilities": {
                "textDocumentSync": {"openClose": True, "change": 2},
                "inlineCompletionProvider": {},
                "codeActionProvider": {"codeActionKinds": ["quickfix"]},
                "executeCommandProvider": {"commands": COMMANDS},
                "experimental": {"segue": {"version": "0", "nextEdits": True}},
            }
        }

    def on_initialized(self, _params: dict[str, Any]) -> None:
        self._write({"method": "didChangeStatus", "params": self.status()})

    def status(self) -> dict[str, Any]:
        ready = {"kind": "Normal", "busy": False, "message": "scripted is ready"}
        return {
            **ready,
            "segue": {"state": "ready", "model": "scripted", "latencyMs": 12},
            **self.script.get("status", {}),
        }

    on_segue_status = lambda self, _params: self.status()  # noqa: E731

    def on_textDocument_didOpen(self, params: dict[str, Any]) -> None:  # noqa: N802
        self.documents[params["textDocument"]["uri"]] = params["textDocument"]
        self._report(params["textDocument"]["uri"])

    def on_textDocument_didChange(self, params: dict[str, Any]) -> None:  # noqa: N802
        document = self.documents[params["textDocument"]["uri"]]
        for change in params["contentChanges"]:
            document["text"] = changed(document["text"], change)
        document["version"] = params["textDocument"]["version"]
        self._report(params["textDocument"]["uri"])

    def _report(self, uri: str) -> None:
        wrong = self.script.get("problems")
        if wrong is None:
            return
        found = []
        for row, line in enumerate(self.documents[uri]["text"].split("\n")):
            place = {"start": {"line": row, "character": 0}, "end": {"line": row, "character": len(line)}}
            found += [
                {"range": place, "severity": 1, "source": "checker", "message": one["message"]}
                for one in wrong
                if one["when"] in line
            ]
        self._write(
            {"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": found}}
        )

    def on_textDocument_didClose(self, params: dict[str, Any]) -> None:  # noqa: N802
        self.documents.pop(params["textDocument"]["uri"], None)

    def on_textDocument_inlineCompletion(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        script = self.script
        time.sleep(script.get("delay_ms", 0) / 1000)
        document = self.documents[params["textDocument"]["uri"]]
        position = params["position"]
        line = document["text"].split("\n")[position["line"]]
        before = cut_utf16(line, position["character"])
        items = []
        for entry, rest in rests(script.get("completions", []), before):
            end = {**position, "character": position["character"] + entry.get("covers", 0)}
            place = {"start": position, "end": end}
            command = {
                "title": "Accepted",
                "command": "segue.accept",
                "arguments": [f"c-{entry['after']}"],
            }
            items.append({"insertText": rest, "range": place, "command": command})
        return {"items": items}

    def on_segue_nextEdits(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        asked = self.documents[params["textDocument"]["uri"]]["text"]
        edits = []
        for number, entry in enumerate(self.script.get("edits", [])):
            if entry["when"] not in asked:
                continue
            uri, version, text = self._file(entry["file"])
            at = lines_at(text, entry["old"])
            if at < 0:
                continue
            start = text[:at].count("\n")
            end = start + entry["old"].count("\n")
            edits.append(
                {
                    "id": f"e-{number}",
                    "textDocument": {"uri": uri, "version": version},
                    "range": {"start": {"line": start, "character": 0}, "end": {"line": end, "character": 0}},
                    "text": entry["new"],
                    "kind": "rename",
                    "confidence": 0.9,
                    "reason": entry.get("reason", ""),
                    "command": {
                        "title": "Accepted",
                        "command": "segue.acceptNextEdit",
                        "arguments": [f"e-{number}"],
                    },
                }
            )
        return {"shown": bool(edits), "silence": "" if edits else "Nothing to do.", "edits": edits}

    def on_textDocument_codeAction(self, params: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        uri = params["textDocument"]["uri"]
        document = self.documents[uri]
        compare = {
            "title": "Compare",
            "command": "segue.compareProblems",
            "arguments": [uri, document["version"]],
        }
        return [
            {
                "title": entry["title"],
                "kind": "quickfix",
                "edit": {"changes": {uri: [self._edit(document["text"], entry)]}},
                **({"command": compare} if self.compares else {}),
            }
            for entry in self.script.get("fixes", [])
            if entry["old"] in document["text"]
        ]

    def on_segue_tests(self, _params: dict[str, Any]) -> dict[str, Any]:
        written = self.script["tests"]
        uri = (self.root / written["file"]).as_uri()
        start = {"line": 0, "character": 0}
        edit = {"range": {"start": start, "end": start}, "newText": written["text"]}
        changes = [
            {"kind": "create", "uri": uri, "options": {"ignoreIfExists": False, "overwrite": False}},
            {"textDocument": {"uri": uri, "version": None}, "edits": [edit]},
        ]
        return {
            "edit": {"documentChanges": changes},
            "uri": uri,
            "created": True,
            "title": "Tests",
            "notes": written.get("notes", []),
        }

    @staticmethod
    def _edit(text: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the replacement of whole lines, each given with its end."""
        start = text[: text.index(entry["old"])].count("\n")
        end = {"line": start + entry["old"].count("\n"), "character": 0}
        return {"range": {"start": {"line": start, "character": 0}, "end": end}, "newText": entry["new"]}

    def on_segue_explain(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"markdown": self.script.get("explanation", ""), "title": "Explain"}

    def on_segue_ask(self, params: dict[str, Any]) -> dict[str, Any]:
        answers = self.script.get("answers", [])
        answer = next((one for one in answers if one["when"] in params["question"]), None)
        if answer is None:
            return {
                "intent": "where",
                "refused": True,
                "reason": "Nothing fits.",
                "places": [],
                "markdown": "Nothing fits.",
            }
        places = [self._place(entry) for entry in answer.get("places", [])]
        found = {
            "intent": "where",
            "refused": False,
            "reason": "",
            "places": places,
            "facets": answer.get("facets", []),
        }
        self._partial(params, found)
        for piece in answer["markdown"].split("\n"):
            self._partial(params, {"markdown": piece + "\n"})
        links = "".join(
            f"\n- [`{one['path']}`]({one['uri']}#L{one['range']['start']['line'] + 1})" for one in places
        )
        return {
            **found,
            "markdown": answer["markdown"] + "\n" + links,
            "answer": answer["markdown"],
            "commits": [],
        }

    def _place(self, entry: dict[str, Any]) -> dict[str, Any]:
        line = entry["line"] - 1
        span = {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
        uri = (self.root / entry["file"]).as_uri()
        return {"uri": uri, "path": entry["file"], "range": span, "why": "", "lines": [], **entry}

    def on_segue_edit(self, params: dict[str, Any]) -> dict[str, Any] | None:
        uri = params["textDocument"]["uri"]
        document = self.documents[uri]
        change = next((one for one in self.script["changes"] if one["when"] in params["instruction"]), None)
        if change is None:
            return None
        edits = []
        for hunk in change["hunks"]:
            edits.append(self._edit(document["text"], hunk))
            for line in hunk["new"].splitlines(keepends=True):
                self._partial(params, {"text": line})
        return {
            "textDocument": {"uri": uri, "version": document["version"]},
            "edits": edits,
            "edit": {"changes": {uri: edits}},
            "title": "Change",
            "notes": change.get("notes", []),
            "unknownNames": change.get("unknownNames", []),
        }

    def _partial(self, params: dict[str, Any], value: dict[str, Any]) -> None:
        if token := params.get("partialResultToken"):
            self._write({"method": "$/progress", "params": {"token": token, "value": value}})

    def on_workspace_executeCommand(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if params["command"] != "segue.lastCompletion":
            return None
        return {
            "engine": "model",
            "text": "answer",
            "confidence": 0.8,
            "cached": False,
            "reasons": [],
            "context": [],
            "timingsMs": {"total": 12},
            "prompt": "the prompt that was sent",
        }

    def _file(self, name: str) -> tuple[str, int | None, str]:
        path = self.root / name
        for uri, document in self.documents.items():
            if path_of(uri) == path:
                return uri, document["version"], document["text"]
        return path.as_uri(), None, path.read_text()

    def _read(self) -> dict[str, Any] | None:
        length = 0
        while line := sys.stdin.buffer.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(sys.stdin.buffer.read(length)) if length else None

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        sys.stdout.buffer.flush()


def rests(completions: list[dict[str, Any]], before: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each completion that fits the text before the cursor, with what of it is still to come."""
    for entry in completions:
        for typed in range(len(entry["text"])):
            if before.endswith(entry["after"] + entry["text"][:typed]):
                yield entry, entry["text"][typed:]
                break


def lines_at(text: str, lines: str) -> int:
    """Return the offset of whole lines in a text, -1 when it does not have them."""
    return f"\n{text}".find(f"\n{lines}")


def changed(text: str, change: dict[str, Any]) -> str:
    """Return the text after one content change."""
    if "range" not in change:
        return str(change["text"])
    lines = text.split("\n")

    def offset(position: dict[str, int]) -> int:
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        if position["line"] >= len(lines):  # the protocol allows the line after the last
            return len(text)
        return before + len(cut_utf16(lines[position["line"]], position["character"]))

    start, end = offset(change["range"]["start"]), offset(change["range"]["end"])
    return text[:start] + str(change["text"]) + text[end:]


def path_of(uri: str) -> Path:
    """Return the path that a file URI names."""
    return Path(unquote(urlparse(uri).path))


def cut_utf16(line: str, units: int) -> str:
    """Return the part of a line before a column counted in UTF-16 units."""
    return line.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


if __name__ == "__main__":
    if "--help" not in sys.argv:
        ScriptedServer().serve()
