"""Next-edit cases out of commits: the first hunks are what the user did, the others are what comes next."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_context import LineEdit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_bench._git_tree import Commit, GitRepo, Hunk

SUFFIXES = (".py", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".go", ".rs", ".java", ".rb", ".kt", ".php", ".cs")
MAX_HUNKS = 16
MAX_FILES = 8
MAX_LINES = 300
MAX_COLUMNS = 400

_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_IMPORT = re.compile(
    r"\s*(?:import\b|from\s+\S+\s+import\b|use\s|export\s+.*\bfrom\b|\w+,?$|[{(})\];,]+$|\"[\w./-]+\"$|\w+\s+\"[\w./-]+\"$"
    r"|(?:const|let|var)\s+.*=\s*require\()"
)
_IMPORT_HEAD = re.compile(r"\b(?:import|from|use|require)\b|^\s*(?:\w+\s+)?\"[\w./-]+\"\s*$")
_SIGNATURE = re.compile(
    r"\b(?:def|func|function|fn)\s+(?:\([^)]*\)\s*)?(\w+)\s*[(<\[]|^\s+(?:async\s+)?(?!(?:if|for|while|switch|catch)\b)(\w+)\(.*\)[^;]*\{\s*$"
)

_IMPORT_WORDS = frozenset({"import", "from", "type", "require", "const", "export", "use"})
_TELLING = 4
"""A shorter word in the history connects no import with it."""

MECHANICAL = frozenset({"repeat_hunk", "rename", "same_subst", "import_update", "signature_callsite"})


@dataclass(frozen=True, slots=True)
class Target:
    """A hunk still to be done, in coordinates after the history, and what kind of edit it is."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Case:
    """A moment in a commit: `files` hold the touched files after the history."""

    id: str
    parent: str
    history: tuple[LineEdit, ...]
    cursor: tuple[str, int]
    targets: tuple[Target, ...]
    files: dict[str, str]

    @property
    def mechanical(self) -> bool:
        """Whether some target follows from the history by rule."""
        return any(target.label in MECHANICAL for target in self.targets)


def cases_of(repo: GitRepo, *, commits: int, cases: int, seed: int = 0) -> Iterator[Case]:
    """Yield at most `cases` cases out of the newest `commits`, chosen by chance.

    A commit gives up to two: after its first hunk, and after half of them.
    """
    chance = random.Random(seed)
    pool = [c for c in repo.commits(SUFFIXES, newest=commits) if _is_usable(c)]
    chance.shuffle(pool)
    for commit in pool:
        paths = {hunk.path for hunk in commit.hunks}
        before = {path: repo.blob(repo.tree(commit.parent).get(path, "")) for path in paths}
        if any(text is None or "\r" in text for text in before.values()):
            continue
        texts = {path: text for path, text in before.items() if text is not None}
        hunks = _as_worked(list(commit.hunks), shuffled=chance.random() < 0.2, chance=chance)
        for k in sorted({1, (len(hunks) + 1) // 2}):
            if k < len(hunks) and cases > 0:
                cases -= 1
                yield _case(commit, hunks, k, texts)
        if cases <= 0:
            return


def _is_usable(commit: Commit) -> bool:
    hunks = commit.hunks
    return (
        2 <= len(hunks) <= MAX_HUNKS
        and len({hunk.path for hunk in hunks}) <= MAX_FILES
        and max(len(h.old) + len(h.new) for h in hunks) <= MAX_LINES
        and max(len(line) for h in hunks for line in (*h.old, *h.new)) <= MAX_COLUMNS
    )


def finished(case: Case) -> Case:
    """Return the moment after the whole commit: nothing is left to do."""
    files = {path: text.split("\n") for path, text in case.files.items()}
    history = list(case.history)
    for target in sorted(case.targets, key=lambda t: (t.path, -t.line)):
        history.append(LineEdit(target.path, target.line, target.old, target.new))
        files[target.path][target.line : target.line + len(target.old)] = target.new
    last = history[-1]
    return Case(
        case.id + "/finished",
        case.parent,
        tuple(history),
        (last.path, last.line + max(0, len(last.new) - 1)),
        (),
        {path: "\n".join(lines) for path, lines in files.items()},
    )


def _as_worked(hunks: list[Hunk], *, shuffled: bool, chance: random.Random) -> list[Hunk]:
    """Return the hunks in a likelier order than git's: in each file the heart of the change, then the rest.

    The heart is the first hunk that changes a definition, or else the first that is no import; tests come last.
    """
    paths = sorted({hunk.path for hunk in hunks}, key=lambda path: ("test" in path.lower(), path))
    if shuffled:
        chance.shuffle(paths)
    ordered: list[Hunk] = []
    for path in paths:
        mine = [hunk for hunk in hunks if hunk.path == path]
        heart = next(
            (h for h in mine if any(map(_SIGNATURE.search, (*h.old, *h.new)))),
            next((h for h in mine if not _is_import(h.old, h.new)), mine[0]),
        )
        ordered += [heart, *(hunk for hunk in mine if hunk is not heart)]
    return ordered


def _case(commit: Commit, hunks: Sequence[Hunk], k: int, texts: dict[str, str]) -> Case:
    files = {path: text.split("\n") for path, text in texts.items()}
    done: list[Hunk] = []
    history: list[LineEdit] = []
    for hunk in hunks[:k]:
        line = hunk.line + _shift(done, hunk)
        history.append(LineEdit(hunk.path, line, hunk.old, hunk.new))
        files[hunk.path][line : line + len(hunk.old)] = hunk.new
        done.append(hunk)
    targets = tuple(
        Target(h.path, h.line + _shift(done, h), h.old, h.new, label_of(h.old, h.new, history))
        for h in hunks[k:]
    )
    last = history[-1]
    cursor = last.path, last.line + max(0, len(last.new) - 1)
    after = {path: "\n".join(lines) for path, lines in files.items()}
    return Case(f"{commit.sha[:10]}#{k}", commit.parent, tuple(history), cursor, targets, after)


def _shift(done: Sequence[Hunk], hunk: Hunk) -> int:
    return sum(len(h.new) - len(h.old) for h in done if h.path == hunk.path and h.line < hunk.line)


def label_of(old: Sequence[str], new: Sequence[str], history: Sequence[LineEdit]) -> str:
    """Return the kind of a hunk, given the hunks before it."""
    here = _stripped(old), _stripped(new)
    if any(here[0]) and any((_stripped(h.old), _stripped(h.new)) == here for h in history):
        return "repeat_hunk"
    if _is_import(old, new):
        # an import that shares no name with what was done follows from nothing
        known_words = {word for h in history for word in _words((*h.old, *h.new)) if len(word) >= _TELLING}
        return "import_update" if known_words & (_words((*old, *new)) - _IMPORT_WORDS) else "other"
    mine = substitutions(old, new)
    known = {pair for h in history for pair in substitutions(h.old, h.new)}
    if mine and mine <= known:
        single = all(_WORD.fullmatch(a) and _WORD.fullmatch(b) for a, b in mine)
        return "rename" if single else "same_subst"
    changed_signatures = {name for h in history for name in _changed_signatures(h.old, h.new)}
    if any(re.search(rf"\b{name}\(", line) for name in changed_signatures for line in (*old, *new)):
        return "signature_callsite"
    if mine & known:
        return "partial_subst"
    if not here[0] and any(not h.old and _alike(h.new, new) for h in history):
        return "similar_insert"
    was = {word for h in history for word in _words(h.old)}
    now = {word for h in history for word in _words(h.new)}
    if _words(new) & (now - was):
        return "uses_new_symbol"
    if _words(old) & (was - now):
        return "drops_removed_symbol"
    return "other"


def substitutions(old: Sequence[str], new: Sequence[str]) -> set[tuple[str, str]]:
    """Return the token replacements that turn `old` into `new`.

    What is only inserted or removed stands with the token on either side of it. Empty if lines were only added or
    only removed.
    """
    if not old or not new:
        return set()
    a, b = _TOKEN.findall("\n".join(old)), _TOKEN.findall("\n".join(new))
    pairs: set[tuple[str, str]] = set()
    for tag, i, j, m, n in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "replace":
            pairs.add((" ".join(a[i:j]), " ".join(b[m:n])))
        elif tag != "equal":
            pairs.add((" ".join(a[max(0, i - 1) : j + 1]), " ".join(b[max(0, m - 1) : n + 1])))
    return pairs


def _is_import(old: Sequence[str], new: Sequence[str]) -> bool:
    changed = [line for line in (*old, *new) if line.strip()]
    return bool(changed) and all(map(_IMPORT.match, changed)) and any(map(_IMPORT_HEAD.search, changed))


def _changed_signatures(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return the functions whose header, on one line, replaces another header."""
    before, after = _headers(old), _headers(new)
    return {name for name, header in after.items() if before and before.get(name) != header}


def _headers(lines: Sequence[str]) -> dict[str, str]:
    return {m[1] or m[2]: line.strip() for line in lines if ")" in line for m in _SIGNATURE.finditer(line)}


def _words(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in _WORD.findall(line)}


def _stripped(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    a, b = _words(one), _words(other)
    return bool(a and b) and len(a & b) / len(a | b) > 0.5
