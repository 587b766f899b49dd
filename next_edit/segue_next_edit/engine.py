"""The engine: rules propose, the calibration weighs, the gate decides whether anything is shown."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_next_edit._calibration import NEVER, chances, gate
from segue_next_edit._gate import Gate
from segue_next_edit._going import beginning_of, places_left, remember, with_mentions
from segue_next_edit._known_files import KnownFiles
from segue_next_edit._mentions import mentions_asked
from segue_next_edit._problems import PROBLEM, nearest_first
from segue_next_edit._ranking import ranked, weigh
from segue_next_edit._situation import MAX_PLACES, Situation
from segue_next_edit._types import NextEdit, Prediction, Series
from segue_next_edit._validation import refusal
from segue_next_edit.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_context import EventDiff, LineEdit, WorkspaceReader
    from segue_model import ChatModel, CompletionModel
    from segue_next_edit._candidates import Candidate
    from segue_next_edit._ranking import Ranked
    from segue_next_edit._situation import Done
    from segue_next_edit._types import Problem

_PARSED = 30
_BUDGET_S = 0.03
"""CPU time after which a prediction reads no further files; what the rules found until then is weighed."""
_MAX_BEGINNINGS = 100
"""Renames whose declaration is remembered, so that one being accepted goes on when the history has let go of it."""
_CONTINUING = 0.02
"""The worth asked of an edit that goes on with a change of which a place was just accepted."""


def proposed_for(
    reader: WorkspaceReader, history: Sequence[LineEdit], cursor: tuple[str, int], *, budget_s: float
) -> Iterator[tuple[Candidate, tuple[str, ...], bool]]:
    """Yield what all rules propose, with all evidence, the lines that it replaces, and whether it may be offered.

    For fitting. Only of the likeliest it is told whether the file would still parse, as that takes long.
    """
    situation = Situation(reader, history, cursor, budget_s=budget_s)
    found = _proposed(situation)
    weigh(situation, found)
    likely = sorted(found, key=lambda c: -max(chances(c)))[:_PARSED]
    parsed = {id(candidate) for candidate in likely}
    for c in found:
        allowed = _checked(situation, c, 0.0, syntax=id(c) in parsed) is not None
        yield c, tuple(situation.lines(c.path)[c.start : c.end]), allowed


def _proposed(situation: Situation) -> list[Candidate]:
    found: list[Candidate] = []
    for rule, share in RULES:
        situation.allow(share)
        found += rule.candidates(situation)
    return found


class NextEditEngine:
    """Predicts the next edits of one workspace by rule, and remembers what became of them.

    Every method is safe to call from any thread. `predict` reads files through `reader` and takes some
    milliseconds: call it in a worker thread.
    """

    def __init__(
        self,
        reader: WorkspaceReader,
        *,
        model: CompletionModel | None = None,
        chat: ChatModel | None = None,
        clock: Callable[[], float] = time.monotonic,
        budget_s: float = _BUDGET_S,
    ) -> None:
        """Predict for the workspace of `reader`, with at most `budget_s` seconds of CPU time for reading other files."""
        self._reader = reader
        self._model = model
        self._chat = chat
        self._budget_s = budget_s
        self._gate = Gate(clock)
        self._texts = KnownFiles()
        self._beginnings: dict[str, Done | None] = {}

    def predict(
        self, history: Sequence[LineEdit], cursor: tuple[str, int], top: int = 5, *, action: str = "typed"
    ) -> Prediction:
        """Return the `top` most likely next edits, best first, for the text as it is now.

        `history` is oldest first (`EditHistory.edits`), `cursor` a path and a 0-based line, `action` what the last
        change was (`EditHistory.action`). `shown` is the gate's decision on the first edit, `silence` its reason.
        """
        if not history:
            return Prediction(silence="nothing was edited")
        quiet = self._gate.silence(action)
        if quiet:
            return Prediction(silence=quiet)
        situation = Situation(self._reader, history, cursor, budget_s=self._budget_s, texts=self._texts)
        group = self._gate.going
        if group:
            further = self._going_on(situation, group)
            edits, _, _ = self._kept(situation, further, top)
            if edits:
                return Prediction(tuple(edits), shown=True)
        rows = ranked(situation, _proposed(situation))
        edits, best, silence = self._kept(situation, rows, top)
        if best is None:
            return Prediction(silence=silence)
        if edits[0].kind == "rename":
            self._beginnings[edits[0].group] = beginning_of(situation, edits[0].group)
            if len(self._beginnings) > _MAX_BEGINNINGS:
                self._beginnings.pop(next(iter(self._beginnings)))
        least = gate().least if edits[0].new is not None else NEVER
        if best.worth < least or not best.candidate.sure:
            return Prediction(tuple(edits), silence="not sure enough")
        return Prediction(tuple(edits), shown=True)

    def _kept(
        self, situation: Situation, rows: Sequence[Ranked], top: int
    ) -> tuple[list[NextEdit], Ranked | None, str]:
        """Return the first `top` rows that may be offered, the first of them as it was ranked, and why there is none."""
        edits: list[NextEdit] = []
        best: Ranked | None = None
        silence = "nothing looks left to do"
        for row in rows:
            edit = _checked(situation, row.candidate, row.place, syntax=not edits)
            if edit is None:
                continue
            if self._gate.refuses(edit):
                silence = "it was dismissed before"
                continue
            edits.append(edit)
            best = best or row
            if len(edits) >= top:
                break
        return edits, best, silence

    def _going_on(self, situation: Situation, group: str) -> list[Ranked]:
        """Return the places of the change that is being accepted, from the cursor on, then those of other files.

        A replacement is looked for alone: the next place comes at once, however much else was done meanwhile.
        """
        beginning = self._beginnings.get(group)
        if beginning is not None:
            remember(situation, beginning)
        found = places_left(situation, group)
        if not found:
            found = [c for c in _proposed(situation) if c.group == group and c.new is not None]
        rows = [row for row in ranked(situation, found) if row.worth >= _CONTINUING and row.candidate.sure]
        path, line = situation.cursor
        rows.sort(
            key=lambda r: (
                r.candidate.path != path,
                r.candidate.start < line,
                r.candidate.path,
                r.candidate.start,
            )
        )
        return rows

    def warm(self) -> None:
        """Load what the first prediction would otherwise wait for."""
        gate()
        self._texts.tests.about("", self._reader.files())

    async def predict_with_model(
        self,
        history: Sequence[LineEdit],
        cursor: tuple[str, int],
        top: int = 5,
        *,
        action: str = "typed",
        column: int = 0,
        diffs: Sequence[EventDiff] = (),
    ) -> Prediction:
        """Return what `predict` returns, with a model's content where the rules know a place only.

        Raises `ModelError` when the model cannot be asked; the rules' answer is that of `predict`.
        """
        import asyncio

        known = await asyncio.to_thread(self.predict, history, cursor, top, action=action)
        return await self.completed(
            known, history, cursor, top, model=self._model, chat=self._chat, action=action, column=column,
            diffs=diffs,
        )  # fmt: skip

    def wants_model(self, known: Prediction, action: str = "typed") -> bool:
        """Whether a model has something to add to the rules' answer: nobody wrote the best place yet."""
        return not self._gate.silence(action) and (not known.edits or known.edits[0].place.new is None)

    async def completed(
        self,
        known: Prediction,
        history: Sequence[LineEdit],
        cursor: tuple[str, int],
        top: int = 5,
        *,
        model: CompletionModel | None = None,
        chat: ChatModel | None = None,
        action: str = "typed",
        column: int = 0,
        diffs: Sequence[EventDiff] = (),
        problems: Sequence[Problem] = (),
        team_rules: str = "",
    ) -> Prediction:
        """Return the rules' answer `known` with what a model writes into it.

        The model is asked once: at the nearest of the `problems` that others report, else at the best place without
        content, or at the cursor when there is none.
        Its edit is shown unasked only when it comes first and its kind of model may also answer that nothing is to
        be done, which a model that fills in lines cannot. Raises `ModelError` when it cannot be asked. The text
        must not have changed meanwhile: compare versions, or use `still_fits`. `team_rules` are for chat models.
        """
        if (model is None and chat is None) or not history or not self.wants_model(known, action):
            return known
        from segue_next_edit.model_tier import ModelTier, Place, filled_in

        tier = ModelTier(self._reader, model=model, chat=chat, rules=team_rules)
        reported = nearest_first(problems, cursor)
        places = [*(e for e in map(self._place_of, reported) if e is not None), *known.edits]
        open_place = next((e for e in places if e.place.new is None), None)
        place = Place(cursor[0], cursor[1], column)
        if open_place is not None:
            place = Place(open_place.path, open_place.start_line)
        written = await tier.edits(history, place, diffs=diffs, places=places, problems=reported)
        kept = [edit for edit in written if not self._gate.refuses(edit)]
        if not kept:
            return known
        edits = tuple(edit for edit in filled_in(places, kept) if edit.kind != PROBLEM)[:top]
        shown = edits[0].new is not None and tier.may_decline
        return Prediction(edits, shown, "" if shown else known.silence or "not sure enough")

    def _place_of(self, problem: Problem) -> NextEdit | None:
        """Return the line of a problem as a place; None where the file has no such line."""
        text = self._reader.read_text(problem.path)
        lines = [] if text is None else text.splitlines()
        if not 0 <= problem.line < len(lines):
            return None
        old = (lines[problem.line],)
        return NextEdit(
            problem.path, problem.line, problem.line + 1, old, None, PROBLEM, 0.0, problem.message
        )

    def series(
        self,
        history: Sequence[LineEdit],
        cursor: tuple[str, int],
        edit: NextEdit,
        *,
        mentions: bool = False,
    ) -> Series:
        """Return every remaining place of the change that `edit` belongs to, so that one action can do it all.

        The places are those of the text as it is now; those already dismissed are left out. At most 10,000 are
        returned, and `capped` says when there are more. A rename leaves comments, strings and prose alone unless
        `mentions` asks for them, or the user renamed there too.
        """
        situation = Situation(self._reader, history, cursor, texts=self._texts)
        found = places_left(situation, edit.group, everywhere=True)
        if not found:
            found = [c for c in _proposed(situation) if c.group == edit.group and c.new is not None]
        found = [c for c in found if c.evidence.get("resolved", 1.0) and c.placeholder is None]
        wide = with_mentions(situation, edit.group) or found
        asked = mentions or mentions_asked(situation, found)
        left_out = 0 if asked else _lines(wide) - _lines(found)
        found = wide if asked else found
        total = len(found)
        checked = [_checked(situation, c, edit.confidence, syntax=False) for c in found[:MAX_PLACES]]
        kept = [e for e in checked if e is not None and not self._gate.refuses(e)]
        kept.sort(key=lambda e: (e.path != cursor[0], e.path, e.start_line))
        return Series(tuple(kept), total, total > MAX_PLACES, left_out)

    def still_fits(self, edit: NextEdit) -> NextEdit | None:
        """Return `edit` moved to where its lines are now, or None when they changed or went away."""
        text = self._reader.read_text(edit.path)
        if text is None:
            return None
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        size = len(edit.old)
        if not size:
            return edit if edit.start_line <= len(lines) else None
        starts = [at for at in range(len(lines) - size + 1) if tuple(lines[at : at + size]) == edit.old]
        if not starts:
            return None
        at = min(starts, key=lambda start: abs(start - edit.start_line))
        if at != edit.start_line and len(starts) > 1:
            return None  # several places look alike: guessing which one is meant would be blind
        return replace(edit, start_line=at, end_line=at + size)

    def left_of(self, edits: Sequence[NextEdit]) -> tuple[NextEdit, ...]:
        """Return those of a model's `edits` that are still to be done; () unless one was done and none is in doubt.

        An edit was done when its new lines stand where its old ones were, which its fellows may have moved.
        """
        done: list[NextEdit] = []
        left: list[NextEdit] = []
        for edit in edits:
            if self._is_done(edit, done):
                done.append(edit)
            elif (moved := self.still_fits(edit)) is not None and edit.old and not self.refuses(edit):
                left.append(moved)
        return tuple(left) if done else ()

    def _is_done(self, edit: NextEdit, done: Sequence[NextEdit]) -> bool:
        text = self._reader.read_text(edit.path)
        if text is None or not edit.new:
            return False
        above = [e for e in done if e.path == edit.path and e.start_line < edit.start_line]
        at = edit.start_line + sum(len(e.new or ()) - len(e.old) for e in above)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return tuple(lines[at : at + len(edit.new)]) == edit.new

    def refuses(self, edit: NextEdit) -> bool:
        """Whether the user dismissed this edit, or its whole change."""
        return self._gate.refuses(edit)

    def accepted(self, edit: NextEdit) -> None:
        """Tell that the user took `edit`; the same change goes on at once."""
        self._gate.accepted(edit)

    def rejected(self, edit: NextEdit) -> None:
        """Tell that the user dismissed `edit`; it stays away, and nothing is predicted for five seconds."""
        self._gate.rejected(edit)

    def ignored(self, edit: NextEdit) -> None:
        """Tell that `edit` was shown and the user went on without it."""
        self._gate.ignored(edit)


def _lines(candidates: Sequence[Candidate]) -> int:
    return sum(max(1, candidate.end - candidate.start) for candidate in candidates)


def _checked(situation: Situation, c: Candidate, confidence: float, *, syntax: bool) -> NextEdit | None:
    lines = situation.lines(c.path)
    if not 0 <= c.start <= c.end <= len(lines):
        return None
    follows = bool(c.evidence.get("resolved"))  # what a binding asks for may well take back what was typed
    if c.new is not None and refusal(situation, c.path, c.start, c.end, c.new, syntax=syntax, undo=follows):
        return None
    old = tuple(lines[c.start : c.end])
    return NextEdit(
        c.path, c.start, c.end, old, c.new, c.kind, confidence, c.reason, c.group, c.placeholder
    )  # fmt: skip
