"""Test frameworks: how each names its tests, where its files are, and what tells that a repository uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Home(Enum):
    """Where new cases go in a file."""

    END = auto()
    CLASS = auto()
    MODULE = auto()


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework for the languages of a `family`.

    `marks` finds what only its test files hold; None when every test of the language is one of its. The last group of
    `tests` is the name of a test. `settings` says what a file of the repository holds, by the pattern of its name, when
    the framework is set up; empty when the language always has it. `file` is a new file's name for a stem, and `folder`
    where it goes when no other test file shows that ("" for beside the code). `fails` is a statement that makes a
    function fail. `modules` are those that the framework brings, as prefixes, and `names` what its tests may use: out of
    `module` where that is not "", else without an import, or in a class by one of all names. With `imports_stay`, imports are taken as an answer writes them.
    `made` finds further names that the text of tests brings about. `loads` is the line by which a new file loads the code at a path without its ending, "" where an import does.
    """

    name: str
    family: str
    tests: re.Pattern[str]
    marks: re.Pattern[str] | None
    settings: Mapping[str, str]
    file: str
    folder: str
    fails: str
    modules: tuple[str, ...]
    style: str
    home: Home = Home.END
    module: str = ""
    imports_stay: bool = False
    loads: str = ""
    names: frozenset[str] = field(default=frozenset())
    made: re.Pattern[str] | None = None

    def names_in(self, text: str) -> list[str]:
        """Return the names of the tests in a text, in order."""
        return [match[match.lastindex or 0] for match in self.tests.finditer(text)]

    def known_in(self, *texts: str) -> frozenset[str]:
        """Return the names that tests of these texts may use without an import."""
        found = [name for text in texts for name in self.made.findall(text)] if self.made is not None else []
        return self.names | frozenset(found)

    def brings(self, module: str) -> bool:
        """Whether a module is one of the framework's own."""
        return any(re.match(rf"{re.escape(own)}(?:\W|$)", module) for own in self.modules)

    def is_set_up_by(self, path: str, read: Callable[[str], str | None]) -> bool:
        """Whether the file at `path` says that a repository uses the framework."""
        name = path.rsplit("/", 1)[-1]
        held = next((held for one, held in self.settings.items() if re.fullmatch(one, name)), None)
        return held is not None and re.search(held, read(path) or "") is not None


_PYTHON = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)", re.MULTILINE)
_SCRIPT = re.compile(
    r"^[ \t]*(?:it|test)(?:\.\w+(?:\([^)\n]*\)|`[^`]*`)?)*\(\s*([\"'`])(.+?)\1", re.MULTILINE
)
_JUNIT = re.compile(
    r"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\b[^;{}]*?\b(?:fun\s+(`[^`\n]+`|\w+)|[\w<>\[\]]+\s+(\w+))\s*\("
)
_SCRIPT_NAMES = frozenset(
    "describe it test expect beforeEach afterEach beforeAll afterAll".split()  # noqa: SIM905
)
_RSPEC_NAMES = frozenset(
    """
    RSpec describe context it specify example expect let let! subject subject! before after around described_class is_expected
    fit fdescribe fcontext xit xdescribe xcontext skip pending aggregate_failures shared_examples shared_examples_for
    shared_context include_context include_examples it_behaves_like it_should_behave_like
    allow allow_any_instance_of expect_any_instance_of receive receive_messages receive_message_chain double spy
    instance_double instance_spy class_double class_spy object_double stub_const hide_const
    all be change contain_exactly cover end_with eq eql equal exist include match match_array output raise_error
    raise_exception respond_to satisfy start_with throw_symbol yield_control yield_successive_args yield_with_args
    yield_with_no_args anything any_args no_args array_including boolean duck_type hash_excluding hash_including
    instance_of kind_of a_hash_including a_kind_of an_instance_of a_string_matching a_string_including a_value a_value_within
    """.split()  # noqa: SIM905
)
_RSPEC_MADE = re.compile(r"(?:\b(?:let!?|subject)[ (]:|\b(?=(?:be|have)_))(\w+)")
"""Names of ``let``, and matchers of any predicate: ``be_empty`` asks ``empty?``, ``have_key`` asks ``has_key?``."""
_JUNIT_NAMES = frozenset(
    """
    Test BeforeEach AfterEach BeforeAll AfterAll Before After BeforeClass AfterClass Nested DisplayName Disabled
    ParameterizedTest RepeatedTest ValueSource CsvSource MethodSource Assertions Assert
    assertAll assertArrayEquals assertDoesNotThrow assertEquals assertFalse assertInstanceOf assertIterableEquals
    assertLinesMatch assertNotEquals assertNotNull assertNotSame assertNull assertSame assertThat assertThrows
    assertTimeout assertTrue assertIs assertContains assertContentEquals assertFails assertFailsWith fail
    """.split()  # noqa: SIM905
)
_PACKAGE, _GRADLE = r"package\.json", r"(?:build|settings)\.gradle(?:\.kts)?|libs\.versions\.toml"
_SCRIPT_STYLE = "a describe block with it() or test() cases"
_JUNIT_MODULES = ("org.junit", "org.assertj", "org.hamcrest", "org.mockito", "java", "javax")
FRAMEWORKS = (
    Framework(
        "pytest", "python", _PYTHON,
        re.compile(r"^(?:async )?def test_|\bimport pytest\b|\A(?![\s\S]*TestCase\b)", re.MULTILINE),
        {r"pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|noxfile\.py|.*requirements.*\.(?:txt|in)|dev.*\.txt|Pipfile": "pytest",
         r"pytest\.ini|conftest\.py": ""},
        "test_{}.py", "tests", 'raise AssertionError("replaced")', ("pytest",), "plain functions that begin with test_",
        module="pytest", names=frozenset({"pytest"}),
    ),
    Framework(
        "unittest", "python", _PYTHON, re.compile(r"TestCase\b"), {}, "test_{}.py", "tests",
        'raise AssertionError("replaced")', ("unittest",), "methods of a new TestCase class at the end of the file",
    ),
    Framework(
        "vitest", "javascript", _SCRIPT, re.compile(r"from [\"']vitest[\"']"),
        {_PACKAGE: r'"vitest"', r"vitest\.(?:config|workspace)\.\w+": ""}, "{}.test", "",
        'throw new Error("replaced");', ("vitest",), _SCRIPT_STYLE, module="vitest", names=_SCRIPT_NAMES | {"vi"},
    ),
    Framework(
        "jest", "javascript", _SCRIPT, re.compile(r"@jest/globals|\bjest\.\w+\("),
        {_PACKAGE: r'"(?:jest|ts-jest|babel-jest|react-scripts|@jest/\w+)"', r"jest\.config\.\w+": ""}, "{}.test", "",
        'throw new Error("replaced");', ("@jest/globals",), _SCRIPT_STYLE, names=_SCRIPT_NAMES | {"jest"},
    ),
    Framework(
        "go test", "go", re.compile(r"^func ((?:Test|Example|Benchmark|Fuzz)\w*)\(", re.MULTILINE), None, {},
        "{}_test.go", "", 'panic("replaced");', ("testing",), "functions TestX(t *testing.T)",
    ),
    Framework(
        "cargo test", "rust",
        re.compile(r"#\[(?:\w+::)*test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn\s+(\w+)"), None, {},
        "{}.rs", "", 'panic!("replaced");', ("std", "core", "alloc", "super", "crate", "self"), "#[test] functions of mod tests", Home.MODULE,
        imports_stay=True,
    ),
    Framework(
        "JUnit", "java", _JUNIT, re.compile(r"org\.junit"),
        {r"pom\.xml": r"junit|spring-boot-starter-test", _GRADLE: r"(?i)junit|spring-boot-starter-test"},
        "{}Test.java", "src/test/java", 'if (true) throw new RuntimeException("replaced");', _JUNIT_MODULES,
        "@Test methods of the class", Home.CLASS, imports_stay=True, names=_JUNIT_NAMES,
    ),
    Framework(
        "JUnit", "kotlin", _JUNIT, re.compile(r"org\.junit|kotlin\.test"),
        {r"pom\.xml": "junit|kotlin-test", _GRADLE: r'(?i)junit|kotlin\("test|kotlin-test|kotlin\.test'},
        "{}Test.kt", "src/test/kotlin", 'throw RuntimeException("replaced");', (*_JUNIT_MODULES, "kotlin"),
        "@Test methods of the class", Home.CLASS, imports_stay=True, names=_JUNIT_NAMES,
    ),
    Framework(
        "RSpec", "ruby", re.compile(r"^[ \t]*(?:it|specify|example)[ (]+([\"'])(.+?)\1", re.MULTILINE),
        re.compile(r"^\s*(?:RSpec\.)?describe\b", re.MULTILINE),
        {r"Gemfile|.*\.gemspec": "rspec", r"\.rspec|spec_helper\.rb": ""}, "{}_spec.rb", "spec", 'raise "replaced"',
        ("rspec", "spec_helper", "rails_helper"), "an RSpec.describe block with it cases", imports_stay=True,
        loads='require_relative "{}"', names=_RSPEC_NAMES, made=_RSPEC_MADE,
    ),
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
    for file in sorted(files, key=lambda file: -shared_folders(file, path)):
        for one in known:
            if one.is_set_up_by(file, read):
                return one
    return None


def shared_folders(one: str, other: str) -> int:
    """Return how many folders two paths have in common from the root."""
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
