"""Where the cursor stands: what is open before it, what closes after it, and what the lines around it say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from segue_postprocess._lexis import (
    CLOSERS,
    CODE,
    Mode,
    Opening,
    Profile,
    Scanner,
    Token,
    indent_of,
    leading_space,
    profile_of,
    scanner_of,
)
from segue_syntax import Language, language_of

if TYPE_CHECKING:
    from segue_postprocess._brackets import Step
    from segue_postprocess._types import Cursor

CURSOR_MARK: Final = "\0"
_HEAD_LINES: Final = 70
_TAIL_LINES: Final = (20, 80)
_TOP_LEVEL: Final = re.compile(r"(?!(?:public|private|protected|signals)\b[\w ]*:)[A-Za-z_@$\[]")
_ENDS_DEFINITION: Final = frozenset("\n\r};){:>]*/\"'`")
_DEPTH: Final = 7
_FAR: Final = 20_000  # no comment or string is longer
_SURE_CODE: Final = re.compile(
    r"\n\n(?=(?:async def|def|class|func|function|export|public|internal|static|const|fn|pub|impl|type|interface|module)\b)"
)
_SKIP: Final = 1.0
_OUTER_CLOSER: Final = 1.5
_DEEPER_CLOSER: Final = 0.4

_Begun = tuple[str, int, "_Begun | None", int]
"""A mark, its offset, and the pair closed last before it with the offset of that pair's closing."""

_CASE_PATTERN: Final = re.compile(
    r"""[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^\s()|;&]+)(?:\s*\|\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s()|;&]+))*[ \t]*"""
)
_TYPE_BODY: Final = re.compile(
    r"\b(struct|interface|enum|class|record|union|trait|impl|protocol|extension|object|module|namespace|mod|"
    r"contract|message|service|schema|type|data|annotation|@interface|extern)\b"
)
_STATEMENT_HEADER: Final = re.compile(
    r"(\)|=>|->|\b(else|try|do|finally|loop|unsafe|async|defer|go|catch|ensure|init|get|set|static|then|begin))\s*$"
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing bracket or quote after the cursor whose opening is not after the cursor."""

    mark: str
    offset: int
    indent: int
    leading: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the rules ask about the place of a completion; line ends are plain newlines here.

    `openings` and `closings` are innermost last and first. `auto_closed` are the extents, in characters after
    the cursor, up to which 1, 2, ... closing marks follow it directly, as editors insert them. `starts_item` says
    that `head` begins with a definition or statement at the left margin.
    """

    cursor: Cursor
    language: Language
    profile: Profile
    scanner: Scanner
    head: str
    tail: str
    whole: tuple[bool, bool]
    line_before: str
    line_after: str
    mode: Mode
    openings: tuple[Opening, ...]
    closings: tuple[Closing, ...]
    auto_closed: tuple[int, ...]
    owed: frozenset[int]
    line_depth: int
    indent: int
    previous_line: str
    next_line: str
    crlf: bool
    starts_item: bool
    head_start: int
    head_tokens: list[Token]
    tail_tokens: list[Token]
    memo: dict[str, tuple[str, list[Token], Mode]] = field(default_factory=dict, repr=False, compare=False)
    followed: dict[str, tuple[list[Step], Mode]] = field(default_factory=dict, repr=False, compare=False)

    def typed(self, text: str) -> tuple[str, list[Token], Mode]:
        """Return the cursor's line up to the end of `text`, the tokens of `text` in it, and the mode it ends in."""
        known = self.memo.get(text)
        if known is None:
            joined = self.line_before + text
            tokens, mode = self.scanner.scan(joined, len(self.line_before), self.mode)
            known = self.memo[text] = (joined, tokens, mode)
        return known

    @property
    def indent_chars(self) -> int:
        """How many characters of white space the cursor's line begins with."""
        return len(leading_space(self.line_before))

    @property
    def on_blank_line(self) -> bool:
        return not self.line_before.strip()

    @property
    def in_line(self) -> bool:
        """Whether text that no editor inserted by itself follows the cursor on its line."""
        return bool(re.search(r"\w", self.line_after))

    @property
    def next_indent(self) -> int:
        return indent_of(self.next_line) if self.next_line else -1

    @property
    def around(self) -> str:
        """The lines near the cursor, enough to see how the document is laid out, parted by `CURSOR_MARK`.

        Of the cursor's line only the start counts, so that the next keystroke finds the same lines.
        """
        above = self.head[: len(self.head) - len(self.line_before)][-2500:].partition("\n")[2]
        begun = self.line_before[: self.indent_chars + 1]
        below = self.tail[len(self.line_after) :][:1500]
        return f"{above}{begun}\n{CURSOR_MARK}\n{below}"

    @property
    def previous_indent(self) -> int:
        return indent_of(self.previous_line) if self.previous_line else -1

    @property
    def line_after_blank(self) -> bool:
        """Whether a blank line, or nothing, follows the cursor's line."""
        return not self.tail.partition("\n")[2].partition("\n")[0].strip()

    @property
    def container(self) -> str:
        """What the innermost open bracket holds: "statements", "members", "elements", or "file"."""
        brackets = [opening for opening in self.openings if opening.mark in CLOSERS]
        if not brackets:
            return "file" if not self.profile.offside or self.indent == 0 else self._offside_container()
        return container_of(self.head, brackets[-1])

    def _offside_container(self) -> str:
        for line in reversed(self.head.split("\n")[:-1]):
            if line.strip() and indent_of(line) < self.indent:
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


def ends_case_pattern(text: str, offset: int) -> bool:
    """Whether the ``)`` at `offset` of a shell script ends the pattern of a ``case``, so that nothing opens it."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return bool(_CASE_PATTERN.fullmatch(line)) and line.strip() not in ("done", "fi", "esac", "}")


def closing_mark(mark: str) -> str:
    """Return the mark that closes `mark`; a quote closes itself."""
    return CLOSERS.get(mark, mark)


def look(cursor: Cursor) -> Situation:
    """Read the surroundings of a cursor; the cost is that of a few hundred lines, however long the file is."""
    language = language_of(cursor.language_id, cursor.path)
    scanner = scanner_of(language.id)
    profile = profile_of(language.id)
    crlf = "\r\n" in cursor.prefix[-4000:] or "\r\n" in cursor.suffix[:4000]
    start, nothing_open = _window_start(cursor.prefix, profile)
    head = cursor.prefix[start:].replace("\r\n", "\n")
    mode_at_start = _mode_at(cursor.prefix, start, profile)
    tokens, mode = scanner.scan(head, 0, mode_at_start)
    openings = _openings(head, tokens, mode_at_start)
    line_start = head.rfind("\n") + 1
    line_before = head[line_start:]
    tail, tail_is_whole, tail_tokens, closings = _tail(cursor.suffix, scanner, mode, len(openings))
    line_after = tail.partition("\n")[0]
    previous_line = head[:line_start].rstrip()
    previous_line = previous_line[previous_line.rfind("\n") + 1 :]
    next_line = _next_line(tail.partition("\n")[2])
    _, owed = align(openings, closings, whole=(nothing_open, tail_is_whole))
    return Situation(
        cursor=cursor,
        language=language,
        profile=profile,
        scanner=scanner,
        head=head,
        tail=tail,
        whole=(nothing_open, tail_is_whole),
        line_before=line_before,
        line_after=line_after,
        mode=mode,
        openings=openings,
        closings=closings,
        auto_closed=_auto_closed(line_after, closings),
        owed=frozenset(owed),
        line_depth=sum(1 for opening in openings if opening.offset < line_start),
        indent=indent_of(line_before),
        previous_line=previous_line,
        next_line=next_line,
        crlf=crlf,
        starts_item=nothing_open and mode_at_start.is_code,
        head_start=start,
        head_tokens=tokens,
        tail_tokens=tail_tokens,
    )


def _next_line(text: str) -> str:
    """Return the first line of `text` that says something."""
    stripped = text.lstrip()
    start = text.rfind("\n", 0, len(text) - len(stripped)) + 1
    return text[start:].partition("\n")[0]


def closings_for(situation: Situation, mode: Mode) -> tuple[Closing, ...]:
    """Return what the suffix closes when it is read in `mode`, as it is after a completion that ends in it."""
    if mode == situation.mode:
        return situation.closings
    tokens, _ = situation.scanner.scan(situation.tail, 0, mode)
    return _closings(situation.tail, tokens, mode)


def align(
    openings: tuple[Opening, ...] | list[Opening], closings: tuple[Closing, ...], *, whole: tuple[bool, bool]
) -> tuple[float, list[int]]:
    """Match what is open with what closes; return how badly they fit, and which openings nothing closes.

    An editing distance: skipping an opening or a closing costs 1. Indentation tells them apart when a file is
    half typed: a closing bracket that starts its line left of the opening's line belongs to an outer one.
    `whole` says whether all of the text before and after was read; what lies beyond it costs nothing.
    """
    inner = list(reversed(openings))[:_DEPTH]
    after = closings[:_DEPTH]
    rows, columns = len(inner), len(after)
    openings_end = 0.0 if not whole[1] or len(closings) > _DEPTH else _SKIP
    closings_end = 0.0 if not whole[0] or len(openings) > _DEPTH else _SKIP
    costs = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        costs[i][columns] = costs[i + 1][columns] + openings_end
    for j in range(columns - 1, -1, -1):
        costs[rows][j] = costs[rows][j + 1] + closings_end
    for i in range(rows - 1, -1, -1):
        row, below = costs[i], costs[i + 1]
        for j in range(columns - 1, -1, -1):
            best = min(below[j], row[j + 1]) + _SKIP
            match = _fit(inner[i], after[j])
            if match is not None and below[j + 1] + match <= best:
                best = below[j + 1] + match
            row[j] = best
    owed: list[int] = []
    i = j = 0
    while i < rows:
        if j == columns:
            owed.extend(len(openings) - 1 - k for k in range(i, rows) if openings_end)
            break
        match = _fit(inner[i], after[j])
        if match is not None and costs[i][j] == costs[i + 1][j + 1] + match:
            i, j = i + 1, j + 1
        elif costs[i][j] == costs[i + 1][j] + _SKIP:
            owed.append(len(openings) - 1 - i)
            i += 1
        else:
            j += 1
    return costs[0][0], owed


def _fit(opening: Opening, closing: Closing) -> float | None:
    if closing_mark(opening.mark) != closing.mark:
        return None
    if not closing.leading or closing.indent == opening.indent:
        return 0.0
    return _OUTER_CLOSER if closing.indent < opening.indent else _DEEPER_CLOSER


def _window_start(prefix: str, profile: Profile) -> tuple[int, bool]:
    """Return where the text worth reading before the cursor starts, and whether nothing is open there.

    That is the last line that begins at the left margin with a word, as definitions do, two such lines back. Where
    brackets part definitions, one follows a blank line or the end of another; prose in a long string does not.
    """
    line_start = prefix.rfind("\n") + 1
    at = line_start
    seen = 0
    parted = not (profile.offside or profile.ends_by_word or profile.keyed or profile.prose)
    for _ in range(_HEAD_LINES):
        if at == 0:
            return 0, True
        if at < line_start and prefix[at] not in " \t\n}" and _TOP_LEVEL.match(prefix, at):
            if not parted or prefix[max(0, at - 2)] in _ENDS_DEFINITION:
                seen += 1
            if seen > 1:
                return at, True
        at = prefix.rfind("\n", 0, at - 1) + 1
    return at, at == 0


def _mode_at(prefix: str, start: int, profile: Profile) -> Mode:
    """Return whether the window starts inside a long string or comment, judged by the marks before it."""
    if start == 0:
        return CODE
    earliest = max(0, start - _FAR)
    code = _SURE_CODE.search(prefix, earliest, start) if earliest else None
    since = code.start() if code else 0
    for number, literal in enumerate(profile.literals):
        if not literal.multiline or not literal.mark or literal.mark in "\"'":
            continue
        if literal.comment:
            opening = prefix.rfind(re.sub(r"\\(.)", r"\1", literal.opening), earliest, start)
            if opening > prefix.rfind(literal.mark, earliest, start) and not _is_quoted(prefix, opening):
                return Mode(literal=number)
        elif literal.mark in {'"""', "'''", "`"}:
            if prefix.find(literal.mark, earliest, start) < 0:
                continue
            marks = prefix.count(literal.mark, since, start)
            if (marks - prefix.count(f'"{literal.mark}"', since, start)) % 2:
                return Mode(literal=number)
    return CODE


def _is_quoted(text: str, offset: int) -> bool:
    """Whether `offset` seems to lie in a string or line comment, judged by its line alone."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return bool(before.count('"') % 2 or before.count("'") % 2 or before.count("`") % 2 or "//" in before)


def _openings(text: str, tokens: list[Token], mode: Mode) -> tuple[Opening, ...]:
    stack: list[_Begun] = []
    inside = mode.literal >= 0
    popped: _Begun | None = None
    at = -1
    for mark, start, _ in tokens:
        if mark in ("string", "comment"):
            continue
        if mark in CLOSERS:
            stack.append((mark, start, popped, at))
        elif mark in ")]}":
            if stack and CLOSERS.get(stack[-1][0], stack[-1][0]) == mark:
                popped, at = stack.pop(), start
            elif any(closing_mark(begun[0]) == mark for begun in stack):
                while closing_mark(stack.pop()[0]) != mark:
                    pass
        elif inside:
            inside = False  # the end of the literal that the window starts in
        else:
            stack.append((mark, start, None, -1))
    return tuple(Opening(begun[0], _begun_indent(text, begun), begun[1]) for begun in stack)


def _begun_indent(text: str, begun: _Begun) -> int:
    """Return what `opening_indent` says of each bracket in turn; few are still open, so few are asked for."""
    _, offset, popped, closed_at = begun
    indent = _line_indent(text, offset)
    while popped is not None and text.find("\n", closed_at, offset) < 0:
        _, offset, popped, closed_at = popped
        indent = min(indent, _line_indent(text, offset))
    return indent


def opening_indent(text: str, offset: int, popped: Opening | None) -> int:
    r"""Return the indentation of the construct that opens a bracket at `offset`.

    That is where its first line starts: in ``foo(\n    a) {`` the brace belongs to the line of ``foo``, whose
    bracket was closed (`popped`, with the offset of its closing) on the line of the brace.
    """
    indent = _line_indent(text, offset)
    if popped is not None and "\n" not in text[popped.offset : offset]:
        return min(indent, popped.indent)
    return indent


def _line_indent(text: str, offset: int) -> int:
    start = text.rfind("\n", 0, offset) + 1
    return indent_of(text[start : offset + 1])


def _tail(suffix: str, scanner: Scanner, mode: Mode, depth: int) -> tuple[str, bool, list[Token], tuple[Closing, ...]]:
    tail, whole = "", True
    closings: tuple[Closing, ...] = ()
    tokens: list[Token] = []
    end_mode = mode
    for lines in _TAIL_LINES:
        at = -1
        for _ in range(lines):
            at = suffix.find("\n", at + 1)
            if at < 0:
                break
        whole = at < 0
        read = len(tail) if end_mode.is_code and tokens else 0
        tail = (suffix if whole else suffix[:at]).replace("\r\n", "\n")
        further, end_mode = scanner.scan(tail, read, end_mode if read else mode)
        tokens = [*tokens, *further] if read else further
        closings = _closings(tail, tokens, mode)
        if whole or len(closings) >= min(depth, 2):
            break
    return tail, whole, tokens, closings


def _closings(text: str, tokens: list[tuple[str, int, int]], mode: Mode) -> tuple[Closing, ...]:
    depth: list[str] = []
    found: list[Closing] = []
    inside = mode.literal >= 0
    for mark, start, _ in tokens:
        if mark in CLOSERS:
            depth.append(mark)
        elif mark in ")]}":
            if depth and closing_mark(depth[-1]) == mark:
                depth.pop()
            elif not depth:
                found.append(_closing(text, mark, start))
            elif any(closing_mark(opening) == mark for opening in depth):
                while closing_mark(depth.pop()) != mark:
                    pass
        elif inside and mark not in ("string", "comment"):
            found.append(_closing(text, mark, start))
            inside = False
    return tuple(found)


def _closing(text: str, mark: str, offset: int) -> Closing:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset]
    return Closing(mark, offset, indent_of(before), leading=start > 0 and not before.strip())


def _auto_closed(line_after: str, closings: tuple[Closing, ...]) -> tuple[int, ...]:
    extents: list[int] = []
    at = 0
    for closing in closings:
        end = closing.offset + len(closing.mark)
        if end > len(line_after) or line_after[at : closing.offset].strip():
            break
        extents.append(end)
        at = end
    return tuple(extents)
