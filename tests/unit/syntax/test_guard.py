"""A text that would hold the process or kill it is not parsed in it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from segue_syntax import file_symbols, parse, parsing_protected, protect_parsing
from segue_syntax._crash_journal import CrashJournal, key_of
from segue_syntax._guard import ParseGuard, current_guard, is_too_deep
from segue_syntax._parsing import parser_of
from segue_syntax._sandbox import ParseSandbox, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = b"def area(w, h):\n    return w * h\n" * 40
DEADLY = b"- " * 256 + b"x"  # overruns the buffer of tree-sitter-yaml's scanner
SLOW = b"/*\n" * 2000  # seconds and gigabytes in Python's grammar, without a step between


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ParseSandbox]:
    sandbox = ParseSandbox()
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize(
    ("text", "language", "trial"),
    [(CODE, "python", Trial.PASSED), (b"", "go", Trial.PASSED), (b"x", "no-such-language", Trial.PASSED),
     (DEADLY, "yaml", Trial.DIED), (CODE + b"\n", "python", Trial.PASSED)],
)  # fmt: skip
def test_the_sandbox_dies_instead_of_us(
    sandbox: ParseSandbox, text: bytes, language: str, trial: Trial
) -> None:
    assert sandbox.trial(text, language) is trial


def test_a_text_that_costs_too_much_does_not_pass(sandbox: ParseSandbox) -> None:
    assert sandbox.trial(SLOW, "python") in {Trial.REFUSED, Trial.DIED}


@pytest.mark.parametrize(
    ("text", "language", "trial"),
    [
        (b"if(x)" * 5_000 + b";", "c", Trial.REFUSED),
        (b"x = " + b"a + " * 5_000 + b"1", "javascript", Trial.REFUSED),
        (b"x = " + b"a + " * 400 + b"1;\n" * 400, "javascript", Trial.PASSED),
        (b"f(x);\n" * 5_000, "c", Trial.PASSED),
    ],
)
def test_a_tree_of_thousands_of_levels_does_not_pass(
    sandbox: ParseSandbox, text: bytes, language: str, trial: Trial
) -> None:
    assert sandbox.trial(text, language) is trial


def test_a_killed_sandbox_is_replaced(sandbox: ParseSandbox) -> None:
    assert sandbox.trial(CODE, "python") is Trial.PASSED
    assert sandbox._process is not None
    sandbox._process.kill()
    sandbox._process.wait()
    assert sandbox.trial(CODE, "python") is Trial.PASSED


class Counting(ParseSandbox):
    """A sandbox that gives one answer and counts what it was asked."""

    def __init__(self, answer: Trial) -> None:
        super().__init__()
        self.answer = answer
        self.asked = 0

    def trial(self, data: bytes, language_id: str) -> Trial:
        self.asked += 1
        return self.answer


def test_small_edits_of_a_text_that_passed_need_no_trial() -> None:
    sandbox = Counting(Trial.PASSED)
    guard = ParseGuard(sandbox=sandbox)
    text = CODE
    assert guard.admits(text, "python")
    for number in range(40):
        text = text[:100] + b"x = %d\n" % number + text[100:]
        assert guard.admits(text, "python")
    assert sandbox.asked == 1
    assert guard.admits(CODE, "python")
    assert guard.admits(text[:50] + b"y" * 600 + text[50:], "python")
    assert sandbox.asked == 2


def test_many_small_edits_add_up_to_a_trial() -> None:
    sandbox = Counting(Trial.PASSED)
    guard = ParseGuard(sandbox=sandbox)
    text = CODE
    for _ in range(12):
        assert guard.admits(text, "python")
        text += b"z" * 400
    assert sandbox.asked == 4


def test_a_small_text_does_not_grow_into_a_large_one_untried() -> None:
    sandbox = Counting(Trial.PASSED)
    guard = ParseGuard(sandbox=sandbox)
    text = b""
    while len(text) < 4_000:
        text += b"/*\n" * 100
        assert guard.admits(text, "python")
    assert sandbox.asked >= 3


@pytest.mark.parametrize("answer", [Trial.REFUSED, Trial.DIED, Trial.LATE, Trial.UNKNOWN])
def test_what_did_not_pass_is_not_parsed_and_not_tried_twice(answer: Trial) -> None:
    sandbox = Counting(answer)
    guard = ParseGuard(sandbox=sandbox)
    assert not guard.admits(CODE, "python")
    assert not guard.admits(CODE, "python")
    assert sandbox.asked == (2 if answer is Trial.UNKNOWN else 1)


def test_a_text_like_a_refused_one_is_not_tried() -> None:
    """Each trial of such a text takes seconds, and it changes with every key."""
    sandbox = Counting(Trial.REFUSED)
    guard = ParseGuard(sandbox=sandbox)
    assert not guard.admits(CODE, "python")
    assert not guard.admits(CODE + b"x", "python")
    assert sandbox.asked == 1
    sandbox.answer = Trial.PASSED
    assert guard.admits(CODE[:600], "python")
    assert sandbox.asked == 2


def test_what_killed_the_sandbox_is_not_tried_after_a_restart(tmp_path: Path) -> None:
    first = ParseGuard(tmp_path, sandbox=Counting(Trial.DIED))
    assert not first.admits(CODE, "python")
    again = Counting(Trial.PASSED)
    assert not ParseGuard(tmp_path, sandbox=again).admits(CODE, "python")
    assert ParseGuard(tmp_path, sandbox=again).admits(CODE + b"\n", "python")
    assert again.asked == 1


def test_a_text_that_was_not_tried_in_time_is_no_deadly_one(tmp_path: Path) -> None:
    first = ParseGuard(tmp_path, sandbox=Counting(Trial.LATE))
    assert not first.admits(CODE, "python")
    assert ParseGuard(tmp_path, sandbox=Counting(Trial.PASSED)).admits(CODE, "python")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the CPU time of another process here")
def test_a_process_that_gets_no_turn_is_late_and_one_that_works_too_long_dies() -> None:
    sandbox = ParseSandbox(patience_s=0.4, most_turns=2)
    try:
        process = sandbox._running()
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        assert sandbox.trial(CODE, "python") is Trial.LATE
        assert sandbox.trial(SLOW * 8, "python") is not Trial.PASSED
    finally:
        sandbox.close()


def test_a_death_is_forgotten_after_some_days(tmp_path: Path) -> None:
    key = key_of(CODE, "python")
    CrashJournal(tmp_path, clock=lambda: 0.0).note_death(key)
    assert CrashJournal(tmp_path, clock=lambda: 86_400.0).is_deadly(key)
    assert not CrashJournal(tmp_path, clock=lambda: 30 * 86_400.0).is_deadly(key)
    (tmp_path / "deadly").write_text(f"{key}\n{key} soon\n")  # an older version wrote no time
    assert not CrashJournal(tmp_path).is_deadly(key)


def test_where_being_killed_is_ordinary_it_takes_two_deaths(tmp_path: Path) -> None:
    key = key_of(CODE, "python")
    left = key.encode().ljust(48, b"\0")
    for expected in (False, True):
        (tmp_path / "999999999.parsing").write_bytes(left)
        assert CrashJournal(tmp_path, condemned_by=2).is_deadly(key) is expected
    CrashJournal(tmp_path, condemned_by=2).note_death("go:1:2")
    assert CrashJournal(tmp_path, condemned_by=2).is_deadly("go:1:2")


def test_a_long_list_is_shortened(tmp_path: Path) -> None:
    (tmp_path / "deadly").write_text("".join(f"go:{n:x}:0 {time.time():.0f}\n" for n in range(5_000)))
    CrashJournal(tmp_path)
    assert 0 < len((tmp_path / "deadly").read_text().splitlines()) <= 1_000


def test_what_killed_two_processes_is_remembered_by_the_next(tmp_path: Path) -> None:
    """Processes without a sandbox die of a text; the third does not parse that text, and parses others."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom segue_syntax import parse, protect_parsing\n"
        "import segue_syntax._guard as guard\nguard._DEEP.clear()\n"
        "protect_parsing(Path(sys.argv[1]), sandbox=False)\n"
        "assert parse('a: 1', 'yaml') is not None\n"
        "print(parse('- ' * 256 + 'x', 'yaml'))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    for _ in range(2):
        assert subprocess.run(command, capture_output=True, check=False).returncode < 0
    third = subprocess.run(command, capture_output=True, check=True)
    assert third.stdout.strip() == b"None"


def test_a_journal_forgets_what_was_parsed_to_the_end(tmp_path: Path) -> None:
    journal = CrashJournal(tmp_path)
    with journal.parsing(key_of(CODE, "python")), journal.parsing(key_of(b"x", "go")):
        pass
    (tmp_path / "999999999.parsing").write_bytes(bytes(96))
    assert not CrashJournal(tmp_path).is_deadly(key_of(CODE, "python"))
    assert not (tmp_path / "999999999.parsing").exists()


@pytest.mark.parametrize(
    ("text", "language"),
    [("(" * 100_000, "javascript"), ("[{" * 50_000, "javascript"), ("[" * 20_000, "rust"), ("f(a, " * 4_000, "python"),
     ("- " * 256 + "x", "yaml"), ("".join(" " * depth + "a:\n" for depth in range(300)), "yaml")],
)  # fmt: skip
def test_deep_nesting_is_not_parsed(text: str, language: str) -> None:
    assert is_too_deep(text.encode(), language)
    assert parse(text, language) is None
    assert file_symbols(text, language).definitions == ()


@pytest.mark.parametrize(
    "text", ["f(x[1], {2: 3})\n" * 20_000, "(" * 40 + ")" * 40, "({" * 500 + "})" * 500, "# :(\n" * 2_000]
)
def test_code_with_many_brackets_is_parsed(text: str) -> None:
    assert not is_too_deep(text.encode(), "python")


@pytest.mark.parametrize("wide", ["[" * 2_900, "; ) " * 20_000, "} , " * 20_000])
def test_no_symbols_are_looked_for_in_a_wide_error(wide: str) -> None:
    """A query takes the square of an error's children."""
    text = "fn first() {}\n" + wide
    found = [item.name for item in file_symbols(text, "rust").definitions]
    assert found == ([] if len(wide) > 10_000 else ["first"])


def test_the_text_of_nodes_survives_what_the_binding_releases() -> None:
    text = "".join(f"name_{number} = {number}\n" for number in range(3_000))
    tree = parse(text, "python")
    assert tree is not None
    nodes = [child.children[0].children[0] for child in tree.root_node.children]
    junk = []
    for number, node in enumerate(nodes):
        junk.append(b"#" * 4096)
        assert node.text == f"name_{number}".encode()


def test_a_process_is_protected_by_one_call(tmp_path: Path) -> None:
    guard = protect_parsing(tmp_path, sandbox=True)
    try:
        assert parse("a: 1\n" * 200, "yaml") is not None
        assert parse(SLOW.decode(), "python") is None
        assert parser_of("python") is not None
        assert parse("x = 1\n" * 200, "python") is not None
    finally:
        guard.close()


def test_a_command_is_protected_while_it_runs(tmp_path: Path) -> None:
    before = current_guard()
    with parsing_protected(tmp_path, sandbox=True):
        assert parse(SLOW.decode(), "python") is None
        assert parse("x = 1\n" * 200, "python") is not None
    assert current_guard() is before
    assert not list(tmp_path.glob("*.parsing"))


@pytest.mark.parametrize("language", ["python", "scala", "yaml", "html"])
@pytest.mark.parametrize("step", [" ", "\t", " \t", "    "])
def test_indentation_that_overruns_a_scanner_is_not_parsed(step: str, language: str) -> None:
    text = "".join(step * depth + "if a:\n" for depth in range(600))
    assert is_too_deep(text.encode(), language)
    assert parse(text, language) is None


def test_levels_by_tabs_among_spaces_count_their_columns() -> None:
    lines = []
    for columns in range(600):
        tabs, spaces = divmod(columns, 8)
        lines.append("\t" * tabs + " " * spaces + "if a:\n")
    assert is_too_deep("".join(lines).encode(), "python")


def test_an_edit_cannot_make_the_levels_too_deep() -> None:
    text = "".join(" " * depth + "if a:\n" for depth in range(200))
    guard = ParseGuard(sandbox=Counting(Trial.PASSED))
    assert guard.admits(text.encode(), "python")
    assert not guard.admits((text + " " * 200 + "b\n").encode(), "python")


@pytest.mark.parametrize(
    "text",
    [
        "x = [\n" + (" " * 300 + "1,\n") * 500 + "]\n",
        "# " + "-" * 300 + " " * 300 + "\n",
        "\t\t\tif a:\n" * 900,
    ],
)
def test_wide_lines_are_parsed(text: str) -> None:
    assert not is_too_deep(text.encode(), "python")
