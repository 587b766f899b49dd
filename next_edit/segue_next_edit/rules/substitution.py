"""The same token replacement again: renames of symbols, and any other replacement in its context."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate, merged_lines
from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._mentions import uses_only
from segue_next_edit._renames import is_rename
from segue_next_edit._signatures import is_of_signature
from segue_next_edit._tokens import WORD, Replacement, is_name, paired_lines, replacements, tokens_of
from segue_syntax import declared_by, defined_by, language_of
from segue_syntax.scopes import has_scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_NEAR = 80
_TOKEN_BEFORE = re.compile(r"(?:\w+|\s+|[^\w\s])\Z")
_TOKEN_AFTER = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_PATTERNS = 12
_SUPPORTED = 2
_LONG_LINE = 1000
_MAX_FILES = 60
_COMMON = COMMON_WORDS | {"b", "c", "e", "f", "final", "i", "j", "k", "n", "ok", "s", "t", "v", "x", "y"}


@dataclass(slots=True)
class Pattern:
    """A replacement and everything the history says about it."""

    old: str
    new: str
    contexts: list[tuple[str, str]] = field(default_factory=list)
    hunks: set[int] = field(default_factory=set)
    youngest: int = 1000
    defines: bool = False
    declares: bool = False
    local: bool = False
    scoped: bool = False
    broken: bool = False
    line: str = ""

    @property
    def name(self) -> bool:
        """Whether one identifier replaced another: it may be a rename that the file alone does not tell."""
        return is_name(self.old) and is_name(self.new)

    @property
    def telling(self) -> bool:
        """Whether what went says enough to be found wherever it stands: several names."""
        return len([word for word in WORD.findall(self.old) if word not in _COMMON]) > 1


class SubstitutionRule:
    """Learns replacements from the history and finds where else they apply."""

    kind = "substitution"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the stretches in which learnt replacements apply, with every replacement done."""
        patterns = learnt(situation)
        for pattern in patterns[:_MAX_PATTERNS]:
            yield from self.places(situation, pattern, patterns)

    def places(
        self, situation: Situation, pattern: Pattern, patterns: list[Pattern], *, everywhere: bool = False
    ) -> Iterator[Candidate]:
        anchor = _anchor(pattern.old)
        if not anchor:
            return
        kind = "rename" if pattern.name else "substitution"
        group = group_of(pattern)
        reason = (
            f"rename {pattern.old} to {pattern.new}"
            if pattern.name
            else f"the same change: {_short(pattern.new)}"
        )
        old_defined = pattern.name and situation.is_defined(pattern.old)
        new_elsewhere = pattern.name and not pattern.declares and situation.is_defined(pattern.new)
        found: list[Candidate] = []
        most = situation.most_places
        reach = situation.files_with(*anchor, limit=most if everywhere else _files(pattern))
        suffix = language_of(path=situation.cursor[0]).id
        for path in reach:
            file = situation.file(path)
            if file is None:
                continue
            changes = self._lines(situation, file, pattern, patterns)
            if len(found) > most:
                break
            for start, end, new, _ in merged_lines({n: (c[0], 1.0) for n, c in changes.items()}):
                facts = [changes[line][1] for line in range(start, end) if line in changes]
                best = max(facts, key=lambda f: f["left"] + f["right"])
                evidence = dict(best)
                for name in ("comment", "string"):  # code on one of the lines makes it a place in the code
                    evidence[name] = min(fact[name] for fact in facts)
                evidence["several"] = float(end - start > 1)
                # an import of the new name comes from where that is declared, so its module changes too
                evidence["imports_other"] = float(new_elsewhere and start in file.import_lines)
                evidence["language"] = float(language_of(path=path).id == suffix)
                found.append(Candidate(path, start, end, new, kind, group, reason, evidence))
        for candidate in found:
            far = candidate.path not in situation.touched
            candidate.evidence.update(
                declares_far=float(pattern.declares and far),
                defines_far=float(pattern.defines and not pattern.declares and far),
                support=float(min(len(pattern.hunks), 6)),
                age=float(min(pattern.youngest, 10)),
                length=float(min(len(pattern.old), 30)),
                defines=float(pattern.defines),
                local=float(pattern.local),
                declares=float(pattern.declares),
                orphan=float(pattern.declares and not old_defined),
                old_defined=float(old_defined),
                capital=float(pattern.old[:1].isupper()),
                common=float(pattern.old in _COMMON or len(pattern.old) <= 2),
                deleted=float(not pattern.new.strip()),
            )
            if pattern.scoped and pattern.name:
                candidate.evidence["resolved"] = (
                    0.0  # told from the words alone, since the file does not parse
                )
            if candidate.evidence["orphan"] and far and not situation.spent:
                # told from the line alone until now: docstrings look like code
                candidate.evidence["comment"] = float(uses_only(situation, candidate) is None)
        yield from found

    def _lines(
        self, situation: Situation, file: SourceFile, pattern: Pattern, patterns: list[Pattern]
    ) -> dict[int, tuple[str, dict[str, float]]]:
        """Return the lines of `file` to change: number to new text and evidence."""
        result: dict[int, tuple[str, dict[str, float]]] = {}
        finder = _finder(pattern.old)
        for line in situation.lines_holding(file, pattern.old):
            if len(result) > situation.most_places:
                break
            text = file.lines[line]
            match = finder.search(text) if len(text) <= _LONG_LINE else None
            if match is None:
                continue
            touched = situation.is_touched(file.path, line, line + 1)
            if touched and (
                not pattern.name
                or pattern.old in pattern.new
                or _typed_since(situation, file.path, line, text, pattern)
            ):
                continue
            column = match.start()
            left, right = _around(text, column, column + len(match[0]))
            same_left = any(left == context[0] for context in pattern.contexts)
            same_right = any(right == context[1] for context in pattern.contexts)
            both = any((left, right) == context for context in pattern.contexts)
            if pattern.scoped and (left == ".") not in {context[0] == "." for context in pattern.contexts}:
                continue  # a member is no variable
            if not (pattern.name or same_left or same_right or pattern.telling):
                continue
            if pattern.old in pattern.new and _already(text, column, pattern):
                continue
            new = applied(text, [pattern, *[p for p in patterns if p is not pattern]])
            if new == text:
                continue
            where = situation.syntax_at(file, line, column)
            result[line] = (
                new,
                {
                    "left": float(same_left),
                    "right": float(same_right),
                    "both": float(both),
                    "comment": float(where == "comment"),
                    "string": float(where == "string"),
                    "same_line": float(_same_shape(text, pattern)),
                    "member": float(left == "." and all(c[0] != "." for c in pattern.contexts)),
                    "touched": float(touched),
                },
            )
        return result


def _typed_since(situation: Situation, path: str, line: int, text: str, pattern: Pattern) -> bool:
    """Whether the user wrote the old name on this line while making the replacement or later: it is meant."""
    for edit in situation.done:
        if edit.path == path and edit.line <= line < edit.end and edit.age <= pattern.youngest:
            return not any(
                after == text and pattern.old in before for before, after in paired_lines(edit.old, edit.new)
            )
    return False


def _files(pattern: Pattern) -> int:
    return _MAX_FILES if pattern.declares else _MAX_FILES // 3


def group_of(pattern: Pattern) -> str:
    """Return what names the change that all places of one replacement belong to."""
    return f"{pattern.old}\0{pattern.new}"


def learnt(situation: Situation) -> list[Pattern]:
    """Return the replacements of the history, the most telling first."""
    patterns: dict[tuple[str, str], Pattern] = {}
    for edit in situation.done:
        if len(edit.old) > 200 or len(edit.new) > 200:
            continue
        language = language_of(path=edit.path).id
        before = {name for line in edit.old for name in defined_by(line, language)}
        after = {name for line in edit.new for name in defined_by(line, language)}
        for one, other in paired_lines(edit.old, edit.new):
            if is_of_signature(situation, edit.path, other):
                continue
            for change in _telling(replacements(one, other), one):
                if change.old in after or change.new in before:
                    continue  # both names had or have a declaration of their own: neither stands for the other
                if is_rename(situation, change.old, change.new) or is_rename(
                    situation, change.new, change.old
                ):
                    continue  # the rule of renames follows the binding
                key = (change.old, change.new)
                pattern = patterns.setdefault(key, Pattern(*key))
                pattern.contexts.append((change.left, change.right))
                pattern.hunks.add(edit.age)
                pattern.youngest = min(pattern.youngest, edit.age)
                pattern.line = one
                pattern.scoped |= has_scopes(language)
                pattern.broken |= bool(situation.errors(edit.path))
                if is_name(change.old):
                    pattern.local |= one[:1].isspace()
                    pattern.declares |= change.old in declared_by(one) and change.new in declared_by(other)
                    pattern.defines |= change.old in defined_by(one, language) and change.new in defined_by(
                        other, language
                    )
    kept = [
        pattern
        for (old, new), pattern in patterns.items()
        if (new, old) not in patterns or pattern.youngest < patterns[new, old].youngest
    ]
    kept.sort(key=lambda p: (not p.defines, p.youngest, -len(p.hunks), -len(p.old)))
    return kept


def _telling(changes: tuple[Replacement, ...], before: str) -> Iterator[Replacement]:
    """Yield the replacements that can be found again: widened where they are blank or a single mark."""
    code = "".join(tokens_of(before)).strip()
    changed = sum(len(change.old.strip()) for change in changes)
    if len(changes) > 6 or (changed > 0.8 * len(code) and len(changes) > 2):
        return
    for change in changes:
        if change.old == change.new or _brackets(change.old) != _brackets(change.new):
            continue
        if WORD.search(change.old) and change.old.strip() not in _COMMON:
            if change.old.strip() == change.old:
                yield change
            else:
                yield from _wider(change, before)
        else:
            yield from _wider(change, before)


def _brackets(text: str) -> tuple[int, int, int, int]:
    """Return how many brackets of each kind stay open, and whether a quote does: a replacement must not change that."""
    return (
        text.count("(") - text.count(")"),
        text.count("[") - text.count("]"),
        text.count("{") - text.count("}"),
        text.count('"') % 2,
    )


def _wider(change: Replacement, before: str) -> Iterator[Replacement]:
    """Widen a replacement by the tokens beside it until it holds an identifier that can be looked for."""
    left, right = list(tokens_of(before[: change.first])), list(tokens_of(before[change.last :]))
    old, new = change.old, change.new
    names = 0
    steps = 0
    while names < 1 and steps < 4 and (left or right):
        if (left and not left[-1].isspace()) or (left and len(left) > 1):
            token = left.pop()
            old, new = token + old, token + new
            names += len(token) > 2 and token not in _COMMON and is_name(token)
        if names < 1 and right:
            token = right.pop(0)
            old, new = old + token, new + token
            names += len(token) > 2 and token not in _COMMON and is_name(token)
        steps += 1
    if names and old.strip() == old:
        yield Replacement(old, new, left[-1] if left else "", right[0] if right else "", 0, 0)


def _anchor(old: str) -> list[str]:
    """Return the identifiers to look for in files."""
    return [word for word in dict.fromkeys(WORD.findall(old)) if len(word) > 1 or len(old) <= 2][:4]


@lru_cache(maxsize=512)
def _finder(old: str) -> re.Pattern[str]:
    head = r"(?<!\w)" if old[:1].isalnum() or old[:1] == "_" else ""
    tail = r"(?!\w)" if old[-1:].isalnum() or old[-1:] == "_" else ""
    return re.compile(head + re.escape(old) + tail)


def _around(text: str, first: int, last: int) -> tuple[str, str]:
    left = _TOKEN_BEFORE.search(text[max(0, first - _NEAR) : first])
    right = _TOKEN_AFTER.match(text[last : last + _NEAR])
    return (left[0] if left else "", right[0] if right else "")


def _already(text: str, column: int, pattern: Pattern) -> bool:
    """Whether the place reads like `new` already, of which `old` is a part."""
    at = pattern.new.find(pattern.old)
    while at >= 0:
        if text[max(0, column - at) :].startswith(pattern.new):
            return True
        at = pattern.new.find(pattern.old, at + 1)
    return False


def applied(text: str, patterns: list[Pattern]) -> str:
    """Return `text` with the first pattern applied everywhere and the others where their context matches."""
    for index, pattern in enumerate(patterns):
        pieces: list[str] = []
        position = 0
        for match in _finder(pattern.old).finditer(text):
            left, right = _around(text, match.start(), match.end())
            contexts = pattern.contexts
            fits = pattern.name or pattern.telling or any(left == c[0] or right == c[1] for c in contexts)
            if index and not pattern.name:
                fits = (left, right) in contexts
            if fits and not (pattern.old in pattern.new and _already(text, match.start(), pattern)):
                pieces += [text[position : match.start()], pattern.new]
                position = match.end()
        text = "".join(pieces) + text[position:]
    return text


def _same_shape(text: str, pattern: Pattern) -> bool:
    return text.strip() == pattern.line.strip()


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
