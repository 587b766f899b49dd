"""Next-edit cases out of plays: what anybody may do in a repository, of which its history tells little.

Commits are not sessions: large renames are left out of them, and who repeats a change by hand is at its third place while
a commit shows all of them at once. The fit sees both.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING

from segue_bench._next_edit_cases import SUFFIXES, Case, Target
from segue_bench._session_plays import Repository
from segue_bench._tree_reader import TreeReader
from segue_context import LineEdit
from segue_syntax import defined_by, language_of
from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segue_bench._git_tree import GitRepo
    from segue_bench._session_plays import ParameterPlay, RenamePlay, RepeatPlay

_MAX_FILES = 1500
_NEVER = "\0"

_MAX_SWEPT = 30
_TELLING = 8
_CALL = re.compile(r"(?<![\w.])[A-Za-z_]\w{5,}\(")

Changes = dict[tuple[str, int], str]
"""What lines become, by path and line."""


def played(repo: GitRepo, *, plays: int, seed: int) -> Iterator[tuple[Case, TreeReader]]:
    """Yield the moments of `plays` plays of each kind in the newest tree, with that tree."""
    tree = repo.tree("HEAD")
    paths = [path for path in tree if path.endswith(SUFFIXES)][:_MAX_FILES]
    texts = {path: text for path in paths if (text := repo.blob(tree[path])) and "\r" not in text}
    reader = TreeReader(tree, partial(_blob, repo, tree))
    reader.index()
    repository = Repository(texts)
    for number, rename in enumerate(islice(repository.renames(seed), plays)):
        new = _new_name(rename.name, number)
        renamed = _renamed(rename, texts, new)
        yield from _moments("rename", texts, renamed, 1, reader)
        yield _again(new, texts, renamed), reader
    for repeat in islice(repository.repeats(seed), plays):
        changes = _repeated(repeat, texts)
        for order in (changes, dict(reversed(changes.items()))):
            yield from _moments("repeat", texts, order, len(repeat.places), reader)
    for local in islice(_locals(texts, seed), plays):
        for order in (local, dict(reversed(local.items()))):
            yield from _moments("local", texts, order, 1, reader)
    for sweep in islice(_sweeps(texts, seed), plays):
        yield from _moments("sweep", texts, sweep, 3, reader)
    for block in islice(_blocks(texts, seed), plays):
        yield from _moments("block", texts, block, 4, reader)
    for parameter in islice(repository.parameters(seed), plays):
        yield from _moments("parameter", texts, _called(parameter, texts), 1, reader)


def _blob(repo: GitRepo, tree: Mapping[str, str], path: str) -> str | None:
    return repo.blob(tree[path])


def _moments(
    kind: str, texts: Mapping[str, str], changes: Changes, begun: int, reader: TreeReader
) -> Iterator[tuple[Case, TreeReader]]:
    """Yield the moment after the first changes, and that at half of the way."""
    for count in sorted({begun, (begun + len(changes)) // 4 * 2}):
        if begun <= count < len(changes):
            yield _case(f"{kind}#{count}", texts, list(changes.items()), count), reader


def _case(name: str, texts: Mapping[str, str], changes: list[tuple[tuple[str, int], str]], done: int) -> Case:
    files = {path: texts[path].split("\n") for (path, _), _ in changes}
    history = []
    for stretch in _stretches(files, changes[:done], ""):
        history.append(LineEdit(stretch.path, stretch.line, stretch.old, stretch.new))
        files[stretch.path][stretch.line : stretch.line + len(stretch.old)] = stretch.new
    targets = tuple(_stretches(files, sorted(changes[done:]), name.split("#", maxsplit=1)[0]))
    after = {path: "\n".join(lines) for path, lines in files.items()}
    return Case(name, "HEAD", tuple(history), (history[-1].path, history[-1].line), targets, after)


def _new_name(name: str, number: int) -> str:
    """Return another name, one that is like the former in every other play."""
    new = (f"{name}_one", "substitute", f"other_{name}", "renewed")[number % 4]
    return new[:1].upper() + new[1:] if name[:1].isupper() else new


def _again(name: str, texts: Mapping[str, str], renamed: Changes) -> Case:
    """Return the moment when a symbol that was renamed everywhere, to `name`, gets yet another one at its definition."""
    files = {path: texts[path].split("\n") for path, _ in renamed}
    history = []
    for number, ((path, line), new) in enumerate(renamed.items()):
        history.append(LineEdit(path, line, (files[path][line],), (new,), time_s=float(number)))
        files[path][line] = new
    first, *others = renamed
    was = history.pop(0)
    again = {place: new.replace(name, f"{name}_again") for place, new in renamed.items()}
    now = (again[first],)
    history.append(replace(was, new=now, steps=((was.new, now),), time_s=float(len(renamed))))
    files[first[0]][first[1]] = again[first]
    targets = tuple(_stretches(files, sorted((place, again[place]) for place in others), "rename"))
    return Case(
        "again", "HEAD", tuple(history), first, targets, {p: "\n".join(rows) for p, rows in files.items()}
    )


def _stretches(
    files: Mapping[str, list[str]], changes: Iterable[tuple[tuple[str, int], str]], label: str
) -> Iterator[Target]:
    """Yield the changes in their order, those of lines that follow each other as one."""
    rows = [(path, line, new) for (path, line), new in changes]
    for _, run in groupby(enumerate(rows), key=lambda row: (row[1][0], row[1][1] - row[0])):
        lines = [row for _, row in run]
        path, first, _ = lines[0]
        old = tuple(files[path][first : first + len(lines)])
        yield Target(path, first, old, tuple(new for _, _, new in lines), label)


def _renamed(play: RenamePlay, texts: Mapping[str, str], new: str) -> Changes:
    """Return the lines of a rename, that of the definition first."""
    now = {path: text.split("\n") for path, text in play.renamed(texts, new).items()}
    places = [(play.path, play.line)]
    places += [(path, line) for path, lines in sorted(play.uses.items()) for line in sorted(lines)]
    return {place: now[place[0]][place[1]] for place in places}


def _repeated(play: RepeatPlay, texts: Mapping[str, str]) -> Changes:
    lines = texts[play.path].split("\n")
    changes = {
        (play.path, line): lines[line][:first] + play.text + lines[line][last:]
        for line, first, last in play.places
    }
    return changes | {(play.path, line): new for line, new in play.rest.items()}


def _locals(texts: Mapping[str, str], seed: int) -> Iterator[Changes]:
    """Yield a variable or parameter of a function that gets another name, its definition first."""
    chosen = random.Random(seed)
    paths = sorted(texts)
    chosen.shuffle(paths)
    for number, path in enumerate(paths):
        scopes = scopes_of(texts[path], language_of(path=path).id)
        bindings = (
            []
            if scopes is None
            else [
                one
                for one in scopes.bindings
                if one.kind in ("local", "parameter") and len(one.occurrences) > 2 and len(one.name) > 2
            ]
        )
        if scopes is None or not bindings:
            continue
        binding = chosen.choice(bindings)
        lines = texts[path].split("\n")
        changes: Changes = {}
        for one in reversed(scopes.references(binding)):
            line, first, last = scopes.place(one)
            new = _new_name(binding.name, number)
            if one.shorthand:
                new = f"{binding.name}: {new}"
            text = changes.get((path, line), lines[line])
            changes[path, line] = text[:first] + new + text[last:]
        if len(changes) > 1:
            yield dict(sorted(changes.items()))


def _sweeps(texts: Mapping[str, str], seed: int) -> Iterator[Changes]:
    """Yield a call that gets an owner on all lines that make it, three or more in a file and some in others."""
    called: dict[str, dict[tuple[str, int], str]] = {}
    for path, text in texts.items():
        for number, line in enumerate(text.split("\n")):
            for match in _CALL.finditer(line):
                if match[0][:-1] not in defined_by(line, language_of(path=path).id):
                    new = f"{line[: match.start()]}renewed.{line[match.start() :]}"
                    called.setdefault(match[0], {})[path, number] = new
    chosen = random.Random(seed)
    names = sorted(name for name, places in called.items() if 5 <= len(places) <= _MAX_SWEPT)
    chosen.shuffle(names)
    for name in names:
        counts = Counter(path for path, _ in called[name])
        first, most = counts.most_common(1)[0]
        if most > 2 and len(counts) > 1:
            places = sorted(called[name], key=lambda place: (place[0] != first, place))
            yield {place: called[name][place] for place in places}


def _blocks(texts: Mapping[str, str], seed: int) -> Iterator[Changes]:
    """Yield two lines that a file has three times or more, the first of which is rewritten and the second goes blank."""
    paths = sorted(texts)
    random.Random(seed).shuffle(paths)
    for path in paths:
        lines = texts[path].split("\n")
        found: dict[tuple[str, str], list[int]] = {}
        for number, pair in enumerate(itertools.pairwise(lines)):
            if all(len(line.strip()) > _TELLING for line in pair):
                found.setdefault((pair[0].strip(), pair[1].strip()), []).append(number)
        for (first, _), places in sorted(found.items()):
            apart = all(b - a > 1 for a, b in itertools.pairwise(places))
            if 3 <= len(places) <= _MAX_SWEPT and apart:
                changes: Changes = {}
                for at in places:
                    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                    changes[path, at] = f"{indent}renewed({first[:20]})"
                    changes[path, at + 1] = f"{indent}finished()"
                yield changes
                break


def _called(play: ParameterPlay, texts: Mapping[str, str]) -> Changes:
    """Return the head of a definition with one more parameter, and the calls with one more argument of that name."""
    head = texts[play.path].split("\n")[play.line]
    changes = {(play.path, play.line): head[: play.column] + play.text + head[play.column :]}
    value = play.text.strip(", ").removeprefix("boolean ").split(":")[0].split(" ")[0]
    for path, line in sorted(play.calls):
        text = texts[path].split("\n")[line]
        changes[path, line] = _with_argument(text, text.index(f"{play.name}(") + len(play.name), value)
    return changes


def _with_argument(text: str, opening: int, value: str) -> str:
    """Return a line whose call has one more argument; what no edit is like where the call goes on below."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return f"{text[:at]}{', ' if text[opening + 1 : at].strip() else ''}{value}{text[at:]}"
    return text + _NEVER
