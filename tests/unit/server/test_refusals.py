"""What may leave the machine: judged by path, at once, for everything that is sent."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from segue_context import ContextPlan, Snippet
from segue_context.privacy import SendingRules
from segue_server.completion.prompting import prompt_of
from segue_server.completion.settings import PipelineSettings
from segue_server.completion.types import CompletionRequest
from segue_server.workspace.refusals import Refusals
from segue_server.workspace.workspaces import Located
from segue_syntax import Position, Snapshot

ROOT = Path(__file__).parents[3]
KEY_BODY = "MIIEpAIBAAKCAQEA" + "q8" * 24
KEY = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{KEY_BODY}\n{KEY_BODY}\n-----END RSA {'PRIVATE'} KEY-----\n"


def located(root: Path | None, path: str, **patterns: Any) -> Located:
    scope: Any = SimpleNamespace(root=root, rules=SendingRules(root, **patterns))
    return Located(scope, path)


def refusal(where: Located, text: str = "x = 1\n") -> str:
    return Refusals().reason(where, f"file:///{where.path}", Snapshot.of(text))


def test_a_document_is_judged_by_its_path_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / ".segueignore").write_text("*.sql\nprivate/\n")
    assert not refusal(located(tmp_path, "src/app.py"))
    for path in ("dump.sql", "private/notes.md", "a/private/b/c.py", "config/.env", "id_rsa"):
        assert refusal(located(tmp_path, path)), path  # none of them exists


def test_settings_add_and_allow(tmp_path: Path) -> None:
    assert not refusal(located(tmp_path, "config/.env", allow=[".env"]))
    assert refusal(located(tmp_path, "src/app.py", deny=["src/"]))
    assert not refusal(located(tmp_path, "other/app.py", deny=["src/"]))
    assert refusal(located(tmp_path, "config/.env", allow=[".env"], deny=["config/"]))


def test_a_rule_counts_from_the_moment_it_is_written(tmp_path: Path) -> None:
    where = located(tmp_path, "sub/keys.py")
    assert not refusal(where)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".segueignore").write_text("keys.py\n")
    assert "sub/.segueignore" in refusal(where)
    (tmp_path / "sub" / ".segueignore").unlink()
    assert not refusal(where)
    (tmp_path / ".segueignore").write_text("/sub\n")
    assert refusal(where)
    where.scope.rules.set_patterns(deny=["other.py"], allow=[])
    assert where.scope.rules.refusal("other.py")


def test_rules_of_the_folders_above_count_up_to_the_repository(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "app").mkdir()
    (repository / ".segueignore").write_text("app/keys.py\n")
    (tmp_path / ".segueignore").write_text("*\n")
    assert refusal(located(repository / "app", "keys.py"))
    assert not refusal(located(repository / "app", "main.py"))
    assert refusal(located(None, str(repository / "app" / "keys.py")))  # opened alone, in no workspace
    assert not refusal(located(None, str(repository / "app" / "main.py")))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfkeys.py\n",
        "\ufeffkeys.py\r\n".encode("utf-16-le"),
        "\ufeffkeys.py\n".encode("utf-16-be"),
        "keys.py\n".encode("utf-16-le"),
        "keys.py\n".encode("utf-16-be"),
    ],
)
def test_rules_are_read_in_the_encodings_that_editors_write(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".segueignore").write_bytes(content)
    assert refusal(located(tmp_path, "keys.py"))
    assert not refusal(located(tmp_path, "main.py"))


def test_rules_that_cannot_be_read_deny_and_are_told_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".segueignore").write_bytes(b"a\0b\1c\n" * 3)
    assert refusal(located(tmp_path, "sub/main.py"))
    assert not refusal(located(tmp_path, "main.py"))
    assert "sub/.segueignore" in caplog.text
    (tmp_path / "sub" / ".segueignore").unlink()
    (tmp_path / "sub" / ".segueignore").mkdir()
    assert refusal(located(tmp_path, "sub/main.py"))


def test_a_link_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / ".env").write_text("A=1\n")
    (tmp_path / "outside.py").write_text("x = 1\n")
    (root / "settings.py").symlink_to(root / ".env")
    (root / "away.py").symlink_to(tmp_path / "outside.py")
    assert refusal(located(root, "settings.py"))
    assert refusal(located(root, "away.py"))


def test_a_private_key_in_a_buffer_is_refused_at_the_first_request() -> None:
    refusals, where = Refusals(), located(None, "")
    assert refusals.reason(where, "untitled:1", Snapshot.of(KEY))
    refusals.examine("untitled:1", Snapshot.of("x = 1"))
    assert not refusals.reason(where, "untitled:1", Snapshot.of("x = 1"))
    refusals.forget("untitled:1")
    assert refusals.reason(where, "untitled:1", Snapshot.of(KEY))
    assert refusals.reason(where, "untitled:.env", Snapshot.of("x = 1"))


def test_a_prompt_shows_nothing_of_a_file_that_was_denied_since_the_plan_was_made(tmp_path: Path) -> None:
    rules = SendingRules(tmp_path)
    plan = ContextPlan(
        (
            Snippet("a.py", 0, 1, "shown = 1", "window", 1.0),
            Snippet("b.py", 0, 1, "hidden = 1", "window", 1.0),
        )
    )
    (tmp_path / ".segueignore").write_text("b.py\n")
    request = CompletionRequest(Snapshot.of("x = \n"), Position(0, 4), path="c.py", may_leave=rules.may_leave)
    prompt = prompt_of(request, plan, PipelineSettings())
    assert [file.path for file in prompt.context] == ["a.py"]


SENDERS = {
    "assist/segue_assist/_asking.py": "masks every message; its texts, and the files of places, pass Privacy.refusal",
    "assist/segue_assist/_prompts.py": "makes the messages that the assistant masks",
    "next_edit/segue_next_edit/model_tier.py": "is given texts that the writer let through",
    "server/segue_server/completion/prompting.py": "asks may_leave for each snippet and masks each text",
    "server/segue_server/models/completion.py": "sends an empty prompt",
    "server/segue_server/models/trial.py": "sends texts of its own",
}
"""Every module that makes what is sent to a model, and how the door stands before it."""


def test_every_place_where_text_goes_to_a_model_is_known() -> None:
    """A new one must ask `SendingRules.may_leave` for each file and mask each text; then it is listed here."""
    makers = {"CompletionPrompt", "ChatMessage", "ContextFile"}
    found = set()
    for room in ("server", "next_edit", "assist", "context", "postprocess"):
        for path in (ROOT / room / f"segue_{room}").rglob("*.py"):
            calls = (
                node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
            )
            if any(isinstance(call.func, ast.Name) and call.func.id in makers for call in calls):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == SENDERS.keys()
