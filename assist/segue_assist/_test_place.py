"""Where the tests of some code are, or would be: the framework, the file, and tests like them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_assist._errors import AssistError
from segue_assist._test_frameworks import FRAMEWORKS, Framework, Home, framework_of
from segue_context.test_files import is_test, subject_of
from segue_syntax import SourceFile, language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context import WorkspaceReader

_MOST_LIKE = 12
_EXAMPLE_CHARS = 2_500
_PACKAGE = re.compile(r"^package [^\n]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TestPlace:
    """The file at `path` that new tests go into; `text` is what it holds, None when it does not exist yet.

    `like` is another test file of the framework ("" when there is none), and `example` what tests look like there.
    """

    __test__ = False

    framework: Framework
    path: str
    text: str | None
    like: str
    example: str

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
        return TestPlace(framework, path, text, like, _example(framework, text) or example)
    own = [test for test in alike if subject_of(test) == subject_of(path)]
    if own:
        held = reader.read_text(own[0])
        return TestPlace(framework, own[0], held, like, _example(framework, held or "") or example)
    new = _new_path(framework, path, like, files)
    return TestPlace(framework, new, reader.read_text(new), like, example)


def head_of_new(code: str) -> str:
    """Return what a new test file begins with: the package of the code, where that says one."""
    match = _PACKAGE.search(code)
    return f"{match[0]}\n\n" if match else ""


def _tests_of_language(files: Sequence[str], path: str) -> list[str]:
    """Return the test files of the language of `path`, those about it and near it first."""
    family = language_of(path=path).family
    found = [file for file in files if is_test(file) and language_of(path=file).family == family]
    found.sort(key=lambda file: (subject_of(file) != subject_of(path), -_shared(file, path), file))
    return found[:_MOST_LIKE]


def _shared(one: str, other: str) -> int:
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _new_path(framework: Framework, path: str, like: str, files: Sequence[str]) -> str:
    """Return the path of a new test file: named and placed as `like` is with respect to what that tests."""
    folder, name = posixpath.split(path)
    stem, extension = posixpath.splitext(name)
    own = framework.file.format(stem)
    if "." not in framework.file.removeprefix("{}."):
        own += extension
    if like:
        own = _named_like(like, stem, extension) or own
        like_folder = posixpath.dirname(like)
        about = subject_of(like)
        beside = any(
            posixpath.dirname(file) == like_folder and not is_test(file) and subject_of(file) == about
            for file in files
        )
        if beside:
            return posixpath.join(folder, own)
        if posixpath.basename(like_folder) == "__tests__":
            return posixpath.join(folder, "__tests__", own)
        if "/main/" in f"/{folder}/" and "/test/" in f"/{like_folder}/":
            return posixpath.join(f"/{folder}/".replace("/main/", "/test/").strip("/"), own)
        return posixpath.join(like_folder, own)
    if "/main/" in f"/{folder}/":
        return posixpath.join(f"/{folder}/".replace("/main/", "/test/").strip("/"), own)
    return posixpath.join(framework.folder or folder, own)


def _named_like(like: str, stem: str, extension: str) -> str:
    """Return a file's name made of `stem` as the one of `like` is made of what it tests."""
    name = posixpath.basename(like)
    plain = name.split(".", 1)[0] if ".test." in name or ".spec." in name else posixpath.splitext(name)[0]
    for mark in (".test.", ".spec."):
        if mark in name:
            return f"{stem}{mark}{extension[1:]}"
    for prefix in ("test_", "tests_"):
        if plain.startswith(prefix):
            return f"{prefix}{stem}{extension}"
    for suffix in ("_test", "_tests", "_spec", "Tests", "Test"):
        if plain.endswith(suffix):
            return f"{stem}{suffix}{extension}"
    return ""


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
