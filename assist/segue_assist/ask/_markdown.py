"""Answers as Markdown: the page that a terminal, an editor and a chat show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue_context import WorkspaceReader
    from segue_context.search import Place, SearchResult

_MOST_SHOWN_CHARS = 160
_MOST_COMMITS = 10


def places_markdown(
    result: SearchResult, reader: WorkspaceReader, link: Callable[[str, int], str], mask: Callable[[str], str]
) -> str:
    """Return what the index alone answers: places with signature, matching lines and why; commits; or the refusal."""
    parts = []
    if result.note:
        parts.append(f"*{result.note}*")
    if result.refused:
        parts.append(f"{result.reason} Nearest to it are:" if result.places else result.reason)
    if result.commits:
        rows = [
            f"- {commit.date} `{commit.sha[:10]}` {_plain(commit.subject)} ({_plain(commit.author)})"
            for commit in result.commits[:_MOST_COMMITS]
        ]
        parts.append("\n".join(rows))
    if result.facets:
        listed = "\n".join(f"- {facet}" for facet in result.facets)
        parts.append(f"Several parts of the repository fit. Which of these?\n\n{listed}")
    parts.extend(
        _place_markdown(number, place, reader, link, mask) for number, place in enumerate(result.places, 1)
    )
    return "\n\n".join(parts) + "\n"


def _place_markdown(
    number: int,
    place: Place,
    reader: WorkspaceReader,
    link: Callable[[str, int], str],
    mask: Callable[[str], str],
) -> str:
    name = f" `{_plain(place.signature or place.symbol)}`" if place.symbol else ""
    rows = [
        f"{number}. [`{place.where}`]({link(place.path, place.start_line)}){name}",
        f"   *{_plain(place.why)}*",
    ]
    lines = (reader.read_text(place.path) or "").split("\n")
    shown = ((line, mask(lines[line]).strip()) for line in place.lines if line < len(lines))
    rows.extend(f"   - {line + 1}: `{_plain(text)}`" for line, text in shown if text)
    return "\n".join(rows)


def thread_text(thread: Sequence[tuple[str, str]], most_chars: int) -> str:
    """Return the questions and answers before, the latest in full as far as they fit."""
    kept: list[str] = []
    for question, answer in reversed(thread):
        turn = f"Question: {question}\nAnswer: {answer}"
        if len(turn) > most_chars:
            break
        most_chars -= len(turn)
        kept.append(turn)
    return "\n\n".join(reversed(kept))


def _plain(text: str) -> str:
    """Return text of a repository on one line, such that it cannot end a code span or begin other Markdown."""
    line = " ".join(text.replace("`", "'").split())
    line = line if len(line) <= _MOST_SHOWN_CHARS else line[: _MOST_SHOWN_CHARS - 1] + "…"
    return line.replace("<", "‹").replace("![", "! [")
