"""The part of a document that a syntax check needs: the items around the cursor, and the headers they stand under.

An item is a definition or statement; its neighbours at the same depth need not be parsed to see whether a change
inside it is sound. What encloses it is kept as headers (``class A {``, ``def f():``) and their closings, so that
the excerpt parses as the same kind of place. Indentation tells items and headers apart: where it misleads, the
excerpt does not parse, which proves nothing about the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from segue_postprocess._lexis import CLOSERS
from segue_postprocess._lines import closes_only, ends_block, is_case, is_clause, without_comment

if TYPE_CHECKING:
    from segue_postprocess._lexis import Token
    from segue_postprocess._situation import Situation

_HANDY: Final = 2_000
_LONGEST_TYPED: Final = 200
_FAR: Final = 8_000
_DEEPEST: Final = 1 << 20
_MOST_HEADER_LINES: Final = 30
_MOST_HEADERS: Final = 12
_MOST_TRIES: Final = 40
IN_MARKUP: Final = frozenset(["html", "vue", "svelte", "xml", "markdown"])
_STYLES: Final = frozenset(["css", "scss", "less"])
_STARTS: Final = re.compile(r"[A-Za-z_@$\[\"~]|#\[|\*?\w")
_STYLE_STARTS: Final = re.compile(r"[^\s})/]")
_GOES_ON: Final = re.compile(r"(?:[=+*%&|?<.\\(\[-]|\b(?:and|or|not|in|return|extends|implements))$")
_INTRODUCES: Final = re.compile(r"@|#\[|\[.*\]$|template\b.*>$")
_OPENS: Final = re.compile(r"[{(\[]\s*(?:\|[^|\n]*\|)?$")
_WORD_OPENS: Final = re.compile(r"(?:\bfunction\b[^()]*\([^()]*\)|\b(?:do|then|begin)|\|)$")
_ACCESS: Final = re.compile(r"(?:public|private|protected|signals)\b[\w ]*:$")
_CONDITION: Final = re.compile(r"^[ \t]*#[ \t]*(if|endif)", re.MULTILINE)
_CLOSING: Final = re.compile(r"(?:end\b)?[)\]};]*")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What stands before and after the cursor; line ends are plain newlines.

    It is `plain` when it is one stretch of the document from one item at the left margin to another, where brackets or
    indentation, not words, end items. Its items are the last `above` characters of the document before the cursor and
    the first `below` after it.
    """

    before: str
    after: str
    plain: bool
    above: int
    below: int

    def with_text(self, text: str, replaced: int) -> str:
        """Return the excerpt with `text` at the cursor, in place of `replaced` characters after it."""
        return self.before + text + self.after[replaced:]


@dataclass(frozen=True, slots=True)
class _Header:
    """The lines that begin a construct up to the opening of its body, and where they stand in the prefix."""

    offset: int
    margin: str
    text: str


_last: tuple[Situation, Excerpt | None] | None = None


def excerpt_of(situation: Situation) -> Excerpt | None:
    """Return the excerpt around the cursor, None where no items can be told apart.

    Typing on in a line that has begun changes it only by what is typed.
    """
    global _last  # noqa: PLW0603 - one pair, replaced as a whole: threads may share it
    last = _last
    typed = _typed_since(last[0], situation) if last is not None else None
    if last is not None and typed is not None:
        excerpt = last[1] and replace(
            last[1], before=last[1].before + typed, above=last[1].above + len(typed)
        )
    else:
        excerpt = _find(situation)
    _last = situation, excerpt
    return excerpt


def _typed_since(before: Situation, now: Situation) -> str | None:
    """Return what was typed on the cursor's line since `before`, None if anything else may have changed."""
    one, two = before.cursor, now.cursor
    if (
        before.language is not now.language
        or before.on_blank_line
        or not 0 <= len(two.prefix) - len(one.prefix) <= _LONGEST_TYPED
        or one.suffix != two.suffix
        or not two.prefix.startswith(one.prefix)
    ):
        return None
    typed = two.prefix[len(one.prefix) :]
    return None if "\n" in typed else typed


def _find(situation: Situation) -> Excerpt | None:
    if situation.language.id in IN_MARKUP:
        return None
    starts = _starts(situation)
    if not starts:
        return None
    tail = situation.tail
    ends = _ends(situation, tail, max(starts))
    if not starts.keys() & ends.keys() and not situation.whole[1]:
        tail = situation.cursor.suffix[:_FAR].replace("\r\n", "\n")
        ends = _ends(situation, tail, max(starts))
    whole = len(situation.head)
    sizes = {depth: whole - starts[depth] + ends[depth] for depth in starts.keys() & ends.keys()}
    for depth in sorted(sizes, key=lambda depth: (sizes[depth] > _HANDY, depth)):
        head, rest = situation.head[starts[depth] :], tail[: ends[depth]]
        surroundings = _surroundings(situation, starts[depth], depth, rest)
        if surroundings is None:
            break  # less deep headers are part of all deeper ones
        opened, closed = surroundings
        if "#" not in situation.profile.line_comments:
            missing, left = _conditions(head + rest)
            opened, closed = opened + "#if 1\n" * missing, "\n#endif\n" * left + closed
        plain = not (opened or closed or situation.profile.ends_by_word)
        above, below = _written(head, situation), _written(rest, situation)
        return Excerpt(opened + head, rest + closed, plain, above, below)
    return None


def _written(text: str, situation: Situation) -> int:
    """Return how many characters of the document `text`, whose line ends are plain newlines, takes."""
    return len(text) + (text.count("\n") if situation.crlf else 0)


def _starts(situation: Situation) -> dict[int, int]:
    """Return for each depth where the nearest item above the cursor's line begins, if nothing less deep parts them."""
    lines = situation.head.split("\n")
    buried = _buried(situation.head, situation.head_tokens)
    at = len(situation.head) - len(situation.line_before)
    lowest = situation.indent_chars if situation.line_before.strip() else _DEEPEST
    found: dict[int, int] = {}
    candidate, candidate_depth, candidate_at = "", 0, 0
    for number in range(len(lines) - 2, -1, -1):
        line = lines[number]
        at -= len(line) + 1
        text = line.lstrip()
        depth = len(line) - len(text)
        if not text or number in buried or not (candidate or depth <= lowest):
            continue
        text = text.rstrip()
        note = _is_note(text, situation)
        if candidate:
            if _starts_item(candidate, candidate_depth, "" if note else text, situation):
                found.setdefault(candidate_depth, candidate_at)
            if lowest == 0 and 0 in found:
                return found
            candidate = ""
        if note or depth > lowest or (depth == lowest and depth in found):
            continue
        if depth < lowest < _DEEPEST and (text[-1] in "{([:>" or situation.profile.ends_by_word):
            found.setdefault(lowest, at + len(line) + 1)
        candidate, candidate_depth, candidate_at = text, depth, at
        lowest = depth
    if situation.starts_item:
        found.setdefault(0, 0)
    return found


def _ends(situation: Situation, tail: str, deepest: int) -> dict[int, int]:
    """Return for each depth where the items that the cursor stands among end, the one just below it included."""
    lines = tail.split("\n")
    buried = _buried(situation.tail, situation.tail_tokens)
    found: dict[int, int] = {}
    lowest = deepest + 1
    above, above_depth = "", -1
    has_neighbour = False  # a comment is none: it goes with whatever the text ends in
    at = len(lines[0]) + 1
    for number in range(1, len(lines)):
        line = lines[number]
        text = line.lstrip()
        depth = len(line) - len(text)
        if text and number not in buried:
            is_note = _is_note(text := text.rstrip(), situation)
            if depth < lowest and not is_note:
                for level in range(depth + 1, lowest):
                    found.setdefault(level, at)
                lowest = depth + 1
                begins = has_neighbour and _starts_item(text, depth, above, situation)
                outer = text[0] == "}" and depth == above_depth and closes_only(above)
                if begins or outer:
                    found.setdefault(depth, at)
                    lowest = depth
                if lowest == 0:
                    return found
            has_neighbour = has_neighbour or not is_note
            above, above_depth = text, depth
        at += len(line) + 1
    if situation.whole[1] and len(tail) == len(situation.tail):
        for level in range(lowest):
            found.setdefault(level, len(tail))
    return found


def _buried(text: str, tokens: list[Token]) -> set[int]:
    """Return the numbers of the lines that begin inside a string or comment."""
    found: set[int] = set()
    for mark, start, end in tokens:
        if mark in ("string", "comment") and end - start > 2 and text.find("\n", start, end) >= 0:
            first = text.count("\n", 0, start)
            found.update(range(first + 1, first + text.count("\n", start, end) + 1))
    return found


def _starts_item(line: str, depth: int, above: str, situation: Situation) -> bool:
    """Whether an item begins with `line`; a brace does so as an element of a list, not below the bounds of a type."""
    pattern = _STYLE_STARTS if situation.language.id in _STYLES else _STARTS
    if line[0] == "{":
        return depth > 0 and above[-1:] == ","
    return (
        bool(pattern.match(line))
        and not is_clause(line)
        and not is_case(line)
        and not ends_block(line, situation.profile)
        and not _GOES_ON.search(above)
        and not _INTRODUCES.match(above)
    )


def _is_note(line: str, situation: Situation) -> bool:
    """Whether `line` is a comment, directive or label, which may stand at any depth."""
    if line[-1] == ":" and not situation.profile.offside and (is_case(line) or _ACCESS.match(line)):
        return True
    return line[0] in "#/*-;%" and line.startswith((*situation.profile.line_comments, "/*", "*", "#"))


def _conditions(text: str) -> tuple[int, int]:
    """Return how many preprocessor conditions `text` ends without having begun them, and the other way round."""
    missing = left = 0
    if "#" not in text:
        return 0, 0
    for found in _CONDITION.finditer(text):
        if found[1] == "if":
            left += 1
        elif left:
            left -= 1
        else:
            missing += 1
    return missing, left


def _surroundings(situation: Situation, start: int, depth: int, rest: str) -> tuple[str, str] | None:
    """Return the lines that open what encloses the items from `start` of the head to the end of `rest`, and those that close it."""
    prefix, suffix = situation.cursor.prefix, situation.cursor.suffix
    at = len(prefix) - _written(situation.head[start:], situation)
    after = _written(rest, situation)
    opened = ""
    if situation.language.id == "php" and at > 0:
        if prefix.find("?>", 0, at) >= 0:
            return None
        opened = "<?php\n"
    headers: list[str] = []
    closings: list[str] = []
    while depth > 0:
        header = _header(prefix, at, depth, situation) if len(headers) < _MOST_HEADERS else None
        if header is None:
            return None
        closing = _closing_of(header, situation)
        if closing is None:
            return None
        text, after = _as_written(closing, header.margin, suffix, after)
        headers.append(header.text)
        closings.append(text)
        at, depth = header.offset, len(header.margin)
    if not headers:
        return opened, ""
    return opened + "".join(reversed(headers)).replace("\r\n", "\n"), "\n".join(("", *closings, ""))


def _header(prefix: str, bottom: int, depth: int, situation: Situation) -> _Header | None:
    """Return the nearest construct above `bottom` that stands less deep than `depth`.

    Lines that open nothing are passed over: they stand in a string, or are another clause of the construct.
    """
    found = bottom
    label = ""
    for _ in range(_MOST_TRIES):
        found = _less_deep(prefix, found, depth - 1)
        if found < 0:
            return None
        line = _line_at(prefix, found)
        if is_case(line.strip()) and line.rstrip().endswith(":") and not situation.profile.offside:
            label = label or f"{line}\n"
            continue
        start = _construct_start(prefix, found)
        if start < 0 or is_clause(_line_at(prefix, start)):
            continue
        end = _header_end(prefix, found, bottom, situation)
        if end:
            line = _line_at(prefix, start)
            return _Header(start, line[: len(line) - len(line.lstrip())], prefix[start:end] + label)
    return None


def _construct_start(prefix: str, found: int) -> int:
    """Return the first line of the construct that the line at `found` goes on, that line itself, or -1."""
    line = _line_at(prefix, found)
    margin = len(line) - len(line.lstrip())
    start = found
    for _ in range(_MOST_HEADER_LINES):
        text = line.strip()
        if text[0] in ".?:&|":
            margin -= 1
        elif text[0] not in ")]{" and not (text[0] == "}" and text[-1] in "{(["):
            alone = start != found and text[-1] in ",;"
            return -1 if alone or text[0] == "}" or text.startswith('""') else start
        start = _less_deep(prefix, start, margin)
        if start < 0:
            break
        line = _line_at(prefix, start)
        if text[0] in ".?:&|":
            margin = len(line) - len(line.lstrip())
        if len(line) - len(line.lstrip()) != margin:
            break
    return -1


def _margin_at(text: str, start: int) -> int:
    end = text.find("\n", start)
    line = text[start:end] if end >= 0 else text[start:]
    return len(line) - len(line.lstrip())


def _line_at(prefix: str, start: int) -> str:
    return prefix[start : prefix.find("\n", start)]


def _less_deep(prefix: str, bottom: int, most: int) -> int:
    """Return the start of the last line before `bottom` with a margin of at most `most` characters, -1 if there is none.

    Blank lines, comments, directives and closing brackets alone do not count.
    """
    found = _shallow(most).match(prefix, 0, bottom)
    if found is not None:
        return found.start(1)
    return 0 if _shallow_first(most).match(prefix, 0, bottom) else -1


@cache
def _shallow(most: int) -> re.Pattern[str]:
    return re.compile(rf"(?s).*\n([ \t]{{0,{most}}}(?![)\]}}][)\]}};, \t]*\r?\n)[^\s#/*])")


@cache
def _shallow_first(most: int) -> re.Pattern[str]:
    return re.compile(rf"[ \t]{{0,{most}}}[^\s#/*]")


def _header_end(prefix: str, start: int, bottom: int, situation: Situation) -> int:
    """Return where the construct whose header has a line at `start` has opened its body, 0 if not before `bottom`."""
    end = start
    profile = situation.profile
    for _ in range(_MOST_HEADER_LINES):
        line = end
        end = prefix.find("\n", end, bottom) + 1
        if not end:
            return 0
        code = without_comment(prefix[line:end].rstrip(), profile)
        if _OPENS.search(code) or code.endswith(("=>", "->")) or (profile.offside and code.endswith(":")):
            return end
        if profile.ends_by_word and (_WORD_OPENS.search(code) or code.count("(") == code.count(")")):
            return end
        if code.endswith((";", "}")) or not _goes_on_below(prefix, end, _margin_at(prefix, line)):
            return 0
    return 0


def _goes_on_below(prefix: str, end: int, margin: int) -> bool:
    """Whether the line at `end` may go on a header whose line above it has that margin."""
    text = prefix[end : end + margin + 1].lstrip(" \t")
    return not text or text[0] in ")]}{:\n\r"


def _closing_of(header: _Header, situation: Situation) -> str | None:
    """Return what closes `header`, None if it closes something itself or ends inside a string."""
    tokens, mode = situation.scanner.scan(header.text)
    if mode.literal >= 0:
        return None
    open_brackets: list[str] = []
    for mark, _, _ in tokens:
        if mark in CLOSERS:
            open_brackets.append(CLOSERS[mark])
        elif mark in ")]}" and (not open_brackets or open_brackets.pop() != mark):
            return None
    closing = "".join(reversed(open_brackets))
    if situation.profile.ends_by_word:
        code = without_comment(header.text.rstrip(), situation.profile)
        if not _OPENS.search(code) and not is_case(code):
            return f"end{closing}"
    return closing


def _as_written(closing: str, margin: str, suffix: str, after: int) -> tuple[str, int]:
    """Return `closing` as the document has it below the offset `after` of `suffix` (with its semicolon), and its end."""
    if not closing:
        return "", after
    first = "end" if closing.startswith("end") else closing[0]
    at = suffix.find(f"\n{margin}{first}", max(0, after - 1))
    if at < 0:
        return closing, after
    at += 1 + len(margin)
    written = _CLOSING.match(suffix, at)
    text = written[0] if written else ""
    if text.rstrip(";") != closing:
        return closing, at
    return text, at + len(text)
