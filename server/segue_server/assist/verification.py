"""Changes tried out before they are shown: by the checker or test command of the user's settings, on a copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from segue_assist import replaced_body
from segue_server.checks import TooLarge, compared, copied, run
from segue_server.workspace.trust import trusted_root
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue_assist import NewTests, TestRequest
    from segue_server.checks import Ran
    from segue_server.configuration import Settings

NOT_CHECKED = "not checked"
_TIMES = 3
_SHOWN_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class TestRun:
    """What became of new tests: `shown` says whether they may be shown, `said` is the sentence about it."""

    __test__ = False

    ran: bool
    shown: bool
    said: str


class Verification:
    """Runs what the user's own settings name, in a folder that the user trusts, and says in one sentence how it went."""

    def __init__(self, settings: Settings, root: Path | None) -> None:
        self._settings = settings
        self._assist = settings.assist
        self._root = root

    def of_fix(self, path: str, after: str) -> str:
        """Return what a checker says of the file at `path` with the text `after`: "2 fewer, 0 new", or "not checked" and why."""
        command, why = self._command(self._assist.checkers, path)
        if self._root is None or not command:
            return f"{NOT_CHECKED}{why}"
        try:
            with copied(self._root) as copy:
                before = self._ran(command, copy, path)
                _write(copy, path, after)
                now = self._ran(command, copy, path)
        except TooLarge:
            return f"{NOT_CHECKED}: the folder is too large to copy"
        failure = before.failure or now.failure
        return (
            f"{NOT_CHECKED}: {failure.rstrip('.')}"
            if failure
            else str(compared(before.output, now.output, path))
        )

    def of_tests(self, asked: TestRequest, tests: NewTests, code_path: str, code: str, after: str) -> TestRun:
        """Return whether tests pass three times, and fail once the tested function's body is replaced.

        `after` is the text of the test file with the tests, `code` that of the file at `code_path` with the function.
        """
        command, why = self._command(self._assist.test_commands, tests.path)
        if self._root is None or not command:
            return TestRun(ran=False, shown=True, said=f"The tests were not run{why}.")
        own = tests.path == code_path
        broken = replaced_body(
            after if own else code, code_path, asked.line, asked.end_line, asked.place.framework.fails
        )
        if broken is None:
            return TestRun(
                ran=False, shown=True, said="The tests were not run: the tested body cannot be replaced."
            )
        try:
            with copied(self._root) as copy:
                _write(copy, tests.path, after)
                for _ in range(_TIMES):
                    ran = self._ran(command, copy, tests.path)
                    if not ran.passed:
                        return TestRun(ran=True, shown=False, said=_failed(ran))
                _write(copy, code_path, broken)
                if self._ran(command, copy, tests.path).passed:
                    said = f"The tests pass even when the body of {asked.name} is replaced, so they test nothing of it."
                    return TestRun(ran=True, shown=False, said=said)
        except TooLarge:
            return TestRun(
                ran=False, shown=True, said="The tests were not run: the folder is too large to copy."
            )
        said = f"The tests pass, and fail when the body of {asked.name} is replaced: they cover it."
        return TestRun(ran=True, shown=True, said=said)

    def _command(self, commands: Mapping[str, Sequence[str]], path: str) -> tuple[list[str], str]:
        """Return the command for the language of a file, or why there is none to run."""
        language = language_of(path=path)
        command = commands.get(language.id) or commands.get(language.family)
        if not command:
            return [], ""
        if trusted_root(self._settings, self._root) is None:
            return [], ": the folder is not in assist.trusted_folders"
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            return [], ": the file is outside of the folder"
        return list(command), ""

    def _ran(self, command: Sequence[str], copy: Path, path: str) -> Ran:
        assert self._root is not None
        placed = any("{file}" in one or "{folder}" in one for one in command)
        words = [one.replace("{file}", path) for one in command]
        if not placed:
            words.append(path)
        return run(words, copy, outside=self._root, timeout_s=self._assist.check_timeout_s)


def _write(copy: Path, path: str, text: str) -> None:
    """Write a file of the copy; a link that stands there is replaced, not followed."""
    target = copy / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():
        target.unlink()
    target.write_bytes(text.encode("utf-8"))


def _failed(ran: Ran) -> str:
    if ran.failure:
        return f"The tests were not shown: {ran.failure}"
    tail = ran.output.strip()[-_SHOWN_CHARS:]
    return f"The new tests do not pass, so they are not shown. The end of the output:\n{tail}"
