"""Commit messages in a repository's own style, from what is staged."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from segue_assist import AssistError
from segue_assist._commit import learn_style, message_from_answer
from segue_assist._diffs import shown_diff, split_diff

if TYPE_CHECKING:
    from pathlib import Path

CONVENTIONAL = [
    "fix(api): handle empty lists",
    "feat: add paging",
    "docs(readme): mend a link",
    "chore: bump version",
]
IMPERATIVE = ["Add paging", "Fix the crash on empty lists", "Rename the parser", "Document the format"]
PAST = ["Added paging.", "Fixed the crash.", "Renamed the parser.", "Documented the format."]
AREA = ["net/http: fix a leak", "runtime: scan less", "cmd/go: print versions", "net: close sockets"]


def test_habits_are_learned() -> None:
    style = learn_style(CONVENTIONAL)
    assert style.conventional == 1
    assert "Conventional Commits" in style.in_words()
    assert "lower case" in style.in_words()
    assert "imperative" in learn_style(IMPERATIVE).in_words()
    assert "a capital" in learn_style(IMPERATIVE).in_words()
    assert "past tense" in learn_style(PAST).in_words()
    assert "ends with a full stop" in learn_style(PAST).in_words()
    assert "part of the code" in learn_style(AREA).in_words()
    assert learn_style([]).in_words()


MENDED = [
    (CONVENTIONAL, "feat(api): Add sorting.", "feat(api): add sorting"),
    (IMPERATIVE, "feat: add sorting.", "Add sorting"),
    (PAST, "Added sorting", "Added sorting."),
    (AREA, "net: Add sorting.", "net: add sorting"),
    (IMPERATIVE, '```\n"Add sorting"\n```', "Add sorting"),
    (IMPERATIVE, "Here is the commit message:\n\nAdd sorting\n\nBecause.", "Add sorting\n\nBecause."),
    (IMPERATIVE, "**Add sorting**", "Add sorting"),
    (IMPERATIVE, "Subject: Add sorting", "Add sorting"),
    (IMPERATIVE, "<think>hm</think>Add sorting", "Add sorting"),
    (IMPERATIVE, "HTTP is faster", "HTTP is faster"),
]


@pytest.mark.parametrize(("log", "answer", "message"), MENDED)
def test_answers_are_mended_to_the_style(log: list[str], answer: str, message: str) -> None:
    assert message_from_answer(answer, learn_style(log)) == message


BAD = {
    IMPERATIVE[0]: "prose",
    "": "empty_answer",
    "I cannot see the diff you are talking about.": "prose",
    "The diff shows that a file is changed.": "prose",
    "diff --git a/a b/a": "prose",
    "This does. That too. And more of it still. And so on it goes.": "prose",
}


@pytest.mark.parametrize(("answer", "reason"), BAD.items())
def test_other_answers_are_refused(answer: str, reason: str) -> None:
    with pytest.raises(AssistError) as refusal:
        message_from_answer(answer, learn_style(IMPERATIVE))
    assert refusal.value.reason == reason


def test_a_subject_cut_off_is_refused() -> None:
    with pytest.raises(AssistError):
        message_from_answer("Add sor", learn_style(IMPERATIVE), cut=True)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.email", "a@example.org")
    git(tmp_path, "config", "user.name", "A")
    for number, subject in enumerate(CONVENTIONAL):
        (tmp_path / "a.txt").write_text(f"{number}\n")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", subject)
    return tmp_path


async def test_the_staged_change_becomes_a_message(kit: Any, repository: Path) -> None:
    (repository / "b.py").write_text("password = 'hunter2'\n")
    (repository / "secret.txt").write_text("k3y\n")
    git(repository, "add", ".")
    (repository / "a.txt").write_text("not staged\n")
    chat = kit.Chat("feat: Add b.")
    assistant = kit.assistant_for(chat)
    question = assistant.prepare_commit_message(repository)
    message, usage = await assistant.commit_message(question)
    assert message == "feat: add b"
    assert usage.model == "chat/test-7b"
    assert question.left_out == ("secret.txt",)
    assert "fix(api): handle empty lists" in chat.prompt
    for hidden in ("hunter2", "k3y", "not staged"):
        assert hidden not in chat.prompt


def test_nothing_staged_and_no_repository_are_one_sentence(
    kit: Any, repository: Path, tmp_path: Path
) -> None:
    assistant = kit.assistant_for(kit.Chat("x"))
    with pytest.raises(AssistError) as refusal:
        assistant.prepare_commit_message(repository)
    assert refusal.value.reason == "nothing_staged"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(AssistError) as refusal:
        assistant.prepare_commit_message(elsewhere)
    assert refusal.value.reason == "not_a_repository"


class Open:
    def refusal(self, path: str, text: str) -> str:
        return ""

    def mask(self, text: str) -> str:
        return text


def test_every_file_of_a_large_diff_is_shown_in_part() -> None:
    def part(name: str, rows: int) -> str:
        body = "\n".join(f"+line {row}" for row in range(rows))
        return f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -0,0 +1,{rows} @@\n{body}\n"

    changes = split_diff(part("big.py", 4000) + part("small.py", 3) + part("yarn.lock", 900))
    shown, files, denied = shown_diff(changes, Open(), 3000)
    assert len(shown) <= 3100
    assert "small.py" in shown
    assert "+line 2" in shown
    assert "big.py" in shown
    assert "more lines of this file" in shown
    assert "yarn.lock" not in shown
    assert "big.py (+4000 -0)" in files
    assert denied == []
