"""The rules of a team: whose files count, in which order, within which budget, and what is kept back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from segue_context.privacy import SendingRules
from segue_context.team_rules import AGENT_RULES, COPILOT_RULES, PROJECT_RULES, TeamRules

if TYPE_CHECKING:
    from pathlib import Path

PLENTY = 10_000


@pytest.fixture
def user(tmp_path: Path) -> Path:
    path = tmp_path / "user" / "rules.md"
    put(path, "Prefer early returns.\n")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    put(root / PROJECT_RULES, "British spelling.\r\n")
    put(root / COPILOT_RULES, "Tests use pytest.\n")
    put(root / AGENT_RULES, "Run make check.\n")
    put(root / "api" / AGENT_RULES, "Handlers are async.\n")
    put(root / "api" / "v2" / AGENT_RULES, "No new fields here.\n")
    put(root / "web" / AGENT_RULES, "Use the design system.\n")
    return root


def put(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def of_project(root: Path, **options: object) -> TeamRules:
    return TeamRules(SendingRules(root), root=root, agents=True, **options)  # type: ignore[arg-type]


def test_nothing_is_said_without_files(tmp_path: Path) -> None:
    rules = TeamRules(SendingRules(tmp_path), user=tmp_path / "rules.md", root=tmp_path, agents=True)
    assert rules.text_for("a.py", PLENTY) == ""
    assert rules.problems() == []


def test_a_folder_that_is_not_trusted_says_nothing(user: Path, root: Path) -> None:
    rules = TeamRules(SendingRules(root), user=user, root=None, agents=True)
    assert rules.text_for("api/a.py", PLENTY) == "Prefer early returns."


def test_instructions_for_agents_count_where_the_user_wants_them(user: Path, root: Path) -> None:
    rules = TeamRules(SendingRules(root), user=user, root=root)
    assert rules.text_for("api/a.py", PLENTY) == "Prefer early returns.\n\nBritish spelling."


def test_general_rules_come_before_those_near_the_file(user: Path, root: Path) -> None:
    assert of_project(root, user=user).text_for("api/v2/a.py", PLENTY).split("\n\n") == [
        "Prefer early returns.",
        "British spelling.",
        "Tests use pytest.",
        "Run make check.",
        "Handlers are async.",
        "No new fields here.",
    ]


@pytest.mark.parametrize("path", ["", "../other/a.py", "/etc/a.py", "a.py"])
def test_a_file_outside_any_folder_has_the_root_s(root: Path, path: str) -> None:
    assert "Handlers" not in of_project(root).text_for(path, PLENTY)
    assert "Run make check." in of_project(root).text_for(path, PLENTY)


def test_a_small_budget_keeps_whole_lines_of_the_nearest(root: Path) -> None:
    put(root / "api" / AGENT_RULES, "".join(f"Rule number {n} of the interface.\n" for n in range(50)))
    rules = of_project(root)
    for budget in range(0, 2_000, 37):
        text = rules.text_for("api/a.py", budget)
        assert len(text) <= budget
        assert not text or text[-1] == "."
    assert rules.text_for("api/a.py", 120).startswith("British spelling.\n\nRule number 0")
    assert rules.text_for("api/a.py", 0) == ""


def test_one_long_line_is_cut_at_a_word(root: Path) -> None:
    put(root / PROJECT_RULES, "word " * 500)
    assert of_project(root).text_for("", 42) == "word word word word word word word word"


def test_one_text_under_two_names_is_said_once(root: Path) -> None:
    (root / COPILOT_RULES).unlink()
    (root / COPILOT_RULES).symlink_to(root / AGENT_RULES)
    assert of_project(root).text_for("", PLENTY).count("make check") == 1


def test_secrets_are_masked_and_denied_files_left_out(user: Path, root: Path) -> None:
    put(user, "The staging key is " + "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a.\n")
    put(root / ".segueignore", "AGENTS.md\n")
    text = of_project(root, user=user).text_for("api/a.py", PLENTY)
    assert "16C7e42F" not in text
    assert "make check" not in text
    assert "Handlers" not in text
    assert "British spelling." in text


@pytest.mark.parametrize("kind", ["link outside", "pipe", "device", "folder", "huge", "no text"])
def test_only_regular_files_of_the_project_are_read(tmp_path: Path, root: Path, kind: str) -> None:
    target = root / PROJECT_RULES
    target.unlink()
    if kind == "link outside":
        put(tmp_path / "secret.md", "Not of this project.\n")
        target.symlink_to(tmp_path / "secret.md")
    elif kind == "pipe":
        os.mkfifo(target)
    elif kind == "device":
        target.symlink_to("/dev/zero")
    elif kind == "folder":
        target.mkdir()
    else:
        put(target, b"x" * 2_000_000 if kind == "huge" else b"\xff\xfe\xfd" * 10)
    rules = of_project(root)
    assert rules.text_for("", PLENTY) == "Tests use pytest.\n\nRun make check."
    [problem] = rules.problems()
    assert problem.startswith(f"{PROJECT_RULES} is not used: ")
