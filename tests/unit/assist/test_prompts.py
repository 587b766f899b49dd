"""Prompts as data: layers, variables, and files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue_assist import VARIABLES, AssistError, PromptLibrary
from segue_context.privacy import SendingRules
from segue_context.team_rules import TeamRules

SHIPPED = [
    "ask",
    "ask-searches",
    "comment",
    "comment-lines",
    "commit-message",
    "edit",
    "explain",
    "explain-problem",
    "fix",
    "tests",
]


def test_the_shipped_prompts_are_complete() -> None:
    library = PromptLibrary()
    assert library.actions() == SHIPPED
    for prompt in library.all():
        assert prompt.system
        assert prompt.short
        assert prompt.needs > 0.135  # more than the embedded default
        assert prompt.origin == "default"
        filled = prompt.messages(dict.fromkeys(VARIABLES, "VALUE"), short=False)
        assert [message.role for message in filled] == ["system", "user"]
        assert "{{" not in "".join(message.content for message in filled)
        assert len(prompt.messages(dict.fromkeys(VARIABLES, "VALUE"), short=True)) == 1
        assert len(prompt.short) < len(prompt.system + prompt.user)


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text(text)


def test_the_project_wins_over_the_user_and_the_user_over_the_default(tmp_path: Path) -> None:
    user, project = tmp_path / "user", tmp_path / "project"
    write(user, "explain.md", "# User\nuser {{code}}")
    assert PromptLibrary(user_dir=user).get("explain").user == "user {{code}}"
    write(project, "explain.md", "# User\nproject {{code}}")
    both = PromptLibrary(user_dir=user, project_dir=project)
    assert both.get("explain").user == "project {{code}}"
    assert both.get("explain").origin.startswith("project: ")
    assert PromptLibrary(user_dir=user, project_dir=None).get("explain").user == "user {{code}}"


def test_rules_of_every_layer_are_added(tmp_path: Path) -> None:
    user, project = tmp_path / "user", tmp_path / "project"
    write(user, "rules.md", "No adverbs.\n")
    write(project / ".segue/prompts", "rules.md", "British spelling.\n")
    rules = TeamRules(SendingRules(project), user=user / "rules.md", root=project)
    library = PromptLibrary(user_dir=user, project_dir=project / ".segue/prompts", rules=rules)
    for action in SHIPPED:
        for short in (False, True):
            sent = "".join(m.content for m in library.get(action).messages({"code": "x"}, short=short))
            assert "No adverbs.\n\nBritish spelling." in sent
    assert "rules" not in library.actions()


def test_a_file_without_parts_is_the_user_s_message(tmp_path: Path) -> None:
    write(tmp_path, "poem.md", "A poem on {{code}}{{#name}} called {{name}}{{/name}}")
    prompt = PromptLibrary(user_dir=tmp_path).get("poem")
    assert prompt.title == "Poem"
    assert [m.content for m in prompt.messages({"code": "x"}, short=False)] == ["A poem on x"]
    assert prompt.messages({"code": "x", "name": "y"}, short=False)[0].content == "A poem on x called y"


def test_what_a_variable_holds_is_never_a_template(tmp_path: Path) -> None:
    write(tmp_path, "poem.md", "{{code}} {{name}}")
    prompt = PromptLibrary(user_dir=tmp_path).get("poem")
    filled = prompt.messages({"code": "{{name}} {{#name}}a{{/name}}", "name": "n"}, short=False)
    assert filled[0].content == "{{name}} {{#name}}a{{/name}} n"


BAD = {
    "unknown variable": "{{codes}}",
    "has no part": "# System\nx",
    "not closed": "---\ntitle: x\n# User\nx",
    "unknown field": "---\ncolour: red\n---\nx",
    "output must": "---\noutput: song\n---\nx",
    "input must": "---\ninput: dream\n---\nx",
    "malformed": "---\nneeds: big\n---\nx",
    "no `:`": "---\ntitle\n---\nx",
    "longer": "x" * 50_000,
}


@pytest.mark.parametrize(("why", "text"), BAD.items(), ids=BAD.keys())
def test_a_file_that_cannot_be_used_says_why_and_hides_nothing_else(
    tmp_path: Path, why: str, text: str
) -> None:
    write(tmp_path, "bad.md", text)
    library = PromptLibrary(user_dir=tmp_path)
    with pytest.raises(AssistError, match=why) as refusal:
        library.get("bad")
    assert refusal.value.reason == "bad_prompt"
    assert "bad.md" in refusal.value.message
    assert [prompt.action for prompt in library.all()] == SHIPPED


@pytest.mark.parametrize("name", ["dance", "../explain", "Explain", "", "a/b"])
def test_unknown_actions_are_refused(name: str) -> None:
    with pytest.raises(AssistError) as refusal:
        PromptLibrary().get(name)
    assert refusal.value.reason == "unknown_action"


def test_every_variable_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "assist.md").read_text("utf-8")
    for name in VARIABLES:
        assert f"`{name}`" in page
