"""Patterns as in ``.gitignore``, matched in a time that is linear in their length for any pattern and path.

The rules are git's (``dir.c``, ``wildmatch.c``), the quirks included: bytes are compared, so that ``?`` does not match
a letter of two bytes. Each pattern becomes a regular expression in which every ``*`` takes the nearest place where the
text after it fits and never reconsiders it (an atomic group). That loses no match: a later place leaves less of the
name to the rest of the pattern, and the last piece is tied to the end.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(rb"[*?\[\\]")
_LONGEST = 4_096  # bytes; no path is longer
_CLASSES = {
    b"alnum": rb"[0-9A-Za-z]", b"alpha": rb"[A-Za-z]", b"blank": rb"[ \t]", b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]", b"graph": rb"[!-~]", b"lower": rb"[a-z]", b"print": rb"[ -~]", b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\v\f\r]", b"upper": rb"[A-Z]", b"xdigit": rb"[0-9A-Fa-f]",
}  # fmt: skip
_NEVER = rb"(?!)"


def _folded(line: str) -> str:
    return line.encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")


class PatternList:
    """The patterns of one file or setting; the last that matches decides, and ``!`` in front takes a match back.

    With `fold_case`, ASCII letters match in either case, as in git with `core.ignoreCase`.
    """

    def __init__(self, lines: Iterable[str], *, fold_case: bool = False) -> None:
        self._fold_case = fold_case
        self._names: dict[bytes, list[_Pattern]] = {}
        self._endings: dict[int, dict[bytes, list[_Pattern]]] = {}
        self._others: list[_Pattern] = []
        count = 0
        for count, line in enumerate(lines, 1):
            pattern = _parsed(_folded(line) if fold_case else line, count)
            if pattern is None:
                continue
            if pattern.is_name and not _SPECIAL.search(pattern.text):
                self._names.setdefault(pattern.text, []).append(pattern)
            elif pattern.is_name and pattern.text[:1] == b"*" and not _SPECIAL.search(pattern.text, 1):
                ending = pattern.text[1:]
                self._endings.setdefault(len(ending), {}).setdefault(ending, []).append(pattern)
            else:
                self._others.append(pattern)

    def __bool__(self) -> bool:
        return bool(self._names or self._endings or self._others)

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether the last pattern that matches `path` itself excludes it; None when none matches.

        `path` is relative to the place of the patterns, with slashes. Its folders are not looked at.
        """
        whole = path.encode("utf-8", "surrogateescape")
        if self._fold_case:
            whole = whole.lower()
        name = whole[whole.rfind(b"/") + 1 :]
        best = _last(self._names.get(name), is_folder=is_folder)
        for length, endings in self._endings.items():
            found = (
                _last(endings.get(name[len(name) - length :]), is_folder=is_folder)
                if length <= len(name)
                else None
            )
            if found is not None and (best is None or found.number > best.number):
                best = found
        for pattern in reversed(self._others):
            if best is not None and pattern.number < best.number:
                break
            if (is_folder or not pattern.folders_only) and pattern.matches(whole, name):
                best = pattern
                break
        return None if best is None else not best.negated

    def excludes(self, path: str) -> bool:
        """Return whether the file at `path`, or a folder around it, is excluded; nothing in such a folder comes back."""
        path = path.strip("/")
        at = path.find("/")
        while at >= 0:
            if self.decides(path[:at], is_folder=True):
                return True
            at = path.find("/", at + 1)
        return bool(self.decides(path, is_folder=False))


def is_named(path: str, patterns: Sequence[str]) -> bool:
    """Return whether the patterns of a setting name the file at `path` or a folder around it."""
    return bool(patterns) and _compiled(tuple(patterns)).excludes(path)


@lru_cache(maxsize=16)
def _compiled(patterns: tuple[str, ...]) -> PatternList:
    return PatternList(patterns)


class _Pattern:
    """One pattern: `is_name` tells that it has no slash and is compared with the last part of a path."""

    __slots__ = ("_expression", "folders_only", "is_name", "negated", "number", "text")

    def __init__(self, text: bytes, number: int, *, negated: bool, folders_only: bool, is_name: bool) -> None:
        self.text = text
        self.number = number
        self.negated = negated
        self.folders_only = folders_only
        self.is_name = is_name
        self._expression: re.Pattern[bytes] | None = None

    def matches(self, path: bytes, name: bytes) -> bool:
        if self._expression is None:  # most patterns of most files are never asked
            self._expression = re.compile(_translated(self.text, names_only=self.is_name), re.DOTALL)
        return self._expression.fullmatch(name if self.is_name else path) is not None


def _last(patterns: list[_Pattern] | None, *, is_folder: bool) -> _Pattern | None:
    if patterns is None:
        return None
    return next((entry for entry in reversed(patterns) if is_folder or not entry.folders_only), None)


def _parsed(line: str, number: int) -> _Pattern | None:
    """Return the pattern in a line, None for a comment, a blank line and what no path can match."""
    text = line.encode("utf-8", "surrogateescape")
    if text.startswith(b"#"):
        return None
    text = _without_trailing_spaces(text.removesuffix(b"\r"))
    negated = text.startswith(b"!")
    text = text[negated:]
    folders_only = text.endswith(b"/")
    text = text[: len(text) - folders_only]
    is_name = b"/" not in text
    text = text.removeprefix(b"/")
    if not text or len(text) > _LONGEST:
        return None
    return _Pattern(text, number, negated=negated, folders_only=folders_only, is_name=is_name)


def _without_trailing_spaces(text: bytes) -> bytes:
    kept = text.rstrip(b" ")
    slashes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if slashes % 2 and len(kept) < len(text) else kept


def _translated(text: bytes, *, names_only: bool) -> bytes:
    """Return the regular expression of a pattern.

    It is cut at each ``**`` that stands for folders, then at each ``*``.
    """
    special = _SPECIAL.search(text)
    at = special.start() if special else len(text)
    start = at
    parts: list[bytes] = [re.escape(text[:at])]  # between stars, of the piece that is being read
    done = b""
    opened = b""  # what stands for the `**/` before the piece, and needs closing
    while at < len(text):
        character = text[at : at + 1]
        if character == b"*":
            after = at
            while text[after : after + 1] == b"*":
                after += 1
            bounded = after - at > 1 and not names_only and (at == start or text[at - 1 : at] == b"/")
            if bounded and after == len(text):
                return done + _closed(opened, parts) + b".*"
            if bounded and text[after : after + 1] == b"/":
                done += _closed(opened, parts)
                opened, parts, at = b"(?>(?:[^/]*/)*?", [b""], after + 1
            elif bounded and text[after : after + 2] == b"\\/":
                done += _closed(opened, parts)
                opened, parts, at = b"(?>.*?", [b""], after
            else:
                parts.append(b"")
                at = after
        elif character == b"?":
            parts[-1] += b"[^/]"
            at += 1
        elif character == b"[":
            members, at = _bracket(text, at)
            if at < 0:
                return _NEVER
            parts[-1] += members
        else:
            at += character == b"\\"
            if at == len(text):
                return _NEVER
            parts[-1] += re.escape(text[at : at + 1])
            at += 1
    last = parts.pop()
    piece = _joined(parts)
    if parts:
        piece += b"[^/]*"
    tail = opened.replace(b"(?>", b"(?:", 1) + piece + last
    return done + tail + (b")" if opened else b"")


def _closed(opened: bytes, parts: list[bytes]) -> bytes:
    return opened + _joined(parts) + (b")" if opened else b"")


def _joined(parts: list[bytes]) -> bytes:
    return b"".join(part if not number else b"(?>[^/]*?" + part + b")" for number, part in enumerate(parts))


def _bracket(text: bytes, at: int) -> tuple[bytes, int]:
    """Return the expression of the set that begins at `at`, and the place after it; -1 when it never matches."""
    at += 1
    negated = text[at : at + 1] in {b"!", b"^"}
    at += negated
    members: set[int] = set()
    previous = -1
    first = True
    while first or text[at : at + 1] != b"]":
        first = False
        current = text[at : at + 1]
        if not current:
            return b"", -1
        if current == b"\\":
            at += 1
            if at >= len(text):
                return b"", -1
            previous = text[at]
            members.add(previous)
        elif current == b"-" and previous > 0 and text[at + 1 : at + 2] not in {b"", b"]"}:
            at += 1
            if text[at : at + 1] == b"\\":
                at += 1
                if at >= len(text):
                    return b"", -1
            members.update(range(previous, text[at] + 1))
            previous = -1
        elif current == b"[" and text[at + 1 : at + 2] == b":":
            end = text.find(b"]", at + 2)
            if end < 0:
                return b"", -1
            if text[end - 1 : end] != b":" or end - 1 < at + 2:
                previous = text[at]
                members.add(previous)
            else:
                named = _CLASSES.get(text[at + 2 : end - 1])
                if named is None:
                    return b"", -1
                members.update(byte for byte in range(256) if re.match(named, bytes([byte])))
                at, previous = end, -1
        else:
            previous = current[0]
            members.add(previous)
        at += 1
    if negated:
        members = set(range(1, 256)) - members
    members.discard(ord("/"))
    if not members:
        return b"", -1
    return b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(members)) + b"]", at + 1
