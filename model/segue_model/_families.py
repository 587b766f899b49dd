"""The prompt formats of the known model families, as data, and how a family is recognised.

Grades: ``source`` read in the vendor's own code, ``client`` read in other clients, ``paper`` second-hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_model._formats import PromptFormat

if TYPE_CHECKING:
    from collections.abc import Collection

_QWEN_FIM = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"
_QWEN_TOKENS = (
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
    "<|im_start|>",
    "<|im_end|>",
)
_STAR_FIM = "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"
_STAR_TOKENS = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<file_sep>", "<|endoftext|>")
_DEEPSEEK_TOKENS = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>")
_CODE_TOKENS = ("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>")
_GEMMA_TOKENS = (
    "<|file_separator|>",
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<eos>",
    "<end_of_turn>",
)
_SEED_TOKENS = ("<[end▁of▁sentence]>", "<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>")

PREFIX_ONLY = PromptFormat(name="prefix", template="{prefix}", stop=("<|endoftext|>",), grade="source")

FORMATS: dict[str, PromptFormat] = {
    item.name: item
    for item in (
        PREFIX_ONLY,
        PromptFormat(
            name="qwen",
            template=_QWEN_FIM,
            context_template="<|repo_name|>{repository}\n{context}<|file_sep|>{path}\n" + _QWEN_FIM,
            context_item="<|file_sep|>{path}\n{text}\n",
            stop=_QWEN_TOKENS,
            special=_QWEN_TOKENS,
            grade="source",
        ),
        PromptFormat(
            name="starcoder",
            template=_STAR_FIM,
            stop=("<|endoftext|>", "<file_sep>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
            special=_STAR_TOKENS,
            grade="client",
        ),
        PromptFormat(
            name="starcoder2",
            template=_STAR_FIM,
            context_template=(
                "<repo_name>{repository}{context}<file_sep><fim_prefix>{path}\n{prefix}"
                "<fim_suffix>{suffix}<fim_middle>"
            ),
            context_item="<file_sep>{path}\n{text}",
            stop=("<file_sep>", "<|endoftext|>"),
            special=(*_STAR_TOKENS, "<repo_name>"),
            grade="paper",
        ),
        PromptFormat(
            name="santacoder",
            template="<fim-prefix>{prefix}<fim-suffix>{suffix}<fim-middle>",
            stop=("<|endoftext|>",),
            special=("<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<|endoftext|>"),
            grade="client",
        ),
        PromptFormat(
            name="codellama",
            template="<PRE> {prefix} <SUF>{suffix} <MID>",
            stop=("<EOT>", "<PRE>", "<SUF>", "<MID>"),
            special=("<PRE>", "<SUF>", "<MID>", "<EOT>", "<s>", "</s>"),
            healing="space",
            grade="client",
        ),
        PromptFormat(
            name="deepseek",
            template="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
            stop=_DEEPSEEK_TOKENS,
            special=(*_DEEPSEEK_TOKENS, "<｜begin▁of▁sentence｜>"),
            grade="client",
        ),
        PromptFormat(
            name="codestral",
            template="[SUFFIX]{suffix}[PREFIX]{prefix}",
            context_template="[SUFFIX]{suffix}[PREFIX]{context}+++++ {path}\n{prefix}",
            context_item="+++++ {path}\n{text}\n\n",
            stop=("[PREFIX]", "[SUFFIX]", "\n+++++ "),
            special=("[PREFIX]", "[SUFFIX]", "[MIDDLE]", "[INST]", "[/INST]", "<s>", "</s>"),
            grade="client",
        ),
        PromptFormat(
            name="codegemma",
            template=_QWEN_FIM,
            stop=_GEMMA_TOKENS,
            special=(*_GEMMA_TOKENS, "<bos>", "<start_of_turn>"),
            grade="client",
        ),
        PromptFormat(
            name="granite3",
            template=_STAR_FIM,
            stop=("<|endoftext|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
            special=_STAR_TOKENS,
            grade="client",
        ),
        PromptFormat(
            name="granite4",
            template=_QWEN_FIM,
            stop=("<|end_of_text|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
            special=("<|end_of_text|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>"),
            grade="client",
        ),
        PromptFormat(
            name="seed-coder",
            template="<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
            stop=_SEED_TOKENS,
            special=(*_SEED_TOKENS, "<[begin▁of▁sentence]>"),
            grade="source",
        ),
        PromptFormat(
            name="codegeex4",
            template=(
                "<|user|>\n###PATH:{path}\n###LANGUAGE:{language}\n###MODE:BLOCK\n"
                "<|code_suffix|>{suffix}<|code_prefix|>{prefix}<|code_middle|><|assistant|>\n"
            ),
            context_template=(
                "<|user|>\n###REFERENCE:\n{context}###PATH:{path}\n###LANGUAGE:{language}\n###MODE:BLOCK\n"
                "<|code_suffix|>{suffix}<|code_prefix|>{prefix}<|code_middle|><|assistant|>\n"
            ),
            context_item="###PATH:{path}\n{text}\n",
            stop=("<|user|>", "<|assistant|>", "<|endoftext|>", *_CODE_TOKENS),
            special=("<|user|>", "<|assistant|>", "<|endoftext|>", *_CODE_TOKENS),
            grade="client",
        ),
        PromptFormat(
            name="glm4",
            template="<|code_prefix|>{prefix}<|code_suffix|>{suffix}<|code_middle|>",
            stop=("<|endoftext|>", *_CODE_TOKENS),
            special=("<|user|>", "<|assistant|>", "<|endoftext|>", *_CODE_TOKENS),
            grade="client",
        ),
        PromptFormat(
            name="mellum",
            template="<filename>{path}\n<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
            context_template=(
                "{context}<filename>{path}\n<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>"
            ),
            context_item="<filename>{path}\n{text}\n",
            stop=("<filename>", "<|endoftext|>", "<fim_suffix>", "<fim_prefix>", "<fim_middle>"),
            special=("<filename>", "<fim_suffix>", "<fim_prefix>", "<fim_middle>", "<|endoftext|>"),
            grade="client",
        ),
        PromptFormat(
            name="aixcoder",
            template=(
                "<s>▁<AIX-SPAN-PRE># the file path is: {path}\n# the code file is written by {language}\n{prefix}"
                "▁<AIX-SPAN-POST>{suffix}▁<AIX-SPAN-MIDDLE>"
            ),
            stop=("</s>",),
            special=("<AIX-SPAN-PRE>", "<AIX-SPAN-POST>", "<AIX-SPAN-MIDDLE>", "<s>", "</s>"),
            grade="source",
        ),
    )
}

# First match wins; a name is lower-cased and its separators unified before it is compared.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"qwen-?[\d.]*-?coder|qwen3-coder|qwen-?3\.5", "qwen"),
    (r"starcoder-?2", "starcoder2"),
    (r"starcoder|stable-?code", "starcoder"),
    (r"santacoder", "santacoder"),
    (r"code-?llama", "codellama"),
    (r"deepseek-coder|deepseek-v2|kwaicoder-ds", "deepseek"),
    (r"codestral", "codestral"),
    (r"codegemma", "codegemma"),
    (r"granite-?4", "granite4"),
    (r"granite.*code|granite-?3", "granite3"),
    (r"seed-?coder|zeta-?2", "seed-coder"),
    (r"codegeex-?4", "codegeex4"),
    (r"glm-?4", "glm4"),
    (r"mellum", "mellum"),
    (r"aixcoder", "aixcoder"),
)

# Which tokens, each a single id of the tokenizer, give a family away when its name does not.
_BY_TOKENS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_sep|>"), "qwen"),
    (("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"), "codegemma"),
    (("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"), "granite4"),
    (("<fim_prefix>", "<fim_suffix>", "<fim_middle>"), "starcoder"),
    (("<fim-prefix>", "<fim-suffix>", "<fim-middle>"), "santacoder"),
    (("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"), "deepseek"),
    (("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"), "glm4"),
    (("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"), "seed-coder"),
    (("[PREFIX]", "[SUFFIX]"), "codestral"),
)


def family_of_name(name: str) -> PromptFormat | None:
    """Return the format of the family that a model's name gives away, or None."""
    plain = re.sub(r"[\s_/:]+", "-", name.lower())
    for pattern, family in _NAMES:
        if re.search(pattern, plain):
            return FORMATS[family]
    return None


def probe_tokens() -> tuple[str, ...]:
    """Return every token whose being a single id tells something about the family."""
    return tuple(dict.fromkeys(token for tokens, _ in _BY_TOKENS for token in tokens))


def family_of_tokens(single: Collection[str]) -> PromptFormat | None:
    """Return the format of the family whose tokens are all single ids, or None."""
    for tokens, family in _BY_TOKENS:
        if all(token in single for token in tokens):
            return FORMATS[family]
    return None


def supported_by_tokens(family: PromptFormat, single: Collection[str]) -> bool:
    """Tell whether a tokenizer has the family's own FIM tokens (a base model's may lack them)."""
    own = [token for token in family.special if token in family.template and token in probe_tokens()]
    return all(token in single for token in own)
