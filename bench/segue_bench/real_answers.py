"""Raw answers of real models to real holes, recorded once and stored with the files they belong to.

`data/real_answers.jsonl.xz` holds lines of two kinds: a file with its origin and text, and an answer with the file's
number, the hole's extent in it, the model and its temperature. `data/real_answers.md` names the sources and licences.

    python -m segue_bench.real_answers ROWS.jsonl...   # store recorded rows
"""

from __future__ import annotations

import json
import lzma
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STORED = Path(__file__).with_name("data") / "real_answers.jsonl.xz"
_ALLOWED = ("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause")
_FILE_FIELDS = ("repo", "commit", "path", "licence", "language", "young")


@dataclass(frozen=True, slots=True)
class RealAnswer:
    """One recorded answer: `truth` stood between `prefix` and `suffix`; `mode` is "line" or "block".

    `young` says that the package was published after the models had been trained.
    """

    id: str
    language: str
    path: str
    repository: str
    young: bool
    mode: str
    model: str
    temperature: float
    prefix: str
    suffix: str
    truth: str
    answer: str


def load(path: Path = STORED) -> Iterator[RealAnswer]:
    """Yield the stored answers."""
    files: list[dict[str, Any]] = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "text" in row:
                files.append(row)
            else:
                yield _answer(row, files[row["file"]])


def _answer(row: dict[str, Any], file: dict[str, Any]) -> RealAnswer:
    start, end = row["hole"]
    text: str = file["text"]
    return RealAnswer(
        id=row["id"],
        language=file["language"],
        path=file["path"],
        repository=file["repo"],
        young=file["young"],
        mode=row["mode"],
        model=row["model"],
        temperature=row["temperature"],
        prefix=text[:start],
        suffix=text[end:],
        truth=text[start:end],
        answer=row["answer"],
    )


def store(rows: Iterable[dict[str, Any]], path: Path = STORED) -> int:
    """Write recorded rows, each file once, and return how many there are; rows of other licences are left out."""
    numbers: dict[tuple[str, str], int] = {}
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", preset=9 | lzma.PRESET_EXTREME, encoding="utf-8") as out:
        for row in sorted(rows, key=lambda row: (row["repo"], row["path"], row["model"], row["id"])):
            if row["licence"] not in _ALLOWED:
                continue
            key = row["repo"], row["path"]
            if key not in numbers:
                numbers[key] = len(numbers)
                text = row["prefix"] + row["truth"] + row["suffix"]
                out.write(json.dumps({**{name: row[name] for name in _FILE_FIELDS}, "text": text}) + "\n")
            start = len(row["prefix"])
            stored = {name: row[name] for name in ("id", "model", "temperature", "mode", "answer")}
            hole = {"file": numbers[key], "hole": [start, start + len(row["truth"])]}
            out.write(json.dumps({**stored, **hole}) + "\n")
            count += 1
    return count


def main(argv: Sequence[str] | None = None) -> int:
    """Store the rows of recordings named on the command line."""
    names = sys.argv[1:] if argv is None else argv
    rows = (json.loads(line) for name in names for line in Path(name).read_text("utf-8").splitlines())
    print(store(rows), "answers stored")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
