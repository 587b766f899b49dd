"""Which model writes next edits, and in which way it is asked."""

from __future__ import annotations

import pytest

from segue_server.configuration import Settings
from segue_server.next_edits.model_choice import way_of


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        ({}, ""),
        ({"next_edit": {"model": "on"}}, "completion"),
        ({"model": {"provider": "llamacpp"}}, "completion"),
        ({"model": {"provider": "llamacpp"}, "next_edit": {"model": "off"}}, ""),
        ({"model": {"provider": "chat"}}, "completion as chat"),
        ({"model": {"provider": "anthropic", "name": "claude-haiku"}}, "completion as chat"),
        ({"model": {"provider": "llamacpp"}, "chat": {"provider": "anthropic"}}, "chat"),
        ({"chat": {"provider": "embedded"}}, ""),
        ({"model": {"provider": "openai", "name": "zeta"}, "chat": {"provider": "chat"}}, "completion"),
    ],
)
def test_the_model_that_writes_next_edits(settings: dict[str, object], way: str) -> None:
    assert way_of(Settings.model_validate(settings)) == way
