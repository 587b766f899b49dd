"""The menu at a place: short, and every entry says that a model is asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

from segue_assist import Places, PromptLibrary
from segue_server.assist.code_actions import offers
from segue_syntax import Position, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def load(path):\n    data = path\n    return data\n"


def menu(
    first: int, end: int, *messages: str, library: PromptLibrary | None = None
) -> list[types.CodeAction]:
    extent = types.Range(types.Position(first, 0), types.Position(end, 0))
    problems = [types.Diagnostic(range=extent, message=message) for message in messages]
    params = types.CodeActionParams(
        types.TextDocumentIdentifier("file:///a.py"), extent, types.CodeActionContext(problems)
    )
    view: Any = SimpleNamespace(uri="file:///a.py", version=3, first_line=0)
    found = offers(
        Places(), Snapshot.of(CODE, language_id="python"), "a.py", Position(first, 0), Position(end, 0)
    )
    prompts = (library or PromptLibrary()).all()
    return found.actions(params, view, prompts, can_resolve=True)


@pytest.mark.parametrize(("first", "end"), [(0, 0), (1, 2), (0, 3), (1, 1)])
@pytest.mark.parametrize("problems", [(), ("undefined",), ("undefined", "unused", "too long", "bad name")])
def test_at_most_three_entries_and_all_ask_a_model(first: int, end: int, problems: tuple[str, ...]) -> None:
    actions = menu(first, end, *problems)
    assert 1 <= len(actions) <= 3
    for action in actions:
        assert action.tags == [types.CodeActionTag.LlmGenerated]


def test_a_change_of_ones_own_is_an_entry_and_one_that_needs_words_is_not(tmp_path: Path) -> None:
    (tmp_path / "simplify.md").write_text(
        "---\ntitle: Simplify\ninput: symbol\noutput: change\n---\n# User\nSimplify {{code}}"
    )
    library = PromptLibrary(user_dir=tmp_path)
    titles = [action.title for action in menu(0, 0, library=library)]
    assert "Simplify load" in titles
    assert not any(title.startswith("Edit") for title in titles)
    action = next(one for one in menu(0, 0, library=library) if one.title == "Simplify load")
    assert action.command is not None
    assert action.command.command == "segue.assist.edit"
    assert action.command.arguments is not None
    assert action.command.arguments[0]["action"] == "simplify"


def test_a_problem_can_be_mended_and_a_definition_tested() -> None:
    fix = next(one for one in menu(1, 1, "undefined") if one.title == "Fix by the model: undefined")
    assert fix.command is not None
    assert fix.command.command == "segue.assist.edit"
    assert fix.command.arguments[0]["action"] == "fix"
    assert fix.command.arguments[0]["diagnostic"] == "undefined"
    tests = next(one for one in menu(0, 0) if one.title == "Write tests for load")
    assert tests.command is not None
    assert tests.command.command == "segue.assist.tests"
