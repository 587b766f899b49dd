"""`segue doctor`: both models are tried, the truth about the settings, and what it repairs."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from segue_bench.fault_server import FaultServer
from segue_server.cli import app
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue_bench.fault_server import Connection, Request


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def doctor(root: Path, *arguments: str, **environment: str) -> Any:
    settings = {"SEGUE_PROVIDER": "none", **environment}
    return CliRunner().invoke(app, ["doctor", "--repo", str(root), *arguments], env=settings)


def chatting(connection: Connection, request: Request) -> None:
    if not request.path.endswith("/chat/completions"):
        connection.answer(404, {})
        return
    connection.answer(200, {"choices": [{"message": {"content": "Blue."}, "finish_reason": "stop"}]})


def test_the_chat_model_is_tried_too(server: FaultServer, tmp_path: Path) -> None:
    server.behaviour = chatting
    chosen = {"SEGUE_CHAT_PROVIDER": "chat", "SEGUE_CHAT_ENDPOINT": server.url, "SEGUE_CHAT_NAME": "m"}
    result = doctor(tmp_path, **chosen)
    assert "chat model: chat/m answers after" in result.output
    result = doctor(tmp_path, **{**chosen, "SEGUE_CHAT_NAME": "tiny-0.5b"})
    assert result.exit_code == 0
    assert (
        "note    chat model: The model chat/tiny-0.5b (500 million parameters) is too small" in result.output
    )
    server.behaviour = lambda connection, _: connection.answer(401, {})
    result = doctor(tmp_path, **chosen)
    assert result.exit_code == 1
    assert "problem chat model:" in result.output
    assert "wants a key and none was sent" in result.output


def test_a_model_that_fails_is_told_once(server: FaultServer, tmp_path: Path) -> None:
    server.behaviour = lambda connection, _: connection.answer(403, {"error": "not yours"})
    chosen = {"SEGUE_PROVIDER": "openai", "SEGUE_ENDPOINT": server.url, "SEGUE_API_KEY": "sk-secret"}
    result = doctor(tmp_path, **chosen)
    assert result.output.count("does not allow this key to use the model (not yours)") == 1
    assert "sk-secret" not in result.output


def test_settings_that_were_ignored_are_no_defaults(tmp_path: Path) -> None:
    places = directories()
    places.config.mkdir(parents=True)
    places.user_file.write_text("[model]\nprovder = 'ollama'\n")
    result = doctor(tmp_path)
    assert "Every setting has its default" not in result.output
    assert "provder" in result.output


def test_it_repairs_what_it_can(tmp_path: Path) -> None:
    places = directories()
    places.cache.mkdir(parents=True, mode=0o755)
    places.cache.chmod(0o755)
    engine = places.cache / "engine" / "abc"
    (engine / "leases").mkdir(parents=True)
    (engine / "state.json").write_text(json.dumps({"url": "http://127.0.0.1:1", "key": "k", "pid": 1}))
    places.keys_file.parent.mkdir(parents=True, exist_ok=True)
    places.keys_file.write_text("{}")
    places.keys_file.chmod(0o644)
    result = doctor(tmp_path)
    assert result.output.count("segue doctor --fix does it for you") == 3
    assert engine.exists()
    result = doctor(tmp_path, "--fix")
    assert stat.S_IMODE(places.keys_file.stat().st_mode) == 0o600
    assert not engine.exists()
    assert stat.S_IMODE(places.cache.stat().st_mode) == 0o700
    assert "--fix" not in doctor(tmp_path).output


def test_a_missing_model_is_a_problem_that_it_can_mend(tmp_path: Path) -> None:
    result = doctor(tmp_path, SEGUE_PROVIDER="embedded")
    assert result.exit_code == 1
    assert "segue doctor --fix does it for you" in result.output
    assert (
        "segue doctor --fix"
        not in doctor(tmp_path, SEGUE_PROVIDER="embedded", SEGUE_MODEL="/no/such.gguf").output
    )


def test_team_rules_are_counted_and_those_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    rules = directories().rules_file
    rules.parent.mkdir(parents=True)
    rules.write_text("Prefer early returns.\n")
    assert "21 characters of rules are shown" in doctor(tmp_path).output
    rules.write_bytes(b"\xff\xfe\xfd")
    result = doctor(tmp_path)
    assert result.exit_code == 1
    assert "rules.md is not used: it is no UTF-8 text." in result.output
