"""The event log and the figures made of it."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import threading
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from segue_server.activity import ActivityLog, Event
from segue_server.activity._figures import Counts, delete_log, read_statistics
from segue_server.activity._page import html_page
from segue_server.activity._words import in_plain_words, in_words
from segue_server.cli import app
from segue_server.cli.stats import sparkline
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from pathlib import Path

PLAYED = [
    Event("opportunity", language="python"),
    Event("attempt", language="python"),
    Event("answer", "a", engine="model", model="embedded/x", latency_ms=100, language="python", chars=10),
    Event("display", "a", engine="model", latency_ms=120, language="python", chars=10, confidence=0.5),
    Event("display", "a", engine="model", latency_ms=1, language="python", chars=8),
    Event("acceptance", "a", engine="model", language="python", part="word", chars=4),
    Event("acceptance", "a", engine="model", language="python", part="whole", chars=10),
    Event("opportunity", language="go", reason="comment"),
    Event("opportunity", language="go"),
    Event("attempt", language="go"),
    Event("answer", "b", engine="statistical", latency_ms=4, language="go", chars=6),
    Event("display", "b", engine="statistical", latency_ms=5, language="go", chars=6),
    Event("rejection", "b", engine="statistical", language="go", reason="typed over"),
    Event("opportunity", language="go"),
    Event("display", "n", feature="next_edit", engine="rename"),
    Event("acceptance", "n", feature="next_edit", engine="rename", part="whole", chars=3),
]


def play(path: Path, **options: int) -> None:
    log = ActivityLog(path, **options)
    for event in PLAYED:
        log.record(event)
    log.close()


def test_figures_of_a_played_session(tmp_path: Path) -> None:
    play(tmp_path / "activity.sqlite")
    figures = read_statistics(tmp_path / "activity.sqlite")
    total = figures.total
    assert (total.opportunities, total.attempts, total.displays) == (4, 2, 2)
    assert (total.acceptances, total.accepted_chars, total.rejections) == (1, 10, 1)
    product = total.attempt_rate * total.feedback_rate * total.acceptance_rate * total.chars_per_acceptance
    assert total.cpo == pytest.approx(product) == pytest.approx(2.5)
    assert figures.by_engine["model"].acceptance_rate == 1
    assert figures.by_engine["statistical"].acceptance_rate == 0
    assert set(figures.by_language) == {"go", "python"}
    assert figures.display_latency["model"].count == 2
    assert figures.answer_latency["embedded/x"].p50 == 100
    assert figures.rejections == {"typed over": 1}
    assert figures.silences == {"comment": 1}
    assert figures.parts == {"word": 1, "whole": 1}
    assert figures.other_features["next_edit"].acceptances == 1


def test_every_server_numbers_its_suggestions_anew(tmp_path: Path) -> None:
    play(tmp_path / "activity.sqlite")
    play(tmp_path / "activity.sqlite")
    total = read_statistics(tmp_path / "activity.sqlite").total
    assert (total.displays, total.acceptances, total.accepted_chars) == (4, 2, 20)


def test_the_log_is_private_and_holds_no_code(tmp_path: Path) -> None:
    path = tmp_path / "data" / "activity.sqlite"
    log = ActivityLog(path)
    log.record(Event("rejection", "s", reason="secret = 'hunter2'\nimport os", language="python"))
    log.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"hunter2" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert read_statistics(path).rejections == {"other": 1}


def test_nothing_is_recorded_when_it_is_off(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    log = ActivityLog(path, enabled=False)
    log.record(PLAYED[0])
    log.close()
    assert not path.exists()


def test_a_file_that_is_no_database_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    path.write_bytes(b"this is not a database, " * 100)
    play(path)
    assert read_statistics(path).total.opportunities == 4
    assert path.with_name("activity.sqlite.damaged").exists()


def test_an_unwritable_place_costs_one_log_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    log = ActivityLog(tmp_path / "file" / "activity.sqlite")
    for event in PLAYED:
        log.record(event)
    log.close()
    log.record(PLAYED[0])
    log.close()
    assert len([record for record in caplog.records if "activity log is off" in record.message]) == 1


def test_several_servers_write_one_log(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    threads = [threading.Thread(target=play, args=(path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_statistics(path).total.opportunities == 16


def test_old_events_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    play(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET at = at - 20 * 86400 WHERE kind = 'opportunity'")
    play(path, keep_days=21)
    assert count_of(path) == 2 * len(PLAYED)
    play(path, keep_days=19)
    assert count_of(path) == 3 * len(PLAYED) - 4


def count_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    return int(count)


def test_deleting_forgets_while_a_server_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    assert delete_log(path) == 0
    play(path)
    log = ActivityLog(path)
    assert delete_log(path) == len(PLAYED)
    assert read_statistics(path).total.opportunities == 0
    log.record(PLAYED[0])
    log.close()
    assert read_statistics(path).total.opportunities == 1


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_page_loads_nothing_and_escapes_names(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    play(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET language = '<script>alert(1)</script>'")
    page = html_page(read_statistics(path))
    outline = Outline()
    outline.feed(page)
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert not [name for name, _ in outline.attributes if name in {"src", "href"}]
    assert ">2.5<" in page
    assert outline.tags.count("rect") == 1


def test_every_moment_has_its_reason_in_words(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    log = ActivityLog(path)
    for reason in ("", "", "low_confidence", "mid_word", "mid_word", "some_new_code"):
        log.record(Event("opportunity", language="go", reason=reason))
    log.close()
    statistics = read_statistics(path)
    page = html_page(statistics)
    assert "What happened at 6 moments" in page
    for words, share in (
        ("a suggestion was shown", "2 · 33%"),
        ("cursor inside a word", "2 · 33%"),
        ("not sure enough yet", "1 · 17%"),
        ("some new code", "1 · 17%"),
    ):
        row = page[page.index(f">{words}<") :]
        assert f"<span>{share}</span>" in row[:140]


def test_days_without_events_have_their_place(tmp_path: Path) -> None:
    path = tmp_path / "activity.sqlite"
    play(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET at = at - 5 * 86400 WHERE language = 'go'")
    days = read_statistics(path).by_day
    assert len(days) == 6
    assert [counts.accepted_chars for counts in days.values()] == [0, 0, 0, 0, 0, 10]
    assert len(read_statistics(path, days=2).by_day) == 1


def test_reasons_are_words() -> None:
    assert in_words("typed") == "something else was typed"
    assert in_words("binary") == "the file looks binary"


def test_the_command_prints_writes_and_deletes(tmp_path: Path) -> None:
    runner = CliRunner()
    assert "Nothing was recorded" in runner.invoke(app, ["stats"]).stdout
    play(directories().activity_file)
    printed = runner.invoke(app, ["stats"])
    assert printed.exit_code == 0
    assert "2.50 characters per opportunity" in printed.stdout
    page = tmp_path / "page.html"
    assert runner.invoke(app, ["stats", "--html", str(page)]).exit_code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    opened = runner.invoke(app, ["stats", "--html"], env={"BROWSER": "true"})
    assert opened.exit_code == 0
    assert "statistics.html" in opened.stdout
    assert '"cpo": 2.5' in runner.invoke(app, ["stats", "--json"]).stdout
    assert "events are forgotten" in runner.invoke(app, ["stats", "--delete"]).stdout
    assert "Nothing was recorded" in runner.invoke(app, ["stats"]).stdout
    refused = runner.invoke(app, ["stats", "--html", str(tmp_path / "no" / "page.html")])
    assert refused.exit_code == 1


def test_the_worth_is_said_in_plain_words() -> None:
    said = in_plain_words(Counts(opportunities=300, displays=40, acceptances=20, accepted_chars=200))
    assert "wrote 200 of about 500 characters (40%), which saved you 180 keys" in said
    assert "accepted 20 of 40 suggestions (50%), with 10 characters each." in said


def test_sparkline() -> None:
    assert sparkline([0, 1, 2, 4]) == " ▂▄█"
    assert sparkline([0, 0]) == "  "
