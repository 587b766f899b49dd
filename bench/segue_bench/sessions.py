"""`segue bench sessions REPO...`: next edits in played sessions, key by key through the real server, without a model.

Each play runs on a fresh copy of the repository's tracked files. A rename is typed at the definition and every shown
edit is accepted; then the same symbol is renamed again; then the files are put back on disk, as `git checkout .`
does, and it is renamed once more. A repeat changes one token in the same context on two lines. A constant gets a name,
which then replaces it on two lines. A function moves to the module next door. A parameter is added to a function that
is called. What is right is computed from the repository (see `_session_plays`).
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue_bench._session_plays import MovePlay, ParameterPlay, RenamePlay, RepeatPlay, Repository
from segue_bench.typist import Typist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SUFFIXES = frozenset(
    {
        ".py",
        ".ts",
        ".tsx",
        ".js",
        ".jsx",
        ".go",
        ".rs",
        ".java",
        ".rb",
        ".cs",
        ".c",
        ".cpp",
        ".h",
        ".hpp",
        ".vue",
        ".svelte",
    }
)
_PATIENCE = 40
_LISTED = 10
_OFTEN = 4
"""Repeats and new parameters are played so often for each play of another kind: one of them says little."""


def tracked(repo: Path) -> dict[str, str]:
    """Return the source files that git tracks, by path."""
    listed = subprocess.run(
        ["git", "-C", str(repo), "ls-files", "-z"], capture_output=True, check=True, text=True
    ).stdout
    texts = {}
    for path in filter(None, listed.split("\0")):
        file = repo / path
        if file.suffix in _SUFFIXES and file.is_file() and not file.is_symlink():
            try:
                texts[path] = file.read_bytes().decode()
            except UnicodeDecodeError:
                continue
    return {path: text for path, text in texts.items() if "\r" not in text}


class Session(Typist):
    """A typist who saves, and who looks a little longer before giving up."""

    def shown_next(self, path: str, line: int) -> Any:
        """Return the answer at a place as soon as it shows an edit, or the last one."""
        answer = None
        for _ in range(_PATIENCE):
            answer = self.next_edits(path, line, limit=_LISTED)
            if answer["shown"]:
                break
            self.client.pause(0.05)
        return answer

    def accept_all(self, path: str, line: int, most: int = 120) -> int:
        """Accept what is shown until nothing is; return how often that was."""
        for count in range(most):
            answer = self.shown_next(path, line)
            if not answer["shown"]:
                return count
            path, line = self.accept(answer["edits"][0])
        return most

    def save_all(self) -> None:
        """Write every buffer to disk."""
        for path, text in self.buffers.items():
            self.on_disk(path, text)
            self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})

    def put_back(self, texts: Mapping[str, str]) -> None:
        """Write `texts` to disk as git does, and let the editor reload its unchanged buffers."""
        for path, text in texts.items():
            self.on_disk(path, text)
        changes = [{"uri": self.uri(path), "type": 2} for path in texts]
        self.client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        for path in self.buffers:
            if path in texts and self.buffers[path] != texts[path]:
                self.buffers[path] = texts[path]
                self.versions[path] += 1
                identity = {"uri": self.uri(path), "version": self.versions[path]}
                change = {"text": texts[path]}
                self.client.notify(
                    "textDocument/didChange", {"textDocument": identity, "contentChanges": [change]}
                )

    def on_disk(self, path: str, text: str) -> None:
        """Write one file."""
        (self.root / path).write_bytes(text.encode())


def _differing(
    expected: Mapping[str, str], session: Session, originals: Mapping[str, str]
) -> tuple[int, int, int]:
    """Return how many lines are as expected, how many are stale, and how many changed otherwise."""
    right = stale = wrong = 0
    for path in originals:
        want, was = expected.get(path, originals[path]).split("\n"), originals[path].split("\n")
        have = session.text(path).split("\n")
        if len(have) != len(want):
            wrong += abs(len(have) - len(want))
        for now, then, text in zip(want, was, have, strict=False):
            right += now != then and text == now
            stale += now != then and text == then
            wrong += text not in (now, then)
    return right, stale, wrong


def _left(expected: Mapping[str, str], session: Session) -> Iterator[tuple[str, int]]:
    for path, text in expected.items():
        for number, (want, have) in enumerate(
            zip(text.split("\n"), session.text(path).split("\n"), strict=False)
        ):
            if want != have:
                yield path, number


class Figures:
    """Counts by kind of play."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def rename(self, kind: str, right: int, stale: int, wrong: int) -> None:
        self.counts[kind, "plays"] += 1
        self.counts[kind, "complete"] += not stale and not wrong
        self.counts[kind, "places"] += right + stale
        self.counts[kind, "right"] += right
        self.counts[kind, "wrong"] += wrong

    def places(self, kind: str, *, listed: int, places: int, shown: bool, wrong: bool) -> None:
        self.counts[kind, "plays"] += 1
        self.counts[kind, "shown"] += shown
        self.counts[kind, "places"] += places
        self.counts[kind, "right"] += listed
        self.counts[kind, "wrong"] += wrong

    def lines(self) -> Iterator[str]:
        yield f"{'session':14}{'plays':>7}{'complete':>10}{'shown':>7}{'places right':>17}{'wrong shown':>13}"
        for kind in dict.fromkeys(kind for kind, _ in self.counts):
            of = {
                name: self.counts[kind, name]
                for name in ("plays", "complete", "shown", "places", "right", "wrong")
            }
            share = f"{of['right']} of {of['places']}"
            yield f"{kind:14}{of['plays']:>7}{of['complete']:>10}{of['shown']:>7}{share:>17}{of['wrong']:>13}"


class Player:
    """Plays sessions in one repository."""

    def __init__(self, repo: Path, figures: Figures, *, verbose: bool) -> None:
        self._repository = Repository(tracked(repo))
        self._figures = figures
        self._verbose = verbose

    def play(self, count: int, seed: int) -> None:
        """Play `count` sessions of each kind, and of repeats and new parameters `_OFTEN` times as many."""
        for play in islice(self._repository.renames(seed), count):
            self._rename(play)
        for repeat in islice(self._repository.repeats(seed), _OFTEN * count):
            self._repeat("repeat", repeat)
        for constant in islice(self._repository.constants(seed), count):
            self._repeat("constant", constant)
        for move in islice(self._repository.moves(seed), count):
            self._move(move)
        for parameter in islice(self._repository.parameters(seed), _OFTEN * count):
            self._parameter(parameter)

    def _started(self, folder: str, path: str) -> Session:
        root = Path(folder)
        for name, text in self._repository.texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        session = Session(root)
        session.open(path)
        session.wait_for_index()
        return session

    def _rename(self, play: RenamePlay) -> None:
        texts = self._repository.texts
        old, first, second = play.name, f"{play.name}_one", f"renamed_{play.name}"
        with tempfile.TemporaryDirectory() as folder, self._started(folder, play.path) as session:
            for kind, before, after in (
                ("rename", old, first),
                ("again", first, second),
                ("after revert", old, second),
            ):
                if kind == "after revert":
                    session.save_all()
                    session.put_back({path: texts[path] for path in play.uses})
                    time.sleep(1.2)  # nobody is faster; a pause of the client ends with any message
                session.type(play.path, play.line, play.column, play.column + len(before), after)
                session.accept_all(play.path, play.line)
                right, stale, wrong = _differing(play.renamed(texts, after), session, texts)
                really = self._really_wrong(session, play, before)
                self._figures.rename(kind, right - 1, stale + wrong - really, really)
                if self._verbose:
                    print(
                        f"  {kind}: {play.path}:{play.line + 1} {before} -> {after}: {right} right, {stale + wrong} left"
                    )
                    for path, line in _left(play.renamed(texts, after), session):
                        print(f"    left {path}:{line + 1} {session.text(path).split(chr(10))[line].strip()}")
                if stale or wrong:
                    break  # what follows is measured from a complete rename
                session.save_all()

    def _really_wrong(self, session: Session, play: RenamePlay, before: str) -> int:
        """Count the lines that are neither as they were in some stage nor renamed: text that was rewritten."""
        texts = self._repository.texts
        stages = [
            texts,
            *(play.renamed(texts, name) for name in (before, f"{play.name}_one", f"renamed_{play.name}")),
        ]
        wrong = 0
        for path in texts:
            allowed = [stage.get(path, texts[path]).split("\n") for stage in stages]
            for number, line in enumerate(session.text(path).split("\n")):
                wrong += not any(number < len(lines) and lines[number] == line for lines in allowed)
        return wrong

    def _repeat(self, kind: str, play: RepeatPlay) -> None:
        with tempfile.TemporaryDirectory() as folder, self._started(folder, play.path) as session:
            if play.above is not None:
                session.change(play.path, (play.above[0], 0), (play.above[0], 0), play.above[1] + "\n")
                time.sleep(1.2)
            for line, first, last in play.places:
                session.type(play.path, line, first, last, play.text)
                time.sleep(1.2)
            answer = session.shown_next(play.path, play.places[-1][0])
            right = sum(self._is_right(edit, play, session) for edit in answer["edits"])
            shown = answer["shown"] and self._is_right(answer["edits"][0], play, session)
            wrong = answer["shown"] and not shown
            self._figures.places(
                kind, listed=right, places=min(len(play.rest), _LISTED), shown=shown, wrong=wrong
            )
            if self._verbose:
                print(
                    f"  {kind}: {play.path}:{play.places[0][0] + 1} -> {play.text}: shown {shown}, listed {right}"
                )

    def _move(self, play: MovePlay) -> None:
        with tempfile.TemporaryDirectory() as folder, self._started(folder, play.path) as session:
            first, last = play.extent
            lines = session.text(play.path).split("\n")
            session.change(play.path, (first, 0), (last, 0), "")
            time.sleep(1.2)
            session.open(play.to)
            end = len(session.text(play.to).split("\n")) - 1
            session.change(play.to, (end, 0), (end, 0), "\n\n" + "\n".join(lines[first:last]) + "\n")
            time.sleep(1.2)
            answer = session.shown_next(play.to, end + 2)
            edits = [
                ((session.path(edit["textDocument"]["uri"]), edit["range"]["start"]["line"]), edit["text"])
                for edit in answer["edits"]
            ]
            right = [play.imports.get(place) == (text or "").rstrip("\n") for place, text in edits]
            shown = bool(answer["shown"] and right[0])
            # the module that the function left, and the one that it came to, may need imports of their own
            wrong = bool(answer["shown"] and not right[0] and edits[0][0][0] not in (play.path, play.to))
            self._figures.places(
                "move", listed=sum(right), places=min(len(play.imports), _LISTED), shown=shown, wrong=wrong
            )
            if self._verbose:
                print(f"  move: {play.path} {play.name} -> {play.to}: shown {shown}, listed {sum(right)}")

    @staticmethod
    def _is_right(edit: Any, play: RepeatPlay, session: Session) -> bool:
        if session.path(edit["textDocument"]["uri"]) != play.path:
            return False
        start = edit["range"]["start"]["line"]
        new = (edit["text"] or "").split("\n")
        return any(
            start <= line < start + len(new) and new[line - start] == text for line, text in play.rest.items()
        )

    def _parameter(self, play: ParameterPlay) -> None:
        with tempfile.TemporaryDirectory() as folder, self._started(folder, play.path) as session:
            session.type(play.path, play.line, play.column, play.column, play.text)
            answer = session.shown_next(play.path, play.line)
            lines = [
                (session.path(edit["textDocument"]["uri"]), line)
                for edit in answer["edits"]
                for line in range(edit["range"]["start"]["line"], edit["range"]["end"]["line"] + 1)
            ]
            listed = len(play.calls & set(lines))
            shown = answer["shown"] and lines[0] in play.calls
            wrong = answer["shown"] and not shown
            self._figures.places(
                "parameter", listed=listed, places=min(len(play.calls), _LISTED), shown=shown, wrong=wrong
            )
            if self._verbose:
                print(
                    f"  parameter: {play.path}:{play.line + 1} {play.name}: shown {shown}, {listed} of {len(play.calls)}"
                )


def main(argv: Sequence[str]) -> int:
    """Print the figures of all repositories together."""
    parser = argparse.ArgumentParser(prog="segue bench sessions", description=__doc__)
    parser.add_argument("repos", nargs="+", type=Path)
    parser.add_argument(
        "--plays",
        type=int,
        default=1,
        help="sessions of each kind in each repository, four times as many repeats and new parameters",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true", help="print every play")
    arguments = parser.parse_args(argv)
    figures = Figures()
    for repo in arguments.repos:
        if arguments.verbose:
            print(repo.name)
        Player(repo, figures, verbose=arguments.verbose).play(arguments.plays, arguments.seed)
    print("\n".join(figures.lines()))
    return 0
