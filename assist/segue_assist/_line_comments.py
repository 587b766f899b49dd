"""Comments for single lines: taking them from a model's answer and placing them where they are harmless."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_assist._directives import is_directive
from segue_assist._doc_answer import clean_answer, fenced_blocks
from segue_assist._docrender import comment_line
from segue_assist._errors import AssistError
from segue_assist._guarantee import same_code
from segue_assist._human_language import check_script
from segue_assist._structured import LINES, read_data
from segue_assist._types import CommentEdit
from segue_syntax import Position, Range, language_of, line_content

if TYPE_CHECKING:
    from segue_assist._documented_file import DocumentedFile
    from segue_syntax import Snapshot

_NUMBERED = re.compile(
    r"^\s*(?:[-*]\s+)?(?:\*\*)?(?:line\s+|L)?(?P<line>\d{1,6})(?:\*\*)?\s*[:.)|-]\s*(?P<text>\S.*)$",
    re.IGNORECASE,
)
_NONE = re.compile(r"^\W*(?:none|no comments? (?:is |are )?needed|nothing)\b.{0,40}$", re.IGNORECASE)
_MOST = 24


def numbered(snapshot: Snapshot, first: int, end: int) -> str:
    """Return lines `first`..`end` (0-based, exclusive) each with its 1-based number."""
    width = len(str(end))
    rows = (f"{row + 1:>{width}}| {line_content(snapshot.lines[row])}" for row in range(first, end))
    return "\n".join(row.rstrip() for row in rows)


def line_comments(answer: str, snapshot: Snapshot, first: int, end: int, prefix: str) -> dict[int, str]:
    """Return the comments in a model's answer by 0-based line: numbered ones, or those of the code written again.

    Raises `AssistError` (empty_answer, prose) when there are none.
    """
    answer = clean_answer(answer)
    if not answer.strip():
        raise AssistError("empty_answer", "The model answered nothing; nothing was changed.")
    found: dict[int, str] = {}
    data = read_data(answer, LINES)
    if data is not None:
        answer = (
            "\n".join(
                f"{one['line']}: {' '.join(one['text'].split())}"
                for one in data.get("comments", ())
                if one.keys() >= {"line", "text"}
            )
            or "none"
        )
    for line in answer.split("\n"):
        match = _NUMBERED.match(line)
        if match and first <= int(match["line"]) - 1 < end:
            text = match["text"].strip().strip("`").strip()
            text = re.sub(rf"^(?:{re.escape(prefix)}|//+|#+|--|/\*+)\s*", "", text).removesuffix("*/").strip()
            row = int(match["line"]) - 1
            if text and text != line_content(snapshot.lines[row]).strip():
                found.setdefault(row, text)
    if found:
        return found
    if _NONE.match(answer.strip()):
        raise AssistError("empty_answer", "The model found nothing in these lines that needs a comment.")
    blocks = fenced_blocks(answer)
    code = blocks[0][0] if blocks else answer
    found = _from_code(code, snapshot, first, end, prefix)
    if not found:
        raise AssistError(
            "prose", "The model's answer has no comments that belong to these lines; nothing was changed."
        )
    return found


def _from_code(code: str, snapshot: Snapshot, first: int, end: int, prefix: str) -> dict[int, str]:
    """Return comments of an answer that repeats the code, matched to the real lines by what the lines say."""
    answered: list[str] = []
    above: list[list[str]] = []
    waiting: list[str] = []
    for line in code.split("\n"):
        stripped = line.strip()
        if stripped.startswith(prefix):
            waiting.append(stripped[len(prefix) :].strip(" /!"))
        elif stripped:
            answered.append("".join(stripped.split()))
            above.append(waiting)
            waiting = []
    real = ["".join(line_content(snapshot.lines[row]).split()) for row in range(first, end)]
    existing = {
        line_content(snapshot.lines[row]).strip().removeprefix(prefix).strip() for row in range(first, end)
    }
    found: dict[int, str] = {}
    for block in SequenceMatcher(None, answered, real, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            text = " ".join(part for part in above[block.a + step] if part and part not in existing)
            if text:
                found[first + block.b + step] = text
    return found


def lines_edit(snapshot: Snapshot, source: DocumentedFile, first: int, end: int, answer: str) -> CommentEdit:
    """Return the edit that puts the comments of `answer` above lines of `first`..`end`.

    Each comment goes above the statement that its line belongs to. One that would change the code is left out; the
    whole edit is compared with the original once more. Raises `AssistError` when nothing is left.
    """
    language = language_of(source.language_id)
    prefix = language.line_comment
    if not source.parsed or not prefix:
        raise AssistError(
            "unparsable",
            f"Segue has no grammar or no line comments for {source.language_id or 'this language'}, so it does not "
            "comment it.",
        )
    comments = line_comments(answer, snapshot, first, end, prefix)
    check_script(" ".join(comments.values()), snapshot.text)
    starts = _statement_rows(source)
    placed: dict[int, str] = {}
    notes: list[str] = []
    for row, text in sorted(comments.items())[:_MOST]:
        at = next((candidate for candidate in range(row, first - 1, -1) if candidate in starts), None)
        line = comment_line(text, prefix, source.language_id)
        if at is None or at in placed or not _may_stand(snapshot, at, line, prefix):
            continue
        if same_code(snapshot.text, _with_lines(snapshot, {at: line}), source.language_id):
            placed[at] = line
        else:
            notes.append(f"The comment for line {row + 1} was left out: there it would change the code.")
    if not placed:
        raise AssistError(
            "code_would_change", "None of the comments could be inserted without touching the code."
        )
    after = _with_lines(snapshot, placed)
    if not same_code(snapshot.text, after, source.language_id):
        raise AssistError(
            "code_would_change", "The comments would change the code, so they were not inserted."
        )
    low, high = min(placed), max(placed)
    text = _lines_text(snapshot, placed, low, high + 1)
    count = len(placed)
    return CommentEdit(
        extent=Range(Position(low, 0), _end_of(snapshot, high)),
        text=text.removesuffix("\n").removesuffix("\r")
        if snapshot.lines[high].endswith(("\n", "\r"))
        else text,
        title=f"Add {count} comment{'s' if count > 1 else ''}",
        version=snapshot.version,
        notes=tuple(notes),
    )


def _end_of(snapshot: Snapshot, row: int) -> Position:
    return Position(row, len(line_content(snapshot.lines[row])))


def _statement_rows(source: DocumentedFile) -> frozenset[int]:
    """Return the rows on which a statement or a definition begins, with nothing before it on the row."""
    rows: set[int] = set()
    stack = [source.root]
    while stack:
        node = stack.pop()
        for child in node.children:
            if child.is_named and "comment" not in child.type:
                if _holds_statements(node.type) and not source.line_prefix(child.start_byte).strip():
                    rows.add(child.start_point.row)
                if "string" not in child.type and "template" not in child.type:
                    stack.append(child)
    return frozenset(rows)


def _holds_statements(kind: str) -> bool:
    return kind in {
        "module",
        "program",
        "source_file",
        "translation_unit",
        "compilation_unit",
        "chunk",
        "then",
        "else",
    } or (
        kind.endswith(
            ("block", "body", "compound_statement", "statement_list", "statements", "_list", "do_group")
        )
        and not kind.endswith(
            ("argument_list", "parameter_list", "expression_list", "initializer_list", "attribute_list")
        )
        and kind not in {"field_initializer_list", "type_list", "base_list", "template_argument_list"}
    )


def _may_stand(snapshot: Snapshot, row: int, line: str, prefix: str) -> bool:
    if is_directive(line) or len(line) <= len(prefix) + 1:
        return False
    if row == 0:
        return not snapshot.lines[0].startswith("#!")
    above = line_content(snapshot.lines[row - 1])
    return (
        not above.rstrip().endswith("\\") and not above.strip().startswith(prefix) and not is_directive(above)
    )


def _with_lines(snapshot: Snapshot, placed: dict[int, str]) -> str:
    return _lines_text(snapshot, placed, 0, len(snapshot.lines))


def _lines_text(snapshot: Snapshot, placed: dict[int, str], first: int, end: int) -> str:
    parts: list[str] = []
    newline = "\r\n" if any(line.endswith("\r\n") for line in snapshot.lines[:50]) else "\n"
    for row in range(first, end):
        line = snapshot.lines[row]
        if row in placed:
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            parts.append(f"{indent}{placed[row]}{newline}")
        parts.append(line)
    return "".join(parts)
