"""Uses of a name in code, and mentions of it in comments, strings and prose, which a rename leaves alone unasked."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from segue_next_edit._renames import Span
from segue_next_edit._tokens import paired_lines, replacements
from segue_syntax import regions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit._candidates import Candidate
    from segue_next_edit._situation import Situation
    from segue_syntax import Language


def mention_spans(text: str, language: Language, old: str, new: str) -> Iterator[Span]:
    """Yield where a name is mentioned in comments and strings; where nothing is code, everywhere."""
    code = language.grammar and language.has_code
    regions = regions_of(text, language.id) if code else None
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    for match in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", text):
        if regions is None or regions.at(match.start()) != "code":
            line = bisect_right(starts, match.start()) - 1
            yield Span(line, match.start() - starts[line], match.end() - starts[line], new)


def mentions_asked(situation: Situation, candidates: Sequence[Candidate]) -> bool:
    """Whether the user made this rename in a comment, a string or prose too: then the others are meant as well."""
    if not candidates or candidates[0].kind != "rename":
        return True
    old_name, _, new_name = candidates[0].group.partition("\0")
    for edit in situation.done:
        file = situation.read(edit.path)
        pairs = paired_lines(edit.old, edit.new)
        if file is None or not any(
            (r.old, r.new) == (old_name, new_name) for pair in pairs for r in replacements(*pair)
        ):
            continue
        lines = [n for n in range(edit.line, min(edit.end, len(file.lines))) if n in file.lines_of(new_name)]
        if lines and not any(file.uses(new_name, line) for line in lines):
            return True
    return False
