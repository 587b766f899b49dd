"""Errors that a client passes on count as places, warnings do not, and a document forgets what is mended."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from lsprotocol.types import Diagnostic, DiagnosticSeverity, Position, Range

from segue_next_edit import Problem
from segue_server.next_edits.problems import Problems

if TYPE_CHECKING:
    from segue_server.workspace.workspaces import Scope, Workspaces

SCOPE = cast("Scope", SimpleNamespace())
WORKSPACES = cast(
    "Workspaces",
    SimpleNamespace(locate=lambda uri: SimpleNamespace(scope=SCOPE, path=uri.removeprefix("file:///"))),
)


def reported(line: int, message: str, severity: DiagnosticSeverity | None = None) -> Diagnostic:
    return Diagnostic(Range(Position(line, 0), Position(line, 4)), message, severity)


def test_errors_are_kept_and_warnings_are_not() -> None:
    problems = Problems()
    found = [reported(3, "no such name"), reported(4, "unused", DiagnosticSeverity.Warning)]
    problems.change("file:///a.py", found)
    assert problems.of(SCOPE, WORKSPACES) == [Problem("a.py", 3, "no such name")]


def test_what_is_mended_is_forgotten() -> None:
    problems = Problems()
    problems.change("file:///a.py", [reported(3, "no such name")])
    problems.change("file:///a.py", [])
    assert problems.of(SCOPE, WORKSPACES) == []


def test_documents_of_other_workspaces_stay_out() -> None:
    problems = Problems()
    problems.change("file:///a.py", [reported(3, "no such name")])
    assert problems.of(cast("Scope", SimpleNamespace()), WORKSPACES) == []
