"""What a replay showed: lines of figures, the calibration, and a plot."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue_bench._replay_play import Played, Shown

BINS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)
_LEAST_IN_BIN = 10
_SIZE = 320


def figures(name: str, played: Sequence[Played]) -> str:
    """Return one line: what was completed, saved, shown and wrong."""
    lines = len(played) or 1
    completed, precision, wrong = measures(played)
    characters = sum(line.characters for line in played) or 1
    accepted = sum(line.accepted for line in played)
    acceptances = sum(line.acceptances for line in played)
    shown = sum(len(line.shown) for line in played)
    ms = sorted(1000 * seconds for line in played for seconds in line.seconds) or [0.0]
    return (
        f"{name[:16]:16} {len(played):4} lines  completed {completed:5.1f} %"
        f"  keys saved {100 * (accepted - acceptances) / characters:5.1f} %  shown/line {shown / lines:4.2f}"
        f"  precision {precision:5.1f} %  wrong/line {wrong:4.2f}  chars/accept {accepted / (acceptances or 1):4.1f}"
        f"  on screen after p50 {ms[len(ms) // 2]:.0f} p95 {ms[int(len(ms) * 0.95)]:.0f} ms"
    )


def measures(played: Sequence[Played]) -> tuple[float, float, float]:
    """Return the share of characters completed and of suggestions that were right, in per cent, and wrong per line."""
    characters = sum(line.characters for line in played) or 1
    shown = sum(len(line.shown) for line in played)
    wrong = sum(line.wrong for line in played)
    completed = 100 * sum(line.accepted for line in played) / characters
    return completed, 100 * (1 - wrong / (shown or 1)), wrong / (len(played) or 1)


def calibration(played: Sequence[Played]) -> str:
    """Return the table of chances said against shares that were right, by engine, by language and in all."""
    groups: dict[str, list[Shown]] = {}
    for line in played:
        for shown in line.shown:
            groups.setdefault(f"1{shown.engine}", []).append(shown)
            groups.setdefault(f"2{line.line.language}", []).append(shown)
            groups.setdefault("3all", []).append(shown)
    rows = []
    for group, found in sorted(groups.items()):
        cells = []
        for low, high in pairwise(BINS):
            said, right, count = _bin(found, low, high)
            cells.append(f"{said:.2f} → {right:.2f} ({count})" if count >= _LEAST_IN_BIN else "-")
        rows.append(f"{group[1:]:12} " + "  ".join(f"{cell:20}" for cell in cells))
    return "\n".join(rows)


def _bin(shown: Sequence[Shown], low: float, high: float) -> tuple[float, float, int]:
    found = [one for one in shown if low <= one.chance < high]
    count = len(found) or 1
    return sum(s.chance for s in found) / count, sum(s.right for s in found) / count, len(found)


def plot(played: Mapping[float, Sequence[Played]], chosen: float) -> str:
    """Return an SVG: completed against precision over the certainties, and the calibration."""
    curve = [
        (measures(lines)[1], measures(lines)[0], certainty) for certainty, lines in sorted(played.items())
    ]
    everything = [shown for lines in played.values() for line in lines for shown in line.shown]
    bins = [_bin(everything, low, high) for low, high in pairwise(BINS)]
    right = [(100 * said, 100 * share) for said, share, count in bins if count >= _LEAST_IN_BIN]
    left = [
        _polyline([(precision, completed) for precision, completed, _ in curve]),
        *(
            f'<circle cx="{_x(precision)}" cy="{_y(completed)}" r="{5 if certainty == chosen else 3}"/>'
            f'<text x="{_x(precision) + 6}" y="{_y(completed) - 6}">{certainty:g}</text>'
            for precision, completed, certainty in curve
        ),
    ]
    diagonal = f'<path class="ideal" d="M{_x(0)} {_y(0)}L{_x(100)} {_y(100)}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _SIZE + 160} {_SIZE + 70}">'
        "<style>path{fill:none;stroke:#3b7dd8;stroke-width:2}.axis{stroke:#9aa6b5;stroke-width:1}"
        ".ideal{stroke:#9aa6b5;stroke-dasharray:4}circle{fill:#3b7dd8}text{font:12px sans-serif;fill:#5b6675}</style>"
        f'<g transform="translate(50,20)">{_axes("precision, %", "completed, %")}{"".join(left)}</g>'
        f'<g transform="translate({_SIZE + 130},20)">{_axes("chance said, %", "right, %")}{diagonal}'
        f"{_polyline(right)}</g></svg>\n"
    )


def _axes(across: str, up: str) -> str:
    marks = "".join(
        f'<text x="{_x(mark) - 8}" y="{_SIZE + 16}">{mark}</text><text x="-26" y="{_y(mark) + 4}">{mark}</text>'
        for mark in (0, 50, 100)
    )
    return (
        f'<path class="axis" d="M0 0V{_SIZE}H{_SIZE}"/>{marks}<text x="{_SIZE // 2 - 40}" y="{_SIZE + 36}">{across}'
        f'</text><text x="6" y="-6">{up}</text>'
    )


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    steps = "L".join(f"{_x(across)} {_y(up)}" for across, up in points)
    return f'<path d="M{steps}"/>' if points else ""


def _x(percent: float) -> float:
    return round(percent * _SIZE / 100, 1)


def _y(percent: float) -> float:
    return round(_SIZE - percent * _SIZE / 100, 1)
