"""From a model's answer to an edit that adds a doc comment and cannot change the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_assist._doc_answer import clean_answer, doc_from_answer, undelimited
from segue_assist._doc_check import check_doc, cut_short, missing_parameters
from segue_assist._docreader import parse_doc
from segue_assist._docrender import render_doc
from segue_assist._docstyle import DocStyle, style_of
from segue_assist._doctext import doc_of
from segue_assist._documented_file import Definition, DocumentedFile
from segue_assist._errors import AssistError
from segue_assist._guarantee import same_code
from segue_assist._human_language import check_script
from segue_assist._structured import DOC, read_data
from segue_assist._types import CommentEdit
from segue_syntax import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_syntax import Snapshot


def documentable(source: DocumentedFile, line: int, *, last_line: int | None = None) -> Definition:
    """Return the definition to document at `line` (0-based), or the one that lines `line`..`last_line` cover.

    Raises `AssistError` when there is none, when the lines cover only part of one, or when it cannot be parsed.
    """
    if not source.parsed:
        raise AssistError(
            "unparsable",
            f"Segue has no grammar for {source.language_id or 'this language'}, so it cannot promise to leave the code "
            "alone and does not comment it.",
        )
    definition = source.at(line)
    if last_line is not None and last_line > line:
        definition = _covered(source, line, last_line) or definition
        if definition is not None and not _covers(definition, line, last_line):
            raise AssistError(
                "half_definition",
                f"The selection covers only a part of `{definition.name}` (lines {definition.line + 1} to "
                f"{definition.end_line}); select all of it or put the cursor into it.",
            )
    if definition is None:
        raise AssistError(
            "no_definition", f"There is no function, class or type to document at line {line + 1}."
        )
    if definition.broken:
        raise AssistError(
            "half_definition",
            f"`{definition.name}` has a syntax error or is incomplete, so it cannot be commented safely.",
        )
    if definition.slot is None:
        raise AssistError(
            "not_documentable",
            f"`{definition.name}` does not begin its own line, so there is no safe place for a doc comment.",
        )
    return definition


def _covered(source: DocumentedFile, first: int, last: int) -> Definition | None:
    """Return the outermost definition that begins and ends within the lines."""
    for begin, end, name in source.extents():
        if first <= begin and end <= last:
            found = source.at(begin)
            return found if found is not None and found.name == name else None
    return None


def _covers(definition: Definition, first: int, last: int) -> bool:
    """Return whether the selection is the definition, or a place inside its head."""
    whole = first <= definition.line and last >= definition.end_line - 1
    return whole or (first >= definition.line and last <= definition.line)


def file_style(source: DocumentedFile, neighbours: Sequence[str] = ()) -> DocStyle:
    """Return the doc-comment style of a file; `neighbours` are texts of other files of the language."""
    own = [doc for _, doc in source.docs()]
    others: list[str] = []
    if len(own) < 3:
        for text in neighbours:
            others += [doc for _, doc in DocumentedFile(text, source.language_id).docs()]
    style = style_of(source.language_id, own, others)
    if style is None:
        raise AssistError(
            "not_documentable", f"Segue knows no doc-comment convention for {source.language_id}."
        )
    return style


def comment_edit(
    snapshot: Snapshot,
    source: DocumentedFile,
    definition: Definition,
    style: DocStyle,
    answer: str,
    *,
    cut: bool = False,
) -> CommentEdit:
    """Return the edit that puts the doc comment of `answer` where it belongs.

    `cut` says that the answer was stopped by a limit. The text is compared with what it would become: the edit is
    returned only if the syntax tree without comments and docstrings is the same. Raises `AssistError` otherwise.
    """
    slot = definition.slot
    assert slot is not None, "documentable() refuses definitions without a slot"
    answer = clean_answer(answer)
    check_script(answer, source.text)
    data = read_data(answer, DOC, cut=cut)
    complete, types_first = True, style.markup == "phpdoc"
    if data is not None:
        doc = doc_of(data)
    else:
        found = doc_from_answer(
            answer,
            language_id=source.language_id,
            name=definition.name,
            words=definition.facts.words,
            container=definition.container,
            cut=cut,
        )
        check_script(found.text, source.text)
        complete = found.complete
        doc = parse_doc(found.text, types_first=types_first)
        doc = doc if complete else cut_short(doc)
    written = undelimited(definition.doc, source.language_id)
    old = parse_doc(written, types_first=types_first) if definition.doc else None
    doc, notes = check_doc(doc, definition, old=old)
    missing = missing_parameters(doc, definition)
    if missing:
        notes.append(f"The model said nothing about {', '.join(f'`{name}`' for name in missing)}.")
    if not complete:
        notes.append("The model's answer was cut off; its last part was left out.")
    lines = render_doc(doc, style, indent=slot.indent, name=definition.name, language_id=source.language_id)
    text = slot.before + source.newline.join([*lines, *slot.kept]) + slot.after
    after = source.text[: slot.start] + text + source.text[slot.end :]
    if not same_code(source.text, after, source.language_id):
        raise AssistError(
            "code_would_change",
            f"The comment would change the code of `{definition.name}`, so it was not inserted.",
        )
    return CommentEdit(
        extent=Range(snapshot.position_at(slot.start), snapshot.position_at(slot.end)),
        text=text,
        title=f"{'Rewrite' if definition.doc else 'Add'} the doc comment of {definition.name}",
        version=snapshot.version,
        notes=tuple(notes),
    )
