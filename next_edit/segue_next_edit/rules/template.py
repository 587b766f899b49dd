"""The same rewriting of an expression again, with other names in it: `f(a.x)` to `a.x`, `f(b.y)` to `b.y`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate, merged_lines
from segue_next_edit._renames import beyond_renames
from segue_next_edit._signatures import is_of_signature
from segue_next_edit._tokens import paired_lines, tokens_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_MAX_FILES = 40
_MAX_PLACES = 200
_MAX_TEMPLATES = 10
_LONG_LINE = 400
_HOLE = r"([\w.]+(?:\([\w., ]*\))?)"
_WORD_TOKEN = re.compile(r"\w+")


@dataclass(slots=True)
class Template:
    """Old and new tokens of a rewriting in which numbers stand for what may be anything (the holes)."""

    old: tuple[str | int, ...]
    new: tuple[str | int, ...]
    words: tuple[str, ...]
    ages: set[int] = field(default_factory=set)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds the old form; each hole is a group, a repeated one must repeat."""
        parts: list[str] = []
        seen: set[int] = set()
        for token in self.old:
            if isinstance(token, str):
                parts.append(r"\s+" if token.isspace() else re.escape(token))
            elif token in seen:
                parts.append(rf"\{token}")
            else:
                seen.add(token)
                parts.append(_HOLE)
        head = r"(?<!\w)" if isinstance(self.old[0], int) or self.old[0][:1].isalnum() else ""
        tail = r"(?!\w)" if isinstance(self.old[-1], int) or self.old[-1][-1:].isalnum() else ""
        return re.compile(head + "".join(parts) + tail)

    def filled(self, match: re.Match[str]) -> str:
        """Return the new form for one place."""
        return "".join(token if isinstance(token, str) else match[token] for token in self.new)

    @property
    def fixed(self) -> int:
        """How many tokens of the old form are not holes."""
        return sum(isinstance(token, str) and not token.isspace() for token in self.old)


class TemplateRule:
    """Learns rewritings with holes and finds where else their old form stands."""

    kind = "template"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the lines in which a rewriting of the history applies."""
        for template in _learnt(situation)[:_MAX_TEMPLATES]:
            pattern = template.pattern
            found = 0
            paths = situation.files_with(*template.words[:4], limit=_MAX_FILES)
            for path in paths:
                file = situation.file(path)
                if file is None or found > _MAX_PLACES:
                    continue
                changes = _lines(situation, file, pattern, template)
                found += len(changes)
                for start, end, new, strings in merged_lines(changes):
                    yield Candidate(
                        path, start, end, new, "template", "template\0" + pattern.pattern, "the same rewriting",
                        {"support": float(min(len(template.ages), 6)), "age": float(min(10, *template.ages)),
                         "weight": float(template.fixed), "holes": float(len({t for t in template.old if isinstance(t, int)})),
                         "several": float(end - start > 1), "string": float(strings > 0),
                         "words": float(min(len(template.words), 4))},
                    )  # fmt: skip


def _lines(
    situation: Situation, file: SourceFile, pattern: re.Pattern[str], template: Template
) -> dict[int, tuple[str, float]]:
    changes: dict[int, tuple[str, float]] = {}
    anchor = template.words[0]
    for line, text in file.lines_with(anchor):
        if len(text) > _LONG_LINE or situation.is_touched(file.path, line, line + 1):
            continue
        match = pattern.search(text)
        if match is None:
            continue
        new = pattern.sub(template.filled, text)
        if new != text:
            where = situation.syntax_at(file, line, match.start())
            changes[line] = new, float(where != "code")
    return changes


def _learnt(situation: Situation) -> list[Template]:
    templates: dict[tuple[tuple[str | int, ...], tuple[str | int, ...]], Template] = {}
    for edit in sorted(beyond_renames(situation), key=lambda e: e.age):
        if len(edit.old) > 60 or len(edit.new) > 60:
            continue
        for before, after in paired_lines(edit.old, edit.new):
            if is_of_signature(situation, edit.path, after):
                continue
            template = generalised(before, after)
            if template is not None:
                templates.setdefault((template.old, template.new), template).ages.add(edit.age)
    return sorted(templates.values(), key=lambda t: (-len(t.ages), min(t.ages)))


def generalised(before: str, after: str) -> Template | None:
    """Return the rewriting of one line with the words that survive between the changes as holes."""
    old, new = tokens_of(before.strip()), tokens_of(after.strip())
    if not 2 < len(old) <= 120 or len(new) > 120:
        return None
    codes = [c for c in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if c[0] != "equal"]
    if not codes:
        return None
    a, b, c, d = codes[0][1], codes[-1][2], codes[0][3], codes[-1][4]
    inside_old, inside_new = old[a:b], new[c:d]
    holes: dict[str, int] = {}
    for token in inside_old:
        if _WORD_TOKEN.fullmatch(token) and token in inside_new and token not in holes:
            holes[token] = len(holes) + 1
    if not holes or len(holes) > 5:
        return None
    old_form = tuple(holes.get(token, token) for token in inside_old)
    new_form = tuple(holes.get(token, token) for token in inside_new)
    fixed = [token for token in old_form if isinstance(token, str) and not token.isspace()]
    if len(fixed) < 2 or len(fixed) < len(holes):
        return None
    words = list(dict.fromkeys(word for token in fixed for word in words_of([token]) if len(word) > 2))
    if not words:
        words = [w for w in dict.fromkeys(words_of([before])) if w not in holes and len(w) > 2]
    return Template(old_form, new_form, tuple(words[:4])) if words else None
