"""Commit messages in the style of a repository, learned from its log."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass

from segue_assist._doc_answer import FENCE, clean_answer, fenced_blocks
from segue_assist._errors import AssistError
from segue_assist._structured import COMMIT, read_data

_TYPES = (
    *(
        "feat",
        "fix",
        "docs",
        "doc",
        "chore",
        "refactor",
        "test",
        "tests",
        "style",
        "perf",
        "build",
        "ci",
        "revert",
    ),
    *("deps", "release", "security", "i18n", "ux", "ui", "wip"),
)
_CONVENTIONAL = re.compile(r"^(?P<type>" + "|".join(sorted(_TYPES)) + r")(?:\((?P<scope>[^)]+)\))?!?: \S")
_AREA = re.compile(r"^(?P<area>[\w./,{}*-]+): \S")
_TICKET = re.compile(r"^(?:\[?[A-Z][A-Z0-9]+-\d+\]?:?|#\d+:?)\s")
_EMOJI = re.compile(r"^(?::\w+:|[\U0001F300-\U0001FAFF\u2600-\u27BF])")
_TRAILERS = re.compile(
    r"^(?:Signed-off-by|Co-authored-by|Reviewed-by|Change-Id|Refs?|Fixes|Closes)\b.*$", re.MULTILINE
)
_TALK = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|here(?:'s| is| are)|the commit message|commit message|subject(?: line)?|this commit)"
    r"\b[^\n]*:\s*\n?|(?:sure|certainly|of course|okay|ok)[,.!]\s+)+",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"^(?:I(?:\s|')|sorry\b|unfortunately\b|as an ai\b|(?:the|this) (?:diff|changes?|code)\b.*\b(?:shows?|is|are)\b|this diff\b)",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"^\W{0,4}(?:(?:option|choice|alternative|message|suggestion|version)s?\s*#?(?:\d+|[A-C])\b[*_]{0,2}\s*[:.)-]*|\d[.)](?=\s))[*_]{0,2}[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
"""What begins each of several messages to choose from."""
_PAST = re.compile(r"^(?:\w+ed|made|wrote|built|found|kept|left|moved)\b", re.IGNORECASE)
_THIRD = re.compile(
    r"^(?:adds|fixes|removes|updates|makes|uses|changes|moves|renames|improves|introduces|allows)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CommitStyle:
    """The habits of a repository's commit messages; shares are 0..1 of the commits looked at.

    `capital` is None where subjects begin with letters that have no case.
    """

    count: int = 0
    conventional: float = 0.0
    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    area: float = 0.0
    ticket: float = 0.0
    emoji: float = 0.0
    capital: float | None = 1.0
    period: float = 0.0
    past: float = 0.0
    body: float = 0.3
    longest: int = 72
    subjects: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return the habits as instructions."""
        rules = []
        if self.conventional >= 0.5:
            scope = f", scopes like {', '.join(self.scopes[:6])}" if self.scopes else ", no scope"
            rules.append(
                f"- Conventional Commits: `type: subject` with types {', '.join(self.types[:8])}{scope}."
            )
        elif self.area >= 0.5:
            rules.append(
                "- The subject starts with the part of the code changed and a colon, as in the examples."
            )
        if self.ticket >= 0.5:
            rules.append("- Subjects carry a ticket number; leave it out, the user adds it.")
        if self.emoji >= 0.5:
            rules.append("- The subject starts with an emoji, as in the examples.")
        mood = "past tense (`Added ...`)" if self.past >= 0.5 else "imperative (`Add ...`)"
        rules.append(f"- Mood: {mood}.")
        after = " after the prefix" if self.conventional >= 0.5 or self.area >= 0.5 else ""
        if self.capital is not None:
            case = "a capital" if self.capital >= 0.5 else "lower case"
            rules.append(f"- The first letter{after} is {case}.")
        rules.append(
            "- The subject ends with a full stop."
            if self.period >= 0.5
            else "- No full stop at the end of the subject."
        )
        rules.append(f"- The subject has at most {self.longest} characters.")
        rules.append("- A body is common." if self.body >= 0.4 else "- Mostly no body.")
        return "\n".join(rules)


def learn_style(messages: list[str]) -> CommitStyle:
    """Return the habits that the commit `messages` show; sensible defaults when there are none."""
    subjects = [message.split("\n", 1)[0].strip() for message in messages]
    subjects = [subject for subject in subjects if subject and not subject.startswith(("Merge ", "Revert "))]
    if len(subjects) < 3:
        return CommitStyle(subjects=tuple(subjects))
    bodies = [_TRAILERS.sub("", message.partition("\n")[2]).strip() for message in messages]
    conventional = [match for subject in subjects if (match := _CONVENTIONAL.match(subject))]
    types = Counter(match["type"] for match in conventional)
    scopes = Counter(match["scope"] for match in conventional if match["scope"])
    rest = [_after_prefix(subject) for subject in subjects]
    lettered = [text for text in rest if text[:1].lower() != text[:1].upper()]
    total = len(subjects)
    lengths = sorted(len(subject) for subject in subjects)
    return CommitStyle(
        count=total,
        conventional=len(conventional) / total,
        types=tuple(name for name, _ in types.most_common(8)),
        scopes=tuple(name for name, _ in scopes.most_common(6))
        if len(scopes) * 4 >= 1 and sum(scopes.values()) * 3 >= total
        else (),
        area=sum(1 for subject in subjects if _AREA.match(subject)) / total,
        ticket=sum(1 for subject in subjects if _TICKET.match(subject)) / total,
        emoji=sum(1 for subject in subjects if _EMOJI.match(subject)) / total,
        capital=sum(text[0].isupper() for text in lettered) / len(lettered) if lettered else None,
        period=sum(1 for subject in subjects if subject.endswith(".")) / total,
        past=sum(1 for text in rest if _PAST.match(text) and not _THIRD.match(text)) / total,
        body=sum(1 for body in bodies if body) / total,
        longest=min(max(lengths[int(total * 0.9)], 50), 100),
        subjects=tuple(subjects[:10]),
    )


def _after_prefix(subject: str) -> str:
    for pattern in (_TICKET, _EMOJI):
        match = pattern.match(subject)
        if match:
            subject = subject[match.end() :].lstrip()
    if _CONVENTIONAL.match(subject) or _AREA.match(subject):
        return subject.split(": ", 1)[1].lstrip()
    return subject


def message_from_answer(answer: str, style: CommitStyle, *, cut: bool = False) -> str:
    """Return the commit message in a model's answer, with the repository's habits that can be mended applied.

    The answer is data (`COMMIT`) or text.

    Raises `AssistError` (empty_answer, prose, cut_off) when there is none.
    """
    answer = clean_answer(answer).strip()
    if not answer:
        raise AssistError("empty_answer", "The model answered nothing, so there is no commit message.")
    data = read_data(answer, COMMIT, cut=cut)
    text = (
        _first_option(_message_part(answer))
        if data is None
        else f"{data['subject']}\n\n{data.get('body', '')}".strip()
    )
    subject, _, body = text.partition("\n")
    subject = re.sub(r"^(?:#+\s+|\*\*|[-*]\s+)", "", subject.strip()).strip("*").strip()
    subject = re.sub(r"^(?:commit message|subject(?: line)?)\s*:\s*", "", subject, flags=re.IGNORECASE)
    subject = subject.strip("\"'`").strip()
    body = re.sub(r"^\s*(?:body|description)\s*:\s*", "", body, flags=re.IGNORECASE)
    if cut and not body and data is None:
        raise AssistError(
            "cut_off", "The model's answer was cut off in the subject line, so there is no commit message."
        )
    if (
        not subject
        or subject.startswith(("diff --git", "@@", "+++ ", "--- ", "+", "{"))
        or _PROSE.match(subject)
    ):
        raise AssistError("prose", "The model answered with something else than a commit message.")
    if len(subject) > 160 or subject.count(". ") > 1:
        raise AssistError("prose", "The model answered with prose instead of a commit message.")
    subject = _mended(subject, style)
    if subject in style.subjects:
        raise AssistError(
            "prose", "The model repeated an earlier commit message instead of describing this change."
        )
    body = _wrapped(body.strip())
    return f"{subject}\n\n{body}" if body else subject


def _message_part(answer: str) -> str:
    """Return the message in an answer: what its first fence holds, unless the message itself has a fence in its body."""
    match = FENCE.search(answer)
    before = _TALK.sub("", answer[: match.start()].strip()).strip() if match else ""
    lead = before.rpartition("\n")[2].rstrip()
    if match is not None and (
        not before or ("\n" not in before and lead.endswith(":")) or _OPTION.fullmatch(lead)
    ):
        return fenced_blocks(answer)[0][0].strip()
    return _TALK.sub("", answer).strip()


def _first_option(text: str) -> str:
    """Return the first of several messages to choose from, or the only one."""
    found = list(_OPTION.finditer(text))
    lead = text[: found[0].start()].strip() if found else ""
    if len(found) < 2 or (lead and ("\n" in lead or not lead.endswith(":"))):
        return text
    first = text[found[0].end() : found[1].start()].strip()
    return fenced_blocks(first)[0][0] if fenced_blocks(first) else first


def _mended(subject: str, style: CommitStyle) -> str:
    if style.period < 0.5:
        subject = subject.rstrip(".") if not subject.endswith("...") else subject
    elif not subject.endswith((".", "!", "?")):
        subject += "."
    if style.count >= 3 and style.conventional < 0.1 and style.area < 0.2:
        match = _CONVENTIONAL.match(subject)
        if match:
            subject = subject.split(": ", 1)[1]
    rest = _after_prefix(subject)
    first = rest.split(" ", 1)[0]
    if style.capital is not None and first.isalpha() and first[1:].islower():
        cased = rest[0].upper() + rest[1:] if style.capital >= 0.5 else rest[0].lower() + rest[1:]
        subject = subject[: len(subject) - len(rest)] + cased
    return subject


def _wrapped(body: str) -> str:
    lines: list[str] = []
    fenced = False
    for line in body.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if fenced or len(line) <= 76 or line.startswith(("    ", "\t")):
            lines.append(line.rstrip())
            continue
        bullet = re.match(r"\s*(?:[-*]|\d+\.)\s+", line)
        hang = " " * len(bullet[0]) if bullet else ""
        lines += textwrap.wrap(
            line, 72, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines).strip()
