"""What the actions are asked about and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from segue_syntax import Range, Snapshot


@dataclass(frozen=True, slots=True)
class Target:
    """A text and the part of it that an action is about.

    `path` is relative to the workspace root ("" outside). `extent` is None for the whole file; an extent that
    starts and ends at the same place means the symbol around that place. `diagnostic` is the message of a problem
    reported there, `explicit` is set when the user selected the extent themselves.
    """

    snapshot: Snapshot
    path: str
    extent: Range | None = None
    diagnostic: str = ""
    explicit: bool = True

    @property
    def language_id(self) -> str:
        """The language of the text."""
        return self.snapshot.language_id


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost: tokens where the model server tells them, times in milliseconds."""

    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    first_token_ms: float = 0.0
    prepare_ms: float = 0.0
    total_ms: float = 0.0
    prompt_chars: int = 0

    def fields(self) -> dict[str, float | int]:
        """Return everything but the model in the spelling of the protocol and of `--json`."""
        return {
            "promptTokens": self.prompt_tokens,
            "answerTokens": self.answer_tokens,
            "firstTokenMs": round(self.first_token_ms, 1),
            "prepareMs": round(self.prepare_ms, 1),
            "totalMs": round(self.total_ms, 1),
            "promptChars": self.prompt_chars,
        }


@dataclass(frozen=True, slots=True)
class CommentEdit:
    """An edit that adds or replaces comments and nothing else: `extent` of the snapshot becomes `text`.

    `notes` are sentences for the user about what was left out of the model's answer, and why.
    """

    extent: Range
    text: str
    title: str
    version: int
    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def applied_to(self, snapshot: Snapshot) -> str:
        """Return the text of `snapshot`, which must be the one the edit was made for, with the edit in it."""
        return snapshot.replaced([(self.extent, self.text)])


class Privacy(Protocol):
    """What may be sent to a model."""

    def refusal(self, path: str, text: str) -> str:
        """Return why the file at `path` may not be sent, or "" when it may."""

    def mask(self, text: str) -> str:
        """Return `text` with secrets blotted out."""
