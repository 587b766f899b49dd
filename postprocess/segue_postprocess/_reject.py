"""What a careful engineer would not have typed, however well it fits."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import closes_only, is_banner, is_substantial
from segue_postprocess._types import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._context import CursorContext
    from segue_postprocess._types import Candidate

_SECRET: Final = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bglpat-[A-Za-z0-9_-]{18,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{24,}"
    r"|\bsk_live_[A-Za-z0-9]{16,}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
)
_SECRET_MARKS: Final = (
    *("AKIA", "ASIA", "PRIVATE KEY", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox"),
    *("sk-", "sk_live_", "AIza", "eyJ"),
)  # one of them stands in whatever `_SECRET` finds; looking for them is much faster
_SHORTEST_BANNER: Final = 5
_LICENCE: Final = re.compile(
    r"permission is hereby granted|licensed under the|GNU (?:lesser |affero )?general public license|"
    r"redistribution and use in source|all rights reserved|copyright\s+(?:\(c\)|\u00a9|[12]\d{3})|"
    r"this source code is licensed|SPDX-License-Identifier",
    re.IGNORECASE,
)
_LICENCE_MARKS: Final = ("permission", "licen", "redistribution", "rights reserved", "copyright")


def reject(candidate: Candidate, context: CursorContext) -> Candidate:
    """Drop what must not be shown, whatever the syntax."""
    for reason, applies in _REJECTIONS:
        if applies(candidate.text, context):
            return candidate.with_reason(reason, text="")
    return candidate


def _is_empty(text: str, _context: CursorContext) -> bool:
    return not text.strip()


def _holds_secret(text: str, _context: CursorContext) -> bool:
    return any(mark in text for mark in _SECRET_MARKS) and bool(_SECRET.search(text))


def _is_notice(text: str, context: CursorContext) -> bool:
    """Whether a comment of `text` speaks as licences do; text and data of the file may well."""
    lowered = text.lower()
    found = _LICENCE.search(text) if any(mark in lowered for mark in _LICENCE_MARKS) else None
    if found is None or _LICENCE.search(context.head[-400:]):
        return False
    if context.lex_state.is_comment:
        return True
    line = (context.line_before + text[: found.start()]).rpartition("\n")[2].lstrip()
    return line.startswith((*context.language.line_comments, "/*", "*", "<!--")) or context.language.prose


def _is_banner_only(text: str, context: CursorContext) -> bool:
    if context.language.prose or len(text.strip()) < _SHORTEST_BANNER:
        return False
    lines = [context.line_before + text, ""] if "\n" not in text else text.split("\n")
    return all(is_banner(line) for line in lines if line.strip())


def _undoes(text: str, context: CursorContext) -> bool:
    squeezed = "".join(text.split())
    return any(
        squeezed == "".join(deleted.split()) for deleted in context.cursor.recent_deletions if deleted.strip()
    )


def _repeats_above(text: str, context: CursorContext) -> bool:
    """Whether the whole text says again what the lines just above say."""
    lines = _said(text, context)
    if context.previous_line.strip() != lines[-1] or not any(map(is_substantial, lines)):
        return False
    above = [line.strip() for line in context.head.split("\n")[:-1] if line.strip()]
    if len(lines) == 1 and (lines[0], lines[0]) in itertools.pairwise(above):
        return False  # the file itself says it twice in a row
    return above[-len(lines) :] == lines


def _repeats_below(text: str, context: CursorContext) -> bool:
    if context.line_after.strip() and not closes_only(context.line_after):
        return False
    lines = _said(text, context)
    if context.next_line.strip() != lines[0] or not any(map(is_substantial, lines)):
        return False
    below = [line.strip() for line in context.tail.split("\n")[1:] if line.strip()]
    return below[: len(lines)] == lines


def _said(text: str, context: CursorContext) -> list[str]:
    """Return the lines of `text` that say something, the first with the start of the cursor's line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not context.on_blank_line:
        lines[0] = (context.line_before + text.split("\n", maxsplit=1)[0]).strip()
    return lines


_REJECTIONS: Final[tuple[tuple[Reason, Callable[[str, CursorContext], bool]], ...]] = (
    (Reason.DROP_EMPTY, _is_empty),
    (Reason.DROP_SECRET, _holds_secret),
    (Reason.DROP_LICENCE, _is_notice),
    (Reason.DROP_BANNER, _is_banner_only),
    (Reason.DROP_UNDOES, _undoes),
    (Reason.DROP_REPEATS_ABOVE, _repeats_above),
    (Reason.DROP_REPEATS_BELOW, _repeats_below),
)
