"""The server's smaller parts: workspaces, refusals, prompts, next edits as replacements, logs, tasks."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from segue_context import ContextPlan, Snippet
from segue_next_edit import NextEdit
from segue_server.completion.prompting import prefix_window, prompt_of, suffix_window
from segue_server.completion.settings import PipelineSettings
from segue_server.lsp.uris import path_of, uri_of
from segue_server.next_edits.offered import replacement
from segue_server.runtime.lifetime import process_exists
from segue_server.runtime.logs import ClientLogHandler, describe_failure, set_level, set_up_logging
from segue_server.runtime.tasks import TaskRegistry
from segue_server.workspace.open_documents import OpenDocumentsReader
from segue_server.workspace.workspaces import Workspaces
from segue_syntax import Position, Snapshot, split_lines


class Scope(SimpleNamespace):
    def __init__(self, root: Path | None) -> None:
        super().__init__(root=root, index=None, reader=OpenDocumentsReader())


def test_the_deepest_root_owns_a_file(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    workspaces = Workspaces(Scope)
    workspaces.open_roots([tmp_path / "outer", inner, tmp_path / "missing", inner])
    assert [scope.root for scope in workspaces.scopes] == [inner, tmp_path / "outer"]
    where = workspaces.locate((inner / "a.py").as_uri())
    assert (where.scope.root, where.path) == (inner, "a.py")
    assert workspaces.locate((tmp_path / "outer" / "b c.py").as_uri()).path == "b c.py"
    outside = workspaces.locate("file:///elsewhere/c.py")
    assert (outside.scope.root, outside.path) == (None, "/elsewhere/c.py")
    assert workspaces.locate("untitled:1").path == ""
    assert (
        workspaces.locate("vscode-notebook-cell:x#1", notebook=(inner / "n.ipynb").as_uri()).path == "n.ipynb"
    )
    workspaces.close_roots([inner])
    assert workspaces.locate((inner / "a.py").as_uri()).path == "inner/a.py"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.py", "/a/b c.py"),
        ("file:///a/../../etc/passwd", "/etc/passwd"),
        ("untitled:x", None),
        ("http://[bad", None),
        ("file:///a%00b", None),
        ("", None),
    ],
)
def test_uris_become_paths_or_nothing(uri: str, path: str | None) -> None:
    assert path_of(uri) == (None if path is None else Path(path))


def test_uris_and_paths_are_inverse(tmp_path: Path) -> None:
    odd = tmp_path / "a b#c%d?é.py"
    assert path_of(uri_of(odd)) == odd


def test_the_prefix_window_starts_at_the_same_line_for_many_keys() -> None:
    snapshot = Snapshot.of("".join(f"line {number}\n" for number in range(400)))
    starts = set()
    for line in range(300, 316):
        window = prefix_window(snapshot, Position(line, 3), 600)
        assert len(window) <= 600
        assert window.endswith("lin")
        starts.add(window.split("\n")[0])
    assert len(starts) <= 2
    assert prefix_window(snapshot, Position(2, 0), 600) == "line 0\nline 1\n"


def test_windows_keep_to_their_budgets_on_long_lines() -> None:
    snapshot = Snapshot.of("a" * 5000 + "\n" + "b" * 5000)
    assert prefix_window(snapshot, Position(0, 4000), 100) == "a" * 100
    assert suffix_window(snapshot, Position(0, 4000), 100) == "a" * 100
    assert suffix_window(Snapshot.of("ab\ncd\nef\n"), Position(0, 1), 6) == "b\ncd\n"


def test_prompts_hold_no_secrets(fakes: SimpleNamespace) -> None:
    secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB"
    bench = fakes.Bench()
    request = bench.request(f'token = "{secret}"\nx = |\ny = "{secret}"')
    plan = ContextPlan((Snippet("b.py", 0, 1, f'z = "{secret}"', "test", 1.0),))
    prompt = prompt_of(request, plan, PipelineSettings())
    assert secret not in prompt.prefix + prompt.suffix + prompt.context[0].text
    assert prompt.prefix.endswith("\nx = ")


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "result"),
    [
        ("a\nb\nc\n", 1, 2, ("B",), "a\nB\nc\n"),
        ("a\nb\nc\n", 1, 2, ("B", "B2"), "a\nB\nB2\nc\n"),
        ("a\nb\nc\n", 1, 1, ("n",), "a\nn\nb\nc\n"),
        ("a\nb\nc\n", 1, 2, (), "a\nc\n"),
        ("a\nb", 1, 2, ("B",), "a\nB"),
        ("a\nb", 2, 2, ("n",), "a\nb\nn"),
        ("a\r\nb\r\n", 1, 1, ("n",), "a\r\nn\r\nb\r\n"),
        ("a\r\nb\r\n", 0, 1, ("x", "y"), "x\r\ny\r\nb\r\n"),
        ("", 0, 0, ("n",), "n\n"),
    ],
)
def test_a_next_edit_becomes_one_replacement(
    text: str, start: int, end: int, new: tuple[str, ...], result: str
) -> None:
    lines = split_lines(text)
    old = tuple(line.rstrip("\r\n") for line in lines[start:end])
    change = replacement(NextEdit("a", start, end, old, new, "test", 1.0), lines)
    snapshot = Snapshot.of(text)
    first, last = (snapshot.offset_at(Position(*place)) for place in (change.start, change.end))
    assert text[:first] + change.text + text[last:] == result


def test_open_documents_answer_for_themselves() -> None:
    reader = OpenDocumentsReader()
    reader.set_overlay("a.py", Snapshot.of("def total_price(rows):\n    return rows\n"))
    reader.set_overlay("b.py", Snapshot.of("other = 1\n"))
    assert reader.files_with(["total_price", "rows"]) == ["a.py"]
    assert [snippet.path for snippet in reader.search(["total_price"])] == ["a.py"]
    assert not reader.search(["total_price"], exclude="a.py")
    reader.set_overlay("a.py", None)
    assert (reader.files(), reader.read_text("a.py")) == (["b.py"], None)


def test_failures_are_described_without_their_messages() -> None:
    try:
        raise ValueError("user_code = 1")  # noqa: TRY301
    except ValueError as error:
        described = describe_failure(error)
    assert described.startswith("ValueError at ")
    assert "user_code" not in described


def test_the_frameworks_records_with_code_are_dropped() -> None:
    sent: list[str] = []
    handler = ClientLogHandler(lambda _level, message: sent.append(message))
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    try:
        set_up_logging("warning")
        root.addHandler(handler)
        logging.getLogger("pygls.protocol.json_rpc").error("Failed to handle request %s %s", 1, "code")
        logging.getLogger("pygls.protocol.json_rpc").info("Sending data: code")
        logging.getLogger("segue_server.x").info("quiet")
        logging.getLogger("segue_server.x").warning("said")
        set_level("debug")
        logging.getLogger("segue_server.x").debug("whispered")
        assert sent == ["segue_server.x: said", "segue_server.x: whispered"]
    finally:
        set_level("warning")
        root.handlers[:] = handlers
        root.setLevel(level)


def test_processes_are_seen_alive_or_gone() -> None:
    assert process_exists(os.getpid())
    assert not process_exists(2**22 - 3)


async def test_tasks_are_logged_when_they_fail_and_cancelled_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = TaskRegistry()

    async def fail() -> None:
        raise ValueError("secret")

    async def forever() -> None:
        await asyncio.Event().wait()

    failed, endless = tasks.spawn(fail(), name="failing"), tasks.spawn(forever(), name="endless")
    await asyncio.wait({failed})
    assert await tasks.in_thread(lambda value: value + 1, 1) == 2
    await tasks.close()
    assert endless.cancelled()
    assert "failing" in caplog.text
    assert "secret" not in caplog.text
    late = tasks.spawn(forever(), name="late")
    await asyncio.wait({late})
    assert late.cancelled()
