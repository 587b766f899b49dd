"""Answers about a repository: streamed by sentences, and nothing in them that is not there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from segue_assist import Asking, PromptLibrary
from segue_assist.ask import Asker, Citation
from segue_assist.ask._citations import CitationCheck, SentenceStream
from segue_context.search import Intent, Place, SearchResult

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Any]

FILES = {
    "shop/tax.py": "def add_tax(price, rate):\n    return price * (1 + rate)\n\n\ndef round_price(price):\n    return round(price, 2)\n",
    "shop/secret.py": "TOKEN = 'hunter2'\n",
    "docs/läden (alt).md": "add_tax is old\n",
}
TAX = Place("shop/tax.py", 0, 2, "add_tax", 2.0, "its name", "def add_tax(price, rate)", lines=(0,))
SECRET = Place("shop/secret.py", 0, 1, "TOKEN", 1.0, "its code")
FOUND = SearchResult(Intent.HOW, False, "", (TAX, SECRET), certainty=1.0)


class Searches:
    """A searcher that answers the same to everything, and remembers what it was asked."""

    def __init__(self, result: SearchResult) -> None:
        self.result = result
        self.asked: list[str] = []

    def search(self, question: str, limit: int = 10) -> SearchResult:
        self.asked.append(question)
        return self.result


@pytest.fixture
def asker_for(kit: SimpleNamespace) -> Callable[..., SimpleNamespace]:
    """Makes what answers questions with a chat model, from what a searcher finds."""

    def make(chat: Any, searches: Searches | None = None) -> SimpleNamespace:
        asker = Asker(
            Asking(
                reader=kit.Workspace(FILES),
                prompts=PromptLibrary(),
                privacy=kit.Rules(),
                chat=chat,
                link=lambda path, line: f"{path}#L{line + 1}",
            )
        )
        return SimpleNamespace(ask=partial(asker.ask, searches or Searches(FOUND)))

    return make


@pytest.fixture
def check_of(kit: SimpleNamespace) -> Callable[..., CitationCheck]:
    def make(files: dict[str, str] = FILES) -> CitationCheck:
        return CitationCheck(
            kit.Workspace(files), kit.Rules(), [TAX], lambda path, line: f"{path}#L{line + 1}"
        )

    return make


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "`add_tax` multiplies [shop/tax.py:1-2].",
            "`add_tax` multiplies [`shop/tax.py:1-2`](shop/tax.py#L1).",
        ),
        ("See shop/tax.py:2 for it.", "See [`shop/tax.py:2`](shop/tax.py#L2) for it."),
        ("See `shop/tax.py:L1-L2`.", "See [`shop/tax.py:1-2`](shop/tax.py#L1)."),
        ("It was at 12:30 then.", "It was at 12:30 then."),
        ("Plain words.", "Plain words."),
        ("`round_price` rounds.", "`round_price` rounds."),
    ],
)
def test_a_sentence_that_holds_is_shown_with_links(check_of: Make, sentence: str, shown: str) -> None:
    checked = check_of().checked(sentence)
    assert (checked.text, checked.dropped) == (shown, "")


@pytest.mark.parametrize(
    "sentence",
    [
        "It is done in [shop/vat.py:1-2].",  # no such file
        "It is done in [shop/tax.py:90-95].",  # no such lines
        "It is done in [shop/tax.py:2-1].",
        "It is done in [../outside.py:1].",
        "The token is in [shop/secret.py:1].",  # denied
        "`apply_vat` does it.",  # no such name
        "`add_tax` calls `apply_vat` [shop/tax.py:1-2].",
    ],
)
def test_a_sentence_that_does_not_hold_is_dropped(check_of: Make, sentence: str) -> None:
    checked = check_of().checked(sentence)
    assert (checked.text, checked.citations) == ("", ())
    assert checked.dropped


def test_a_name_that_the_cited_lines_do_not_show_is_marked(check_of: Make) -> None:
    padded = {
        **FILES,
        "shop/tax.py": FILES["shop/tax.py"].replace("\n\n\ndef round", "\n" * 12 + "def round"),
    }
    text = check_of(padded).checked("`round_price` rounds [shop/tax.py:1-2].").text
    assert "do not show `round_price`" in text


def pieces_of(text: str, size: int) -> list[str]:
    stream = SentenceStream()
    found = [piece for at in range(0, len(text), size) for piece in stream.feed(text[at : at + size])]
    return found + stream.finish()


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_an_answer_is_cut_into_the_same_sentences_however_it_is_streamed(size: int) -> None:
    text = "It adds tax. [shop/tax.py:1-2] Then `a. b` stays. See [shop/tax.py:1.5\n- one\n```py\nx. y = 1.\n```\nEnd"
    pieces = pieces_of(text, size)
    assert "".join(pieces) == text
    assert pieces == pieces_of(text, 1000)
    assert pieces[0] == "It adds tax. [shop/tax.py:1-2] "
    assert "```py\nx. y = 1.\n```\n" in pieces


async def test_the_model_is_shown_places_and_its_answer_is_checked(
    asker_for: Make, kit: SimpleNamespace
) -> None:
    chat = kit.Chat("`add_tax` adds it [shop/tax.py:1-2]. `ghost_tax` helps. See [shop/tax.py:77].")
    shown: list[str] = []
    answer = await asker_for(chat).ask("how is tax added?", show=shown.append)
    assert answer.answer is not None
    assert answer.answer.startswith("`add_tax` adds it [`shop/tax.py:1-2`](shop/tax.py#L1).")
    assert "ghost_tax" not in answer.markdown
    assert len(answer.dropped) == 2
    assert answer.citations == (Citation("shop/tax.py", 0, 2),)
    assert "".join(shown).strip() == answer.answer
    assert "1| def add_tax(price, rate):" in chat.prompt
    assert "hunter2" not in chat.prompt
    assert "secret.py" not in chat.prompt + answer.markdown


async def test_without_a_model_the_places_are_the_answer(asker_for: Make, kit: SimpleNamespace) -> None:
    answer = await asker_for(None).ask("how is tax added?")
    assert answer.answer is None
    assert "[`shop/tax.py:1-2`](shop/tax.py#L1) `def add_tax(price, rate)`" in answer.markdown
    assert "secret" not in answer.markdown


async def test_a_model_that_is_too_small_is_not_asked(asker_for: Make, kit: SimpleNamespace) -> None:
    chat = kit.Chat("Nonsense.", name="tiny-0.5b")
    answer = await asker_for(chat).ask("how is tax added?")
    assert not chat.asked
    assert "too small" in answer.note
    assert answer.search.places == (TAX,)


async def test_a_model_that_fails_leaves_the_places(asker_for: Make, kit: SimpleNamespace) -> None:
    answer = await asker_for(kit.Chat("")).ask("how is tax added?")
    assert "answered nothing" in answer.note
    assert answer.search.places == (TAX,)


async def test_a_follow_up_is_searched_for_with_what_was_said_before(
    asker_for: Make, kit: SimpleNamespace
) -> None:
    searches = Searches(FOUND)
    chat = kit.Chat("1. round price\n2. `tax rounding`\n3. cents\n4. too many", "It rounds.")
    answer = await asker_for(chat, searches).ask(
        "and rounding?", thread=[("how is tax added?", "By add_tax.")]
    )
    assert searches.asked == ["and rounding?", "round price", "tax rounding", "cents"]
    assert answer.searches == ("round price", "tax rounding", "cents")
    assert "By add_tax." in "".join(message.content for message in chat.asked[0])


async def test_a_question_that_the_index_refuses_is_put_in_other_words(
    asker_for: Make, kit: SimpleNamespace
) -> None:
    class Translated(Searches):
        def search(self, question: str, limit: int = 10) -> SearchResult:
            super().search(question, limit)
            return (
                FOUND
                if question.isascii()
                else replace(FOUND, refused=True, reason="No.", places=(), certainty=0.0)
            )

    chat = kit.Chat("add tax", "由 `add_tax` 完成 [shop/tax.py:1-2]。")
    answer = await asker_for(chat, Translated(FOUND)).ask("税是怎么加的？")
    assert answer.answer == "由 `add_tax` 完成 [`shop/tax.py:1-2`](shop/tax.py#L1)。"


@pytest.mark.parametrize("markup", ["<img src=x>", "![x](http://evil)", "[click](javascript:alert(1))"])
async def test_an_answer_can_run_and_load_nothing(asker_for: Make, kit: SimpleNamespace, markup: str) -> None:
    answer = await asker_for(kit.Chat(f"Look: {markup} there.")).ask("how is tax added?")
    assert markup not in answer.markdown.replace(f"\\{markup}", "")


async def test_what_is_selected_is_the_first_place_and_its_names_are_searched_for(
    asker_for: Make, kit: SimpleNamespace
) -> None:
    searches = Searches(replace(FOUND, refused=True, reason="No.", places=()))
    selected = Citation("shop/tax.py", 4, 6)
    answer = await asker_for(None, searches).ask("what is this for?", selection=selected)
    assert [(place.path, place.start_line) for place in answer.search.places] == [("shop/tax.py", 4)]
    assert "round_price" in searches.asked[0]
    gone = await asker_for(None, searches).ask("what is this for?", selection=Citation("shop/tax.py", 90, 95))
    assert gone.search.refused


@pytest.mark.parametrize(
    "code",
    [
        "def add_tax(price, rate):\n    return price * (1 + rate)",
        "2|     return price * (1 + rate)",
        "  return  round(price, 2)",
    ],
)
def test_code_of_the_places_is_shown_as_it_is(check_of: Make, code: str) -> None:
    block = f"```python\n{code}\n```\n"
    assert check_of().checked(block).text == block


@pytest.mark.parametrize(
    ("code", "nowhere"),
    [
        ("total = add_tax(3, 0.2)", ""),
        ("def add_tax(price, rate):\n    return price + rate", ""),
        ("apply_vat(round_price(3))", "`apply_vat` occurs nowhere"),
        ("TOKEN = 'hunter2'", ""),  # of a denied file: not a place shown
    ],
)
def test_other_code_is_marked(check_of: Make, code: str, nowhere: str) -> None:
    block = f"```python\n{code}\n```\n"
    shown = check_of().checked(block).text
    assert shown.startswith(block.rstrip())
    assert "this code is not in the places shown" in shown
    assert nowhere in shown
    assert nowhere or "occurs nowhere" not in shown


async def test_a_page_of_denied_places_only_says_so(asker_for: Make) -> None:
    found = replace(FOUND, places=(SECRET,))
    answer = await asker_for(None, Searches(found)).ask("where is the token")
    assert answer.markdown.strip() == "The answer is in files that the privacy rules leave out."
    assert answer.search.refused
