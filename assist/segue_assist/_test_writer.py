"""Tests for a function or class, in the framework, the file and the style of the tests that are there."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_assist._documented_file import DocumentedFile
from segue_assist._errors import AssistError
from segue_assist._targets import check_text, subject_of
from segue_assist._test_answer import new_tests_from
from segue_assist._test_place import place_of_tests
from segue_assist._variables import language_id_of, subject_variables
from segue_syntax import language_of

if TYPE_CHECKING:
    from segue_assist._asking import Asking
    from segue_assist._assist_request import Answer, AssistRequest
    from segue_assist._change import Change
    from segue_assist._test_place import TestPlace
    from segue_assist._types import Target

_CONTEXT_CHARS = 6_000


@dataclass(frozen=True, slots=True)
class TestRequest:
    """A prepared request for tests of `name` (lines `line`..`end_line` of the code), and where they go."""

    __test__ = False

    request: AssistRequest
    place: TestPlace
    name: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class NewTests:
    """A change of the test file at `path` (`text` is what it held, None for a new one) that adds the tests `names`."""

    path: str
    text: str | None
    change: Change
    names: tuple[str, ...]


class TestWriter:
    """Writes tests for code of one workspace; the code itself never changes."""

    __test__ = False

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def prepare_tests(self, target: Target, action: str = "tests") -> TestRequest:
        """Return the request for tests of the definition at `target`; raises `AssistError` when it cannot be asked."""
        began = time.perf_counter()
        prompt = self._asking.prompt(action, {"tests"})
        self._asking.check_allowed(target)
        check_text(target.snapshot.text, target.path)
        source = DocumentedFile(target.snapshot.text, language_id_of(target), target.path)
        subject = subject_of(target, source)
        definition = subject.definition
        if definition is None:
            raise AssistError("no_symbol", "There is no function or class at that place to test.")
        place = place_of_tests(self._asking.reader, target.path, target.snapshot.text)
        for path, text in ((place.path, place.text), (place.like, self._asking.reader.read_text(place.like))):
            why = self._asking.privacy.refusal(path, text) if path and text is not None else ""
            if why:
                raise AssistError("denied", f"{path} is not sent to a model: {why.rstrip('.')}.")
        code = "".join(target.snapshot.lines[definition.line : definition.end_line]).rstrip()
        variables = {
            **subject_variables(target, replace(subject, code=code, whole=True)),
            "what": f"the {definition.kind} `{definition.name}`",
            "name": f"{definition.container}.{definition.name}" if definition.container else definition.name,
            "framework": f"{place.framework.name}: {place.framework.style}",
            "tests_path": place.path,
            "tests": ", ".join(place.names[-40:]),
            "example": place.example,
            "context": self._asking.around(source, subject).text(_CONTEXT_CHARS)
            if not self._asking.small
            else "",
        }
        request = replace(
            self._asking.request(prompt, variables, began), target=target, subject=subject, source=source
        )
        return TestRequest(request, place, definition.name, definition.line, definition.end_line)

    async def tests(self, asked: TestRequest) -> NewTests:
        """Return the tests for a prepared request; an answer that cannot be used is asked for once more."""

        def use(answer: Answer) -> NewTests:
            place, target = asked.place, asked.request.target
            assert target is not None
            called = asked.name
            subject = asked.request.subject
            constructors = language_of(language_id_of(target), target.path).constructors
            if subject is not None and subject.definition is not None and called in constructors:
                called = subject.definition.container
            change, names = new_tests_from(
                place, called, answer.text,
                reader=self._asking.reader, cut=answer.cut, with_imports=self._asking.with_imports,
            )  # fmt: skip
            return NewTests(place.path, place.text, replace(change, usage=answer.usage), names)

        return await self._asking.usable(
            asked.request, "write tests", "Answer with the tests in one fence, and nothing else.", use
        )
