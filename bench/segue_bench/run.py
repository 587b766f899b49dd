"""The benchmarks by name. Each is a module with `main(argv) -> int` that prints its figures."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: `module` in this package, what it shows, and whether plain `segue bench` runs it."""

    name: str
    module: str
    shows: str
    short: bool = False


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark("speed", "server_speed", "the server side by side with a bare pygls server", short=True),
    Benchmark("index", "index", "indexing cost, query times and memory on a large repository"),
    Benchmark("retrieval", "retrieval", "identifier recall of the retrievers on any repository"),
    Benchmark("completion", "completion", "how often the engines are right, by confidence"),
    Benchmark("replay", "replay", "real lines typed key by key: what was completed, saved, wrong"),
    Benchmark(
        "postprocess", "postprocess", "what each filter is worth on answers of real models and on real code"
    ),
    Benchmark("next-edit", "next_edit_history", "next edits found in a repository's own history"),
    Benchmark(
        "next-edit-speed", "next_edit_speed", "what predictions cost on a large repository, and the typist"
    ),
    Benchmark(
        "sessions", "sessions", "next edits in played sessions: renames, reverts, repeats, new parameters"
    ),
    Benchmark("fix", "fix", "faults put into real code, and how many a fix without a model puts right"),
    Benchmark("scopes", "scopes", "what names refer to, against the compilers of Python and TypeScript"),
    Benchmark("embedded", "embedded", "the embedded model: from nothing to the first token, key to key"),
    Benchmark("engine-kills", "engine_kills", "the embedded engine killed while requests run"),
    Benchmark("lines", "model_lines", "a model alone on lines of installed packages, by healing"),
    Benchmark("prompts", "prompts", "one model asked as Segue asks it, as llama.vim and as Continue do"),
    Benchmark("costs", "costs", "start, key, indexing and memory, in pairs against another version"),
    Benchmark("faults", "faults", "a model server that fails in every way, a thousand times each"),
    Benchmark("faults-played", "faults_played", "the same faults while somebody types in an editor"),
    Benchmark("hostile", "hostile.campaign", "hostile repositories, files, messages, patterns and kills"),
    Benchmark("sanitize", "hostile.sanitizer", "the C code of grammars under AddressSanitizer"),
    Benchmark("secrets", "secrets", "secrets of 316 kinds in what is sent; strings masked without need"),
    Benchmark(
        "ask", "ask", "questions about repositories: docstrings, Semble, commits, and ones without answer"
    ),
    Benchmark("agents", "agents", "tokens that an agent reads until it has the answer: search and grep"),
    Benchmark("assist", "assist_latency", "what explaining costs on top of the model's own time"),
    Benchmark("comment", "assist_guarantee", "comment actions never change code"),
    Benchmark(
        "changes", "model_changes", "edits, fixes and tests that a real chat model writes for real functions"
    ),
    Benchmark("edit", "edit_guarantee", "changes by instruction keep to what was asked and parse no worse"),
)


def describe() -> str:
    """Return one line a benchmark."""
    return "\n".join(f"{b.name:16} {b.shows}{' (short)' if b.short else ''}" for b in BENCHMARKS)


def run_named(name: str, arguments: Sequence[str]) -> int:
    """Run the benchmark called `name`; an unknown name says which there are and returns 2."""
    for benchmark in BENCHMARKS:
        if benchmark.name == name:
            module: Any = importlib.import_module(f"segue_bench.{benchmark.module}")
            return int(module.main(list(arguments)))
    print(f"There is no benchmark called {name!r}. There are:\n{describe()}")
    return 2


def run_short() -> int:
    """Run the benchmarks that need nothing but this machine, and return the worst exit status."""
    return max(run_named(benchmark.name, []) for benchmark in BENCHMARKS if benchmark.short)
