"""Checking what an answer says against the repository: a sentence whose citation does not hold is not shown.

A sentence is kept when every file and line that it cites exists, and every name in it occurs in the cited lines. Where a
name occurs elsewhere in the repository only, the sentence is marked; where it occurs nowhere, or a citation leads
nowhere, the sentence is dropped. Code in a fence is kept as it is where the places shown hold every line of it; other code
is marked as not the repository's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segue_assist._types import Privacy
    from segue_context import WorkspaceReader
    from segue_context.search import Place

_LINES = r":L?(\d+)(?:\s*[-–]\s*L?(\d+))?"
_CITATION = re.compile(
    rf"\[`?([^\[\]`\n:]+){_LINES}`?\](?:\([^()\s]*\))?|`?([\w@+~.-]*[/.][\w@+~./-]*){_LINES}`?"
)
_SPAN = re.compile(r"`([^`\n]+)`")
_IDENTIFIER = re.compile(r"[^\W\d]\w{2,}")
_CODE_LIKE = re.compile(r"[A-Za-z_][\w.:#>-]*(?:\(.*\))?")
_MARK = " *(the cited lines do not show {})*"
_NOT_QUOTED = "*(this code is not in the places shown{})*"
_FENCES = ("```", "~~~")
_CALLED = re.compile(r"\b([A-Za-z_]\w{2,})\s*\(")
_LINE_NUMBER = re.compile(r"^\s*\d+\| ?")
_LONGEST_CITATION = 400
_NEAR_LINES = 3


@dataclass(frozen=True, slots=True)
class Citation:
    """Lines `start_line`..`end_line` (0-based, exclusive) of `path`, which exist."""

    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """What is shown of a sentence: `text` with links, "" when it was dropped for the reason `dropped`."""

    text: str
    citations: tuple[Citation, ...] = ()
    dropped: str = ""


class CitationCheck:
    """Checks the sentences of one answer. `link` makes a link of a path and a 0-based line."""

    def __init__(
        self,
        reader: WorkspaceReader,
        privacy: Privacy,
        places: Iterable[Place],
        link: Callable[[str, int], str],
    ) -> None:
        self._reader = reader
        self._privacy = privacy
        self._link = link
        self._shown = {place.path for place in places}
        self._known: dict[str, bool] = {}
        self._quotable: set[str] | None = None

    def checked(self, sentence: str) -> CheckedSentence:
        """Return what may be shown of a sentence, or of any other piece of an answer."""
        if sentence.lstrip().startswith(_FENCES):
            return CheckedSentence(self._checked_code(sentence))
        citations: list[Citation] = []
        for match in _CITATION.finditer(sentence):
            citation = self._citation(match)
            if citation is None:
                path, start, _ = _parts(match)
                return CheckedSentence("", dropped=f"{path}:{start} does not exist")
            citations.append(citation)
        names = self._names(sentence)
        missing = [name for name in names if not self._exists(name)]
        if missing:
            return CheckedSentence("", dropped=f"{missing[0]} occurs nowhere in this repository")
        text = _CITATION.sub(self._linked, sentence)
        if citations:
            cited = " ".join(self._cited_text(citation) for citation in citations)
            elsewhere = [name for name in names if not _occurs(name, cited)]
            if elsewhere:
                text = _with_mark(text, _MARK.format(f"`{elsewhere[0]}`"))
        return CheckedSentence(text, tuple(citations))

    def _checked_code(self, block: str) -> str:
        """Return a fenced block, marked where it is not code of the places shown."""
        code = [_squeezed(line) for line in block.strip().split("\n")[1:] if not line.startswith(_FENCES)]
        if self._quotable is None:
            self._quotable = {_squeezed(line) for path in self._shown for line in self._lines(path) or ()}
        if all(not line or line in self._quotable for line in code):
            return block
        called = dict.fromkeys(_CALLED.findall("\n".join(code)))
        unknown = [name for name in called if not self._exists(name)]
        nowhere = f"; `{unknown[0]}` occurs nowhere in it" if unknown else ""
        return f"{block.rstrip()}\n\n{_NOT_QUOTED.format(nowhere)}\n"

    def _citation(self, match: re.Match[str]) -> Citation | None:
        path, start, end = _parts(match)
        lines = self._lines(path)
        if lines is None or not 1 <= start <= end <= len(lines) or end - start > _LONGEST_CITATION:
            return None
        return Citation(path, start - 1, end)

    def _lines(self, path: str) -> list[str] | None:
        text = self._reader.read_text(path)
        if text is None or self._privacy.refusal(path, text):
            return None
        return text.split("\n")

    def _cited_text(self, citation: Citation) -> str:
        lines = self._lines(citation.path) or []
        first = max(0, citation.start_line - _NEAR_LINES)
        return "\n".join([citation.path, *lines[first : citation.end_line + _NEAR_LINES]])

    def _linked(self, match: re.Match[str]) -> str:
        path, start, end = _parts(match)
        lines = f"{start}" if start == end else f"{start}-{end}"
        return f"[`{path}:{lines}`]({self._link(path, start - 1)})"

    def _names(self, sentence: str) -> list[str]:
        """Return the identifiers that a sentence puts in backticks, without those of its citations."""
        names: dict[str, None] = {}
        for span in _SPAN.findall(_CITATION.sub(" ", sentence)):
            if _CODE_LIKE.fullmatch(span.strip()) and "/" not in span:
                names.update(dict.fromkeys(_IDENTIFIER.findall(span.split("(")[0])))
        return list(names)

    def _exists(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = bool(
                self._reader.definitions(name, limit=1)
                or self._reader.files_with([name], limit=1)
                or any(_occurs(name, self._reader.read_text(path) or "") for path in self._shown)
                or any(name in path for path in self._shown)
            )
        return self._known[name]


class SentenceStream:
    """Cuts streamed Markdown into pieces that are checked as wholes: sentences, lines, and fenced blocks."""

    _END = re.compile(r"(?<=[.!?])[\"')]*[ \t]+|(?<=[。！？])|\n")

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """Return the pieces that are complete, each with the white space that follows it."""
        self._held += piece
        done = []
        while (end := self._next_end()) is not None:
            done.append(self._held[:end])
            self._held = self._held[end:]
        return done

    def finish(self) -> list[str]:
        """Return what was held back."""
        rest, self._held = self._held, ""
        return [rest] if rest else []

    def _next_end(self) -> int | None:
        if self._held.lstrip().startswith(_FENCES):
            mark = self._held.lstrip()[:3]
            closing = self._held.find("\n" + mark, self._held.find(mark) + 3)
            line_end = self._held.find("\n", closing + 1) if closing >= 0 else -1
            return line_end + 1 if line_end >= 0 else None
        for match in self._END.finditer(self._held):
            if match[0] == "\n":
                return match.end()
            if match.end() < len(self._held) and not _is_inside_brackets(self._held[: match.start()]):
                return self._with_citation(match.end())
        return None

    def _with_citation(self, end: int) -> int | None:
        """Return `end`, or the end of a citation that follows the sentence; None while that is open."""
        rest = self._held[end:]
        if not rest.startswith("[") or self._held[end - 1 : end] == "\n":
            return end
        closing = rest.find("]")
        if closing < 0:
            return None if len(rest) < 200 else end
        if not _CITATION.fullmatch(rest[: closing + 1]):
            return end
        after = end + closing + 1
        while after < len(self._held) and self._held[after] in " \t.":
            after += 1
        return self._with_citation(after) if after < len(self._held) else None


def _parts(match: re.Match[str]) -> tuple[str, int, int]:
    """Return the path of a citation and its first and last line, counted from 1."""
    path, start, end = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
    return path.strip().removeprefix("./"), int(start), int(end or start)


def _squeezed(line: str) -> str:
    """Return a line of code without the number that the places are shown with, and with single spaces."""
    return " ".join(_LINE_NUMBER.sub("", line).split())


def _is_inside_brackets(text: str) -> bool:
    return text.rfind("[") > text.rfind("]") or text.count("`") % 2 == 1


def _occurs(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _with_mark(text: str, mark: str) -> str:
    stripped = text.rstrip()
    return stripped + mark + text[len(stripped) :]
