"""The syntax gate: a suggestion is shown only if the file parses at least as well with it as without it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_postprocess._boundary import longest_sound
from segue_postprocess._brackets import fit, steps
from segue_postprocess._bytes import encoded, encoded_prefix, encoded_suffix
from segue_postprocess._lexis import CLOSERS
from segue_postprocess._lines import ends_block, is_case, is_clause
from segue_postprocess._python import misindented, refuses
from segue_postprocess._reasons import Reason
from segue_postprocess._situation import TOP_LEVEL
from segue_syntax import grammar_of, parse, parse_patiently, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from segue_postprocess._situation import Situation
    from segue_syntax import TreeStore

_MOST_REPAIRS = 6
_TRAILING_CLOSERS = 2
_END_IS_GUESSED = frozenset(
    [
        Reason.DRIFT,
        Reason.MAX_LINES,
        Reason.UNIT_END,
        Reason.SCOPE_END,
        Reason.BRACKETS_CUT,
        Reason.REPETITION,
    ]
)
_PATIENCE = 0
_LONG = 20_000  # bytes
_IN_MARKUP = frozenset(["php", "html", "vue", "svelte", "xml"])  # without its tags, their code is plain text


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
        self._prefix = encoded_prefix(situation.cursor.prefix)
        self._suffix = encoded_suffix(situation.cursor.suffix)
        self._document = b""
        self._after: int | None = None
        self._sound_near: bool | None = None
        self._errors_without: int | None = None
        self.python_refused = False
        self.left_errors = False
        self.has_grammar = grammar_of(situation.language.id) is not None

    def passes(self, candidate: Candidate) -> bool:
        """Whether the file parses no worse with `candidate`."""
        self.left_errors = False
        near = self._near(candidate.text, candidate.replaced)
        if near is not None:
            return self._situation.language.id != "python" or not self._python_refuses(candidate, *near)
        if self._near_is_sound():
            return False
        data = self._with(candidate)
        tree = self._trees.tree(data, self._situation.language.id, patience=_PATIENCE)
        if tree is None:
            if not self._errors_without and self._sound_without():
                return False
            tree = self._trees.tree(data, self._situation.language.id)
        if tree is None:
            return True
        self.left_errors = tree.root_node.has_error
        if self.left_errors and not self._no_worse(tree, data):
            return False
        return self._situation.language.id != "python" or not self._python_refuses(
            candidate, tree, data, len(self._prefix)
        )

    def leaves_none(self, candidate: Candidate) -> bool:
        """Whether the file has no error at all with `candidate`."""
        return self.passes(candidate) and not self.left_errors

    def _near(self, text: str, replaced: int) -> tuple[Tree, bytes, int] | None:
        """Return a tree of the definitions around the cursor with `text`, what it is of, and the cursor in that.

        Only when it has no error, which means that the file has none there either; and only in a file so long that
        even an incremental parse takes longer than reading a few definitions anew.
        """
        situation = self._situation
        if self._after is None:
            self._after = self._items_end() if len(self._prefix) + len(self._suffix) > _LONG else -1
        if self._after < 0:
            return None
        head = encoded(situation.head)
        data = head + encoded(text + situation.tail[replaced : self._after])
        tree = parse_patiently(data, situation.language.id, patience=_PATIENCE)
        return (tree, data, len(head)) if tree is not None and not tree.root_node.has_error else None

    def _near_is_sound(self) -> bool:
        """Whether the definitions around the cursor parse as they are: then an error in them is the candidate's."""
        if self._sound_near is None:
            self._sound_near = self._near("", 0) is not None
        return self._sound_near

    def _items_end(self) -> int:
        """Return where after the cursor a definition at the left margin begins, -1 if that is not certain."""
        situation = self._situation
        if not situation.starts_item or situation.crlf or situation.language.id in _IN_MARKUP:
            return -1
        at = situation.tail.find("\n") + 1
        while at > 0:
            if TOP_LEVEL.match(situation.tail, at):
                line = situation.tail[at:].partition("\n")[0]
                return -1 if is_clause(line) or is_case(line) or ends_block(line, situation.profile) else at
            at = situation.tail.find("\n", at) + 1
        return -1

    def _no_worse(self, tree: Tree, data: bytes) -> bool:
        """Whether a document that stays broken has no more errors; recovery depends on the tree a parse starts from.

        So what an incremental parse lets pass is confirmed by two fresh ones.
        """
        if syntax_errors(tree) > self.errors_without():
            return False
        language = self._situation.language.id
        return _fresh_errors(data, language) <= _fresh_errors(self._without(), language)

    def _python_refuses(self, candidate: Candidate, tree: Tree, data: bytes, start: int) -> bool:
        refused = refuses(tree, data, start, start + len(encoded(candidate.text)))
        refused = refused or misindented(candidate.text, self._situation)
        self.python_refused = self.python_refused or refused
        return refused

    def _with(self, candidate: Candidate) -> bytes:
        text = candidate.text.replace("\n", "\r\n") if self._situation.crlf else candidate.text
        replaced = encoded(self._situation.cursor.suffix[: candidate.replaced])
        return b"".join((self._prefix, encoded(text), memoryview(self._suffix)[len(replaced) :]))

    def _without(self) -> bytes:
        """Return the document as it is."""
        if not self._document:
            self._document = self._prefix + self._suffix
        return self._document

    def _sound_without(self) -> bool:
        """Whether the document as it is parses with no lasting error; what breaks it for good is then worse."""
        tree = self._trees.tree(self._without(), self._situation.language.id, patience=_PATIENCE)
        return tree is not None

    def errors_without(self) -> int:
        """Return the number of syntax errors in the document as it is."""
        if self._errors_without is None:
            tree = self._trees.tree(self._without(), self._situation.language.id)
            self._errors_without = syntax_errors(tree) if tree is not None else 0
        return self._errors_without


@lru_cache(maxsize=3)
def _fresh_errors(data: bytes, language_id: str) -> int:
    """Return the number of syntax errors in a text parsed from nothing; the answers at one cursor share a document."""
    tree = parse(data, language_id)
    return syntax_errors(tree) if tree is not None else 0


def check(
    candidate: Candidate, situation: Situation, trees: TreeStore, reasons: list[Reason]
) -> Candidate | Reason:
    """Return `candidate`, or a repaired form of it, or the reason why nothing of it may be shown."""
    gate = Gate(situation, trees)
    if not gate.has_grammar:
        return candidate
    guessed = "\n" in candidate.text and not _END_IS_GUESSED.isdisjoint(reasons)
    if gate.passes(candidate):
        if guessed and gate.left_errors:
            cut = longest_sound(
                candidate.text, situation, lambda text: gate.leaves_none(_fitting(text, situation))
            )
            if cut:
                reasons.append(Reason.REPAIRED_CUT)
                return _fitting(cut, situation)
        return candidate
    if situation.language.advisory:
        if guessed:
            cut = longest_sound(
                candidate.text, situation, lambda text: gate.leaves_none(_fitting(text, situation))
            )
            if cut:
                reasons.append(Reason.REPAIRED_CUT)
                return _fitting(cut, situation)
        reasons.append(Reason.GATE_ADVISORY)
        return candidate
    for tries, (repaired, reason) in enumerate(_repairs(candidate, situation, gate)):
        if tries == _MOST_REPAIRS:
            break
        if repaired.text.strip() and gate.passes(repaired):
            reasons.append(reason)
            return repaired
    return Reason.DROP_PYTHON if gate.python_refused else Reason.DROP_SYNTAX


def _fitting(text: str, situation: Situation) -> Candidate:
    """Return `text` as a candidate that replaces what it closes itself."""
    return Candidate(text, fit(text, situation).replaced)


def _repairs(candidate: Candidate, situation: Situation, gate: Gate) -> Iterator[tuple[Candidate, Reason]]:
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
    cut = longest_sound(candidate.text, situation, lambda text: gate.passes(_fitting(text, situation)))
    if cut:
        yield _fitting(cut, situation), Reason.REPAIRED_CUT
    lines = candidate.text.split("\n")
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
