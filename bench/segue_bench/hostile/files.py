"""Files that have held or killed a parser, a matcher or an event loop, and others of their kinds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file of a workspace: its name, the editor's language for it, and its text."""

    name: str
    language: str
    text: str


def _file(name: str, language: str, text: str) -> HostileFile:
    return HostileFile(name, language, text)


FILES: tuple[HostileFile, ...] = (
    _file("parentheses.js", "javascript", "(" * 100_000),
    _file("brackets.js", "javascript", "[{" * 50_000),
    _file("brackets.rs", "rust", "[" * 20_000),
    _file("angles.cpp", "cpp", "a<" * 20_000),
    _file("calls.go", "go", "f(" * 20_000),
    _file("lambdas.py", "python", "lambda:(" * 10_000),
    _file("chain.js", "javascript", "x = " + "a + " * 30_000 + "1"),
    _file("elifs.py", "python", "if a:\n    b\n" + "elif a:\n    b\n" * 8_000),
    _file("nested_if.c", "c", "if(x)" * 20_000),
    _file("stars.c", "c", "*" * 50_000 + "x;"),
    _file("not.py", "python", "not " * 20_000 + "x"),
    _file("comments.py", "python", "/*\n" * 2_000),
    _file("comments.js", "javascript", "/*\n" * 2_000),
    _file("comments.css", "css", "/*\n" * 2_000),
    _file("levels.yaml", "yaml", "- " * 256 + "x"),
    _file("indents.yaml", "yaml", "".join(" " * depth + "a:\n" for depth in range(400))),
    _file("flow.yaml", "yaml", "[" * 3_000 + "]" * 3_000),
    _file("anchors.yaml", "yaml", "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 3_000))),
    _file("tags.html", "html", "<div>" * 20_000),
    _file("braces.vue", "vue", "<script setup>let a = 1</script>\n" + "{{ " * 40_000),
    _file("spaces.vue", "vue", "<script setup>let a = 1</script>\n" + '<li v-for="a' + " " * 40_000 + 'x">'),
    _file("scripts.vue", "vue", "<script " * 20_000),
    _file("spaces.svelte", "svelte", "{#each a" + " " * 40_000 + "x}"),
    _file("heredocs.sh", "shellscript", "".join(f"cat <<A{n} " for n in range(300)) + "\n"),
    _file("heredocs.rb", "ruby", "".join(f"<<~A{n}," for n in range(300)) + "\n"),
    _file("heredocs.php", "php", "<?php\n" + "".join(f"f(<<<A{n}\n" for n in range(300))),
    _file("strings.rb", "ruby", '"#{' * 2_000),
    _file("strings.cs", "csharp", '$"{' * 2_000),
    _file("strings.py", "python", "f'{" * 2_000),
    _file("templates.ts", "typescript", "`${" * 3_000),
    _file("raw.rs", "rust", "r" + "#" * 40_000 + '"'),
    _file("long.lua", "lua", "[" + "=" * 40_000 + "["),
    _file("indents.py", "python", "".join(" " * depth + "if a:\n" for depth in range(600))),
    _file("indents.scala", "scala", "".join(" " * depth + "if a then\n" for depth in range(600))),
    _file("word.py", "python", "w" * 100_000 + "(a, b)\n"),
    _file("line.js", "javascript", "var x=1;" * 640_000),
    _file("large.py", "python", "value = compute(1, 'text')\n" * 1_900_000),
    _file("lines.py", "python", "a\n" * 600_000),
    _file("nuls.py", "python", "\0" * 10_000),
    _file("marks.py", "python", "\u202e\ufeff\ud7ff" * 3_000),
    _file("pattern.json", "json", '{"a":' * 20_000),
    _file("table.sql", "sql", "SELECT (" * 10_000),
    _file("table.toml", "toml", "a=" + "[" * 20_000),
    _file("closures.swift", "swift", "{ x in " * 5_000),
    _file("closures.kt", "kotlin", "{ x -> " * 5_000),
)

PATTERNS = (
    "*a*a*a*a*a*a*a*a*a*a*a*a*b",
    "**/a/**/a/**/a/**/a/**/a/**/b",
    "?*?*?*?*?*?*?*?*?*?*b",
    "[!z]*[!z]*[!z]*[!z]*[!z]*1",
    "*" * 3_000 + "b",
    "[" * 1_000,
)


def write_files(root: Path, *, largest: int = 1_000_000) -> None:
    """Put the files into a folder, with ignore patterns that never ended; those over `largest` characters stay out."""
    root.mkdir(parents=True, exist_ok=True)
    (root / ".gitignore").write_text("\n".join(PATTERNS) + "\n", "utf-8")
    (root / ("a" * 60 + ".py")).write_text("x = 1\n", "utf-8")
    for file in FILES:
        if len(file.text) <= largest:
            (root / file.name).write_text(file.text, "utf-8")


READ_BY_NAME = (
    ".segue.toml", ".segueignore", ".gitignore", ".gitattributes", ".gitmodules", ".cursorignore", ".aiexclude", ".editorconfig",
    "AGENTS.md", ".github/copilot-instructions.md", ".segue/prompts/rules.md", ".segue/prompts/explain.md", "package.json",
    "tsconfig.json", "jsconfig.json", "go.mod", "Cargo.toml", "pyproject.toml", "setup.cfg", "composer.json", "Gemfile",
    "sub/.git", "sub/.gitignore", "sub/.segueignore", "sub/AGENTS.md", "sub/package.json",
)  # fmt: skip
"""Names under which something in a repository is read because of its name."""


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


SPECIAL: dict[str, Callable[[Path], object]] = {
    "pipes": os.mkfifo,
    "devices": lambda path: path.symlink_to("/dev/zero"),
    "the terminal": lambda path: path.symlink_to("/proc/self/fd/0"),
    "links to themselves": _link_to_itself,
    "folders": lambda path: path.mkdir(),
    "gigabytes of nothing": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 33),
    "one long line": lambda path: path.write_text("*a" * 120_000, "utf-8"),
    "bytes": lambda path: path.write_bytes(bytes(range(256)) * 400),
}
"""What stands in the place of files, each with the function that puts it there."""


def write_special(root: Path, kind: str) -> None:
    """Put things that are no files, or none that anybody wants, where files are read by name."""
    for name in READ_BY_NAME:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        SPECIAL[kind](path)


GIT_INTERNALS = (
    "HEAD", "index", "config", "packed-refs", "refs/heads/main", "objects/info/alternates", "objects/pack/pack-1.idx", "info/exclude",
    "commondir", "shallow",
)  # fmt: skip
"""Files in a git directory that git or Segue reads."""


def spoil_git(root: Path, name: str, kind: str) -> None:
    """Replace a file of a repository's git directory by something that is not a regular file."""
    path = root / ".git" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    SPECIAL[kind](path)
