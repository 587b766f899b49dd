"""The figures as one self-contained HTML page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue_server.activity._figures import Counts, Latency, Statistics

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.25rem .6rem;border-bottom:1px solid #dde3ea}
th:first-child,td:first-child{text-align:left}
.cards{display:flex;flex-wrap:wrap;gap:1rem}.card{border:1px solid #dde3ea;border-radius:.5rem;padding:.7rem 1rem}
.card b{display:block;font-size:1.5rem}svg{width:100%;height:8rem}rect{fill:#3b7dd8}text{font-size:9px;fill:#5b6675}
@media(prefers-color-scheme:dark){body{background:#14181f;color:#dfe5ee}th,td,.card{border-color:#303846}
rect{fill:#6fa8ff}text{fill:#9aa6b5}}
"""


def html_page(statistics: Statistics) -> str:
    """Return the page."""
    total = statistics.total
    cards = [
        ("characters per opportunity", f"{total.cpo:.2f}"),
        ("attempt rate", _percent(total.attempt_rate)),
        ("feedback rate", _percent(total.feedback_rate)),
        ("acceptance rate", _percent(total.acceptance_rate)),
        ("characters per acceptance", f"{total.chars_per_acceptance:.1f}"),
        ("accepted", str(total.acceptances)),
    ]
    parts = [
        f"<h1>Segue: the last {statistics.days} days</h1>",
        '<div class="cards">',
        *(f'<div class="card"><b>{escape(value)}</b>{escape(name)}</div>' for name, value in cards),
        "</div>",
        "<h2>Characters accepted a day</h2>",
        bar_chart([(day, counts.accepted_chars) for day, counts in statistics.by_day.items()]),
        "<h2>By engine</h2>",
        _counts_table("engine", statistics.by_engine),
        "<h2>By language</h2>",
        _counts_table("language", statistics.by_language),
        "<h2>Time until shown, by engine (ms)</h2>",
        _latency_table("engine", statistics.display_latency),
        "<h2>Time of the answer, by model (ms)</h2>",
        _latency_table("model", statistics.answer_latency),
        "<h2>Why suggestions were rejected</h2>",
        _tally_table(statistics.rejections),
        "<h2>Why nothing was shown</h2>",
        _tally_table(statistics.silences),
    ]
    if statistics.other_features:
        parts += ["<h2>Other features</h2>", _counts_table("feature", statistics.other_features)]
    parts.append("<p>Made on this machine from its own log; nothing was sent anywhere.</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Segue statistics</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def bar_chart(values: Sequence[tuple[str, float]]) -> str:
    """Return an inline SVG bar chart of labelled values."""
    if not values:
        return "<p>Nothing yet.</p>"
    top = max(value for _, value in values) or 1
    width = 600 / len(values)
    bars = []
    for index, (label, value) in enumerate(values):
        height = 90 * value / top
        left = index * width
        bars.append(
            f'<rect x="{left + 1:.1f}" y="{95 - height:.1f}" width="{max(1.0, width - 2):.1f}"'
            f' height="{height:.1f}"><title>{escape(label)}: {value:g}</title></rect>'
        )
    first, last = escape(values[0][0]), escape(values[-1][0])
    labels = f'<text x="0" y="110">{first}</text><text x="600" y="110" text-anchor="end">{last}</text>'
    return f'<svg viewBox="0 0 600 115" preserveAspectRatio="none" role="img">{"".join(bars)}{labels}</svg>'


def _counts_table(name: str, groups: Mapping[str, Counts]) -> str:
    head = (name, "shown", "accepted", "acceptance", "chars per acceptance", "chars", "rejected")
    rows = [
        (
            key,
            str(counts.displays),
            str(counts.acceptances),
            _percent(counts.acceptance_rate),
            f"{counts.chars_per_acceptance:.1f}",
            str(counts.accepted_chars),
            str(counts.rejections),
        )
        for key, counts in groups.items()
    ]
    return _table(head, rows)


def _latency_table(name: str, groups: Mapping[str, Latency]) -> str:
    rows = [
        (key, str(item.count), f"{item.p50:.0f}", f"{item.p90:.0f}", f"{item.p99:.0f}")
        for key, item in groups.items()
    ]
    return _table((name, "answers", "p50", "p90", "p99"), rows)


def _tally_table(tally: Mapping[str, int]) -> str:
    return _table(("reason", "times"), [(reason, str(times)) for reason, times in tally.items()])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>Nothing yet.</p>"
    cells = "".join(f"<th>{escape(item)}</th>" for item in head)
    lines = ["<tr>" + "".join(f"<td>{escape(item)}</td>" for item in row) + "</tr>" for row in rows]
    return f"<table><tr>{cells}</tr>{''.join(lines)}</table>"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
