"""Writing a doc comment's meaning in a style, safely for the language it goes into."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from segue_assist._directives import is_directive
from segue_assist._docmarkup import markup_lines
from segue_syntax import language_of

if TYPE_CHECKING:
    from segue_assist._docstyle import DocStyle
    from segue_assist._doctext import DocText


def render_doc(doc: DocText, style: DocStyle, *, indent: str, name: str, language_id: str) -> list[str]:
    """Return the lines of the whole doc comment, delimiters and indentation included, without terminators."""
    room = max(style.width - len(indent.expandtabs(4)) - len(style.prefix or " *") - 1, 40)
    lines = [clean(line) for line in markup_lines(doc, style, width=room, name=name)]
    while lines and not lines[-1].strip():
        lines.pop()
    if style.markup in {"google", "numpy", "rest"}:
        return _docstring(lines, style, indent)
    lines = [
        line
        for line in lines
        if not line.strip() or not is_directive(f"{style.prefix or '*'} {line.strip()}")
    ]
    if style.prefix:
        return [_line(style.prefix, line, indent) for line in lines]
    return _block(lines, style, indent, language_id)


def clean(line: str) -> str:
    """Return `line` without characters that end lines early, hide text or are none."""
    if line.isascii() and line.isprintable():
        return line.rstrip()
    kept = []
    for character in line:
        if character == "\t":
            kept.append("    ")
        elif character in "\u200c\u200d" or unicodedata.category(character) not in {
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
            "Co",
        }:
            kept.append(character)
    return "".join(kept).rstrip()


def comment_line(text: str, prefix: str, language_id: str) -> str:
    """Return one line comment with `text`, harmless in the language."""
    text = " ".join(clean(text).split())
    for early, instead in language_of(language_id).documentation.line_escapes:
        text = text.replace(early, instead)
    return f"{prefix} {text}".rstrip().rstrip("\\").rstrip()


def _line(prefix: str, text: str, indent: str) -> str:
    text = (
        text.rstrip().rstrip("\\").rstrip()
    )  # a trailing backslash would draw the next line into the comment
    return f"{indent}{prefix} {text}".rstrip() if text else f"{indent}{prefix}"


def _block(lines: list[str], style: DocStyle, indent: str, language_id: str) -> list[str]:
    rules = language_of(language_id).documentation
    closing = "*&#47;" if rules.html else "*\\/"
    safe = [line.replace("*/", closing) for line in lines]
    if rules.nested_comments:
        safe = [line.replace("/*", "/ *") for line in safe]
    for early, instead in rules.block_escapes:
        safe = [line.replace(early, instead) for line in safe]
    if len(safe) == 1 and len(indent) + len(safe[0]) + 8 <= style.width and not safe[0].startswith("@"):
        return [f"{indent}{style.opening} {safe[0]} */"]
    body = [f"{indent} * {line}".rstrip() for line in safe]
    return [f"{indent}{style.opening}", *body, f"{indent} */"]


def _docstring(lines: list[str], style: DocStyle, indent: str) -> list[str]:
    quotes = style.opening
    other = "'''" if quotes == '"""' else '"""'
    lines = [line.replace(quotes, other) for line in lines]
    raw = "r" if any("\\" in line for line in lines) else ""
    body = [f"{indent}{line}" if line else "" for line in lines]
    if len(lines) == 1:
        text = lines[0]
        if text.endswith((quotes[0], "\\")):
            text += " " if text.endswith("\\") else "."
        one = f"{indent}{raw}{quotes}{' ' if text.startswith(quotes[0]) else ''}{text}{quotes}"
        if len(one) <= style.width:
            return [one]
    if style.summary_on_first_line:
        gap = " " if lines[0].startswith(quotes[0]) else ""
        return [f"{indent}{raw}{quotes}{gap}{lines[0]}", *body[1:], f"{indent}{quotes}"]
    return [f"{indent}{raw}{quotes}", *body, f"{indent}{quotes}"]
