"""What the assist commands do, apart from printing."""

from __future__ import annotations

import asyncio
import difflib
import os
import re
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_assist import (
    VARIABLES,
    Assistant,
    AssistError,
    Prompt,
    Target,
    Usage,
    staged_diff,
    working_diff,
)
from segue_context.privacy import verdict_on_disk
from segue_model import ModelError, open_chat
from segue_server.assist.resources import prompt_library
from segue_server.configuration import ConfigurationStore
from segue_server.models.chat import chat_settings
from segue_server.runtime.paths import directories
from segue_server.workspace.indexing import sending_rules
from segue_syntax import Position, Range, Snapshot, language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from segue_assist import AssistRequest, PromptLibrary
    from segue_context import WorkspaceReader
    from segue_model import ChatModel
    from segue_server.configuration import Settings

_PLACE = re.compile(r"^(?P<file>.+?)(?::(?P<start>\d+)(?:-(?P<end>\d+))?)?$", re.DOTALL)
_LARGEST_BYTES = 4_000_000
_INDEX_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command prints: its fields, or `error` with the fields `reason` and `message`."""

    fields: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=dict)


def explain(
    place: str,
    *,
    change: str,
    problem: str,
    action: str,
    repo: Path | None,
    trust: bool,
    show: Callable[[str], None] | None,
) -> Outcome:
    """Explain a place or a change; `show` gets the Markdown piece by piece."""

    async def run(bench: _Bench) -> dict[str, Any]:
        if change:
            diff = (staged_diff if change == "staged" else working_diff)(bench.root)
            question = bench.assistant.prepare_diff_explanation(diff, action or "explain")
        else:
            question = bench.assistant.prepare_explanation(bench.target(place, problem), action)
        answer = bench.assistant.explain(question)
        async with aclosing(answer.pieces()) as pieces:
            async for piece in pieces:
                if show is not None:
                    show(piece)
        subject = question.subject
        where = {} if subject is None else {"startLine": subject.line + 1, "endLine": subject.end_line}
        return {"markdown": answer.text, **where, "refused": answer.refused, **_costs(answer.usage)}

    return _run(run, place, repo, trust=trust)


def comment(place: str, *, write: bool, action: str, repo: Path | None, trust: bool) -> Outcome:
    """Comment a place and return the change as a diff; `write` applies it to the file."""

    async def run(bench: _Bench) -> dict[str, Any]:
        target = bench.target(place)
        edit = await bench.assistant.comment(bench.assistant.prepare_comment(target, action))
        before = target.snapshot.text
        after = edit.applied_to(target.snapshot)
        if write:
            _write(bench.file(place), before, after)
        diff = difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{target.path}",
            f"b/{target.path}",
        )
        return {
            "path": target.path,
            "title": edit.title,
            "edit": {
                "startLine": edit.extent.start.line + 1,
                "startColumn": edit.extent.start.column + 1,
                "endLine": edit.extent.end.line + 1,
                "endColumn": edit.extent.end.column + 1,
                "newText": edit.text,
            },
            "diff": "".join(line if line.endswith("\n") else f"{line}\n" for line in diff),
            "written": write,
            "notes": list(edit.notes),
            **_costs(edit.usage),
        }

    return _run(run, place, repo, trust=trust)


def commit_message(*, action: str, repo: Path | None, trust: bool) -> Outcome:
    """Write the message for what is staged."""

    async def run(bench: _Bench) -> dict[str, Any]:
        question = bench.assistant.prepare_commit_message(bench.root, action)
        message, usage = await bench.assistant.commit_message(question)
        notes = [
            f"{path} was not shown to the model because of the privacy rules." for path in question.left_out
        ]
        return {"message": message, "notes": notes, **_costs(usage)}

    return _run(run, "", repo, trust=trust)


def prompts(*, repo: Path | None, trust: bool) -> Outcome:
    """List the prompts."""

    async def run(bench: _Bench) -> dict[str, Any]:
        return {"prompts": [_row(prompt) for prompt in bench.library.all()]}

    return _run(run, "", repo, trust=trust, with_model=False)


def show_prompt(action: str, place: str, *, repo: Path | None, trust: bool) -> Outcome:
    """Return what would be sent for `place`, or the prompt as written when there is none."""

    async def run(bench: _Bench) -> dict[str, Any]:
        prompt = bench.library.get(action)
        if place or prompt.output == "commit-message":
            messages = list(_question(bench, prompt, place).messages)
        else:
            messages = prompt.messages({name: f"{{{{{name}}}}}" for name in VARIABLES}, short=False)
        sent = [{"role": message.role, "content": message.content} for message in messages]
        return {**_row(prompt), "messages": sent, "variables": VARIABLES}

    return _run(run, place, repo, trust=trust)


def _question(bench: _Bench, prompt: Prompt, place: str) -> AssistRequest:
    if prompt.output == "commit-message":
        return bench.assistant.prepare_commit_message(bench.root, prompt.action)
    if prompt.output == "markdown":
        problem = "(the problem's message)" if prompt.inputs == ("diagnostic",) else ""
        return bench.assistant.prepare_explanation(bench.target(place, problem), prompt.action)
    return bench.assistant.prepare_comment(bench.target(place), prompt.action)


class _Bench:
    """What a command works with."""

    def __init__(
        self, root: Path, settings: Settings, library: PromptLibrary, chat: ChatModel | None
    ) -> None:
        self.root = root
        self._rules = sending_rules(settings, root)
        self.library = library
        self.reader = _reader(root, settings)
        self.assistant = Assistant(
            reader=self.reader,
            prompts=library,
            privacy=self._rules,
            chat=chat,
            link=lambda path, line: f"{path}#L{line + 1}",
        )

    def allowed(self, path: str) -> bool:
        """Return whether the settings allow a file in spite of the built-in rules."""
        return self._rules.allows_by_name(path) and self._rules.may_leave(path)

    def file(self, place: str) -> Path:
        match = _PLACE.match(place)
        assert match is not None
        return Path(match["file"])

    def target(self, place: str, problem: str = "") -> Target:
        """Return what `FILE[:START[-END]]` means; raises `AssistError` when there is no such place."""
        match = _PLACE.match(place)
        assert match is not None
        path = Path(match["file"])
        if not path.is_file():
            raise AssistError("no_file", f"There is no file {match['file']}.")
        if path.stat().st_size > _LARGEST_BYTES:
            raise AssistError("too_large", f"{path} is too large ({path.stat().st_size >> 20} MB).")
        relative = Path(os.path.relpath(path.resolve(), self.root)).as_posix()
        judged = verdict_on_disk(path.resolve(), self.root)
        if not judged.allowed and not self.allowed(relative):
            reason = "not_code" if "binary" in judged.reason else "denied"
            raise AssistError(reason, f"{relative} is not sent to a model: {judged.reason}")
        data = path.read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AssistError("not_code", f"{relative} is a binary file or no UTF-8 text.") from error
        snapshot = Snapshot.of(text, uri=path.resolve().as_uri(), language_id=language_of("", path.name).id)
        if match["start"] is None:
            return Target(snapshot, relative, diagnostic=problem)
        first = int(match["start"]) - 1
        last = int(match["end"] or match["start"]) - 1
        if not 0 <= first <= last or first >= len(snapshot.lines):
            raise AssistError(
                "no_place", f"{relative} has no lines {match['start']} to {match['end'] or match['start']}."
            )
        if match["end"] is None:
            return Target(snapshot, relative, Range(Position(first, 0), Position(first, 0)), problem)
        return Target(snapshot, relative, Range(Position(first, 0), Position(last + 1, 0)), problem)


def _run(
    work: Callable[[_Bench], Coroutine[Any, Any, dict[str, Any]]],
    place: str,
    repo: Path | None,
    *,
    trust: bool,
    with_model: bool = True,
) -> Outcome:
    async def main() -> dict[str, Any]:
        root = (repo or _root_around(place)).resolve()
        where = directories()
        store = ConfigurationStore.load(user_file=where.user_file, roots=[root], environment=os.environ)
        settings = store.settings
        if trust:
            assist = settings.assist.model_copy(update={"trusted_folders": [str(root)]})
            settings = settings.model_copy(update={"assist": assist})
        library = prompt_library(settings, where, root)
        chosen = chat_settings(settings) if with_model else None
        chat = None if chosen is None else open_chat(chosen, cache_dir=where.cache)
        bench = _Bench(root, settings, library, chat)
        try:
            return await work(bench)
        finally:
            if chat is not None:
                await chat.aclose()
            close = getattr(bench.reader, "close", None)
            if close is not None:
                close()

    try:
        return Outcome(asyncio.run(main()))
    except AssistError as refusal:
        return Outcome(error={"reason": refusal.reason, "message": refusal.message})
    except ModelError as error:
        return Outcome(error={"reason": error.reason, "message": error.message})
    except KeyboardInterrupt:
        return Outcome(error={"reason": "cancelled", "message": "Cancelled; nothing was changed."})


def _root_around(place: str) -> Path:
    """Return the repository around the file, else its folder."""
    match = _PLACE.match(place) if place else None
    start = Path(match["file"]).resolve().parent if match else Path.cwd()
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start


def _reader(root: Path, settings: Settings) -> WorkspaceReader:
    """Return what the index of `root` knows; one that is not there yet gets a few seconds to come about."""
    from segue_context.index import WorkspaceIndex

    index = WorkspaceIndex(root, directories().cache)
    if settings.index.enabled and not index.status().files:
        index.start()
        index.wait_until_ready(_INDEX_WAIT_S)
    return index


def _write(path: Path, before: str, after: str) -> None:
    """Replace the file's text in one step, unless it changed meanwhile."""
    path = path.resolve()
    if path.read_bytes() != before.encode("utf-8"):
        raise AssistError("changed", "The file changed while the model was answering; nothing was written.")
    draft = path.with_name(f".{path.name}.segue-{os.getpid()}")
    try:
        draft.write_bytes(after.encode("utf-8"))
        draft.chmod(path.stat().st_mode & 0o7777)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


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
