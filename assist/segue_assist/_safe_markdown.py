"""Markdown that a model wrote, made harmless: no HTML, no images, no links but to the web and into the repository.

Names in it become links to their definitions.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

_SPECIAL = re.compile(r"[`\\<!\]\n]")
_LONGEST_SPAN = 400
_LONGEST_TARGET = 1_000
_FENCE = re.compile(r"(`{3,}|~{3,})[^\n]*\n")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class SafeMarkdown:
    """Passes Markdown through piece by piece and escapes what a renderer could run, load or lead astray with.

    Escaped are HTML (``<``), images (``![``), links and reference definitions whose target is neither an address of
    the web nor a relative path inside the repository, and backticks that no code span closes on their line. Fenced
    code at the start of a line is left alone. Text is held back only while it is undecided.

    `link` returns the link of a name, or "": a `` `name` `` that has one becomes a link.
    """

    def __init__(self, link: Callable[[str], str] = lambda _name: "") -> None:
        self._link = link
        self._held = ""
        self._previous = ""
        self._fence = ""
        self._line_start = True
        self._ended = False

    def feed(self, piece: str) -> str:
        """Return what can be shown of the text so far."""
        self._held += piece.replace("\r", "")  # by itself it ends a line, for a renderer
        out: list[str] = []
        while self._held:
            step = self._fenced() if self._fence else self._open()
            if step is None:
                break
            out.append(step)
        return "".join(out)

    def finish(self) -> str:
        """Return what was held back."""
        self._ended = True
        return self.feed("")

    def _take(self, count: int, shown: str | None = None) -> str:
        taken, self._held = self._held[:count], self._held[count:]
        self._line_start = taken.endswith("\n")
        self._previous = taken[-1:]
        return taken if shown is None else shown

    def _fenced(self) -> str | None:
        end = self._held.find("\n")
        if not self._line_start:
            return self._take(end + 1 if end >= 0 else len(self._held))
        if end < 0 and not self._ended and self._held.lstrip(" ")[:1] in {"", self._fence[0]}:
            return None
        line = self._held if end < 0 else self._held[:end]
        bare = line.strip(" \t")
        if bare.startswith(self._fence) and not bare.strip(self._fence[0]) and not line.startswith("    "):
            self._fence = ""
        return self._take(len(line) + (end >= 0))

    def _open(self) -> str | None:
        text = self._held
        if self._line_start and text[0] in "`~":
            fence = _FENCE.match(text)
            if fence is None and not self._ended and "\n" not in text and not text.strip(text[0]):
                return None  # may become a fence
            if fence is None and not self._ended and text.startswith(text[0] * 3) and "\n" not in text:
                return None
            if fence is not None and (text[0] == "~" or "`" not in fence[0].lstrip("`")):
                self._fence = fence[1]
                return self._take(fence.end())
        found = _SPECIAL.search(text)
        if found is None:
            return self._take(len(text))
        if found.start():
            return self._take(found.start())
        if text[0] == "\n":
            return self._take(1)
        if text[0] == "`":
            return self._code_span(text)
        if len(text) == 1:
            return self._take(1) if self._ended else None
        if text[0] == "\\":
            return self._take(2)
        if text[0] == "<":
            return self._take(1, "\\<" if text[1].isalpha() or text[1] in "/!?" else "<")
        if text[0] == "!":
            return self._take(1, "\\!" if text[1] == "[" else "!")
        return self._target(text)

    def _code_span(self, text: str) -> str | None:
        marks = len(text) - len(text.lstrip("`"))
        rest = text[marks:]
        line = rest.partition("\n")[0]
        closing = re.search(rf"(?<!`)`{{{marks}}}(?!`)", line) if line else None
        undecided = len(line) == len(rest) and (closing is None or closing.end() == len(rest))
        if undecided and not self._ended and len(text) < _LONGEST_SPAN:
            return None
        if closing is not None:
            name = _name(rest[: closing.start()]) if marks == 1 and self._previous != "[" else ""
            link = self._link(name) if name else ""
            span = text[: marks + closing.end()]
            return self._take(len(span), f"[{span}]({link})" if link else None)
        return self._take(marks, "\\`" * marks)

    def _target(self, text: str) -> str | None:
        """Return the end of a link's text, with what follows escaped unless it leads somewhere harmless."""
        if text[1] not in "(:":
            return self._take(1)
        end = text.find(")" if text[1] == "(" else "\n")
        if end < 0 and not self._ended and len(text) < _LONGEST_TARGET and "\n\n" not in text:
            return None
        target = text[2 : end if end >= 0 else len(text)].strip().strip("<>").split(maxsplit=1)
        if end >= 0 and target and leads_somewhere_harmless(target[0]):
            return self._take(2)
        return self._take(2, f"]\\{text[1]}")


def leads_somewhere_harmless(target: str) -> bool:
    """Return whether the target of a link is an address of the web, a place in this page or a path in the repository."""
    plain = unquote(html.unescape(target)).replace("\\", "/").strip()
    if any(character < " " or character == "\x7f" for character in plain):
        return False
    if _WEB.match(plain) or plain.startswith("#"):
        return True
    return not (plain.startswith("/") or _SCHEME.match(plain) or ".." in plain.split("/"))


def safe_markdown(text: str) -> str:
    """Return Markdown with what `SafeMarkdown` escapes escaped."""
    guard = SafeMarkdown()
    return guard.feed(text) + guard.finish()


def _name(span: str) -> str:
    """Return the identifier that a code span names: the last part of `module.Class.method()`, say."""
    head = span.strip().split("(")[0].strip("&*. ")
    name = head.replace("::", ".").replace("->", ".").replace("#", ".").rsplit(".", 1)[-1]
    return name if name.isidentifier() or name.rstrip("?!").isidentifier() else ""
