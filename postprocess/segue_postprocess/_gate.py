"""The syntax gate: a suggestion is shown only if the file parses at least as well with it as without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_postprocess._brackets import fit, steps
from segue_postprocess._lexis import CLOSERS
from segue_postprocess._python import misindented, refuses
from segue_postprocess._reasons import Reason
from segue_syntax import grammar_of, parse, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from segue_postprocess._situation import Situation
    from segue_syntax import TreeStore

_MOST_REPAIRS = 6
_TRAILING_CLOSERS = 2
_PATIENCE = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to insert, with how many characters after the cursor it replaces."""

    text: str
    replaced: int


class Gate:
    """Parses the document with candidates inserted and compares; the document without is parsed only if need be."""

    def __init__(self, situation: Situation, trees: TreeStore) -> None:
        self._situation = situation
        self._trees = trees
        self._prefix = situation.cursor.prefix.encode("utf-8", "surrogatepass")
        self._suffix = situation.cursor.suffix.encode("utf-8", "surrogatepass")
        self._errors_without: int | None = None
        self._fresh_without: int | None = None
        self.python_refused = False
        self.has_grammar = grammar_of(situation.language.id) is not None

    def passes(self, candidate: Candidate) -> bool:
        """Whether the file parses no worse with `candidate`."""
        tree = self._trees.tree(self._with(candidate), self._situation.language.id, patience=_PATIENCE)
        if tree is None:
            if not self._errors_without and self._sound_without():
                return False
            tree = self._trees.tree(self._with(candidate), self._situation.language.id)
        if tree is None:
            return True
        if tree.root_node.has_error and not self._no_worse(tree, candidate):
            return False
        return self._situation.language.id != "python" or not self._python_refuses(candidate, tree)

    def _no_worse(self, tree: Tree, candidate: Candidate) -> bool:
        """Whether a document that stays broken has no more errors; recovery depends on the tree a parse starts from.

        So what an incremental parse lets pass is confirmed by two fresh ones.
        """
        if syntax_errors(tree) > self.errors_without():
            return False
        if self._fresh_without is None:
            self._fresh_without = self._fresh_errors(self._prefix + self._suffix)
        return self._fresh_errors(self._with(candidate)) <= self._fresh_without

    def _fresh_errors(self, data: bytes) -> int:
        tree = parse(data, self._situation.language.id)
        return syntax_errors(tree) if tree is not None else 0

    def _python_refuses(self, candidate: Candidate, tree: Tree) -> bool:
        start = len(self._prefix)
        refused = refuses(
            tree, self._with(candidate), start, start + len(candidate.text.encode("utf-8", "surrogatepass"))
        )
        refused = refused or misindented(candidate.text, self._situation)
        self.python_refused = self.python_refused or refused
        return refused

    def _with(self, candidate: Candidate) -> bytes:
        text = candidate.text.replace("\n", "\r\n") if self._situation.crlf else candidate.text
        replaced = self._situation.cursor.suffix[: candidate.replaced].encode("utf-8", "surrogatepass")
        return self._prefix + text.encode("utf-8", "surrogatepass") + self._suffix[len(replaced) :]

    def _sound_without(self) -> bool:
        """Whether the document as it is parses with no lasting error; what breaks it for good is then worse."""
        data = self._prefix + self._suffix
        tree = self._trees.tree(data, self._situation.language.id, patience=_PATIENCE)
        return tree is not None

    def errors_without(self) -> int:
        """Return the number of syntax errors in the document as it is."""
        if self._errors_without is None:
            tree = self._trees.tree(self._prefix + self._suffix, self._situation.language.id)
            self._errors_without = syntax_errors(tree) if tree is not None else 0
        return self._errors_without


def check(
    candidate: Candidate, situation: Situation, trees: TreeStore, reasons: list[Reason]
) -> Candidate | Reason:
    """Return `candidate`, or a repaired form of it, or the reason why nothing of it may be shown."""
    gate = Gate(situation, trees)
    if not gate.has_grammar or gate.passes(candidate):
        return candidate
    if situation.language.advisory:
        reasons.append(Reason.GATE_ADVISORY)
        return candidate
    for tries, (repaired, reason) in enumerate(_repairs(candidate, situation)):
        if tries == _MOST_REPAIRS:
            break
        if repaired.text.strip() and gate.passes(repaired):
            reasons.append(reason)
            return repaired
    return Reason.DROP_PYTHON if gate.python_refused else Reason.DROP_SYNTAX


def _repairs(candidate: Candidate, situation: Situation) -> Iterator[tuple[Candidate, Reason]]:
    """Yield repaired forms, the best first: close what is open, then cut to ever earlier boundaries."""
    closed = _closed(candidate.text, situation)
    if closed is not None:
        yield Candidate(closed, candidate.replaced), Reason.REPAIRED_CLOSED
    for extent in situation.auto_closed:
        if extent != candidate.replaced:
            yield Candidate(candidate.text, extent), Reason.BRACKETS_REPLACED
    bare = candidate.text.rstrip()
    for _ in range(_TRAILING_CLOSERS):
        if bare[-1:] not in (")", "]", "}"):
            break
        bare = bare[:-1].rstrip()
        yield Candidate(bare, candidate.replaced), Reason.BRACKETS_CUT
    lines = candidate.text.split("\n")
    found, _ = steps(candidate.text, situation)
    own = len(situation.openings)
    ends: list[int] = []
    at = -1
    for line in lines[:-1]:
        at += len(line) + 1
        depth = next((len(step.stack) for step in reversed(found) if step.end <= at), own)
        if depth <= own and line.strip():
            ends.append(at)
    for end in dict.fromkeys((ends[-1], ends[len(ends) // 2]) if ends else ()):
        cut = candidate.text[:end].rstrip()
        yield Candidate(cut, fit(cut, situation).replaced), Reason.REPAIRED_CUT
    if len(lines) > 1:
        said = next((number for number, line in enumerate(lines) if line.strip()), 0)
        first = "\n".join(lines[: said + 1]).rstrip()
        shut = _closed(first, situation)
        yield Candidate(shut or first, fit(first, situation).replaced), Reason.REPAIRED_CUT


def _closed(text: str, situation: Situation) -> str | None:
    """Return `text` with the brackets closed that it opens itself, each in the style of its block."""
    found, mode = steps(text, situation)
    if mode.literal >= 0 or mode.line_comment:
        return None
    own = [opening for opening in found[-1].stack if opening.offset < 0 and opening.mark in CLOSERS]
    if not own or len(own) > 4:
        return None
    result = text.rstrip()
    for opening in reversed(own):
        if opening.mark == "{" and "\n" in text and not result.endswith("{"):
            kind_tab = "\t" in situation.head[-2000:]
            space = "\t" * (opening.indent // 4) if kind_tab else " " * opening.indent
            result += f"\n{space}}}"
        else:
            result += CLOSERS[opening.mark]
    return result
