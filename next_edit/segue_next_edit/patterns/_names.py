"""Whether a name at another place means what the replaced one did, and whether the new one means something there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax.scopes import SIGILS

if TYPE_CHECKING:
    from segue_next_edit._situation import Situation
    from segue_next_edit.patterns._changes import Change
    from segue_syntax import SourceFile
    from segue_syntax.scopes import Occurrence, Scope, Scopes

_OWNED = frozenset({"member", "key", "keyword"})
_OWN = frozenset({"local", "parameter"})


def may_be_replaced(situation: Situation, change: Change, file: SourceFile, line: int, column: int) -> bool:
    """Whether the name at a place may give way to another as it did in `change`.

    Not where it plays another part (a key, a member, an import), means another function's local, or is bound; nor where
    the new name is bound elsewhere in the file only. What the scopes do not tell may be.
    """
    scopes = file.scopes_of(change.old, change.new)
    there = None if scopes is None else scopes.at(line, column)
    sample = situation.read(change.path)
    known = None if sample is None else sample.scopes_of(change.old, change.new)
    here = None if known is None else known.at(change.line, change.column)
    if scopes is None or known is None or here is None:
        return True
    if there is None:
        return False  # text
    if _part(there) != _part(here):
        return False
    if there.role == "definition" and here.role != "definition":
        return False
    if _part(here) == "member":
        return True
    binding = there.binding
    another = binding is not None and binding.kind in _OWN
    if another and binding is not None and (file.path != change.path or not _holds(binding.scope, here)):
        return False
    return _is_visible(scopes, change.new, there)


def _part(at: Occurrence) -> str:
    """Return what part a name plays: of an import, of something it belongs to, or alone."""
    if at.role == "import" or (
        at.role == "definition" and at.binding is not None and at.binding.form == "import"
    ):
        return "import"
    owned = at.role in _OWNED or (at.role == "write" and at.owner is not None)
    return "member" if owned and not at.shorthand else "name"


def _is_visible(scopes: Scopes, name: str, at: Occurrence) -> bool:
    bound = [one for one in scopes.bindings if one.name.lstrip(SIGILS) == name and not one.member]
    return not bound or any(one.scope.kind == "file" or _holds(one.scope, at) for one in bound)


def _holds(scope: Scope, at: Occurrence) -> bool:
    return scope.start <= at.start < scope.end
