"""From a request to what the engines are asked: windows of text that stay the same from key to key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_context import ContextPlan, CursorQuery
    from segue_model import CompletionPrompt
    from segue_postprocess import Cursor
    from segue_server.completion.settings import PipelineSettings
    from segue_server.completion.types import CompletionRequest, PreparedRequest, Suggestion
    from segue_syntax import Position, Snapshot

_STEP_LINES = 16


def query_of(request: CompletionRequest) -> CursorQuery:
    """Return what the context engine is asked; joins the whole text, so call it in a worker thread."""
    from segue_context import CursorQuery

    snapshot, position = request.snapshot, request.position
    return CursorQuery(
        request.path, snapshot.language_id, snapshot.before(position), snapshot.after(position)
    )


def prompt_of(request: CompletionRequest, plan: ContextPlan, settings: PipelineSettings) -> CompletionPrompt:
    """Return what the model is asked, cut to the budgets, with what looks like a secret masked."""
    from segue_context import privacy
    from segue_model import CompletionPrompt, ContextFile
    from segue_syntax import language_of

    snapshot, position = request.snapshot, request.position
    prefix, suffix = privacy.mask_around(
        prefix_window(snapshot, position, settings.prefix_chars),
        suffix_window(snapshot, position, settings.suffix_chars),
    )
    return CompletionPrompt(
        prefix=prefix,
        suffix=suffix,
        path=request.path,
        language_id=snapshot.language_id,
        repository=request.repository,
        context=tuple(
            ContextFile(snippet.path, privacy.mask_secrets(snippet.text))
            for snippet in plan.snippets
            if request.may_leave(snippet.path)  # the plan may be older than a rule
        ),
        comment=language_of(snapshot.language_id, request.path).comment_marks,
        rules=request.team_rules(settings.rules_chars) if settings.rules_chars else "",
    )


def cursor_of(
    request: CompletionRequest, settings: PipelineSettings, control_tokens: tuple[str, ...] = ()
) -> Cursor:
    """Return what post-processing needs to know: the whole document, since a part of it looks broken."""
    from segue_postprocess import Cursor

    snapshot, position = request.snapshot, request.position
    return Cursor(
        prefix=snapshot.before(position),
        suffix=snapshot.after(position),
        language_id=snapshot.language_id,
        path=request.path,
        multiline=None if settings.multiline else False,
        max_lines=settings.max_lines,
        control_tokens=control_tokens,
        recent_deletions=request.recent_deletions,
    )


def prefix_window(snapshot: Snapshot, position: Position, budget_chars: int) -> str:
    """Return the text before the cursor, at most about `budget_chars` of it.

    Its first line moves in steps of sixteen, so that a model's cache keeps fitting while lines are added.
    """
    lines = snapshot.lines
    used = position.column
    first = position.line
    while first > 0 and used + len(lines[first - 1]) <= budget_chars:
        first -= 1
        used += len(lines[first])
    if first > 0:
        stepped = -(-first // _STEP_LINES) * _STEP_LINES
        first = min(stepped, position.line)
    text = "".join(lines[first : position.line]) + lines[position.line][: position.column]
    return text[-budget_chars:] if len(text) > budget_chars else text


def suffix_window(snapshot: Snapshot, position: Position, budget_chars: int) -> str:
    """Return the text after the cursor up to the last whole line within `budget_chars`."""
    lines = snapshot.lines
    rest = lines[position.line][position.column :]
    taken = [rest[:budget_chars]]
    used = len(rest)
    for line in lines[position.line + 1 :] if used < budget_chars else ():
        used += len(line)
        if used > budget_chars:
            break
        taken.append(line)
    return "".join(taken)


def after_acceptance(request: CompletionRequest, suggestion: Suggestion) -> tuple[Snapshot, Position]:
    """Return the text and the cursor as they are after a suggestion was accepted."""
    from segue_syntax import Position, Snapshot, split_lines

    snapshot, position = request.snapshot, request.position
    line = snapshot.lines[position.line]
    rest = line[position.column + suggestion.replace_suffix_chars :]
    fresh = split_lines(line[: position.column] + suggestion.text + rest)
    if len(fresh) > 1 and not fresh[-1] and position.line + 1 < len(snapshot.lines):
        fresh.pop()
    lines = [*snapshot.lines[: position.line], *fresh, *snapshot.lines[position.line + 1 :]]
    typed = split_lines(line[: position.column] + suggestion.text)
    cursor = Position(position.line + len(typed) - 1, len(typed[-1]))
    return Snapshot(snapshot.uri, snapshot.version, snapshot.language_id, lines), cursor


def accepted(prepared: PreparedRequest, suggestion: Suggestion) -> PreparedRequest:
    """Return the request at the cursor as it is after a suggestion was accepted."""
    from segue_server.completion.anchor import Anchor
    from segue_server.completion.types import PreparedRequest

    request = prepared.request
    snapshot, position = after_acceptance(request, suggestion)
    after = replace(request, snapshot=snapshot, position=position, popup=None, after_deletion=False)
    return PreparedRequest(after, Anchor.at(snapshot, position), prepared.settings)
