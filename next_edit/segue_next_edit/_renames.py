"""Renamed bindings: what the history gave another name, and every identifier in the same file that means it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.references import BoundName, OtherFiles
from segue_next_edit._name_changes import NameChange, changed_names, with_former_names
from segue_next_edit._overloads import Overloads
from segue_next_edit._tokens import paired_lines, replacements, words_of
from segue_syntax import BEFORE_USES, SourceFile, defined_by, language_of
from segue_syntax.scopes import METHOD, SIGILS, has_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_next_edit._situation import Done, Situation
    from segue_syntax.scopes import Binding, Occurrence, Scopes

_COMMON = 20
"""A name that so many files have is nobody's own."""

_TYPE_BEFORE = re.compile(r"(\w+)[>\]?*&]*\s+[*&]*\Z")
_MEMBER_ROLES = frozenset({"member", "key", "keyword"})


@dataclass(frozen=True, slots=True, eq=False)
class Rename:
    """The binding that was called `old` and that an edit of `path` calls `new`.

    `scopes` and `binding` are those of the file as it would read with the old name; `done` gives what was renamed in that
    its present text again. `public` tells whether other files can name the binding; a `member` is named after a dot, so
    that a file alone may not tell whose it is. It `defines` when the edit was made where the name is bound, and not at
    a use.
    """

    edit: Done
    path: str
    old: str
    new: str
    scopes: Scopes
    binding: Binding
    defines: bool
    done: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The file's text with the old name."""
        return self.scopes.data.decode("utf-8", "surrogatepass")

    @property
    def group(self) -> str:
        """What names the change that all places of one rename belong to."""
        return f"{self.old}\0{self.new}"

    @property
    def rewritten(self) -> int:
        """How many lines its edit changed otherwise too: where a definition gave way to another, nothing was renamed."""
        word = re.compile(rf"(?<!\w){re.escape(self.new)}(?!\w)")
        back = Counter(word.sub(self.old, line) for line in self.edit.new)
        old = Counter(word.sub(self.old, line) for line in self.edit.old)
        return max((back - old).total(), (old - back).total())

    @property
    def public(self) -> bool:
        """Whether other files can name the binding."""
        return self.binding.public

    @property
    def member(self) -> bool:
        """Whether the binding is a field or method."""
        return self.binding.member


@dataclass(frozen=True, slots=True)
class Span:
    """Columns `start` to `end` (code points) of a line become `text`; `resolved` when the identifier surely is meant."""

    line: int
    start: int
    end: int
    text: str
    resolved: bool = True


def renames_in(situation: Situation) -> list[Rename]:
    """Return the bindings that the history renamed, the last one first, with a row for each former name.

    A rename onto a name that is bound there already is left out.
    """
    return situation.once(_renames)[0]


def is_rename(situation: Situation, old: str, new: str) -> bool:
    """Whether `new` took the place of `old` because what it names was renamed, or was to be, here or in another file."""
    return (old, new) in situation.once(_renames)[1]


def beyond_renames(situation: Situation) -> list[Done]:
    """Return the edits that did more than give a renamed binding its new name: what patterns are learnt from."""
    return situation.once(_beyond_renames)


def _beyond_renames(situation: Situation) -> list[Done]:
    return [edit for edit in situation.done if not _carries_out_renames(situation, edit)]


def _carries_out_renames(situation: Situation, edit: Done) -> bool:
    pairs = [pair for pair in zip(edit.old, edit.new, strict=False) if pair[0] != pair[1]]
    if len(edit.old) != len(edit.new) or not pairs:
        return False
    changes = [change for pair in pairs for change in replacements(*pair)]
    return all(is_rename(situation, change.old, change.new) for change in changes) and bool(changes)


def former_names(situation: Situation) -> frozenset[str]:
    """Return the names that renamed bindings had."""
    return frozenset(rename.old for rename in renames_in(situation))


def _renames(situation: Situation) -> tuple[list[Rename], frozenset[tuple[str, str]]]:
    found: dict[tuple[str, str, str, int], Rename] = {}
    claimed: set[tuple[str, str]] = set()
    # Renamed where others have it from: what is done in theirs tells nothing more.
    settled: set[tuple[str, str]] = set()
    changed = changed_names(situation)
    defining = {c for changes in changed.values() for c in changes if _defines(situation, c)}
    for path in sorted(changed, key=lambda path: defining.isdisjoint(changed[path])):
        file = situation.read(path)
        if file is None or not has_scopes(file.language_id):
            continue
        changes = [
            c for c in changed[path] if (c.old, c.new) not in settled or file.lines_of(c.old) or c in defining
        ]
        for layer in _layers(situation, file, changes, defining):
            text, columns = with_former_names(file, layer)
            names = sorted({name for change in layer for name in (change.old, change.new)})
            former = situation.scopes(text, file.language_id, *names)
            if former is None:
                continue
            done = tuple(Span(c.line, columns[c], columns[c] + len(c.old), c.new) for c in layer)
            for change in layer:
                occurrence = former.at(change.line, columns[change])
                if occurrence is None or occurrence.name.lstrip(SIGILS) != change.old:
                    continue
                defines, binding = _renamed_binding(file, occurrence, change)
                if binding is None or (
                    change.spelled_out and not (defines and _is_kept_as_key(file, change))
                ):
                    continue
                claimed.add((change.old, change.new))
                meant = {c for c in layer if (at := former.at(c.line, columns[c])) and at.binding is binding}
                if defines and _is_overtaken(change, meant, changes):
                    continue
                taken = _is_bound(binding, change.new) or _captures(situation, former, binding, change)
                if not taken and not _is_bound_anew(situation, file, change):
                    rename = Rename(change.edit, path, change.old, change.new, former, binding, defines, done)
                    found.setdefault((path, change.old, change.new, id(binding)), rename)
        settled |= {
            (one.old, one.new)
            for one in found.values()
            if one.defines and one.public and one.binding.form != "import"
        }
    return _consistent(list(found.values())), frozenset(claimed)


def _layers(
    situation: Situation, file: SourceFile, changes: list[NameChange], defining: set[NameChange]
) -> Iterator[list[NameChange]]:
    """Yield changes that can be taken back together: places have one former name in each layer, the last one first.

    Where a name was renamed twice, the uses that have its second name by now keep it in the layer of the second rename.
    What neither its line (then it is `defining`) nor another occurrence of the old name, here or in a few other files,
    suggests is left out: it costs a pass over the file.
    """
    layers: list[dict[tuple[int, int], NameChange]] = []
    for change in changes:
        text = file.lines[change.line] if change.line < len(file.lines) else ""
        if text[change.column : change.column + len(change.new)] != change.new:
            continue  # something else is there by now
        if not (
            file.lines_of(change.old)
            or change in defining
            or (
                _may_define(text[: change.column])
                and 0 < len(situation.files_with(change.old, limit=_COMMON)) < _COMMON
            )
        ):
            continue
        place = change.line, change.column
        layer = next(
            (
                known
                for known in layers
                if place not in known
                and not any(change.new == one.old or change.old == one.new for one in known.values())
            ),
            None,
        )
        if layer is None:
            layers.append(layer := {})
        layer[place] = change
    yield from (list(layer.values()) for layer in layers)


def _defines(situation: Situation, change: NameChange) -> bool:
    """Whether the line of a change looks as if it defined the new name."""
    lines, path = situation.lines(change.edit.path), change.edit.path
    return change.line < len(lines) and change.new in defined_by(
        lines[change.line], language_of(path=path).id
    )


def _may_define(before: str) -> bool:
    """Whether what stands before a name on its line lets it be defined there: nothing, or a type or modifier."""
    found = _TYPE_BEFORE.search(before)
    return not before.strip() or (found is not None and found[1] not in BEFORE_USES)


def _consistent(renames: list[Rename]) -> list[Rename]:
    """Leave out what a later rename has overtaken, and uses that merely lag behind their definition."""
    defined = {name for rename in renames if rename.defines for name in (rename.old, rename.new)}
    sure = [one for one in renames if one.defines or not {one.old, one.new} & defined]
    newest = {rename.old: rename.edit.when for rename in reversed(sure)}
    return [one for one in sure if newest.get(one.new, one.edit.when) <= one.edit.when]


def spans_in_file(situation: Situation, rename: Rename) -> list[Span]:
    """Return the identifiers of the renamed binding's own file that are still to be renamed."""
    known = situation.once(_known_spans)
    if rename not in known:
        known[rename] = list(_spans_in_file(rename))
    return known[rename]


def _known_spans(situation: Situation) -> dict[Rename, list[Span]]:
    del situation
    return {}


def _spans_in_file(rename: Rename) -> Iterator[Span]:
    scopes, binding = rename.scopes, rename.binding
    bindings = [binding, *(scopes.overriding(binding) if rename.member else ())]
    meant = {id(occurrence) for one in bindings for occurrence in scopes.references(one)}
    overloads = _overloads_of(rename)
    for occurrence in scopes.occurrences:
        if occurrence.name.lstrip(SIGILS) != rename.old:
            continue
        if id(occurrence) in meant or occurrence.also is binding:
            means = overloads.means(overloads.file, scopes, occurrence)
            if means is not False and not _is_bound_between(occurrence, rename):
                key = occurrence.also is binding
                new = _local_name(rename, occurrence)
                yield span_of(
                    scopes, occurrence, rename.old, new, key=key, resolved=means is True and bool(new)
                )
        elif _may_be_meant(occurrence, rename):
            yield span_of(scopes, occurrence, rename.old, rename.new, resolved=False)
    yield from _quoted(rename)


def spans_in_other_files(
    situation: Situation, rename: Rename, limit: int
) -> Iterator[tuple[SourceFile, list[Span]]]:
    """Yield up to `limit` other files with the identifiers to rename in them; see `OtherFiles.uses`."""
    bound = BoundName.of(rename.binding, rename.path, rename.new if rename.new != rename.old else "")
    others = OtherFiles(
        bound, situation.reader, situation.read, lambda: situation.spent, situation.is_overdrawn_by
    )
    overloads = _overloads_of(rename)
    for file, uses in others.uses(limit):
        scopes = file.scopes_of(rename.old)
        assert scopes is not None
        spans = []
        for use in uses:
            means = overloads.means(file, scopes, use.occurrence)
            if means is not False:
                resolved = use.resolved and means is True
                spans.append(span_of(scopes, use.occurrence, rename.old, rename.new, resolved=resolved))
        yield file, spans


def _local_name(rename: Rename, occurrence: Occurrence) -> str:
    """Return what an occurrence becomes: where an alias was renamed, another import has its source by the old name still."""
    lines = rename.text.split("\n")

    def is_alias(line: int, start: int) -> bool:
        return lines[line][:start].rstrip().endswith(" as")

    renamed = [span for span in rename.done if span.text == rename.new]
    if (
        rename.binding.form != "import"
        or occurrence.role not in ("definition", "import")
        or not any(is_alias(span.line, span.start) for span in renamed)
        or is_alias(*rename.scopes.place(occurrence)[:2])
    ):
        return rename.new
    return f"{rename.old} as {rename.new}"


def _overloads_of(rename: Rename) -> Overloads:
    file = SourceFile(rename.text, path=rename.path)
    return Overloads(file, rename.scopes, rename.binding, {(span.line, span.start) for span in rename.done})


def _quoted(rename: Rename) -> Iterator[Span]:
    """Yield the strings that are the former name alone: keys of typed dictionaries, names that a decorator is given."""
    quoted = re.compile(rf"""(["'])({re.escape(rename.old)})\1""")
    for line, text in enumerate(rename.text.split("\n")):
        for match in quoted.finditer(text):
            yield Span(line, match.start(2), match.end(2), rename.new, resolved=False)


def written_since(situation: Situation, path: str, line: int, text: str, rename: Rename) -> bool:
    """Whether the user wrote the old name on this line while renaming or later: it is meant."""
    return any(
        edit.path == path
        and edit.line <= line < edit.end
        and edit.when >= rename.edit.when
        and text not in edit.old
        and not _is_older(edit, text, rename)
        and not any(
            after == text and rename.old in before for before, after in paired_lines(edit.old, edit.new)
        )
        for edit in situation.done
    )


def _is_older(edit: Done, text: str, rename: Rename) -> bool:
    """Whether a line that an edit wrote is older than the step of the edit that gave the new name."""
    for at, (before, after) in enumerate(edit.steps):
        if rename.new in words_of(after) and rename.new not in words_of(before):
            return not any(text in now and text not in then for then, now in edit.steps[at:])
    return False


def span_of(
    scopes: Scopes, occurrence: Occurrence, old: str, new: str, *, key: bool = False, resolved: bool = True
) -> Span:
    """Return the replacement of one identifier; a shorthand is spelled out, `key` tells which half is renamed."""
    line, start, end = scopes.place(occurrence)
    start += len(occurrence.name) - len(occurrence.name.lstrip(SIGILS))
    text = new
    if occurrence.shorthand:
        text = f"{new}: {old}" if key else f"{old}: {new}"
    return Span(line, start, end, text, resolved)


def replaced(
    lines: Sequence[str], before: str, spans: Iterable[Span], done: Iterable[Span] = ()
) -> dict[int, tuple[str, bool]]:
    """Return the lines that change, with their new text, and whether an identifier on them is surely meant.

    `spans` are places in the text `before`, which has former names where `lines`, the present ones, have those of `done`.
    """
    old_lines = before.split("\n")
    known: dict[int, dict[int, Span]] = {}
    for span in done:
        known.setdefault(span.line, {})[span.start] = span
    by_line: dict[int, dict[int, Span]] = {}
    for span in spans:
        by_line.setdefault(span.line, {}).setdefault(span.start, span)
    result: dict[int, tuple[str, bool]] = {}
    for line, found in by_line.items():
        sure = {start: span for start, span in found.items() if span.resolved}
        text = old_lines[line]
        for _, span in sorted(((sure or found) | known.get(line, {})).items(), reverse=True):
            text = text[: span.start] + span.text + text[span.end :]
        if text != lines[line]:
            result[line] = text, bool(sure)
    return result


def _may_be_meant(occurrence: Occurrence, rename: Rename) -> bool:
    """Whether a name that the file does not resolve can be the renamed one: another's member, or in broken code."""
    if rename.member and occurrence.binding is not None:
        return occurrence.binding.form == "key"  # of a literal whose type nothing tells
    if occurrence.binding is not None:
        return False
    if rename.member:
        return occurrence.role in _MEMBER_ROLES
    return rename.public and occurrence.owner is None and occurrence.role in ("read", "write")


def _renamed_binding(
    file: SourceFile, occurrence: Occurrence, change: NameChange
) -> tuple[bool, Binding | None]:
    """Return whether the place binds the name, and the binding that it renames.

    A use renames it when the new name is nowhere else in the file, so that nothing binds it yet.
    """
    binding = occurrence.binding
    defines = occurrence.role in ("definition", "import") or (
        binding is not None and binding.definition is occurrence
    )
    if defines:
        return True, binding
    if binding is not None and binding.form == "import":
        return False, None  # another thing is used from now on, which may yet be imported
    unbound = occurrence.role in ("read", "write") and occurrence.owner is None
    return False, binding if unbound and set(file.lines_of(change.new)) == {change.line} else None


def _is_kept_as_key(file: SourceFile, change: NameChange) -> bool:
    """Whether a name that was spelled out is a key, or imported: ``except Error as e`` keeps another thing's."""
    is_alias = file.lines[change.line][: change.column].rstrip().endswith(" as")
    return not is_alias or change.line in file.import_lines


def _is_bound(binding: Binding, name: str) -> bool:
    """Whether `name` already means something else where the renamed binding holds."""
    others = [one for one in binding.scope.names.get(name, ()) if one is not binding]
    if binding.member:
        return any(
            one.member and (one.namespace == METHOD) == (binding.namespace == METHOD) for one in others
        )
    return bool(others)


def _is_overtaken(change: NameChange, meant: set[NameChange], changes: list[NameChange]) -> bool:
    """Whether uses of a binding got another name than its definition, then or later: it gave way to something else.

    A name that the definition had in between is none of these.
    """
    between = {one.old for one in changes if one.new == change.new}
    return any(
        one.old == change.old and one.new not in (change.new, *between) and one.edit.when >= change.edit.when
        for one in meant
    )


def _captures(situation: Situation, former: Scopes, binding: Binding, change: NameChange) -> bool:
    """Whether a use of the new name inside the scope of a renamed local, which means something further out, would mean that.

    What nothing in the file binds means something further out unless it was just written: then it is what is renamed.
    """
    scope, path = binding.scope, change.edit.path
    builtins = language_of(path=path).builtins

    def is_outer(one: Occurrence) -> bool:
        if one.binding is not None:
            return one.binding.scope.start < scope.start
        line, _, _ = former.place(one)
        return one.name in builtins or not situation.is_touched(path, line, line + 1)

    return not binding.member and any(
        one.name.lstrip(SIGILS) == change.new
        and scope.start <= one.start < scope.end
        and one.role in ("read", "write")
        and one.owner is None
        and is_outer(one)
        for one in former.occurrences
    )


def _is_bound_anew(situation: Situation, file: SourceFile, change: NameChange) -> bool:
    """Whether the user has bound the old name to something else: what uses it may mean that."""
    lines: set[int] = set()
    for edit in situation.done:
        if edit.path == file.path and change.old in words_of(edit.new):
            had = {new for old, new in paired_lines(edit.old, edit.new) if change.old in words_of([old])}
            lines.update(
                line
                for line in file.lines_of(change.old)
                if edit.line <= line < edit.end
                and line != change.line
                and file.lines[line] not in (*edit.old, *had)
            )
    scopes = file.scopes_of(change.old, change.new) if lines else None
    return scopes is not None and any(
        one.binding is not None and one.binding.definition is one and scopes.place(one)[0] in lines
        for one in scopes.occurrences
        if one.name.lstrip(SIGILS) == change.old
    )


def _is_bound_between(occurrence: Occurrence, rename: Rename) -> bool:
    """Whether the new name would mean something nearer at this place."""
    scope = occurrence.scope
    if rename.member:
        return False
    while scope is not rename.binding.scope and scope.parent is not None:
        if scope.kind not in ("class", "object") and rename.new in scope.names:
            return True
        scope = scope.parent
    return False
