"""Questions answered from the index of a small repository."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from segue_context import WorkspaceIndex
from segue_context.search import Intent, Place, Searcher, read_question
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "shop/basket.py": '''"""What a customer is about to buy."""


class Basket:
    """Items with their quantities."""

    def add_item(self, item, quantity=1):
        """Put an item into the basket."""
        if quantity < 1:
            raise ValueError("a quantity must be positive")
        self.items[item] = self.items.get(item, 0) + quantity

    def total_price(self, rates):
        """Sum up the prices, converted by exchange rates."""
        return sum(item.price * rates[item.currency] * n for item, n in self.items.items())
''',
    "shop/delivery.py": '''"""Parcels and their carriers."""


def choose_carrier(parcel):
    """Return the cheapest carrier that takes a parcel of this weight."""
    return min((c for c in CARRIERS if c.takes(parcel.weight)), key=lambda c: c.price)


def retryWithBackoff(send):
    """Send again after a growing delay while the network fails."""
    for attempt in range(5):
        send(attempt)
''',
    "tests/test_basket.py": """from shop.basket import Basket


def test_add_item_twice():
    basket = Basket()
    basket.add_item("tea")
    basket.add_item("tea")
""",
    "README.md": "# Shop\n\nA shop with baskets, carriers and delivery.\n",
    ".env": "BASKET_SECRET=carrier-basket-quantity\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text, "utf-8")
    return tmp_path / "shop"


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[WorkspaceIndex]:
    index = WorkspaceIndex(root, tmp_path / "cache")
    assert index.build().state == "ready"
    yield index
    index.close()


def first(index: WorkspaceIndex, question: str) -> tuple[str, str]:
    place = Searcher(index).search(question).places[0]
    return place.path, place.symbol


@pytest.mark.parametrize(
    ("question", "path", "symbol"),
    [
        ("how are prices summed up in several currencies", "shop/basket.py", "total_price"),
        ("Where is the cheapest carrier chosen?", "shop/delivery.py", "choose_carrier"),
        ("retryWithBackoff", "shop/delivery.py", "retryWithBackoff"),
        ("retry with backoff when sending", "shop/delivery.py", "retryWithBackoff"),
        ("Basket.add_item", "shop/basket.py", "add_item"),
        ("Basket", "shop/basket.py", "Basket"),
    ],
)
def test_the_best_place_answers_the_question(
    index: WorkspaceIndex, question: str, path: str, symbol: str
) -> None:
    assert first(index, question) == (path, symbol)


def test_a_place_is_a_whole_function_with_its_signature(index: WorkspaceIndex, root: Path) -> None:
    place = Searcher(index).search("choose the carrier of a parcel").places[0]
    lines = (root / place.path).read_text("utf-8").split("\n")[place.start_line : place.end_line]
    assert lines[0] == place.signature + ":"
    assert lines[-1].strip().startswith("return min(")


def test_denied_files_are_in_no_answer(index: WorkspaceIndex) -> None:
    places = Searcher(index).search("BASKET_SECRET carrier basket quantity", 50).places
    assert places
    assert ".env" not in {place.path for place in places}


def test_a_changed_file_is_found_by_what_it_says_now(index: WorkspaceIndex, root: Path) -> None:
    (root / "shop/delivery.py").write_text("def weigh_pallet(pallet):\n    return pallet.weight\n", "utf-8")
    index.build()
    assert first(index, "weigh a pallet") == ("shop/delivery.py", "weigh_pallet")
    assert all(
        place.symbol != "choose_carrier" for place in Searcher(index).search("cheapest carrier").places
    )


def test_a_repository_that_is_not_indexed_says_so(root: Path, tmp_path: Path) -> None:
    index = WorkspaceIndex(root, tmp_path / "empty")
    result = Searcher(index).search("where is the basket")
    index.close()
    assert result.refused
    assert "not indexed" in result.reason


@pytest.mark.parametrize("question", ["", "  \n", "x" * 10_000, "what is it?"])
def test_what_is_no_question_is_refused_in_one_sentence(index: WorkspaceIndex, question: str) -> None:
    result = Searcher(index).search(question)
    assert (result.intent, result.refused, result.places) == (Intent.VAGUE, True, ())
    assert result.reason.endswith(".")


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("who calls choose_carrier?", Intent.USES),
        ("Where is Basket used?", Intent.USES),
        ("tests for add_item", Intent.TESTS),
        ("why was the retry removed?", Intent.CHANGED),
        ("when did choose_carrier change", Intent.CHANGED),
        ("what does this project do?", Intent.OVERVIEW),
        ('where does the error "a quantity must be positive" come from?', Intent.ERROR),
        ("where is the basket defined", Intent.WHERE),
        ("how does delivery work", Intent.HOW),
        ("Basket", Intent.WHERE),
    ],
)
def test_the_intent_is_read_from_the_words(question: str, intent: Intent) -> None:
    assert read_question(question).intent is intent


def names(index: WorkspaceIndex, question: str) -> list[str]:
    return [place.symbol for place in Searcher(index).search(question).places]


def test_who_uses_something_is_answered_with_uses(index: WorkspaceIndex) -> None:
    result = Searcher(index).search("who calls add_item?")
    assert result.intent is Intent.USES
    assert [(place.path, place.symbol) for place in result.places] == [
        ("tests/test_basket.py", "test_add_item_twice")
    ]
    assert "uses add_item" in result.places[0].why


def test_the_text_of_an_error_leads_to_where_it_is_raised(index: WorkspaceIndex) -> None:
    for question in (
        'where does the error "a quantity must be positive" come from?',
        "ValueError: a quantity must be positive",
    ):
        result = Searcher(index).search(question)
        assert result.intent is Intent.ERROR
        assert result.places[0].symbol == "add_item"


def test_tests_come_first_where_they_are_asked_for(index: WorkspaceIndex) -> None:
    assert names(index, "tests for add_item")[0] == "test_add_item_twice"
    assert names(index, "how are items added to the basket")[0] == "add_item"


def test_a_misspelt_name_finds_its_neighbour_and_says_so(index: WorkspaceIndex) -> None:
    result = Searcher(index).search("retryWithBackof")
    assert result.places[0].symbol == "retryWithBackoff"
    assert "`retryWithBackoff` is" in result.note


def test_an_overview_begins_with_what_the_project_says_of_itself(index: WorkspaceIndex) -> None:
    places = Searcher(index).search("what does this project do?").places
    assert places[0].path == "README.md"
    assert "shop/basket.py" in {place.path for place in places}  # a test imports it


@pytest.mark.parametrize(
    "question",
    [
        "How does the Kubernetes operator reconcile its pods?",
        "What is the capital of Mongolia?",
        "Where is the chess engine's move generation?",
    ],
)
def test_what_the_repository_does_not_have_is_refused(index: WorkspaceIndex, question: str) -> None:
    result = Searcher(index).search(question)
    assert result.refused
    assert result.intent is Intent.UNRELATED
    assert "occurs nowhere" in result.reason


@pytest.mark.parametrize(
    "question", ["fix the bug", "how does it work?", "why is it broken", "help", "show me more"]
)
def test_a_vague_question_is_asked_back(index: WorkspaceIndex, question: str) -> None:
    result = Searcher(index).search(question)
    assert (result.intent, result.refused) == (Intent.VAGUE, True)


def test_a_chinese_question_is_told_what_the_index_knows(index: WorkspaceIndex) -> None:
    result = Searcher(index).search("购物车在哪里？")
    assert result.refused


def test_when_and_why_are_answered_with_the_commits_of_the_definition(root: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "Open the shop")
    file = root / "shop/delivery.py"
    file.write_text(file.read_text("utf-8").replace("range(5)", "range(9)"), "utf-8")
    git("commit", "-q", "-a", "-m", "Retry nine times, since the carrier's network is slow")
    (root / "README.md").write_text("# The shop\n", "utf-8")
    git("commit", "-q", "-a", "-m", "Rename the shop")
    index = WorkspaceIndex(root, tmp_path / "cache-git")
    index.build()
    result = Searcher(index).search("why was retryWithBackoff changed?")
    by_subject = Searcher(index).search("which code is about a slow network of the carrier")
    index.close()
    assert [commit.subject.split(",")[0] for commit in result.commits] == [
        "Retry nine times",
        "Open the shop",
    ]
    assert by_subject.places[0].path == "shop/delivery.py"  # the words are in a commit's subject alone


def test_without_a_repository_there_is_one_sentence_about_it(index: WorkspaceIndex) -> None:
    result = Searcher(index).search("why was add_item changed?")
    assert (result.commits, result.refused) == ((), False)
    assert "no repository" in result.note


def test_unsaved_text_moves_the_places(index: WorkspaceIndex, root: Path) -> None:
    text = "\n" * 7 + (root / "shop/delivery.py").read_text("utf-8")
    before = Searcher(index).search("choose the carrier").places[0]
    index.set_overlay("shop/delivery.py", Snapshot.of(text, language_id="python"))
    index.settle()
    after = Searcher(index).search("choose the carrier").places[0]
    assert (after.symbol, after.start_line) == (before.symbol, before.start_line + 7)


@pytest.mark.parametrize(
    "field", ["body", "name", "head", "path", "names", "about", "subjects", "definition"]
)
def test_every_field_can_be_left_out(index: WorkspaceIndex, field: str) -> None:
    places = Searcher(index, without=[field]).search("choose the cheapest carrier of a parcel").places
    assert places[0].symbol == "choose_carrier"


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("who uses Basket?", "tests/test_basket.py"),
        ("who calls Basket.add_item", "tests/test_basket.py"),
        ("where is add item used", "tests/test_basket.py"),
        ("callers of the method add_item in this project", "tests/test_basket.py"),
    ],
)
def test_who_uses_it_is_answered_by_uses_and_not_by_definitions(
    index: WorkspaceIndex, question: str, path: str
) -> None:
    result = Searcher(index).search(question)
    assert result.intent is Intent.USES
    assert {place.path for place in result.places} == {path}
    assert all("use" in place.why for place in result.places)


def test_what_nobody_uses_and_what_is_only_named_are_told(index: WorkspaceIndex) -> None:
    unused = Searcher(index).search("who uses choose_carrier")
    assert "Nothing in this repository uses `choose_carrier`" in unused.note
    assert unused.places[0].symbol == "choose_carrier"
    named = Searcher(index).search("who uses ValueError")
    assert "not defined in this repository" in named.note
    assert (named.places[0].path, named.places[0].symbol) == ("shop/basket.py", "add_item")


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("请问retryWithBackoff在哪里实现？", "shop/delivery.py"),
        ("Где выбирается cheapest carrier?", "shop/delivery.py"),
    ],
)
def test_a_question_in_another_script_is_answered_by_its_code_words(
    index: WorkspaceIndex, question: str, path: str
) -> None:
    result = Searcher(index).search(question)
    assert result.places[0].path == path
    assert "a chat model translates the rest" in result.note


def test_a_question_without_code_words_in_another_script_is_one_sentence(index: WorkspaceIndex) -> None:
    result = Searcher(index).search("登录在哪里处理？")
    assert result.refused
    assert "The index knows English words and names of code only" in result.reason


@pytest.mark.parametrize(("end", "where"), [(4, "a.py:4"), (9, "a.py:4-9")])
def test_a_place_is_written_with_its_lines_from_one(end: int, where: str) -> None:
    assert Place("a.py", 3, end, symbol="", score=1.0, why="").where == where
