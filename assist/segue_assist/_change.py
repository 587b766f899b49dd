"""A change of code that keeps to what was asked: checked before anybody sees it.

Whatever a model answers, what comes out of `guarded_change` replaces text inside the extents that were asked for (and
adds imports), leaves the rest byte for byte as it was, parses no worse, and names what nothing in the file or the
workspace defines.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_assist._guarantee import parses_no_worse
from segue_assist._types import Usage
from segue_assist._unknown_names import UnknownName, unknown_names
from segue_syntax import Range, Snapshot, SourceFile, split_lines, statements_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_context import WorkspaceReader
    from segue_syntax import NewImport

    WithImports = Callable[[str, str, str, Sequence[NewImport]], str]
    """(path, text before, text after, imports that are wanted) -> text after, with the imports that it newly needs."""

_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Replacement:
    """Code points `start`..`end` of a text become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TextEdit:
    """`extent` of a snapshot becomes `text`."""

    extent: Range
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one version of a document, in hunks that do not overlap, in the order of the text.

    `notes` are sentences for the user; `unknown` are names of the new text that nothing defines.
    """

    edits: tuple[TextEdit, ...]
    title: str
    version: int
    notes: tuple[str, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def applied_to(self, snapshot: Snapshot) -> str:
        """Return the text of `snapshot`, which must be the one the change was made for, with the change in it."""
        return snapshot.replaced([(edit.extent, edit.text) for edit in self.edits])


def guarded_change(
    source: SourceFile,
    replacements: Sequence[Replacement],
    *,
    within: Sequence[tuple[int, int]],
    reader: WorkspaceReader,
    title: str = "",
    version: int = 0,
    notes: Sequence[str] = (),
    wanted: Sequence[NewImport] = (),
    with_imports: WithImports | None = None,
    known: frozenset[str] = frozenset(),
) -> Change:
    """Return the change that `replacements` make of `source`.

    `within` are the extents in code points that may change, `known` names that need no definition. Raises `AssistError`: out_of_range, hidden_text, no_change,
    would_break.
    """
    before = source.text
    for one in replacements:
        if not any(start <= one.start <= one.end <= end for start, end in within):
            raise AssistError(
                "out_of_range", "The answer changes code outside of what was asked; nothing was changed."
            )
        _check_characters(one.text, before)
    after = _replaced(before, replacements)
    if after == before:
        raise AssistError("no_change", "The answer leaves the code as it is; nothing was changed.")
    if with_imports is not None and source.path:
        imported = with_imports(source.path, before, after, wanted)
        if _only_imports_added(after, imported, source.language_id):
            after = imported
    changed = SourceFile(after, source.language_id, source.path)
    notes = [*notes, *_check_syntax(source, changed)]
    unknown = unknown_names(source, changed, reader, known)
    notes += [one.sentence for one in unknown]
    return Change(tuple(_hunks(before, after)), title, version, tuple(notes), unknown)


def _replaced(text: str, replacements: Sequence[Replacement]) -> str:
    for one in sorted(replacements, key=lambda one: one.start, reverse=True):
        text = text[: one.start] + one.text + text[one.end :]
    return text


def _check_characters(text: str, before: str) -> None:
    """Refuse characters that hide text or end lines where nobody sees it, unless the file has them already."""
    for character in set(text):
        if character in "\t\n\r\x0c" or (character.isascii() and character.isprintable()):
            continue
        if (
            character in _HIDDEN or unicodedata.category(character) in {"Cc", "Cs"}
        ) and character not in before:
            raise AssistError(
                "hidden_text",
                f"The answer holds a character that nobody can see (U+{ord(character):04X}); nothing was changed.",
            )


def _only_imports_added(before: str, after: str, language_id: str) -> bool:
    """Whether `after` differs from `before` in import statements and blank lines alone."""
    new = split_lines(after)
    statements = statements_in([line.rstrip("\r\n") for line in new], language_id)
    rows = {row for statement in statements for row in range(statement.start, statement.end)}
    return all(
        row in rows or new[row].strip() in {"", "import (", ")"}
        for *_, first, end in changed_lines(split_lines(before), new)
        for row in range(first, end)
    )


def _check_syntax(before: SourceFile, after: SourceFile) -> list[str]:
    """Refuse a text that parses worse; return what could not be checked."""
    if before.tree is None:
        return [
            f"The syntax was not checked: Segue has no grammar for {before.language_id or 'this language'}."
        ]
    if not parses_no_worse(before, after):
        raise AssistError(
            "would_break",
            "With the answer the file would no longer parse as well as now; nothing was changed.",
        )
    return []


def _hunks(before: str, after: str) -> Iterator[TextEdit]:
    """Yield the differences as edits of whole lines."""
    snapshot = Snapshot.of(before)
    old, new = split_lines(before), split_lines(after)
    starts = list(accumulate(map(len, old), initial=0))
    for first, end, new_first, new_end in changed_lines(old, new):
        extent = Range(snapshot.position_at(starts[first]), snapshot.position_at(starts[end]))
        yield TextEdit(extent, "".join(new[new_first:new_end]))


def changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield where two texts differ: first line and end in the old one, first line and end in the new one."""
    shorter = min(len(old), len(new))
    head = next((row for row in range(shorter) if old[row] != new[row]), shorter)
    tail = next((row for row in range(shorter - head) if old[-1 - row] != new[-1 - row]), shorter - head)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, first, end, new_first, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield first + head, end + head, new_first + head, new_end + head
