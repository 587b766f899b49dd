"""What a model says that is not code: control tokens, Markdown fences, chatter, stray characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation

CONTROL_TOKEN: Final = re.compile(
    r"<\|[A-Za-z][A-Za-z0-9_]{2,30}\|>"  # <|fim_prefix|>, <|endoftext|>, <|im_end|>, <|file_sep|>
    r"|<\uff5c[^\uff5c\s>]{2,40}\uff5c>"  # DeepSeek's full-width bars
    r"|<\[[a-z][a-z\u2581 -]{2,40}\]>"  # Seed-Coder: <[fim-suffix]>
    r"|<(?:fim[_-](?:prefix|suffix|middle|pad)|file_sep|repo_name|reponame|filename|gh_stars|issue_start|jupyter_start"
    r"|PRE|SUF|MID|EOT|EOD|COMPLETION|eos|end_of_turn|start_of_turn|AIX-SPAN-(?:PRE|POST|MIDDLE))>"
    r"|\[(?:PREFIX|SUFFIX|MIDDLE)\]"
)
_PARTIAL: Final = re.compile(
    r"<(?:\|[A-Za-z0-9_]{0,31}\|?|\uff5c[^\uff5c\s>]{0,40}\uff5c?|\[[a-z\u2581 -]{2,40}\]?)\Z"
)
_SENTENCE_END: Final = ("</s>", "\n+++++ ", "\ndiff --git ")
_FENCE: Final = re.compile(r"^[ \t]*(```|~~~)[\w+#.-]*[ \t]*$", re.MULTILINE)
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\ufffd\x00"
_BULLET: Final = re.compile(
    r"^[ \t]*(?:(?:[\u2795-\u2797\u2022\u25aa\u2b50\u2705\u274c\U0001f300-\U0001faff]\ufe0f?)+[ \t]*|[+.-][ \t]+(?=\S))"
)
_CHATTER: Final = re.compile(
    r"^(?:sure[,!.]|certainly[,!.]|of course[,!.]|here(?:'s| is| are) (?:the|a|an|your|some)\b|"
    r"the (?:completed|complete|missing|following) (?:code|line|part)|i (?:have|will|can|cannot|can't)\b|"
    r"(?:as|i am|i'm) an ai\b)[^\n]*[:.!]\s*(?:\n|\Z)",
    re.IGNORECASE,
)


def clean(text: str, situation: Situation, reasons: list[Reason]) -> str:
    """Return `text` without what is not meant for the file."""
    text = _cut_tokens(text, situation, reasons)
    text = _unfence(text, situation, reasons)
    if not situation.profile.prose:
        chatter = _CHATTER.match(text.lstrip())
        if chatter and situation.mode.is_code:
            text = text.lstrip()[chatter.end() :]
            text = _unfence(text, situation, reasons)
            reasons.append(Reason.CHATTER)
    return _bad_start(text, situation, reasons)


def control_token_at(text: str, tokens: tuple[str, ...], surroundings: str) -> tuple[int, int] | None:
    """Return the extent of the first control token of `text`, or None.

    The family's own `tokens` always count; a well-known one of another family does unless the file itself, as
    code about models does, contains it.
    """
    found: tuple[int, int] | None = None
    for token in tokens:
        at = text.find(token) if token.strip() else -1
        if at >= 0 and (found is None or at < found[0]):
            found = (at, at + len(token))
    for match in CONTROL_TOKEN.finditer(text, 0, found[0] if found else len(text)):
        if match[0] not in surroundings:
            return match.span()
    for token in _SENTENCE_END:
        at = text.find(token, 0, found[0] if found else len(text))
        if at >= 0 and token not in surroundings:
            found = (at, at + len(token))
    return found


def partial_token_start(text: str, tokens: tuple[str, ...] = ()) -> int:
    """Return where a control token that the end of `text` cuts off starts; the length of `text` if none does."""
    start = len(text)
    match = _PARTIAL.search(text, max(0, len(text) - 48))
    if match:
        start = match.start()
    for token in (*tokens, *_SENTENCE_END):
        for size in range(min(len(token) - 1, len(text)), 0, -1):
            if text.endswith(token[:size]):
                start = min(start, len(text) - size)
                break
    return start


def _cut_tokens(text: str, situation: Situation, reasons: list[Reason]) -> str:
    tokens = situation.cursor.control_tokens
    surroundings = situation.head + situation.tail
    span = control_token_at(text, tokens, surroundings)
    while span and not text[: span[0]].strip():
        text = text[span[1] :]  # a leading token announces the answer, it does not end it
        reasons.append(Reason.CONTROL_TOKEN)
        span = control_token_at(text, tokens, surroundings)
    if span:
        reasons.append(Reason.CONTROL_TOKEN)
        return text[: span[0]]
    match = _PARTIAL.search(text, max(0, len(text) - 48))
    if match and len(match[0]) > 2 and match[0] not in surroundings:
        reasons.append(Reason.CONTROL_TOKEN)
        return text[: match.start()]
    return text


def _unfence(text: str, situation: Situation, reasons: list[Reason]) -> str:
    if "```" not in text and "~~~" not in text:
        return text
    if situation.profile.prose or situation.mode.literal >= 0 or "```" in situation.head[-2000:]:
        return text
    fence = _FENCE.search(text)
    if fence is None:
        return text
    reasons.append(Reason.FENCE)
    if text[: fence.start()].strip() and not _CHATTER.match(text.lstrip()):
        return text[: fence.start()]
    inside = text[fence.end() + 1 :]
    closing = _FENCE.search(inside)
    return inside[: closing.start()].rstrip("\n") if closing else inside


def _bad_start(text: str, situation: Situation, reasons: list[Reason]) -> str:
    stripped = text.lstrip(_INVISIBLE)
    if not situation.profile.prose and not situation.profile.keyed and situation.mode.is_code:
        at_statement = situation.on_blank_line and not situation.head.rstrip().endswith(
            ("(", "[", ",", "=", "+", "-", "*", "/", "\\", "&", "|", "?", ":", ".")
        )
        bullet = _BULLET.match(stripped)
        if (
            bullet
            and (at_statement or ord(bullet[0].strip()[0]) > 0x2000)
            and not _continues(stripped, situation)
        ):
            stripped = stripped[bullet.end() :]
    if stripped != text:
        reasons.append(Reason.BAD_START)
    return stripped


def _continues(text: str, situation: Situation) -> bool:
    """Whether a leading operator goes on an expression: the line above is deeper, or a bracket is open."""
    first = text.lstrip()[:1]
    return first in "+-." and any(opening.mark in "([" for opening in situation.openings[-1:])
