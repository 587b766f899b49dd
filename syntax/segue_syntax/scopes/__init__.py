"""Scopes: which binding a name refers to, and which names refer to a binding, within a file."""

from __future__ import annotations

from segue_syntax.scopes._model import SIGILS, Binding, Occurrence, Scope
from segue_syntax.scopes._rules import METHOD
from segue_syntax.scopes._scopes import Reference, Scopes, has_scopes, resolve, scopes_of, visible_at

__all__ = [
    "METHOD",
    "SIGILS",
    "Binding",
    "Occurrence",
    "Reference",
    "Scope",
    "Scopes",
    "has_scopes",
    "resolve",
    "scopes_of",
    "visible_at",
]
