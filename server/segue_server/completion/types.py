"""What goes into the completion pipeline and what comes out; nothing here knows LSP."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from segue_server.completion.reasons import sentence_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_context import ContextPlan, CopiedSuggestion, CursorQuery, Snippet
    from segue_postprocess import Cursor, Processed
    from segue_server.completion.anchor import Anchor
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.token_path import TokenPath
    from segue_syntax import Position, Snapshot

Engine = Literal["statistical", "model", "both", "none"]
Source = Literal["cache", "adopted", "fresh", "none"]


class Outlook(Protocol):
    """What the statistical engine says of one cursor."""

    def likeliest_path(self) -> list[str]:
        """Return beginnings of the likeliest way to go on, shortest first."""

    def chance(self, text: str) -> float:
        """Return the chance that the user goes on with exactly `text`, whatever follows it."""

    def lines(self, limit: int) -> list[CopiedSuggestion]:
        """Return whole lines, likeliest first."""

    def sources(self, text: str) -> tuple[Snippet, ...]:
        """Return the places where the code goes on with `text`, best first."""


class ContextSource(Protocol):
    """The context engine of one workspace root: blocking, thread-safe, milliseconds."""

    def plan(self, query: CursorQuery, budget_chars: int) -> ContextPlan:
        """Return the snippets to show a model."""

    def outlook(self, query: CursorQuery) -> Outlook:
        """Return what the statistical engine would type, and how likely each beginning of it is."""

    def extended(
        self, query: CursorQuery, first: CopiedSuggestion, max_lines: int, least: float
    ) -> CopiedSuggestion:
        """Return a line with the lines that follow it, as long as the chance of them all is at least `least`."""

    def judge(self, query: CursorQuery, text: str) -> float:
        """Return the chance that a model's answer is exactly right, by the code around alone."""


class StreamStop(Protocol):
    """Tells, chunk by chunk, when an answer is complete."""

    @property
    def done(self) -> bool:
        """Whether nothing after this can be part of the answer."""

    def feed(self, chunk: str) -> str:
        """Take a chunk and return the text that is safe to keep."""

    def finish(self) -> str:
        """Say that the answer has ended and return what was held back."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Post-processing, handed in so that the pipeline can be tested without grammars.

    `prepare` does ahead what the other two need to know of a cursor.
    """

    prepare: Callable[[Cursor], None]
    process: Callable[[Cursor, str], Processed]
    stream_filter: Callable[[Cursor], StreamStop]

    @classmethod
    def standard(cls) -> Cleaning:
        """Return Segue's own."""
        from segue_postprocess import StreamFilter, prepare, process

        return cls(prepare, process, StreamFilter)


@dataclass(frozen=True, slots=True)
class Popup:
    """The selected entry of the editor's completion popup: `text` would replace `start`..`end`.

    Without an `end`, or with one before the cursor, that is the cursor.
    """

    start: Position
    text: str
    end: Position | None = None

    def end_column(self, cursor: Position) -> int:
        """Return where the text that the entry replaces ends, on the cursor's line."""
        same_line = self.end is not None and self.end.line == cursor.line
        return max(cursor.column, self.end.column) if self.end is not None and same_line else cursor.column


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One moment at which a suggestion is wanted.

    `path` is relative to the workspace root ("" for a buffer without a file); `denied` is the reason why the file
    must not be completed in, "" if it may; `may_leave` tells of other files of the workspace whether their text may be
    sent. `team_rules` reads the rules that hold for this file, within a budget of characters. `can_refresh` means that the client asks again when told to.
    """

    snapshot: Snapshot
    position: Position
    may_leave: Callable[[str], bool] = field(kw_only=True)
    path: str = ""
    repository: str = ""
    context: ContextSource | None = None
    explicit: bool = False
    popup: Popup | None = None
    after_deletion: bool = False
    recent_deletions: tuple[str, ...] = ()
    denied: str = ""
    team_rules: Callable[[int], str] = lambda _: ""
    can_refresh: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The model's answer after post-processing, before the engines are weighed.

    `logprobs` are those of the model's tokens, empty where unknown; `path` are the tokens themselves where they were
    asked for only as far as they are likely.
    """

    text: str
    replace_suffix_chars: int = 0
    logprobs: tuple[float, ...] = ()
    model: str = ""
    path: TokenPath | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is shown: `text` at the cursor, replacing `replace_suffix_chars` code points after it on its line."""

    text: str
    engine: Engine
    confidence: float
    replace_suffix_chars: int = 0
    model: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown, or None and the code of why not; `postprocess` as in `CompletionAnswer`."""

    suggestion: Suggestion | None
    reason: str = ""
    postprocess: tuple[str, ...] = ()


@dataclass(slots=True)
class StepTimes:
    """How long each step took, in ms, and when the request began."""

    started: float = field(default_factory=perf_counter)
    steps: dict[str, float] = field(default_factory=dict)

    def add(self, step: str, since: float) -> float:
        """Add the time from `since` to now to a step; returns now."""
        now = perf_counter()
        self.steps[step] = self.steps.get(step, 0.0) + (now - since) * 1000
        return now

    @property
    def total_ms(self) -> float:
        """Time since the request began."""
        return (perf_counter() - self.started) * 1000


@dataclass(frozen=True, slots=True)
class CompletionAnswer:
    """The suggestions, best first; without any, `reason` is the code of why.

    `postprocess` are the codes of what post-processing did to the answer, or to the best one that was dropped
    (docs/postprocessing.md).
    """

    suggestions: tuple[Suggestion, ...] = ()
    reason: str = ""
    source: Source = "none"
    context: tuple[Snippet, ...] = ()
    render: Callable[[], str] | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    total_ms: float = 0.0
    model_ms: float = 0.0
    postprocess: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """The exact text that the model was asked, "" when it was not."""
        return self.render() if self.render is not None else ""

    @property
    def engine(self) -> Engine:
        """The engine of the first suggestion."""
        return self.suggestions[0].engine if self.suggestions else "none"

    @property
    def confidence(self) -> float:
        """The confidence of the first suggestion, 0..1."""
        return self.suggestions[0].confidence if self.suggestions else 0.0

    def history(self) -> dict[str, Any]:
        """Return how the answer came about, in the spelling of the protocol."""
        from segue_postprocess import Reason

        return {
            "engine": self.engine,
            "text": self.suggestions[0].text if self.suggestions else "",
            "confidence": round(self.confidence, 3),
            "reasons": [self.reason] if self.reason else [],
            "reasonMessages": [sentence_of(self.reason)] if self.reason else [],
            "postprocess": list(self.postprocess),
            "postprocessMessages": [Reason(code).says for code in self.postprocess],
            "cached": self.source == "cache",
            "source": self.source,
            "context": [
                {
                    "path": snippet.path,
                    "startLine": snippet.start_line,
                    "endLine": snippet.end_line,
                    "source": snippet.source,
                }
                for snippet in self.context
            ],
            "timingsMs": {
                **{step: round(milliseconds, 2) for step, milliseconds in self.timings_ms.items()},
                "total": round(self.total_ms, 2),
            },
            "prompt": self.prompt,
        }


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """A request on its way to the engines: where it stands, and under which settings."""

    request: CompletionRequest
    anchor: Anchor
    settings: PipelineSettings


def silent(reason: str, times: StepTimes) -> CompletionAnswer:
    """Return the answer that shows nothing, and why."""
    return CompletionAnswer(reason=reason, timings_ms=times.steps, total_ms=times.total_ms)
