"""What a careful engineer would not have typed, however well it fits."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import closes_only, is_banner, is_substantial
from segue_postprocess._reasons import Reason

if TYPE_CHECKING:
    from segue_postprocess._situation import Situation

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


def fault(text: str, situation: Situation) -> Reason | None:
    """Return why `text` must not be shown, or None."""
    stripped = text.strip()
    if not stripped:
        return Reason.DROP_EMPTY
    if any(mark in text for mark in _SECRET_MARKS) and _SECRET.search(text):
        return Reason.DROP_SECRET
    lowered = text.lower()
    if (
        any(mark in lowered for mark in _LICENCE_MARKS)
        and _is_notice(text, situation)
        and not _LICENCE.search(situation.head[-400:])
    ):
        return Reason.DROP_LICENCE
    if _is_banner_only(text, situation):
        return Reason.DROP_BANNER
    if _undoes(stripped, situation):
        return Reason.DROP_UNDOES
    if _repeats_above(text, situation):
        return Reason.DROP_REPEATS_ABOVE
    if _repeats_below(text, situation):
        return Reason.DROP_REPEATS_BELOW
    return None


def _is_notice(text: str, situation: Situation) -> bool:
    """Whether a comment of `text` speaks as licences do; text and data of the file may well."""
    found = _LICENCE.search(text)
    if found is None:
        return False
    literal = situation.mode.literal
    if situation.mode.line_comment or (literal >= 0 and situation.profile.literals[literal].comment):
        return True
    line = (situation.line_before + text[: found.start()]).rpartition("\n")[2].lstrip()
    return line.startswith((*situation.profile.line_comments, "/*", "*", "<!--")) or situation.profile.prose


def _is_banner_only(text: str, situation: Situation) -> bool:
    if situation.profile.prose or len(text.strip()) < _SHORTEST_BANNER:
        return False
    lines = [situation.line_before + text, ""] if "\n" not in text else text.split("\n")
    return all(is_banner(line) for line in lines if line.strip())


def _undoes(stripped: str, situation: Situation) -> bool:
    squeezed = "".join(stripped.split())
    return any(
        squeezed == "".join(deleted.split())
        for deleted in situation.cursor.recent_deletions
        if deleted.strip()
    )


def _repeats_above(text: str, situation: Situation) -> bool:
    """Whether the whole text says again what the lines just above say."""
    lines = _said(text, situation)
    if situation.previous_line.strip() != lines[-1] or not any(map(is_substantial, lines)):
        return False
    above = [line.strip() for line in situation.head.split("\n")[:-1] if line.strip()]
    if len(lines) == 1 and (lines[0], lines[0]) in itertools.pairwise(above):
        return False  # the file itself says it twice in a row
    return above[-len(lines) :] == lines


def _repeats_below(text: str, situation: Situation) -> bool:
    if situation.line_after.strip() and not closes_only(situation.line_after):
        return False
    lines = _said(text, situation)
    if situation.next_line.strip() != lines[0] or not any(map(is_substantial, lines)):
        return False
    below = [line.strip() for line in situation.tail.split("\n")[1:] if line.strip()]
    return below[: len(lines)] == lines


def _said(text: str, situation: Situation) -> list[str]:
    """Return the lines of `text` that say something, the first with the start of the cursor's line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not situation.on_blank_line:
        lines[0] = (situation.line_before + text.split("\n", maxsplit=1)[0]).strip()
    return lines
