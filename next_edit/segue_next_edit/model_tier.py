"""What rules cannot write: content from a model, at the places that the rules or the cursor point to.

A next-edit model is asked in its own format, a chat model for a stream of patches, any other completion model to
fill in the line. No answer is shown that does not apply, parse, change something, or that undoes what was typed.
"""

from __future__ import annotations

import asyncio
import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_model import ChatMessage, CompletionPrompt, GenerationOptions
from segue_next_edit._situation import Situation
from segue_next_edit._types import NextEdit
from segue_next_edit._validation import refusal
from segue_next_edit.formats import EditPrompt, Event, PatchStream, format_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import EventDiff, LineEdit, WorkspaceReader
    from segue_model import ChatModel, CompletionModel
    from segue_next_edit._types import Problem
    from segue_next_edit.formats import EditFormat, Patch

ABOVE, BELOW = 10, 10
"""Lines around the place that a next-edit model may rewrite (the window that Sweep was trained on)."""
EXCERPT = 40
VIEW = 6
"""Lines that a chat model sees on each side of a likely place elsewhere."""
EVENTS = 6
_FIM_LINES = 60
_RELATED_CHARS = 4000
_DEFINITELY_NOT = re.compile(r"\A\s*\Z")
Change = tuple[str, int, int, tuple[str, ...]]  # path, lines from and to, new lines
MODEL_CONFIDENCE = 0.45
"""A model's answers come without a calibrated chance; this ranks them between sure and unsure rules."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask: a line and a column (code points) of a file."""

    path: str
    line: int
    column: int = 0


class ModelTier:
    """Asks one model. Any of the two may be missing; without both nothing is asked.

    A chat model is told the `rules` of the team; one with a format of its own, or that fills in, has no place for them.
    """

    def __init__(
        self,
        reader: WorkspaceReader,
        *,
        model: CompletionModel | None = None,
        chat: ChatModel | None = None,
        style: EditFormat | None = None,
        rules: str = "",
    ) -> None:
        self._reader = reader
        self._model = model
        self._chat = chat
        self._rules = rules
        named = model.name if model is not None else chat.name if chat is not None else ""
        self._style = style or format_of(named)

    @property
    def may_decline(self) -> bool:
        """Whether the model can answer that nothing is to be done: one that only fills in a line cannot."""
        return self._style is not None or self._chat is not None

    async def edits(
        self,
        history: Sequence[LineEdit],
        place: Place,
        *,
        diffs: Sequence[EventDiff] = (),
        places: Sequence[NextEdit] = (),
        problems: Sequence[Problem] = (),
    ) -> list[NextEdit]:
        """Return the model's edits for `place`, validated, best first; [] when it has none.

        `diffs` are the events with context (`EditHistory.diffs`); without them they are made from `history`.
        `places` are further likely ones, for a model that can edit several, and `problems` what is reported there. Raises `ModelError` when the model
        cannot be asked.
        """
        situation = Situation(self._reader, history, (place.path, place.line))
        prompt = await asyncio.to_thread(_prompt, situation, history, place, diffs)
        if prompt is None:
            return []
        if self._style is not None and not any(
            mark in "\n".join(prompt.lines) for mark in self._style.special
        ):
            return await self._rewritten(situation, prompt, self._style)
        if self._chat is not None:
            views = await asyncio.to_thread(_views, situation, prompt, places)
            told = tuple((one.path, one.line, one.message) for one in problems)
            return await self._patched(situation, replace(prompt, places=views, problems=told), self._chat)
        if self._model is not None and self._style is None:
            return await self._filled(situation, prompt, self._model)
        return []

    async def _rewritten(self, situation: Situation, prompt: EditPrompt, style: EditFormat) -> list[NextEdit]:
        rendered = style.render(prompt)
        start, end = prompt.region
        room = sum(map(len, prompt.lines[start:end])) // 2 + 256
        options = GenerationOptions(max_tokens=min(1024, room), stop=style.stop, logprobs=False)
        answer = await self._said(rendered, options)
        new = style.parse(answer, prompt)
        if new is None:
            return []
        old = prompt.lines[start:end]
        changes = [
            (prompt.path, start + a, start + b, tuple(new[c:d]))
            for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            if tag != "equal"
        ]
        return await asyncio.to_thread(_valid, situation, changes)

    async def _patched(self, situation: Situation, prompt: EditPrompt, chat: ChatModel) -> list[NextEdit]:
        style = PatchStream()
        messages = [
            ChatMessage("system", style.system(self._rules)),
            ChatMessage("user", style.render(prompt)),
        ]
        options = GenerationOptions(max_tokens=512, logprobs=False)
        answer = "".join([chunk.text async for chunk in chat.chat(messages, options)])
        return await asyncio.to_thread(_patches_applied, situation, list(style.parse(answer)))

    async def _filled(
        self, situation: Situation, prompt: EditPrompt, model: CompletionModel
    ) -> list[NextEdit]:
        line, _ = prompt.cursor
        text = prompt.lines[line]
        indent = text[: len(text) - len(text.lstrip())]
        before = "\n".join([*prompt.lines[max(0, line - _FIM_LINES) : line], indent])
        after = "\n" + "\n".join(prompt.lines[line + 1 : line + 1 + _FIM_LINES])
        options = GenerationOptions(max_tokens=80, stop=("\n",), logprobs=False)
        asked = CompletionPrompt(before, after, path=prompt.path)
        answer = "".join([chunk.text async for chunk in model.stream(asked, options)]).split("\n")[0]
        if _DEFINITELY_NOT.match(answer):
            return []
        change = (prompt.path, line, line + 1, (indent + answer.strip(),))
        return await asyncio.to_thread(_valid, situation, [change])

    async def _said(self, rendered: str, options: GenerationOptions) -> str:
        if self._style is not None and self._style.chat and self._chat is not None:
            return "".join([c.text async for c in self._chat.chat([ChatMessage("user", rendered)], options)])
        if self._model is None:
            return ""
        prompt = CompletionPrompt(rendered, "", raw=True)
        return "".join([c.text async for c in self._model.stream(prompt, options)])


def _prompt(
    situation: Situation, history: Sequence[LineEdit], place: Place, diffs: Sequence[EventDiff]
) -> EditPrompt | None:
    file = situation.file(place.path)
    if file is None:
        return None
    lines = file.lines[:-1] if file.lines[-1] == "" else file.lines
    line = min(place.line, len(lines) - 1)
    if line < 0:
        return None
    region = max(0, line - ABOVE), min(len(lines), line + BELOW + 1)
    excerpt = max(0, region[0] - EXCERPT), min(len(lines), region[1] + EXCERPT)
    events = _events(history, diffs)
    column = min(place.column, len(lines[line]))
    return EditPrompt(
        place.path,
        tuple(lines),
        (line, column),
        region,
        excerpt,
        events,
        related=_related(situation, place.path),
    )


def _events(history: Sequence[LineEdit], diffs: Sequence[EventDiff]) -> tuple[Event, ...]:
    if diffs:
        return tuple(_event(d.path, d.diff, accepted=d.accepted) for d in diffs[-EVENTS:])
    return tuple(
        Event(
            e.path,
            f"@@ -{e.line + 1},{len(e.old)} +{e.line + 1},{len(e.new)} @@\n"
            + "".join(f"-{text}\n" for text in e.old)
            + "".join(f"+{text}\n" for text in e.new),
            e.old,
            e.new,
        )
        for e in history[-EVENTS:]
    )


def _event(path: str, diff: str, *, accepted: bool) -> Event:
    rows = [row for row in diff.split("\n") if not row.startswith("@@")][
        : -1 if diff.endswith("\n") else None
    ]
    old = tuple(row[1:] for row in rows if row[:1] in ("-", " "))
    new = tuple(row[1:] for row in rows if row[:1] in ("+", " "))
    return Event(path, diff, old, new, accepted)


def _related(situation: Situation, path: str) -> tuple[tuple[str, str], ...]:
    """Return what was edited in other files, newest last, within a budget."""
    pieces: list[tuple[str, str]] = []
    left = _RELATED_CHARS
    for edit in sorted(situation.done, key=lambda e: e.age):
        if edit.path == path:
            continue
        text = "\n".join(situation.lines(edit.path)[max(0, edit.line - 5) : edit.end + 5])
        if len(text) <= left and all(text != other for _, other in pieces):
            pieces.append((edit.path, text))
            left -= len(text)
    return tuple(reversed(pieces))


def _views(
    situation: Situation, prompt: EditPrompt, places: Sequence[NextEdit]
) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """Return the lines around likely places, the likeliest last, within a budget; what is seen already is left out."""
    seen = {prompt.path: set(range(*prompt.excerpt))}
    views: list[tuple[str, int, tuple[str, ...]]] = []
    left = _RELATED_CHARS
    for place in places:
        lines = situation.lines(place.path)
        taken = seen.setdefault(place.path, set())
        stretch = range(max(0, place.start_line - VIEW), min(len(lines), place.end_line + VIEW))
        size = sum(len(lines[at]) + 1 for at in stretch)
        if not stretch or size > left or taken.intersection(stretch):
            continue
        taken.update(stretch)
        left -= size
        views.append((place.path, stretch.start, tuple(lines[stretch.start : stretch.stop])))
    return tuple(reversed(views))


def _where(lines: Sequence[str], old: Sequence[str], line: int) -> int | None:
    """Return where a patch's old lines stand: at its line, or at the one place that has them."""
    size = len(old)
    if not size:
        return line if line <= len(lines) else None
    wanted = [text.rstrip() for text in old]
    starts = [
        at for at in range(len(lines) - size + 1) if [t.rstrip() for t in lines[at : at + size]] == wanted
    ]
    if line in starts:
        return line
    return starts[0] if len(starts) == 1 else None


def _patches_applied(situation: Situation, patches: Sequence[Patch]) -> list[NextEdit]:
    changes: list[Change] = []
    for patch in patches:
        start = _where(situation.lines(patch.path), patch.old, patch.line)
        if start is None:
            continue
        end = start + len(patch.old)
        if not any(
            path == patch.path and _meet((first, last), (start, end)) for path, first, last, _ in changes
        ):
            changes.append((patch.path, start, end, patch.new))
    return _valid(situation, changes)


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one == other or (one[0] < other[1] and other[0] < one[1])


def _valid(situation: Situation, changes: Sequence[Change]) -> list[NextEdit]:
    """Return the changes that pass as edits; parses files, so it is for a worker thread."""
    return [edit for change in changes if (edit := _edit(situation, *change)) is not None]


def _edit(situation: Situation, path: str, start: int, end: int, new: tuple[str, ...]) -> NextEdit | None:
    if refusal(situation, path, start, end, new):
        return None
    old = tuple(situation.lines(path)[start:end])
    return NextEdit(path, start, end, old, new, "model", MODEL_CONFIDENCE, "written by the model")


def filled_in(places: Sequence[NextEdit], written: Sequence[NextEdit]) -> list[NextEdit]:
    """Return `places` with the model's content where it touches one of them, and its other edits after them."""
    rest = list(written)
    result: list[NextEdit] = []
    for place in places:
        match = next((e for e in rest if place.place.new is None and _touches(place, e)), None)
        if match is None:
            result.append(place)
            continue
        rest.remove(match)
        result.append(replace(match, confidence=max(place.confidence, MODEL_CONFIDENCE), kind="model"))
    return result + rest


def _touches(one: NextEdit, other: NextEdit) -> bool:
    return one.path == other.path and one.start_line <= other.end_line and other.start_line <= one.end_line
