"""What passes between post-processing and the other rooms, and between its own filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

LONGEST_ANSWER: Final = 10_000
"""The characters of an answer that are looked at: a model that runs on, or lies, must not keep anybody busy."""
LONG_ANSWER: Final = 25
"""Lines from which on an answer that does not end where the block ends has drifted."""


class Reason(StrEnum):
    """One change or drop: its code, and in `says` what a person reads."""

    says: str

    def __new__(cls, code: str, says: str = "") -> Self:
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.says = says
        return reason

    CONTROL_TOKEN = "control_token", "control tokens were removed"
    THINKING = "thinking", "the model's thinking was removed"
    WRAPPER = "wrapper", "tags around the answer were removed"
    FENCE = "markdown_fence", "a code fence was removed"
    CHATTER = "chatter", "words around the code were removed"
    BAD_CHARACTERS = "bad_characters", "invisible or broken characters were removed"
    BAD_START = "bad_start", "a bullet or stray beginning was removed"
    PLACEHOLDER = "placeholder", "a placeholder was removed"
    ECHO = "echo", "what repeats the text before the cursor was removed"
    LEADING_SPACE = "leading_space", "white space at the start was removed"
    TRAILING_SPACE = "trailing_space", "white space at the end was removed"
    LINE_ENDINGS = "line_endings", "line ends are those of the file"
    SINGLE_LINE = "single_line", "cut to one line"
    MAX_LINES = "max_lines", "cut to the most lines allowed"
    UNIT_END = "unit_end", "cut where the statement ends"
    SCOPE_END = "scope_end", "cut where the block ends"
    COMMENT_END = "comment_end", "cut where the comment ends"
    LITERAL_END = "literal_end", "cut where the string ends"
    DRIFT = "drift", "cut where a long answer leaves the subject"
    REPETITION = "repetition", "a loop or copy was cut"
    DUPLICATE_KEY = "duplicate_key", "a duplicate key was removed"
    SUFFIX_OVERLAP = "suffix_overlap", "what repeats the rest of the line was removed"
    SUFFIX_LINES = "suffix_lines", "what repeats the lines below was removed"
    BRACKETS_CUT = "brackets_cut", "closing brackets too many were removed"
    BRACKETS_REPLACED = "brackets_replaced", "closing brackets after the cursor are replaced"
    REINDENTED = "reindented", "the indentation was corrected"
    REPAIRED_CLOSED = "repaired_closed", "what was left open was closed"
    REPAIRED_CUT = "repaired_cut", "cut where it still parses"
    REPAIRED_SEPARATOR = "repaired_separator", "a separator was added or removed"
    GATE_ADVISORY = "gate_advisory", "the grammar objects, but is known to have gaps"
    UNCHECKED = "unchecked", "no parser checked it"
    DROP_EMPTY = "drop_empty", "dropped: nothing is left of it"
    DROP_UNDECODED = "drop_undecoded", "dropped: it holds pieces of a tokenizer"
    DROP_REPEATS_ABOVE = "drop_repeats_above", "dropped: it repeats what is above"
    DROP_REPEATS_BELOW = "drop_repeats_below", "dropped: it repeats what is below"
    DROP_UNDOES = "drop_undoes", "dropped: it restores what was just deleted"
    DROP_BANNER = "drop_banner", "dropped: it is a drawn line or banner"
    DROP_SECRET = "drop_secret", "dropped: it holds a key or token"
    DROP_LICENCE = "drop_licence", "dropped: it is a licence header"
    DROP_SYNTAX = "drop_syntax", "dropped: the file would parse worse"
    DROP_PYTHON = "drop_python", "dropped: Python would refuse the file"


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
