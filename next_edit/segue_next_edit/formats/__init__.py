"""How next-edit models want to be asked, one module a family; golden-tested against recorded requests."""

from __future__ import annotations

from segue_next_edit.formats._prompt import EditFormat, EditPrompt, Event, format_of
from segue_next_edit.formats.instinct import Instinct
from segue_next_edit.formats.mercury import Mercury
from segue_next_edit.formats.patches import Patch, PatchStream
from segue_next_edit.formats.sweep import Sweep
from segue_next_edit.formats.zeta import Zeta1, Zeta2

__all__ = [
    "EditFormat",
    "EditPrompt",
    "Event",
    "Instinct",
    "Mercury",
    "Patch",
    "PatchStream",
    "Sweep",
    "Zeta1",
    "Zeta2",
    "format_of",
]
