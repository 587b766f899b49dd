"""`textDocument/codeAction`: one door for every feature that offers actions.

A provider returns actions for a range; an action that is expensive to compute carries `data` with a `segue` key
naming its resolver, which fills in the edit when the user picks it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from segue_server.runtime.logs import describe_failure

if TYPE_CHECKING:
    from segue_server.connection import Connection

logger = logging.getLogger(__name__)

KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, "segue.explain"]


def register(connection: Connection) -> None:
    """Register the two methods; features add to `connection.code_actions` and `connection.code_action_resolvers`."""

    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        answers = await asyncio.gather(
            *[provider(params) for provider in connection.code_actions], return_exceptions=True
        )
        actions: list[types.CodeAction] = []
        for answer in answers:
            if isinstance(answer, asyncio.CancelledError):
                raise answer
            if isinstance(answer, BaseException):
                logger.error("A code action provider failed: %s", describe_failure(answer))
            else:
                actions.extend(answer)
        wanted = params.context.only
        return actions if not wanted else [action for action in actions if _is_wanted(action, wanted)]

    async def resolve(action: types.CodeAction) -> types.CodeAction:
        data: Any = action.data
        resolver = (
            connection.code_action_resolvers.get(str(data.get("segue"))) if isinstance(data, dict) else None
        )
        return action if resolver is None else await resolver(action)

    options = types.CodeActionOptions(code_action_kinds=KINDS, resolve_provider=True)
    connection.server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)
    connection.server.feature(types.CODE_ACTION_RESOLVE)(resolve)


def _is_wanted(action: types.CodeAction, only: Any) -> bool:
    kind = str(getattr(action.kind, "value", action.kind) or "")
    wanted = [str(getattr(one, "value", one)) for one in only]
    return any(kind == one or kind.startswith(one + ".") for one in wanted)
