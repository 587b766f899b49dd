"""From a model's answer to the replacement of the code that was asked about, and of nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from segue_assist._change import Replacement
from segue_assist._doc_answer import looks_like_code
from segue_assist._documented_file import DocumentedFile
from segue_assist._errors import AssistError
from segue_assist._layout import fitted, indentation_of, matched_rows
from segue_assist._rewrite_answer import read_rewrite
from segue_syntax import NewImport, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_assist._documented_file import Definition
    from segue_assist._rewrite_answer import Rewrite

_ELIDED = re.compile(
    r"^\s*(?://|#|--|/\*|\{/\*|<!--|;|%)\s*(?:\.{3}|…|(?:the )?(?:rest|remainder|remaining)\b|(?:existing|previous|original|other|same) "
    r"(?:code|logic|lines|implementation|body|methods|as before)|(?:unchanged|code (?:remains|stays|is) ))"
    r"[^\n]*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]\w*")
_SAME_WORDS, _ALIKE = 0.34, 0.7
_OTHER_CODE = "The model answered with other code than what was asked about; nothing was changed."


@dataclass(frozen=True, slots=True)
class Region:
    """The part of a text that may change: lines `first`..`end` (0-based, exclusive), or code points inside one line.

    `definition` is the symbol that the region is, where it is one; `around` the one that it is a part of.
    """

    first: int
    end: int
    start: int
    stop: int
    definition: Definition | None = None
    around: Definition | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The replacements that an answer makes, the imports that it wants, and sentences about what was left out."""

    replacements: tuple[Replacement, ...]
    wanted: tuple[NewImport, ...] = ()
    notes: tuple[str, ...] = ()


def rewritten(source: DocumentedFile, region: Region, answer: str, *, cut: bool = False) -> Rewritten:
    """Return what `answer` makes of `region`. Raises `AssistError` (prose, cut_off, other_code, wrong_language, ...)."""
    rewrite = read_rewrite(answer, cut=cut)
    if rewrite.language and language_of(rewrite.language).family != source.language.family:
        raise AssistError(
            "wrong_language",
            f"The model answered in {rewrite.language}, but the file is {source.language_id}; nothing was changed.",
        )
    if rewrite.edits:
        return _searched(source, region, rewrite)
    return _replaced(source, region, rewrite)


# -- search and replace ----------------------------------------------------------------------------------------


def _searched(source: DocumentedFile, region: Region, rewrite: Rewrite) -> Rewritten:
    """Replace each text that is searched for where it stands, once, in the region."""
    lines = source.lines[region.first : region.end]
    replacements: list[Replacement] = []
    lost = 0
    for old, new in rewrite.edits:
        place = _place_of(old, lines)
        if place is None:
            lost += 1
            continue
        first, end = place
        replacements.append(_lines_replaced(source, region.first + first, region.first + end, new))
    if lost:
        raise AssistError(
            "other_code",
            "The model changes lines that are not among those asked about; nothing was changed.",
        )
    if not _apart(replacements):
        raise AssistError("other_code", "The model changes the same lines twice; nothing was changed.")
    return Rewritten(tuple(replacements))


def _place_of(old: str, lines: Sequence[str]) -> tuple[int, int] | None:
    """Return the only place in `lines` that says what `old` says, however indented; None where there is no or no one."""
    wanted = [line.strip() for line in old.strip("\n").split("\n")]
    if not any(wanted):
        return (0, len(lines)) if not any(line.strip() for line in lines) else None
    said = [line.strip() for line in lines]
    found = [at for at in range(len(said) - len(wanted) + 1) if said[at : at + len(wanted)] == wanted]
    if len(found) > 1:
        exact = old.strip("\n").split("\n")
        found = [at for at in found if list(lines[at : at + len(exact)]) == exact]
    return (found[0], found[0] + len(wanted)) if len(found) == 1 else None


def _apart(replacements: Sequence[Replacement]) -> bool:
    ordered = sorted(replacements, key=lambda one: one.start)
    return all(one.end <= other.start for one, other in pairwise(ordered))


def _lines_replaced(source: DocumentedFile, first: int, end: int, text: str) -> Replacement:
    """Return the replacement of whole lines by `text`, laid out like them; the terminator of the last one stays."""
    original = source.lines[first:end]
    indentation = indentation_of(source.lines, source.language.layout.indent or 4)
    new = fitted(text, original, indentation, source.language_id)
    start = source.starts[first]
    if not new and end < len(source.lines):
        return Replacement(start, source.starts[end], "")
    stop = source.starts[end - 1] + len(source.lines[end - 1])
    return Replacement(start, stop, source.newline.join(new))


# -- code written anew -----------------------------------------------------------------------------------------


def _replaced(source: DocumentedFile, region: Region, rewrite: Rewrite) -> Rewritten:
    original = source.lines[region.first : region.end]
    code, imports = _chosen(source, region, rewrite)
    notes: list[str] = []
    if not rewrite.fenced and not _is_code(code, source, region):
        raise AssistError("prose", "The model answered with prose instead of code; nothing was changed.")
    if region.inline:
        text = code.strip().strip("`").replace("\n", source.newline)
        return Rewritten((Replacement(region.start, region.stop, text),), imports)
    if region.definition is not None:
        code, more = _own_part(_unelided(code, original), source, region.definition, notes)
        imports += more
    elif region.around is not None:
        code = _inner_part(code, source, region, region.around, notes)
    else:
        code, more = _without_imports(_unelided(code, original), source, original)
        imports += more
    return Rewritten((_lines_replaced(source, region.first, region.end, code),), imports, tuple(notes))


def _chosen(source: DocumentedFile, region: Region, rewrite: Rewrite) -> tuple[str, tuple[NewImport, ...]]:
    """Return the block that stands for the region, and the imports of blocks that hold nothing else."""
    imports: list[NewImport] = []
    candidates: list[str] = []
    for block in rewrite.blocks:
        lines = block.split("\n")
        rest, found = _split_imports(lines, source.language_id)
        if found and not any(line.strip() for line in rest):
            imports += found
        else:
            candidates.append(block)
    if not candidates:
        return "\n".join(rewrite.blocks), ()
    original = "\n".join(source.lines[region.first : region.end])

    def likeness(block: str) -> tuple[bool, float]:
        named = region.definition is not None and DocumentedFile(block, source.language_id).named(
            region.definition.name
        )
        return named is not None and named is not False, _overlap(block, original)

    return max(candidates, key=likeness), tuple(imports)


def _is_code(text: str, source: DocumentedFile, region: Region) -> bool:
    """Whether an answer without a fence is code: it repeats lines of the region, or looks like code all over."""
    known = {line.strip() for line in source.lines[region.first : region.end] if len(line.strip()) > 3}
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if region.inline and len(lines) == 1:
        return len(text.split()) <= 12 or looks_like_code(text)
    repeated = sum(line in known for line in lines)
    if repeated * 3 > len(lines):
        return True
    return looks_like_code(text) and (repeated > 0 or _mostly_code(lines, source.language_id))


def _mostly_code(lines: Sequence[str], language_id: str) -> bool:
    tree = DocumentedFile("\n".join(lines), language_id).tree
    return tree is not None and not tree.root_node.has_error


def _split_imports(lines: Sequence[str], language_id: str) -> tuple[list[str], list[NewImport]]:
    """Return the lines that are no import statements at the left margin, and what those that are bring in."""
    statements = [one for one in statements_in(list(lines), language_id) if not one.indent]
    rows = {row for one in statements for row in range(one.start, one.end)}
    wanted = [
        NewImport(one.module, name, local, one.form, one.type_only)
        for one in statements
        for name, local in one.names
    ]
    return [line for row, line in enumerate(lines) if row not in rows], wanted


def _without_imports(
    code: str, source: DocumentedFile, original: Sequence[str]
) -> tuple[str, tuple[NewImport, ...]]:
    """Return code without the imports at its head, unless the region itself has imports."""
    if statements_in(list(original), source.language_id) or len(original) == len(source.lines):
        return code, ()
    rest, wanted = _split_imports(code.split("\n"), source.language_id)
    return ("\n".join(rest), tuple(wanted)) if any(line.strip() for line in rest) else (code, ())


def _own_part(
    code: str, source: DocumentedFile, definition: Definition, notes: list[str]
) -> tuple[str, tuple[NewImport, ...]]:
    """Return the part of `code` that stands for `definition`, its new helpers included, and the imports it wants."""
    answered = DocumentedFile(code, source.language_id)
    lines = answered.lines
    if not answered.parsed:
        return code, ()
    own = answered.named(definition.name, definition.container)
    if own is None:
        if _overlap(code, source.text[definition.start : definition.end]) < _SAME_WORDS:
            raise AssistError("other_code", _OTHER_CODE)
        rest, wanted = _split_imports(lines, source.language_id)
        return "\n".join(rest), tuple(wanted)
    first, end = _with_doc(own, answered)
    outer = next(
        (
            one
            for one in answered.definitions()
            if one.line <= own.line and one.end_line >= own.end_line and one.name != own.name
        ),
        None,
    )
    rest, wanted = _split_imports(lines, source.language_id)
    if outer is not None:  # the class around it was written as well
        notes.append(f"Only `{definition.name}` was taken from the answer.")
        return "\n".join(lines[first:end]), tuple(wanted)
    known = {name for _, _, name in source.extents()} - {definition.name}
    dropped: set[int] = set()
    for one in answered.definitions():
        if one.name in known and not own.line <= one.line < own.end_line:
            begin, stop = _with_doc(one, answered)
            dropped.update(range(begin, stop))
            notes.append(f"`{one.name}` was left out of the answer: it is outside of what was asked.")
    statements = [one for one in statements_in(lines, source.language_id) if not one.indent]
    dropped.update(row for one in statements for row in range(one.start, one.end))
    return "\n".join(line for row, line in enumerate(lines) if row not in dropped), tuple(wanted)


def _with_doc(definition: Definition, answered: DocumentedFile) -> tuple[int, int]:
    """Return the lines of a definition with the doc comment above it."""
    slot = definition.slot
    first = answered.line_at(slot.start) if slot is not None and definition.doc else definition.line
    return min(first, definition.line), definition.end_line


def _inner_part(
    code: str, source: DocumentedFile, region: Region, around: Definition, notes: list[str]
) -> str:
    """Return the new lines for some inside a definition; of an answer that writes all of it anew, only those lines."""
    answered = DocumentedFile(code, source.language_id)
    own = answered.named(around.name, around.container) if answered.parsed else None
    if own is None:
        return _unelided(code, source.lines[region.first : region.end])
    written = source.lines[around.line : around.end_line]
    old = [line.strip() for line in written]
    new = _unelided("\n".join(answered.lines[own.line : own.end_line]), written).split("\n")
    first, end = region.first - around.line, region.end - around.line
    begin = stop = -1
    outside = False
    matcher = SequenceMatcher(None, old, [line.strip() for line in new], autojunk=False)
    for tag, old_first, old_end, new_first, _ in matcher.get_opcodes():
        if tag != "equal":
            outside = outside or old_first < first or old_end > end
            continue
        if old_first <= first <= old_end and begin < 0:
            begin = new_first + first - old_first
        if old_first <= end <= old_end:
            stop = new_first + end - old_first
    if not 0 <= begin <= stop:
        raise AssistError("other_code", _OTHER_CODE)
    if outside:
        notes.append("The model changed more than the lines asked about; the rest was left out.")
    return "\n".join(new[begin:stop])


def _unelided(code: str, original: Sequence[str]) -> str:
    """Return code with what the model left out ("... rest of the code ...") put back from `original`.

    Raises `AssistError` (cut_off) where it cannot be told what was meant.
    """
    new = code.split("\n")
    known = {line.strip() for line in original}
    marks = {row for row, line in enumerate(new) if _ELIDED.match(line) and line.strip() not in known}
    if not marks:
        return code
    pairs = matched_rows(original, new)
    result: list[str] = []
    above = -1
    for row, line in enumerate(new):
        if row not in marks:
            result.append(line)
            above = pairs[row] if row in pairs else _replaced_row(line, original, above)
            continue
        below = next((pairs[at] for at in range(row + 1, len(new)) if at in pairs), None)
        if above < 0 or (below is None and any(other.strip() for other in new[row + 1 :])):
            raise AssistError("cut_off", "The model left out a part of the code; nothing was changed.")
        result += original[above + 1 : below]
    return "\n".join(result)


def _replaced_row(line: str, original: Sequence[str], above: int) -> int:
    """Return the row of `original` behind `above` that `line` most likely replaces, `above` for a new line."""
    stripped = line.strip()
    likeness = [
        SequenceMatcher(None, stripped, old.strip()).ratio() for old in original[above + 1 : above + 6]
    ]
    best = max(likeness, default=0.0)
    return above + 1 + likeness.index(best) if stripped and best > _ALIKE else above


def _overlap(one: str, other: str) -> float:
    """Return the share of the words of `other` that `one` has."""
    words = set(_WORD.findall(other))
    return len(words & set(_WORD.findall(one))) / len(words) if words else 1.0
