"""How a document indents, read off the lines around the cursor."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._lexis import CLOSERS
from segue_postprocess._lines import opens_tag
from segue_postprocess._situation import CURSOR_MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

ASKING: Final = "=\\"
_RARE: Final = 8
_STEPS: Final = (2, 3, 4, 8)
_BLOCK_WORDS: Final = frozenset(
    "def class module if unless while until for case else elsif elif when begin rescue ensure function".split()  # noqa: SIM905
)
_LONE_WORDS: Final = frozenset(["where", "do", "then", "else", "begin", "try"])
_ENDS: Final = ("end", "fi", "done", "esac", "else", "elsif", "elif", "</")
_LINES: Final = re.compile(r"^([ \t]*)(\S.*)", re.MULTILINE)
_NAMESPACE: Final = re.compile(r"""(?:inline\s+)?namespace\b|extern\s+"C""")
_FUNCTION: Final = re.compile(r"\bfunction\b[^()]*\([^()]*\)$")
_QUOTED: Final = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_PARAMETERS: Final = re.compile(r"\|[^|]*\||[\w\s,:()<>\[\]?.]*(?:\bin|->|=>)")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a document indents: with "tab" or "space" ("" when it shows too little), `step` columns at a time (0 if unknown).

    `bodies` are the depths seen below a line that opens one, under a mark that says how (see `mark_of`) and
    ``"."`` for chained calls; `usual` is the commonest of them. `aligns` says that arguments stand below the first
    one; `closes_in_body` is true where closing brackets stand as deep as the body.
    """

    kind: str
    step: int
    bodies: Mapping[str, frozenset[int]]
    usual: Mapping[str, int]
    aligns: bool
    closes_in_body: bool


@lru_cache(maxsize=4)
def habits_of(text: str, comments: tuple[str, ...]) -> Habits:
    """Return the habits that the lines of `text` show; a line that begins with one of `comments` shows none."""
    tabs = spaces = in_body = in_header = 0
    seen: defaultdict[str, Counter[int]] = defaultdict(Counter)
    deeper: Counter[int] = Counter()
    aligned = 0
    last, last_width, chain_width = "", 0, 0
    for space, said in _LINES.findall(text):
        if said == CURSOR_MARK:
            last = ""
            continue
        if said.startswith(comments):
            continue
        stripped = said.rstrip()
        width = len(space.expandtabs(4)) if "\t" in space else len(space)
        if space[:1] == "\t":
            tabs += 1
        elif width >= 2:
            spaces += 1
        if last:
            mark = mark_of(last, stripped)
            if stripped[0] in "}])":
                in_body += width == last_width and last[-1] not in "([{"
                in_header += width < last_width
            elif mark:
                if width >= last_width and not stripped.startswith(_ENDS):
                    of_item = mark in (":", "-") and last.startswith("- ")
                    seen[mark][width - last_width - 2 * of_item] += 1
            elif (column := open_column(last)) >= 0:
                aligned += 1 if width == last_width + column + 1 else -1
            if width - last_width in _STEPS:
                deeper[width - last_width] += 1
        if stripped[0] != ".":
            chain_width = width
        elif last and last[0] not in ")]}":
            seen["."][width - chain_width] += 1
        last, last_width = stripped, width
    kind = "tab" if tabs > 4 * spaces else "space" if spaces > 4 * tabs else ""
    usual = {mark: counts.most_common(1)[0][0] for mark, counts in seen.items()}
    step = 4 if kind == "tab" else deeper.most_common(1)[0][0] if deeper else 0
    bodies = {
        mark: frozenset(depth for depth, count in counts.items() if count * _RARE >= counts.total())
        for mark, counts in seen.items()
    }
    return Habits(kind, step, bodies, usual, aligned > 0, in_body > in_header)


def mark_of(line: str, below: str) -> str:
    """Return how `line` opens a body that starts with `below`: "" if it does not.

    That is the bracket, the colon, "-" for list items below a colon, "=" or a backslash at its end, "w" for a
    word, "<" for a tag, "n" for the brace of a namespace, whose body many styles do not indent.
    """
    last = line[-1]
    if last == "{" and _NAMESPACE.match(line):
        return "n"
    if last in "([{":
        return last
    if last == ":":
        return "-" if below.startswith("- ") else ":"
    if open_column(line) >= 0:
        return ""
    if last in ASKING:
        return last
    if word_opens(line):
        return "" if below[0] == "{" else "w"
    if line[0] == "<" and below[:2] != "</" and opens_tag(line):
        return "<"
    return ""


def key_depths(text: str, key: str) -> set[int]:
    """Return how deep `key` stands at the start of lines of `text`, a YAML document."""
    return set(map(len, re.findall(rf"^( *){re.escape(key)}:", text, re.MULTILINE)))


def open_column(line: str) -> int:
    """Return the column of the last bracket of `line` that it leaves open before other text, -1 if there is none."""
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


def word_opens(line: str) -> bool:
    """Whether a line without brackets at its end begins a block by a word, as in Ruby, Lua, and C without braces."""
    if line.endswith((" do", " then", "|", "else")) or line in _LONE_WORDS or _FUNCTION.search(line):
        return True
    return line.partition(" ")[0] in _BLOCK_WORDS and line[-1] not in ";},\\>" and not line.endswith(" end")


def opens_closure(line: str) -> bool:
    """Whether `line` ends with an opening brace and the parameters of a closure."""
    brace = line.rfind("{")
    return brace >= 0 and bool(_PARAMETERS.fullmatch(line[brace + 1 :].strip()))
