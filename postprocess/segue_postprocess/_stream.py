"""Watches a model's answer arrive and says when it is complete, so that the model can be stopped.

Only what is certain stops a stream: `process` judges the whole answer afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._clean import control_token_at, partial_token_start
from segue_postprocess._extent import limit, one_line
from segue_postprocess._overlap import repeated_lines_start
from segue_postprocess._reasons import Reason
from segue_postprocess._repeat import loop_start
from segue_postprocess._situation import look
from segue_postprocess._types import LONGEST_ANSWER

if TYPE_CHECKING:
    from segue_postprocess._types import Cursor


class StreamFilter:
    """Takes the chunks of one answer; `done` turns true as soon as more of it cannot matter."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._situation = look(cursor)
        self._surroundings = self._situation.head + self._situation.tail
        self._raw = ""
        self._given = 0
        self._lines_seen = 0
        self.done = False
        self.reason: Reason | None = None

    @property
    def text(self) -> str:
        """What `feed` and `finish` have returned so far."""
        return self._raw[: self._given]

    def feed(self, chunk: str) -> str:
        """Take the next chunk and return the new text that is safe to keep; "" once `done`."""
        if self.done or not chunk:
            return ""
        self._raw += chunk
        safe = self._check()
        fresh = self._raw[self._given : safe]
        self._given = max(self._given, safe)
        return fresh

    def finish(self) -> str:
        """Say that the answer has ended, and return what was held back in case it grew into a control token."""
        if self.done:
            return ""
        self.done = True
        rest = self._raw[self._given :]
        self._given = len(self._raw)
        return rest

    def _stop(self, at: int, reason: Reason) -> int:
        self.done = True
        self.reason = reason
        at = max(at, self._given)  # what was handed out stays; `process` cuts it
        self._raw = self._raw[:at]
        return at

    def _check(self) -> int:
        """Return how much of the answer so far is safe to keep."""
        tokens = self._cursor.control_tokens
        span = control_token_at(self._raw, tokens, self._surroundings)
        if span is not None and self._raw[: span[0]].strip():
            return self._stop(span[0], Reason.CONTROL_TOKEN)
        if len(self._raw) > LONGEST_ANSWER:
            return self._stop(LONGEST_ANSWER, Reason.MAX_LINES)
        held = partial_token_start(self._raw, tokens)
        whole_lines = self._raw.count("\n", 0, held)
        if whole_lines > self._lines_seen:
            self._lines_seen = whole_lines
            at = self._check_lines(self._raw[: self._raw.rindex("\n", 0, held) + 1])
            if at is not None:
                return at
        return held

    def _check_lines(self, text: str) -> int | None:
        """Judge the complete lines of the answer; return where it ends, or None when it goes on."""
        body = text[:-1]
        if not body.strip():
            return None
        if one_line(self._situation) and body.lstrip("\n") == body:
            return self._stop(text.index("\n"), Reason.SINGLE_LINE)
        if body.count("\n") + 1 >= self._cursor.max_lines:
            return self._stop(len(body), Reason.MAX_LINES)
        start = repeated_lines_start(body, self._situation)
        if start is not None and self._repeats_enough(body[start:]):
            return self._stop(start, Reason.SUFFIX_LINES)
        keep = loop_start(body.split("\n"))
        if keep is not None:
            return self._stop(len("\n".join(body.split("\n")[:keep])), Reason.REPETITION)
        reasons: list[Reason] = []
        kept = limit(body, self._situation, reasons)
        if len(kept) < len(body):
            return self._stop(len(kept), reasons[-1])
        return None

    @staticmethod
    def _repeats_enough(repeated: str) -> bool:
        """Whether enough lines came back to be sure; one could be a coincidence that the next line clears up."""
        return sum(1 for line in repeated.split("\n") if line.strip()) >= 2
