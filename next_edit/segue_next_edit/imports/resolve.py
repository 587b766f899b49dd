"""Where a missing name comes from: another file's import, a definition, or the language itself."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_syntax import declared_by, defined_by, language_of, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._situation import Situation
    from segue_syntax import ImportStatement, SourceFile

_MAX_FILES = 40
_MAX_LOADED = 60
"""Modules that are looked at, at most, to find a cycle."""
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
    path = file.path
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
    syntax, modules = file.language.imports, file.language.modules
    package = modules.package_called(name, path, situation.project, file.imports)
    beside = modules.beside(name, path, situation.project)
    if beside is not None:
        return Source(beside, "default", "default", how="defined")
    defining = [other for other in others if _defines(situation.file(other), name)]
    standard = syntax.standard(name)
    if standard is not None and (standard.form != "from" or not defining):
        return Source(standard.module, standard.pair[0], standard.form, how="standard")
    if package is not None:
        return Source(package, package, "module", how="defined")
    if syntax.from_packages and name[:1].isupper():  # a function may be inherited
        return _in_other_package(situation, file, name, others)
    sources = [(_defined_in(situation, file, other, name), other) for other in defining if syntax.from_files]
    found = {source: _shared_folders(path, other) for source, other in sources if source is not None}
    nearest = [source for source, shared in found.items() if shared == max(found.values())]
    return nearest[0] if len(nearest) == 1 else None


def closes_cycle(situation: Situation, file: SourceFile, module: str) -> bool:
    """Whether `file` could not be loaded, or compiled, once it imports `module`: that imports `file`, or what does.

    What is imported for type checkers or inside a function is not loaded at once, and an import that is there already
    closes nothing new.
    """
    modules, project = file.language.modules, situation.project
    if not file.language.imports.cycles_fail:
        return False
    mine = set(modules.own_names(file.path, project))
    if any(modules.file_of(s.module, file.path, project) == module for s in _loaded(file.imports, file)):
        return False
    waiting, seen = [module], {module}
    for current in waiting:
        for path in modules.files_of(current, project):
            for statement in _loaded(head_imports(situation, path), file):
                target = modules.file_of(statement.module, path, project)
                if target in mine:
                    return True
                if target not in seen and len(seen) < _MAX_LOADED:
                    seen.add(target)
                    waiting.append(target)
    return False


def _loaded(statements: Sequence[ImportStatement], file: SourceFile) -> list[ImportStatement]:
    return [s for s in statements if file.language.imports.grouped or not s.indent]


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
            module = file.language.modules.file_of(statement.module, file.path, situation.project)
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
        for statement in head_imports(situation, other):
            fresh = situation.is_touched(other, statement.start, statement.end)
            for key in _keys(situation, statement, other, file, name):
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
    situation: Situation, statement: ImportStatement, path: str, file: SourceFile, name: str
) -> Iterator[tuple[str, str, str]]:
    """Yield what a statement of the file at `path` has `name` from: module, name there and form, for `file` to use."""
    modules, project = file.language.modules, situation.project
    for named, original, local in file.language.imports.each(statement):
        if local != name:
            continue
        whole = statement.form == "module"
        module = original if whole else modules.file_of(named, path, project)
        reached = modules.reached(module, original, file.path, project)
        # what keeps others from importing a module is no rule where they do it all the same
        if not reached and not modules.reached(module, original, path, project):
            reached = module
        if reached:
            yield reached, original, statement.form


def head_imports(situation: Situation, path: str) -> list[ImportStatement]:
    """Return the import statements at the head of a file."""
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
        if any(line[:1].strip() and _binds(line, name, other.language_id) for line in edit.new):
            return _defined_in(situation, file, edit.path, name)
    return None


def _in_other_package(
    situation: Situation, file: SourceFile, name: str, others: Sequence[str]
) -> Source | None:
    """Return the only package of the workspace that has a type of this name, unless the file sees into it.

    A file that has the name and does not see into the package means another thing, which the language may have.
    """
    known = [other for path in others if (other := situation.file(path)) is not None]
    packages = {other.package for other in known if other.package and _declares(other, name)}
    if len(packages) != 1:
        return None
    package = packages.pop()
    if _sees(file, package, "*") or not all(_sees(other, package, "*", name) for other in known):
        return None
    everywhere = file.language.imports.everywhere(package)
    if everywhere and any(
        everywhere in (situation.text_of(path) or "")
        for path in situation.files_with(*everywhere.split()[:2])
    ):
        return None
    return Source(package, name, "from", how="defined")


def _sees(file: SourceFile, package: str, *names: str) -> bool:
    """Whether a file is in a package, or imports one of the names from it."""
    inside = file.language.imports.whole_packages and file.package.startswith(package + ".")
    return (
        inside
        or file.package == package
        or any(s.module == package and not {*names}.isdisjoint(s.locals) for s in file.imports)
    )


def _declares(file: SourceFile, name: str) -> bool:
    """Whether a file declares a name that others may use: not inside of a class."""
    if not file.language.queries:
        return _defines(file, name)
    return any(
        one.name == name and not one.container and "private" not in file.lines[one.line].partition(name)[0]
        for one in file.symbols.definitions
    )


def _defines(file: SourceFile | None, name: str) -> bool:
    return file is not None and any(
        text[:1].strip() and _binds(text, name, file.language_id) for _, text in file.lines_with(name)
    )


def _binds(line: str, name: str, language: str) -> bool:
    """Whether a line defines `name` itself: a parameter is nobody else's."""
    return name in (declared_by(line) or defined_by(line, language))


def _defined_in(situation: Situation, file: SourceFile, path: str, name: str) -> Source | None:
    """Return the file at `path`, which defines `name`, as the source of `file`, or where it is to have it from instead."""
    other = situation.file(path)
    if other is None:
        return None
    line = next((text for _, text in other.lines_with(name) if _binds(text, name, other.language_id)), "")
    form = other.language.imports.exported_as(name, line, other.text)
    modules = other.language.modules
    own = modules.module_of(path)
    known = any(modules.file_of(s.module, file.path, situation.project) == own for s in file.imports)
    module = modules.reached(own, name, file.path, situation.project) or (own if known else "")
    if form is None or not module:
        return None
    original = name if form == "from" else form
    return Source(module, original, form, bool(_TYPE_LINE.match(line)), 0, "defined")
