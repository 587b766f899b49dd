"""The syntax check: an answer is shown only if what it inserts fits the document, which is parsed as a whole.

A document is mostly broken where its user types. When something typed at the cursor makes it whole (nothing, the line
left out, or a plain filling), the hole is its only fault: then an answer must leave no error at all. When it is broken
elsewhere too, an answer must not begin an error of its own, nor add to their number.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from tree_sitter import Query, QueryCursor

from segue_postprocess._brackets import fit, steps
from segue_postprocess._context import container_of
from segue_postprocess._lines import continues_above
from segue_postprocess._pairs import closing_mark
from segue_postprocess._types import Candidate, Reason
from segue_syntax import CLOSERS, OPENERS, Opening, grammar_of, indent_width, parse, syntax_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Tree

    from segue_postprocess._context import CursorContext


_LONGEST_PARSED: Final = 1_000_000  # characters
_LONGEST_LINE: Final = 20_000
_MOST_COMPARED: Final = 3
_MOST_EXTENTS: Final = 3
_MOST_CLOSED: Final = 4
_FILLINGS: Final = ("x", "x:", "x {", "x:\n", ":", " {", "{}", "x;")
_MAGIC: Final = re.compile(rb"^([ \t]*)[%!](?=\S)", re.MULTILINE)
_END_WORD: Final = re.compile(r"^[ \t]*end\b", re.MULTILINE)
_MAGIC_VALUE: Final = re.compile(rb"^([ \t]*[\w, \t]+=[ \t]*)[%!]\S", re.MULTILINE)
_END_IS_GUESSED: Final = frozenset(
    [
        Reason.DRIFT,
        Reason.MAX_LINES,
        Reason.UNIT_END,
        Reason.SCOPE_END,
        Reason.BRACKETS_CUT,
        Reason.REPETITION,
    ]
)
"""Reasons of a cut whose place was a guess, so that a shorter answer may be as good."""
_CUTS: Final = (_END_IS_GUESSED - {Reason.BRACKETS_CUT}) | {
    Reason.SINGLE_LINE,
    Reason.SUFFIX_LINES,
    Reason.REPAIRED_CUT,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The document without an answer: whether it `is_sound`, whether the hole `is_only_fault`, or nobody can tell."""

    is_sound: bool
    is_only_fault: bool
    is_unknown: bool = False


class SyntaxCheck:
    """Parses the document with candidates inserted."""

    def __init__(self, context: CursorContext) -> None:
        self._context = context
        self._language_id = context.language.id
        self._known: dict[tuple[str, int], bool] = {}
        self._compared = 0
        self.is_refused_by_compiler = False

    @property
    def surroundings(self) -> Surroundings:
        """The document as it is; the answers at one cursor share what was found."""
        return self._context.shared("surroundings", self._look_around)

    def accepts(self, candidate: Candidate) -> bool:
        """Whether the document is at least as sound with `candidate`, and what it inserts is."""
        key = candidate.text, candidate.replaced
        if key not in self._known:
            self._known[key] = self._judge(candidate)
        return self._known[key]

    def _judge(self, candidate: Candidate) -> bool:
        start, end, data = self._inserted(candidate.text, candidate.replaced)
        tree = self._sound_tree(data) or self._tree_closed(candidate) or self._tree_no_worse(data, start, end)
        if tree is None:
            return False
        if self._context.language.ends_by_word and self._adds_end(tree, candidate.text):
            return False
        refused = self._is_refused(tree, data, start, end)
        self.is_refused_by_compiler = self.is_refused_by_compiler or refused
        return not refused

    def _is_refused(self, tree: Tree, data: bytes, start: int, end: int) -> bool:
        """Whether the language's compiler refuses what was inserted, though its grammar takes it."""
        context, refuses = self._context, self._context.language.refuses
        header_may_end = not context.on_blank_line or bool(context.line_after.strip())
        return refuses is not None and refuses(
            tree, data, start, end, notebook=self._is_notebook, may_end_with_header=header_may_end
        )

    def _adds_end(self, tree: Tree, text: str) -> bool:
        """Whether `text` brings an end word that ends nothing, which the grammar of Ruby takes for a name."""
        if not _END_WORD.search(text):
            return False
        before = self._context.trees.tree(b"".join(self._context.data), self._language_id)
        return _stray_ends(tree) > (_stray_ends(before) if before is not None else 0)

    @property
    def _is_notebook(self) -> bool:
        path = self._context.cursor.path
        return path.endswith(".ipynb") or ".ipynb#" in path or path.startswith("vscode-notebook-cell:")

    def _inserted(self, text: str, replaced: int) -> tuple[int, int, bytes]:
        """Return the extent of the text in the document that holds it, and the document."""
        before, after = self._context.data
        text = text.replace("\n", "\r\n") if self._context.crlf else text
        typed = text.encode("utf-8", "surrogatepass")
        skipped = len(self._context.cursor.suffix[:replaced].encode("utf-8", "surrogatepass"))
        return len(before), len(before) + len(typed), self._without_magics(before + typed + after[skipped:])

    def _without_magics(self, data: bytes) -> bytes:
        """Return the document with the magic commands of a notebook turned into comments, of the same length."""
        if not self._is_notebook or self._language_id != "python":
            return data
        return _MAGIC_VALUE.sub(rb"\g<1>0#", _MAGIC.sub(rb"\1#", data))

    def _sound_tree(self, data: bytes) -> Tree | None:
        """Return the tree of a text without errors, None if it has any."""
        tree = self._context.trees.tree(data, self._language_id, patience=0)
        return None if tree is None or tree.root_node.has_error else tree

    def _tree_closed(self, candidate: Candidate) -> Tree | None:
        """Return the tree of a document that is sound once what was open before the answer is closed after it."""
        closing = self._closing(candidate.text, older_only=True)
        if not closing:
            return None
        tree = self._sound_tree(self._inserted(candidate.text + closing, candidate.replaced)[2])
        return (
            tree
            if tree is not None and self._counted(self._inserted(candidate.text, candidate.replaced)[2])
            else None
        )

    def _closing(self, text: str, *, older_only: bool) -> str:
        """Return what closes all that is open after `text` and that nothing after the cursor closes."""
        context = self._context
        found, state = steps(text, context)
        older, literal = len(context.openings), state.literal
        still = [
            closing_mark(opening.mark)
            for number, opening in enumerate(found[-1].stack)
            if (number in context.unclosed if number < older else not older_only)
        ]
        if (
            literal is not None
            and literal == context.lex_state.literal
            and literal.mark not in context.line_after
        ):
            still = [mark for mark in still if mark != literal.mark] + [literal.mark]
        return ("\n" if state.line_comment and still else "") + "".join(reversed(still))

    def _tree_no_worse(self, data: bytes, start: int, end: int) -> Tree | None:
        """Return the tree of a document that stays broken, if nothing is wrong with what was inserted.

        Where the hole was the only fault, no error may touch it; else none may begin in it. There may not be more than before.
        """
        surroundings = self.surroundings
        if surroundings.is_sound:
            return None
        tree = self._context.trees.tree(data, self._language_id)
        if tree is None or _has_error_in(tree, start, end, touching=surroundings.is_only_fault):
            return None
        return self._counted(data)

    def _counted(self, data: bytes) -> Tree | None:
        """Return the tree of a document if it has no more errors than without an answer; only some are looked at."""
        if (
            self._compared >= _MOST_COMPARED or self.surroundings.is_sound
        ):  # a sound one has no error to spare
            return None
        self._compared += 1
        before, after = self._context.data
        errors = _errors_of(self._without_magics(before + after), self._language_id)
        tree = parse(
            data, self._language_id
        )  # anew: so their number does not depend on what was parsed before
        return tree if tree is not None and syntax_errors(tree) <= errors else None

    def _look_around(self) -> Surroundings:
        context = self._context
        before, after = context.data
        longest = len(context.line_before) + len(context.line_after)
        if len(before) + len(after) > _LONGEST_PARSED or longest > _LONGEST_LINE:
            return Surroundings(is_sound=False, is_only_fault=False, is_unknown=True)
        if self._sound_tree(self._without_magics(before + after)) is not None:
            return Surroundings(is_sound=True, is_only_fault=True)
        if self._is_whole_without_line() or self.is_fillable():
            return Surroundings(is_sound=False, is_only_fault=True)
        unparsed = context.trees.tree(self._without_magics(before + after), self._language_id) is None
        return Surroundings(is_sound=False, is_only_fault=False, is_unknown=unparsed)

    def _is_whole_without_line(self) -> bool:
        """Whether the document is sound without the cursor's line."""
        before, after = self._context.data
        below = after.find(b"\n") + 1 or len(after)
        return (
            self._sound_tree(self._without_magics(before[: before.rfind(b"\n") + 1] + after[below:]))
            is not None
        )

    def is_fillable(self, text: str = "") -> bool:
        """Whether some plain text after `text` makes the document sound: a name, what closes it, the start of a block."""
        closing = self._closing(text, older_only=False)
        for filling in ("", *_FILLINGS):
            stem, tail = (filling[:1], filling[1:]) if filling[:1] == "x" else ("", filling)
            if self._sound_tree(self._inserted(text + stem + closing + tail, 0)[2]) is not None:
                return True
        return False


def _stray_ends(tree: Tree) -> int:
    """Return how many names are the word ``end``."""
    query = _names_of_end(tree.language)
    return len(QueryCursor(query).captures(tree.root_node).get("end", [])) if query is not None else 0


@cache
def _names_of_end(grammar: Grammar) -> Query | None:
    has_names = grammar.id_for_node_kind("identifier", True) is not None
    return Query(grammar, '((identifier) @end (#eq? @end "end"))') if has_names else None


def _has_error_in(tree: Tree, start: int, end: int, *, touching: bool) -> bool:
    """Whether an ERROR or MISSING node begins inside the extent, or with `touching` reaches it at all."""
    pending: list[Node] = [tree.root_node]
    while pending:
        node = pending.pop()
        if not node.has_error or node.start_byte > end or node.end_byte < start:
            continue
        if (node.is_error or node.is_missing) and (
            touching or start <= node.start_byte < max(end, start + 1)
        ):
            return True
        pending.extend(node.children)
    return False


@lru_cache(maxsize=4)
def _errors_of(data: bytes, language_id: str) -> int:
    """Return the number of syntax errors in a text parsed from nothing, -1 if it cannot be parsed."""
    tree = parse(data, language_id)
    return syntax_errors(tree) if tree is not None else -1


def prepare_check(context: CursorContext) -> None:
    """Parse the text around the cursor ahead of the first answer."""
    if grammar_of(context.language.id) is not None:
        _ = SyntaxCheck(context).surroundings


def check_syntax(candidate: Candidate, context: CursorContext) -> Candidate:
    """Let pass what fits the document, else a repaired form of it; drop it if nothing helps."""
    if grammar_of(context.language.id) is None:
        return candidate
    check = SyntaxCheck(context)
    if check.surroundings.is_unknown:
        return _unchecked(candidate)
    if context.cursor.piece:
        fits = (
            check.is_fillable(candidate.text)
            or not check.surroundings.is_only_fault
            or context.language.advisory
        )
        return candidate if fits else candidate.with_reason(Reason.DROP_SYNTAX, text="")
    if check.accepts(candidate):
        return candidate
    advisory = context.language.advisory
    if (advisory or not check.surroundings.is_sound) and _is_guessed(candidate):
        cut = _cut(candidate, context, check)
        if cut is not None:
            return cut
    if advisory:
        return candidate.with_reason(Reason.GATE_ADVISORY)
    for form in _whole_forms(candidate, context):
        if form.text.strip() and check.accepts(form):
            return form
    shorter = _cut(candidate, context, check)
    if shorter is not None:
        return shorter
    refused = Reason.DROP_PYTHON if check.is_refused_by_compiler else Reason.DROP_SYNTAX
    return candidate.with_reason(refused, text="")


def _unchecked(candidate: Candidate) -> Candidate:
    """Return the first line that says something of an answer that nobody can check."""
    said = candidate.text.lstrip("\n")
    lead = candidate.text[: len(candidate.text) - len(said)]
    return candidate.with_reason(Reason.UNCHECKED, text=lead + said.partition("\n")[0])


def _is_guessed(candidate: Candidate) -> bool:
    """Whether the end of `candidate` is our guess, so that a shorter one may be as good."""
    return "\n" in candidate.text and not _END_IS_GUESSED.isdisjoint(candidate.reasons)


def _cut(candidate: Candidate, context: CursorContext, check: SyntaxCheck) -> Candidate | None:
    """Return the candidate up to the last line that ends well."""

    def fitting(text: str) -> Candidate:
        return candidate.with_reason(Reason.REPAIRED_CUT, text=text, replaced=fit(text, context).replaced)

    cut = longest_sound(candidate.text, context, lambda text: check.accepts(fitting(text)))
    return fitting(cut) if cut else None


def _whole_forms(candidate: Candidate, context: CursorContext) -> Iterator[Candidate]:
    """Yield forms that say the same: what is open closed, brackets replaced or left out, a separator less or more."""
    given = candidate
    while _is_emptied(candidate, context):
        candidate = candidate.with_reason(
            Reason.REPAIRED_CUT, text=candidate.text.rstrip().rpartition("\n")[0]
        )
    text = candidate.text.rstrip()
    if not text:
        return
    if candidate is not given:
        yield candidate
    closed = _closed(text, context)
    if closed is not None:
        yield candidate.with_reason(Reason.REPAIRED_CLOSED, text=closed)
    for extent in context.auto_closed[:_MOST_EXTENTS]:
        if extent != candidate.replaced:
            yield candidate.with_reason(Reason.BRACKETS_REPLACED, replaced=extent)
    for form in _without_foreign_closers(text):
        yield candidate.with_reason(Reason.BRACKETS_CUT, text=form)
    if text.endswith((",", ";")):
        yield candidate.with_reason(Reason.REPAIRED_SEPARATOR, text=text[:-1])
    elif (
        context.container == "elements"
        and not context.line_after.strip()
        and context.next_line.strip()[:1] not in ")]}"
    ):
        yield candidate.with_reason(Reason.REPAIRED_SEPARATOR, text=f"{text},")


def _without_foreign_closers(text: str) -> Iterator[str]:
    """Yield the text without closing brackets at its end that it has not opened."""
    while text[-1:] in OPENERS and text.count(text[-1]) > text.count(OPENERS[text[-1]]):
        text = text[:-1].rstrip()
        yield text


def _is_emptied(candidate: Candidate, context: CursorContext) -> bool:
    """Whether `candidate` was cut off where a block begins: closed at once, it would say something else."""
    text = candidate.text.rstrip()
    if text[-1:] != "{" or ("\n" not in text and _CUTS.isdisjoint(candidate.reasons)):
        return False
    header = context.line_before + text
    return container_of(header, Opening("{", 0, len(header) - 1)) != "elements"


def _closed(text: str, context: CursorContext) -> str | None:
    """Return `text` with the brackets closed that it opens itself, each in the style of its block."""
    found, state = steps(text, context)
    own = [opening for opening in found[-1].stack if opening.offset < 0 and opening.mark in CLOSERS]
    if not state.is_code or not own or len(own) > _MOST_CLOSED:
        return None
    tabs = "\t" in context.head[-2000:]
    result = text.rstrip()
    for opening in reversed(own):
        if opening.mark == "{" and "\n" in text and not result.endswith("{"):
            result += "\n" + ("\t" * (opening.indent // 4) if tabs else " " * opening.indent)
        result += CLOSERS[opening.mark]
    return result


def longest_sound(text: str, context: CursorContext, sound: Callable[[str], bool]) -> str | None:
    """Return `text` up to the last boundary where it is `sound`, None if it is at none.

    What spoils a file stands somewhere and stays, so that halving finds the place; only half a statement is no
    sign, and when that has misled, the ends of statements are tried.
    """
    every, whole = _boundaries(text, context)
    best = _last_sound(text, every, sound)
    return best if best is not None or len(whole) == len(every) else _last_sound(text, whole, sound)


def _last_sound(text: str, ends: list[int], sound: Callable[[str], bool]) -> str | None:
    best: str | None = None
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        cut = text[: ends[middle]].rstrip()
        if sound(cut):
            best, low = cut, middle + 1
        else:
            high = middle
    return best


def _boundaries(text: str, context: CursorContext) -> tuple[list[int], list[int]]:
    """Return where lines but the last end with nothing open that `text` opened, and those after which nothing goes on."""
    found, _ = steps(text, context)
    own = len(context.openings)
    lines = text.split("\n")
    said = [line for line in lines if line.strip()]
    level = context.indent if lines[0].strip() or not said else indent_width(said[0])
    every: list[int] = []
    whole: list[int] = []
    at = -1
    index = 0
    for line, below in itertools.pairwise(lines):
        at += len(line) + 1
        while index + 1 < len(found) and found[index + 1].end <= at:
            index += 1
        if line.strip() and len(found[index].stack) <= own:
            every.append(at)
            if not below.strip() or (indent_width(below) <= level and not continues_above(below)):
                whole.append(at)
    return every, whole
