"""`segue bench scopes [PATH...]`: do scopes agree with the compilers, name by name, and what do they cost?

Python is compared with its own compiler (`ast` and `symtable`) and, where jedi is installed, attributes with jedi;
TypeScript and JavaScript with the TypeScript compiler, which sees each file alone. A name agrees when its definition
is one of the places where the other tool says it is declared, or when both say that the file does not declare it.
"""

from __future__ import annotations

import argparse
import random
import site
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from segue_bench._scopes_truth import Verdict, python_members, python_names, typescript_names
from segue_syntax import language_of, parse
from segue_syntax.scopes import Scopes, scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SUFFIXES = {
    ".py": "Python",
    ".js": "JavaScript",
    ".jsx": "JavaScript",
    ".ts": "TypeScript",
    ".tsx": "TypeScript",
}
_INSTALLED = ("pygls", "httpx", "rich", "typer", "pydantic")
_AGREES = ("same", "both none")
_MAX_BYTES = 200_000


def main(argv: Sequence[str]) -> int:
    """Compare and time scopes on the files under the given paths; without any, on installed packages."""
    parser = argparse.ArgumentParser(prog="segue bench scopes", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders (default: installed packages)")
    parser.add_argument("--files", type=int, default=60, help="files of each language, drawn by chance")
    parser.add_argument(
        "--members", type=int, default=200, help="attributes that jedi is asked about (0: none)"
    )
    parser.add_argument("--show", type=int, default=0, help="disagreements to print")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    roots = asked.paths or [Path(site.getsitepackages()[0], name) for name in _INSTALLED]
    files: dict[str, list[Path]] = {}
    for path in _source_files(roots):
        files.setdefault(_SUFFIXES[path.suffix], []).append(path)
    chance = random.Random(asked.seed)
    for language, paths in sorted(files.items()):
        drawn = sorted(chance.sample(paths, min(asked.files, len(paths))))
        compared = _Comparison(language, asked.show)
        truth = _python(drawn) if language == "Python" else _script(drawn)
        for path, verdicts in truth:
            compared.add(path, verdicts)
        if language == "Python" and asked.members:
            compared.add_members(drawn, asked.members, chance)
        compared.report()
    return 0


def _source_files(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if (
                path.suffix in _SUFFIXES
                and path.is_file()
                and "node_modules" not in path.parts
                and path.stat().st_size < _MAX_BYTES
            ):
                yield path.resolve()


def _python(paths: Sequence[Path]) -> Iterator[tuple[Path, list[Verdict]]]:
    for path in paths:
        try:
            yield path, python_names(path.read_text("utf-8"))
        except (SyntaxError, ValueError):
            continue


def _script(paths: Sequence[Path]) -> Iterator[tuple[Path, list[Verdict]]]:
    answers = typescript_names(paths, user_cache_path("segue") / "bench" / "typescript")
    if isinstance(answers, str):
        print(f"skipped: {answers}")
        return
    yield from answers.items()


class _Comparison:
    """Counts how scopes and another tool agree on the names of files."""

    def __init__(self, language: str, listed: int) -> None:
        self._language = language
        self._listed = listed
        self._counts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        self._lines = self._seconds = 0.0
        self._made: dict[Path, Scopes] = {}

    def add(self, path: Path, verdicts: Iterable[Verdict]) -> None:
        """Compare one file with what the other tool says of it."""
        scopes = self._scopes(path)
        if scopes is None:
            return
        ours = {one.start: one for one in scopes.occurrences}
        for verdict in verdicts:
            at = ours.get(verdict.start)
            if at is None:
                result = "no name here" if verdict.declared else "both none"
            elif at.binding is None:
                alone = set(verdict.declared) <= {verdict.start}
                result = "both none" if alone else "missed"
            else:
                bindings = [one for one in (at.binding, at.also) if one is not None]
                starts = {
                    one.start
                    for binding in bindings
                    for one in binding.occurrences
                    if one.role in ("definition", "write") or one is binding.definition
                }
                result = (
                    "same"
                    if starts & set(verdict.declared)
                    else "differs"
                    if verdict.declared
                    else "invented"
                )
            self._counts[verdict.member][result] += 1
            if result not in _AGREES and self._listed > 0 and not (verdict.member and result == "missed"):
                self._listed -= 1
                self._print(path, scopes, verdict, result)

    def add_members(self, paths: Sequence[Path], count: int, chance: random.Random) -> None:
        """Compare attributes of Python, drawn by chance, with jedi."""
        each = max(1, count // max(len(paths), 1))
        for path in paths:
            scopes = self._scopes(path)
            if scopes is None:
                continue
            attributes = [
                one for one in scopes.occurrences if one.owner is not None and one.role in ("member", "write")
            ]
            drawn = chance.sample(attributes, min(each, len(attributes)))
            places = [(one.start, *scopes.place(one)[:2]) for one in drawn]
            verdicts = python_members(path.read_text("utf-8"), str(path), places)
            if verdicts is None:
                print("members of Python skipped: jedi is not installed (pip install jedi)")
                return
            self.add(path, verdicts)

    def report(self) -> None:
        """Print the figures."""
        print(f"{self._language}: {len(self._made)} files, {int(self._lines)} lines")
        for member, title in ((False, "names"), (True, "members")):
            counts = self._counts[member]
            total = counts.total()
            if total:
                agreed = sum(counts[one] for one in _AGREES)
                rest = ", ".join(
                    f"{name} {number}" for name, number in counts.most_common() if name not in _AGREES
                )
                print(
                    f"  {title:8} {agreed / total:7.2%} of {total} agree ({counts['same']} bound); {rest or 'no other'}"
                )
        if self._lines:
            print(f"  {1e6 * self._seconds / self._lines:.1f} ms CPU per 1,000 lines, parsing not counted")

    def _scopes(self, path: Path) -> Scopes | None:
        if path not in self._made:
            data = path.read_bytes()
            language = language_of("", str(path)).id
            if b"\r" in data:
                return None
            tree = parse(data, language)
            started = time.process_time()
            scopes = scopes_of(data, language, tree)
            self._seconds += time.process_time() - started
            self._lines += data.count(b"\n")
            if scopes is None:
                return None
            self._made[path] = scopes
        return self._made[path]

    @staticmethod
    def _print(path: Path, scopes: Scopes, verdict: Verdict, result: str) -> None:
        data = scopes.data
        line = data.count(b"\n", 0, verdict.start)
        begin = data.rfind(b"\n", 0, verdict.start) + 1
        stop = data.find(b"\n", verdict.start)
        text = data[begin : stop if stop >= 0 else len(data)].decode("utf-8", "replace").strip()
        theirs = [data.count(b"\n", 0, one) + 1 for one in verdict.declared]
        print(
            f"  {result}: {path.name}:{line + 1}:{verdict.start - begin + 1} declared in lines {theirs}: {text[:100]}"
        )
