"""Indentation of a completion, moved to where the document wants it.

Models shift whole blocks, count from zero, or write their favourite width. What is wrong is judged only against
fixed points: a closing bracket belongs under the line that opened it, a statement beside its neighbours.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_postprocess._brackets import steps
from segue_postprocess._lexis import indent_of, leading_space
from segue_postprocess._lines import continues_above, goes_on, is_case
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation

_LABEL = re.compile(r"^(?:#|\w+\s*:(?!:)|(?:public|private|protected|internal)\b.*:$|@|<|\*|//|/\*)")
_ENDED = re.compile(r"[;{}]\s*$")


def reindent(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` with the lines after the first in the indentation style, and at the depth, of the document."""
    if (
        "\n" not in text
        or situation.profile.prose
        or situation.mode.literal >= 0
        or situation.mode.line_comment
    ):
        return text
    lines = text.split("\n")
    lines = _in_style(lines, situation)
    lines = _offside(lines, situation) if situation.profile.offside else _anchored(lines, situation)
    result = "\n".join(lines)
    if result != text:
        reasons.append(Reason.REINDENTED)
    return result


@lru_cache(maxsize=8)
def style_of(text: str) -> tuple[str, int]:
    """Return what `text` indents with ("tab", "space", "mixed" or "") and how wide a step is, in columns."""
    tabs = spaces = 0
    steps_seen: Counter[int] = Counter()
    last = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        space = leading_space(line)
        if space.startswith("\t"):
            tabs += 1
        elif len(space) >= 2:
            spaces += 1
        width = indent_of(line)
        if width > last and width - last in (2, 3, 4, 8):
            steps_seen[width - last] += 1
        last = width
    kind = "tab" if tabs > 4 * spaces else "space" if spaces > 4 * tabs else "mixed" if tabs or spaces else ""
    step = steps_seen.most_common(1)[0][0] if steps_seen else 4
    return kind, 4 if kind == "tab" else step


def _in_style(lines: list[str], situation: Situation) -> list[str]:
    kind, step = style_of(situation.head + situation.tail)
    rest = lines[1:]
    if kind == "space" and any(leading_space(line).startswith("\t") for line in rest):
        return [
            lines[0],
            *(leading_space(line).replace("\t", " " * step) + line.lstrip(" \t") for line in rest),
        ]
    if kind == "tab":
        widths = [
            len(leading_space(line))
            for line in rest
            if line.startswith("  ") and "\t" not in leading_space(line)
        ]
        if widths and not any(line.startswith("\t") for line in rest):
            unit = _unit(widths)
            return [lines[0], *(_tabbed(line, unit) for line in rest)]
    return lines


def _unit(widths: list[int]) -> int:
    """Return the width of one step in a completion that indents with spaces."""
    smallest = min(widths)
    return next((unit for unit in (4, 2, 3, 8) if all(width % unit == 0 for width in widths)), smallest)


def _tabbed(line: str, unit: int) -> str:
    width = len(leading_space(line))
    return "\t" * (width // unit) + " " * (width % unit) + line.lstrip(" \t")


def _shift(lines: list[str], delta: int, situation: Situation) -> list[str]:
    """Move every line after the first by `delta` columns, but no line that a string goes over."""
    kind, _ = style_of(situation.head + situation.tail)
    fixed = _inside_strings(lines, situation)
    moved = [lines[0]]
    for number, line in enumerate(lines[1:], 1):
        if not line.strip() or number in fixed:
            moved.append(line)
            continue
        width = max(0, indent_of(line) + delta)
        space = "\t" * (width // 4) + " " * (width % 4) if kind == "tab" else " " * width
        moved.append(space + line.lstrip(" \t"))
    return moved


def _inside_strings(lines: list[str], situation: Situation) -> set[int]:
    before = situation.line_before
    text = before + "\n".join(lines)
    tokens, _ = situation.scanner.scan(text, len(before), situation.mode)
    inside: set[int] = set()
    for mark, start, end in tokens:
        if mark == "string" and "\n" in text[start:end]:
            first = text.count("\n", 0, start)
            inside.update(range(first + 1, first + text.count("\n", start, end) + 1))
    return inside


def _anchored(lines: list[str], situation: Situation) -> list[str]:
    """Shift the block when every fixed point in it is off by the same distance."""
    text = "\n".join(lines)
    found, _ = steps(text, situation)
    fixed = _inside_strings(lines, situation)
    base = len(situation.openings)
    first_indent = (
        indent_of(situation.line_before + lines[0]) if situation.on_blank_line else situation.indent
    )
    deltas: list[int] = []
    closed = False
    index = 0
    at = len(lines[0]) + 1
    for number, line in enumerate(lines[1:], 1):
        while index + 1 < len(found) and found[index + 1].end <= at:
            index += 1
        stack = found[index].stack
        stripped = line.strip()
        indent = indent_of(line)
        if stripped and number not in fixed:
            closed = closed or len(stack) < base
            opener = stack[-1] if stack else None
            if stripped[0] in ")]}" and opener is not None and _is_absolute(opener, lines, situation):
                deltas.append(opener.indent - indent)
            elif (
                situation.on_blank_line
                and not closed
                and len(stack) == base
                and base > 0
                and _ENDED.search(_before(lines, number))
                and not _LABEL.match(stripped)
                and not is_case(stripped)
                and not continues_above(stripped)
                and stripped[0] not in ")]}"
            ):
                deltas.append(first_indent - indent)
        at += len(line) + 1
    if deltas and deltas[0] != 0 and len(set(deltas)) == 1 and (len(lines) > 2 or deltas[0] > 0):
        body = [indent_of(line) for line in lines[1:] if line.strip()]
        if len(body) > 1 or lines[1].strip()[0:1] not in (")", "]", "}"):
            return _shift(lines, deltas[0], situation)
    return lines


def _is_absolute(opener: object, lines: list[str], situation: Situation) -> bool:
    """Whether the indentation of the opener's line is known for sure: it is before the completion's second line."""
    if opener in situation.openings:
        return True
    found, _ = steps(lines[0], situation)
    return any(opener in step.stack for step in found)


def _before(lines: list[str], number: int) -> str:
    for line in reversed(lines[:number]):
        if line.strip():
            return line
    return ""


def _offside(lines: list[str], situation: Situation) -> list[str]:
    """Where indentation is syntax: a body is deeper than its header, a statement level with one above it."""
    if situation.profile.keyed or any(opening.mark in "([{" for opening in situation.openings):
        return lines
    header = situation.line_before + lines[0]
    start = 1
    if not header.strip():
        return lines
    number = next((k for k in range(start, len(lines)) if lines[k].strip()), None)
    if number is None:
        return lines
    found, _ = steps(lines[0], situation)
    if len(found[-1].stack) > 0:
        return lines
    own = indent_of(header)
    indent = indent_of(lines[number])
    _, step = style_of(situation.head + situation.tail)
    code = re.sub(r"\s+#.*$", "", header).rstrip()
    if code.endswith(":"):
        wanted = own + step
        if indent <= own or (indent - own) % step:
            return _shift(lines, wanted - indent, situation)
        return lines
    if goes_on(code) or code.startswith("@"):
        return lines
    levels = _levels(situation, own)
    if indent > own or indent not in levels:
        return _shift(lines, own - indent, situation)
    return lines


def _levels(situation: Situation, own: int) -> set[int]:
    """Return the indentations that the lines above allow a new line to have."""
    levels = {own}
    lowest = own
    for line in reversed(situation.head.split("\n")[:-1]):
        if line.strip() and indent_of(line) < lowest:
            lowest = indent_of(line)
            levels.add(lowest)
            if lowest == 0:
                break
    return levels
