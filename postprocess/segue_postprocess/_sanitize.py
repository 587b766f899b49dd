"""What a model says that is not meant for the file: control tokens, reasoning, wrappers, chatter, bad characters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import is_directive
from segue_postprocess._types import LONGEST_ANSWER, Reason

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate

CONTROL_TOKEN: Final = re.compile(
    r"<\|[A-Za-z@/\"][^|<>\s]{0,40}\|>"  # <|fim_prefix|>, <|endoftext|>, <|reserved_special_token_7|>, <|mask:0|>
    r"|<\|[a-z_]{2,20}>|<[a-z_]{2,20}\|>"  # Gemma: <|turn>, <turn|>
    r"|<\uff5c[^\uff5c\s<>]{2,40}\uff5c>"  # DeepSeek's full-width bars
    r"|<\[[A-Za-z][A-Za-z\u2581_-]{2,40}\]>"  # Seed-Coder: <[fim-suffix]>
    r"|<(?:fim|code|commit|issue|jupyter|repo|file|gh|empty|pr|start_of|end_of|begin_of|extra_id|reserved|im)"
    r"(?:[_-][a-z0-9]+)+>"  # StarCoder, Gemma: <commit_after>, <jupyter_text>, <pr_diff_hunk>, <end_of_turn>
    r"|<(?:unused\d{1,5}|0x[0-9A-Fa-f]{2}|[A-Z]+(?:_[A-Z]+)*_TOKEN|AIX-SPAN-[A-Z]+|SPECIAL_\d+|dummy\d{2,}"
    r"|extra_\d+|mask:\d+|seed:[a-z_]+)>"
    r"|<<SYS>>|<</SYS>>|\[/?(?:PREFIX|SUFFIX|MIDDLE|INST|TOOL_(?:CALLS|RESULTS|CONTENT)|AVAILABLE_TOOLS|SYSTEM_PROMPT"
    r"|IMG_(?:BREAK|END)|CALL_ID|gMASK|control_\d+|UNUSED_TOKEN_\d+|@BOS@)\]"
    r"|\[e~\[|\]~!?b[\[\]]|\]<\]\w+\[>\["  # MiniMax
)
_LIKE_TAGS: Final = re.compile(
    r"<(?:PRE|SUF|MID|EOT|EOD|EOM|reponame|filename|bos|eos|pad|unk|cls|sep|mask(?:_\d+)?|sop|eop|pr|tool_(?:call|response))>"
    r"|</?(?:CURSOR|cursor|HOLE|FILL_ME|FILL_HERE|INSERT_HERE)>|(?<=[\s;})])<s>|<s>\s*\Z|</s>"
)
"""Tokens that are tags as well: they count only where the document has no tags."""
_BREAKS: Final = ("\n+++++ ", "\ndiff --git ")
_PARTIAL: Final = re.compile(r"(?:<<?[^\s<>]{0,46}|\[/?[@~\w]{0,20}|\][<~][^\s<>]{0,20})\Z")
_CUT_OFF: Final = re.compile(
    r"<(?:\|[A-Za-z0-9_]{1,31}\|?|\uff5c[^\uff5c\s>]{0,40}\uff5c?|\[[a-z\u2581_-]{2,40}\]?)\Z"
)
_TAGS: Final = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_THOUGHT: Final = re.compile(
    rf"(?:<\|?({_TAGS})\|?>|\[THINK\]|\u25c1think\u25b7)(?:.*?(?:<\|?/\1\|?>|\[/THINK\]|\u25c1/think\u25b7)(?:[ \t]*\n)*|.*\Z)",
    re.DOTALL | re.IGNORECASE,
)
_THOUGHT_END: Final = re.compile(
    rf"\A.*(?:</(?:{_TAGS})>|\[/THINK\]|\u25c1/think\u25b7|<\|channel\|>final\s*<\|message\|>)(?:[ \t]*\n)*",
    re.DOTALL | re.IGNORECASE,
)
_WRAPPER: Final = re.compile(
    r"\A\s*?(?:[<\[](?P<tag>completion|answer|solution|code|output|response|result|insertion|python|fill|missing|middle|"
    r"[a-z]+(?:_[a-z]+)+)\b[^<>\]\n]*[>\]])[ \t]*\n?(?P<inside>.*?)(?:\n?[ \t]*[<\[]/(?P=tag)[>\]].*)?\Z",
    re.DOTALL | re.IGNORECASE,
)
_WRAPPED_IN_TICKS: Final = re.compile(r"\s*(`{1,3})([^`\n]+)\1\s*")
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)[^`\n]*$", re.MULTILINE)
_CHATTER: Final = re.compile(
    r"(?:(?:sure|certainly|of course|okay|ok)[,!.]|here(?:'s| is| are) (?:the|a|an|your|some|how)\b|"
    r"the (?:completed?|missing|following|updated|corrected) (?:code|line|part|function|version)\b|"
    r"i (?:have|will|can|cannot|can't)\b|(?:as|i am|i'm) an ai\b|to complete (?:the|this)\b)[^\n]*[:.!]\s*(?:\n|\Z)",
    re.IGNORECASE,
)
_WORD_OF_TALK: Final = re.compile(r"[`(*<]*[A-Za-z][\w'\u2019-]*[`)*>]*[,.;:!?]?")
_TALK: Final = frozenset(
    "the this that these of to is are a an at your you we should will would must can which it by with".split()  # noqa: SIM905
)
_LEAST_WORDS: Final = 4
_LINE: Final = re.compile(r"[^\n]*\n?")
_INVISIBLE: Final = re.compile(
    "\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_ODD_SPACE: Final = re.compile("[\u00a0\u2000-\u200a\u3000]")
_ODD_MARK: Final = re.compile(
    "[\u00a0\u2000-\u200a\u3000\u2018\u2019\u201c\u201d\u3001\u3002\uff01\uff08\uff09\uff0c\uff1a-\uff1f\uff3b\uff3d\uff5b\uff5d]"
)
_PLAIN_MARKS: Final = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u3001": ",",
    "\u3002": ".",
}
_CLOSING_MARKS: Final = {"\u2018": "\u2019", "\u201c": "\u201d"}
_FULL_WIDTH: Final = 0xFEE0
_MOST_ODD: Final = 50
_TORN: Final = re.compile("[\ufffd\ufffe\uffff\ud800-\udfff]")
_UNDECODED: Final = re.compile(
    r"[\u0120\u2581](?=[A-Za-z0-9(){}\[\]\"'#=:;/<_-])|\u010a(?![a-z\u010b\u0121])|\u0109\u0109"
)
_BULLET: Final = re.compile(
    r"[ \t]*(?:(?:[\u2795-\u2797\u2022\u25aa\u2b50\u2705\u274c\U0001f300-\U0001faff]\ufe0f?)+[ \t]*|[+.-][ \t]+(?=\S))"
)
_PLACEHOLDER: Final = re.compile(
    r"\s*(?:#|//|--|/\*+|<!--|;+|%|\{/\*|\*)\s*[\[(<{]?(?:"
    r"(?:\.\.\.|\u2026)[^\n]*\b(?:existing|rest|remaining|unchanged|previous|omitted|other|same|code|implementation)\b[^\n]*"
    r"|(?:todo:? )?(?:the )?(?:rest of|remaining|existing|previous|other|your)\b[^\n]*\b(?:code|implementation|logic|functions?|methods?)"
    r"(?: (?:goes|remains|unchanged|stays|follows|here|as is|the same|is)\b[^\n]*)?(?:\.\.\.|\u2026)?"
    r"|(?:the )?rest of (?:the|your) (?:styles?|query|file|class|component|script|template|markup|content|config(?:uration)?)"
    r")[\])>}]?\s*(?:\*/|-->|\*/\})?\s*",
    re.IGNORECASE,
)


def line_ends(candidate: Candidate, context: CursorContext) -> Candidate:
    """Turn line ends into plain newlines for the filters, and look at so much only; the pipeline gives line ends back."""
    raw = candidate.text
    text = raw[:LONGEST_ANSWER].replace("\r\n", "\n")
    stray = "\r" in (text if context.crlf else raw)
    text = text.replace("\r", "\n")
    reasons = [Reason.LINE_ENDINGS] if stray else []
    if len(raw) > LONGEST_ANSWER:
        reasons.append(Reason.MAX_LINES)
        text = text[: text.rfind("\n")] if "\n" in text else text
    return replace(candidate, text=text, reasons=(*candidate.reasons, *reasons))


def thinking(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away the reasoning in front of an answer, and end the answer where reasoning begins again."""
    text = candidate.text
    if _THOUGHT_END.match(text) and not _THOUGHT_END.match(context.surroundings):
        text = _THOUGHT_END.sub("", text)
    found = _THOUGHT.search(text)
    if found is not None and found[0][:8] not in context.surroundings:
        text = text[: found.start()] if text[: found.start()].strip() else text[found.end() :]
    return candidate.changed(text, Reason.THINKING)


def control_tokens(candidate: Candidate, context: CursorContext) -> Candidate:
    """End the answer at a control token, also at one that the length limit cut in two; a leading one only goes."""
    text = candidate.text
    span = control_token_at(text, context)
    while span and not text[: span[0]].strip():
        text = text[span[1] :]
        span = control_token_at(text, context)
    if span:
        text = text[: span[0]]
    elif (cut := _CUT_OFF.search(text, max(0, len(text) - 48))) and cut[0] not in context.surroundings:
        text = text[: cut.start()]
    return candidate.changed(text, Reason.CONTROL_TOKEN)


def control_token_at(text: str, context: CursorContext) -> tuple[int, int] | None:
    """Return the extent of the first control token of `text`, or None.

    The family's own tokens always count; a well-known one of another family does unless the file itself, as
    code about models does, contains it.
    """
    spans = [
        (at, at + len(token))
        for token in context.cursor.control_tokens
        if token.strip() and (at := text.find(token)) >= 0
    ]
    patterns = (CONTROL_TOKEN,) if "</" in context.surroundings else (CONTROL_TOKEN, _LIKE_TAGS)
    for pattern in patterns if "<" in text or "[" in text else ():
        known = (found for found in pattern.finditer(text) if found[0] not in context.surroundings)
        spans += [found.span() for found in known][:1]
    spans += [
        (at, at + len(mark))
        for mark in _BREAKS
        if (at := text.find(mark)) >= 0 and mark not in context.surroundings
    ]
    return min(spans, default=None)


def partial_token_start(text: str, tokens: tuple[str, ...] = ()) -> int:
    """Return where a control token may start that the end of `text` cuts off; the length of `text` if none does."""
    start = len(text)
    if match := _PARTIAL.search(text, max(0, len(text) - 48)):
        start = match.start()
    for token in (*tokens, *_BREAKS):
        for size in range(min(len(token) - 1, len(text)), 0, -1):
            if text.endswith(token[:size]):
                start = min(start, len(text) - size)
                break
    return start


def wrappers(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take the answer out of tags such as ``<COMPLETION>`` and out of single backticks."""
    text = candidate.text
    found = _WRAPPER.match(text)
    if (
        found
        and (found["tag"].isupper() or "</" not in context.surroundings)
        and found["tag"] not in context.surroundings
    ):
        return candidate.with_reason(Reason.WRAPPER, text=found["inside"])
    ticked = _WRAPPED_IN_TICKS.fullmatch(text)
    if ticked and context.lex_state.is_code and not context.language.prose and _ticks_mean_nothing(context):
        return candidate.with_reason(Reason.WRAPPER, text=ticked[2])
    return candidate


def _ticks_mean_nothing(context: CursorContext) -> bool:
    """Whether a backtick begins no string here: the language has none, or a statement begins."""
    has_ticks = (
        any(literal.mark == "`" for literal in context.scanner.literals) or context.language.case_patterns
    )
    return not has_ticks or (context.on_blank_line and context.container in ("statements", "members"))


def fences(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take code out of a Markdown fence, with the sentence before it."""
    text = candidate.text
    if "```" not in text and "~~~" not in text:
        return candidate
    fence = _FENCE.search(text)
    if fence is None or context.language.prose or "```" in context.head[-2000:]:
        return candidate
    if context.lex_state.literal is not None and text[: fence.start()].strip():
        return candidate  # a string may well hold one
    before = text[: fence.start()]
    if before.strip() and not _is_chatter(before):
        return candidate.with_reason(Reason.FENCE, text=before)
    inside = text[fence.end() + 1 :]
    closing = _FENCE.search(inside)
    return candidate.with_reason(
        Reason.FENCE, text=inside[: closing.start()].rstrip("\n") if closing else inside
    )


def _is_chatter(text: str) -> bool:
    """Whether a text before a fence is talk: a known opening, or a sentence that announces the code."""
    said = text.strip()
    announces = said.endswith(":") and (len(said.split()) > 3 or said.istitle())
    return announces or bool(_CHATTER.match(said))


def chatter(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away sentences in front of the code, and end the answer at one after it."""
    language = context.language
    text = candidate.text.lstrip()
    if not context.lex_state.is_code or not _is_code_only(context):
        found = None if language.prose or not context.lex_state.is_code else _CHATTER.match(text)
        return candidate.changed(text[found.end() :], Reason.CHATTER) if found else candidate
    said = text
    while found := _CHATTER.match(said) or _sentence(said, context):
        said = said[found.end() :].lstrip("\n") if context.on_blank_line else ""
    after = re.finditer(r"(?<=\n)[^\n]+", said)
    talk = (
        line.start()
        for line in after
        if _sentence(line[0], context) and _is_code_at(said, line.start(), context)
    )
    end = next(talk, len(said))
    return candidate if (said, end) == (text, len(text)) else candidate.changed(said[:end], Reason.CHATTER)


def _is_code_only(context: CursorContext) -> bool:
    """Whether no English may stand at the cursor: no prose, no value of a key, no text between tags, no directive."""
    language, layout = context.language, context.language.layout
    free = language.prose or language.key_value or layout.markup or layout.listed_clauses
    return not free and "</" not in context.surroundings and not is_directive(context.line_before, language)


def _sentence(text: str, context: CursorContext) -> re.Match[str] | None:
    """Return the first line of `text` if it is English: only words, two of them such as code has none.

    Where lines are commands, words are arguments as well: only a line of its own with a capital letter is English there.
    """
    line = _LINE.match(text)
    words = line[0].split() if line else []
    if len(words) < _LEAST_WORDS or not all(map(_WORD_OF_TALK.fullmatch, words)):
        return None
    if context.language.layout.commands and not (context.on_blank_line and words[0].istitle()):
        return None
    return line if len(_TALK.intersection(word.strip(",.;:!?").lower() for word in words)) > 1 else None


def _is_code_at(text: str, offset: int, context: CursorContext) -> bool:
    """Whether what begins at `offset` of the answer is neither in a string nor in a comment."""
    return context.typed(text[:offset])[2].is_code


def characters(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away characters that nobody sees or types, and end the answer at a torn one."""
    text = candidate.text
    if text.isascii() and text.isprintable():
        return candidate
    torn = _TORN.search(text)
    text = _INVISIBLE.sub("", text[: torn.start()] if torn else text)
    if not context.language.prose:
        text = _with_plain_marks(text, _ODD_MARK if _is_code_only(context) else _ODD_SPACE, context)
    candidate = candidate.changed(text, Reason.BAD_CHARACTERS)
    found = _UNDECODED.search(text)
    if found is not None and found[0] not in context.surroundings:
        return candidate.with_reason(Reason.DROP_UNDECODED, text="")
    return candidate


def _with_plain_marks(text: str, odd: re.Pattern[str], context: CursorContext) -> str:
    """Return `text` with plain spaces, quotes and brackets for those of typesetters, where code stands."""
    at = -1
    for _ in range(_MOST_ODD):
        found = odd.search(text, at + 1)
        if found is None:
            break
        mark, at = found[0], found.start()
        if _is_code_at(text, at, context):
            wide = chr(ord(mark) - _FULL_WIDTH) if ord(mark) > _FULL_WIDTH else " "
            plain = _PLAIN_MARKS.get(mark, wide)
            after = text[at + 1 :].replace(_CLOSING_MARKS.get(mark, mark), plain, mark in _CLOSING_MARKS)
            text = text[:at] + plain + after
    return text


def stray_start(candidate: Candidate, context: CursorContext) -> Candidate:
    """Take away a bullet or diff mark in front of code."""
    language, text = context.language, candidate.text
    if language.prose or language.key_value or not context.lex_state.is_code:
        return candidate
    bullet = _BULLET.match(text)
    if bullet is None or (ord(bullet[0].strip()[0]) < 0x2000 and not _at_statement(context)):
        return candidate
    in_expression = bool(context.openings) and context.openings[-1].mark in "(["
    if text.lstrip()[:1] in "+-." and in_expression:
        return candidate  # a leading operator goes on an expression
    return candidate.changed(text[bullet.end() :], Reason.BAD_START)


def _at_statement(context: CursorContext) -> bool:
    asking = ("(", "[", ",", "=", "+", "-", "*", "/", "\\", "&", "|", "?", ":", ".")
    return context.on_blank_line and not context.head.rstrip().endswith(asking)


def placeholders(candidate: Candidate, context: CursorContext) -> Candidate:
    """End the answer at a comment that stands for code: "... existing code ..."."""
    if context.language.prose or not candidate.text.strip():
        return candidate
    lines = candidate.text.split("\n")
    for number, line in enumerate(lines):
        if _PLACEHOLDER.fullmatch(line if number else context.line_before + line):
            return candidate.with_reason(Reason.PLACEHOLDER, text="\n".join(lines[:number]))
    return candidate
