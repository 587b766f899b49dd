"""How a document indents, read off the lines around the cursor."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._context import CURSOR_MARK
from segue_postprocess._lines import opens_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue_postprocess._context import CursorContext


_RARE: Final = 8
_STEPS: Final = (2, 3, 4, 8)
_MACRO_LINE: Final = re.compile(r"[ \t]*\\$", re.MULTILINE)
_IN_COMMENT: Final = frozenset(["/*", "* ", "*/", "*"])
_LINES: Final = re.compile(r"^([ \t]*)(\S.*)", re.MULTILINE)
_TRAILING: Final = re.compile(r"(?:&&|\|\||(?<!\+)\+|(?<!\.)\.\.|\s[*/%|&?-]|\b(?:and|or|not))$")
_NAMESPACE: Final = re.compile(r"""(?:inline\s+)?namespace\b|extern\s+"C"\s*\{""")
_LABEL: Final = re.compile(r"(?:case\b.*|default\s*|(?:public|private|protected|signals)\b[\w ]*):")


@dataclass(frozen=True, slots=True)
class IndentStyle:
    """How a document indents: with "tab" or "space" ("" when it shows too little), `step` columns at a time (0 if unknown).

    `bodies` are the depths seen below a line that opens one, under a mark that says how (see `mark_of`), and under "."
    those of chained calls; `usual` is the commonest of them.
    """

    kind: str
    step: int
    bodies: Mapping[str, frozenset[int]]
    usual: Mapping[str, int]


@lru_cache(maxsize=8)
def style_of(text: str, comments: tuple[str, ...]) -> IndentStyle:
    """Return the style that the lines of `text` show; a line that begins with one of `comments`, or with a star, shows none."""
    reader = _Reader()
    if "#" not in comments:
        text = _MACRO_LINE.sub("", text)
    for space, said in _LINES.findall(text):
        if said == CURSOR_MARK:
            reader.last = ""
        elif not said.startswith(comments) and said[:2] not in _IN_COMMENT:
            reader.read(space, said.rstrip())
    return reader.style()


class _Reader:
    """Reads a document line by line; `last` is the line above."""

    def __init__(self) -> None:
        self.last = ""
        self._last_width = 0
        self._tabs = self._spaces = 0
        self._seen: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._deeper: Counter[int] = Counter()

    def read(self, space: str, said: str) -> None:
        """Take a line that says `said` after `space`."""
        width = len(space.expandtabs(4)) if "\t" in space else len(space)
        self._tabs += space[:1] == "\t"
        self._spaces += width >= 2 and space[:1] == " "
        if self.last:
            self._compare(said, width)
        self.last, self._last_width = said, width

    def _compare(self, said: str, width: int) -> None:
        """Look how a line stands under the one above it."""
        depth, mark = width - self._last_width, mark_of(self.last, said)
        if said[0] == ".":
            if self.last[0] not in ".)]}":  # where the chain begins
                self._seen["."][depth] += 1
        elif mark and depth >= 0 and said[0] not in "}])":
            in_item = mark in (":", "-") and self.last.startswith("- ")
            self._seen[mark][depth - 2 * in_item] += 1
        if depth in _STEPS:
            self._deeper[depth] += 1

    def style(self) -> IndentStyle:
        """Return what was seen."""
        tabs, spaces = self._tabs, self._spaces
        return IndentStyle(
            kind="tab" if tabs > 4 * spaces else "space" if spaces > 4 * tabs else "",
            step=self._deeper.most_common(1)[0][0] if self._deeper else 0,
            bodies={
                mark: frozenset(depth for depth, count in counts.items() if count * _RARE >= counts.total())
                for mark, counts in self._seen.items()
            },
            usual={mark: counts.most_common(1)[0][0] for mark, counts in self._seen.items()},
        )


def mark_of(line: str, below: str) -> str:
    """Return how `line` opens a body that starts with `below`: "" if it does not.

    That is the bracket, the colon, "-" for list items below a colon, "=" or a backslash at its end, "<" for a tag, and
    "n" for the brace of a namespace and "c" for a brace above the label of a ``case``, whose bodies some do not indent.
    """
    last = line[-1]
    if last == "{" and _NAMESPACE.match(line):
        return "n"
    if last == "{" and _LABEL.match(below):
        return "c"
    if last == ":" and below.startswith("- "):
        return "-"
    if last in "([{:=\\":
        return last
    return "<" if opens_tag(line) else ""


def trails(line: str) -> bool:
    """Whether an operator at the end of `line` asks for more."""
    return bool(_TRAILING.search(line[-4:]))


_USUAL_STEPS: Final = (2, 4, 8)
_LEVEL: Final = (".", "\\")
"""Marks of lines that stand level with each other from the second on, so that an answer shows no depth by them."""
_CONTINUED: Final = (".", "o", "+", "=", "(")
"""Marks of lines that continue the lines above them: style guides indent them further."""


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
        if mark == "-" and depth in (0, self._step()):
            return Point(0)  # both are usual
        for style in (self.style, self._answers) if mark not in _LEVEL else (self.style,):
            if seen := style.bodies.get(mark):
                allowed = frozenset(other - depth for other in seen)
                return Point(0 if depth in seen else style.usual[mark] - depth, allowed)
        return self._by_step(depth, mark)

    def _step(self) -> int:
        """Return how many columns one level takes here, 0 if nothing shows it."""
        layout = self.context.language.layout
        return self.style.step or self._answers.step or layout.indent or (4 if layout.tabs else 0)

    @property
    def _answers(self) -> IndentStyle:
        """What the answer itself shows: all its lines may be moved, but how it nests stays."""
        return style_of(self.answer, self.context.language.line_comments)

    def _by_step(self, depth: int, mark: str) -> Point | None:
        """Judge by the width of a level alone."""
        layout, step = self.context.language.layout, self._step()
        if mark == "n":
            return Point(0)  # both are usual
        if mark == "c" and (layout.level_cases or depth == 0):
            return Point(-depth)  # elsewhere both are usual
        is_silent = not self.style.step and not layout.tabs
        if is_silent and depth in _USUAL_STEPS and depth == (self._answers.step or depth):
            return None  # nothing in the file says otherwise
        if not step:
            usual = layout.usual_indent
            return Point(usual - depth) if usual and depth not in _USUAL_STEPS else None
        if mark in _CONTINUED and depth != step:  # as the style guides say
            step = max(step * layout.wrap_steps, layout.least_wrap)
        return Point(step - depth)
