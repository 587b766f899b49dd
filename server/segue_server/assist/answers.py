"""Answers to questions about a repository in the spelling of `segue ask --json` and `segue/ask`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_assist.ask import AskAnswer, Citation
    from segue_context.search import Place, SearchResult


def ask_fields(answer: AskAnswer) -> dict[str, Any]:
    """Return an answer for the command line: lines count from 1, and ends are inclusive."""
    return {
        **_found_fields(answer.search, _lines),
        "markdown": answer.markdown,
        "answer": answer.answer,
        "citations": [{"path": citation.path, **_lines(citation)} for citation in answer.citations],
        "dropped": list(answer.dropped),
        "searches": list(answer.searches),
        "note": answer.note or answer.search.note,
    }


def ask_message(answer: AskAnswer, uri_of: Callable[[str], str]) -> dict[str, Any]:
    """Return an answer for an editor: places as URIs with ranges of the protocol."""
    ranges = _ranges(uri_of)
    return {
        **found_message(answer.search, uri_of),
        "markdown": answer.markdown,
        "answer": answer.answer,
        "citations": [{"path": citation.path, **ranges(citation)} for citation in answer.citations],
        "searches": list(answer.searches),
        "note": answer.note or answer.search.note,
    }


def found_message(result: SearchResult, uri_of: Callable[[str], str]) -> dict[str, Any]:
    """Return what the index found for an editor, before a model has answered."""
    return _found_fields(result, _ranges(uri_of))


def _found_fields(
    result: SearchResult, extent: Callable[[Place | Citation], dict[str, Any]]
) -> dict[str, Any]:
    return {
        "intent": result.intent.value,
        "refused": result.refused,
        "reason": result.reason,
        "note": result.note,
        "certainty": round(result.certainty, 3),
        "places": [
            {
                "path": place.path,
                **extent(place),
                "symbol": place.symbol,
                "signature": place.signature,
                "kind": place.kind,
                "container": place.container,
                "score": place.score,
                "why": place.why,
            }
            for place in result.places
        ],
        "facets": list(result.facets),
        "commits": [
            {
                "sha": commit.sha,
                "date": commit.date,
                "author": commit.author,
                "subject": commit.subject,
                "body": commit.body,
            }
            for commit in result.commits
        ],
    }


def _lines(place: Place | Citation) -> dict[str, Any]:
    return {"startLine": place.start_line + 1, "endLine": place.end_line}


def _ranges(uri_of: Callable[[str], str]) -> Callable[[Place | Citation], dict[str, Any]]:
    def extent(place: Place | Citation) -> dict[str, Any]:
        return {
            "uri": uri_of(place.path),
            "range": {
                "start": {"line": place.start_line, "character": 0},
                "end": {"line": place.end_line, "character": 0},
            },
        }

    return extent
