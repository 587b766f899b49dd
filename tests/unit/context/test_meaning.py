"""Places ordered by meaning: the encoder is a small dictionary of synonyms, the rest is as in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue_context import WorkspaceIndex
from segue_context.index._vectors import VectorCache
from segue_context.privacy import SendingRules
from segue_context.search import EmbeddingFailed, Meaning, Searcher, VectorFiller
from segue_context.search._meaning import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FILES = {
    "lamp/switch.py": '''def toggle(lamp):
    """Flip the current of one lamp."""
    lamp.current = not lamp.current
''',
    "lamp/dim.py": '''def dim(lamp, share):
    """Lower the brightness of a lamp slowly."""
    lamp.level = lamp.level * share


API_KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
''',
    **{f"lamp/level{number}.py": f"def level{number}(lamp):\n    return lamp.level\n" for number in range(6)},
    "lamp/secret_plan.py": "def brightness_plan(lamp):\n    return lamp\n",
}
SENSES = (
    {"toggle", "flip", "switch", "current", "off"},
    {"dim", "brightness", "level", "darker"},
    {"plan"},
)


class Synonyms:
    """Embeds a text as how often it speaks of each sense."""

    name = "synonyms"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self.fails:
            raise EmbeddingFailed("Nobody answered.")
        self.asked.extend(texts)
        words = [text.lower().replace("\n", " ").split() for text in texts]
        return [
            [0.01 + sum(word.strip("().,:") in sense for word in some) for sense in SENSES] for some in words
        ]


class Darker(Synonyms):
    """Takes every question for one about brightness."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return super().embed(["brightness" if "darker" in text else text for text in texts])


@pytest.fixture
def index(tmp_path: Path) -> Iterator[WorkspaceIndex]:
    for path, text in FILES.items():
        (tmp_path / "house" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "house" / path).write_text(text, "utf-8")
    index = WorkspaceIndex(tmp_path / "house", tmp_path / "cache")
    assert index.build().state == "ready"
    yield index
    index.close()


@pytest.fixture
def meaning_of(index: WorkspaceIndex) -> Iterator[Callable[..., Meaning]]:
    made: list[Meaning] = []

    def make(encoder: Synonyms, *, patience_s: float = 60.0) -> Meaning:
        rules = SendingRules(index.root, deny=["secret_plan.py"])
        made.append(Meaning(index, encoder, rules, patience_s=patience_s))
        return made[-1]

    yield make
    for meaning in made:
        meaning.close()


def order(index: WorkspaceIndex, question: str, meaning: Meaning | None) -> list[str]:
    return [place.path for place in Searcher(index, meaning=meaning).search(question).places]


def test_a_place_of_the_same_meaning_comes_first(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    question = "toggle a lamp to make it darker"
    by_words, by_meaning = order(index, question, None), order(index, question, meaning_of(Darker()))
    assert by_words[0] == "lamp/switch.py"
    assert by_meaning[0] != "lamp/switch.py"
    assert sorted(by_meaning) == sorted(by_words)


def test_what_is_denied_is_not_embedded_and_secrets_are_masked(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    encoder = Synonyms()
    filler = VectorFiller(index, meaning_of(encoder))
    while filler.step():
        pass
    order(index, "brightness plan of the lamp", meaning_of(encoder))
    sent = "\n".join(encoder.asked)
    assert "toggle" in sent
    assert "def brightness plan" not in sent
    assert "4eC39HqLyjWDarjtT1zdp7dc" not in sent.replace(" ", "")


def test_what_was_embedded_is_not_embedded_again(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    filling, asking = Synonyms(), Synonyms()
    filler = VectorFiller(index, meaning_of(filling))
    while filler.step():
        pass
    order(index, "make the lamp darker", meaning_of(asking))
    assert asking.asked == ["make the lamp darker"]


def test_vectors_of_another_model_do_not_count(tmp_path: Path) -> None:
    one = VectorCache(tmp_path, "one")
    one.put({"text": [0.6, -0.8]})
    assert list(one.get(["text", "other"])["text"]) == [95, -127]
    one.close()
    other = VectorCache(tmp_path, "other")
    assert other.get(["text"]) == {}
    other.close()


def test_a_damaged_file_of_vectors_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"not a database" * 100)
    cache = VectorCache(tmp_path, "one")
    cache.put({"text": [1.0]})
    assert cache.get(["text"]) == {}
    cache.close()


def test_a_model_that_fails_leaves_the_order_by_words_and_says_so(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    encoder = Synonyms()
    encoder.fails = True
    result = Searcher(index, meaning=meaning_of(encoder)).search("make the lamp darker")
    assert [place.path for place in result.places] == order(index, "make the lamp darker", None)
    assert result.note == "Nobody answered. The places are ranked by words alone."


def test_what_is_not_embedded_in_time_keeps_its_place(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    question = "make the lamp darker"
    assert order(index, question, meaning_of(Synonyms(), patience_s=-1)) == order(index, question, None)


def test_a_name_is_looked_up_and_not_embedded(
    index: WorkspaceIndex, meaning_of: Callable[..., Meaning]
) -> None:
    encoder = Synonyms()
    assert order(index, "toggle", meaning_of(encoder))[0] == "lamp/switch.py"
    assert encoder.asked == []


@pytest.mark.parametrize(
    "text", ["0x" + "a3f9" * 500, "汉" * 1000, "({[" * 900, "Ünïcödé " * 500, "a_b " * 800]
)
def test_a_text_is_cut_before_the_encoder_refuses_it(text: str) -> None:
    assert 0 < len(shortened(text)) < 1000
    assert shortened("short enough") == "short enough"
