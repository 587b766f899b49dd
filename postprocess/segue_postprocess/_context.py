"""Where the cursor stands: what is open before it, what closes after it, and what the lines around it say."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from segue_postprocess._pairs import Closing, align, auto_closed, closings_in
from segue_postprocess._window import read_head, read_tail, state_at, window_start
from segue_syntax import (
    CLOSERS,
    Language,
    LexState,
    Opening,
    Scanner,
    Token,
    indent_width,
    language_of,
    leading_space,
    scanner_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._pairs import BracketState
    from segue_postprocess._types import Cursor
    from segue_syntax import TreeStore

_T = TypeVar("_T")
_MOST_SHARED: Final = (
    200  # texts followed at one cursor, so that a long stream does not keep all its beginnings
)
_AROUND: Final = 2500
_LINES_ABOVE: Final = 200
_SHORT_HEAD: Final = 1500
CURSOR_MARK: Final = "\0"
_TYPE_BODY: Final = re.compile(
    r"\b(struct|interface|enum|class|record|union|trait|impl|protocol|extension|object|module|namespace|mod|"
    r"contract|message|service|schema|type|data|annotation|@interface|extern)\b"
)
_STATEMENT_HEADER: Final = re.compile(
    r"(\)|=>|->|\b(else|try|do|finally|loop|unsafe|async|defer|go|catch|ensure|init|get|set|static|then|begin))\s*$"
)


@dataclass(frozen=True)
class CursorContext:
    """Everything the rules ask about the place of a completion; line ends are plain newlines here.

    `openings` and `closings` are innermost last and first. `auto_closed` are the extents, in characters after
    the cursor, up to which 1, 2, ... closing marks follow it directly, as editors insert them.
    """

    cursor: Cursor
    trees: TreeStore
    language: Language
    scanner: Scanner
    head: str
    tail: str
    whole: tuple[bool, bool]
    line_before: str
    line_after: str
    lex_state: LexState
    openings: tuple[Opening, ...]
    closings: tuple[Closing, ...]
    auto_closed: tuple[int, ...]
    unclosed: frozenset[int]
    line_depth: int
    indent: int
    previous_line: str
    next_line: str
    crlf: bool
    memo: dict[str, tuple[str, list[Token], LexState]] = field(
        default_factory=dict, repr=False, compare=False
    )
    followed: dict[str, tuple[list[BracketState], LexState]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _found: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def typed(self, text: str) -> tuple[str, list[Token], LexState]:
        """Return the cursor's line up to the end of `text`, the tokens of `text` in it, and the mode it ends in."""
        known = self.memo.get(text)
        if known is None:
            joined = self.line_before + text
            tokens, mode = self.scanner.scan(joined, len(self.line_before), self.lex_state)
            known = self.memo[text] = (joined, tokens, mode)
        return known

    @cached_property
    def surroundings(self) -> str:
        """The text around the cursor that was read."""
        return self.head + self.tail

    @cached_property
    def data(self) -> tuple[bytes, bytes]:
        """The whole text before and after the cursor in UTF-8; a lone surrogate, which an editor can send, is kept."""
        cursor = self.cursor
        return cursor.prefix.encode("utf-8", "surrogatepass"), cursor.suffix.encode("utf-8", "surrogatepass")

    @cached_property
    def lines_above(self) -> list[str]:
        """The last lines above the cursor's that say something, without the space around them."""
        above = self.cursor.prefix.rsplit("\n", _LINES_ABOVE)[-_LINES_ABOVE:-1]
        return [said for line in above if (said := line.strip())]

    @cached_property
    def places_above(self) -> dict[str, list[int]]:
        """Where each of the lines above stands among them."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines_above):
            places[line].append(place)
        return dict(places)

    def shared(self, name: str, find: Callable[[], _T]) -> _T:
        """Return what `find` returns, which is asked only once at this cursor."""
        if name not in self._found:
            self._found[name] = find()
        found: _T = self._found[name]
        return found

    def prepare(self) -> None:
        """Read what answers ask for, ahead of the first."""
        _ = self.places_above
        if self.lex_state.is_code and self.language.line_comments:
            closings_for(self, LexState(line_comment=True))

    @property
    def indent_chars(self) -> int:
        """How many characters of white space the cursor's line begins with."""
        return len(leading_space(self.line_before))

    @property
    def on_blank_line(self) -> bool:
        return not self.line_before.strip()

    @property
    def in_line(self) -> bool:
        """Whether text that no editor inserted by itself follows the cursor on its line: words, or the start of a block."""
        return bool(re.search(r"\w", self.line_after)) or self.line_after.rstrip()[-1:] in CLOSERS

    @property
    def next_indent(self) -> int:
        return indent_width(self.next_line) if self.next_line else -1

    @property
    def around(self) -> str:
        """The lines near the cursor, enough to see how the document is laid out, parted by `CURSOR_MARK`.

        Of the cursor's line only the start counts, so that the next keystroke finds the same lines.
        """
        text = self.head if len(self.head) > _SHORT_HEAD else self.cursor.prefix
        end = len(text) - len(self.line_before)
        above = text[text.find("\n", end - _AROUND) + 1 if end > _AROUND else 0 : end]
        begun = self.line_before[: self.indent_chars + 1]
        below = self.tail[len(self.line_after) :][:1500]
        return f"{above}{begun}\n{CURSOR_MARK}\n{below}"

    @property
    def previous_indent(self) -> int:
        return indent_width(self.previous_line) if self.previous_line else -1

    @property
    def container(self) -> str:
        """What the innermost open bracket holds: "statements", "members", "elements", or "file"."""
        return self.held_by(self.openings)

    def held_by(self, openings: tuple[Opening, ...]) -> str:
        """Return what the innermost bracket of `openings`, all of them before the cursor, holds."""
        brackets = [opening for opening in openings if opening.mark in CLOSERS]
        if not brackets:
            return (
                "file"
                if not self.language.indentation_based or self.indent == 0
                else self._offside_container()
            )
        return container_of(self.head, brackets[-1])

    def _offside_container(self) -> str:
        for line in reversed(self.head.split("\n")[:-1]):
            if line.strip() and indent_width(line) < self.indent:
                return "members" if _TYPE_BODY.search(line.split("(")[0]) else "statements"
        return "statements"


def container_of(text: str, opening: Opening) -> str:
    """Return what the bracket `opening` of `text` holds, judged by what stands before it."""
    if opening.mark != "{":
        return "elements"
    header = text[text.rfind("\n", 0, opening.offset) + 1 : opening.offset].rstrip()
    if not header.strip():
        header = text[: opening.offset].rstrip()
        header = header[header.rfind("\n") + 1 :]
    if _STATEMENT_HEADER.search(header):
        return "statements"
    if _TYPE_BODY.search(header):
        return "members"
    if header.endswith(("++", "--")):
        return "statements"
    if not header.strip() or header.endswith(("=", "(", "[", "{", ":", ",", "return", "?", "+", "|", "&")):
        return "elements"
    return "statements"


_last: CursorContext | None = None


def read_context(cursor: Cursor, trees: TreeStore) -> CursorContext:
    """Read the surroundings of a cursor; the cost is that of a few hundred lines, however long the file is.

    The stream filter and every answer at one cursor share what was read.
    """
    global _last  # noqa: PLW0603 - replaced as a whole: threads may share it
    last = _last
    if last is not None and last.cursor == cursor and last.trees is trees and len(last.memo) < _MOST_SHARED:
        return last
    _last = context = read_apart(cursor, trees)
    return context


def read_apart(cursor: Cursor, trees: TreeStore) -> CursorContext:
    """Read the surroundings of a cursor without keeping them for the next call."""
    language = language_of(cursor.language_id, cursor.path)
    scanner = scanner_of(language.id)
    crlf = "\r\n" in cursor.prefix[-4000:] or "\r\n" in cursor.suffix[:4000]
    start, nothing_open = window_start(cursor.prefix, language)
    head = cursor.prefix[start:].replace("\r\n", "\n")
    state_at_start = state_at(cursor.prefix, start, language.id)
    lex_state, openings = read_head(head, language.id, state_at_start)
    line_start = head.rfind("\n") + 1
    line_before = head[line_start:]
    tail, tail_is_whole, closings = read_tail(cursor.suffix, language.id, lex_state, len(openings))
    line_after = tail.partition("\n")[0]
    previous_line = head[:line_start].rstrip()
    previous_line = previous_line[previous_line.rfind("\n") + 1 :]
    next_line = _next_line(tail.partition("\n")[2])
    _, unclosed = align(openings, closings, whole=(nothing_open, tail_is_whole))
    return CursorContext(
        cursor=cursor,
        trees=trees,
        language=language,
        scanner=scanner,
        head=head,
        tail=tail,
        whole=(nothing_open, tail_is_whole),
        line_before=line_before,
        line_after=line_after,
        lex_state=lex_state,
        openings=openings,
        closings=closings,
        auto_closed=auto_closed(line_after, closings),
        unclosed=frozenset(unclosed),
        line_depth=sum(1 for opening in openings if opening.offset < line_start),
        indent=indent_width(line_before),
        previous_line=previous_line,
        next_line=next_line,
        crlf=crlf,
    )


def _next_line(text: str) -> str:
    """Return the first line of `text` that says something."""
    stripped = text.lstrip()
    start = text.rfind("\n", 0, len(text) - len(stripped)) + 1
    return text[start:].partition("\n")[0]


def closings_for(context: CursorContext, mode: LexState) -> tuple[Closing, ...]:
    """Return what the suffix closes when it is read in `mode`, as it is after a completion that ends in it."""
    if mode == context.lex_state:
        return context.closings
    return _closings_in_mode(context.tail, context.language.id, mode)


@lru_cache(maxsize=8)
def _closings_in_mode(tail: str, language_id: str, mode: LexState) -> tuple[Closing, ...]:
    scanner = scanner_of(language_id)
    tokens, end = scanner.scan(tail, 0, mode)
    closings = closings_in(tail, tokens, mode, language_of(language_id))
    if end.literal is None:
        return closings
    quote = end.literal.mark  # what closed a string now opens one that nothing closes
    return (*closings, Closing(quote, len(tail), -1, leading=False))
