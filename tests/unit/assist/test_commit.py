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


def revision(root: Path, name: str) -> str:
    told = subprocess.run(["git", "-C", str(root), "rev-parse", name], check=True, capture_output=True)
    return told.stdout.decode().strip()


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


OPTIONS = [
    "Option 1:\nAdd retries\n\nOption 2:\nRetry on failure\n",
    "Here are two options:\n\n1. Add retries\n2. Retry on failure",
    "**Option A**\n\n```\nAdd retries\n```\n\n**Option B**\n\n```\nRetry\n```",
    "1) Add retries\n2) Retry on failure\n3) Be robust",
    "### Choice 1\nAdd retries\n\n### Choice 2\nRetry",
]


@pytest.mark.parametrize("answer", OPTIONS)
def test_of_several_messages_the_first_is_taken(answer: str) -> None:
    assert message_from_answer(answer, learn_style(IMPERATIVE)) == "Add retries"


BODIES = [
    "Add a flag\n\nIt is used so:\n\n```\ntool --flag\n```",
    "Add a flag\n\n~~~sh\ntool --flag\n~~~\n\nThat is all.",
    "Add a flag\n\n1. one\n2. two",
    "Add a flag\n\n```\n" + "x" * 90 + " y\n```",
]


@pytest.mark.parametrize("message", BODIES)
def test_a_body_keeps_its_examples_and_lists(message: str) -> None:
    assert message_from_answer(message, learn_style(IMPERATIVE)) == message
    assert message_from_answer(f"Sure! Here it is:\n\n{message}", learn_style(IMPERATIVE)) == message


@pytest.mark.parametrize(
    "subject",
    ["I/O errors are retried", "I18n files are loaded late", "OK closes the dialog", "CSS-only menu"],
)
def test_subjects_that_begin_like_talk_are_subjects(subject: str) -> None:
    assert message_from_answer(subject, learn_style([])) == subject


@pytest.mark.parametrize("word", ["修复读取器", "إصلاح القارئ", "リーダーを直す", "תיקון הקורא"])
def test_letters_without_case_say_nothing_of_capitals(word: str) -> None:
    style = learn_style([word] * 6 + ["Add paging", "Fix bug", "Update docs", "Rename it"])
    assert message_from_answer("Fix the reader", style) == "Fix the reader"
    alone = learn_style([word] * 6)
    assert message_from_answer("fix the reader", alone) == "fix the reader"
    assert "letter" not in alone.in_words()


@pytest.mark.parametrize(
    "answer",
    [
        "Hm, the user wants it short.\n</think>\n\nAdd sorting",
        "We need a subject.</thinking>Add sorting",
        "<reasoning>One</reasoning>\nAdd sorting",
        "<|channel|>analysis<|message|>We need it.<|end|><|start|>assistant<|channel|>final<|message|>Add sorting",
    ],
)
def test_reasoning_is_no_message(answer: str) -> None:
    assert message_from_answer(answer, learn_style(IMPERATIVE)) == "Add sorting"


def test_a_message_as_data_is_read() -> None:
    style = learn_style(IMPERATIVE)
    assert message_from_answer('{"subject": "Add sorting", "body": ""}', style) == "Add sorting"
    fenced = '```json\n{"subject": "add sorting.", "body": "Lists\\nwere long."}\n```'
    assert message_from_answer(fenced, style) == "Add sorting\n\nLists\nwere long."
    for useless, cut, reason in (('{"subject": ""}', False, "prose"), ('{"subject": "Add', True, "cut_off")):
        with pytest.raises(AssistError) as refusal:
            message_from_answer(useless, style, cut=cut)
        assert refusal.value.reason == reason


async def test_a_large_model_is_asked_for_data_and_a_small_one_for_text(kit: Any, repository: Path) -> None:
    (repository / "b.py").write_text("x = 1\n")
    git(repository, "add", ".")
    for name, data in (("chat/test-7b", True), ("chat/test-1.5b", False)):
        assistant = kit.assistant_for(kit.Chat("feat: add b", name=name))
        request = assistant.prepare_commit_message(repository)
        assert (request.options.schema is not None) is data
        assert ("JSON" in request.messages[0].content) is data


async def test_a_submodule_a_binary_file_and_a_deleted_one_are_told_apart(
    kit: Any, repository: Path, tmp_path: Path
) -> None:
    lib = tmp_path / "lib-origin"
    lib.mkdir()
    git(lib, "init", "-q")
    for number in range(2):
        git(
            lib,
            "-c",
            "user.email=a@b",
            "-c",
            "user.name=A",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            str(number),
        )
    heads = [revision(lib, name) for name in ("HEAD~1", "HEAD")]
    for head in heads:
        git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},lib")
        if head == heads[0]:
            git(repository, "commit", "-qm", "chore: add lib")
    (repository / "logo.png").write_bytes(b"\x89PNG\0\1")
    git(repository, "rm", "-q", "a.txt")
    git(repository, "add", "logo.png")
    chat = kit.Chat("chore: update lib")
    assistant = kit.assistant_for(chat)
    await assistant.commit_message(assistant.prepare_commit_message(repository))
    assert f"lib (submodule {heads[0][:7]}..{heads[1][:7]})" in chat.prompt
    assert "logo.png (new, binary)" in chat.prompt
    assert "a.txt (deleted, +0 -1)" in chat.prompt
