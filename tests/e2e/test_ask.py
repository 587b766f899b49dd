"""Asking the repository through the real process: places, an answer whose citations exist, follow-ups, cancelling."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

from segue_bench.fake_model import FakeModelServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CODE = '''\
def choose_carrier(parcel):
    """Return the cheapest carrier that takes a parcel of this weight."""
    return min((c for c in CARRIERS if c.takes(parcel.weight)), key=lambda c: c.price)


def print_label(parcel):
    print(choose_carrier(parcel).name)
'''
ANSWER = (
    "`choose_carrier` takes the cheapest one [delivery.py:1-3]. It is in [ghost.py:1-2]. `ghost_call` helps."
)


class Chat(FakeModelServer):
    """A chat endpoint whose answer a test sets."""

    def __init__(self) -> None:
        self.answer = ANSWER
        super().__init__(lambda _prompt: self.answer)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SEGUE_CHAT_PROVIDER": "openai",
            "SEGUE_CHAT_ENDPOINT": self.endpoint,
            "SEGUE_CHAT_NAME": "chatty-7b",
        }


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as server:
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "delivery.py").write_text(CODE, "utf-8")
    (root / ".env").write_text("CARRIER_TOKEN=cheapest-carrier-parcel\n", "utf-8")
    return root


async def asked(editor: Any, question: str, **params: Any) -> Any:
    """Return the answer of an index that is there: the first requests may come before it."""
    for _ in range(400):
        answer = await editor.request("segue/ask", {"question": question, "model": False, **params})
        if answer.places:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("no places within 20 s")


@pytest.mark.parametrize("name", ["vscode", "neovim", "emacs"])
async def test_places_come_first_and_the_checked_answer_by_sentences(
    run: Callable[..., Any], root: Path, chat: Chat, name: str
) -> None:
    async with run(root, editor=name, environment=chat.environment) as editor:
        values: list[Any] = []
        editor.client.protocol.fm.features[types.PROGRESS] = lambda params: values.append(params.value)
        alone = await asked(editor, "how is the carrier chosen?")
        assert alone.answer is None
        answer = await editor.request(
            "segue/ask", {"question": "which carrier is cheapest?", "partialResultToken": "p1"}
        )
        assert answer.places[0].uri == editor.uri("delivery.py")
        assert answer.places[0].symbol == "choose_carrier"
        assert answer.answer.startswith("`choose_carrier` takes the cheapest one [`delivery.py:1-3`](")
        assert "ghost" not in answer.markdown
        assert [cited.range.end.line for cited in answer.citations] == [3]
        assert "places" in values[0]
        assert "".join(value["markdown"] for value in values[1:]).strip() == answer.answer
        assert ".env" not in json.dumps([place.path for place in answer.places])
        assert "CARRIER_TOKEN" not in "".join(call.prompt for call in chat.calls)


async def test_a_cancelled_question_closes_the_socket(
    run: Callable[..., Any], root: Path, chat: Chat
) -> None:
    async with run(root, environment=chat.environment) as editor:
        await asked(editor, "how is the carrier chosen?")
        chat.answer, chat.pause_s = "A long story. " * 200, 0.05
        request = editor.client.protocol.send_request("segue/ask", {"question": "how is the carrier chosen?"})
        for _ in range(2000):
            if chat.calls:
                break
            await asyncio.sleep(0.01)
        number = next(
            one for one, waiting in editor.client.protocol._request_futures.items() if waiting is request
        )
        editor.client.cancel_request(types.CancelParams(id=number))
        for _ in range(2000):
            if chat.calls[-1].ended:
                break
            await asyncio.sleep(0.01)
        assert chat.calls[-1].closed_early


def test_eval_ask_answers_a_line_for_each_line(root: Path) -> None:
    lines = [
        {"id": 1, "question": "Where is the cheapest carrier chosen?", "limit": 1},
        {"id": 2, "question": ""},
        {"id": 3},
        {"id": 4, "question": "What is the capital of Mongolia?"},
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "segue_server",
            "eval",
            "ask",
            "--repo",
            str(root),
            "--no-model",
            "--no-embeddings",
        ],
        input="\n".join(map(json.dumps, lines)) + "\nnonsense\n",
        capture_output=True,
        text=True,
        check=True,
    )
    first, empty, missing, foreign, bad = map(json.loads, done.stdout.splitlines())
    place = first["places"][0]
    assert (place["path"], place["start_line"], place["end_line"], place["symbol"]) == (
        "delivery.py",
        0,
        3,
        "choose_carrier",
    )
    assert (first["refused"], len(first["places"])) == (False, 1)
    assert first["duration_ms"] > 0
    assert empty["refused"]
    assert "'question'" in missing["error"]
    assert foreign["refused"]
    assert "not valid JSON" in bad["error"]
