"""Indentation of a completion, moved to where the document wants it.

Models shift whole blocks, count from zero, or write tabs for spaces. What is wrong is judged only against fixed
points: a closing bracket belongs under the line that opened it, a statement beside its neighbours, a body as
deep under its header as the document has it elsewhere. When all fixed points are off by the same distance, the
block moves by that distance; when they disagree, it was written in another style and stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from segue_postprocess._anchors import IndentAnchors
from segue_postprocess._brackets import lines_that_stay
from segue_postprocess._context import read_apart
from segue_postprocess._indent_style import style_of
from segue_postprocess._lines import goes_on, opens_block
from segue_postprocess._types import Reason
from segue_syntax import CLOSERS, indent_width, leading_space

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._indent_style import IndentStyle
    from segue_postprocess._types import Candidate
    from segue_syntax import Literal

_TARGET: Final = re.compile(r"[^\s#=][^#=]*:(?![=:])")
_STEPS: Final = (2, 3, 4, 8)


def reindent(candidate: Candidate, context: CursorContext) -> Candidate:
    """Bring the lines after the first to the indentation style, and the depth, of the document."""
    text = candidate.text
    if "\n" not in text or context.language.prose or _stands_wrong(text, context):
        return candidate
    return candidate.changed(reindented(text, context), Reason.REINDENTED)


def _stands_wrong(text: str, context: CursorContext) -> bool:
    """Whether the first line itself is not where it belongs, so that nothing is fixed: at the margin, in a bracket."""
    in_bracket = not context.line_before and bool(context.openings)
    return in_bracket and indent_width(text) <= context.openings[-1].indent


def reindent_first_line(candidate: Candidate, context: CursorContext) -> Candidate:
    """Bring an answer that begins at the left margin to the style and depth of the document, its first line as well.

    It is judged as if it had been asked for at the end of the last line above.
    """
    text, cursor = candidate.text, context.cursor
    if (
        context.line_before
        or not text.strip()
        or context.language.prose
        or context.lex_state.literal is not None
    ):
        return candidate
    above = cursor.prefix.rstrip()
    if not above:
        return candidate.changed(_at_margin(text), Reason.REINDENTED)
    if not (text[0] in " \t" or (opens_block(context.previous_line, context))):
        return candidate
    end_of_line = replace(cursor, prefix=above, suffix=cursor.prefix[len(above) :] + cursor.suffix)
    scaled = _in_steps(text.lstrip("\n").split("\n"), context)
    moved = reindented("\n" + scaled, read_apart(end_of_line, context.trees))
    return candidate.changed(moved[1:], Reason.REINDENTED)


def _at_margin(text: str) -> str:
    """Return the first lines of a file, with the first one at the margin."""
    lines = text.lstrip("\n").split("\n")
    space = leading_space(lines[0])
    return "\n".join(line.removeprefix(space) for line in lines)


def _in_steps(lines: list[str], context: CursorContext) -> str:
    """Return an answer with as many spaces a level as the document has, where that puts its first line right."""
    style, above = style_of(context.around, context.language.line_comments), context.previous_line
    widths = [indent_width(line) for line in lines if line.startswith(" ") and line.strip()]
    unit, step = _unit(widths) if widths else 0, style.step
    expected = indent_width(above) + (step if opens_block(above, context) or goes_on(above) else 0)
    is_scaled = unit and step and unit != step and not any(width % unit for width in widths)
    if (
        style.kind != "space"
        or not is_scaled
        or widths[0] == expected
        or widths[0] // unit * step != expected
    ):
        return "\n".join(lines)
    return "\n".join(" " * (indent_width(line) // unit * step) + line.lstrip(" ") for line in lines)


def reindented(text: str, context: CursorContext) -> str:
    """Return `text` with all lines but the first where the document wants them."""
    literal = context.lex_state.literal
    if literal is not None and _stays_in(literal, text, context):
        return _docstring(text, literal, context)
    if (layout := context.language.layout).tabs and layout.commands:
        return _recipe(text, context)
    style = style_of(context.around, context.language.line_comments)
    lines = _in_style(text.split("\n"), _kind(style, context), style)
    distance = _distance(lines, context, style)
    return "\n".join(_shift(lines, distance, context, style) if distance else lines)


def _recipe(text: str, context: CursorContext) -> str:
    """Return the commands of a rule behind tabs; elsewhere in such files spaces mean nothing."""
    above = context.line_before if context.line_before.strip() else context.previous_line
    if not (context.line_before.startswith("\t") or above.startswith("\t") or _TARGET.match(above)):
        return text
    first, *rest = text.split("\n")
    widths = [indent_width(line) for line in rest if line.startswith(" ") and line.strip()]
    unit = max(1, min(widths, default=1))
    moved = (
        "\t" * (indent_width(line) // unit) + line.lstrip() if line.startswith(" ") and line.strip() else line
        for line in rest
    )
    return "\n".join([first, *moved])


def _stays_in(literal: Literal, text: str, context: CursorContext) -> bool:
    """Whether the comment or string over several lines that holds the cursor continues below its line."""
    first = text.partition("\n")[0]
    return literal.multiline and context.scanner.scan(first, 0, context.lex_state)[1].literal == literal


def _docstring(text: str, literal: Literal, context: CursorContext) -> str:
    """Return the text of a docstring with its least indented line level with its opening quotes."""
    lines = text.split("\n")
    opening = next((opening for opening in reversed(context.openings) if opening.mark == literal.mark), None)
    if not context.language.indentation_based or opening is None or "\t" in text:
        return text
    line_start = context.head.rfind("\n", 0, opening.offset) + 1
    said = [line for line in lines[1:] if line.strip()]
    if context.head[line_start : opening.offset].strip() or not said:
        return text
    distance = opening.indent - min(map(indent_width, said))
    if not distance or context.on_blank_line:
        return text
    moved = (
        " " * (indent_width(line) + distance) + line.lstrip() if line.strip() else line for line in lines[1:]
    )
    return "\n".join([lines[0], *moved])


def _kind(style: IndentStyle, context: CursorContext) -> str:
    return style.kind or (
        "tab" if context.language.layout.tabs or "\t" in leading_space(context.line_before) else ""
    )


def _in_style(lines: list[str], kind: str, style: IndentStyle) -> list[str]:
    rest = lines[1:]
    if kind == "space" and any(line.startswith("\t") for line in rest):
        spaces = " " * (style.step or 4)
        return [lines[0], *(leading_space(line).replace("\t", spaces) + line.lstrip(" \t") for line in rest)]
    if kind == "tab" and not any(line.startswith("\t") for line in rest):
        widths = [indent_width(line) for line in rest if line.startswith("  ")]
        if widths:
            return _tabbed(lines, _unit(widths))
    return lines


def _unit(widths: list[int]) -> int:
    """Return how many columns one level of a completion takes."""
    for unit in (4, 2, 3, 8):
        if all(width % unit == 0 for width in widths):
            return unit if unit != 2 else _commonest_rise(widths) or unit
    return _commonest_rise(widths) or min(widths)


def _commonest_rise(widths: list[int]) -> int:
    rises = Counter(
        after - before for before, after in itertools.pairwise(widths) if after - before in _STEPS
    )
    return rises.most_common(1)[0][0] if rises else 0


def _tabbed(lines: list[str], unit: int) -> list[str]:
    """Return `lines`, of which those after the first are indented by `unit` spaces a level, with tabs."""
    first, *rest = lines
    widths = (len(line) - len(line.lstrip(" ")) for line in rest)
    return [
        first,
        *(
            "\t" * (width // unit) + " " * (width % unit) + line.lstrip(" ")
            for line, width in zip(rest, widths, strict=True)
        ),
    ]


def _shift(lines: list[str], distance: int, context: CursorContext, style: IndentStyle) -> list[str]:
    """Move every line after the first by `distance` columns, but no line that a string goes over."""
    fixed = lines_that_stay("\n".join(lines), context)
    moved = [lines[0]]
    for number, line in enumerate(lines[1:], 1):
        if not line.strip() or number in fixed:
            moved.append(line)
            continue
        moved.append(" " * max(0, indent_width(line) + distance) + line.lstrip(" \t"))
    return _tabbed(moved, 4) if _kind(style, context) == "tab" else moved


def _distance(lines: list[str], context: CursorContext, style: IndentStyle) -> int:
    """Return how far the block must move, 0 when it is right or nothing is certain."""
    strong, weak = IndentAnchors(lines, context, style).judge()
    if not strong and not weak:
        return 0
    wanted = strong[0] if strong else weak[0].distance
    if strong:
        agreed = all(point == wanted for point in strong) and not any(
            point.allows(0) and not point.allows(wanted) for point in weak
        )
    else:
        agreed = all(point.allows(wanted) for point in weak)
    if not agreed:
        return 0
    body = [line.strip() for line in lines[1:] if line.strip()]
    if len(body) == 1 and body[0][0] in ")]}" and lines[0].rstrip()[-1:] not in CLOSERS:
        return 0  # a lone closing bracket has nothing to agree with
    return wanted
