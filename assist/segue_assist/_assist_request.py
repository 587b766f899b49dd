"""A prepared request, and its answer while it streams."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_assist._repository import Surroundings
from segue_assist._types import Usage
from segue_model import without_reasoning
from segue_syntax import Range

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from segue_assist._commit import CommitStyle
    from segue_assist._docstyle import DocStyle
    from segue_assist._documented_file import Definition, DocumentedFile
    from segue_assist._prompts import Prompt
    from segue_assist._rewrite import Region
    from segue_assist._targets import Subject
    from segue_assist._types import Target
    from segue_model import ChatMessage, GenerationOptions


@dataclass(frozen=True, slots=True)
class AssistRequest:
    """A prepared prompt: what would be sent, and what is needed to use the answer."""

    prompt: Prompt
    messages: tuple[ChatMessage, ...]
    options: GenerationOptions
    prepare_ms: float
    target: Target | None = None
    subject: Subject | None = None
    around: Surroundings = field(default_factory=Surroundings)
    source: DocumentedFile | None = None
    own_names: dict[str, list[int]] = field(default_factory=dict)
    definition: Definition | None = None
    style: DocStyle | None = None
    commit_style: CommitStyle | None = None
    region: Region | None = None
    change_title: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def asked(self) -> Range | None:
        """What a change may touch, besides imports."""
        if self.region is None or self.target is None:
            return None
        snapshot = self.target.snapshot
        return Range(snapshot.position_at(self.region.start), snapshot.position_at(self.region.stop))


class Answer:
    """A streamed answer; iterate over it once, then read the rest.

    `text` is in the end without reasoning that was streamed before it was known to be that. `cut` says that a limit ended it, `refused` why no model was asked.
    """

    def __init__(self, stream: Callable[[Answer], AsyncGenerator[str]]) -> None:
        self.text = ""
        self.usage = Usage()
        self.cut = True
        self.refused = ""
        self._stream = stream

    async def pieces(self) -> AsyncGenerator[str]:
        """Yield the answer piece by piece; closing it stops the model."""
        async with aclosing(self._stream(self)) as stream:
            async for piece in stream:
                self.text += piece
                yield piece
        self.text = without_reasoning(self.text).lstrip("\n") if "</" in self.text else self.text
