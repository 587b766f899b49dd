"""What speaks for and against a candidate, in numbers of about one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from segue_context.statistical._names import fresh_names
from segue_context.statistical._sources import HERE
from segue_context.statistical._tokens import is_name, tokens_of
from segue_syntax import indent_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.statistical._candidates import Candidate, Collector, Cursor

OPENERS, CLOSERS = frozenset("([{"), frozenset(")]}")
BLOCK_ENDS = (":", "{", "(", "[", "=>", "->", "do", "then")

WORD_START = re.compile(r"\w*")

NAMES = (
    "bias",
    "match_length",  # tokens before the cursor that agree, at the best place
    "match_long",  # more than eight of them
    "match_line",  # the whole left part of the line agrees
    "match_above",  # the line above agrees as well
    "agree_longest",  # of the places that agree longest, the share that goes on like this
    "agree_all",  # the same over all places, weighted
    "first",  # no candidate has more weight
    "lead",  # weight over that of the next best
    "alone",  # there is no other candidate
    "places",  # number of places
    "files",  # number of files
    "decoded",  # the token-by-token decoder found it, with this chance
    "decoded_first",
    "chance",  # log chance of all tokens under the local n-grams
    "chance_token",  # the same for each token
    "chance_worst",  # of the least likely token
    "tokens",  # length
    "shaped",  # copied from a line that looks alike, names replaced
    "shaped_aligned",  # and the lines above look alike too
    "only_shaped",
    "near",  # a place in this file, the nearer the higher
    "here",  # a place in this file
    "next_agrees",  # the line after the place is the line after the cursor
    "next_differs",
    "repeats_next",  # the line would repeat the line below
    "repeats_above",  # the line would repeat the line above
    "exists",  # the whole line stands elsewhere in this file
    "balance_closed",  # brackets open on this line are closed
    "balance_left_open",
    "balance_over",  # closes more than this line opened
    "opens_block_rightly",  # ends with an opener, and the next line is deeper
    "opens_block_wrongly",
    "misses_block",  # the next line is deeper although the line does not open anything
    "new_names",  # names unknown to the file
    "recent_names",  # share of names seen in the last lines
    "strings",  # words inside a string literal
    "numbers",
    "starts_word",
    "starts_call",
    "starts_closer",
    "starts_assign",
    "partial_word",
    "similar",  # names around the best place that also stand around the cursor
    "left_tokens",
    "series",  # the line above, moved on
    "filled",  # free names replaced by fresh ones
    "filled_share",  # weight of the candidate this was made from
    "uses_fresh",  # uses names introduced just above and not used yet
    "ignores_fresh",
    "repeats_near",  # the whole line stands in one of the last lines
    "agree_long",  # the places that agree longest agree long
    "agree_often",  # and there are many of them
    "next_agrees_line",
    "closer_closes",
    "unlikely_long",
    "word",  # the begun word becomes a name that is likely by itself (log chance)
    "from_word",  # the candidate was made from that name
    "word_gap",  # it ends where the begun word does not
    "whole",  # takes the begun word for complete
    "whole_known",  # which is a name that is known
    "whole_shaped",  # copied from a line that looks alike, with the begun word for complete
)


class RankingContext:
    """What all candidates at one cursor are compared with."""

    def __init__(self, cursor: Cursor, prefix: str, suffix: str, collector: Collector) -> None:
        self.cursor = cursor
        self.collector = collector
        line = prefix[prefix.rfind("\n") + 1 :]
        self.line = line.strip()
        self.indent = indent_width(line) if self.line else len(line.expandtabs(4))
        below = [text for text in suffix[:4000].split("\n")[1:8] if text.strip()]
        self.next_line = below[0].strip() if below else ""
        self.next_indent = indent_width(below[0]) if below else -1
        above = [text for text in prefix[-4000:].split("\n")[:-1] if text.strip()][-12:]
        self.above = above[-1].strip() if above else ""
        self.lines_above = {text.strip() for text in above}
        self.recent = {t.strip() for text in [*above, line] for t in tokens_of(text) if is_name(t)}
        self.around = self.recent | {t.strip() for text in below for t in tokens_of(text) if is_name(t)}
        self.fresh = fresh_names([*prefix[-4000:].split("\n")[:-1][-20:], line])
        self.echo = _echo(cursor.left)
        self.left_balance = _balance(self.line)
        self.here = [source for source in collector.sources if source.kind == HERE]
        self.cursor_line = prefix.count("\n")
        self.words: dict[str, float] = {}
        self._known: dict[str, bool] = {}
        self.total = self.heaviest = self.second = self.best_decoded = 0.0
        self.count = self.longest = self.at_longest = 0

    def weigh(self) -> None:
        """Compare the candidates with each other; call it once they are complete."""
        collector = self.collector
        ranked = sorted(collector.found.values(), key=lambda c: -c.weight)
        self.total = sum(c.weight for c in ranked) or 1.0
        self.heaviest = ranked[0].weight if ranked else 0.0
        self.second = ranked[1].weight if len(ranked) > 1 else 0.0
        self.count = len(ranked)
        longest = max((c.longest for c in ranked), default=0)
        self.longest = longest
        self.at_longest = sum(1 for c in ranked for p in c.places if p.length == longest) or 1
        self.best_decoded = max((c.decoded for c in ranked), default=0.0)

    def word_chance(self, text: str) -> float:
        """Return the chance that the begun word becomes what it is in `text`, 0 without such a word."""
        if not self.words:
            return 0.0
        return self.words.get(self.cursor.partial.strip() + word_start(text), 0.0)

    def word_evidence(self, text: str) -> float:
        """Return a quarter of the log of `word_chance`, 0 without a begun word."""
        return math.log(self.word_chance(text) + 0.01) / 4 if self.words else 0.0

    def known(self, name: str) -> bool:
        """Tell whether the current file uses the name."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = any(name in source.chunk.names for source in self.here)
        return known


def features(candidate: Candidate, ranking: RankingContext) -> list[float]:
    """Return the values of `NAMES` for one candidate."""
    cursor = ranking.cursor
    left = len(cursor.left)
    longest = candidate.longest
    top = max(candidate.places, key=lambda p: (p.length, p.source.kind == HERE), default=None)
    lead = candidate.weight / ranking.total
    rival = ranking.second if candidate.weight >= ranking.heaviest else ranking.heaviest
    files = len({p.source.path for p in candidate.places})
    chances = _chances(candidate, ranking)
    total = sum(chances)
    text, full = candidate.text, (ranking.line + candidate.text).strip()
    if ranking.cursor.partial == " ":
        full = ranking.line + " " + candidate.text
    distance = min(
        (
            abs(
                p.source.first_line
                + p.source.chunk.numbers[p.source.chunk.line_at(p.position - 1)]
                - ranking.cursor_line
            )
            for p in candidate.places
            if p.source.kind == HERE
        ),
        default=-1,
    )
    next_agrees = next_differs = 0.0
    if ranking.next_line:
        for place in candidate.places[:6]:
            chunk = place.source.chunk
            index = chunk.line_at(place.position) + 1
            if index < len(chunk.starts) - 1:
                if chunk.line_text(index) == ranking.next_line:
                    next_agrees = 1.0
                else:
                    next_differs = 1.0
    tail_balance = _balance(text)
    after = ranking.left_balance + tail_balance
    opens = text.endswith(BLOCK_ENDS)
    deeper = ranking.next_indent > ranking.indent
    names = [t.strip() for t in candidate.tokens if is_name(t)]
    unknown = sum(1 for n in names if not ranking.known(n))
    recent = sum(1 for n in names if n in ranking.recent)
    fresh = sum(1 for n in names if n in ranking.fresh)
    agreeing = sum(1 for p in candidate.places if p.length == ranking.longest) / ranking.at_longest
    quotes = text.count('"') + text.count("'")
    first = text.lstrip()[:1]
    word = cursor.partial.strip()
    whole = bool(word) and not word_start(text)
    return [
        1.0,
        min(longest, 16) / 8,
        float(longest > 8),
        float(longest > left),
        float(longest > left + 2 + (len(cursor.previous[-1]) if cursor.previous else 0)),
        agreeing,
        lead,
        float(candidate.weight >= ranking.heaviest > 0),
        math.log((candidate.weight + 1) / (rival + 1)) / 4,
        float(ranking.count == 1),
        math.log1p(len(candidate.places)),
        math.log1p(files),
        candidate.decoded,
        float(candidate.decoded > 0 and candidate.decoded >= ranking.best_decoded),
        total / 8,
        total / len(chances) / 2,
        min(chances) / 4,
        math.log1p(len(candidate.tokens)),
        float(candidate.shaped > 0),
        min(candidate.aligned, 4) / 2,
        float(candidate.weight == 0),
        1 / (1 + distance / 10) if distance >= 0 else 0.0,
        float(distance >= 0),
        next_agrees,
        next_differs * (1 - next_agrees),
        float(full == ranking.next_line),
        float(full == ranking.above),
        float(any(full in s.chunk.lines for s in ranking.here)),
        float(ranking.left_balance > 0 and after == 0),
        float(after > 0),
        float(after < 0),
        float(opens and deeper),
        float(opens and not deeper),
        float(deeper and not opens),
        min(unknown, 4) / 2,
        recent / len(names) if names else 0.5,
        min(quotes, 6) / 2,
        float(any(c.isdigit() for c in text)),
        float(first.isalnum() or first == "_"),
        float(first == "("),
        float(first in CLOSERS),
        float(first == "="),
        float(bool(cursor.partial.strip())),
        _similar(top, ranking) if top else 0.0,
        min(left, 12) / 6,
        float(candidate.series),
        float(candidate.filled > 0),
        candidate.parent / ranking.total,
        min(fresh, 2),
        float(fresh == 0 and bool(ranking.fresh)),
        float(full in ranking.lines_above),
        agreeing * min(longest, 16) / 8,
        agreeing * math.log1p(len(candidate.places)),
        float(next_agrees > 0 and longest > left),
        float(first in CLOSERS and ranking.left_balance > 0 and after == 0),
        min(chances) / 4 * math.log1p(len(candidate.tokens)),
        ranking.word_evidence(candidate.text),
        candidate.word,
        float(bool(ranking.words) and not word_start(candidate.text)),
        float(whole),
        float(whole and ranking.known(word)),
        float(whole and candidate.weight == 0 and candidate.shaped > 0),
    ]


def _chances(candidate: Candidate, ranking: RankingContext) -> list[float]:
    continuations = ranking.collector.continuations
    cursor = ranking.cursor
    partial = cursor.partial
    tokens: Sequence[str] = candidate.tokens
    begun = cursor.operator and tokens[0] != cursor.operator and tokens[0].startswith(cursor.operator)
    context = list(cursor.context[-9:-1] if begun else cursor.context[-8:])
    chances = []
    if partial and tokens and not tokens[0].startswith(partial):
        context.append(partial)
    for token in tokens[:24]:
        chances.append(math.log(continuations.chance(context, token)))
        context.append(token)
    chances.append(math.log(continuations.ends(context)))
    return chances


def _echo(left: Sequence[str]) -> str:
    """Return the name that a value after ``=`` or ``:`` may well have too: ``self.width = width``."""
    if len(left) < 2 or left[-1].strip() not in {"=", ":", ":="}:
        return ""
    return left[-2].strip() if is_name(left[-2]) else ""


def word_start(text: str) -> str:
    """Return the letters, digits and underscores that `text` begins with."""
    found = WORD_START.match(text)
    return found[0] if found else ""


def _balance(text: str) -> int:
    return sum(text.count(c) for c in OPENERS) - sum(text.count(c) for c in CLOSERS)


def _similar(place: object, ranking: RankingContext) -> float:
    source, position = place.source, place.position  # type: ignore[attr-defined]
    chunk = source.chunk
    index = chunk.line_at(position - 1)
    start, end = chunk.starts[max(0, index - 4)], chunk.starts[min(len(chunk.starts) - 1, index + 4)]
    names = {t.strip() for t in chunk.tokens[start:end] if is_name(t)}
    if not names:
        return 0.0
    return len(names & ranking.around) / math.sqrt(len(names) * (len(ranking.around) or 1))
