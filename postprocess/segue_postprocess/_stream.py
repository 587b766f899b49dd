"""Watches a model's answer arrive and says when it is complete, so that the model can be stopped.

Only what is certain stops a stream: `process` judges the whole answer afterwards. Each line is judged once it is
whole, without what is not meant for the file, so that how the answer is cut into chunks never changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_postprocess._context import read_context
from segue_postprocess._deduplicate import copied_from, loop_start, repeated_lines_start
from segue_postprocess._pipeline import PLACE, sanitized, shared_trees
from segue_postprocess._sanitize import control_token_at, partial_token_start
from segue_postprocess._truncate import is_one_line, truncate
from segue_postprocess._types import LONG_ANSWER, LONGEST_ANSWER, Candidate, Reason

if TYPE_CHECKING:
    from segue_postprocess._types import Cursor
    from segue_syntax import TreeStore


_BEYOND = 2
"""Lines that must be past the end of an answer: the first of them may be misplaced, or belong to it after all."""


class StreamFilter:
    """Takes the chunks of one answer; `done` turns true as soon as more of it cannot matter."""

    def __init__(self, cursor: Cursor, *, trees: TreeStore | None = None) -> None:
        self._cursor = cursor
        self._context = read_context(cursor, trees or shared_trees())
        self._raw = ""
        self._given = 0
        self.done = False
        self.reason: Reason | None = None

    @property
    def text(self) -> str:
        """What `feed` and `finish` have returned so far."""
        return self._raw[: self._given]

    def feed(self, chunk: str) -> str:
        """Take the next chunk and return the new text that is safe to keep; "" once `done`."""
        given = self._given
        for piece in chunk.splitlines(keepends=True) if not self.done else ():
            self._raw += piece
            safe = self._check()
            self._given = max(given, safe)
            if self.done:
                self._raw = self._raw[: self._given]
                break
        return self._raw[given : self._given]

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
        return at

    def _check(self) -> int:
        """Return how much of the answer so far is safe to keep."""
        span = control_token_at(self._raw[:LONGEST_ANSWER], self._context)
        if span is not None and sanitized(self._raw[: span[0]], self._context).strip():
            return self._stop(span[0], Reason.CONTROL_TOKEN)
        if len(self._raw) >= LONGEST_ANSWER:
            return self._stop(LONGEST_ANSWER, Reason.MAX_LINES)
        if self._raw.endswith("\n") and (reason := self._reason_to_stop()) is not None:
            return self._stop(len(self._raw) - 1, reason)
        return partial_token_start(self._raw, self._cursor.control_tokens)

    def _reason_to_stop(self) -> Reason | None:
        """Judge the complete lines of the answer."""
        context = self._context
        body = sanitized(self._raw, context).removesuffix("\n")
        if not body.strip():
            return None
        if is_one_line(context) and body.lstrip("\n") == body:
            return Reason.SINGLE_LINE
        lines = body.split("\n")
        if len(lines) >= self._cursor.max_lines:
            return Reason.MAX_LINES
        if len(lines) < LONG_ANSWER and copied_from(lines, context) is not None:
            return None  # a longer copy is cut where it begins
        start = repeated_lines_start(body, context)
        if start is not None and _repeats_enough(body[start:]):
            return Reason.SUFFIX_LINES
        if loop_start(lines) is not None:
            return Reason.REPETITION
        if sum(1 for line in lines if line.strip()) <= _BEYOND:
            return None
        placed = Candidate(body)
        for step in PLACE:
            placed = step(placed, context)
        kept = truncate(placed, context)
        beyond = sum(1 for line in placed.text[len(kept.text) :].split("\n") if line.strip())
        if beyond < _BEYOND or truncate(placed.with_reason(Reason.DRIFT), context).text != kept.text:
            return None
        return kept.reasons[-1]


def _repeats_enough(repeated: str) -> bool:
    """Whether enough lines came back to be sure; one could be a coincidence that the next line clears up."""
    return sum(1 for line in repeated.split("\n") if line.strip()) >= 2
