"""Definitions whose parameter list the history changed, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._calls import Signature, head_of, parameter_name, signature_at
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Done, Situation

_LOOK_UP = 30
_MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """A definition whose parameters changed, at `line` to `end` (inclusive) of `path` now."""

    edit: Done
    path: str
    line: int
    end: int
    before: Signature
    after: Signature

    @property
    def added(self) -> list[str]:
        """The new parameters as written."""
        return _without(self.after, self.before)

    @property
    def gone(self) -> list[str]:
        """The former parameters as they were written."""
        return _without(self.before, self.after)

    @property
    def required(self) -> bool:
        """Whether every call must give something that it did not give before."""
        language = language_of(path=self.path)
        return any(not self.after.may_omit(parameter, language) for parameter in self.added)


def changed_signatures(situation: Situation) -> list[Changed]:
    """Return the definitions whose parameters the history changed, the newest first, each once."""
    return situation.once(_changed_signatures)


def is_of_signature(situation: Situation, path: str, text: str) -> bool:
    """Whether a line belongs to a changed parameter list: what changed there is no pattern for other lines."""
    return text in situation.once(_signature_lines).get(path, ())


def _changed_signatures(situation: Situation) -> list[Changed]:
    found: dict[tuple[str, str], Changed] = {}
    for edit in sorted(situation.done, key=lambda e: e.when, reverse=True):
        for change in _changed(situation, edit):
            found.setdefault((change.path, change.after.name), change)
    return list(found.values())


def _signature_lines(situation: Situation) -> dict[str, set[str]]:
    lines: dict[str, set[str]] = {}
    for change in changed_signatures(situation):
        texts = situation.lines(change.path)[change.line : change.end + 1]
        lines.setdefault(change.path, set()).update(texts)
    return lines


def _without(signature: Signature, other: Signature) -> list[str]:
    known = {parameter_name(parameter) for parameter in other.parameters}
    return [p for p in signature.parameters if parameter_name(p) not in known]


def _changed(situation: Situation, edit: Done) -> Iterator[Changed]:
    """Yield the definitions whose parameter list `edit` changed, told by their text before and after."""
    lines = situation.lines(edit.path)
    if not lines or edit.line > len(lines) or len(edit.new) > _MAX_LINES:
        return
    before = [*lines[: edit.line], *edit.old, *lines[edit.end :]]
    first = max(0, edit.line - _LOOK_UP)
    for at in range(first, min(edit.end + 1, len(lines))):
        now = signature_at(lines, at) if "(" in lines[at] else None
        if now is None:
            continue
        after, end, _ = now
        if end < edit.line or at >= edit.end:
            continue
        for old_at in range(first, min(edit.line + len(edit.old) + 1, len(before))):
            head = head_of(before[old_at]) if after.name in before[old_at] else None
            if head is None or head[0] != after.name:
                continue
            was = signature_at(before, old_at)
            taken = old_at < edit.line + len(edit.old) or (not edit.old and old_at < edit.line)
            if was is None or was[1] < edit.line or not taken:
                continue  # that one is still there: an overload came
            if was[0].parameters != after.parameters and not _is_kept(edit, was[0]):
                yield Changed(edit, edit.path, at, end, was[0], after)
                break


def _is_kept(edit: Done, signature: Signature) -> bool:
    """Whether the edit wrote the former parameters again, beside the new ones: an overload came."""
    heads = (at for at, line in enumerate(edit.new) if signature.name in line)
    found = (signature_at(edit.new, at) for at in heads)
    return any(one is not None and one[0] == signature for one in found)
