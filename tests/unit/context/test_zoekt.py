"""Questions put to a Zoekt server; its answers have the shape of `zoekt-webserver -rpc` (SearchResult of its api.go)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from segue_context import WorkspaceIndex
from segue_context.search import Intent, Searcher, ZoektFailed, ZoektSearcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILES = {
    "pump/valve.py": '''def open_valve(pipe):
    pipe.pressure = 0


def relieve_pressure(pipe):
    """Open the relief valve when the pressure is too high."""
    if pipe.pressure > pipe.limit:
        open_valve(pipe)
''',
    "pump/test_valve.py": "def test_pressure():\n    relieve_pressure(Pipe())\n",
    ".env": "PRESSURE_TOKEN=relief-valve-pressure\n",
}


def location(line: int) -> dict[str, int]:
    return {"ByteOffset": 0, "LineNumber": line, "Column": 1}


def file_match(path: str, score: float, *lines: int) -> dict[str, Any]:
    """Return a file as the server sends it, with one chunk of one line for each match (lines count from 1)."""
    return {
        "FileName": path,
        "Repository": "pump",
        "Language": "Python",
        "Branches": ["main"],
        "Version": "5d4c2c6a8f0b5c2f6f3a2f0f8d8a3f4b1c9e7d21",
        "Checksum": "mW9GZK5tq0Y=",
        "Score": score,
        "ChunkMatches": [
            {
                "Content": base64.b64encode(b"whatever the server has\n").decode(),
                "ContentStart": location(line),
                "Ranges": [{"Start": location(line), "End": location(line)}],
                "SymbolInfo": None,
                "FileName": False,
                "Score": 500,
                "BestLineMatch": line,
            }
            for line in lines
        ],
    }


def answer(*files: dict[str, Any]) -> dict[str, Any]:
    return {
        "Result": {
            "Duration": 1_204_811,
            "FileCount": len(files),
            "MatchCount": len(files),
            "Files": list(files) or None,
        }
    }


class Zoekt:
    """A server that answers the same to everything, and remembers what it was asked."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def post(self, path: str, document: Mapping[str, Any]) -> Any:
        self.asked.append((path, document))
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / "pump" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pump" / path).write_text(text, "utf-8")
    return tmp_path / "pump"


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[WorkspaceIndex]:
    """The workspace without an index: as for a repository that is too large for one."""
    index = WorkspaceIndex(root, tmp_path / "cache")
    yield index
    index.close()


def asked(
    index: WorkspaceIndex, server: Zoekt, question: str = "when is the relief valve opened by pressure"
) -> Any:
    return ZoektSearcher(index, Searcher(index), server.post, "github.com/x/pump").search(question)


def test_places_are_chunks_of_the_files_that_are_here(index: WorkspaceIndex) -> None:
    server = Zoekt(
        answer(file_match("pump/test_valve.py", 9.0, 2), file_match("pump/valve.py", 8.0, 2, 6, 7))
    )
    result = asked(index, server)
    first = result.places[0]
    assert not result.refused
    assert (first.path, first.symbol, first.start_line, first.end_line) == (
        "pump/valve.py",
        "relieve_pressure",
        4,
        8,
    )
    assert first.lines == (5, 6)


def test_the_request_is_of_one_repository_and_quotes_what_it_sends(index: WorkspaceIndex) -> None:
    server = Zoekt(answer())
    asked(index, server, 'where is the "a.b*" pattern of valves')
    ((path, document),) = server.asked
    assert path == "/api/search"
    assert document["Q"].startswith('repo:"^github\\\\.com/x/pump$" case:no (')
    assert '"pattern"' in document["Q"]
    assert document["Opts"]["ChunkMatches"] is True
    assert document["Opts"]["MaxDocDisplayCount"] >= 10


def test_what_is_denied_missing_or_outside_is_no_place(index: WorkspaceIndex) -> None:
    files = [file_match(path, 9.0, 1) for path in (".env", "pump/gone.py", "../outside.py", "/etc/passwd")]
    result = asked(index, Zoekt(answer(*files)))
    assert result.refused
    assert result.places == ()


def test_lines_that_are_gone_are_no_place(index: WorkspaceIndex) -> None:
    assert asked(index, Zoekt(answer(file_match("pump/valve.py", 9.0, 4000)))).places == ()


def test_lines_of_older_servers_count(index: WorkspaceIndex) -> None:
    row = {**file_match("pump/valve.py", 8.0), "ChunkMatches": None}
    row["LineMatches"] = [{"Line": "eA==", "LineNumber": 6, "FileName": False, "LineFragments": []}]
    assert asked(index, Zoekt(answer(row))).places[0].symbol == "relieve_pressure"


def test_few_of_the_words_together_are_a_refusal(index: WorkspaceIndex) -> None:
    server = Zoekt(answer(file_match("pump/valve.py", 9.0, 2)))
    result = asked(index, server, "pressure of reconcile loops in operator clusters")
    assert result.refused
    assert result.intent is Intent.UNRELATED
    assert result.places[0].path == "pump/valve.py"


@pytest.mark.parametrize(
    "document", [ZoektFailed("Nobody answered."), {"Error": "x"}, [], {"Result": {"Files": [3]}}]
)
def test_a_server_that_fails_is_told_and_the_index_answers(index: WorkspaceIndex, document: Any) -> None:
    index.build()
    result = asked(index, Zoekt(document))
    assert result.places[0].symbol == "relieve_pressure"
    assert "This is from the index of this machine." in result.note


def test_what_words_do_not_answer_is_asked_here(index: WorkspaceIndex) -> None:
    index.build()
    server = Zoekt(answer())
    assert asked(index, server, "who uses open_valve").intent is Intent.USES
    assert asked(index, server, "").is_no_question
    assert server.asked == []
