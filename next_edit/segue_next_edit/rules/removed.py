"""A symbol that went away: the places that still use it (where, not what)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._common_words import COMMON_WORDS
from segue_next_edit._renames import former_names
from segue_next_edit._tokens import words_of
from segue_next_edit.patterns import names_replaced
from segue_syntax import defined_by, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._situation import Situation

_MAX_NAMES = 10
_MAX_FILES = 30
_MAX_PLACES = 40
_LONG_LINE = 1000
_PLAIN = COMMON_WORDS | {
    "all",
    "any",
    "are",
    "as",
    "be",
    "dict",
    "except",
    "it",
    "len",
    "list",
    "name",
    "on",
    "pass",
    "print",
    "raise",
    "range",
    "set",
    "that",
    "the",
    "to",
    "try",
    "tuple",
    "value",
    "with",
}


class RemovedRule:
    """Follows names that the edits took away."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the lines that still hold a removed name."""
        renamed = {one.old for one in names_replaced(situation) if one.declares} | former_names(situation)
        for name, age, defined, count in _gone(situation)[:_MAX_NAMES]:
            if name in renamed:
                continue
            word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
            found: list[Candidate] = []
            for path in situation.files_with(name, limit=_MAX_FILES):
                file = situation.file(path)
                if file is None:
                    continue
                inside = file.import_lines
                last = -2
                for line, text in file.lines_with(name):
                    match = word.search(text) if len(text) <= _LONG_LINE else None
                    if match is None:
                        continue
                    if line <= last + 1 or situation.is_touched(path, line, line + 1):
                        last = max(last, line)
                        continue
                    last = line
                    where = situation.syntax_at(file, line, match.start())
                    found.append(
                        Candidate(
                            path,
                            line,
                            line + 1,
                            None,
                            "removed",
                            "removed\0" + name,
                            f"still uses {name}",
                            {
                                "age": float(min(age, 10)),
                                "defines": float(defined),
                                "import": float(line in inside),
                                "code": float(where == "code"),
                                "count": float(min(count, 5)),
                                "redefined": float(name in defined_by(file.lines[line], file.language_id)),
                                "capital": float(name[:1].isupper()),
                                "length": float(min(len(name), 20)),
                            },
                        )
                    )
                if len(found) > _MAX_PLACES:
                    break
            if len(found) <= _MAX_PLACES:
                yield from found


def _gone(situation: Situation) -> list[tuple[str, int, bool, int]]:
    """Return removed names with the age of the removal, whether a definition went, and how many uses did."""
    left = {
        name: count
        for name, count in situation.removed_words.items()
        if len(name) >= 3 and name not in _PLAIN and name not in situation.added_words
    }
    ages: dict[str, int] = {}
    defined: set[str] = set()
    for edit in situation.done:
        went = left.keys() & (set(words_of(edit.old)) - set(words_of(edit.new)))
        language = language_of(path=edit.path).id
        for name in went:
            ages[name] = min(edit.age, ages.get(name, edit.age))
        defined |= (
            {name for line in edit.old for name in went & defined_by(line, language)} if went else set()
        )
    gone = [(name, age, name in defined, left[name]) for name, age in ages.items()]
    gone.sort(key=lambda row: (not row[2], row[1], -len(row[0])))
    return gone
