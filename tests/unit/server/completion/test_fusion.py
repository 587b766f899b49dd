from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue_context import CopiedSuggestion
from segue_server.completion.fusion import ModelAnswer, fuse


def copied(text: str = "name)", confidence: float = 0.5) -> CopiedSuggestion:
    return CopiedSuggestion(text, confidence)


SURE, UNSURE = (-0.05,) * 3, (-2.0,) * 3


def test_without_answers_there_is_nothing() -> None:
    assert fuse(None, None).text is None
    assert fuse(None, ModelAnswer("")).engine == "none"


def test_one_answer_is_taken_as_it_is() -> None:
    alone = fuse(copied(confidence=0.3), None)
    assert (alone.text, alone.engine, alone.confidence) == ("name)", "statistical", 0.3)
    said = fuse(None, ModelAnswer("name)", SURE))
    assert (said.text, said.engine) == ("name)", "model")


def test_agreement_is_worth_more_than_either_answer() -> None:
    both = fuse(copied(), ModelAnswer("name)", UNSURE))
    assert both.engine == "both"
    assert both.confidence > fuse(copied(), None).confidence
    assert both.confidence > fuse(None, ModelAnswer("name)", UNSURE)).confidence


def test_a_model_that_says_more_lines_agrees_by_its_first() -> None:
    both = fuse(copied("name):"), ModelAnswer("name):\n    pass", SURE))
    assert (both.engine, both.text) == ("both", "name):\n    pass")


def test_disagreement_lowers_the_confidence_of_what_is_offered() -> None:
    torn = fuse(copied(confidence=0.8), ModelAnswer("other)", UNSURE))
    assert torn.engine == "statistical"
    assert torn.confidence < 0.8


def test_the_surer_answer_is_offered() -> None:
    assert fuse(copied(confidence=0.05), ModelAnswer("other)", SURE), judged=0.3).engine == "model"
    assert fuse(copied(confidence=0.95), ModelAnswer("other)", UNSURE)).engine == "statistical"


def test_unknown_token_probabilities_are_no_certainty() -> None:
    unknown = fuse(None, ModelAnswer("other)", ()))
    assert unknown.confidence < fuse(None, ModelAnswer("other)", SURE)).confidence


def test_the_statistical_engine_can_confirm_the_model() -> None:
    doubted = fuse(None, ModelAnswer("other)", SURE), judged=0.0)
    confirmed = fuse(None, ModelAnswer("other)", SURE), judged=0.9)
    assert confirmed.confidence > doubted.confidence


@given(
    st.floats(0, 1),
    st.lists(st.floats(-30, 0), max_size=8),
    st.floats(0, 1),
    st.booleans(),
)
def test_confidence_is_a_probability(
    confidence: float, logprobs: list[float], judged: float, same: bool
) -> None:
    fused = fuse(
        copied(confidence=confidence), ModelAnswer("name)" if same else "x", tuple(logprobs)), judged
    )
    assert 0 <= fused.confidence <= 1
