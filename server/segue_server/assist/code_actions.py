"""Which code actions fit a place: explain it, explain a problem reported there, document, comment or change it.

At most three of them come with Segue, so that the menu stays short; the prompts that a user or a team adds come on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from segue_context.test_files import is_test
from segue_server.lsp.assist_messages import COMMENT_COMMAND, EDIT_COMMAND, EXPLAIN_COMMAND, TESTS_COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_assist import Places, Prompt, SymbolPlace
    from segue_server.lsp.documents import View
    from segue_syntax import Position, Snapshot

_EXPLAIN_KIND = "segue.explain"
_COMMENT_KIND = _CHANGE_KIND = "refactor.rewrite.segue"
_TAGS = (types.CodeActionTag.LlmGenerated,)
"""Every action of this module asks a model."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a place offers: its symbol, and whether anything is selected."""

    symbol: SymbolPlace | None
    selected: bool
    on_head: bool
    path: str = ""

    def actions(
        self, params: types.CodeActionParams, view: View, prompts: Sequence[Prompt], *, can_resolve: bool
    ) -> list[types.CodeAction]:
        """Return the actions; comments are computed when picked, where the client can wait for that.

        At a problem, mending and explaining that come in place of explaining and testing the code around it.
        """
        if params.context.diagnostics:
            prompts = [
                one for one in prompts if one.origin != "default" or one.output not in ("markdown", "tests")
            ]
        return [
            *self._problems(params, view),
            *self._explanations(params, view, prompts),
            *self._comments(params, view, prompts, can_resolve=can_resolve),
            *self._changes(params, view, prompts),
        ]

    def _problems(self, params: types.CodeActionParams, view: View) -> Iterator[types.CodeAction]:
        for diagnostic in list(params.context.diagnostics)[:1]:
            message = str(diagnostic.message)
            arguments = _arguments(view, diagnostic.range) | {
                "diagnostic": message,
                "action": "explain-problem",
            }
            short = message.split("\n", 1)[0][:60]
            action = _command(f"Explain: {short}", types.CodeActionKind.QuickFix, EXPLAIN_COMMAND, arguments)
            action.diagnostics = [diagnostic]
            yield action
            asked = {**arguments, "action": "fix"}
            fix = _command(f"Fix by the model: {short}", types.CodeActionKind.QuickFix, EDIT_COMMAND, asked)
            fix.diagnostics = [diagnostic]
            yield fix

    def _explanations(
        self, params: types.CodeActionParams, view: View, prompts: Sequence[Prompt]
    ) -> Iterator[types.CodeAction]:
        for prompt in prompts:
            if prompt.output != "markdown":
                continue
            wanted = {"selection"} if self.selected else {"symbol"}
            if not wanted & set(prompt.inputs) or (not self.selected and self.symbol is None):
                continue
            what = "the selection" if self.selected or self.symbol is None else self.symbol.name
            arguments = _arguments(view, params.range) | {"action": prompt.action}
            yield _command(f"{prompt.title} {what}", _EXPLAIN_KIND, EXPLAIN_COMMAND, arguments)

    def _comments(
        self, params: types.CodeActionParams, view: View, prompts: Sequence[Prompt], *, can_resolve: bool
    ) -> Iterator[types.CodeAction]:
        automatic = params.context.trigger_kind == types.CodeActionTriggerKind.Automatic
        for prompt in prompts:
            if prompt.output == "doc-comment":
                if self.symbol is None or not self.symbol.documentable or (automatic and not self.on_head):
                    continue
                title = f"{prompt.title} {self.symbol.name}"
            elif prompt.output == "line-comments":
                if not self.selected or self.symbol is None or self.on_head:
                    continue
                title = prompt.title
            elif prompt.output == "tests":
                if self.symbol is not None and self.on_head and not is_test(self.path):
                    title = f"{prompt.title} {self.symbol.name}"
                    arguments = _arguments(view, params.range) | {"action": prompt.action}
                    yield _command(title, _CHANGE_KIND, TESTS_COMMAND, arguments)
                continue
            else:
                continue
            arguments = _arguments(view, params.range) | {"action": prompt.action}
            if prompt.output == "doc-comment" and self.symbol is not None:
                line = self.symbol.line - view.first_line
                arguments = {**arguments, "position": {"line": line, "character": 0}}
                arguments.pop("range")
            if can_resolve:
                data = {"segue": "comment", **arguments}
                yield types.CodeAction(title=title, kind=_COMMENT_KIND, data=data, tags=list(_TAGS))
            else:
                yield _command(title, _COMMENT_KIND, COMMENT_COMMAND, arguments)

    def _changes(
        self, params: types.CodeActionParams, view: View, prompts: Sequence[Prompt]
    ) -> Iterator[types.CodeAction]:
        """Yield the changes that need no instruction: prompts of the user or the team."""
        wanted = "selection" if self.selected else "symbol"
        for prompt in prompts:
            if prompt.output != "change" or prompt.takes_instruction or wanted not in prompt.inputs:
                continue
            if self.selected or self.symbol is not None:
                what = "the selection" if self.selected or self.symbol is None else self.symbol.name
                arguments = _arguments(view, params.range) | {"action": prompt.action}
                yield _command(f"{prompt.title} {what}", _CHANGE_KIND, EDIT_COMMAND, arguments)


def offers(places: Places, snapshot: Snapshot, path: str, start: Position, end: Position) -> Offers:
    """Return what a place offers; parses the text, so call it in a worker thread."""
    symbol = places.at(snapshot, path, start.line)
    selected = start != end
    on_head = symbol is not None and symbol.first_line <= start.line <= symbol.head_end_line
    if selected and symbol is not None and start.line <= symbol.line and end.line >= symbol.end_line - 1:
        on_head = True  # all of it is selected
    return Offers(symbol, selected, on_head, path)


def _arguments(view: View, extent: types.Range) -> dict[str, Any]:
    return {
        "textDocument": {"uri": view.uri, "version": view.version},
        "range": {
            "start": {"line": extent.start.line, "character": extent.start.character},
            "end": {"line": extent.end.line, "character": extent.end.character},
        },
    }


def _command(title: str, kind: str, command: str, arguments: dict[str, Any]) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=kind,
        command=types.Command(title=title, command=command, arguments=[arguments]),
        tags=list(_TAGS),
    )
