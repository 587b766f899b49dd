"""The scope tables of the languages."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_syntax.scopes._rules import ScopeRules

_MODULES = {
    "python": "python",
    "javascript": "javascript",
    "javascriptreact": "javascript",
    "typescript": "javascript",
    "typescriptreact": "javascript",
    "go": "go",
    "rust": "rust",
}


def rules_of(language_id: str) -> ScopeRules | None:
    """Return the scope rules of a language, or None where none are written down."""
    module = _MODULES.get(language_id)
    if module is None:
        return None
    rules: ScopeRules = importlib.import_module(f"segue_syntax.scopes.tables.{module}").RULES
    return rules
