"""What is written down of suggestions: displays as the client tells them, or as they were given."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from segue_server.completion.feedback import Feedback
from segue_server.completion.types import CompletionAnswer, Suggestion

if TYPE_CHECKING:
    from segue_server.activity import ActivityLog, Event
    from segue_server.completion.completer import Completer


class Completions:
    """Knows every suggestion and has nothing to compute."""

    def given(self, suggestion_id: str) -> tuple[str, Suggestion]:
        return "python", Suggestion("total", "model", 0.9, id=suggestion_id)

    def prefetch(self, suggestion_id: str, version: int | None = None) -> None:
        pass


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def feedback(events: list[Event]) -> Feedback:
    log = cast("ActivityLog", SimpleNamespace(record=events.append))
    return Feedback(cast("Completer", Completions()), log)


async def test_what_is_given_counts_as_displayed_until_the_client_tells(
    feedback: Feedback, events: list[Event], fakes: Any
) -> None:
    request = fakes.Bench().request("x = |")
    for name in ("a", "b"):
        feedback.answered(request, answer(name))
    assert displayed(events) == ["a", "b"]
    feedback.shown("b")
    feedback.answered(request, answer("b"))
    feedback.answered(request, answer("c"))
    feedback.answered(request, answer("d"))
    assert displayed(events) == ["a", "b"]
    feedback.shown("d")
    feedback.shown("d")
    assert displayed(events) == ["a", "b", "d"]


def answer(name: str) -> CompletionAnswer:
    return CompletionAnswer((Suggestion("total", "model", 0.9, id=name),), total_ms=3)


def displayed(events: list[Event]) -> list[str]:
    return [event.suggestion for event in events if event.kind == "display"]
