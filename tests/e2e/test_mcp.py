"""Agents' clients speak to `segue mcp` as they do to any server of the protocol: the SDK's own client does here."""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
from mcp import Client, StdioServerParameters, stdio_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOOLS = {"search", "definition", "references", "outline", "related_files", "history_of"}
FILES = {
    "shop/cart.py": "class Cart:\n    '''Holds what is bought.'''\n\n    def price(self):\n        return 1\n\n\ndef open_cart():\n    return Cart()\n",
    "shop/page.py": "from shop.cart import open_cart\n\n\ndef show():\n    return open_cart().price()\n",
    "tests/test_cart.py": "from shop.cart import open_cart\n\n\ndef test_it():\n    assert open_cart()\n",
    ".env": "TOKEN=hunter2hunter2\n",
}


@asynccontextmanager
async def agent(root: Path, *arguments: str) -> AsyncIterator[Client]:
    """Start the server as an agent's client does and connect to it."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / ".git").mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name.startswith("XDG_")}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "segue_server", "mcp", *arguments], env=environment, cwd=root
    )
    async with Client(stdio_client(server)) as client:
        yield client


async def told(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is None  # said once
    (content,) = result.content
    return str(content.text)


async def test_an_agent_finds_its_way(tmp_path: Path) -> None:
    async with agent(tmp_path, str(tmp_path)) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(listed) == TOOLS
        for tool in listed.values():
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert "Use it" in (tool.description or "")
            assert "Not for" in (tool.description or "")
        assert "shop/cart.py" in await told(client, "search", question="where is the price of a cart")
        assert "shop/cart.py:8-9 def open_cart()" in await told(client, "definition", symbol="open_cart")
        uses = await told(client, "references", symbol="open_cart")
        assert uses.index("shop/page.py") < uses.index("tests/test_cart.py")
        assert "4-5 def price(self)" in await told(client, "outline", path="shop/cart.py")
        assert "tests (1): tests/test_cart.py" in await told(client, "related_files", path="shop/cart.py")


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("outline", {"path": "../../etc/passwd"}),
    ("outline", {"path": ".env"}),
    ("related_files", {"path": "no/such.py"}),
    ("definition", {"symbol": "nothing_here"}),
    ("references", {"symbol": "open_cart", "limit": -5}),
    ("references", {"symbol": "open_cart", "limit": 10**12}),
    ("search", {"question": ""}),
    ("search", {"question": "cart " * 5_000, "limit": 10**9}),
    ("history_of", {"path": ".env"}),
    ("history_of", {}),
]


async def test_hostile_questions_get_a_short_answer(tmp_path: Path) -> None:
    async with agent(tmp_path) as client:
        for tool, arguments in HOSTILE:
            answer = await told(client, tool, **arguments)
            assert answer
            assert len(answer) < 2_000
            assert "hunter2" not in answer
            assert "root:" not in answer
        for tool in sorted(TOOLS):
            wrong = await client.call_tool(
                tool, {"path": ["a"], "symbol": {"b": 1}, "question": 7, "limit": "many"}
            )
            assert wrong.is_error
        assert "shop/ (2 files)" in await told(client, "outline", path=".")  # it goes on
