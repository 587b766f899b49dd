"""The figures as one self-contained HTML page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING

from segue_server.activity._words import in_plain_words, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue_server.activity._figures import Counts, Latency, Statistics

_STYLE = """
:root{--ink:#1c2430;--soft:#5b6675;--line:#dde3ea;--bar:#3b7dd8;--back:#fff;--card:#f6f8fb}
@media(prefers-color-scheme:dark){:root{--ink:#dfe5ee;--soft:#9aa6b5;--line:#303846;--bar:#6fa8ff;--back:#14181f;--card:#1b212b}}
body.vscode-light{--ink:#1c2430;--soft:#5b6675;--line:#dde3ea;--bar:#3b7dd8;--back:transparent;--card:#f6f8fb}
body.vscode-dark,body.vscode-high-contrast{--ink:#dfe5ee;--soft:#9aa6b5;--line:#303846;--bar:#6fa8ff;--back:transparent;--card:#1b212b80}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--back)}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p.said{font-size:1.05rem;max-width:46rem}
p,small,.name{color:var(--soft)}p.said{color:var(--ink)}
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
th{font-weight:500;color:var(--soft)}th:first-child,td:first-child{text-align:left}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;margin:1.2rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem;color:var(--soft)}
.card b{display:block;font-size:1.5rem;color:var(--ink)}
svg{width:100%;height:auto}rect{fill:var(--bar)}rect.none{fill:var(--line)}text{font-size:11px;fill:var(--soft)}line{stroke:var(--line)}
.share{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr 5.5rem;gap:.2rem .8rem;align-items:center}
.share i{background:var(--bar);height:.7rem;border-radius:.2rem;display:block;min-width:1px}.share span:nth-child(3n){text-align:right}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}table,svg,.share{break-inside:avoid}}
"""
_CHART = (760, 150)
"""Width and height of the chart in its own units, without the dates below it."""
_WIDEST_BAR = 28


def html_page(statistics: Statistics) -> str:
    """Return the page."""
    total = statistics.total
    silent = sum(statistics.silences.values())
    moments = {"a suggestion was shown": total.opportunities - silent, **statistics.silences}
    cards = [
        ("of what you wrote came from suggestions", f"{total.completed:.0%}"),
        ("keys saved", f"{total.keys_saved:,}"),
        (f"of {total.displays:,} suggestions accepted", f"{total.acceptance_rate:.0%}"),
        ("characters in an accepted suggestion", f"{total.chars_per_acceptance:.1f}"),
        ("characters each time Segue could suggest", f"{total.cpo:.1f}"),
    ]
    parts = [
        f"<h1>Segue: your statistics</h1><small>the last {statistics.days} days on this machine</small>",
        f'<p class="said">{escape(in_plain_words(total))}</p>'
        if total.opportunities
        else "<p>Nothing yet.</p>",
        '<div class="cards">',
        *(f'<div class="card"><b>{escape(value)}</b>{escape(name)}</div>' for name, value in cards),
        "</div>",
        "<h2>Characters that suggestions wrote, day by day</h2>",
        bar_chart([(day, counts.accepted_chars) for day, counts in statistics.by_day.items()]),
        f"<h2>What happened at {total.opportunities:,} moments where something could be suggested</h2>",
        _shares(moments),
        f"<h2>What became of {total.displays:,} suggestions</h2>",
        _shares(_fates(total, statistics.rejections)),
        "<h2>Languages</h2>",
        _counts_table("language", statistics.by_language),
        "<h2>Engines</h2>",
        _counts_table("engine", statistics.by_engine),
        "<h2>Milliseconds until a suggestion was shown</h2>",
        _latency_table("engine", statistics.display_latency),
        "<h2>Milliseconds until the model had answered</h2>",
        _latency_table("model", statistics.answer_latency),
    ]
    if statistics.other_features:
        parts += ["<h2>Other features</h2>", _counts_table("feature", statistics.other_features)]
    parts.append("<p>Made on this machine from its own log; nothing was sent anywhere.</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Segue statistics</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def bar_chart(values: Sequence[tuple[str, float]]) -> str:
    """Return an inline SVG bar chart with a bar for each date, its scale and some of the dates."""
    if not values:
        return "<p>Nothing yet.</p>"
    width, height = _CHART
    top = max(value for _, value in values) or 1
    slot = width / len(values)
    bar = min(_WIDEST_BAR, max(1.0, slot - 2))
    every = -(-len(values) // 8)
    drawn = [f'<line x1="0" x2="{width}" y1="{height}" y2="{height}"/><text x="0" y="11">{top:,.0f}</text>']
    for index, (day, value) in enumerate(values):
        left, tall = index * slot + (slot - bar) / 2, (height - 16) * value / top
        drawn.append(
            f'<rect x="{left:.1f}" y="{height - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}" rx="2">'
            f"<title>{escape(day)}: {value:,.0f}</title></rect>"
        )
        if index % every == 0:
            shown = escape(date.fromisoformat(day).strftime("%d %b").lstrip("0"))
            drawn.append(
                f'<text x="{left + bar / 2:.1f}" y="{height + 14}" text-anchor="middle">{shown}</text>'
            )
    return f'<svg viewBox="-14 0 {width + 28} {height + 20}" role="img">{"".join(drawn)}</svg>'


def _fates(total: Counts, rejections: Mapping[str, int]) -> dict[str, int]:
    """Return what became of the suggestions that were shown; the parts are all of them."""
    ends = dict(rejections)
    rest = total.displays - total.acceptances - sum(ends.values())
    return {"accepted": total.acceptances, **ends, "not told": max(0, rest)}


def _shares(tally: Mapping[str, int]) -> str:
    """Return rows of name, bar and count, and the share of the whole."""
    whole = sum(tally.values())
    if not whole:
        return "<p>Nothing yet.</p>"
    top = max(tally.values())
    rows = (
        f'<span class="name">{escape(in_words(name))}</span><span><i style="width:{100 * count / top:.1f}%"></i></span>'
        f"<span>{count:,} · {count / whole:.0%}</span>"
        for name, count in tally.items()
        if count
    )
    return f'<div class="share">{"".join(rows)}</div>'


def _counts_table(name: str, groups: Mapping[str, Counts]) -> str:
    head = (name, "shown", "accepted", "share", "characters each", "characters", "rejected")
    rows = [
        (
            in_words(key),
            str(counts.displays),
            str(counts.acceptances),
            f"{counts.acceptance_rate:.0%}",
            f"{counts.chars_per_acceptance:.1f}",
            str(counts.accepted_chars),
            str(counts.rejections),
        )
        for key, counts in groups.items()
    ]
    return _table(head, rows)


def _latency_table(name: str, groups: Mapping[str, Latency]) -> str:
    rows = [
        (in_words(key), str(item.count), f"{item.p50:.0f}", f"{item.p90:.0f}", f"{item.p99:.0f}")
        for key, item in groups.items()
    ]
    return _table((name, "answers", "half within", "90 % within", "99 % within"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>Nothing yet.</p>"
    cells = "".join(f"<th>{escape(item)}</th>" for item in head)
    lines = ["<tr>" + "".join(f"<td>{escape(item)}</td>" for item in row) + "</tr>" for row in rows]
    return f"<table><tr>{cells}</tr>{''.join(lines)}</table>"
