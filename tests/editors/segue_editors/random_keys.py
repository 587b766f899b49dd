"""Random keys in a real editor, against a reference model of what its documents may hold afterwards.

The server is scripted, so what can be on the screen follows from the text. Answers come when they come: the model keeps
every moment that is possible after a key, and what the editor holds must be one of them. What was on the screen when a
burst of keys began is certain, so a Tab that meets an edit there has one meaning: it never indents.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from segue_editors.scripted_server import lines_at, rests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

INDENT = 4
SETTLE_S = 15.0
"""How long an editor may take to get to where the model has it."""
HOLD_S = 1.0
"""Longer than any client holds Tab back after an edit."""
ARRIVE_S = 0.5
"""Long enough for the answers of a server without a delay to be drawn."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One next edit of the script: whole lines of a document."""

    document: int
    old: str
    new: str

    def start(self, text: str) -> int:
        """Return where the edit begins in its document's text, -1 where it no longer fits."""
        return lines_at(text, self.old)

    def change(self, text: str) -> tuple[int, int, str]:
        """Return what really changes: start, end and the new text."""
        start, old, new = self.start(text), self.old, self.new
        head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
        most = min(len(old), len(new)) - head
        tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
        return start + head, start + len(old) - tail, new[head : len(new) - tail]


@dataclass(frozen=True, slots=True)
class Script:
    """What the server says: ghost text after a text, and edits as long as their old lines are there."""

    completions: tuple[tuple[str, str], ...]
    edits: tuple[Edit, ...]

    def answers(self, names: Sequence[str], delay_ms: int) -> dict[str, object]:
        """Return the script in the shape of the scripted server."""
        return {
            "completions": self._entries(),
            "edits": [
                {"when": "", "file": names[one.document], "old": one.old, "new": one.new}
                for one in self.edits
            ],
            "delay_ms": delay_ms,
        }

    def ghost(self, text: str, cursor: int) -> str:
        """Return the ghost text at a place, empty where there is none."""
        before = text[:cursor].rsplit("\n", 1)[-1]
        return next((rest for _, rest in rests(self._entries(), before)), "")

    def offered(self, texts: Sequence[str]) -> list[int]:
        """Return the edits that fit the texts, the best first."""
        return [number for number, one in enumerate(self.edits) if one.start(texts[one.document]) >= 0]

    def _entries(self) -> list[dict[str, object]]:
        return [{"after": after, "text": text} for after, text in self.completions]


@dataclass(frozen=True, slots=True)
class Profile:
    """In what an editor's keys differ from another's."""

    name: str
    types_through: bool = True
    """Ghost text stays while it is typed."""
    tab_jumps: bool = True
    """Tab goes to an edit elsewhere, where text is before the cursor."""
    jumps_to_change: bool = False
    """A jump goes to the first character that changes, not to the first of the line."""
    indents_blank_lines: bool = False
    """Tab on a blank line may make its indentation that of its neighbours."""
    lags: bool = False
    """A Tab can come before the client has taken away an edit that no longer fits; it does nothing then."""
    escape_interrupts: bool = False
    """Escape throws away keys that wait before and after it."""
    keys: tuple[str, ...] = ()
    """Keys that only this editor has: `Next` goes to the edit, at the edit it applies it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The documents, and what is on the screen."""

    texts: tuple[str, ...]
    cursors: tuple[int, ...]
    active: int = 0
    ghost: str = ""
    edit: int | None = None
    certain: bool = False
    """Nothing was typed since this was seen: no answer is under way that could change it."""
    held: bool = False
    """An edit was applied, or went, a moment ago: Tab may be held back."""
    began: tuple[str, Edit] | None = None
    """What a Tab began that may not be done: a `jump` to an edit, or to `apply` it."""

    @property
    def text(self) -> str:
        """The text in front."""
        return self.texts[self.active]

    @property
    def cursor(self) -> int:
        """The cursor in the text in front."""
        return self.cursors[self.active]

    def at(self, cursor: int) -> Moment:
        """Return the moment with the cursor elsewhere; ghost text goes."""
        return replace(self, cursors=_with(self.cursors, self.active, cursor), ghost="")

    def on(self, document: int, text: str, cursor: int) -> Moment:
        """Return the moment with another text of a document."""
        return replace(
            self, texts=_with(self.texts, document, text), cursors=_with(self.cursors, document, cursor)
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What an editor shows: `edit` is None where the screen does not tell."""

    texts: tuple[str, ...]
    cursors: tuple[int, ...]
    active: int
    ghost: str
    hint: str
    """The hint at a next edit, empty where none is drawn."""


class Editor(Protocol):
    """A real editor with two documents."""

    profile: Profile

    def start(self, texts: Sequence[str]) -> None:
        """Give the documents these texts, with the first in front and the cursor at its end."""

    def press(self, keys: Sequence[str]) -> None:
        """Press keys without a pause."""

    def look(self) -> Look:
        """Return what is there once the keys were taken."""


@dataclass
class Model:
    """What keys may do."""

    script: Script
    profile: Profile

    def press(self, moments: Iterable[Moment], key: str) -> set[Moment]:
        """Return every moment that is possible after a key, without what may come by itself then."""
        return {after for moment in moments for after in self._press(moment, key)}

    def arrivals(self, moment: Moment) -> set[Moment]:
        """Return what a moment can have become by itself: what was begun is done, answers have come."""
        reached = {moment}
        if moment.began:
            kind, edit = moment.began
            undone = replace(moment, began=None)
            done = self._applied(undone, edit) if kind == "apply" else [self._jumped(undone, edit)]
            reached |= {undone, *done}
        found: set[Moment] = set()
        for one in reached:
            ghosts = {one.ghost, one.ghost or self.script.ghost(one.text, one.cursor)}
            offered = self.script.offered(one.texts)
            sure = one.certain and one.edit is not None
            edits = {one.edit} if sure else {one.edit, offered[0] if offered else None}
            found |= {replace(one, ghost=ghost, edit=edit) for ghost in ghosts for edit in edits}
        return found

    def is_here(self, moment: Moment, edit: int) -> bool:
        """Whether the cursor is on the lines of an edit."""
        one = self.script.edits[edit]
        if one.document != moment.active or one.start(moment.text) < 0:
            return False
        start = one.start(moment.text)
        first, last = start, start + len(one.old) - 1
        if self.profile.jumps_to_change:
            first, last, _ = one.change(moment.text)
        line = moment.text.count("\n", 0, moment.cursor)
        return moment.text.count("\n", 0, first) <= line <= moment.text.count("\n", 0, last)

    def _press(self, moment: Moment, key: str) -> Iterator[Moment]:
        text, cursor = moment.text, moment.cursor
        if len(key) == 1:
            yield from self._typed(moment, key)
        elif key == "Enter":
            yield from self._typed(moment, "\n")
        elif key == "Backspace":
            yield from self._changed(moment, max(cursor - 1, 0), cursor, "") if cursor else [moment]
        elif key == "Left":
            yield moment.at(max(cursor - 1, 0))
        elif key == "Right":
            yield moment.at(min(cursor + 1, len(text)))
        elif key == "Begin":
            yield moment.at(0)
        elif key == "End":
            yield moment.at(len(text))
        elif key == "Escape":
            yield replace(moment, ghost="", edit=moment.edit if moment.ghost else None)
            yield replace(moment, ghost="", edit=None)
        elif key == "Tab":
            yield from self._tab(moment)
        elif key == "Next":
            edit = moment.edit
            yield replace(moment if edit is None else self._followed(moment, edit), ghost="")
        else:
            raise ValueError(key)

    def _typed(self, moment: Moment, text: str) -> Iterator[Moment]:
        goes_on = moment.ghost.startswith(text)
        for after in self._changed(moment, moment.cursor, moment.cursor, text):
            if goes_on and self.profile.types_through:
                yield replace(after, ghost=moment.ghost[len(text) :])
            if not (goes_on and self.profile.types_through) or text == "\n":
                yield after

    def _changed(self, moment: Moment, start: int, end: int, text: str) -> Iterator[Moment]:
        """Replace a part of the text in front: ghost text goes, an edit may stay, go or come."""
        after = moment.on(moment.active, moment.text[:start] + text + moment.text[end:], start + len(text))
        offered = set(self.script.offered(after.texts))
        for edit in {None, *offered & {moment.edit}}:
            held = moment.held or (self.profile.lags and moment.edit is not None)
            yield replace(after, ghost="", edit=edit, certain=False, held=held)

    def _tab(self, moment: Moment) -> Iterator[Moment]:
        if moment.ghost:
            yield from self._changed(moment, moment.cursor, moment.cursor, moment.ghost)
            return
        if moment.began:
            yield moment  # swallowed
            return
        if moment.held:
            yield moment
        line = moment.text[: moment.cursor].rsplit("\n", 1)[-1]
        if moment.edit is not None and (
            self.is_here(moment, moment.edit) or (self.profile.tab_jumps and line.strip())
        ):
            yield self._followed(moment, moment.edit)
        else:
            yield from self._indented(moment, line)

    def _followed(self, moment: Moment, edit: int) -> Moment:
        kind = "apply" if self.is_here(moment, edit) else "jump"
        return replace(moment, began=(kind, self.script.edits[edit]))

    def _indented(self, moment: Moment, line: str) -> Iterator[Moment]:
        rest = moment.text[moment.cursor :].split("\n", 1)[0]
        if self.profile.indents_blank_lines and not (line + rest).strip():
            start = moment.cursor - len(line)
            for width in range(21):
                yield from self._changed(moment, start, moment.cursor + len(rest), " " * width)
        yield from self._changed(moment, moment.cursor, moment.cursor, " " * (INDENT - len(line) % INDENT))

    def _jumped(self, moment: Moment, edit: Edit) -> Moment:
        text = moment.texts[edit.document]
        start = edit.start(text)
        if start < 0:
            return moment
        indent = len(edit.old) - len(edit.old.lstrip(" "))
        there = edit.change(text)[0] if self.profile.jumps_to_change else start + indent
        return replace(moment, active=edit.document).at(there)

    def _applied(self, moment: Moment, edit: Edit) -> Iterator[Moment]:
        text = moment.texts[edit.document]
        start = edit.start(text)
        if start < 0:
            return
        after = text[:start] + edit.new + text[start + len(edit.old) :]
        done = replace(moment, ghost="", edit=None, certain=False, held=True)
        for cursor in range(start, start + len(edit.new) + 1):
            yield done.on(edit.document, after, cursor)


class DifferenceError(AssertionError):
    """The editor holds what no reading of the keys gives."""


@dataclass
class Play:
    """One run of random keys; `run` raises `DifferenceError` at the first difference."""

    editor: Editor
    script: Script
    texts: tuple[str, ...]
    seed: int
    prompt: bool
    """The server answers without a delay."""
    history: tuple[set[str], ...]
    """Every text that each document can have had, also before this play."""
    pressed: int = 0
    met: dict[str, int] = field(default_factory=lambda: {"ghost": 0, "edit": 0, "jump": 0, "indent": 0})
    """What was on the screen when a burst with a Tab began."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._model = Model(self.script, self.editor.profile)
        self._planned: list[str] = []
        self._calm = False
        self._held_until = 0.0

    def run(self, keys: int) -> None:
        """Press at least so many keys, beginning anew now and then."""
        while self.pressed < keys:
            self.editor.start(self.texts)
            look = self._wait_for({self.texts}, "the first texts", [])
            for _ in range(16):
                look = self._burst(look)

    def _burst(self, look: Look) -> Look:
        if self._random.random() < 0.12:
            return self._alone(look)
        keys = [self._key() for _ in range(self._random.choice((1, 1, 2, 3, 4, 5, 6)))]
        if (look.ghost or look.hint) and self._random.random() < 0.4:
            keys[0] = self._random.choice(("Tab", *self.editor.profile.keys))
        if self.editor.profile.escape_interrupts and "Escape" in keys:
            keys = keys[: keys.index("Escape")] or ["Escape"]
        moments = self._begin(look)
        for key in keys:
            moments = self._model.press(self._arrived(moments), key)
        ends = self._arrived(moments)
        wanted = {end.texts for end in ends}
        self.editor.press(keys)
        self.pressed += len(keys)
        if any(end.held for end in ends):
            self._held_until = time.monotonic() + HOLD_S
        after = self._wait_for(wanted, f"{self._begin(look)}", keys)
        self._count(look, after, keys)
        return after

    def _alone(self, look: Look) -> Look:
        """Press a key whose meaning is the editor's own: the texts are none but those of before."""
        key = self._random.choice(("Undo", "Undo", "Redo", "Up", "Down", "Other"))
        self.editor.press([key])
        self.pressed += 1
        if key in {"Undo", "Redo"}:
            wanted = {_with(look.texts, look.active, text) for text in self.history[look.active]}
        else:
            wanted = {look.texts}
        return self._wait_for(wanted, "the texts of before", [key])

    def _begin(self, look: Look) -> set[Moment]:
        """Return the moments that what is seen allows."""
        held = time.monotonic() < self._held_until
        text, cursor = look.texts[look.active], look.cursors[look.active]
        ghost = self.script.ghost(text, cursor) if look.ghost else ""
        moment = Moment(look.texts, look.cursors, look.active, ghost, held=held)
        offered = self.script.offered(look.texts)
        if look.hint:
            here = {one for one in offered if self._model.is_here(moment, one)}
            edits = set(offered) & here if "accept" in look.hint else set(offered) - here
            return {replace(moment, edit=one, certain=self._calm) for one in edits}
        return {replace(moment, edit=one) for one in ({None, *offered} if look.ghost else {None})}

    def _wait_for(self, wanted: set[tuple[str, ...]], before: str, keys: list[str]) -> Look:
        """Wait until the editor holds one of these texts and stays there; sometimes until the answers have come."""
        patient = self._random.random() < 0.6
        patience = time.monotonic() + (ARRIVE_S if patient else 0.0)
        end = time.monotonic() + SETTLE_S
        last = None
        while True:
            look = self.editor.look()
            settled = look.active >= 0 and look.texts in wanted and look == last and not self._stale(look)
            if settled and time.monotonic() > patience:
                self._calm = patient and self.prompt
                return look
            if time.monotonic() > end:
                raise DifferenceError(self._report(wanted, before, keys, look))
            last = look
            time.sleep(0.03)

    def _stale(self, look: Look) -> bool:
        """Whether something is on the screen that the server would not say here."""
        if look.active < 0:
            return True
        said = self.script.ghost(look.texts[look.active], look.cursors[look.active])
        ghost = look.ghost and "".join(look.ghost.split()) != "".join(said.split())
        return bool(ghost or (look.hint and not self._begin(look)))

    def _report(self, wanted: set[tuple[str, ...]], before: str, keys: list[str], look: Look) -> str:
        found = "\n".join(map(repr, sorted(wanted)[:12]))
        return (
            f"{self.editor.profile.name}, seed {self.seed}, after {self.pressed} keys: {keys}\n"
            f"before: {before}\nstale: {self._stale(look)}\nshown:  {look}\nallowed, {len(wanted)}:\n{found}"
        )

    def _count(self, before: Look, after: Look, keys: list[str]) -> None:
        if not {"Tab", "Next"} & set(keys) or before == after:
            return
        kind = (
            "ghost"
            if before.ghost
            else "edit"
            if "accept" in before.hint
            else "jump"
            if before.hint
            else "indent"
        )
        self.met[kind] += 1

    def _key(self) -> str:
        if not self._planned:
            others = ["Tab"] * 6 + [
                "Escape",
                "Enter",
                "Enter",
                "Backspace",
                "Backspace",
                "Left",
                "Right",
                "End",
                "Begin",
            ]
            others += [key for key in self.editor.profile.keys for _ in range(4)]
            if self._random.random() < 0.45:
                after, text = self._random.choice(self.script.completions)
                self._planned = list(after + text[: self._random.randint(0, 4)])
                self._planned = ["Enter" if key == "\n" else key for key in self._planned]
                if self._random.random() < 0.4:
                    self._planned.insert(0, "End")
            else:
                self._planned = [self._random.choice([*others, *"xyz("])]
        return self._planned.pop(0)

    def _arrived(self, moments: set[Moment]) -> set[Moment]:
        """Return what the moments can have become by themselves, and keep their texts for what undo may bring back."""
        found = {later for moment in moments for later in self._model.arrivals(moment)}
        for moment in moments | found:
            for known, text in zip(self.history, moment.texts, strict=True):
                known.add(text)
        return found


def _with(values: tuple, place: int, value: object) -> tuple:  # type: ignore[type-arg]
    return (*values[:place], value, *values[place + 1 :])
