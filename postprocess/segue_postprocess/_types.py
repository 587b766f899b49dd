"""What passes between post-processing and the other rooms, and between its own filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LONGEST_ANSWER: Final = 10_000
"""The characters of an answer that are looked at: a model that runs on, or lies, must not keep anybody busy."""
LONG_ANSWER: Final = 25
"""Lines from which on an answer that does not end where the block ends has drifted."""


class Reason(StrEnum):
    """One change or drop; `docs/postprocessing.md` explains each."""

    CONTROL_TOKEN = "control_token"  # noqa: S105
    THINKING = "thinking"
    WRAPPER = "wrapper"
    FENCE = "markdown_fence"
    CHATTER = "chatter"
    BAD_CHARACTERS = "bad_characters"
    BAD_START = "bad_start"
    PLACEHOLDER = "placeholder"
    ECHO = "echo"
    LEADING_SPACE = "leading_space"
    TRAILING_SPACE = "trailing_space"
    LINE_ENDINGS = "line_endings"
    SINGLE_LINE = "single_line"
    MAX_LINES = "max_lines"
    UNIT_END = "unit_end"
    SCOPE_END = "scope_end"
    COMMENT_END = "comment_end"
    LITERAL_END = "literal_end"
    DRIFT = "drift"
    REPETITION = "repetition"
    DUPLICATE_KEY = "duplicate_key"
    SUFFIX_OVERLAP = "suffix_overlap"
    SUFFIX_LINES = "suffix_lines"
    BRACKETS_CUT = "brackets_cut"
    BRACKETS_REPLACED = "brackets_replaced"
    REINDENTED = "reindented"
    REPAIRED_CLOSED = "repaired_closed"
    REPAIRED_CUT = "repaired_cut"
    REPAIRED_SEPARATOR = "repaired_separator"
    GATE_ADVISORY = "gate_advisory"
    UNCHECKED = "unchecked"
    DROP_EMPTY = "drop_empty"
    DROP_UNDECODED = "drop_undecoded"
    DROP_REPEATS_ABOVE = "drop_repeats_above"
    DROP_REPEATS_BELOW = "drop_repeats_below"
    DROP_UNDOES = "drop_undoes"
    DROP_BANNER = "drop_banner"
    DROP_SECRET = "drop_secret"  # noqa: S105
    DROP_LICENCE = "drop_licence"
    DROP_SYNTAX = "drop_syntax"
    DROP_PYTHON = "drop_python"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The text around a completion. `multiline` None lets syntax decide; False forces one line.

    `recent_deletions` are texts the user has just removed: a suggestion that only puts one back is dropped. A `piece`
    is the beginning of a line that the user goes on typing: what it opens may stay open, and nothing is added to it.
    """

    prefix: str
    suffix: str
    language_id: str = ""
    path: str = ""
    multiline: bool | None = None
    max_lines: int = 40
    control_tokens: tuple[str, ...] = ()
    recent_deletions: tuple[str, ...] = ()
    piece: bool = False


@dataclass(frozen=True, slots=True)
class Processed:
    """What may be shown: `text` None means nothing.

    `replace_suffix_chars` code points after the cursor, on its line, are replaced on acceptance. `reasons` are
    the codes of every change and of the drop, in order.
    """

    text: str | None
    replace_suffix_chars: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to insert, how many characters after the cursor it replaces, and what has happened to it so far."""

    text: str
    replaced: int = 0
    reasons: tuple[Reason, ...] = ()

    def changed(self, text: str, reason: Reason) -> Candidate:
        """Return the candidate with another text, for a `reason`; itself when the text is the same."""
        return self if text == self.text else self.with_reason(reason, text=text)

    def with_reason(
        self, reason: Reason, *, text: str | None = None, replaced: int | None = None
    ) -> Candidate:
        """Return the candidate with one more reason, and another text or extent if given."""
        return replace(
            self,
            text=self.text if text is None else text,
            replaced=self.replaced if replaced is None else replaced,
            reasons=(*self.reasons, reason),
        )

    @property
    def is_dropped(self) -> bool:
        """Whether nothing of it may be shown; the last reason says why."""
        return bool(self.reasons) and self.reasons[-1].startswith("drop_")
