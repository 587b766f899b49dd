"""Assistance for one client: the chat model, opened when first needed, and an assistant for each request."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from segue_assist import Assistant, Places
from segue_server.assist.resources import prompt_library
from segue_server.lsp.uris import uri_of
from segue_server.models.chat import ChatManager, chat_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_assist import Prompt
    from segue_server.session import Session
    from segue_server.workspace.workspaces import Scope


class AssistService:
    """Hands out assistants; the chat model is shared and re-opened when its settings change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chats = ChatManager(session.tasks, session.directories.cache)
        self.places = Places()

    async def assistant(self, scope: Scope) -> Assistant:
        """Return an assistant for a workspace. Raises ModelError when the chat model's settings cannot work."""
        in_thread = self._session.tasks.in_thread
        settings = self._session.settings
        chat = await self._chats.of(chat_settings(settings))
        return Assistant(
            reader=scope.reader,
            prompts=prompt_library(settings, self._session.directories, scope.root),
            privacy=scope.rules,
            chat=chat,
            link=linker(scope),
            in_thread=in_thread,
        )

    async def warm(self) -> None:
        """Load the HTTP client, if a server is asked; nothing is sent."""
        chosen = chat_settings(self._session.settings)
        if chosen is not None and chosen.provider != "embedded":
            await self._session.tasks.in_thread(importlib.import_module, "httpx")

    async def prompts(self, scope: Scope) -> list[Prompt]:
        """Return every prompt that counts in a workspace."""
        library = prompt_library(self._session.settings, self._session.directories, scope.root)
        prompts: list[Prompt] = await self._session.tasks.in_thread(library.all)
        return prompts

    async def aclose(self) -> None:
        """Release the chat model."""
        await self._chats.aclose()


def linker(scope: Scope) -> Callable[[str, int], str]:
    """Return what makes a link of a workspace path and a 0-based line: a file URI that editors open."""
    root = scope.root

    def link(path: str, line: int) -> str:
        whole = root / path if root is not None else Path(path)
        return f"{uri_of(whole)}#L{line + 1}" if whole.is_absolute() else ""

    return link
