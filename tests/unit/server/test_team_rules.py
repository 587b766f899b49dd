"""The rules of a team on their way to a model: who is asked decides, and the user's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_context import ContextPlan
from segue_context.privacy import SendingRules
from segue_server.completion.prompting import prompt_of
from segue_server.completion.settings import pipeline_settings
from segue_server.completion.types import CompletionRequest
from segue_server.configuration import Settings
from segue_server.runtime.paths import Directories
from segue_server.workspace.trust import team_rules
from segue_syntax import Position, Snapshot

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def places(tmp_path: Path) -> Directories:
    return Directories(tmp_path / "config", tmp_path / "cache", tmp_path / "data")


@pytest.fixture
def root(tmp_path: Path, places: Directories) -> Path:
    places.prompts.mkdir(parents=True)
    places.rules_file.write_text("Mine.")
    root = tmp_path / "project"
    (root / ".segue" / "prompts").mkdir(parents=True)
    (root / ".segue" / "prompts" / "rules.md").write_text("Theirs.")
    (root / "AGENTS.md").write_text("For agents.")
    return root


def rules(settings: Settings, places: Directories, root: Path) -> str:
    return team_rules(settings, places, root, SendingRules(root)).text_for("a.py", 1000)


def settings_with(**sections: dict[str, object]) -> Settings:
    return Settings.model_validate(sections)


def test_a_project_s_rules_count_in_folders_that_the_user_trusts(places: Directories, root: Path) -> None:
    assert rules(Settings(), places, root) == "Mine."
    assert rules(settings_with(assist={"agent_instructions": True}), places, root) == "Mine."
    trusting = {"trusted_folders": [str(root.parent)]}
    assert rules(settings_with(assist=trusting), places, root) == "Mine.\n\nTheirs."
    both = settings_with(assist={**trusting, "agent_instructions": True})
    assert rules(both, places, root) == "Mine.\n\nTheirs.\n\nFor agents."
    beside = settings_with(assist={"trusted_folders": [f"{root}-other", str(root / "sub")]})
    assert rules(beside, places, root) == "Mine."


@pytest.mark.parametrize(
    ("model", "context", "told"),
    [
        ({"provider": "chat"}, {}, "r" * 2000),
        ({"provider": "anthropic"}, {"rules_chars": 500}, "r" * 500),
        ({"provider": "chat"}, {"rules_chars": 0}, ""),
        ({"provider": "openai"}, {}, ""),
        ({"provider": "llamacpp"}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_rules_are_read_for_models_that_follow_instructions(
    model: dict[str, object], context: dict[str, object], told: str
) -> None:
    request = CompletionRequest(
        Snapshot.of("x = "),
        Position(0, 4),
        path="a.py",
        may_leave=lambda _: True,
        team_rules="r".__mul__,
    )
    settings = pipeline_settings(settings_with(model=model, context=context))
    assert prompt_of(request, ContextPlan(), settings).rules == told
