"""Recorded editing sessions, typed again: the events that come out of their keystrokes."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path
from typing import Any

import pytest

from segue_context import EditHistory
from segue_syntax import Snapshot

RECORDED = Path(__file__).parents[4] / "shared" / "cases" / "next_edit" / "editor_recordings.jsonl.xz"
KEY_SECONDS = 0.1


def recordings() -> list[Any]:
    if not RECORDED.exists():
        return []
    with lzma.open(RECORDED, "rt") as file:
        return [json.loads(line) for line in file]


HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def undone(text: str, diff: str) -> str:
    """Return what `text` was before a unified diff."""
    lines = text.split("\n")
    rows = diff.split("\n")
    for at in reversed([n for n, row in enumerate(rows) if HUNK.match(row)]):
        head = HUNK.match(rows[at])
        assert head is not None
        left_old, left_new = int(head[2] or 1), int(head[4] or 1)
        first = int(head[3]) - (left_new > 0)
        old: list[str] = []
        new: list[str] = []
        for row in rows[at + 1 :]:
            if len(old) == left_old and len(new) == left_new:
                break
            if row[:1] != "+" and row[:1] != "\\":
                old.append(row[1:])
            if row[:1] != "-" and row[:1] != "\\":
                new.append(row[1:])
        if lines[first : first + len(new)] != new:
            pytest.skip("a recorded diff does not fit the recorded text")
        lines[first : first + len(new)] = old
    return "\n".join(lines)


def replayed(lines: list[str], edits: Any, path: str) -> list[str]:
    for edit in edits:
        if edit.path == path:
            assert tuple(lines[edit.line : edit.line + len(edit.old)]) == edit.old
            lines[edit.line : edit.line + len(edit.old)] = edit.new
    return lines


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("session", recordings(), ids=lambda session: str(session["id"]).split("/")[-1])
def test_a_recorded_session_becomes_few_events_that_give_its_text(session: Any) -> None:
    after = {path: text.replace("\r\n", "\n") for path, text in session["files"].items()}
    texts, steps = dict(after), []
    for entry in reversed(session["history"]):
        path, now = entry["path"], texts[entry["path"]]
        texts[path] = undone(now, entry["diff"].replace("\r\n", "\n"))
        steps.append((path, texts[path], now))
    seconds = 0.0
    history = EditHistory(clock=lambda: seconds)
    for path, was, became in reversed(steps):
        seconds += KEY_SECONDS
        history.record(path, Snapshot.of(was), Snapshot.of(became))
    edits = history.edits()
    for path, text in after.items():
        assert "\n".join(replayed(texts[path].split("\n"), edits, path)) == text
        lines = text.split("\n")
        assert history.before(path, lines, events=99) == texts[path].split("\n")
    assert 1 <= len(edits) <= len(steps)
    assert history.action == "typed"
