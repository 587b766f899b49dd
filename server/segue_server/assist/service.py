"""The assistant as a service: what editors and the command line ask it for, each in one call."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from segue_assist import Asking, Assistant, AssistError, Places, TestWriter, staged_diff, working_diff
from segue_next_edit.fixes import fixes_at
from segue_next_edit.imports import with_imports
from segue_server.assist.repairs import NO_RULE, Repair
from segue_server.assist.resources import prompt_library
from segue_server.assist.verification import Verification
from segue_server.models.chat import ChatManager, chat_settings
from segue_server.models.searches import Searches
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_assist import (
        Answer,
        AssistRequest,
        Change,
        CommentEdit,
        NewTests,
        PromptLibrary,
        Target,
        TestRequest,
        Usage,
    )
    from segue_assist.ask import AskAnswer, Citation
    from segue_context import WorkspaceIndex, WorkspaceReader
    from segue_context.privacy import SendingRules
    from segue_context.search import SearchResult
    from segue_server.configuration import Settings
    from segue_server.runtime.paths import Directories
    from segue_server.runtime.tasks import TaskRegistry

Uncommitted = Literal["staged", "working"]
"""A change of the repository: what is staged, or all that is not committed."""


class Workspace(Protocol):
    """The folder that a request is about."""

    @property
    def root(self) -> Path | None:
        """The folder, None for documents outside any."""

    @property
    def reader(self) -> WorkspaceReader:
        """What is known of its code."""

    @property
    def index(self) -> WorkspaceIndex | None:
        """The index that questions are answered from, None where there is none."""

    @property
    def rules(self) -> SendingRules:
        """Which of its files may be sent."""


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A commit message; `left_out` are the paths that the privacy rules kept from the model."""

    text: str
    left_out: tuple[str, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a repository; `thread` are the questions and answers before it, oldest first.

    `selection` is the place that is selected in the editor, which the question is about.
    """

    text: str
    limit: int = 10
    selection: Citation | None = None
    thread: tuple[tuple[str, str], ...] = ()
    use_model: bool = True
    use_embeddings: bool = True


class AssistService:
    """Explains, comments and changes code, and writes commit messages; the chat model is opened when it is first needed.

    Every call raises `AssistError` for a request that cannot be met and `ModelError` when the model fails; both carry
    one sentence to show and a reason code. `link` makes a link of a workspace's root, a path in it and a 0-based line.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        directories: Directories,
        tasks: TaskRegistry,
        link: Callable[[Path | None, str, int], str],
        searches: Searches | None = None,
    ) -> None:
        self.places = Places()
        self._settings = settings
        self._directories = directories
        self._tasks = tasks
        self._link = link
        self._chats = ChatManager(tasks, directories.cache)
        self._searches = searches or Searches(settings, directories.cache)

    async def explain(
        self,
        where: Workspace,
        subject: Target | Uncommitted,
        *,
        action: str = "",
        show: Callable[[str], None] = lambda _piece: None,
    ) -> tuple[AssistRequest, Answer]:
        """Explain code or a change in Markdown; `show` gets it piece by piece."""
        assistant = await self._assistant(where)
        if isinstance(subject, str):
            read = staged_diff if subject == "staged" else working_diff
            diff = await self._tasks.in_thread(read, _root(where))
            request = await self._tasks.in_thread(
                assistant.prepare_diff_explanation, diff, action or "explain"
            )
        else:
            request = await self._tasks.in_thread(assistant.prepare_explanation, subject, action)
        answer = assistant.explain(request)
        async with aclosing(answer.pieces()) as pieces:
            async for piece in pieces:
                show(piece)
        return request, answer

    async def comment(self, where: Workspace, target: Target, *, action: str = "") -> CommentEdit:
        """Return an edit that adds comments to `target` and changes nothing else."""
        assistant = await self._assistant(where)
        request = await self._tasks.in_thread(assistant.prepare_comment, target, action)
        return await assistant.comment(request)

    async def edit(
        self,
        where: Workspace,
        target: Target,
        instruction: str,
        *,
        action: str = "",
        show: Callable[[str], None] = lambda _piece: None,
    ) -> tuple[AssistRequest, Change]:
        """Return the change of `target` that `instruction` asks for; `show` gets the new code while it is written."""
        assistant = await self._assistant(where)
        request = await self._tasks.in_thread(assistant.prepare_change, target, instruction, action or "edit")
        return request, await assistant.change(request, show)

    async def fix(
        self, where: Workspace, target: Target, line: int, *, model: bool = True
    ) -> tuple[list[Repair], tuple[str, ...]]:
        """Return what mends a 0-based line of `target`, and sentences about it: by rule, else by the `model`.

        A model is asked about a problem that somebody reported, and not what might be wrong.
        """
        found = await self._tasks.in_thread(fixes_at, where.reader, target.path, line, target.diagnostic)
        repairs, notes = [Repair.by_rule(one) for one in found], tuple[str, ...]()
        if not found and model and target.diagnostic:
            try:
                _, change = await self.edit(where, target, "", action="fix")
            except AssistError as refusal:
                return [], (NO_RULE, refusal.message)
            repairs, notes = [Repair.by_model(change, line)], change.notes
        if not repairs:
            return [], (NO_RULE,)
        after = repairs[0].applied_to(target.snapshot)
        checked = await self._tasks.in_thread(
            Verification(self._settings(), where.root).of_fix, target.path, after
        )
        return [replace(repairs[0], check=checked), *repairs[1:]], notes

    async def tests(
        self, where: Workspace, target: Target, *, action: str = ""
    ) -> tuple[TestRequest, NewTests]:
        """Return tests of the function or class at `target`: checked, and run where the user's settings say how.

        Raises `AssistError` (tests_failed) for tests that do not pass, or pass whatever the tested code does.
        """
        writer = TestWriter(await self._asking(where, where.reader))
        asked = await self._tasks.in_thread(writer.prepare_tests, target, action or "tests")
        tests = await writer.tests(asked)
        before = Snapshot.of(tests.text or "", language_id=target.language_id)
        tried = await self._tasks.in_thread(
            Verification(self._settings(), where.root).of_tests,
            asked, tests, target.path, target.snapshot.text, tests.change.applied_to(before),
        )  # fmt: skip
        if not tried.shown:
            raise AssistError("tests_failed", tried.said)
        return asked, replace(tests, change=replace(tests.change, notes=(*tests.change.notes, tried.said)))

    async def commit_message(self, where: Workspace, *, action: str = "") -> CommitMessage:
        """Write the message for what is staged."""
        assistant = await self._assistant(where)
        request = await self._tasks.in_thread(
            assistant.prepare_commit_message, _root(where), action or "commit-message"
        )
        text, usage = await assistant.commit_message(request)
        return CommitMessage(text, request.left_out, usage)

    async def ask(
        self,
        where: Workspace,
        question: Question,
        *,
        found: Callable[[SearchResult], None] = lambda _result: None,
        show: Callable[[str], None] = lambda _piece: None,
    ) -> AskAnswer:
        """Answer a question about the repository; `found` gets the places first, `show` the model's answer by sentences."""
        from segue_assist.ask import Asker

        if where.index is None:
            raise AssistError(
                "no_index", "There is no index to ask: open a folder, and leave `index.enabled` on."
            )
        searcher = await self._tasks.in_thread(
            partial(self._searches.of, where.index, where.rules, use_embeddings=question.use_embeddings)
        )
        asking = await self._asking(where, where.index, use_model=question.use_model)
        return await Asker(asking).ask(
            searcher,
            question.text,
            limit=question.limit,
            selection=question.selection,
            thread=question.thread,
            found=found,
            show=show,
        )

    async def preview(self, where: Workspace, action: str, target: Target | None) -> AssistRequest:
        """Return what `action` would send to the model; nothing is sent."""
        asking = await self._asking(where, where.reader)
        assistant, output = Assistant(asking), asking.prompt(action).output
        if output == "commit-message":
            return await self._tasks.in_thread(assistant.prepare_commit_message, _root(where), action)
        if target is None:
            raise AssistError("no_place", f"{action} is about a place in a file: name it.")
        if output == "tests":
            return (await self._tasks.in_thread(TestWriter(asking).prepare_tests, target, action)).request
        if output == "change":
            return await self._tasks.in_thread(assistant.prepare_change, target, "(the instruction)", action)
        prepare = assistant.prepare_explanation if output == "markdown" else assistant.prepare_comment
        return await self._tasks.in_thread(prepare, target, action)

    def prompts(self, where: Workspace) -> PromptLibrary:
        """Return the prompts that count in a workspace; they are read from disk, so use them in a worker thread."""
        return prompt_library(self._settings(), self._directories, where.root, where.rules)

    async def warm(self) -> None:
        """Load the HTTP client, if a server is asked; nothing is sent."""
        chosen = chat_settings(self._settings())
        if chosen is not None and chosen.provider != "embedded":
            await self._tasks.in_thread(_import_http_client)

    async def aclose(self) -> None:
        """Release the models."""
        await self._chats.aclose()
        await self._tasks.in_thread(self._searches.close)

    async def _assistant(self, where: Workspace) -> Assistant:
        return Assistant(await self._asking(where, where.reader))

    async def _asking(self, where: Workspace, reader: WorkspaceReader, *, use_model: bool = True) -> Asking:
        """Return what asks the chat model of the settings about a workspace."""
        root = where.root
        return Asking(
            reader=reader,
            prompts=self.prompts(where),
            privacy=where.rules,
            chat=await self._chats.of(chat_settings(self._settings())) if use_model else None,
            link=lambda path, line: self._link(root, path, line),
            in_thread=self._tasks.in_thread,
            with_imports=partial(with_imports, reader),
        )


def _root(where: Workspace) -> Path:
    if where.root is None:
        raise AssistError(
            "not_a_repository", "There is no workspace folder, so there is no repository to ask."
        )
    return where.root


def _import_http_client() -> None:
    import httpx  # noqa: F401
