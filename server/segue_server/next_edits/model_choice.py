"""Which model writes a next edit where the rules know a place only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from segue_model import PROVIDERS
from segue_next_edit import format_of

if TYPE_CHECKING:
    from segue_server.configuration import Settings

Way = Literal["", "completion", "chat", "completion as chat"]
"""The model that writes next edits, and how it is asked; "" for none."""


def way_of(settings: Settings) -> Way:
    """Return the model that writes: a next-edit model in its own format, else a chat model, else one that fills in the line.

    The embedded default knows too little and is asked only where the settings say so.
    """
    asked, model, chat = settings.next_edit.model, settings.model, settings.chat
    if asked == "off":
        return ""
    style = format_of(model.name) if model.provider != "none" else None
    if style is not None:
        return "completion as chat" if style.chat else "completion"
    if chat.provider not in ("", "none") and (chat.provider != "embedded" or asked == "on"):
        return "chat"
    if PROVIDERS[model.provider].instructed:
        return "completion as chat"
    return "completion" if model.provider not in ("embedded", "none") or asked == "on" else ""
