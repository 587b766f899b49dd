"""What all actions share: the prompt, what is sent, the model's answer, and asking once more when it cannot be used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from segue_assist._assist_request import Answer, AssistRequest
from segue_assist._errors import AssistError
from segue_assist._model_size import NO_MODEL, inability, is_small
from segue_assist._model_stream import model_stream
from segue_assist._repository import Surroundings, look_around
from segue_assist._structured import FORMS
from segue_model import ChatMessage, ChatModel, GenerationOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from segue_assist._change import WithImports
    from segue_assist._documented_file import DocumentedFile
    from segue_assist._prompts import Prompt, PromptLibrary
    from segue_assist._targets import Subject
    from segue_assist._types import Privacy, Target
    from segue_context import WorkspaceReader

T = TypeVar("T")
InThread = Callable[..., Awaitable[Any]]


class Asking:
    """Asks one model about one workspace.

    `chat` is None when no model is configured. `link` turns a workspace path and a 0-based line into a link target. What
    is done with an answer runs through `in_thread`, which awaits a function in a thread of the caller's choice.
    `with_imports` adds the imports that changed code needs.
    """

    def __init__(
        self,
        *,
        reader: WorkspaceReader,
        prompts: PromptLibrary,
        privacy: Privacy,
        chat: ChatModel | None,
        link: Callable[[str, int], str],
        in_thread: InThread = asyncio.to_thread,
        with_imports: WithImports | None = None,
    ) -> None:
        self.reader = reader
        self.prompts = prompts
        self.privacy = privacy
        self.chat = chat
        self.link = link
        self.in_thread = in_thread
        self.with_imports = with_imports

    async def usable(
        self,
        request: AssistRequest,
        doing: str,
        reminder: str,
        use: Callable[[Answer], T],
        show: Callable[[str], None] = lambda _piece: None,
    ) -> T:
        """Return what `use` makes of the answer; one that it refuses is asked for once more, with the reason."""
        unable = self.inability(request.prompt, doing)
        if unable:
            raise AssistError("unfit_model" if self.chat is not None else "no_model", unable)
        answer = await self._whole(request, request.messages, show)
        used: T
        try:
            used = await self.in_thread(use, answer)
        except AssistError as refusal:
            if refusal.reason in {"empty_answer", "code_would_change", "no_change"}:
                raise
            said = ChatMessage("assistant", answer.text[:4000])
            again = ChatMessage("user", f"That cannot be used: {refusal.message} {reminder}")
        else:
            return used
        used = await self.in_thread(use, await self._whole(request, (*request.messages, said, again)))
        return used

    async def _whole(
        self,
        request: AssistRequest,
        messages: tuple[ChatMessage, ...],
        show: Callable[[str], None] = lambda _piece: None,
    ) -> Answer:
        answer = Answer(lambda answer: self.stream(request, messages, answer))
        async with aclosing(answer.pieces()) as pieces:
            async for piece in pieces:
                show(piece)
        return answer

    def prompt(self, action: str, outputs: set[str] | None = None) -> Prompt:
        """Return the prompt of an action, which must answer with one of `outputs` where they are given."""
        prompt = self.prompts.get(action)
        if outputs is not None and prompt.output not in outputs:
            raise AssistError(
                "unknown_action", f"The action `{action}` answers with {prompt.output}, not with that."
            )
        return prompt

    def request(self, prompt: Prompt, variables: Mapping[str, str], began: float) -> AssistRequest:
        """Return the prompt filled in and masked; what is needed to use the answer is the caller's to add."""
        small = self.small
        form = FORMS.get(prompt.output) if prompt.asks_for("form", short=small) else None
        variables = {**variables, "form": form.words} if form is not None else variables
        messages = tuple(
            ChatMessage(message.role, self.privacy.mask(message.content))
            for message in prompt.messages(variables, short=small)
        )
        options = GenerationOptions(
            max_tokens=prompt.max_tokens,
            temperature=prompt.temperature,
            logprobs=False,
            schema=form.schema if form is not None else None,
        )
        return AssistRequest(prompt, messages, options, prepare_ms=(time.perf_counter() - began) * 1000)

    async def stream(
        self, request: AssistRequest, messages: tuple[ChatMessage, ...], answer: Answer
    ) -> AsyncGenerator[str]:
        """Stream the model's answer, and note what it cost in `answer`."""
        assert self.chat is not None, "callers ask inability() first"
        stream = model_stream(self.chat, messages, request.options, answer, prepare_ms=request.prepare_ms)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                yield piece

    def check_allowed(self, target: Target) -> None:
        """Raise `AssistError` (denied) for a file that may not be sent."""
        why = self.privacy.refusal(target.path, target.snapshot.text) if target.path else ""
        if why:
            raise AssistError("denied", f"{target.path} is not sent to a model: {why.rstrip('.')}.")

    def around(self, source: DocumentedFile, subject: Subject) -> Surroundings:
        """Return what of the workspace helps to understand `subject`."""
        name = subject.definition.name if subject.definition is not None else ""
        return look_around(self.reader, self.privacy, source, (subject.line, subject.end_line), name)

    def neighbours(self, target: Target) -> list[str]:
        """Return texts of a few files of the language beside the target, whose comments show the local style."""
        folder, _, _ = target.path.rpartition("/")
        extension = target.path.rpartition(".")[2]
        near = [
            path
            for path in self.reader.files()
            if path != target.path and path.rpartition("/")[0] == folder and path.endswith(f".{extension}")
        ]
        texts = (self.reader.read_text(path) for path in near[:6])
        return [text for text in texts if text is not None and len(text) < 120_000]

    def inability(self, prompt: Prompt, doing: str) -> str:
        """Return why the model cannot do what `prompt` asks, "" when it can."""
        if self.chat is None:
            return NO_MODEL
        return inability(self.chat.name, prompt.needs, doing)

    @property
    def name(self) -> str:
        """The name of the model, "" without one."""
        return self.chat.name if self.chat is not None else ""

    @property
    def small(self) -> bool:
        """Whether the model is too small for much context."""
        return self.chat is not None and is_small(self.chat.name)
