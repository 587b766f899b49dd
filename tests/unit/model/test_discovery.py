"""What is found at an address: the kind of server, its models and what they are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from segue_model import FoundServer, ModelError, find_local_servers, look_at, uses_of

from .test_providers import Script

if TYPE_CHECKING:
    from segue_bench.fault_server import FaultServer, Request


def port_of(server: FaultServer) -> int:
    return int(server.url.rpartition(":")[2])


async def found(server: FaultServer, answers: dict[str, Any]) -> FoundServer | None:
    server.behaviour = Script(answers)
    servers = await find_local_servers([port_of(server)])
    return servers[0] if servers else None


OLLAMA = {"/api/tags": {"models": [{"name": "qwen2.5-coder:7b"}, {"name": "nomic-embed-text:latest"}]}}
LLAMA = {
    "/props": {"default_generation_settings": {}, "build_info": "b1"},
    "/v1/models": {"data": [{"id": "/home/me/models/starcoder2-3b.gguf"}]},
}


def listed(owner: str) -> dict[str, Any]:
    return {"/v1/models": {"object": "list", "data": [{"id": "house-model", "owned_by": owner}]}}


@pytest.mark.parametrize(
    ("answers", "provider", "title", "models"),
    [
        (
            OLLAMA,
            "ollama",
            "Ollama",
            {"qwen2.5-coder:7b": ("completion", "chat"), "nomic-embed-text:latest": ()},
        ),
        (LLAMA, "llamacpp", "llama.cpp", {"starcoder2-3b": ("completion",)}),
        (
            {"/props": (503, {"error": {"code": 503, "message": "Loading model"}})},
            "llamacpp",
            "llama.cpp",
            {},
        ),
        (listed("vllm"), "openai", "vLLM", {"house-model": ("completion", "chat")}),
        (listed("organization_owner"), "openai", "LM Studio", {"house-model": ("completion", "chat")}),
        (listed("me"), "openai", "127.0.0.1", {"house-model": ("completion", "chat")}),
    ],
)
async def test_servers_of_this_machine_are_told_apart(
    server: FaultServer, answers: dict[str, Any], provider: str, title: str, models: dict[str, Any]
) -> None:
    here = await found(server, answers)
    assert here is not None
    assert (here.provider, here.title) == (provider, title)
    assert {model.name: model.uses for model in here.models} == models


@pytest.mark.parametrize("answers", [{}, {"/v1/models": (200, "a page")}, {"/v1/models": (401, {})}])
async def test_what_is_no_model_server_is_left_out(server: FaultServer, answers: dict[str, Any]) -> None:
    assert await found(server, answers) is None


async def test_an_address_may_want_a_key(server: FaultServer) -> None:
    def models(request: Request) -> Any:
        if request.headers.get("authorization") != "Bearer k-1":
            return 401, {"error": "no"}
        return listed("me")["/v1/models"]

    server.behaviour = Script({"/v1/models": models})
    with pytest.raises(ModelError) as caught:
        await look_at(f"{server.url}/v1/chat/completions")
    assert caught.value.reason == "no_key"
    with pytest.raises(ModelError) as caught:
        await look_at(server.url, "wrong")
    assert caught.value.reason == "unauthorized"
    there = await look_at(f"{server.url}/v1/chat/completions", "k-1")
    assert [model.name for model in there.models] == ["house-model"]


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        ("qwen2.5-coder:1.5b-base", ("completion",)),
        ("codestral-2508", ("completion",)),
        ("gpt-5-mini", ("completion", "chat")),
        ("claude-haiku", ("completion", "chat")),
        ("text-embedding-3-small", ()),
        ("zeta-2", ("completion", "next edit")),
        ("mercury-edit", ("completion", "chat", "next edit")),
        ("house-model", ("completion", "chat")),
    ],
)
def test_uses_are_judged_by_name(name: str, uses: tuple[str, ...]) -> None:
    assert uses_of(name) == uses
