"""A model writes what rules only point to, and nothing that does not fit, parse or help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_model import ChatMessage, Chunk, CompletionPrompt, GenerationOptions
from segue_next_edit import NextEdit, NextEditEngine, Prediction, Problem
from segue_next_edit.model_tier import ModelTier, Place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from tests.unit.next_edit.conftest import Scene as SceneType

TEXT = "def area(w):\n    return w\n\n\nprint(area(2))\n"


class FakeModel:
    """Answers every prompt with one text, in two pieces."""

    def __init__(self, name: str, answer: str) -> None:
        self.name = name
        self.answer = answer
        self.control_tokens: tuple[str, ...] = ()
        self.asked: list[CompletionPrompt] = []

    def render(self, prompt: CompletionPrompt) -> str:
        return prompt.prefix

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        del options
        self.asked.append(prompt)
        yield Chunk(self.answer[:5])
        yield Chunk(self.answer[5:], finish="stop")

    async def warm(self, prompt: CompletionPrompt) -> None:
        del prompt

    async def aclose(self) -> None:
        pass


class FakeChat:
    """A chat model that answers one text."""

    def __init__(self, answer: str, name: str = "instruct") -> None:
        self.name = name
        self.answer = answer
        self.asked: list[Sequence[ChatMessage]] = []

    async def chat(
        self, messages: Sequence[ChatMessage], options: GenerationOptions
    ) -> AsyncGenerator[Chunk]:
        del options
        self.asked.append(messages)
        yield Chunk(self.answer, finish="stop")

    async def aclose(self) -> None:
        pass


def edited(scene: type[SceneType]) -> SceneType:
    here = scene({"a.py": TEXT, "b.py": "from a import area\n\nprint(area(3))\n"})
    here.edit("a.py", 0, ["def area(w):"], ["def area(w, h):"])
    return here


async def test_a_next_edit_model_rewrites_the_region(scene: type[SceneType]) -> None:
    here = edited(scene)
    model = FakeModel("zeta-2", "def area(w, h):\n    return w * h\n\n\nprint(area(2, 3))\n>>>>>>> UPDATED\n")
    edits = await ModelTier(here.reader, model=model).edits(here.history, Place("a.py", 1))
    assert [(e.start_line, e.old, e.new) for e in edits] == [
        (1, ("    return w",), ("    return w * h",)),
        (4, ("print(area(2))",), ("print(area(2, 3))",)),
    ]
    assert model.asked[0].suffix == ""
    assert model.asked[0].prefix.startswith("<[fim-suffix]>")


@pytest.mark.parametrize(
    "answer",
    [
        "NO_EDITS\n>>>>>>> UPDATED\n",
        "def area(w, h):\n    return w\n\n\nprint(area(2))\n",  # changes nothing
        "def area(w):\n    return w\n\n\nprint(area(2))\n",  # takes back what was typed
        "def area(w, h):\n    return (w\n\n\nprint(area(2))\n",  # does not parse
        "",
    ],
)
async def test_answers_that_help_nobody_are_dropped(scene: type[SceneType], answer: str) -> None:
    here = edited(scene)
    tier = ModelTier(here.reader, model=FakeModel("zeta-2", answer))
    assert await tier.edits(here.history, Place("a.py", 1)) == []


async def test_code_that_holds_the_models_own_marks_is_not_sent(scene: type[SceneType]) -> None:
    here = scene({"a.py": "x = '<|file_sep|>'\ny = 1\n"})
    here.edit("a.py", 1, ["y = 1"], ["y = 2"])
    model = FakeModel("sweep-next-edit-1.5B", "y = 3\n")
    assert await ModelTier(here.reader, model=model).edits(here.history, Place("a.py", 1)) == []
    assert model.asked == []


async def test_a_chat_model_answers_patches_in_any_file(scene: type[SceneType]) -> None:
    here = edited(scene)
    answer = (
        "b.py:3\n-print(area(3))\n+print(area(3, 4))\n"
        "a.py:9\n-    return w\n+    return w * h\n"  # wrong line, but the old text stands at one place
        "a.py:1\n-nowhere\n+anywhere\nmissing.py:1\n-x\n+y\n"
    )
    edits = await ModelTier(here.reader, chat=FakeChat(answer)).edits(here.history, Place("a.py", 1))
    assert [(e.path, e.start_line, e.new) for e in edits] == [
        ("b.py", 2, ("print(area(3, 4))",)),
        ("a.py", 1, ("    return w * h",)),
    ]


async def test_a_chat_model_sees_the_places_that_the_rules_know(scene: type[SceneType]) -> None:
    here = edited(scene)
    chat = FakeChat("")
    there = NextEdit("b.py", 2, 3, ("print(area(3))",), None, "removed", 0.3)
    await ModelTier(here.reader, chat=chat).edits(here.history, Place("a.py", 1), places=[there])
    asked = chat.asked[0][1].content
    assert "<file b.py>\n1| from a import area\n2| \n3| print(area(3))\n" in asked
    assert "1| def area(w, h):\n2|     return w\n" in asked


async def test_patches_that_meet_are_not_both_taken(scene: type[SceneType]) -> None:
    here = edited(scene)
    answer = "a.py:2\n-    return w\n+    return w * h\na.py:2\n-    return w\n-\n+    return h\n"
    edits = await ModelTier(here.reader, chat=FakeChat(answer)).edits(here.history, Place("a.py", 1))
    assert [e.new for e in edits] == [("    return w * h",)]


async def test_what_a_model_wrote_goes_on_after_the_first_place_is_accepted(scene: type[SceneType]) -> None:
    here = edited(scene)
    answer = (
        "a.py:2\n-    return w\n+    # both\n+    return w * h\na.py:5\n-print(area(2))\n+print(area(2, 3))\n"
        "b.py:3\n-print(area(3))\n+print(area(3, 4))\n"
    )
    written = await ModelTier(here.reader, chat=FakeChat(answer)).edits(here.history, Place("a.py", 1))
    assert len(written) == 3
    assert (
        here.engine.left_of(written) == ()
    )  # none of it is done yet: perhaps the user writes something else
    here.apply(written[0])
    left = here.engine.left_of(written)
    assert [(e.path, e.start_line) for e in left] == [("a.py", 5), ("b.py", 2)]
    here.apply(left[0])
    assert [(e.path, e.start_line) for e in here.engine.left_of(written)] == [("b.py", 2)]


async def test_any_other_model_fills_in_the_line(scene: type[SceneType]) -> None:
    here = edited(scene)
    model = FakeModel("qwen2.5-coder", "return w * h\nmore")
    edits = await ModelTier(here.reader, model=model).edits(here.history, Place("a.py", 1))
    assert [(e.start_line, e.new) for e in edits] == [(1, ("    return w * h",))]
    assert model.asked[0].prefix.endswith("def area(w, h):\n    ")


async def test_the_engine_puts_the_models_content_where_rules_know_a_place(scene: type[SceneType]) -> None:
    here = scene({"a.py": "def helper():\n    pass\n\n\ndef main():\n    helper()\n"})
    here.edit("a.py", 0, ["def helper():", "    pass"], [])
    engine = NextEditEngine(here.reader, model=FakeModel("any", "work()"))
    prediction = await engine.predict_with_model(here.history, here.cursor)
    filled = [e for e in prediction.edits if e.kind == "model"]
    assert [(e.start_line, e.new) for e in filled] == [(3, ("    work()",))]


async def test_a_model_is_not_asked_after_an_undo(scene: type[SceneType]) -> None:
    here = edited(scene)
    model = FakeModel("any", "return 1")
    prediction = await NextEditEngine(here.reader, model=model).predict_with_model(
        here.history, here.cursor, action="undo"
    )
    assert (prediction.edits, model.asked) == ((), [])


async def test_rules_of_the_team_are_told_to_chat_models_only(scene: type[SceneType]) -> None:
    here = edited(scene)
    chat, fill, trained = FakeChat(""), FakeModel("codestral", "x"), FakeModel("zeta-2", "x")
    rules = "Prefer early returns."
    await ModelTier(here.reader, chat=chat, rules=rules).edits(here.history, Place("a.py", 1))
    assert chat.asked[0][0].role == "system"
    assert rules in chat.asked[0][0].content
    for model in (fill, trained):
        await ModelTier(here.reader, model=model, rules=rules).edits(here.history, Place("a.py", 1))
        assert model.asked
        assert rules not in model.asked[0].prefix + model.asked[0].suffix


async def test_a_model_is_asked_where_an_error_is_reported(scene: type[SceneType]) -> None:
    text = "\n".join(["start = 1", *["pass"] * 80, "print(strat)", ""])
    here = scene({"a.py": text})
    here.edit("a.py", 0, ["start = 1"], ["start = 2"])
    chat = FakeChat("a.py:82\n-print(strat)\n+print(start)\n")
    problems = [Problem("a.py", 81, "undefined name 'strat'"), Problem("gone.py", 3, "no such file")]
    found = await here.engine.completed(Prediction(), here.history, here.cursor, chat=chat, problems=problems)
    assert [(e.start_line, e.new, e.kind) for e in found.edits] == [(81, ("print(start)",), "model")]
    asked = chat.asked[0][1].content
    assert "a.py:82: undefined name 'strat'" in asked
    assert "82| print(strat)" in asked


async def test_a_problem_without_an_edit_is_not_offered(scene: type[SceneType]) -> None:
    here = edited(scene)
    known = Prediction(silence="nothing looks left to do")
    problems = [Problem("b.py", 2, "missing argument")]
    found = await here.engine.completed(
        known, here.history, here.cursor, chat=FakeChat(""), problems=problems
    )
    assert found == known
