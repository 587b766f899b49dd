"""The kinds of strings that languages have, as regular expressions from which the lexer is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

_ESCAPED: Final = r"(?:\\[\s\S]|[^\\%s])*"
_ONE_LINE: Final = r"(?:\\[\s\S]|[^\\\n%s])*"  # a backslash at its end takes it over the line
_NESTED: Final = r"(?:[^{}]|\{[^{}]*\})*"


@dataclass(frozen=True, slots=True)
class Literal:
    """One kind of string or block comment: the expressions of its opening, its inside and its closing.

    `mark` is the closing as written, "" for one that cannot be left open. `interpolation` matches the code inside,
    or a doubled mark that stands for itself; it counts only after text that `interpolated_after` matches.
    """

    opening: str
    body: str
    closing: str
    mark: str
    multiline: bool
    comment: bool = False
    interpolation: str = ""
    interpolated_after: str = ""

    def with_code(self, interpolation: str, *, after: str = "") -> Literal:
        """Return the same literal with code inside."""
        return replace(self, interpolation=interpolation, interpolated_after=after)


def text(quote: str, *, multiline: bool = False, escapes: bool = True, guard: str = "") -> Literal:
    """Return a string between two `quote` characters; `guard` is a look-behind that the opening one must satisfy."""
    template = _ESCAPED if multiline else _ONE_LINE
    body = template % quote if escapes else rf"[^{quote}]*" if multiline else rf"[^{quote}\n]*"
    guard = guard or (r"(?<!\w')" if quote == "'" else "")  # an apostrophe in a word opens nothing
    return Literal(quote + guard, body, quote, quote, multiline)


def interpolated(quote: str, code: str, *, multiline: bool = False, guard: str = "") -> Literal:
    """Return a string between two `quote` characters with `code` inside, which may hold the quote itself."""
    other = rf"[^\\{quote}]" if multiline else rf"[^\\\n{quote}]"
    # Possessive: what was read as code is not read again as text when the string turns out not to be closed.
    body = rf"(?:{code}|\\[\s\S]|{other})*+"
    return Literal(quote + guard, body, quote, quote, multiline, interpolation=code)


def triple(quote: str) -> Literal:
    """Return a string over any number of lines between two marks of three `quote` characters."""
    return Literal(quote * 3, r"(?:\\[\s\S]|[^\\])*?", quote * 3, quote * 3, multiline=True)


def raw(opening: str, closing: str, *, comment: bool = False) -> Literal:
    """Return a string (or block comment) without escapes between two marks."""
    return Literal(
        re.escape(opening), r"[\s\S]*?", re.escape(closing), closing, multiline=True, comment=comment
    )


DOUBLE: Final = text('"')
SINGLE: Final = text("'")
DOUBLE_LINES: Final = text('"', multiline=True)
SINGLE_LINES: Final = text("'", multiline=True)
BACKQUOTE: Final = Literal("`", "[^`]*", "`", "`", multiline=True)
CHARACTER: Final = Literal(r"'", r"(?:\\[^\n']{1,9}|\\'|[^\\'\n])", "'", "", multiline=False)
HEREDOC: Final = Literal(
    r"<<[<~-]?[ \t]*[\"']?(?P<here>[A-Za-z_]\w*)[\"']?[^\n]*\n",
    r"(?:[^\n]*\n)*?",
    r"[ \t]*(?P=here)\b",
    "",
    multiline=True,
)

C_BLOCK: Final = ("/*", "*/")
XML_BLOCK: Final = ("<!--", "-->")

BRACES: Final = r"\{\{|\{[^{}\n!:]*"
"""``{name}``, where doubled braces stand for themselves."""
HASH_BRACES: Final = rf"#\{{{_NESTED}\}}|#@\w+"
"""``#{name}`` of Ruby."""
DOLLAR: Final = rf"\$\{{{_NESTED}\}}|\$[^\W\d]\w*"
"""``${name}`` and ``$name``."""
