"""Values given to names such as ``password``, in the ways that languages, settings and command lines write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_context.masking._names import Sensitivity, parts_of, sensitivity
from segue_context.masking._values import (
    JUDGED_CHARS,
    MASK,
    encodes_something_else,
    generated,
    harmless,
    placeholder,
    unpronounceable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_PATH = 60
_LONGEST_HEAD = 120
_LEAST_WORDS = 4
_LEAST_WEAK_CHARS = 6
_SIGN = re.compile(
    r"""
    (?P<close>(?:\\{0,3}["'`]|[\])}]){0,3}) [ \t]{0,20}
    (?:(?::[ ]{0,8}|[ ])[\w.<>|\[\]*&? ]{1,40}?[ ]{0,4}(?==))?
    (?P<sign>,?[ \t]{0,20}(?:\r?\n[+\- \t]{0,60})?\\{0,3}["']?(?:[vV]alue|default)\\{0,3}["']?[ \t]{0,8}[:=]>?
      |=>|:=|[?+|:]=|\|\||\?\?|={1,3}|!==?|:-|->|<-|[:,(>]|(?=[ \t]))
    [ \t]{0,20} (?P<next_line>(?:[>|\\(][+-]?)?\r?\n[+\- \t]{0,60})?
    (?P<opening>(?:[bfruBFRUL]{1,2}|[$@]{1,2})?(?:\"""|\'''|\\{0,3}["'`]))?
    """,
    re.VERBOSE,
)
_INSIDE = {
    '"': re.compile(r'(?:[^"\\\n]|\\[^\n]){0,4000}'),
    "'": re.compile(r"(?:[^'\\\n]|\\[^\n]){0,4000}"),
    "`": re.compile(r"(?:[^`\\\n]|\\[^\n]){0,4000}"),
}
_INSIDE_ESCAPED = re.compile(r"[^\"'`\\\n]{0,4000}")
_BARE = re.compile(r"[^\s\"'`<>;&|,\\]{4,4000}")
_COMMAND = re.compile(r"(?:^|\n)[+\- \t]{0,60}(?:ENV|ARG|setx|set(?:[ ]-[a-zA-Z]{1,3})?)[ ]+\Z")
_LINE_START = re.compile(r"[+\-]?[ \t]*(?:(?:export|set|ENV|ARG|-)[ ]+)?\"?")
_PLAIN = re.compile(r"[A-Za-z_][\w.]*")


def assigned_secrets(text: str, words: Iterable[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the extents of values that a sensitive name is given, in the order of the text.

    `words` are those of `text` for which `may_name_a_secret`, with their extents. When the name says that it is a
    secret's, any value but a harmless one counts; when it hints at it, only what looks generated does. Values are
    looked for within bounds, so a long line costs no more than its length.
    """
    done = 0
    for _, begin, end in words:
        if begin < done or text[begin - 1 : end + 1] == MASK:
            continue
        sign = _SIGN.match(text, end)
        if sign is None:
            continue
        start = begin
        if text[start - 1 : start] == ".":  # the names that lead to this one count too
            floor = max(done, begin - _LONGEST_PATH)
            while start > floor and (text[start - 1] == "." or text[start - 1].isalnum()):
                start -= 1
        name = text[start:end]
        extent = _quoted(text, end, sign) if sign["opening"] else _bare(text, start, name, sign)
        if extent is None:
            continue
        value = text[slice(*extent)]
        settings = not sign["opening"] and _reads_as_setting(text, start, extent[1], sign)
        if value and _is_secret(name, value, quoted=bool(sign["opening"]), settings=settings):
            done = extent[1]
            yield extent
        elif len(value) > JUDGED_CHARS:
            done = extent[0] + JUDGED_CHARS  # judged once, however many names are in it


def _quoted(text: str, end: int, sign: re.Match[str]) -> tuple[int, int] | None:
    opening, begin = sign["opening"], sign.end()
    if not sign["sign"] and not sign["close"] and text[end:begin].strip(" \t") != opening:
        return None
    quote = opening[-1]
    found = (_INSIDE_ESCAPED if "\\" in opening else _INSIDE[quote]).match(text, begin)
    assert found is not None  # both match nothing
    if opening.endswith(quote * 3) and (closing := text.find(quote * 3, begin, found.end() + 3)) >= 0:
        return begin, closing
    return found.span()


def _bare(text: str, start: int, name: str, sign: re.Match[str]) -> tuple[int, int] | None:
    mark, begin = sign["sign"], sign.end()
    if mark in {",", "("} or (not mark and not _takes_bare(text, start, name)):
        return None
    found = _BARE.match(text, begin)
    if found is None:
        return None
    value = found[0] if text[begin] in "([{" else found[0].rstrip(")]}")
    return begin, begin + len(value)


def _takes_bare(text: str, start: int, name: str) -> bool:
    """Return whether a value may follow the name after a blank: an option of a command, a line of a Dockerfile."""
    return name.startswith("-") or _COMMAND.search(text[max(0, start - 80) : start]) is not None


def _reads_as_setting(text: str, start: int, stop: int, sign: re.Match[str]) -> bool:
    """Return whether a value ends the line that its name begins, as in settings files and shell scripts."""
    name, mark = text[start : sign.start()], sign["sign"]
    ends = stop == len(text) or text[stop] in "\r\n" or text[stop : stop + 2] in {" #", "; "}
    if not ends and not (name.isupper() and text[stop] == " "):  # the environment of a command
        return False
    if mark != ":" and (mark not in {"=", ""} or text[sign.start() : sign.end()].strip("\"'") != mark):
        return False
    line_start = text.rfind("\n", max(0, start - _LONGEST_HEAD), start) + 1
    if not line_start and start > _LONGEST_HEAD:
        return False
    return name.startswith("-") or _LINE_START.fullmatch(text, line_start, start) is not None


def _is_secret(name: str, value: str, *, quoted: bool, settings: bool) -> bool:
    how = sensitivity(name)
    if how is Sensitivity.NONE:
        return False
    if how is Sensitivity.HINTS:
        return not (encodes_something_else(value) or placeholder(value)) and generated(value)
    if how is Sensitivity.WORDS and value.count(" ") >= _LEAST_WORDS - 1:
        return quoted and not placeholder(value)
    if not quoted and _PLAIN.fullmatch(value) and not unpronounceable(value):
        return settings and _is_weak_password(name, value)
    return not harmless(value, quoted=quoted)


def _is_weak_password(name: str, value: str) -> bool:
    """Return whether a bare word in a settings file is a password that a person chose: letters, then digits."""
    if len(value) < _LEAST_WEAK_CHARS or "." in value or not any(map(str.isdigit, value)):
        return False
    folded = value.lower()
    return not any(part in folded for part in parts_of(name))
