"""What passes between the context engine and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class CursorQuery:
    """A cursor and the unsaved text around it.

    `path` is relative to the workspace root with forward slashes ("" for a buffer without a file). Nothing
    that the index knows about `path` is ever used: the file's content is `prefix + suffix`.
    """

    path: str
    language_id: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of repository text, lines `start_line` (0-based) to `end_line` (exclusive).

    `source` names the retriever that found it; `score` orders snippets of one answer and means nothing else.
    """

    path: str
    start_line: int
    end_line: int
    text: str
    source: str
    score: float


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """The snippets to show a model, in prompt order (most useful last, next to the prefix)."""

    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class CopiedSuggestion:
    """What the statistical engine would type next.

    `confidence` is calibrated: the chance, 0..1, that the first line is exactly what the user types.
    `sources` are the places it was copied from, best first.
    """

    text: str
    confidence: float
    sources: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: `line`..`end_line` (0-based, exclusive) is its whole extent, `column` that of its name.

    `kind` is one of function, method, class, interface, enum, struct, trait, type, constant, variable, field,
    module, macro. `signature` is the head of the definition as written, `container` the enclosing symbol's name.
    """

    name: str
    kind: str
    path: str
    line: int
    column: int
    end_line: int
    signature: str
    container: str = ""
    doc: str = ""
    name_line: int = -1


@dataclass(frozen=True, slots=True)
class Import:
    """A name brought into a file at `line`: `target` is the repository file it comes from, "" if none does."""

    name: str
    module: str
    line: int
    target: str = ""
    alias: str = ""


class WorkspaceReader(Protocol):
    """What the index and the open documents know of one workspace root; unsaved text always wins.

    Paths are relative to `root`, with forward slashes. Every method is safe to call from any thread, answers
    from what is indexed so far, and returns an empty answer rather than raising when nothing is known.
    """

    @property
    def root(self) -> Path | None:
        """The folder, or None for files outside any workspace."""

    def read_text(self, path: str) -> str | None:
        """Return the current text; None when it is missing, binary, too large or denied."""

    def files(self) -> Sequence[str]:
        """Return the paths of all files known."""

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        """Return the paths of files in which all of the identifiers `words` occur."""

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Snippet]:
        """Return the best-matching windows of lines for the identifiers `words` (BM25), best first."""

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        """Return the definitions of `name`."""

    def symbols_in(self, path: str) -> list[Symbol]:
        """Return the definitions in a file, in order."""

    def imports_of(self, path: str) -> list[Import]:
        """Return what a file imports."""

    def importers_of(self, path: str) -> list[str]:
        """Return the paths of files that import from `path`."""
