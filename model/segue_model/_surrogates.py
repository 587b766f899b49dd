"""Joins the halves of characters that servers cut in two, and drops a half that stays alone."""

from __future__ import annotations


class SurrogateJoiner:
    """JSON may hold half of a surrogate pair; strict readers refuse a whole message that has one."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str, *, last: bool) -> str:
        """Return the whole characters that are known by now."""
        text, self._held = self._held + piece, ""
        if text and not last and "\ud800" <= text[-1] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        if text.isascii():
            return text
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
