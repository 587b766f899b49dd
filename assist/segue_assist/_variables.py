"""What the variables of a prompt hold for a place in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_syntax import language_of_text

if TYPE_CHECKING:
    from segue_assist._documented_file import Definition, DocumentedFile
    from segue_assist._targets import Subject
    from segue_assist._types import Target

SURROUNDINGS_CHARS = 6_000


def language_id_of(target: Target) -> str:
    """Return the language of the target's text; a header is C++ when it is written in it."""
    return language_of_text(target.language_id, target.path, target.snapshot.text).id


def rows_of(target: Target) -> tuple[int, int | None]:
    if target.extent is None:
        raise AssistError(
            "empty_selection", "Say what to comment: a line of a definition, or lines inside one."
        )
    start, end = target.snapshot.clamp(target.extent.start), target.snapshot.clamp(target.extent.end)
    if start == end:
        return start.line, None
    if not target.snapshot.between(target.extent).strip():
        raise AssistError(
            "empty_selection", "The selection is empty: select some code, or put the cursor into a symbol."
        )
    last = end.line if end.column > 0 else max(start.line, end.line - 1)
    return start.line, last


def wants_lines(target: Target, source: DocumentedFile) -> bool:
    """Return whether lines inside a definition are selected, rather than a definition or a place."""
    line, last = rows_of(target)
    if last is None or last == line or not source.parsed:
        return False
    covered = any(line <= begin and end <= last for begin, end, _ in source.extents())
    around = source.at(line)
    return not covered and around is not None and around.line < line and last < around.end_line


def subject_variables(target: Target, subject: Subject) -> dict[str, str]:
    around = subject.definition
    surroundings = ""
    if around is not None and not subject.whole:
        text = "".join(target.snapshot.lines[around.line : around.end_line]).rstrip()
        surroundings = text if len(text) <= SURROUNDINGS_CHARS else ""
    return {
        "path": target.path or "(no file)",
        "language": language_id_of(target),
        "what": subject.what,
        "code": subject.code,
        "surroundings": surroundings,
    }


def facts_in_words(definition: Definition) -> str:
    facts = definition.facts
    lines = []
    if facts.parameters is not None:
        names = [parameter.name or "{" + ", ".join(parameter.inner) + "}" for parameter in facts.parameters]
        lines.append(f"Parameters: {', '.join(names) if names else 'none'}.")
    if facts.returns is not None:
        lines.append("It returns a value." if facts.returns else "It returns no value: document none.")
    if facts.yields:
        lines.append("It yields values.")
    if facts.raised:
        lines.append(f"It raises: {', '.join(facts.raised)}.")
    return "\n".join(lines)
