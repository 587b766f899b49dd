"""`segue connect`: what is asked of a server, what is written down, what is said when it does not work."""

from __future__ import annotations

import json
import stat
import tomllib
from typing import TYPE_CHECKING, Any, get_args

import pytest
from typer.testing import CliRunner

from segue_bench.fault_server import FaultServer
from segue_model import PROVIDERS
from segue_server.cli import app
from segue_server.configuration import Settings, store_key, stored_key
from segue_server.configuration._model import ChatSection, ModelSection
from segue_server.models.chat import chat_settings
from segue_server.models.completion import model_settings
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_bench.fault_server import Connection, Request


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def answering(answers: dict[str, Any]) -> Any:
    """Return a server with a document, a status with a document, or a stream at each path."""

    def behave(connection: Connection, request: Request) -> None:
        answer = answers.get(request.path, (404, {"error": "no such address"}))
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, tuple):
            connection.answer(*answer)
        elif isinstance(answer, list):
            body = "".join(f"data: {json.dumps(item)}\n\n" for item in answer).encode()
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.send(head.encode() + body)
        else:
            connection.answer(200, answer)

    return behave


MODELS = {"data": [{"id": "qwen2.5-coder", "owned_by": "vllm"}]}
COMPLETION = [{"choices": [{"text": " + "}]}, {"choices": [{"text": "right", "finish_reason": "stop"}]}]
CHAT = [{"choices": [{"delta": {"content": "Blue"}}]}, {"choices": [{"delta": {}, "finish_reason": "stop"}]}]
BOTH = {"/v1/models": MODELS, "/v1/completions": COMPLETION, "/v1/chat/completions": CHAT}


def connect(*arguments: str, text: str = "") -> Any:
    return CliRunner().invoke(app, ["connect", *arguments], input=text, terminal_width=200)


def written() -> dict[str, Any]:
    path = directories().user_file
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def test_a_server_is_tried_and_written_down(server: FaultServer) -> None:
    server.behaviour = answering(BOTH)
    result = connect(f"{server.url}/v1/models")
    assert result.exit_code == 0, result.output
    assert "yes completion: openai/qwen2.5-coder answers after" in result.output
    assert "yes chat: openai/qwen2.5-coder answers after" in result.output
    assert written()["model"] == {
        "provider": "openai",
        "endpoint": f"{server.url}/v1/models",
        "name": "qwen2.5-coder",
    }


def test_testing_changes_nothing(server: FaultServer) -> None:
    server.behaviour = answering(BOTH)
    assert connect(server.url, "--test").exit_code == 0
    assert written() == {}


def test_a_model_that_only_chats_completes_through_its_chat(server: FaultServer) -> None:
    server.behaviour = answering({"/v1/models": MODELS, "/v1/chat/completions": CHAT})
    assert connect(server.url).exit_code == 0
    assert written()["model"]["provider"] == "chat"


def test_a_model_for_chat_leaves_completion_alone(server: FaultServer) -> None:
    server.behaviour = answering(BOTH)
    assert connect(server.url, "--chat").exit_code == 0
    assert "model" not in written()
    assert written()["chat"]["provider"] == "openai"


def test_the_key_is_kept_where_only_the_user_reads_it(server: FaultServer) -> None:
    seen: list[str] = []

    def models(request: Request) -> Any:
        seen.append(request.headers.get("authorization", ""))
        return MODELS

    server.behaviour = answering({**BOTH, "/v1/models": models})
    result = connect(server.url, "--key", text="sk-of-mine\n")
    assert result.exit_code == 0, result.output
    assert "sk-of-mine" not in result.output
    assert "Bearer sk-of-mine" in seen
    path = directories().config / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings = Settings.model_validate(written())
    assert model_settings(settings).api_key == "sk-of-mine"
    assert "sk-of-mine" not in directories().user_file.read_text("utf-8")
    path.chmod(0o644)
    assert stored_key(server.url) == ""


def test_keys_of_several_servers_are_kept() -> None:
    store_key("https://a.example", "one")
    store_key("https://b.example", "two")
    assert (stored_key("https://a.example"), stored_key("https://b.example"), stored_key("c")) == (
        "one",
        "two",
        "",
    )


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        ({"/v1/models": (401, {"error": "key?"})}, "wants a key and none was sent"),
        ({}, "knows no such address"),
        (
            {"/v1/models": MODELS, "/v1/completions": (404, {"error": {"message": "model x not found"}})},
            "does not have this model",
        ),
    ],
)
def test_what_does_not_work_is_one_sentence(
    server: FaultServer, answers: dict[str, Any], advice: str
) -> None:
    server.behaviour = answering(answers)
    result = connect(server.url)
    assert result.exit_code == 1
    assert advice in result.output
    assert "Traceback" not in result.output
    assert written() == {}


def test_no_address_is_one_sentence() -> None:
    result = connect("ftp://here")
    assert result.exit_code == 1
    assert "is not an http:// or https:// address" in result.output


def test_there_is_one_list_of_providers() -> None:
    named = get_args(ModelSection.model_fields["provider"].annotation)
    assert list(named) == list(PROVIDERS)
    assert list(get_args(ChatSection.model_fields["provider"].annotation)) == ["", *PROVIDERS]


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "none"])
def test_every_provider_completes_and_chats(provider: str) -> None:
    chosen = {"provider": provider, "endpoint": "http://127.0.0.1:9", "name": "m"}
    own = chat_settings(Settings.model_validate({"chat": chosen}))
    shared = chat_settings(Settings.model_validate({"model": chosen}))
    assert own is not None
    assert shared is not None
    assert (own.provider, shared.provider) == (provider, provider)
