"""A question read by rules: what kind of answer it wants, its words, and the names of code in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_context.index._question_words import stems
from segue_context.search._types import Intent

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_CHARS = 2_000
_STOP_WORDS = """
a about after all also am an and any are as at be because been before being between both but by can
could did do does doing done each either else every for from had has have having here how i if in
instead into is it its just let me more most much my need needs of off on once one only onto or other
our out over please rather same shall should so some such than that the their them then there these they
this those through to too under until up us via want was way we were what when where whether which while
who whom whose why will with within without would you your isn doesn don didn won aren wasn s t re ve ll
d m vs etc e g ie eg
"""
_STOP = frozenset(_STOP_WORDS.split())
_LIGHT_WORDS = """
compute computed computes calculate calculated decide decided decides determine determined choose chosen perform performed
made done managed
code class function functions method methods file files module modules repository repo project library
package implement implements implemented implementation implementing defined define defines definition
handle handled handles handling work works working happen happens located find found look show explain
tell describe does logic actual actually exactly specific particular various different new current
inside get gets got like make makes use used uses using
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
_EMPTY_WORDS = """
fix fixed bug bugs broken break breaks help improve better best wrong good bad problem problems issue
issues thing things stuff something anything everything nothing somewhere part parts way ways trying try
want question answer know understand mean means right correct okay ok please thanks hi hello fast slow
real great nice other others another again next previous first last one two today now
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_LIGHT_WEIGHT = 0.35
_OTHER_SCRIPT = "\u0370-\ufaff\ufe30-\uffef"
_SCRIPT_CHANGE = re.compile(
    rf"(?<=[{_OTHER_SCRIPT}])(?=[\w`])(?![{_OTHER_SCRIPT}])|(?<=[\w`)])(?<![{_OTHER_SCRIPT}])(?=[{_OTHER_SCRIPT}])"
)
_NAME = re.compile(
    r"`([^`\n]{2,80})`|\b([A-Za-z_$][\w$]*(?:(?:::|\.|->|#)[A-Za-z_$][\w$]*)+)\b|"
    r"\b([A-Za-z]+_\w+|_+[A-Za-z]\w+|[a-z]+[A-Z]\w*|[A-Z]+[a-z0-9]+[A-Z]\w*)\b"
)
_ONE_NAME = re.compile(r"[A-Za-z_$][\w$]*[?!]?")
_USED = re.compile(
    r"\b(?:who|what|which \w+) (?:is using|depends on|uses?|calls?|imports?|invokes?) (.+)"
    r"|\bwhere (?:is|are) (.+?) (?:being )?(?:used|called|imported|invoked|instantiated|referenced)\b"
    r"|\b(?:usages?|callers?|references?|call sites?) (?:of|to|for) (.+)",
    re.IGNORECASE,
)
_AROUND_NAME = re.compile(
    r"^(?:(?:the|an?|this|that|our)\b\s*)?(?:(?:class|function|method|module|constant|variable|type|file)\b\s*)?"
    r"|\s+(?:class|function|method|module|constant|variable|type|in (?:this|the) \w+|anywhere)$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"\n]{6,300})\"|'([^'\n]{6,300})'(?!\w)|“([^”\n]{6,300})”|`([^`\n]* [^`\n]*)`")
_SEPARATOR = re.compile(r"::|\.|->|#")

_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern, re.IGNORECASE))
    for intent, pattern in (
        (
            Intent.CHANGED,
            (
                r"^(when|why) (was|were|did|has|have|is) .*\b(change|add|remove|rename|introduce|delete|rewrit|replace|move|deprecat|drop)\w*"
                r"|\bwho (wrote|changed|added|removed|introduced|last)\b|\b(history|blame|changelog|evolution) (of|for)\b"
                r"|\bwhich commit\b|\blast (change|commit|modif)\w*"
            ),
        ),
        (
            Intent.USES,
            (
                r"\bwho (uses|calls|imports|depends on|invokes)\b|\bwhere (is|are) .* (used|called|imported|invoked|instantiated|referenced)\b"
                r"|\b(usages?|callers?|references?|call sites?) (of|to|for)\b|\bwhat (uses|calls|imports|depends on)\b"
                r"|\bwho is using\b|\bwhich (files|modules|classes|functions) (use|call|import)\b"
            ),
        ),
        (
            Intent.TESTS,
            (
                r"\b(tests?|test cases?|specs?|unit tests?) (of|for|that|covering|which)\b|\b(how|where|is|are) .*\btested\b"
                r"|\bwhich tests?\b|\b(covered by|has|have|are there|any) (a |any )?tests?\b"
            ),
        ),
        (
            Intent.OVERVIEW,
            (
                r"^(give me |show me |write )?(an? )?(overview|summary|architecture)\b"
                r"|\bwhat (does|is) this (project|repo|repository|codebase|library|package|code ?base)\b"
                r"|\b(overall|high.level) (structure|architecture|overview|design)\b|\bhow is (this|the) (project|repo|repository|codebase) (structured|organi[sz]ed|laid out)\b"
                r"|\bwhere (do|should) i (start|begin)\b|\bentry points?$"
            ),
        ),
        (
            Intent.ERROR,
            (
                r"\b(error|exception|message|warning|traceback|stack trace|panic|raises?|throws?)\b.*[\"“`']|[\"“`'].*\b(error|exception|message|warning|raised|thrown)\b"
                r"|^\w*(Error|Exception|Warning): |^(error|fatal|panic|warning|exception)\b.*: "
            ),
        ),
        (
            Intent.WHERE,
            r"^(where|which (file|function|class|method|module)|what (file|function|class|method|module)|find|locate|show)\b|\bdefin(ed|ition)\b",
        ),
        (Intent.HOW, r"^(how|why|explain|describe|what)\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched for.

    `words` are stems with their weights, `spelled` how the question writes them; `names` the identifiers in it, as written, without what qualifies them, and
    `qualified` those with it; `quoted` the texts in quotes. `used` is what a question about uses names, as written.
    """

    text: str
    intent: Intent
    words: dict[str, float]
    spelled: dict[str, str]
    names: tuple[str, ...]
    qualified: tuple[str, ...]
    quoted: tuple[str, ...]
    is_name: bool
    used: str = ""

    def in_latin_letters(self, known: Collection[str]) -> Question:
        """Return the question without words in other scripts that are not `known`."""
        kept = {
            stem: word
            for stem, word in self.spelled.items()
            if stem in known or not re.search(f"[{_OTHER_SCRIPT}]", word)
        }
        return replace(
            self, words={stem: weight for stem, weight in self.words.items() if stem in kept}, spelled=kept
        )

    @property
    def is_vague(self) -> bool:
        """Whether every word could be in a question about any code."""
        return all(word.lower() in _EMPTY or word.lower() in _LIGHT for word in self.spelled.values())


def read_question(text: str) -> Question:
    """Return what a question asks for."""
    text = _SCRIPT_CHANGE.sub(" ", " ".join(text.split()))
    words, spelled = _weighted(text)
    quoted = tuple(next(filter(None, groups)) for groups in _QUOTED.findall(text))
    is_name = " " not in text and bool(_ONE_NAME.fullmatch(_SEPARATOR.split(text)[-1]))
    qualified = [next(filter(None, groups)) for groups in _NAME.findall(text)]
    if is_name:
        qualified.insert(0, text.rstrip("?!"))
    qualified = [name.strip().rstrip("()") for name in qualified if " " not in name.strip()]
    names = dict.fromkeys(_SEPARATOR.split(name)[-1] for name in qualified)
    intent = _intent(text, quoted, is_name=is_name)
    return Question(
        text,
        intent,
        words,
        spelled,
        tuple(name for name in names if len(name) > 1),
        tuple(dict.fromkeys(qualified)),
        quoted,
        is_name,
        _used(text) if intent is Intent.USES else "",
    )


def _used(text: str) -> str:
    """Return what a question asks the uses of, without articles and the word for its kind; "" where it names nothing."""
    match = _USED.search(text)
    if match is None:
        return ""
    named = next(filter(None, match.groups())).strip(" ?!.`'\"()")
    return _AROUND_NAME.sub("", named).strip(" `'\"()")


def _intent(text: str, quoted: tuple[str, ...], *, is_name: bool) -> Intent:
    if is_name:
        return Intent.WHERE
    for intent, pattern in _INTENTS:
        if pattern.search(text) and (intent is not Intent.ERROR or quoted or ":" in text):
            return intent
    return Intent.WHERE


def _weighted(text: str) -> tuple[dict[str, float], dict[str, str]]:
    """Return the stems of a question with their weights, and as they are written.

    Words of grammar have no weight, words that any question may have little.
    """
    spelled: dict[str, str] = {}
    light: set[str] = set()
    for word in re.findall(r"[^\W_]+", text):
        if word.lower() in _STOP:
            continue
        for stem in stems(word):
            spelled.setdefault(stem, word)
            if word.lower() in _LIGHT:
                light.add(stem)
    if len(light) == len(spelled):
        light = set()
    return {stem: _LIGHT_WEIGHT if stem in light else 1.0 for stem in spelled}, spelled
