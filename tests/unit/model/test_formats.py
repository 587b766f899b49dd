"""Every family's prompt, letter for letter."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue_model import CompletionPrompt, ContextFile, FormatSettings
from segue_model._families import (
    FORMATS,
    family_of_name,
    family_of_tokens,
    probe_tokens,
    supported_by_tokens,
)
from segue_model._formats import custom_format, unguarded

PLAIN = CompletionPrompt("P", "S", path="src/a.py", language_id="python", repository="demo")
WITH_CONTEXT = CompletionPrompt(
    "P",
    "S",
    path="src/a.py",
    language_id="python",
    repository="demo",
    context=(ContextFile("b.py", "B1\nB2\n"), ContextFile("c.py", "C")),
)
COMMENTS = "# b.py\nB1\nB2\n\n# c.py\nC\n\n# src/a.py\nP"

GOLDEN = {
    "prefix": ("P", COMMENTS),
    "qwen": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        (
            "<|repo_name|>demo\n<|file_sep|>b.py\nB1\nB2\n<|file_sep|>c.py\nC\n<|file_sep|>src/a.py\n"
            "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
        ),
    ),
    "starcoder": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}<fim_suffix>S<fim_middle>",
    ),
    "starcoder2": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        (
            "<repo_name>demo<file_sep>b.py\nB1\nB2<file_sep>c.py\nC"
            "<file_sep><fim_prefix>src/a.py\nP<fim_suffix>S<fim_middle>"
        ),
    ),
    "santacoder": (
        "<fim-prefix>P<fim-suffix>S<fim-middle>",
        f"<fim-prefix>{COMMENTS}<fim-suffix>S<fim-middle>",
    ),
    "codellama": ("<PRE> P <SUF>S <MID>", f"<PRE> {COMMENTS} <SUF>S <MID>"),
    "deepseek": (
        "<\uff5cfim\u2581begin\uff5c>P<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>",
        f"<\uff5cfim\u2581begin\uff5c>{COMMENTS}<\uff5cfim\u2581hole\uff5c>S<\uff5cfim\u2581end\uff5c>",
    ),
    "codestral": (
        "[SUFFIX]S[PREFIX]P",
        "[SUFFIX]S[PREFIX]+++++ b.py\nB1\nB2\n\n+++++ c.py\nC\n\n+++++ src/a.py\nP",
    ),
    "codegemma": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        f"<|fim_prefix|>{COMMENTS}<|fim_suffix|>S<|fim_middle|>",
    ),
    "granite3": (
        "<fim_prefix>P<fim_suffix>S<fim_middle>",
        f"<fim_prefix>{COMMENTS}<fim_suffix>S<fim_middle>",
    ),
    "granite4": (
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        f"<|fim_prefix|>{COMMENTS}<|fim_suffix|>S<|fim_middle|>",
    ),
    "seed-coder": (
        "<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
        f"<[fim-suffix]>S<[fim-prefix]>{COMMENTS}<[fim-middle]>",
    ),
    "codegeex4": (
        (
            "<|user|>\n###PATH:src/a.py\n###LANGUAGE:python\n###MODE:BLOCK\n"
            "<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n"
        ),
        (
            "<|user|>\n###REFERENCE:\n###PATH:b.py\nB1\nB2\n###PATH:c.py\nC\n"
            "###PATH:src/a.py\n###LANGUAGE:python\n###MODE:BLOCK\n"
            "<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n"
        ),
    ),
    "glm4": (
        "<|code_prefix|>P<|code_suffix|>S<|code_middle|>",
        f"<|code_prefix|>{COMMENTS}<|code_suffix|>S<|code_middle|>",
    ),
    "mellum": (
        "<filename>src/a.py\n<fim_suffix>S<fim_prefix>P<fim_middle>",
        (
            "<filename>b.py\nB1\nB2\n<filename>c.py\nC\n<filename>src/a.py\n"
            "<fim_suffix>S<fim_prefix>P<fim_middle>"
        ),
    ),
    "aixcoder": (
        (
            "<s>\u2581<AIX-SPAN-PRE># the file path is: src/a.py\n# the code file is written by python\nP"
            "\u2581<AIX-SPAN-POST>S\u2581<AIX-SPAN-MIDDLE>"
        ),
        (
            "<s>\u2581<AIX-SPAN-PRE># the file path is: src/a.py\n# the code file is written by python\n"
            f"{COMMENTS}\u2581<AIX-SPAN-POST>S\u2581<AIX-SPAN-MIDDLE>"
        ),
    ),
}


def test_every_format_has_a_golden_prompt() -> None:
    assert GOLDEN.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_prompt_without_context(name: str) -> None:
    assert FORMATS[name].render(PLAIN) == GOLDEN[name][0]


@pytest.mark.parametrize("name", FORMATS)
def test_prompt_with_context(name: str) -> None:
    assert FORMATS[name].render(WITH_CONTEXT) == GOLDEN[name][1]


@pytest.mark.parametrize("name", FORMATS)
def test_special_tokens_in_code_are_read_as_text(name: str) -> None:
    style = FORMATS[name]
    hostile = "".join(style.control_tokens)
    prompt = CompletionPrompt(
        hostile, hostile, path=hostile, context=(ContextFile(hostile, hostile),), repository=hostile
    )
    calm = CompletionPrompt("P", "S", path="x", context=(ContextFile("y", "T"),), repository="r")
    rendered = style.render(prompt)
    for token in style.control_tokens:
        assert rendered.count(token) == style.render(calm).count(token)
    assert hostile in unguarded(rendered)


@pytest.mark.parametrize("name", FORMATS)
@given(prefix=st.text(max_size=40), suffix=st.text(max_size=40))
def test_prefix_and_suffix_arrive_whole(name: str, prefix: str, suffix: str) -> None:
    style = FORMATS[name]
    rendered = style.render(CompletionPrompt(prefix, suffix, path="a.py"))
    assert style.guard(prefix) in rendered
    assert not style.uses_suffix or style.guard(suffix) in rendered


def test_braces_in_code_are_no_placeholders() -> None:
    rendered = FORMATS["qwen"].render(CompletionPrompt("{suffix}{path}", "{prefix}"))
    assert rendered == "<|fim_prefix|>{suffix}{path}<|fim_suffix|>{prefix}<|fim_middle|>"


def test_a_path_cannot_add_lines() -> None:
    rendered = FORMATS["mellum"].render(CompletionPrompt("P", "S", path="a\nb.py"))
    assert rendered.startswith("<filename>a b.py\n")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Qwen/Qwen2.5-Coder-7B-Instruct-GGUF", "qwen"),
        ("qwen2.5-coder:1.5b-base", "qwen"),
        ("Qwen3-Coder-30B-A3B", "qwen"),
        ("qwen2.5_coder_0.5b_q4_k_m.gguf", "qwen"),
        ("bigcode/starcoder2-3b", "starcoder2"),
        ("starcoder:1b", "starcoder"),
        ("stabilityai/stable-code-3b", "starcoder"),
        ("bigcode/santacoder", "santacoder"),
        ("codellama:7b-code", "codellama"),
        ("CodeLlama-13b-hf", "codellama"),
        ("deepseek-coder-v2:16b-lite-base", "deepseek"),
        ("deepseek-ai/deepseek-coder-1.3b-base", "deepseek"),
        ("codestral-latest", "codestral"),
        ("codegemma:2b", "codegemma"),
        ("granite-code:3b", "granite3"),
        ("ibm-granite/granite-4.0-h-tiny", "granite4"),
        ("ByteDance-Seed/Seed-Coder-8B-Base", "seed-coder"),
        ("codegeex4-all-9b", "codegeex4"),
        ("JetBrains/Mellum-4b-base", "mellum"),
        ("aiXcoder-7b-base", "aixcoder"),
    ],
)
def test_family_is_recognised_by_name(name: str, family: str) -> None:
    found = family_of_name(name)
    assert found is not None
    assert found.name == family


@pytest.mark.parametrize("name", ["gpt-4o", "llama-3.1-8b", "smollm2-135m", "qwen2.5-7b-instruct", ""])
def test_other_names_tell_nothing(name: str) -> None:
    assert family_of_name(name) is None


def test_family_is_recognised_by_its_tokenizer() -> None:
    assert family_of_tokens(()) is None
    assert family_of_tokens(("<fim_prefix>", "<fim_suffix>")) is None
    found = family_of_tokens(("<fim_prefix>", "<fim_suffix>", "<fim_middle>"))
    assert found is not None
    assert found.name == "starcoder"
    everything = family_of_tokens(probe_tokens())
    assert everything is not None
    assert everything.name == "qwen"


def test_a_base_model_without_the_tokens_does_not_support_the_format() -> None:
    assert not supported_by_tokens(FORMATS["qwen"], ())
    assert supported_by_tokens(FORMATS["qwen"], ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"))
    assert supported_by_tokens(FORMATS["prefix"], ())


def test_a_user_can_define_a_format() -> None:
    style = custom_format(
        FormatSettings(
            template="<P>{context}{prefix}<S>{suffix}<M>",
            context_item="@{path}:{text};",
            stop=("<E>",),
            special=("<P>", "<S>", "<M>"),
        )
    )
    assert style.render(WITH_CONTEXT) == "<P>@b.py:B1\nB2;@c.py:C;P<S>S<M>"
    assert "<S>" not in style.guard("a<S>b")


RECORDED = Path(__file__).parents[4] / "shared" / "cases" / "next_edit" / "wire_formats.jsonl.xz"


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded requests are not beside this checkout")
@pytest.mark.parametrize("size", ["0.8B", "2B", "4B", "27B"])
def test_recorded_qwen_requests_are_reproduced(size: str) -> None:
    family = family_of_name(f"Qwen/Qwen3.5-{size}")
    assert family is not None
    compared = 0
    with lzma.open(RECORDED, "rt") as file:
        for row in map(json.loads, file):
            if row["target"] != f"qwen3.5-{size}" or not row["request"]:
                continue
            text = json.loads(row["request"])["prompt"]
            parts = re.fullmatch(r"(?s)<\|fim_prefix\|>(.*)<\|fim_suffix\|>(.*)<\|fim_middle\|>", text)
            assert parts is not None
            assert family.render(CompletionPrompt(parts[1], parts[2])) == text
            compared += 1
    assert compared >= 30
