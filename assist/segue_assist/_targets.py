"""Telling what an action is about, and refusing what nothing good can be said of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_syntax import Position, Range, line_content

if TYPE_CHECKING:
    from segue_assist._documented_file import Definition, DocumentedFile
    from segue_assist._types import Target

MAX_TEXT_CHARS = 600_000
MAX_ASKED_CHARS = 24_000
_BINARY_PROBE = 8_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: lines `line`..`end_line` (0-based, exclusive) with their text.

    `definition` is the symbol itself or the one around; `whole` says that the subject is all of it.
    """

    what: str
    line: int
    end_line: int
    code: str
    definition: Definition | None = None
    whole: bool = False


def check_text(text: str, path: str) -> None:
    """Raise `AssistError` when `text` is no source text of a size that can be handled."""
    name = path or "The text"
    if "\0" in text[:_BINARY_PROBE]:
        raise AssistError("not_code", f"{name} is a binary file, not text.")
    if len(text) > MAX_TEXT_CHARS:
        raise AssistError(
            "too_large",
            f"{name} is too large ({len(text) // 1000} thousand characters; the limit is {MAX_TEXT_CHARS // 1000}).",
        )


def subject_of(target: Target, source: DocumentedFile) -> Subject:
    """Return what `target` is about. Raises `AssistError` for an empty, torn or too large selection."""
    check_text(target.snapshot.text, target.path)
    if not target.snapshot.text.strip():
        raise AssistError(
            "empty_selection", f"{target.path or 'The file'} is empty: there is nothing to ask about."
        )
    if target.extent is None:
        return _limited(_whole_file(target))
    start, end = target.snapshot.clamp(target.extent.start), target.snapshot.clamp(target.extent.end)
    if start == end:
        return _limited(_symbol_at(target, source, start.line))
    if not target.snapshot.between(Range(start, end)).strip():
        raise AssistError(
            "empty_selection", "The selection is empty: select some code, or put the cursor into a symbol."
        )
    last = end.line if end.column > 0 else max(start.line, end.line - 1)
    first = start.line
    lines = target.snapshot.lines
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last].strip():
        last -= 1
    return _limited(_selection(target, source, first, last, partial=_within_one_line(target, start, end)))


def _within_one_line(target: Target, start: Position, end: Position) -> str:
    if start.line != end.line:
        return ""
    text = target.snapshot.between(Range(start, end))
    return text if text.strip() != line_content(target.snapshot.lines[start.line]).strip() else ""


def _whole_file(target: Target) -> Subject:
    return Subject("the file", 0, len(target.snapshot.lines), target.snapshot.text)


def _symbol_at(target: Target, source: DocumentedFile, line: int) -> Subject:
    definition = source.at(line) if source.parsed else None
    if definition is None:
        if not target.snapshot.lines[line].strip():
            raise AssistError(
                "empty_selection",
                "The selection is empty: select some code, or put the cursor into a symbol.",
            )
        return Subject(f"line {line + 1}", line, line + 1, line_content(target.snapshot.lines[line]))
    return _of_definition(target, definition)


def _of_definition(target: Target, definition: Definition) -> Subject:
    code = "".join(target.snapshot.lines[definition.line : definition.end_line]).rstrip("\r\n")
    what = f"the {definition.kind} `{definition.name}`"
    return Subject(what, definition.line, definition.end_line, code, definition, whole=True)


def _selection(target: Target, source: DocumentedFile, first: int, last: int, *, partial: str) -> Subject:
    if source.parsed:
        if not partial:
            whole = source.at(first)
            if whole is not None and whole.line == first and whole.end_line - 1 == last:
                return _of_definition(target, whole)
        torn = _torn(source, first, last)
        if torn is not None:
            begin, end, name = torn
            raise AssistError(
                "half_definition",
                f"The selection covers only half of `{name}` (lines {begin + 1} to {end + 1}); select all of it, or "
                "lines inside it.",
            )
    around = source.at(first) if source.parsed else None
    code = partial or "".join(target.snapshot.lines[first : last + 1]).rstrip("\r\n")
    what = f"`{partial.strip()}`" if partial and len(partial) < 80 else _lines_in_words(first, last)
    return Subject(what, first, last + 1, code, around)


def _lines_in_words(first: int, last: int) -> str:
    return f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"


def _torn(source: DocumentedFile, first: int, last: int) -> tuple[int, int, str] | None:
    """Return the extent of a definition that the lines enter or leave in its middle."""
    for begin, end, name in source.extents():
        if (first < begin <= last < end) or (begin < first <= end < last):
            return begin, end, name
    return None


def _limited(subject: Subject) -> Subject:
    if len(subject.code) > MAX_ASKED_CHARS:
        raise AssistError(
            "too_large",
            f"{subject.what[:1].upper()}{subject.what[1:]} is too long to be sent at once ({len(subject.code)} "
            f"characters; the limit is {MAX_ASKED_CHARS}); select a part of it.",
        )
    return subject
