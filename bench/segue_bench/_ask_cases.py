"""Questions with known answers about repositories: from docstrings, from commits, from Semble, and ones without answer.

A: the first sentence of a function's docstring, in a copy of the repository whose functions have none; the function is
the answer. B: the questions and files of Semble's annotations. C: subjects of commits, in a clone that ends before them;
the files that they changed are the answer. E: questions about what the repository does not have, and vague ones.
"""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_context.git import repository_of

if TYPE_CHECKING:
    from pathlib import Path

_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|\n\s*\n|:\s*\n")
_LEAST_WORDS = 4
_BOT = re.compile(
    r"\b(bump|dependabot|release|version|merge|changelog|pre-commit|update dependenc\w+)\b", re.IGNORECASE
)
_CODE = (
    ".py", ".js", ".ts", ".tsx", ".jsx", ".go", ".rs", ".java", ".kt", ".rb", ".php", ".c", ".h", ".cc", ".cpp", ".hpp",
    ".cs", ".swift", ".scala", ".ex", ".exs", ".lua", ".zig", ".sh",
)  # fmt: skip
_MOST_PATHS = 8


@dataclass(frozen=True, slots=True)
class AskCase:
    """A question and its answer: any of `paths`, and in the first of them a place that holds `line` (0-based)."""

    question: str
    paths: tuple[str, ...] = ()
    line: int = -1
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AskSet:
    """Cases about the repository in `root`."""

    name: str
    root: Path
    cases: tuple[AskCase, ...]


def docstring_set(repo: Path, folder: Path, count: int, *, seed: int = 3) -> AskSet:
    """Return docstrings as questions, about a copy of `repo` in `folder` without the docstrings of functions (Python)."""
    root = folder / repo.name
    shutil.copytree(repo, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "node_modules"))
    found: list[AskCase] = []
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8", "replace")
        stripped, docs = _without_docstrings(text)
        if docs:
            path.write_text(stripped, "utf-8")
        name = path.relative_to(root).as_posix()
        if not re.search(r"(^|/)(tests?|docs|examples?)(/|_|$)|(^|/)test_", name):
            found.extend(AskCase(question, (name,), line) for question, line in docs)
    random.Random(seed).shuffle(found)
    return AskSet(repo.name, root, tuple(found[:count]))


def _without_docstrings(text: str) -> tuple[str, list[tuple[str, int]]]:
    """Return a module without its functions' docstrings, and the first sentence of each with its function's line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text, []
    lines = text.split("\n")
    gone: list[tuple[int, int]] = []
    docs: list[tuple[str, int, int]] = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or len(node.body) < 2:
            continue
        doc, first = ast.get_docstring(node), node.body[0]
        if doc is None or first.end_lineno is None or first.lineno == node.lineno:
            continue
        gone.append((first.lineno - 1, first.end_lineno))
        sentence = " ".join(_SENTENCE_END.split(doc, maxsplit=1)[0].split())
        if len(sentence.split()) >= _LEAST_WORDS:
            docs.append((sentence, node.lineno - 1, len(node.body)))
    removed = sorted({number for start, end in gone for number in range(start, end)})
    kept = [line for number, line in enumerate(lines) if number not in set(removed)]
    shifted = [(sentence, line - sum(number < line for number in removed)) for sentence, line, _ in docs]
    return "\n".join(kept), shifted


def commit_set(repo: Path, folder: Path, count: int) -> AskSet:
    """Return the subjects of the latest `count` usable commits as questions, about a clone that ends before them."""
    source = repository_of(repo)
    commits = source.commits(6 * count)
    chosen = []
    for commit in commits:
        paths = tuple(path for path in commit.paths if path.endswith(_CODE))
        if (
            0 < len(paths) <= _MOST_PATHS
            and not _BOT.search(commit.subject)
            and len(commit.subject.split()) > 2
        ):
            chosen.append((commit, paths))
            if len(chosen) == count:
                break
    if not chosen:
        return AskSet(repo.name, repo, ())
    root = folder / f"{repo.name}-before"
    run = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(source.root), str(root)]
    subprocess.run(run, check=True, capture_output=True)
    checkout = ["git", "-C", str(root), "checkout", "--quiet", f"{chosen[-1][0].sha}^"]
    subprocess.run(checkout, check=True, capture_output=True)
    cases = [
        AskCase(re.sub(r"\s*\(#\d+\)$", "", commit.subject), present)
        for commit, paths in chosen
        if (present := tuple(path for path in paths if (root / path).is_file()))
    ]
    return AskSet(repo.name, root, tuple(cases))


def semble_sets(folder: Path, *, whole: bool) -> list[AskSet]:
    """Return Semble's questions about the repositories that are checked out in `folder`/checkouts, by name.

    Its `repos.json` and `annotations/` are in `folder`, or in `semble/benchmarks` of it. With `whole`, all of a repository is searched, not
    the folder alone that the annotations name as its root.
    """
    fetched = folder / "semble" / "benchmarks"
    annotations, checkouts = fetched if fetched.is_dir() else folder, folder / "checkouts"
    sets = []
    for row in json.loads((annotations / "repos.json").read_text("utf-8")):
        file, root = annotations / "annotations" / f"{row['name']}.json", checkouts / row["name"]
        if not file.is_file() or not root.is_dir():
            continue
        inner = "" if whole else row.get("benchmark_root") or ""
        cases = [
            AskCase(
                item["query"],
                tuple(_path_of(target) for target in [*item["relevant"], *item.get("secondary", [])]),
                kind=item.get("category", ""),
            )
            for item in json.loads(file.read_text("utf-8"))
        ]
        sets.append(AskSet(row["name"], root / inner, tuple(cases)))
    return sets


def _path_of(target: str | dict[str, str]) -> str:
    return target if isinstance(target, str) else target["path"]


def same_path(path: str, wanted: str) -> bool:
    """Return whether two paths name one file, if one is relative to a folder inside the other's root."""
    return path == wanted or path.endswith(f"/{wanted}") or wanted.endswith(f"/{path}")


_ABSENT = (
    "how does the {0} work",
    "where is the {0} implemented",
    "which function handles {0}",
    "explain the {0}",
    "{0}",
    "what happens when the {0} fails",
)
_ABSENT_THINGS = (
    "Kubernetes operator reconcile loop",
    "Stripe invoice refund webhook",
    "DICOM image segmentation",
    "chess engine move generation",
    "GPU shader compilation pipeline",
    "blockchain consensus and block validation",
    "loan amortisation schedule",
    "payroll tax withholding",
    "protein folding simulation",
    "speech recognition acoustic model",
    "satellite orbit propagation",
    "airline seat reservation",
    "hospital patient triage queue",
    "video codec motion estimation",
    "recommendation engine matrix factorisation",
    "Bluetooth low energy pairing",
    "pathfinding of enemies in the dungeon",
    "OAuth device flow for smart televisions",
    "warehouse pallet picking optimisation",
    "neural network backpropagation",
)
_ELSEWHERE = (
    "What is the capital of Mongolia?",
    "Write me a poem about the sea",
    "How do I bake sourdough bread?",
    "Who won the football world cup in 1998?",
    "What is the weather like in Lisbon tomorrow?",
    "Recommend a good restaurant near the station",
    "How tall is Mount Kilimanjaro?",
    "Translate good morning into Japanese",
    "What are the symptoms of influenza?",
    "Tell me a joke about penguins",
)
_VAGUE = (
    "how does it work",
    "fix the bug",
    "explain this",
    "what does this do?",
    "why is it broken",
    "help",
    "can you help me with the code?",
    "where is the thing",
    "it doesn't work",
    "improve the code",
    "what about the other one?",
    "is this good?",
    "why?",
    "how do I use it",
    "show me more",
    "what's wrong here",
    "how to do this",
    "do the same for that",
)


def unanswerable(others: list[AskCase], count: int, *, seed: int = 5) -> list[AskCase]:
    """Return questions that a repository does not answer, of three kinds, and some of `others`, about other repositories."""
    rng = random.Random(seed)
    absent = [
        AskCase(pattern.format(thing), kind="absent")
        for number, thing in enumerate(_ABSENT_THINGS)
        for pattern in (_ABSENT[number % len(_ABSENT)],)
    ]
    elsewhere = [AskCase(question, kind="elsewhere") for question in _ELSEWHERE]
    vague = [AskCase(question, kind="vague") for question in _VAGUE]
    foreign = [AskCase(case.question, kind="foreign") for case in rng.sample(others, min(len(others), count))]
    return [*absent, *elsewhere, *vague, *foreign]
