"""How a document indents, read off the lines around the cursor."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._context import CURSOR_MARK
from segue_postprocess._lines import BLOCK_WORDS, continues_above, opens_tag
from segue_syntax import CLOSERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue_postprocess._context import CursorContext


ASKING: Final = ("=", "\\")
_RARE: Final = 8
_STEPS: Final = (2, 3, 4, 8)
_LONE_WORDS: Final = frozenset(
    ["where", "do", "then", "else", "begin", "try", "select", "from", "set", "values"]
)
_ENDS: Final = ("end", "fi", "done", "esac", "else", "elsif", "elif", "</")
_MACRO_LINE: Final = re.compile(r"[ \t]*\\$", re.MULTILINE)
_IN_COMMENT: Final = frozenset(["/*", "* ", "*/", "*"])
_LINES: Final = re.compile(r"^([ \t]*)(\S.*)", re.MULTILINE)
_TRAILING: Final = re.compile(r"(?:&&|\|\||(?<!\+)\+|(?<!\.)\.\.|\s[*/%|&?-]|\b(?:and|or|not))$")
_ATTRIBUTES: Final = re.compile(r"<[A-Za-z][\w.:-]*(?:\s[^>]*)?$")
_GOING_ON: Final = frozenset("?&|:=+/%<>ao")  # asked of every line, before the pattern is
_ASKING_ENDS: Final = frozenset("&|+.*/%?-drt")
_NAMESPACE: Final = re.compile(r"""(?:inline\s+)?namespace\b|extern\s+"C"\s*\{""")
_LABEL: Final = re.compile(r"(?:case\b.*|default\s*|(?:public|private|protected|signals)\b[\w ]*):")
_FUNCTION: Final = re.compile(r"\bfunction\b[^()]*\([^()]*\)$")
_QUOTED: Final = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_PARAMETERS: Final = re.compile(r"\|[^|]*\||[\w\s,:()<>\[\]?.]*(?:\bin|->|=>)")


@dataclass(frozen=True, slots=True)
class IndentStyle:
    """How a document indents: with "tab" or "space" ("" when it shows too little), `step` columns at a time (0 if unknown).

    `bodies` are the depths seen below a line that opens one, under a mark that says how (see `mark_of`), and below
    one that goes on in the next: ``"."`` for chained calls, "o" or "|" where an operator begins the line, "+" where one
    ends it, "a" for arguments; `usual` is the commonest of them.
    `closes_in_body` is true where closing brackets
    stand as deep as the body. `spaced` are the marks of lines that a document with tabs indents further by spaces, ""
    for those that go on a statement.
    """

    kind: str
    step: int
    bodies: Mapping[str, frozenset[int]]
    usual: Mapping[str, int]
    closes_in_body: bool
    spaced: frozenset[str]


@lru_cache(maxsize=8)
def style_of(text: str, comments: tuple[str, ...]) -> IndentStyle:
    """Return the style that the lines of `text` show; a line that begins with one of `comments`, or with a star, shows none."""
    reader = _Reader()
    if "#" not in comments:
        text = _MACRO_LINE.sub("", text)
    for space, said in _LINES.findall(text):
        if said == CURSOR_MARK:
            reader.last = reader.start = ""
        elif not said.startswith(comments) and said[:2] not in _IN_COMMENT:
            reader.read(space, said.rstrip())
    return reader.style()


class _Reader:
    """Reads a document line by line; `last` is the line above, `start` the last line that no operator or dot begins."""

    def __init__(self) -> None:
        self.last = self.start = self._last_space = ""
        self._last_width = self._start_width = 0
        self._went_on = False
        self._tabs = self._spaces = self._in_body = 0
        self._seen: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._deeper: Counter[int] = Counter()
        self._further: Counter[str] = Counter()

    def read(self, space: str, said: str) -> None:
        """Take a line that says `said` after `space`."""
        width = len(space.expandtabs(4)) if "\t" in space else len(space)
        if space[:1] == "\t":
            self._tabs += 1
        elif width >= 2:
            self._spaces += 1
        if self.last:
            self._compare(space, said, width)
        self._follow(said, width)
        self._went_on = self.last[-1:] == "\\" or trails(self.last)
        self.last, self._last_width, self._last_space = said, width, space

    def _compare(self, space: str, said: str, width: int) -> None:
        """Look how a line stands under the one above it."""
        last, depth = self.last, width - self._last_width
        mark = mark_of(last, said)
        if said[0] in "}])":
            self._in_body += (depth == 0 and last[-1] not in "([{") - (depth < 0)
        elif mark == "\\" and self._went_on:
            pass  # the lines after the second stand level with it
        elif mark:
            if depth >= 0 and not said.startswith(_ENDS):
                self._seen[mark][depth - 2 * (mark in (":", "-") and last.startswith("- "))] += 1
        elif (column := open_column(last)) >= 0:
            if depth > 0 and depth != column + 1:
                self._seen["a"][depth] += 1
        elif depth >= 0 and not self._went_on and trails(last):
            self._seen["+"][depth] += 1
        if depth in _STEPS:
            self._deeper[depth] += 1
        if depth > 0 and "\t" in space and space.startswith(self._last_space):
            self._further[mark] += (
                1 if space[-1] == " " and "\t" not in space[len(self._last_space) :] else -1
            )

    def _follow(self, said: str, width: int) -> None:
        """Look how a line that begins with an operator or a dot stands under the one that it goes on."""
        depth = width - self._start_width
        if said[0] == ".":
            if self.start and self.last[0] not in ")]}":
                self._seen["."][depth] += 1
        elif said[0] not in _GOING_ON or not continues_above(said):
            self.start, self._start_width = said, width
        elif self.start and self.last == self.start and depth >= 0:
            self._seen[operator_mark(said)][depth] += 1

    def style(self) -> IndentStyle:
        """Return what was seen."""
        tabs, spaces = self._tabs, self._spaces
        kind = "tab" if tabs > 4 * spaces else "space" if spaces > 4 * tabs else ""
        return IndentStyle(
            kind=kind,
            step=4 if kind == "tab" else self._deeper.most_common(1)[0][0] if self._deeper else 0,
            bodies={
                mark: frozenset(depth for depth, count in counts.items() if count * _RARE >= counts.total())
                for mark, counts in self._seen.items()
            },
            usual={mark: counts.most_common(1)[0][0] for mark, counts in self._seen.items()},
            closes_in_body=self._in_body > 0,
            spaced=frozenset(mark for mark, count in self._further.items() if count > 0),
        )


def mark_of(line: str, below: str) -> str:
    """Return how `line` opens a body that starts with `below`: "" if it does not.

    That is the bracket, the colon, "-" for list items below a colon, "=", a backslash or an arrow (">") at its end,
    "w" for a word, "<" for a tag, "n" for the brace of a namespace, whose body many styles do not indent, and "c" for
    a brace above the label of a ``case``, which others do not.
    """
    last = line[-1]
    if last == "{" and _NAMESPACE.match(line):
        return "n"
    if last == "{" and _LABEL.match(below):
        return "c"
    if last in "([{":
        return last
    if line.endswith(("=>", "->")):
        return "" if below[0] == "{" else ">"
    if last == ":":
        return "-" if below.startswith("- ") else ":"
    if open_column(line) >= 0:
        return ""
    if last in ASKING:
        return last
    if word_opens(line):
        return "" if below[0] == "{" else "w"
    if line[0] == "<" and below[:2] != "</" and (opens_tag(line) or _ATTRIBUTES.match(line)):
        return "<"
    return ""


def open_column(line: str) -> int:
    """Return the column of the last bracket of `line` that it leaves open before other text, -1 if there is none."""
    if "(" not in line and "[" not in line and "{" not in line:
        return -1
    count = line.count
    if count("(") <= count(")") and count("[") <= count("]") and count("{") <= count("}"):
        return -1  # asked of every line around the cursor
    if '"' in line or "'" in line:
        line = _QUOTED.sub(lambda found: "_" * len(found[0]), line)
    closed = 0
    for column in range(len(line) - 1, -1, -1):
        if line[column] in ")]}":
            closed += 1
        elif line[column] in CLOSERS:
            if closed == 0:
                if (
                    column == len(line) - 1
                    or line[-1] == "{"
                    or (line[column] == "{" and line[column + 1] == " ")
                ):
                    return -1
                return column
            closed -= 1
    return -1


def operator_mark(line: str) -> str:
    """Return the mark of a line that an operator begins: "|" for alternatives, which often stand level, else "o"."""
    return "|" if line[0] == "|" and line[1:2] != "|" else "o"


def trails(line: str) -> bool:
    """Whether an operator at the end of `line` asks for more."""
    return line[-1:] in _ASKING_ENDS and bool(_TRAILING.search(line))


def word_opens(line: str) -> bool:
    """Whether a line without brackets at its end begins a block by a word, as in Ruby, Lua, and C without braces."""
    if line.endswith((" do", " then", "|", "else")) or (line.isalpha() and line.lower() in _LONE_WORDS):
        return True
    if "function" in line and _FUNCTION.search(line):
        return True
    return line.partition(" ")[0] in BLOCK_WORDS and line[-1] not in ";},\\>" and not line.endswith(" end")


def opens_closure(line: str) -> bool:
    """Whether `line` ends with an opening brace and the parameters of a closure."""
    brace = line.rfind("{")
    return brace >= 0 and bool(_PARAMETERS.fullmatch(line[brace + 1 :].strip()))


_NEAR: Final = 4
_USUAL_STEPS: Final = (2, 4, 8)
_LED: Final = (".", "o", "|")
"""Marks of lines that begin with what makes them go on the line above."""
_CONTINUED: Final = (".", "o", "a", "+", "=", "(")
"""Marks of lines that continue the lines above them: files indent them alike."""
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

        Where the file is silent, other lines that continue the lines above them speak, and how the answer nests.
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
        if mark == "c" and (layout.level_cases or depth == 0):
            return Point(-depth)  # elsewhere both are usual
        if (
            not self.style.step
            and not layout.tabs
            and depth in _USUAL_STEPS
            and depth == (self._answers.step or depth)
        ):
            return None  # nothing in the file says otherwise
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
