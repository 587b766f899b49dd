"""Where the tests of some code are, or would be: the framework, the file, and tests like them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_assist._test_frameworks import FRAMEWORKS, Framework, Home, framework_of, shared_folders
from segue_context.test_files import is_test, marks_of, subject_of
from segue_syntax import SourceFile, language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import WorkspaceReader

_MOST_LIKE = 12
_EXAMPLE_CHARS = 2_500
_MODULE_FILE = re.compile(r"^#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;", re.MULTILINE)
_ROOTS = frozenset({"lib", "main", "mod"})


@dataclass(frozen=True, slots=True)
class TestPlace:
    """The file at `path` that new tests go into; `text` is what it holds, None when it does not exist yet.

    `like` is another test file of the framework ("" when there is none), and `example` what tests look like there.
    `code` is the file with the code.
    """

    __test__ = False

    framework: Framework
    path: str
    text: str | None
    like: str
    example: str
    code: str

    @property
    def apart(self) -> bool:
        """Whether the module that tests of Rust go into has a file of its own."""
        return self.framework.home is Home.MODULE and self.path != self.code

    @property
    def names(self) -> list[str]:
        """The names of the tests that are there."""
        return self.framework.names_in(self.text or "")


def place_of_tests(reader: WorkspaceReader, path: str, text: str) -> TestPlace:
    """Return where the tests of the file at `path`, which reads `text`, belong.

    Raises `AssistError` (no_framework, is_test).
    """
    if is_test(path):
        raise AssistError("is_test", f"{path} is a test itself.")
    files = reader.files()
    tests = _tests_of_language(files, path)
    framework = framework_of(path, tests, files, reader.read_text)
    if framework is None:
        known = ", ".join(dict.fromkeys(one.name for one in FRAMEWORKS))
        raise AssistError(
            "no_framework",
            f"Segue finds no test framework for {path} that it knows ({known}): add a first test yourself.",
        )
    alike = [test for test in tests if framework.names_in(reader.read_text(test) or "")]
    like = alike[0] if alike else ""
    example = _example(framework, reader.read_text(like) or "") if like else ""
    if framework.home is Home.MODULE:
        module = _MODULE_FILE.search(text)
        if module is None:
            return TestPlace(framework, path, text, like, _example(framework, text) or example, path)
        apart = _module_file(path, module[1], files)
        held = reader.read_text(apart)
        return TestPlace(framework, apart, held, like, _example(framework, held or "") or example, path)
    own = [test for test in alike if subject_of(test) == subject_of(path)]
    if own:
        held = reader.read_text(own[0])
        return TestPlace(framework, own[0], held, like, _example(framework, held or "") or example, path)
    new = _new_path(framework, path, like, files)
    return TestPlace(framework, new, reader.read_text(new), like, example, path)


def _tests_of_language(files: Sequence[str], path: str) -> list[str]:
    """Return the test files of the language of `path`, those about it and near it first."""
    family = language_of(path=path).family
    found = [file for file in files if is_test(file) and language_of(path=file).family == family]
    found.sort(key=lambda file: (subject_of(file) != subject_of(path), -shared_folders(file, path), file))
    return found[:_MOST_LIKE]


def _module_file(path: str, module: str, files: Sequence[str]) -> str:
    """Return the file of a Rust module that the file at `path` only declares."""
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    inside = folder if stem in _ROOTS else posixpath.join(folder, stem)
    nested = posixpath.join(inside, module, "mod.rs")
    return nested if nested in files else posixpath.join(inside, f"{module}.rs")


def _new_path(framework: Framework, path: str, like: str, files: Sequence[str]) -> str:
    """Return the path of a new test file: named and placed as `like` is with respect to what that tests."""
    folder, name = posixpath.split(path)
    stem, extension = posixpath.splitext(name)
    own = framework.file.format(stem)
    if "." not in framework.file.removeprefix("{}."):
        own += extension
    if like:
        own = _named_like(like, stem, extension) or own
        return posixpath.join(_placed_like(like, folder, files), own)
    mirrored = f"/{folder}/"
    if "/main/" in mirrored:
        return posixpath.join(mirrored.replace("/main/", "/test/").strip("/"), own)
    return posixpath.join(framework.folder or folder, own)


def _placed_like(like: str, folder: str, files: Sequence[str]) -> str:
    """Return the folder for tests of the code in `folder` as the one of `like` is to the code that it tests.

    The folders of code and tests often end alike (``src/main/java/a/b`` and ``src/test/java/a/b``, ``lib/a`` and
    ``spec/a``): then those of other code do too.
    """
    there = posixpath.dirname(like)
    about = subject_of(like)
    tested = [posixpath.dirname(file) for file in files if not is_test(file) and subject_of(file) == about]
    tested.sort(key=lambda one: (-_shared_end(one, there), -shared_folders(f"{one}/", f"{there}/")))
    if tested:
        if tested[0] == there:
            return folder
        if (
            posixpath.join(tested[0], posixpath.basename(there)) == there
        ):  # a folder for tests beside the code
            return posixpath.join(folder, posixpath.basename(there))
        shared = _shared_end(tested[0], there)
        code = _without_end(tested[0], shared)
        if f"{folder}/".startswith(f"{code}/") or not code:
            rest = folder[len(code) :].strip("/")
            mirrored = posixpath.join(_without_end(there, shared), rest)
            known = shared or any(file.startswith(f"{mirrored}/") for file in files)
            return mirrored if known else there
    elif posixpath.basename(there) == "__tests__":
        return posixpath.join(folder, "__tests__")
    mirrored = f"/{folder}/"
    if "/main/" in mirrored and "/test/" in f"/{there}/":
        return mirrored.replace("/main/", "/test/").strip("/")
    return there


def _shared_end(one: str, other: str) -> int:
    """Return how many folders two paths have in common at their ends."""
    return shared_folders("/".join([*one.split("/")[::-1], ""]), "/".join([*other.split("/")[::-1], ""]))


def _without_end(folder: str, count: int) -> str:
    return "/".join(folder.split("/")[: len(folder.split("/")) - count])


def _named_like(like: str, stem: str, extension: str) -> str:
    """Return a file's name made of `stem` as the one of `like` is made of what it tests."""
    before, after = marks_of(like)
    return f"{before}{stem}{after}{extension}" if before or after else ""


def _example(framework: Framework, text: str) -> str:
    """Return the beginning of a test file up to a few tests, in whole definitions where they fit."""
    if not framework.names_in(text):
        return ""
    if len(text) <= _EXAMPLE_CHARS:
        return text.strip("\n")
    matches = list(framework.tests.finditer(text))
    start = text.rfind("\n\n", 0, matches[0].start()) + 2
    cut = text[start : start + _EXAMPLE_CHARS]
    imports = SourceFile(text[:start]).lines[:20]
    return "\n".join([*imports, "", cut.rsplit("\n\n", 1)[0]]).strip("\n")
