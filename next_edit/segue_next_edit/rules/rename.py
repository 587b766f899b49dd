"""A renamed binding leads to every identifier that refers to it, in its file and in those that can name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from segue_next_edit._candidates import Candidate, merged_lines
from segue_next_edit._mentions import mention_spans
from segue_next_edit._renames import renames_in, replaced, spans_in_file, spans_in_other_files, written_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segue_next_edit._renames import Rename, Span
    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

MAX_FILES = 60
MAX_SERIES_FILES = 10_000


class RenameRule:
    """Follows the binding, never the word: text, other scopes' names and other types' members stay as they are."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the places that still have the former name; those of the renamed file come first."""
        for rename in renames_in(situation):
            yield from self.places(situation, rename)

    def places(self, situation: Situation, rename: Rename, *, files: int = MAX_FILES) -> Iterator[Candidate]:
        """Yield the places of one rename in up to `files` other files."""
        for file, before, spans in _uses(situation, rename, files):
            yield from _candidates(situation, rename, file, before, spans)

    def places_and_mentions(self, situation: Situation, rename: Rename) -> Iterator[Candidate]:
        """Yield the places of one rename in all files, with those in comments, strings and prose."""
        found = {
            file.path: (before, spans) for file, before, spans in _uses(situation, rename, MAX_SERIES_FILES)
        }
        for path in situation.reader.files_with((rename.old,), limit=MAX_SERIES_FILES):
            file = situation.read(path)
            if file is None:
                continue
            before, spans = found.get(path, (file.text, []))
            mentions = mention_spans(before, file.language, rename.old, rename.new)
            yield from _candidates(situation, rename, file, before, [*spans, *mentions])


def _uses(situation: Situation, rename: Rename, files: int) -> Iterator[tuple[SourceFile, str, list[Span]]]:
    """Yield each file that means the binding, its text with the old name, and the identifiers in that."""
    file = situation.read(rename.path)
    if file is not None:
        yield file, rename.text, spans_in_file(situation, rename)
    for other, spans in spans_in_other_files(situation, rename, files):
        yield other, other.text, spans


def _candidates(
    situation: Situation, rename: Rename, file: SourceFile, before: str, spans: Iterable[Span]
) -> Iterator[Candidate]:
    reason = f"rename {rename.old} to {rename.new}"
    done = (*rename.done, *_beside(situation, rename)) if file.path == rename.path else ()
    lines = {
        line: found
        for line, found in replaced(file.lines, before, spans, done).items()
        if not written_since(situation, file.path, line, file.lines[line], rename)
        and (found[1] or not situation.is_touched(file.path, line, line + 1))
    }
    rewritten = float(min(rename.rewritten, 6))
    likeness = ratio(rename.old.lower(), rename.new.lower()) / 100
    for sure in (True, False):
        changes = {line: (text, 1.0) for line, (text, resolved) in lines.items() if resolved is sure}
        for start, end, new, _ in merged_lines(changes):
            evidence = {
                "resolved": float(sure),
                "defines": float(rename.defines),
                "local": float(not rename.public),
                "member": float(rename.member),
                "age": float(min(rename.edit.age, 10)),
                "touched": float(situation.is_touched(file.path, start, end)),
                "rewritten": rewritten,
                "likeness": likeness,
                "several": float(end - start > 1),
            }
            yield Candidate(file.path, start, end, new, "rename", rename.group, reason, evidence)


def _beside(situation: Situation, rename: Rename) -> Iterator[Span]:
    """Yield what the other renames of the same text surely change: a line gets all of its new names at once."""
    for other in renames_in(situation):
        if other is not rename and other.scopes is rename.scopes:
            yield from (span for span in spans_in_file(situation, other) if span.resolved)
