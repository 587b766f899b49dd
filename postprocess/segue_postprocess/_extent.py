"""How much of a completion to keep: the line, the statement, the block or the definition that was begun."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue_postprocess._brackets import Step, steps
from segue_postprocess._lexis import indent_of
from segue_postprocess._lines import (
    closes_only,
    continues_above,
    ends_block,
    goes_on,
    introduces,
    is_clause,
)
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation


def one_line(situation: Situation) -> bool:
    """Whether only the rest of the line may be written: by request, or since other text follows on it."""
    if situation.cursor.multiline is False:
        return True
    return situation.in_line and not (situation.cursor.multiline and situation.on_blank_line)


def limit(text: str, situation: Situation, reasons: list[Reason], *, synced: bool = False) -> str:
    """Return `text` up to the end of what the cursor's place asks for.

    `synced` says that what followed was cut for repeating the text below: the model itself knew where to stop.
    """
    if "\n" not in text:
        return text
    if one_line(situation):
        reasons.append(Reason.SINGLE_LINE)
        return text[: text.index("\n")]
    if situation.mode.line_comment:
        return _comment_lines(text, situation, reasons)
    if situation.mode.literal >= 0 and situation.profile.literals[situation.mode.literal].multiline:
        return _literal(text, situation, reasons)
    return _Walk(text, situation, reasons, synced=synced).run()


def _comment_lines(text: str, situation: Situation, reasons: list[Reason]) -> str:
    lines = text.split("\n")
    marks = situation.profile.line_comments
    keep = 1
    if situation.line_before.strip().startswith(marks):
        while (
            keep < len(lines)
            and lines[keep].strip().startswith(marks)
            and indent_of(lines[keep]) == situation.indent
        ):
            keep += 1
    if keep < len(lines):
        reasons.append(Reason.COMMENT_END)
    return "\n".join(lines[:keep])


def _literal(text: str, situation: Situation, reasons: list[Reason]) -> str:
    tokens, _ = situation.scanner.scan(text, 0, situation.mode)
    literal = situation.profile.literals[situation.mode.literal]
    if not tokens or tokens[0][0] != literal.mark:
        return text  # it does not end: the brackets of a comment or string mean nothing
    end = tokens[0][2]
    newline = text.find("\n", end)
    if newline < 0 or not text[newline:].strip():
        return text
    if not literal.comment and goes_on(text[end:newline]):
        return text
    reasons.append(Reason.LITERAL_END)
    return text[:newline]


@dataclass(slots=True)
class _Walk:
    """Takes the lines of a completion one by one until one belongs to something else."""

    text: str
    situation: Situation
    reasons: list[Reason]
    synced: bool = False
    lines: list[str] = field(init=False)
    depths: list[int] = field(init=False)
    stacks: list[Step] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        self.depths, self.stacks = self._depths()

    def run(self) -> str:
        situation = self.situation
        starts_new_line = not self.lines[0].strip()
        before = situation.line_before.rstrip()
        if situation.on_blank_line and not starts_new_line:
            kept, reason = self._siblings(0, indent_of(situation.line_before + self.lines[0]))
        elif starts_new_line and situation.on_blank_line:
            first = next((k for k, line in enumerate(self.lines) if line.strip()), 0)
            floor = max(indent_of(self.lines[first]), 0)
            kept, reason = self._siblings(first, floor)
        elif starts_new_line and not _opens(before, situation) and not goes_on(before):
            first = next((k for k, line in enumerate(self.lines) if line.strip()), 0)
            kept, reason = self._siblings(first, situation.indent)
        else:
            kept, reason = self._construct()
        while kept > 1 and not self.lines[kept - 1].strip():
            kept -= 1
        if kept < len(self.lines) and any(line.strip() for line in self.lines[kept:]):
            self.reasons.append(reason)
            return "\n".join(self.lines[:kept])
        return self.text

    def _depths(self) -> tuple[list[int], list[Step]]:
        """Return the number of open brackets at the start of each line, and the state there."""
        found, _ = steps(self.text, self.situation)
        depths: list[int] = []
        states: list[Step] = []
        at = 0
        index = 0
        for line in self.lines:
            while index + 1 < len(found) and found[index + 1].end <= at:
                index += 1
            depths.append(len(found[index].stack))
            states.append(found[index])
            at += len(line) + 1
        return depths, states

    def _construct(self) -> tuple[int, Reason]:
        """Keep the construct begun on the cursor's line: its brackets, its deeper lines, its clauses."""
        situation = self.situation
        floor = situation.indent
        base = situation.line_depth
        members = situation.container in ("members", "elements")
        simple = True
        blank = False
        for k in range(1, len(self.lines)):
            line = self.lines[k]
            if not line.strip():
                blank = True
                continue
            indent = indent_of(line)
            if self.depths[k] > base:
                simple = False
                blank = False
                continue
            last = self._last(k)
            if indent == floor and (is_clause(line) or ends_block(line, situation.profile)):
                blank = False
                if ends_block(line, situation.profile) and not simple:
                    return k + 1, Reason.UNIT_END
                continue
            if indent > floor and not closes_only(line):
                if blank and simple and not situation.profile.offside:
                    return k, Reason.UNIT_END
                if (
                    situation.profile.offside
                    or situation.profile.ends_by_word
                    or continues_above(line)
                    or goes_on(last)
                ):
                    simple = simple and (continues_above(line) or goes_on(last))
                    blank = False
                    continue
                return k, Reason.UNIT_END
            if line.strip().startswith("{") and indent == floor and simple:
                blank = False
                continue
            if indent == floor and not blank and not closes_only(line):
                if goes_on(last) and not last.rstrip().endswith((":", ";")):
                    continue
                if continues_above(line) and not situation.profile.keyed:
                    continue
                if members and simple:
                    continue
            if closes_only(line) and self._owed(k):
                blank = False
                simple = False
                continue
            return k, Reason.UNIT_END
        return len(self.lines), Reason.UNIT_END

    def _siblings(self, first: int, floor: int) -> tuple[int, Reason]:
        """Keep what stands beside the cursor's line until its block ends."""
        situation = self.situation
        base = self.depths[first] if first else len(situation.openings)
        container = situation.container
        definitions = container == "members" or (container == "file" and floor == 0)
        complex_done = False
        begun = False
        closed = False
        clause_floor = -1
        blank_at: int | None = None
        paragraph: int | None = None
        for k in range(first, len(self.lines)):
            line = self.lines[k]
            if not line.strip():
                if blank_at is None:
                    blank_at = k
                continue
            indent = floor if k == 0 else indent_of(line)
            if begun and self.depths[k] > base:
                complex_done = True
                blank_at = None
                continue
            if indent > floor and begun and not closed:
                if clause_floor < 0 or indent > clause_floor:
                    complex_done = True
                    blank_at = None
                    continue
            if begun and blank_at is not None and paragraph is None:
                paragraph = blank_at
            if closed or (clause_floor >= 0 and indent <= clause_floor):
                if is_clause(line) and indent == (clause_floor if clause_floor >= 0 else indent):
                    closed = False
                elif (closes_only(line) and self._owed(k)) or (
                    ends_block(line, situation.profile) and indent == clause_floor
                ):
                    closed = True
                else:
                    return k, Reason.SCOPE_END
                base = min(base, self.depths[k + 1] if k + 1 < len(self.lines) else base)
                blank_at = None
                continue
            if indent < floor or (closes_only(line) and self.depths[k] <= base and begun):
                if is_clause(line) and self._may_branch(indent):
                    clause_floor = indent
                    floor = indent + 1
                    base = self._base_after(k, base)
                elif closes_only(line) and self._owed(k):
                    closed = True
                    base = self._base_after(k, base)
                elif ends_block(line, situation.profile) and self._word_owed(indent):
                    closed = True
                elif not begun and not closes_only(line):
                    floor = indent
                elif ends_block(line, situation.profile) and indent == floor:
                    pass
                else:
                    return self._leave(k, paragraph)
                begun = True
                blank_at = None
                continue
            if begun and definitions and blank_at is not None and not self._only_introductions(first, k):
                return k, Reason.UNIT_END
            if (
                begun
                and definitions
                and complex_done
                and not self._same_construct(k)
                and not self._only_introductions(first, k)
            ):
                return k, Reason.UNIT_END
            begun = True
            if not introduces(line, situation.profile):
                blank_at = None
        return len(self.lines), Reason.SCOPE_END

    def _base_after(self, k: int, base: int) -> int:
        lowest = min((len(step.stack) for step in self._steps_of(k)), default=base)
        return min(base, lowest)

    def _steps_of(self, k: int) -> list[Step]:
        start = sum(len(line) + 1 for line in self.lines[:k])
        end = start + len(self.lines[k])
        found, _ = steps(self.text, self.situation)
        return [step for step in found if start < step.end <= end]

    def _leave(self, k: int, paragraph: int | None) -> tuple[int, Reason]:
        """End with the block; but if code follows in it, the model missed the end: keep a paragraph."""
        situation = self.situation
        if self.synced or paragraph is None or situation.next_indent < situation.indent:
            return k, Reason.SCOPE_END
        return paragraph, Reason.DRIFT

    def _only_introductions(self, first: int, k: int) -> bool:
        return all(introduces(line, self.situation.profile) for line in self.lines[first:k] if line.strip())

    def _same_construct(self, k: int) -> bool:
        line = self.lines[k]
        return (
            is_clause(line)
            or closes_only(line)
            or line.strip().startswith("{")
            or ends_block(line, self.situation.profile)
            or continues_above(line)
        )

    def _owed(self, k: int) -> bool:
        """Whether the line's first closing bracket closes what nothing after the cursor does."""
        older = len(self.stacks[k].stack)
        return older > len(self.situation.openings) or older - 1 in self.situation.owed

    def _word_owed(self, indent: int) -> bool:
        situation = self.situation
        for line in situation.tail.split("\n"):
            if line.strip() and indent_of(line) <= indent:
                return not (indent_of(line) == indent and ends_block(line, situation.profile))
        return True

    def _may_branch(self, indent: int) -> bool:
        """Whether another clause may be added: none follows the cursor at that indentation."""
        for line in self.situation.tail.split("\n")[1:]:
            if line.strip() and indent_of(line) <= indent:
                return not (is_clause(line) and indent_of(line) == indent)
        return True

    def _last(self, k: int) -> str:
        for number in range(k - 1, 0, -1):
            if self.lines[number].strip():
                return self.lines[number]
        return self.situation.line_before + self.lines[0]


def _opens(before: str, situation: Situation) -> bool:
    """Whether the line before the cursor begins a block: a bracket, a colon, a word, or a deeper line is due."""
    if any(
        opening.offset >= len(situation.head) - len(situation.line_before) for opening in situation.openings
    ):
        return True
    if situation.profile.offside and before.endswith((":", "=", "->", "do", "where", "of", "then", "else")):
        return True
    return situation.profile.ends_by_word and _word_opens(before)


def _word_opens(before: str) -> bool:
    words = before.split()
    if not words:
        return False
    return words[0] in _BLOCK_WORDS or words[-1] in ("do", "then", "begin") or before.endswith("|")


_BLOCK_WORDS = frozenset(
    [
        "def",
        "class",
        "module",
        "if",
        "unless",
        "while",
        "until",
        "case",
        "for",
        "begin",
        "do",
        "function",
        "local",
        "struct",
        "else",
        "elsif",
        "elif",
        "when",
        "rescue",
        "ensure",
    ]
)
