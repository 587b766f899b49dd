"""Test frameworks: how each names its tests, where its files are, and what tells that a repository uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Home(Enum):
    """Where new cases go in a file."""

    END = auto()
    CLASS = auto()
    MODULE = auto()


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework for the languages of a `family`.

    `marks` finds what only its test files hold; None when every test of the language is one of its. The last group of
    `tests` is the name of a test. `settings` are the files (by name) in which `named` says that a repository uses it; ()
    when the language always has it. `file` is a new file's name for a stem, and `folder` where it goes when no other
    test file shows that ("" for beside the code). `call` makes a function fail when it is called.
    """

    name: str
    family: str
    tests: re.Pattern[str]
    marks: re.Pattern[str] | None
    settings: tuple[str, ...]
    named: str
    file: str
    folder: str
    call: str
    home: Home = Home.END
    style: str = field(default="")

    def names_in(self, text: str) -> list[str]:
        """Return the names of the tests in a text, in order."""
        return [match[match.lastindex or 0] for match in self.tests.finditer(text)]


_PYTHON = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)", re.MULTILINE)
_SCRIPT = re.compile(r"^[ \t]*(?:it|test)(?:\.\w+)?\(\s*([\"'`])(.+?)\1", re.MULTILINE)
_JUNIT = re.compile(r"@(?:Parameterized)?Test\b[^;{}]*?\b(?:void|fun)\s+(`[^`\n]+`|\w+)\s*\(")
FRAMEWORKS = (
    Framework("unittest", "python", _PYTHON, re.compile(r"\bTestCase\)"), (), "", "test_{}.py", "tests",
              'raise AssertionError("replaced")', style="methods of a new TestCase class at the end of the file"),
    Framework("pytest", "python", _PYTHON, re.compile(r"^(?:async )?def test_|\bimport pytest\b", re.MULTILINE),
              ("pyproject.toml", "setup.cfg", "tox.ini", "requirements-dev.txt", "requirements.txt"), "pytest",
              "test_{}.py", "tests", 'raise AssertionError("replaced")', style="plain functions that begin with test_"),
    Framework("vitest", "javascript", _SCRIPT, re.compile(r"from [\"']vitest[\"']"), ("package.json",), '"vitest"',
              "{}.test", "", 'throw new Error("replaced");', style="a describe block with it() or test() cases"),
    Framework("jest", "javascript", _SCRIPT, re.compile(r"@jest/globals|\bjest\."), ("package.json",), '"jest"',
              "{}.test", "", 'throw new Error("replaced");', style="a describe block with it() or test() cases"),
    Framework("go test", "go", re.compile(r"^func ((?:Test|Example|Benchmark)\w*)\(", re.MULTILINE), None, (), "",
              "{}_test.go", "", 'panic("replaced")', style="functions TestX(t *testing.T)"),
    Framework("cargo test", "rust",
              re.compile(r"#\[(?:\w+::)?test[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:async\s+)?fn\s+(\w+)"), None, (), "",
              "{}.rs", "", 'panic!("replaced");', Home.MODULE, "#[test] functions of mod tests"),
    Framework("JUnit", "java", _JUNIT, re.compile(r"org\.junit"), ("pom.xml", "build.gradle", "build.gradle.kts"), "junit",
              "{}Test.java", "src/test/java", 'throw new RuntimeException("replaced");', Home.CLASS,
              "@Test methods of the class"),
    Framework("JUnit", "kotlin", _JUNIT, re.compile(r"org\.junit|kotlin\.test"), ("build.gradle", "build.gradle.kts"), "",
              "{}Test.kt", "src/test/kotlin", 'throw RuntimeException("replaced")', Home.CLASS, "@Test methods of the class"),
    Framework("RSpec", "ruby", re.compile(r"^[ \t]*(?:it|specify)[ (]+([\"'])(.+?)\1", re.MULTILINE),
              re.compile(r"^\s*(?:RSpec\.)?describe\b", re.MULTILINE), ("Gemfile", ".rspec"), "spec", "{}_spec.rb", "spec",
              'raise "replaced"', style="an RSpec.describe block with it cases"),
)  # fmt: skip


def framework_of(
    path: str, tests: Sequence[str], files: Sequence[str], read: Callable[[str], str | None]
) -> Framework | None:
    """Return the framework for the code at `path`: that of its language's `tests`, nearest first, else what is set up."""
    known = [one for one in FRAMEWORKS if one.family == language_of(path=path).family]
    for test in tests:
        text = read(test) or ""
        for one in known:
            if (one.marks is None or one.marks.search(text)) and one.names_in(text):
                return one
    for one in known:
        if one.marks is None:
            return one
        for file in files:
            if file.rsplit("/", 1)[-1] in one.settings and one.named in (read(file) or ""):
                return one
    return None
