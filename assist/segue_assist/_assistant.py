"""The actions: explain, comment, change, commit message. Each prepares at once, then streams from the model."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_assist import _git
from segue_assist._assist_request import Answer, AssistRequest
from segue_assist._comment import comment_edit, documentable, file_style
from segue_assist._commit import learn_style, message_from_answer
from segue_assist._diffs import shown_diff, split_diff
from segue_assist._documented_file import DocumentedFile
from segue_assist._editing import change_from, edited_subject, title_of
from segue_assist._errors import AssistError
from segue_assist._line_comments import lines_edit, numbered
from segue_assist._outline import outline
from segue_assist._preview import CodePreview
from segue_assist._repository import Surroundings
from segue_assist._targets import Subject, check_text, subject_of
from segue_assist._types import CommentEdit, Target, Usage
from segue_assist._variables import (
    SURROUNDINGS_CHARS,
    facts_in_words,
    language_id_of,
    rows_of,
    subject_variables,
    wants_lines,
)
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from segue_assist._asking import Asking
    from segue_assist._change import Change
    from segue_assist._prompts import Prompt
from segue_assist._safe_markdown import SafeMarkdown

_CONTEXT_CHARS, _CONTEXT_CHARS_SMALL = 10_000, 1_600
_DIFF_CHARS, _DIFF_CHARS_SMALL = 16_000, 4_000


class Assistant:
    """Explains, comments and changes code of one workspace, and writes its commit messages.

    Preparing is synchronous and takes about 50 ms for each thousand lines of the file: servers run it in a worker thread.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    # -- explain -----------------------------------------------------------------------------------------------

    def prepare_explanation(self, target: Target, action: str = "") -> AssistRequest:
        """Return the request about `target`; raises `AssistError` when it cannot be asked."""
        began = time.perf_counter()
        action = action or ("explain-problem" if target.diagnostic else "explain")
        prompt = self._asking.prompt(action, {"markdown"})
        self._asking.check_allowed(target)
        check_text(target.snapshot.text, target.path)
        source = DocumentedFile(target.snapshot.text, language_id_of(target), target.path)
        subject = subject_of(target, source)
        around = self._asking.around(source, subject)
        small = self._asking.small
        variables = {
            **subject_variables(target, subject),
            "diagnostic": target.diagnostic,
            "context": around.text(_CONTEXT_CHARS_SMALL if small else _CONTEXT_CHARS),
        }
        names = source.lines_of_names() if source.parsed else {}
        request = self._asking.request(prompt, variables, began)
        return replace(request, target=target, subject=subject, around=around, source=source, own_names=names)

    def prepare_diff_explanation(self, diff: str, action: str = "explain") -> AssistRequest:
        """Return the request about a unified diff."""
        began = time.perf_counter()
        prompt = self._asking.prompt(action, {"markdown"})
        if not diff.strip():
            raise AssistError("empty_selection", "There is no change to explain.")
        shown, files, denied = shown_diff(split_diff(diff), self._asking.privacy, self._diff_budget)
        if not shown.strip():
            raise AssistError("denied", "The change holds nothing that may be shown to a model.")
        request = self._asking.request(prompt, {"diff": shown, "files": files}, began)
        return replace(request, left_out=tuple(denied))

    def explain(self, request: AssistRequest) -> Answer:
        """Return the explanation as a stream of Markdown with links to definitions.

        A model that is too small is not asked: the answer then says so, and lists what is known without a model.
        """
        unable = self._asking.inability(request.prompt, "explain code")
        if unable:
            return Answer(lambda answer: self._without_model(request, unable, answer))
        return Answer(lambda answer: self._linked(request, answer))

    async def _without_model(
        self, request: AssistRequest, unable: str, answer: Answer
    ) -> AsyncGenerator[str]:
        answer.usage = Usage(model=self._asking.name, prepare_ms=request.prepare_ms)
        answer.refused = unable
        yield f"> {unable}\n"
        if request.subject is not None and request.target is not None:
            known = outline(request.subject, request.around, self._asking.link, request.target.path)
            if known:
                yield f"\nWhat is known without a model:\n\n{known}\n"

    async def _linked(self, request: AssistRequest, answer: Answer) -> AsyncGenerator[str]:
        safe = SafeMarkdown(self._link_target(request))
        async with aclosing(self._asking.stream(request, request.messages, answer)) as stream:
            async for piece in stream:
                if shown := safe.feed(piece):
                    yield shown
        if rest := safe.finish():
            yield rest
        if request.left_out:
            listed = ", ".join(f"`{path}`" for path in request.left_out)
            yield f"\n\n*Not shown to the model because of the privacy rules: {listed}.*"

    def _link_target(self, request: AssistRequest) -> Callable[[str], str]:
        """Return what links a name: as the code means it, else to the only definition in what the model was shown."""
        cache: dict[str, str] = {}

        def target(name: str) -> str:
            if name not in cache:
                place = self._place_of(name, request)
                cache[name] = self._asking.link(*place) if place is not None and place[0] else ""
            return cache[name]

        return target

    def _place_of(self, name: str, request: AssistRequest) -> tuple[str, int] | None:
        around, subject = request.around, request.subject
        if name in around.meanings:
            meant = around.meanings[name]
            return None if meant is None else (meant.path, meant.line)
        lines = request.own_names.get(name, [])
        if subject is not None and len(lines) > 1:
            lines = [line for line in lines if subject.line <= line < subject.end_line]
        if request.target is not None and lines:
            return (request.target.path, lines[0]) if len(lines) == 1 else None
        found = self._asking.reader.definitions(name, limit=2) if len(name) > 2 else []
        shown = {excerpt.path for excerpt in around.excerpts}
        if len(found) == 1 and (request.target is None or found[0].path in shown):
            return found[0].path, found[0].line
        return None

    @property
    def _diff_budget(self) -> int:
        return _DIFF_CHARS_SMALL if self._asking.small else _DIFF_CHARS

    # -- comment -----------------------------------------------------------------------------------------------

    def prepare_comment(self, target: Target, action: str = "") -> AssistRequest:
        """Return the request for a doc comment, or for line comments where lines inside a definition are selected.

        Raises `AssistError` when there is nothing to comment, or no safe place for a comment.
        """
        began = time.perf_counter()
        self._asking.check_allowed(target)
        check_text(target.snapshot.text, target.path)
        source = DocumentedFile(target.snapshot.text, language_id_of(target), target.path)
        if action:
            prompt = self._asking.prompt(action, {"doc-comment", "line-comments"})
        else:
            prompt = self._asking.prompt("comment-lines" if wants_lines(target, source) else "comment", None)
        if prompt.output == "line-comments":
            return self._lines_request(prompt, target, source, began)
        return self._doc_request(prompt, target, source, began)

    def _doc_request(
        self, prompt: Prompt, target: Target, source: DocumentedFile, began: float
    ) -> AssistRequest:
        line, last = rows_of(target)
        definition = documentable(source, line, last_line=last)
        style = file_style(source, self._asking.neighbours(target))
        subject = Subject(
            f"the {definition.kind} `{definition.name}`",
            definition.line,
            definition.end_line,
            source.text[definition.start : definition.end],
            definition,
            whole=True,
        )
        if len(subject.code) > 3 * SURROUNDINGS_CHARS:
            cut = subject.code[: 2 * SURROUNDINGS_CHARS].rsplit("\n", 1)[0]
            subject = replace(subject, code=f"{cut}\n[... the rest is left out]")
        around = self._asking.around(source, subject) if not self._asking.small else Surroundings()
        others = (doc for name, doc in source.docs() if name != definition.name and len(doc) < 900)
        example = next(others, "")
        variables = {
            **subject_variables(target, subject),
            "kind": definition.kind,
            "name": definition.name,
            "facts": facts_in_words(definition),
            "existing": definition.doc,
            "example": example,
            "style": style.title,
            "context": around.text(3_000),
        }
        request = self._asking.request(prompt, variables, began)
        return replace(
            request, target=target, subject=subject, source=source, definition=definition, style=style
        )

    def _lines_request(
        self, prompt: Prompt, target: Target, source: DocumentedFile, began: float
    ) -> AssistRequest:
        subject = subject_of(target, source)
        if not source.parsed or not language_of(source.language_id).line_comment:
            raise AssistError(
                "unparsable",
                f"Segue has no grammar or no line comments for {source.language_id or 'this language'}, so it does not "
                "comment it.",
            )
        variables = {
            **subject_variables(target, subject),
            "numbered": numbered(target.snapshot, subject.line, subject.end_line),
        }
        request = self._asking.request(prompt, variables, began)
        return replace(request, target=target, subject=subject, source=source)

    async def comment(self, request: AssistRequest) -> CommentEdit:
        """Return the edit that adds the comment and cannot change the code.

        An answer that cannot be used is asked for once more, with the reason. Raises `AssistError`.
        """
        return await self._asking.usable(
            request,
            "comment code",
            "Answer as you were asked to, and with nothing else.",
            lambda answer: replace(self._edit(request, answer.text, cut=answer.cut), usage=answer.usage),
        )

    def _edit(self, request: AssistRequest, answer: str, *, cut: bool) -> CommentEdit:
        target, source, subject = request.target, request.source, request.subject
        assert target is not None
        assert source is not None
        assert subject is not None
        if request.definition is None or request.style is None:
            return lines_edit(target.snapshot, source, subject.line, subject.end_line, answer)
        return comment_edit(target.snapshot, source, request.definition, request.style, answer, cut=cut)

    # -- change ------------------------------------------------------------------------------------------------

    def prepare_change(self, target: Target, instruction: str, action: str = "edit") -> AssistRequest:
        """Return the request to change `target` as `instruction` says; raises `AssistError` when it cannot be asked."""
        began = time.perf_counter()
        prompt = self._asking.prompt(action, {"change"})
        if not instruction.strip() and prompt.takes_instruction:
            raise AssistError("no_instruction", "Say what should change.")
        self._asking.check_allowed(target)
        check_text(target.snapshot.text, target.path)
        source = DocumentedFile(target.snapshot.text, language_id_of(target), target.path)
        subject, region = edited_subject(target, source)
        around = Surroundings() if self._asking.small else self._asking.around(source, subject)
        variables = {
            **subject_variables(target, subject),
            "instruction": instruction.strip(),
            "diagnostic": target.diagnostic,
            "context": around.text(_CONTEXT_CHARS),
        }
        room = min(8192, max(prompt.max_tokens, 300 + len(subject.code) // 2))
        request = self._asking.request(replace(prompt, max_tokens=room), variables, began)
        return replace(
            request,
            target=target,
            subject=subject,
            source=source,
            around=around,
            region=region,
            change_title=title_of(instruction, subject, prompt.title),
        )

    async def change(
        self, request: AssistRequest, show: Callable[[str], None] = lambda _piece: None
    ) -> Change:
        """Return the change that was asked for; it keeps to the region of the request and parses no worse.

        `show` gets the code piece by piece while the model writes it. An answer that cannot be used is asked for once
        more, with the reason. Raises `AssistError`.
        """
        return await self._asking.usable(
            request,
            "change code",
            "Answer with the changed code in one fence, and nothing else.",
            lambda answer: replace(self._change(request, answer), usage=answer.usage),
            show=CodePreview(show).feed,
        )

    def _change(self, request: AssistRequest, answer: Answer) -> Change:
        target, source, region = request.target, request.source, request.region
        assert target is not None
        assert source is not None
        assert region is not None
        return change_from(
            target,
            source,
            region,
            answer.text,
            reader=self._asking.reader,
            title=request.change_title,
            cut=answer.cut,
            with_imports=self._asking.with_imports,
        )

    # -- commit message ----------------------------------------------------------------------------------------

    def prepare_commit_message(self, root: Path, action: str = "commit-message") -> AssistRequest:
        """Return the request for the staged change of the repository at `root`; asks git, so it takes a while."""
        began = time.perf_counter()
        prompt = self._asking.prompt(action, {"commit-message"})
        changes = split_diff(_git.staged_diff(root))
        if not changes:
            raise AssistError("nothing_staged", "Nothing is staged: use `git add` first.")
        shown, files, denied = shown_diff(changes, self._asking.privacy, self._diff_budget)
        style = learn_style(_git.recent_messages(root))
        variables = {
            "diff": shown,
            "files": files,
            "style": style.in_words(),
            "log": "\n".join(style.subjects),
        }
        request = self._asking.request(prompt, variables, began)
        return replace(request, commit_style=style, left_out=tuple(denied))

    async def commit_message(self, request: AssistRequest) -> tuple[str, Usage]:
        """Return the message for a prepared request. Raises `AssistError`."""
        style = request.commit_style
        assert style is not None, "prepare_commit_message() learns it"
        return await self._asking.usable(
            request,
            "write a commit message",
            "Answer as you were asked to, and with nothing else.",
            lambda answer: (message_from_answer(answer.text, style, cut=answer.cut), answer.usage),
        )
