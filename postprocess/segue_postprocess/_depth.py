"""How deep a line stands under the one that asks for it, by what the document does elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from segue_postprocess._indent_style import style_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle

_NEAR: Final = 4
_USUAL_STEPS: Final = (2, 4, 8)
_LED: Final = (".", "o", "|")
"""Marks of lines that begin with what makes them go on the line above."""
_CONTINUED: Final = (".", "o", "a", "+", "=", "(")
"""Marks of lines that go on what stands above them: files indent them alike."""
_NESTED: Final = ("(", "[", "{", ":", "-", "w", "<", ">")
"""Marks of bodies, which an answer nests as it should, however far all of it is moved."""


@dataclass(frozen=True, slots=True)
class Point:
    """How far a line must move by what is usual; the distances in `allowed` would do too."""

    distance: int
    allowed: frozenset[int] = frozenset()

    def allows(self, distance: int) -> bool:
        """Whether the line may move by `distance`."""
        return distance == self.distance or distance in self.allowed


@dataclass(frozen=True, slots=True)
class Header:
    """The line that asks for a body: `code` is what it says, `own` how deep the construct stands that it ends."""

    code: str
    own: int
    context: CursorContext
    style: IndentStyle
    answer: str

    def judge(self, depth: int, mark: str) -> Point | None:
        """Return where the line below, now `depth` columns deeper, belongs; None when nothing tells."""
        if mark == "n" and mark not in self.style.bodies:
            return Point(0)  # both are usual
        if mark == "-" and depth in (0, self.step()):
            depths = self._answers.bodies.get(mark)
            return Point(0 if not depths or depth in depths else self._answers.usual[mark] - depth)
        seen, usual = self._seen(mark)
        if seen:
            allowed = frozenset(other - depth for other in seen)
            return Point(0 if depth in seen else usual - depth, allowed)
        return self._by_step(depth, mark)

    def step(self) -> int:
        """Return how many columns one level takes here, 0 if nothing shows it."""
        layout = self.context.language.layout
        return self.style.step or self._answers.step or layout.indent or (4 if layout.tabs else 0)

    @property
    def _answers(self) -> IndentStyle:
        """What the answer itself shows: all its lines may be moved, but how it nests stays."""
        return style_of(self.answer, self.context.language.line_comments)

    def _seen(self, mark: str) -> tuple[frozenset[int], int]:
        """Return how deep such lines stand elsewhere, and the commonest depth.

        Where the file is silent, other lines that go on what stands above them speak, and how the answer nests.
        """
        for style, like in self._witnesses(mark):
            seen = style.bodies.get(like, frozenset())
            if mark == ":" and self.context.language.indentation_based:
                seen = frozenset(depth for depth in seen if depth > 0)
            if seen:
                usual = style.usual[like] if style.usual[like] in seen else min(seen)
                step = self.step()
                return (seen, usual) if like == mark or not step else (seen | {step, 2 * step}, usual)
        return frozenset(), 0

    def _witnesses(self, mark: str) -> Iterator[tuple[IndentStyle, str]]:
        yield self.style, mark
        if mark in _NESTED:
            yield self._answers, mark
        if mark in _CONTINUED:
            yield from ((self.style, like) for like in _CONTINUED)

    def _by_step(self, depth: int, mark: str) -> Point | None:
        """Judge by the width of a level alone: where two levels may be usual, both will do."""
        language, layout = self.context.language, self.context.language.layout
        exact = (
            mark in ("{", "w", "<")
            or (mark == ":" and not language.key_value)
            or (not mark and language.ends_by_word)
        )
        step = self.step()
        if not step:
            usual = layout.usual_indent
            return Point(usual - depth) if usual and depth not in _USUAL_STEPS and mark != "-" else None
        if mark in _LED and depth == 0:
            return Point(0)
        if depth == step or (depth == 2 * step and not exact and (layout.deep_wraps or mark == "\\")):
            return Point(0) if mark in _LED else None
        if mark in _CONTINUED or mark in _LED:  # as the style guides say
            step = max(step * layout.wrap_steps, layout.least_wrap)
        return Point(step - depth)
