"""What a server can make of us: no cookies are kept, and an error does not show what was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from segue_model._errors import ModelError
from segue_model._http import Endpoint, HttpClient
from segue_model._http_errors import without_quotes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CODE = "def transfer_everything(source, target):\n    return source.empty_into(target)\n"


async def streamed(document: Any) -> AsyncIterator[bytes]:
    yield json.dumps(document).encode()


async def test_cookies_are_not_kept() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(
            200, content=streamed({}), headers={"set-cookie": "who=1; Path=/; Max-Age=9999"}
        )

    client = HttpClient(Endpoint("http://127.0.0.1:9"), transport=httpx.MockTransport(answer))
    for _ in range(3):
        await client.fetch("GET", "/models")
    await client.aclose()
    assert seen == [None, None, None]


@pytest.mark.parametrize("said", [f"Invalid prompt: {CODE}", f"bad input {CODE!r}"[:90], CODE[10:60]])
async def test_an_error_that_quotes_the_prompt_is_not_shown(said: str) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, content=streamed({"error": {"message": said}}))

    client = HttpClient(Endpoint("http://127.0.0.1:9"), transport=httpx.MockTransport(answer))
    with pytest.raises(ModelError) as failed:
        await client.fetch("POST", "/completions", {"model": "m", "prompt": CODE})
    await client.aclose()
    assert "transfer" not in failed.value.message
    assert "400" in failed.value.message or failed.value.message


def test_an_error_that_names_the_model_stays() -> None:
    said = "The model `qwen2.5-coder-7b-instruct-q4_k_m` does not exist"
    sent = b'{"model": "qwen2.5-coder-7b-instruct-q4_k_m", "prompt": "x = 1"}'
    assert without_quotes(said, sent) == said
    assert without_quotes(said, b"") == said
