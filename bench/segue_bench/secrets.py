"""`segue bench secrets`: fresh random secrets of many kinds in what is sent, and what is masked without need.

Every kind is written in several ways, each way with a new secret; a secret counts as masked when no eight of its random
characters in a row are left. Strings of real repositories tell what is masked without need.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench._secret_kinds import ANYWHERE, GIVEN, KINDS
from segue_context.masking import mask_around, mask_secrets, secret_extents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from segue_bench._secret_kinds import Kind

_FRAGMENT_CHARS = 8
_STRING = re.compile(r"\"([^\"\n\\]{4,400})\"|'([^'\n\\]{4,400})'|`([^`\n\\]{4,400})`")
_SUFFIXES = frozenset(
    [
        ".py",
        ".js",
        ".ts",
        ".tsx",
        ".go",
        ".rs",
        ".java",
        ".rb",
        ".kt",
        ".c",
        ".h",
        ".cpp",
        ".cs",
        ".php",
        ".json",
        ".yml",
        ".yaml",
        ".toml",
        ".md",
        ".sh",
        ".sql",
        ".xml",
        ".html",
        ".lock",
    ]
)
_MAX_FILE_BYTES = 400_000
_BEFORE = "import os\n\n\ndef connect(host, port=5432):\n    return open_socket(host, port)\n\n"
_AFTER = "\n\nfor item in items:\n    item.send()\n"


def written(kind: Kind, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield (text, secret) for every way to write this kind, each with a new secret."""
    if kind.names:
        for number, way in enumerate(GIVEN):
            secret = kind.made(chance)
            name = kind.names[number % len(kind.names)]
            yield way.replace("$", name).replace("@", secret), secret
        return
    for line in kind.lines or ANYWHERE:
        secret = kind.made(chance)
        if "\n" not in line and len(line) < 400:
            yield line.replace("@", secret, 1), secret
        else:
            yield line.replace("@", secret), secret


def in_prompt(text: str) -> str:
    """Return what a completion prompt shows of `text` above the cursor."""
    return "".join(mask_around(f"{_BEFORE}{text}\n", _AFTER))


def in_snippet(text: str) -> str:
    """Return what a retrieved snippet shows of `text`."""
    return mask_secrets(text + _AFTER)


def in_question(text: str) -> str:
    """Return what a request for an explanation shows of `text`."""
    return mask_secrets(f"Explain this:\n```\n{_BEFORE}{text}\n```\n")


def in_diff(text: str) -> str:
    """Return what a request for a commit message shows of `text`: added, removed and unchanged lines."""
    shown = [mask_secrets("".join(f"{sign}{line}\n" for line in text.split("\n"))) for sign in "+- "]
    return "".join(shown)


PATHS: dict[str, Callable[[str], str]] = {
    "prompt": in_prompt,
    "snippet": in_snippet,
    "diff": in_diff,
    "explanation": in_question,
}


def leaks(shown: str, secret: str, text: str) -> bool:
    """Return whether a part of the random characters of `secret` is left in `shown`."""
    size = min(_FRAGMENT_CHARS, len(secret))
    parts = {secret[at : at + size] for at in range(len(secret) - size + 1)}
    around = text.replace(secret, "")
    return any(part in shown and part not in around for part in parts)


def strings_of(root: Path, chance: random.Random, most_files: int) -> Iterator[tuple[str, str]]:
    """Yield the texts of files of a repository and their paths."""
    files = [
        path
        for path in sorted(root.rglob("*"))
        if path.suffix in _SUFFIXES and path.is_file() and not path.is_symlink() and ".git" not in path.parts
    ]
    chance.shuffle(files)
    for path in files[:most_files]:
        if path.stat().st_size <= _MAX_FILE_BYTES:
            yield path.read_text("utf-8", "replace"), str(path)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="segue bench secrets", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, help="repositories whose strings should stay")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="secrets of each kind and way")
    parser.add_argument("--files", type=int, default=400, help="files of each repository")
    parser.add_argument(
        "--verbose", action="store_true", help="print every secret kept and every string masked"
    )
    arguments = parser.parse_args(argv)
    chance = random.Random(arguments.seed)
    missed = _masked_kinds(chance, arguments.rounds, verbose=arguments.verbose)
    if arguments.repositories:
        _harmless_strings(arguments.repositories, chance, arguments.files, verbose=arguments.verbose)
    return int(missed > 0.02)


def _masked_kinds(chance: random.Random, rounds: int, *, verbose: bool) -> float:
    written_in, kept_in, kept_of = Counter[str](), Counter[str](), Counter[str]()
    for kind in KINDS:
        for _ in range(rounds):
            for text, secret in written(kind, chance):
                for path, show in PATHS.items():
                    written_in[path] += 1
                    if leaks(show(text), secret, text):
                        kept_in[path] += 1
                        kept_of[kind.name] += 1
                        if verbose:
                            print(f"kept  {kind.name:28} {path:12} {text!r}", file=sys.stderr)
    print(f"{len(KINDS)} kinds of secrets, {sum(written_in.values()):,} texts")
    for path in PATHS:
        print(f"  {path:12} {1 - kept_in[path] / written_in[path]:8.2%} masked")
    whole = sum(1 for kind in KINDS if not kept_of[kind.name])
    print(f"  kinds masked in every way and path: {whole} of {len(KINDS)}")
    for name, count in kept_of.most_common(20):
        print(f"    kept {count:4} x {name}")
    return max(kept_in[path] / written_in[path] for path in PATHS)


def _harmless_strings(roots: Sequence[Path], chance: random.Random, files: int, *, verbose: bool) -> None:
    strings = masked = chars = 0
    seconds = 0.0
    for root in roots:
        for text, path in strings_of(root, chance, files):
            started = time.process_time()
            extents = secret_extents(text)
            seconds += time.process_time() - started
            chars += len(text)
            strings += sum(1 for _ in _STRING.finditer(text))
            masked += len(extents)
            if verbose:
                for begin, end in extents:
                    line = text[max(text.rfind("\n", 0, begin) + 1, begin - 60) : end]
                    print(f"masked  {path}: {line!r}", file=sys.stderr)
    print(f"{strings:,} strings of {len(roots)} repositories ({chars / 1e6:.1f} MB)")
    print(f"  {masked / max(1, strings):8.3%} masked ({masked:,})")
    print(f"  {seconds * 1000 / max(1, chars / 10_000):8.3f} ms of CPU per 10 kB")


if __name__ == "__main__":
    sys.exit(main())
