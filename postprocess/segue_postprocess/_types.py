"""What passes between post-processing and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_ANSWER: Final = 10_000
"""The characters of an answer that are looked at: a model that runs on, or lies, must not keep anybody busy."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The text around a completion. `multiline` None lets syntax decide; False forces one line.

    `recent_deletions` are texts the user has just removed: a suggestion that only puts one back is dropped.
    """

    prefix: str
    suffix: str
    language_id: str = ""
    path: str = ""
    multiline: bool | None = None
    max_lines: int = 40
    control_tokens: tuple[str, ...] = ()
    recent_deletions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Processed:
    """What may be shown: `text` None means nothing.

    `replace_suffix_chars` code points after the cursor, on its line, are replaced on acceptance. `reasons` are
    the codes of every change and of the drop, in order. `unknown_names` are names in `text` that exist nowhere
    as far as the caller's `known_name` can tell; each makes the suggestion less credible.
    """

    text: str | None
    replace_suffix_chars: int = 0
    reasons: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()

    @property
    def credibility(self) -> float:
        """A factor for the confidence of the suggestion: 1.0, less for every unknown name."""
        return 0.7 ** len(self.unknown_names)
