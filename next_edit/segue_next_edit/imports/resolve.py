"""Where a missing name comes from: another file's import, a definition, or the language itself."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_syntax import ImportStatement, declared_by, defined_by, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_MAX_FILES = 40
_ASKED_FILES = 300
_SURE_VOTES = 6
_HEAD_CHARACTERS = 6_000
_JUST_DONE = 1 << 12
"""What an import counts that the user has just written elsewhere: more than any number of files far away."""
_TYPE_LINE = re.compile(r"\s*(?:export\s+)?(?:declare\s+)?(?:type|interface)\s")


@dataclass(frozen=True, slots=True)
class Source:
    """`name` of `module` (as `module_file` writes it), imported by a statement of `form`.

    `votes` counts the files that have it from there; `how` is ``imported``, ``defined``, ``standard`` or
    ``swapped``: as a name that it replaces was.
    """

    module: str
    name: str
    form: str
    type_only: bool = False
    votes: int = 0
    how: str = "imported"


def source_of(situation: Situation, file: SourceFile, name: str) -> Source | None:
    """Return where `file` is to have `name` from; None when nothing is known of it."""
    path, language = file.path, file.language_id
    unqualified = _unqualified(situation, file, name)
    if unqualified is not None:
        return unqualified
    others = _files_of_language(situation, file, name)
    voted = _most_imported(situation, file, name, others)
    if voted is not None:
        return voted
    written = _just_defined(situation, file, name)
    if written is not None:
        return written
    syntax, modules = language_of(language).imports, language_of(language).modules
    package = modules.package_called(name, path, situation.known_files, file.imports, situation.text_of)
    beside = modules.beside(name, path, situation.known_files)
    if beside is not None:
        return Source(beside, "default", "default", how="defined")
    defining = [other for other in others if _defines(situation.file(other), name)]
    standard = syntax.standard(name)
    if standard is not None and (standard.form != "from" or not defining):
        return Source(standard.module, standard.pair[0], standard.form, how="standard")
    if package is not None:
        return Source(package, package, "module", how="defined")
    if len(defining) > 1:
        nearest = max(_shared_folders(path, other) for other in defining)
        defining = [other for other in defining if _shared_folders(path, other) == nearest]
    if len(defining) == 1 and syntax.from_files:
        return _defined_in(situation.file(defining[0]), name)
    return None


def _unqualified(situation: Situation, file: SourceFile, name: str) -> Source | None:
    """Return the module that an edit took away before `name`: ``inspect.isclass`` became ``isclass``."""
    if not file.language.imports.from_files:
        return None
    before = re.compile(rf"(?<![\w.])([^\W\d]\w*)\.{re.escape(name)}(?!\w)")
    owners = {
        owner
        for edit in situation.done
        if edit.path == file.path
        for line in edit.old
        for owner in before.findall(line)
    }
    for statement in file.imports if owners else ():
        if statement.form in ("module", "namespace") and owners.intersection(statement.locals):
            module = file.language.modules.file_of(statement.module, file.path, situation.known_files)
            return Source(module, name, "from", how="qualified")
    return None


def _files_of_language(situation: Situation, file: SourceFile, name: str) -> list[str]:
    family = file.language.family
    near = situation.files_with(name, limit=_ASKED_FILES)
    near = [other for other in near if other != file.path and language_of(path=other).family == family]
    near.sort(key=lambda other: -_shared_folders(file.path, other))
    return near[:_MAX_FILES]


def _shared_folders(one: str, other: str) -> int:
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _most_imported(situation: Situation, file: SourceFile, name: str, others: list[str]) -> Source | None:
    """Return the source that most files have `name` from; those nearby and just edited know better."""
    votes: Counter[tuple[str, str, str]] = Counter()
    weights: Counter[tuple[str, str, str]] = Counter()
    types: Counter[tuple[str, str, str]] = Counter()
    for other in others:
        for statement in _head_imports(situation, other):
            fresh = situation.is_touched(other, statement.start, statement.end)
            for key in _keys(situation, statement, other, file.language_id, name):
                votes[key] += 1
                types[key] += statement.type_only
                weights[key] += _JUST_DONE if fresh else 2 ** min(_shared_folders(file.path, other), 8)
        if len(votes) == 1 and votes.total() >= _SURE_VOTES:
            break
    if not votes:
        return None
    key = weights.most_common(1)[0][0]
    module, original, form = key
    return Source(module, original, form, 2 * types[key] > votes[key], votes[key])


def _keys(
    situation: Situation, statement: ImportStatement, path: str, language: str, name: str
) -> Iterator[tuple[str, str, str]]:
    for original, local in statement.names:
        if local == name:
            module = language_of(language).modules.file_of(statement.module, path, situation.known_files)
            yield original if statement.form == "module" else module, original, statement.form


def _head_imports(situation: Situation, path: str) -> list[ImportStatement]:
    if path in situation.touched:
        file = situation.file(path)
        return file.imports if file else []
    text = situation.text_of(path)
    if text is None:
        return []
    return _imports_in(text[:_HEAD_CHARACTERS], language_of(path=path).id)


@lru_cache(maxsize=512)
def _imports_in(head: str, language: str) -> list[ImportStatement]:
    """Return the import statements where most files have them all; heads stay the same from edit to edit."""
    return statements_in(head.replace("\r\n", "\n").split("\n"), language)


def _just_defined(situation: Situation, file: SourceFile, name: str) -> Source | None:
    """Return the file in whose new lines `name` was just declared at the left margin."""
    if not file.language.imports.from_files:
        return None
    for edit in sorted(situation.done, key=lambda e: e.age):
        other = situation.file(edit.path)
        if edit.path == file.path or other is None or other.language.family != file.language.family:
            continue
        if any(line[:1].strip() and name in declared_by(line) for line in edit.new):
            return _defined_in(other, name)
    return None


def _defines(file: SourceFile | None, name: str) -> bool:
    return file is not None and any(
        text[:1].strip() and _binds(text, name, file.language_id) for _, text in file.lines_with(name)
    )


def _binds(line: str, name: str, language: str) -> bool:
    """Whether a line defines `name` itself: a parameter is nobody else's."""
    return name in (declared_by(line) or defined_by(line, language))


def _defined_in(file: SourceFile | None, name: str) -> Source | None:
    if file is None:
        return None
    line = next((text for _, text in file.lines_with(name) if _binds(text, name, file.language_id)), "")
    form = file.language.imports.exported_as(name, line, file.text)
    if form is None:
        return None
    module = file.language.modules.module_of(file.path)
    original = name if form == "from" else form
    return Source(module, original, form, bool(_TYPE_LINE.match(line)), 0, "defined")
