"""What an instruction may change, and the change that an answer to it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue_assist._change import guarded_change
from segue_assist._rewrite import Region, rewritten
from segue_assist._targets import Subject, subject_of
from segue_syntax import Range, line_content

if TYPE_CHECKING:
    from segue_assist._change import Change, WithImports
    from segue_assist._documented_file import DocumentedFile
    from segue_assist._types import Target
    from segue_context import WorkspaceReader


def edited_subject(target: Target, source: DocumentedFile) -> tuple[Subject, Region]:
    """Return what an instruction is about, and the region that it may change.

    That is the selection in whole lines (or a part of one line), the definition around a place with its doc comment, the
    empty line at a place outside of any, or the whole file. Raises `AssistError` as `subject_of` does.
    """
    lines = target.snapshot.lines
    place = _empty_place(target)
    if place is not None and not (source.parsed and source.at(place)):
        subject = Subject(f"line {place + 1}, which is empty,", place, place + 1, "")
        return subject, _lines(source, place, place + 1)
    subject = subject_of(target, source)
    first, end = subject.line, subject.end_line
    definition = subject.definition
    if subject.whole and definition is not None:
        if definition.doc and definition.slot is not None and definition.slot.start < definition.start:
            first = source.line_at(definition.slot.start)
        code = "".join(lines[first:end]).rstrip("\r\n")
        return replace(subject, code=code), replace(_lines(source, first, end), definition=definition)
    region = replace(_lines(source, first, end), around=definition)
    if (
        end - first == 1
        and target.extent is not None
        and subject.code.strip() != line_content(lines[first]).strip()
    ):
        start, stop = (target.snapshot.offset_at(at) for at in (target.extent.start, target.extent.end))
        region = replace(region, start=start, stop=stop, inline=True, around=None)
    return subject, region


def change_from(
    target: Target,
    source: DocumentedFile,
    region: Region,
    answer: str,
    *,
    reader: WorkspaceReader,
    title: str,
    cut: bool = False,
    with_imports: WithImports | None = None,
) -> Change:
    """Return the change that `answer` makes of `region`; raises `AssistError` where it is none that can be trusted."""
    found = rewritten(source, region, answer, cut=cut)
    return guarded_change(
        source,
        found.replacements,
        within=[(region.start, region.stop)],
        reader=reader,
        title=title,
        version=target.snapshot.version,
        notes=found.notes,
        wanted=found.wanted,
        with_imports=with_imports,
    )


def title_of(instruction: str, subject: Subject, prompt_title: str) -> str:
    """Return what the change is called: what was asked, in one short line."""
    asked = " ".join(instruction.split()) or f"{prompt_title} {subject.what}"
    return asked if len(asked) <= 72 else f"{asked[:71]}…"


def _empty_place(target: Target) -> int | None:
    if target.extent is None:
        return None
    start, end = target.snapshot.clamp(target.extent.start), target.snapshot.clamp(target.extent.end)
    blank = not target.snapshot.between(Range(start, end)).strip()
    return start.line if blank and not target.snapshot.lines[start.line].strip() else None


def _lines(source: DocumentedFile, first: int, end: int) -> Region:
    """Return the region of whole lines, the terminator of the last one included."""
    return Region(first, end, source.starts[first], source.starts[end])
