"""Turning names in streamed Markdown into links to their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 120


class Linker:
    """Passes Markdown through piece by piece and links `` `names` `` that `target` knows.

    `target` returns the link of a name, or "". Fenced code is left alone; text is held back only inside a code span,
    so that a stream is never delayed by more than a name.
    """

    def __init__(self, target: Callable[[str], str]) -> None:
        self._target = target
        self._held = ""
        self._line_start = True
        self._fenced = False
        self._previous = ""

    def feed(self, piece: str) -> str:
        """Return what can be shown of the text so far."""
        self._held += piece
        out: list[str] = []
        while self._held:
            taken = self._take()
            if not taken:
                break
            out.append(taken)
        return "".join(out)

    def finish(self) -> str:
        """Return what was held back."""
        rest, self._held = self._held, ""
        return rest

    def _take(self) -> str:
        text = self._held
        if self._line_start:
            stripped = text.lstrip(" ")
            if stripped in {"", "`", "``", "~", "~~"} and len(text) < 8:
                return ""  # may become a fence
            if stripped.startswith(("```", "~~~")):
                end = text.find("\n")
                if end < 0:
                    return ""
                self._fenced = not self._fenced
                return self._pass(text, end + 1)
        if self._fenced:
            end = text.find("\n")
            if end < 0:
                self._line_start = False
                return self._pass(text, len(text), same_line=True)
            return self._pass(text, end + 1)
        at = text.find("`")
        newline = text.find("\n")
        if newline >= 0 and (at < 0 or newline < at):
            return self._pass(text, newline + 1)
        if at < 0:
            return self._pass(text, len(text), same_line=True)
        if at > 0:
            return self._pass(text, at, same_line=True)
        return self._span(text)

    def _span(self, text: str) -> str:
        marks = len(text) - len(text.lstrip("`"))
        if marks == len(text):
            return ""
        end = text.find("`" * marks, marks)
        newline = text.find("\n")
        if end < 0 and newline < 0 and len(text) < _LONGEST:
            return ""
        if end < 0 or 0 <= newline < end:
            return self._pass(text, marks, same_line=True)
        whole = text[: end + marks]
        link = self._target(_name(text[marks:end])) if marks == 1 and self._previous != "[" else ""
        self._pass(text, end + marks, same_line=True)
        return f"[{whole}]({link})" if link else whole

    def _pass(self, text: str, count: int, *, same_line: bool = False) -> str:
        taken, self._held = text[:count], text[count:]
        self._line_start = not same_line
        self._previous = taken[-1:]
        return taken


def _name(span: str) -> str:
    """Return the identifier that a code span names: the last part of `module.Class.method()`, say."""
    head = span.strip().split("(")[0].strip("&*. ")
    name = head.replace("::", ".").replace("->", ".").replace("#", ".").rsplit(".", 1)[-1]
    return name if name.isidentifier() or name.rstrip("?!").isidentifier() else ""
