"""What the assist commands do, apart from printing."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_assist import VARIABLES, AssistError, Prompt, Target, Usage
from segue_model import ModelError
from segue_server.assist.answers import ask_fields
from segue_server.assist.resources import check_writable
from segue_server.assist.service import AssistService
from segue_server.cli._edits import diff_of, edit_row, write_new_or_old, write_text
from segue_server.cli._repository import Repository, file_of, parsing_protected, root_around
from segue_server.configuration import ConfigurationStore
from segue_server.models.searches import SHELL_PATIENCE_S, Searches
from segue_server.runtime.paths import directories
from segue_server.runtime.tasks import TaskRegistry
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from segue_server.assist.service import Question, Uncommitted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command prints: its fields, or `error` with the fields `reason` and `message`."""

    fields: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=dict)


def explain(
    place: str,
    *,
    change: Uncommitted | None,
    problem: str,
    action: str,
    repo: Path | None,
    trust: bool,
    show: Callable[[str], None] | None,
) -> Outcome:
    """Explain a place or a change; `show` gets the Markdown piece by piece."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        explained = change or where.target(place, problem)
        request, answer = await service.explain(
            where, explained, action=action, show=show or (lambda _piece: None)
        )
        subject = request.subject
        lines = {} if subject is None else {"startLine": subject.line + 1, "endLine": subject.end_line}
        return {"markdown": answer.text, **lines, "refused": answer.refused, **_costs(answer.usage)}

    return _run(run, place, repo, trust=trust)


def comment(place: str, *, write: bool, action: str, repo: Path | None, trust: bool) -> Outcome:
    """Comment a place and return the change as a diff; `write` applies it to the file."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        target = where.target(place)
        if write:
            check_writable(file_of(place), target.path)
        edit = await service.comment(where, target, action=action)
        after = edit.applied_to(target.snapshot)
        if write:
            write_text(file_of(place), target.snapshot.text, after)
        return {
            "path": target.path,
            "title": edit.title,
            "edit": edit_row(edit.extent, edit.text),
            "diff": diff_of(target, after),
            "written": write,
            "notes": list(edit.notes),
            **_costs(edit.usage),
        }

    return _run(run, place, repo, trust=trust)


def edit(
    place: str, instruction: str, *, write: bool, problem: str, action: str, repo: Path | None, trust: bool
) -> Outcome:
    """Change a place by an instruction and return the change as a diff; `write` applies it to the file."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        target = where.target(place, problem)
        if write:
            check_writable(file_of(place), target.path)
        request, change = await service.edit(where, target, instruction, action=action)
        after = change.applied_to(target.snapshot)
        if write:
            write_text(file_of(place), target.snapshot.text, after)
        subject = request.subject
        assert subject is not None, "a change is about code"
        return {
            "path": target.path,
            "title": change.title,
            "startLine": subject.line + 1,
            "endLine": subject.end_line,
            "edits": [edit_row(one.extent, one.text) for one in change.edits],
            "diff": diff_of(target, after),
            "written": write,
            "notes": list(change.notes),
            "unknownNames": [{"name": one.name, "definedIn": one.defined_in} for one in change.unknown],
            **_costs(change.usage),
        }

    return _run(run, place, repo, trust=trust)


def fix(place: str, *, problem: str, write: bool, model: bool, repo: Path | None) -> Outcome:
    """Mend what is wrong at a line: by rule, else by the `model` where one is configured; `write` does the first fix."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        target = where.target(place, problem)
        if target.extent is None:
            raise AssistError("no_place", "Say which line: segue fix FILE:LINE.")
        if write:
            check_writable(file_of(place), target.path)
        where.reader.set_overlay(target.path, target.snapshot)
        where.reader.settle()
        line = target.extent.start.line
        repairs, notes = await service.fix(where, target, line, model=model)
        if write and repairs:
            write_text(file_of(place), target.snapshot.text, repairs[0].applied_to(target.snapshot))
        rows = [
            {
                "kind": one.kind,
                "title": one.title,
                "line": one.line + 1,
                "confidence": one.confidence,
                "check": one.check,
                "edits": [edit_row(extent, text) for extent, text in one.edits],
                "diff": diff_of(target, one.applied_to(target.snapshot)),
            }
            for one in repairs
        ]
        return {
            "path": target.path,
            "line": line + 1,
            "fixes": rows,
            "written": bool(write and repairs),
            "notes": list(notes),
        }

    return _run(run, place, repo, trust=False)


def tests(place: str, *, write: bool, action: str, repo: Path | None, trust: bool) -> Outcome:
    """Write tests for a function or class and return them as a diff; `write` adds them to the test file."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        target = where.target(place)
        if target.extent is None:
            raise AssistError("no_place", "Say which function or class: segue tests FILE:LINE.")
        where.reader.set_overlay(target.path, target.snapshot)
        asked, found = await service.tests(where, target, action=action)
        file = Target(Snapshot.of(found.text or "", language_id=target.language_id), found.path)
        after = found.change.applied_to(file.snapshot)
        if write:
            check_writable(where.root / found.path, found.path)
            write_new_or_old(where.root / found.path, found.text, after)
        return {
            "path": target.path,
            "name": asked.name,
            "framework": asked.place.framework.name,
            "testPath": found.path,
            "created": found.text is None,
            "tests": list(found.names),
            "edits": [edit_row(one.extent, one.text) for one in found.change.edits],
            "diff": diff_of(file, after),
            "written": write,
            "notes": list(found.change.notes),
            **_costs(found.change.usage),
        }

    return _run(run, place, repo, trust=trust)


def commit_message(*, action: str, repo: Path | None, trust: bool) -> Outcome:
    """Write the message for what is staged."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        message = await service.commit_message(where, action=action)
        notes = [
            f"{path} was not shown to the model because of the privacy rules." for path in message.left_out
        ]
        return {"message": message.text, "notes": notes, **_costs(message.usage)}

    return _run(run, "", repo, trust=trust)


def ask(question: Question, *, repo: Path | None, trust: bool, show: Callable[[str], None] | None) -> Outcome:
    """Answer a question about the repository; `show` gets the model's answer by sentences."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        answer = await service.ask(where, question, show=show or (lambda _piece: None))
        return {**ask_fields(answer), **_costs(answer.usage)}

    return _run(run, "", repo, trust=trust)


def prompts(*, repo: Path | None, trust: bool) -> Outcome:
    """List the prompts."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        return {"prompts": [_row(prompt) for prompt in service.prompts(where).all()]}

    return _run(run, "", repo, trust=trust)


def show_prompt(action: str, place: str, *, repo: Path | None, trust: bool) -> Outcome:
    """Return what would be sent for `place`, or the prompt as written when there is none."""

    async def run(service: AssistService, where: Repository) -> dict[str, Any]:
        prompt = service.prompts(where).get(action)
        if place or prompt.output == "commit-message":
            problem = "(the problem's message)" if prompt.inputs == ("diagnostic",) else ""
            target = where.target(place, problem) if place else None
            messages = list((await service.preview(where, action, target)).messages)
        else:
            messages = prompt.messages({name: f"{{{{{name}}}}}" for name in VARIABLES}, short=False)
        sent = [{"role": message.role, "content": message.content} for message in messages]
        return {**_row(prompt), "messages": sent, "variables": VARIABLES}

    return _run(run, place, repo, trust=trust)


def _run(
    work: Callable[[AssistService, Repository], Coroutine[Any, Any, dict[str, Any]]],
    place: str,
    repo: Path | None,
    *,
    trust: bool,
) -> Outcome:
    async def main() -> dict[str, Any]:
        root = (repo or root_around(place)).resolve()
        folders = directories()
        store = ConfigurationStore.load(user_file=folders.user_file, roots=[root], environment=os.environ)
        settings = store.settings
        if trust:
            assist = settings.assist.model_copy(update={"trusted_folders": [str(root)]})
            settings = settings.model_copy(update={"assist": assist})
        tasks, where = TaskRegistry(), Repository(root, settings)
        searches = Searches(lambda: settings, folders.cache, patience_s=SHELL_PATIENCE_S)
        service = AssistService(lambda: settings, folders, tasks, _relative_link, searches)
        try:
            return await work(service, where)
        finally:
            await service.aclose()
            await tasks.close()
            where.close()

    try:
        with parsing_protected():
            return Outcome(asyncio.run(main()))
    except AssistError as refusal:
        return Outcome(error={"reason": refusal.reason, "message": refusal.message})
    except ModelError as error:
        return Outcome(error={"reason": error.reason, "message": error.message})
    except KeyboardInterrupt:
        return Outcome(error={"reason": "cancelled", "message": "Cancelled; nothing was changed."})


def _relative_link(_root: Path | None, path: str, line: int) -> str:
    return f"{path}#L{line + 1}"


def _row(prompt: Prompt) -> dict[str, Any]:
    return {
        "action": prompt.action,
        "title": prompt.title,
        "input": list(prompt.inputs),
        "output": prompt.output,
        "needs": prompt.needs,
        "origin": prompt.origin,
    }


def _costs(usage: Usage) -> dict[str, Any]:
    return {"model": usage.model, "usage": usage.fields()}
