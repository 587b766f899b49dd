"""Any text in, no exception; and what comes out can be derived from what went in."""

from __future__ import annotations

import itertools

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segue_postprocess import Cursor, Reason, StreamFilter, process
from segue_syntax import TreeStore, grammar_of, language_of, syntax_errors

_TREES = TreeStore()
_LANGUAGES = st.sampled_from(
    ["python", "javascript", "go", "rust", "java", "c", "ruby", "php", "yaml", "json", "html", "sql", "lua",
     "shellscript", "markdown", "fsharp", "", "no-such-language"]
)  # fmt: skip
_PIECES = st.sampled_from(
    ["(", ")", "{", "}", "[", "]", '"', "'", "`", '"""', "//", "/*", "*/", "#", "<!--", "-->", "\n", "\r\n", "\r", "\n    ",
     "\n\t", " ", ":", ";", ",", "if x:", "def f(a):", "return 1", "else {", "} else {", "end", "do |x|", "<div>",
     "</div>", "case 1:", "x = 1", "foo(bar, baz)", "é", "🙂", "\u2028", "\f", "\0", "<|endoftext|>", "```python", "<<EOF", 'R"(']
)  # fmt: skip
_CODE = st.lists(_PIECES, max_size=25).map("".join) | st.text(max_size=60)


_CUT_THE_END = {
    Reason.CONTROL_TOKEN, Reason.FENCE, Reason.SINGLE_LINE, Reason.MAX_LINES, Reason.UNIT_END, Reason.SCOPE_END,
    Reason.COMMENT_END, Reason.LITERAL_END, Reason.DRIFT, Reason.REPETITION, Reason.SUFFIX_OVERLAP, Reason.SUFFIX_LINES,
    Reason.BRACKETS_CUT, Reason.REPAIRED_CUT, Reason.REPAIRED_CLOSED, Reason.REPAIRED_SEPARATOR, Reason.THINKING,
    Reason.WRAPPER, Reason.PLACEHOLDER, Reason.BAD_CHARACTERS, Reason.UNCHECKED,
}  # fmt: skip
_CUT_THE_START = {
    Reason.CONTROL_TOKEN, Reason.FENCE, Reason.CHATTER, Reason.BAD_START, Reason.THINKING, Reason.WRAPPER, Reason.ECHO,
    Reason.BAD_CHARACTERS,
}  # fmt: skip


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    language=_LANGUAGES,
    prefix=_CODE,
    suffix=_CODE,
    completion=_CODE,
    multiline=st.sampled_from([None, True, False]),
)
@example(language="python", prefix="", suffix="}", completion="(}", multiline=None)
@example(language="python", prefix='"', suffix='"', completion='""', multiline=None)
def test_any_text_gives_a_derivable_answer(language, prefix, suffix, completion, multiline):
    cursor = Cursor(prefix, suffix, language, multiline=multiline)

    result = process(cursor, completion, trees=_TREES)

    reasons = set(result.reasons)
    assert reasons <= {reason.value for reason in Reason}
    if result.text is None:
        assert result.replace_suffix_chars == 0
        assert any(reason.startswith("drop_") for reason in reasons)
        return
    assert result.text.strip()
    line_after = suffix.replace("\r\n", "\n").partition("\n")[0]
    assert 0 <= result.replace_suffix_chars <= len(line_after)
    said = "".join(result.text.split())
    given_text = "".join(completion.split())
    if reasons & {Reason.REPAIRED_CLOSED, Reason.REPAIRED_CUT, Reason.REPAIRED_SEPARATOR}:
        said = said.rstrip(")]},")
    if reasons & {Reason.DUPLICATE_KEY, Reason.BAD_CHARACTERS}:
        assert _is_subsequence(said, given_text), "text was made up"
    else:
        assert said in given_text, "text was made up, or cut out of its middle"
        assert given_text.endswith(said) or reasons & _CUT_THE_END
        assert given_text.startswith(said) or reasons & _CUT_THE_START
    if result.replace_suffix_chars:
        assert reasons & {Reason.BRACKETS_REPLACED, Reason.REPAIRED_CUT, Reason.REPAIRED_CLOSED}
    if not reasons:
        assert "".join(result.text.split("\r")) == "".join(completion.split("\r"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    language=st.sampled_from(
        ["python", "javascript", "go", "rust", "java", "c", "ruby", "json", "php", "lua"]
    ),
    prefix=_CODE,
    suffix=_CODE,
    completion=_CODE,
)
def test_a_file_never_parses_worse(language, prefix, suffix, completion):
    assert grammar_of(language) is not None
    assert not language_of(language).advisory

    result = process(Cursor(prefix, suffix, language), completion, trees=_TREES)

    if result.text is not None:
        accepted = prefix + result.text + suffix[result.replace_suffix_chars :]
        assert _errors(accepted, language) <= _errors(prefix + suffix, language)


def _errors(text: str, language: str) -> int:
    tree = TreeStore().tree(text.encode("utf-8", "surrogatepass"), language)
    assert tree is not None
    return syntax_errors(tree)


@settings(max_examples=200, deadline=None)
@given(completion=_CODE, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12), language=_LANGUAGES)
def test_a_stream_returns_what_it_was_fed_whatever_the_chunks(completion, sizes, language):
    stream = StreamFilter(Cursor("def f():\n    ", "\n\nx = 1\n", language))
    returned = ""
    at = 0
    turn = 0
    while at < len(completion):
        size = sizes[turn % len(sizes)]
        returned += stream.feed(completion[at : at + size])
        at += size
        turn += 1
    returned += stream.finish()

    assert completion.startswith(returned)
    assert returned == stream.text
    assert stream.done


_ANSWER = st.lists(
    _PIECES
    | st.sampled_from(
        ["<think>", "</think>", "<COMPLETION>", "</COMPLETION>", "<commit_after>", "<unused7>", "<0x0A>", "[INST]", "[STOP]",
         "</s>", "<|im_", "end|>", "`", "\ufffd", "\u200b", "// ... existing code ...", "x = 1\n", "    return 1\n"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


def _streamed(cursor: Cursor, pieces: list[str]) -> str:
    stream = StreamFilter(cursor, trees=_TREES)
    return "".join(map(stream.feed, pieces)) + stream.finish()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    completion=_ANSWER,
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    language=_LANGUAGES,
    prefix=st.sampled_from(["def f():\n    ", "x = ", "", "function f() {\n  ", "# "]),
)
@example(completion="a\n[STO", sizes=[40], language="python", prefix="")
@example(completion="</think>x<|im_end|>", sizes=[3], language="go", prefix="x = ")
def test_how_an_answer_is_cut_into_chunks_changes_nothing(completion, sizes, language, prefix):
    cursor = Cursor(prefix, "\n\nx = 1\n", language, control_tokens=("[STOP]",))
    starts = [0]
    while starts[-1] < len(completion):
        starts.append(starts[-1] + sizes[len(starts) % len(sizes)])
    chunks = [completion[at:end] for at, end in itertools.pairwise(starts)]

    whole = _streamed(cursor, [completion])

    assert _streamed(cursor, chunks) == whole
    assert _streamed(cursor, list(completion)) == whole
