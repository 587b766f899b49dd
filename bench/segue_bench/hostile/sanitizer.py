"""`segue bench sanitize [LANGUAGE...]`: the C code of grammars under AddressSanitizer, fed with texts made by a seed.

The sources are git checkouts of the versions that are installed here, and the source distribution of tree-sitter's
binding; gcc or clang builds them. A fault counts where the guard of the parser lets the text through: exit status 1.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from importlib.metadata import metadata, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from segue_bench.hostile.files import FILES
from segue_bench.hostile.grammars import hostile_text
from segue_syntax import LANGUAGES, is_too_deep, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BUDGET_S = 0.5
_HUNG_S = 60
_LONGEST = 60_000
_HARNESS = Path(__file__).with_name("sanitizer.c")
_DEFINES = re.compile(rb"const TSLanguage \*(tree_sitter_\w+)\(void\)")
_SUMMARY = re.compile(r"SUMMARY: (AddressSanitizer: .*)")
_LIMITS = "detect_leaks=0:allocator_may_return_null=1:hard_rss_limit_mb=3000:abort_on_error=0"


@dataclass(slots=True)
class Faults:
    """What a grammar did: `let_through` are faults with texts that the guard admits, `guarded` with others."""

    texts: int = 0
    guarded: int = 0
    let_through: list[str] = field(default_factory=list)


class Harness:
    """A grammar that was built with AddressSanitizer, in a process that is started again when it ends."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def fault(self, text: bytes) -> str:
        """Parse a text and return what AddressSanitizer says of it, "" where it says nothing."""
        if self._process is None:
            self._process = subprocess.Popen(
                ["timeout", str(_HUNG_S), str(self._program)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "ASAN_OPTIONS": _LIMITS},
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(struct.pack("<I", len(text)) + text)
            process.stdin.flush()
            if process.stdout.read(1) == b"+":
                return ""
        except BrokenPipeError:
            pass
        self._process = None
        said = process.communicate()[1].decode("utf-8", "replace")
        if process.returncode == 124:
            return ""  # only slow: the sandbox has limits for that
        found = _SUMMARY.search(said)
        return found[1] if found else f"ended with {process.returncode}: {said.strip()[-200:]}"

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


def built(language_id: str, sources: Path, program: Path) -> None:
    """Build the grammar of a language with the core of tree-sitter; CalledProcessError when that fails."""
    package, _, function = language_of(language_id).grammar.partition(":")
    name = package if function == "language" else f"tree_sitter_{function.removeprefix('language_')}"
    root = _checkout(package.replace("_", "-"), sources)
    folder = next(
        parser.parent
        for parser in sorted(root.rglob("parser.c"))
        if name.encode() in _DEFINES.findall(parser.read_bytes())
    )
    core = _core(sources)
    work = program.parent
    if not (work / "core.o").exists():
        _compile(
            "-O1",
            f"-I{core / 'src'}",
            f"-I{core / 'include'}",
            "-c",
            core / "src" / "lib.c",
            "-o",
            work / "core.o",
        )
    _compile("-O0", f"-I{folder}", "-c", folder / "parser.c", "-o", work / "parser.o")
    scanners = [path for path in (folder / "scanner.c", folder / "scanner.cc") if path.exists()]
    named = (f"-DGRAMMAR={name}", f"-DBUDGET_S={_BUDGET_S}", f"-I{core / 'include'}", f"-I{folder}")
    _compile("-O1", *named, *scanners, _HARNESS, work / "parser.o", work / "core.o", "-o", program)


def _compile(*arguments: str | Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("clang") or "cc"
    flags = ["-g", "-fsanitize=address", "-fno-omit-frame-pointer", "-w"]
    subprocess.run([compiler, *flags, *arguments], check=True)


def _checkout(distribution: str, sources: Path) -> Path:
    """Return the folder with a grammar's repository at the version that is installed, cloned if it is not there.

    Most grammars publish no scanner in their source distributions.
    """
    folder = sources / distribution
    if not folder.exists():
        urls = dict(row.split(", ", 1) for row in metadata(distribution).get_all("Project-URL") or ())
        tag = f"v{version(distribution)}"
        command = ["git", "clone", "--quiet", "--depth", "1", "--branch", tag, urls["Homepage"], str(folder)]
        subprocess.run(command, check=True)
    return folder


def _core(sources: Path) -> Path:
    """Return the folder of tree-sitter's core, from the source distribution of its binding."""
    folder = sources / f"tree-sitter-{version('tree-sitter')}"
    if not folder.exists():
        with TemporaryDirectory() as work:
            subprocess.run(
                [*(sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"),
                 *("--no-binary", "tree-sitter", "--dest", work, f"tree-sitter=={version('tree-sitter')}")],
                check=True,
            )  # fmt: skip
            with tarfile.open(next(Path(work).glob("*.tar.gz"))) as archive:
                archive.extractall(folder, filter="data")
    return next(folder.rglob("lib.c")).parents[1]


def texts(language_id: str, chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield texts that are hard on a scanner: the campaign's files, tokens again and again, and splices of those."""
    before = [file.text[:_LONGEST] for file in FILES if file.language == language_id]
    yield from (text.encode("utf-8", "surrogatepass") for text in before)
    for _ in range(count - len(before)):
        text = hostile_text(chance)[1][: chance.choice((200, 2_000, _LONGEST))]
        if before and chance.random() < 0.4:
            other = chance.choice(before)
            cut = chance.randrange(len(other) + 1)
            text = other[:cut] + text + other[cut:]
        before = [*before[-20:], text[:5_000]]
        yield text.encode("utf-8", "surrogatepass")


def fuzzed(language_id: str, program: Path, chance: random.Random, count: int) -> Faults:
    """Parse texts with a grammar that was built."""
    faults = Faults()
    harness = Harness(program)
    for text in texts(language_id, chance, count):
        faults.texts += 1
        if said := harness.fault(text):
            if is_too_deep(text, language_id):
                faults.guarded += 1
            else:
                faults.let_through.append(f"{said} with {len(text)} bytes from {text[:60]!r}")
    harness.close()
    return faults


def main(argv: Sequence[str]) -> int:
    """Build and fuzz; print a line for each language."""
    every = [language.id for language in LANGUAGES if language.grammar]
    parser = argparse.ArgumentParser(prog="segue bench sanitize", description=__doc__)
    parser.add_argument("languages", nargs="*", help=f"which of {', '.join(every)} (default: all)")
    parser.add_argument("--texts", type=int, default=300, help="texts for each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--sources", type=Path, help="a folder with checkouts, which keeps those that are made"
    )
    options = parser.parse_args(argv)
    failed = 0
    with TemporaryDirectory() as work:
        for language_id in options.languages or every:
            program = Path(work) / language_id
            try:
                built(language_id, options.sources or Path(work) / "sources", program)
            except (subprocess.CalledProcessError, StopIteration, OSError) as error:
                print(f"{language_id:18} not built: {error}", flush=True)
                continue
            chance = random.Random(f"{options.seed}/{language_id}")
            faults = fuzzed(language_id, program, chance, options.texts)
            failed += len(faults.let_through)
            print(
                f"{language_id:18}{faults.texts:6} texts, {len(faults.let_through)} faults,"
                f" {faults.guarded} with texts that are never parsed",
                flush=True,
            )
            for said in dict.fromkeys(faults.let_through):
                print(f"    {said}")
    return int(failed > 0)
