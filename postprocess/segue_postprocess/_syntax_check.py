"""The syntax gate: a suggestion is shown only if the file parses at least as well with it as without it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from segue_postprocess._boundary import longest_sound
from segue_postprocess._brackets import fit, steps
from segue_postprocess._excerpt import excerpt_of
from segue_postprocess._ground import ground_of, too_long
from segue_postprocess._lexis import CLOSERS
from segue_postprocess._python import misindented, refuses
from segue_postprocess._reasons import Reason
from segue_syntax import grammar_of, parse, parse_patiently, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from segue_postprocess._excerpt import Excerpt
    from segue_postprocess._ground import Ground
    from segue_postprocess._situation import Situation
    from segue_syntax import TreeStore

_MOST_EXTENTS = 3
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
_TRAILING_CLOSERS = 2
_PATIENCE = 0
_BRACKETS = (Reason.BRACKETS_CUT, Reason.BRACKETS_REPLACED)
_MOST_COMPARED = 2
_HANDY = 2_500
_LONG = 80_000  # characters of a document above which even its incremental parse takes longer than a large excerpt's
_NEAR = 20_000  # characters to each side that are parsed where a document stays broken


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to insert, with how many characters after the cursor it replaces."""

    text: str
    replaced: int


class Gate:
    """Parses the surroundings of the cursor with candidates inserted and compares; without only if need be.

    Where there is a ground, it decides. Elsewhere an excerpt around the cursor is believed when it rejects. When it
    accepts, it is believed if it is plain text of the document from one item at the left margin to another; else only of
    what completes something broken, in a long document or one that is broken elsewhere: the headers it stands under may
    hide what the candidate breaks beyond it.
    """

    def __init__(self, situation: Situation, trees: TreeStore) -> None:
        self._situation = situation
        self._language = situation.language.id
        self._trees = trees
        self._ground = ground_of(situation, trees)
        self._is_long = len(situation.cursor.prefix) + len(situation.cursor.suffix) >= _LONG
        self._too_long = too_long(situation)
        self._sound: dict[Candidate, bool] = {}
        self._sound_whole: dict[Candidate, bool] = {}
        self._no_worse: dict[Candidate, bool] = {}
        self.python_refused = False

    @cached_property
    def _excerpt(self) -> Excerpt | None:
        return excerpt_of(self._situation)

    @cached_property
    def _asks_whole(self) -> bool:
        """Whether an excerpt tells nothing, or would take longer than the document."""
        excerpt = self._excerpt
        return excerpt is None or (not self._is_long and len(excerpt.before) + len(excerpt.after) > _HANDY)

    def is_sound(self, candidate: Candidate) -> bool:
        """Whether nothing is wrong around the cursor with `candidate`."""
        known = self._sound.get(candidate)
        if known is None:
            known = self._sound[candidate] = self._judge(candidate)
        return known

    def _judge(self, candidate: Candidate) -> bool:
        if self._ground is not None or self._asks_whole or self._leaves_string_open(candidate):
            return self.is_sound_whole(candidate)
        if self._excerpt is not None and self._excerpt.plain and self._is_sound_in_excerpt(candidate):
            return True
        if not self._is_long and self.is_sound_whole(candidate):
            return True
        if not self._is_sound_in_excerpt(candidate):
            return False
        if self.is_broken_without() and (self._is_long or not self._is_sound_without_whole()):
            return True
        return (self._is_long and self.is_sound_whole(candidate)) or self._is_no_worse_whole(candidate)

    def _leaves_string_open(self, candidate: Candidate) -> bool:
        """Whether `candidate` ends inside a string or comment that it began: how far that reaches no part can tell."""
        _, mode = steps(candidate.text, self._situation)
        return mode.literal >= 0 and self._situation.mode.literal < 0

    def _is_sound_in_excerpt(self, candidate: Candidate) -> bool:
        if self._excerpt is None:
            return False
        data = _encoded(self._excerpt.with_text(candidate.text, candidate.replaced))
        tree = parse_patiently(data, self._language, patience=_PATIENCE)
        if tree is None or tree.root_node.has_error:
            return False
        return self._python_accepts(candidate, tree, data, len(_encoded(self._excerpt.before)))

    def is_broken_without(self) -> bool:
        """Whether something is wrong around the cursor as it is."""
        if self._ground is not None:
            return not self._ground.is_sound
        if self._excerpt is None or self._asks_whole:
            return not self._is_sound_without_whole()
        return not _is_sound(_encoded(self._excerpt.with_text("", 0)), self._language)

    def is_sound_whole(self, candidate: Candidate) -> bool:
        """Whether the whole document has no error with `candidate`: an excerpt may mislead where it is broken anyway."""
        known = self._sound_whole.get(candidate)
        if known is None:
            known = self._sound_whole[candidate] = self._judge_whole(candidate)
        return known

    def _judge_whole(self, candidate: Candidate) -> bool:
        if self._too_long:
            return self._has_no_more_errors(candidate)
        if self._ground is not None:
            return self._is_sound_on(self._ground, candidate)
        data = self._whole(candidate.text, candidate.replaced)
        tree = self._trees.tree(data, self._language, patience=_PATIENCE)
        if tree is None or tree.root_node.has_error:
            return False
        return self._python_accepts(candidate, tree, data, len(_encoded(self._situation.cursor.prefix)))

    def _is_sound_on(self, ground: Ground, candidate: Candidate) -> bool:
        text, replaced = self._typed(candidate)
        for plot in ground.plots[-1:] if self._leaves_string_open(candidate) else ground.plots:
            data, tree = plot.with_text(text, replaced)
            if tree is None:
                return False
            if plot.proves(tree, len(data)):
                return self._python_accepts(candidate, tree, data, len(plot.before))
        return False

    def is_no_worse(self, candidate: Candidate) -> bool:
        """Whether a document that is broken with and without `candidate` has no more errors with it."""
        if self._excerpt is not None:
            data = _encoded(self._excerpt.with_text(candidate.text, candidate.replaced))
            without = _encoded(self._excerpt.with_text("", 0))
            if _errors(data, self._language) > _errors_known(without, self._language):
                return False
        return self._is_no_worse_whole(candidate)

    def _is_no_worse_whole(self, candidate: Candidate) -> bool:
        known = self._no_worse.get(candidate)
        if known is None:
            known = self._no_worse[candidate] = (
                len(self._no_worse) < _MOST_COMPARED
                and not self._is_sound_without_whole()
                and self._has_no_more_errors(candidate)
            )
        return known

    def _has_no_more_errors(self, candidate: Candidate) -> bool:
        data, start = self._compared(candidate.text, candidate.replaced)
        tree = parse(data, self._language)
        if tree is None:
            return True
        if syntax_errors(tree) > _errors_known(self._compared("", 0)[0], self._language):
            return False
        return self._python_accepts(candidate, tree, data, start)

    def _is_sound_without_whole(self) -> bool:
        if self._ground is not None:
            return self._ground.is_sound
        if self._too_long:
            return _errors_known(self._compared("", 0)[0], self._language) == 0
        tree = self._trees.tree(self._whole("", 0), self._language, patience=_PATIENCE)
        return tree is not None and not tree.root_node.has_error

    def _compared(self, text: str, replaced: int) -> tuple[bytes, int]:
        """Return what is parsed to count errors with `text` at the cursor, and where the cursor is in it.

        It is the whole document: how far an error reaches shows in what it swallows. Of one that is too long it is
        the surroundings of the cursor.
        """
        prefix = self._situation.cursor.prefix
        if not self._too_long:
            return self._whole(text, replaced), len(_encoded(prefix))
        if len(prefix) <= _NEAR:
            head = prefix
        elif self._excerpt is not None:
            head = self._excerpt.before
        else:
            start = len(prefix) - _NEAR
            head = prefix[max(start, prefix.find("\n", start) + 1) :]
        before = _encoded(head)
        return before + _encoded(text + self._situation.cursor.suffix[replaced:_NEAR]), len(before)

    def _python_accepts(self, candidate: Candidate, tree: Tree, data: bytes, start: int) -> bool:
        if self._language != "python":
            return True
        refused = refuses(tree, data, start, start + len(_encoded(candidate.text)))
        refused = refused or misindented(candidate.text, self._situation)
        self.python_refused = self.python_refused or refused
        return not refused

    def _typed(self, candidate: Candidate) -> tuple[bytes, int]:
        """Return the bytes that `candidate` inserts into the document, and how many it replaces."""
        text = candidate.text.replace("\n", "\r\n") if self._situation.crlf else candidate.text
        return _encoded(text), len(_encoded(self._situation.cursor.suffix[: candidate.replaced]))

    def _whole(self, text: str, replaced: int) -> bytes:
        cursor = self._situation.cursor
        text = text.replace("\n", "\r\n") if self._situation.crlf else text
        return _encoded(cursor.prefix) + _encoded(text) + _encoded(cursor.suffix[replaced:])


def _encoded(text: str) -> bytes:
    """Return `text` in UTF-8; a lone surrogate, which an editor can send, is kept."""
    return text.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=4)
def _is_sound(data: bytes, language_id: str) -> bool:
    """Whether a text parses without error; the answers at one cursor share the text without them."""
    tree = parse_patiently(data, language_id, patience=_PATIENCE)
    return tree is not None and not tree.root_node.has_error


@lru_cache(maxsize=4)
def _errors_known(data: bytes, language_id: str) -> int:
    """Return what `_errors` does, for a text that the answers at one cursor share."""
    return _errors(data, language_id)


def _errors(data: bytes, language_id: str) -> int:
    """Return the number of syntax errors in a text parsed from nothing."""
    tree = parse(data, language_id)
    return syntax_errors(tree) if tree is not None else 0


def prepare(situation: Situation, trees: TreeStore) -> None:
    """Parse what stands around the cursor ahead of the first answer."""
    if grammar_of(situation.language.id) is not None:
        Gate(situation, trees).is_broken_without()


def check(
    candidate: Candidate, situation: Situation, trees: TreeStore, reasons: list[Reason]
) -> Candidate | Reason:
    """Return `candidate`, or a repaired form of it, or the reason why nothing of it may be shown."""
    if grammar_of(situation.language.id) is None:
        return candidate
    gate = Gate(situation, trees)
    if gate.is_sound(candidate):
        return candidate
    broken = gate.is_broken_without()
    if broken and gate.is_sound_whole(candidate):
        return candidate
    if (broken or situation.language.advisory) and _is_guessed(candidate, reasons):
        cut = longest_sound(candidate.text, situation, lambda text: gate.is_sound(_fitting(text, situation)))
        if cut:
            reasons.append(Reason.REPAIRED_CUT)
            return _fitting(cut, situation)
    if situation.language.advisory:
        if not (broken and gate.is_no_worse(candidate)):
            reasons.append(Reason.GATE_ADVISORY)
        return candidate
    repaired = _repaired(candidate, situation, gate, broken=broken)
    if repaired is None:
        return Reason.DROP_PYTHON if gate.python_refused else Reason.DROP_SYNTAX
    if repaired[0] is not candidate:
        reasons.append(repaired[1])
    return repaired[0]


def _is_guessed(candidate: Candidate, reasons: list[Reason]) -> bool:
    """Whether the end of `candidate` is our guess, so that a shorter one may be as good."""
    return "\n" in candidate.text and not _END_IS_GUESSED.isdisjoint(reasons)


def _repaired(
    candidate: Candidate, situation: Situation, gate: Gate, *, broken: bool
) -> tuple[Candidate, Reason] | None:
    """Return the best repaired form of `candidate` and what was done, None if nothing helps."""
    whole = [form for form in _whole_forms(candidate, situation) if form[0].text.strip()]
    for repaired, reason in whole:
        if (reason in _BRACKETS or not broken) and gate.is_sound(repaired):
            return repaired, reason
    if broken and gate.is_no_worse(candidate):
        return candidate, Reason.GATE_ADVISORY

    def passes(form: Candidate) -> bool:
        return gate.is_sound(form) or (broken and gate.is_no_worse(form))

    for repaired, reason in whole if broken else ():
        if passes(repaired):
            return repaired, reason
    cut = longest_sound(candidate.text, situation, lambda text: passes(_fitting(text, situation)))
    if cut:
        return _fitting(cut, situation), Reason.REPAIRED_CUT
    first = _first_line(candidate, situation)
    return (first, Reason.REPAIRED_CUT) if first is not None and passes(first) else None


def _fitting(text: str, situation: Situation) -> Candidate:
    """Return `text` as a candidate that replaces what it closes itself."""
    return Candidate(text, fit(text, situation).replaced)


def _whole_forms(candidate: Candidate, situation: Situation) -> Iterator[tuple[Candidate, Reason]]:
    """Yield forms that keep what is said: what is open closed, brackets replaced or left out."""
    closed = _closed(candidate.text, situation)
    if closed is not None:
        yield Candidate(closed, candidate.replaced), Reason.REPAIRED_CLOSED
    for extent in situation.auto_closed[:_MOST_EXTENTS]:
        if extent != candidate.replaced:
            yield Candidate(candidate.text, extent), Reason.BRACKETS_REPLACED
    bare = candidate.text.rstrip()
    for _ in range(_TRAILING_CLOSERS):
        if bare[-1:] not in (")", "]", "}"):
            break
        bare = bare[:-1].rstrip()
        yield Candidate(bare, candidate.replaced), Reason.BRACKETS_CUT


def _first_line(candidate: Candidate, situation: Situation) -> Candidate | None:
    """Return the first line of an answer of several, closed."""
    lines = candidate.text.split("\n")
    if len(lines) == 1:
        return None
    said = next((number for number, line in enumerate(lines) if line.strip()), 0)
    first = "\n".join(lines[: said + 1]).rstrip()
    return Candidate(_closed(first, situation) or first, fit(first, situation).replaced)


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
