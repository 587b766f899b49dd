"""How next-edit answers are judged: the right place, the right content, and silence when all is done."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_bench._next_edit_cases import Case, Target
    from segue_next_edit import Prediction


class Stretch(Protocol):
    """Lines of a file and what they would become."""

    @property
    def path(self) -> str: ...
    @property
    def start_line(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def new(self) -> tuple[str, ...] | None: ...


def located(edit: Stretch, target: Target) -> bool:
    """Whether the edit touches the target, one line of slack allowed."""
    end = max(target.line + len(target.old), target.line + 1)
    return edit.path == target.path and edit.start_line < end + 1 and edit.end_line > target.line - 1


def exact(edit: Stretch, target: Target, lines: Sequence[str]) -> bool:
    """Whether applying the edit gives what applying the target gives, trailing blanks aside."""
    if edit.path != target.path or edit.new is None:
        return False
    start, end = target.line, target.line + len(target.old)
    first, last = min(start, edit.start_line), max(end, edit.end_line)
    mine = [*lines[first : edit.start_line], *edit.new, *lines[edit.end_line : last]]
    theirs = [*lines[first:start], *target.new, *lines[end:last]]
    return [line.rstrip() for line in mine] == [line.rstrip() for line in theirs]


def exact_around(edit: Stretch, placeholder: tuple[int, int, int] | None, target: Target) -> bool:
    """Whether the edit gives what the target gives, but for the stretch that the user fills in."""
    if placeholder is None or edit.new is None or edit.path != target.path:
        return False
    row, first, last = placeholder
    head = "\n".join((*edit.new[:row], edit.new[row][:first]))
    tail = "\n".join((edit.new[row][last:], *edit.new[row + 1 :]))
    whole = "\n".join(target.new)
    same = (edit.start_line, edit.end_line) == (target.line, target.line + len(target.old))
    return same and len(whole) > len(head) + len(tail) and whole.startswith(head) and whole.endswith(tail)


@dataclass
class Scores:
    """Counts over cases, by group of cases and by kind of target."""

    groups: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    labels: Counter[str] = field(default_factory=Counter)
    kinds: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    times_ms: list[float] = field(default_factory=list)

    def add(self, case: Case, prediction: Prediction, after: Prediction, time_ms: float) -> None:
        """Count one case, what was predicted in it, and what was predicted when the commit was `after`."""
        lines = {path: text.split("\n") for path, text in case.files.items()}
        places = [any(located(e, t) for t in case.targets) for e in prediction.edits[:5]]
        contents = [
            any(exact(e, t, lines.get(t.path, [])) for t in case.targets) for e in prediction.edits[:5]
        ]
        for group in ("all", "mechanical" if case.mechanical else "not mechanical"):
            m = self.groups[group]
            m.update(
                n=1,
                location1=places[:1] == [True],
                location5=any(places),
                exact1=contents[:1] == [True],
                exact5=any(contents),
                shown=prediction.shown,
                shown_location=prediction.shown and places[:1] == [True],
                shown_exact=prediction.shown and contents[:1] == [True],
                finished_shown=after.shown,
            )
        for target in case.targets:
            self.labels[target.label] += 1
            self.labels[target.label + "/location5"] += any(located(e, target) for e in prediction.edits[:5])
            self.labels[target.label + "/exact5"] += any(
                exact(e, target, lines.get(target.path, [])) for e in prediction.edits[:5]
            )
        if prediction.edits:
            kind = self.kinds[prediction.edits[0].kind]
            kind.update(n=1, location=places[0], exact=contents[0], shown=prediction.shown)
            kind.update(shown_location=prediction.shown and places[0])
        if after.shown:
            self.kinds[after.edits[0].kind].update(finished=1)
        self.times_ms.append(time_ms)

    def merge(self, other: Scores) -> None:
        """Add the counts of `other`."""
        for name, counts in other.groups.items():
            self.groups[name].update(counts)
        for name, counts in other.kinds.items():
            self.kinds[name].update(counts)
        self.labels.update(other.labels)
        self.times_ms += other.times_ms

    def report(self) -> str:
        """Return the figures as a table."""
        rows: list[str] = []
        for group, m in self.groups.items():

            def share(key: str, of: str = "n", m: Counter[str] = m) -> str:
                return f"{100 * m[key] / m[of]:5.1f} %" if m[of] else "   -   "

            rows.append(
                f"{group:15} n={m['n']:5}  location@1 {share('location1')} @5 {share('location5')}  "
                f"exact@1 {share('exact1')} @5 {share('exact5')}  shown {share('shown')} "
                f"(location {share('shown_location', 'shown')}, exact {share('shown_exact', 'shown')})  "
                f"when finished {share('finished_shown')}"
            )
        rows.append("kind of target          n   location@5   exact@5")
        for label in sorted(name for name in self.labels if "/" not in name):
            n = self.labels[label]
            rows.append(
                f"  {label:20} {n:5}   {100 * self.labels[label + '/location5'] / n:5.1f} %"
                f"    {100 * self.labels[label + '/exact5'] / n:5.1f} %"
            )
        rows.append("first answer by         n   location     exact   shown  (location)  finished")
        for name, k in sorted(self.kinds.items()):
            n = max(1, k["n"])
            rows.append(
                f"  {name:20} {k['n']:5}   {100 * k['location'] / n:5.1f} %  {100 * k['exact'] / n:5.1f} %"
                f"   {k['shown']:5}  {k['shown_location']:5}  {k['finished']:5}"
            )
        times = sorted(self.times_ms)
        if times:
            rows.append(
                f"time a prediction: p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms"
            )
        return "\n".join(rows)
