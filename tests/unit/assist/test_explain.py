"""Explaining: what is asked, how it is linked, and what is said when there is nobody to ask."""

from __future__ import annotations

import itertools
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_assist import AssistError, PromptLibrary
from segue_assist._model_size import inability, is_small, model_billions
from segue_assist._safe_markdown import SafeMarkdown

SHOP = "def price(row):\n    return row.net * RATE\n\n\ndef total(rows):\n    return sum(price(row) for row in rows)\n"
OTHER = "from shop import total\n\n\ndef bill(rows):\n    return total(rows)\n"
TEST = "from shop import total\n\n\ndef test_total():\n    assert total([]) == 0\n"


def link_known(name: str) -> str:
    return f"x#{name}" if name in {"total", "clamp"} else ""


MARKDOWN = "It calls `total` and `a.clamp()`, not `other`.\n```python\n`total`\n```\n[`total`](y) ``total`` `to\n**`total`**"
LINKED = (
    "It calls [`total`](x#total) and [`a.clamp()`](x#clamp), not `other`.\n```python\n`total`\n```\n[`total`](y) "
    "``total`` \\`to\n**[`total`](x#total)**"
)


@given(st.lists(st.integers(1, len(MARKDOWN) - 1), max_size=12))
def test_links_do_not_depend_on_how_the_answer_is_cut_into_pieces(cuts: list[int]) -> None:
    bounds = [0, *sorted(set(cuts)), len(MARKDOWN)]
    linker = SafeMarkdown(link_known)
    shown = "".join(linker.feed(MARKDOWN[a:b]) for a, b in itertools.pairwise(bounds))
    assert shown + linker.finish() == LINKED


async def told(assistant: Any, question: Any) -> Any:
    answer = assistant.explain(question)
    async with aclosing(answer.pieces()) as pieces:
        async for _ in pieces:
            pass
    return answer


async def test_the_prompt_holds_definitions_callers_and_tests(kit: Any) -> None:
    files = {"shop.py": SHOP, "bill.py": OTHER, "tests/test_shop.py": TEST, "secret.py": OTHER}
    chat = kit.Chat("It adds up `price` of each, see `bill`.")
    assistant = kit.assistant_for(chat, kit.Workspace(files))
    question = assistant.prepare_explanation(kit.target_of(SHOP, "python", 4, path="shop.py"))
    answer = await told(assistant, question)
    assert "[`price`](shop.py#L1)" in answer.text
    assert "[`bill`](bill.py#L4)" in answer.text or "`bill`" in answer.text
    assert "Definition of `price`" in chat.prompt
    assert "Use of `total` (`bill.py`, line 5)" in chat.prompt
    assert "Test of `total` (`tests/test_shop.py`, line 5)" in chat.prompt
    assert "secret.py" not in chat.prompt
    assert answer.usage.prompt_tokens == 7
    assert answer.usage.answer_tokens == 3


async def test_lines_inside_a_function_are_shown_with_what_is_around_them(kit: Any) -> None:
    chat = kit.Chat("Fine.")
    assistant = kit.assistant_for(chat)
    text = "def f(a):\n    b = a\n    c = b\n    return c\n"
    await told(assistant, assistant.prepare_explanation(kit.target_of(text, "python", 1, 2)))
    assert "lines 2 to 3" in chat.prompt
    assert "It stands in" in chat.prompt
    assert "return c" in chat.prompt


async def test_secrets_are_masked_and_denied_files_refused(kit: Any) -> None:
    chat = kit.Chat("Fine.")
    assistant = kit.assistant_for(chat)
    await told(assistant, assistant.prepare_explanation(kit.target_of("x = 'hunter2'\n", "python", 0, 0)))
    assert "hunter2" not in chat.prompt
    assert "<secret>" in chat.prompt
    with pytest.raises(AssistError) as refusal:
        assistant.prepare_explanation(kit.target_of("x = 1\n", "python", 0, 0, path="secret.py"))
    assert refusal.value.reason == "denied"


async def test_a_small_model_is_not_asked_and_what_is_certain_is_listed(kit: Any) -> None:
    chat = kit.Chat("Wrong!", name="embedded/smollm2-135m")
    assistant = kit.assistant_for(chat, kit.Workspace({"shop.py": SHOP, "bill.py": OTHER}))
    answer = await told(
        assistant, assistant.prepare_explanation(kit.target_of(SHOP, "python", 4, path="shop.py"))
    )
    assert chat.asked == []
    assert "135 million parameters" in answer.refused
    assert "takes `rows`" in answer.text
    assert "[`price`](shop.py#L1)" in answer.text
    assert "[bill.py:5](bill.py#L5)" in answer.text


async def test_without_any_model_the_same_list_is_given(kit: Any) -> None:
    assistant = kit.assistant_for(None)
    answer = await told(assistant, assistant.prepare_explanation(kit.target_of(SHOP, "python", 4)))
    assert "No chat model is connected" in answer.text
    assert "`total`" in answer.text


async def test_small_models_get_the_short_prompt(kit: Any) -> None:
    for name, count in (("chat/qwen2.5-coder-1.5b", 1), ("chat/qwen2.5-coder-32b", 2), ("chat/gpt-x", 2)):
        chat = kit.Chat("Fine.", name=name)
        assistant = kit.assistant_for(chat)
        await told(assistant, assistant.prepare_explanation(kit.target_of(SHOP, "python", 4)))
        assert len(chat.asked[0]) == count


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (2, 3, "empty_selection"),
        (1, 4, "half_definition"),
        (0, 4, "half_definition"),
        (2, None, "empty_selection"),
    ],
)
def test_places_that_make_no_sense_are_refused(kit: Any, first: int, last: int | None, reason: str) -> None:
    with pytest.raises(AssistError) as refusal:
        kit.assistant_for(kit.Chat("x")).prepare_explanation(kit.target_of(SHOP, "python", first, last))
    assert refusal.value.reason == reason


async def test_a_diff_is_explained_without_its_denied_files(kit: Any) -> None:
    diff = (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
        "diff --git a/secret.txt b/secret.txt\n--- a/secret.txt\n+++ b/secret.txt\n@@ -1 +1 @@\n-k1\n+k2\n"
    )
    chat = kit.Chat("It replaces x.")
    assistant = kit.assistant_for(chat)
    answer = await told(assistant, assistant.prepare_diff_explanation(diff))
    assert "k2" not in chat.prompt
    assert "+y" in chat.prompt
    assert "secret.txt" in answer.text
    with pytest.raises(AssistError):
        assistant.prepare_diff_explanation("")


async def test_closing_the_answer_stops_the_model(kit: Any) -> None:
    chat = kit.Chat("A long story. " * 50)
    assistant = kit.assistant_for(chat)
    answer = assistant.explain(assistant.prepare_explanation(kit.target_of(SHOP, "python", 4)))
    async with aclosing(answer.pieces()) as pieces:
        async for _ in pieces:
            break
    assert chat.closed_early == 1


async def test_a_model_that_says_nothing_is_a_refusal(kit: Any) -> None:
    assistant = kit.assistant_for(kit.Chat(""))
    with pytest.raises(AssistError) as refusal:
        await told(assistant, assistant.prepare_explanation(kit.target_of(SHOP, "python", 4)))
    assert refusal.value.reason == "empty_answer"


SIZES = [
    ("embedded/smollm2-135m", 0.135),
    ("chat/qwen2.5-coder:1.5b-instruct-q4_K_M", 1.5),
    ("ollama/mixtral-8x7b", 56.0),
    ("chat/Qwen2.5-Coder-32B-Instruct", 32.0),
    ("anthropic/claude-sonnet-4-5", None),
    ("chat/gpt-4o-mini", None),
    ("chat/", None),
]


@pytest.mark.parametrize(("name", "billions"), SIZES)
def test_sizes_are_read_from_names(name: str, billions: float | None) -> None:
    assert model_billions(name) == billions
    assert is_small(name) is (billions is not None and billions < 4)
    assert bool(inability(name, 1.0, "explain code")) is (billions is not None and billions < 1)


def test_a_new_file_is_a_new_action(kit: Any, tmp_path: Any) -> None:
    (tmp_path / "rhyme.md").write_text("---\noutput: markdown\n---\n# User\nRhyme {{code}}\n")
    assistant = kit.assistant_for(kit.Chat("x"), prompts=PromptLibrary(user_dir=tmp_path))
    question = assistant.prepare_explanation(kit.target_of(SHOP, "python", 4), "rhyme")
    assert question.messages[-1].content.startswith("Rhyme def total(rows):")


async def test_uses_are_lines_of_code_that_use_the_name(kit: Any) -> None:
    shop = "def total(rows):\n    return sum(rows)\n"
    bill = "from shop import total\n\n# total is slow\nTEXT = 'total'\n\n\ndef bill(rows):\n    rows = list(rows)\n    return total(rows)\n"
    chat = kit.Chat("x", name="chat/tiny-0.1b")
    assistant = kit.assistant_for(chat, kit.Workspace({"shop.py": shop, "bill.py": bill}))
    answer = assistant.explain(
        assistant.prepare_explanation(kit.target_of(shop, "python", 0, path="shop.py"))
    )
    async for _ in answer.pieces():
        pass
    assert "- Use of `total`: [bill.py:9](bill.py#L9)" in answer.text


TWO = """class Store:
    def get(self, key):
        return self.rows.get(key)


class Cache:
    def get(self, key):
        return key

    def load(self, key, total):
        return self.get(key), total
"""


@pytest.mark.parametrize(
    ("line", "mentioned", "linked"),
    [
        (10, "`get`", "[`get`](a.file#L7)"),  # the class's own
        (3, "`get`", "`get`"),  # somebody else's: a dictionary's, perhaps
        (10, "`total`", "`total`"),  # a parameter, whatever else is called so
        (1, "`get`", "`get`"),  # its own, or that of its rows
        (10, "`load`", "[`load`](a.file#L10)"),
        (10, "`clear`", "`clear`"),  # not in the code, and in a file that was not shown
    ],
)
async def test_a_name_is_linked_only_where_its_meaning_is_known(
    kit: Any, line: int, mentioned: str, linked: str
) -> None:
    other = "def total(rows):\n    return rows\n\n\ndef clear():\n    return 0\n"
    assistant = kit.assistant_for(kit.Chat(f"See {mentioned}."), kit.Workspace({"other.py": other}))
    last = None if line != 3 else 2
    first = line - 1
    target = kit.target_of(TWO, "python", first, last)
    assert (await told(assistant, assistant.prepare_explanation(target))).text == f"See {linked}."


async def test_a_variable_that_is_raised_again_is_no_name_of_an_exception(kit: Any) -> None:
    code = "def load(path):\n    try:\n        return open(path)\n    except OSError as exc:\n        log(exc)\n        raise exc\n    raise Missing\n"
    assistant = kit.assistant_for(None)
    answer = await told(assistant, assistant.prepare_explanation(kit.target_of(code, "python", 0)))
    assert "may raise `Missing`." in answer.text
