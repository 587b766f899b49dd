"""Texts that cost a grammar more than their length: a few tokens of its language, again and again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import LANGUAGES, file_symbols, language_of, parse
from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    import random

_MARKS = (
    "(", "[", "{", "<", ")", "]", "}", ">", ",", ";", ":", "::", ".", "..", "...", "=", "=>", "->", "+", "-", "*", "/", "/*", "//",
    "#", "#{", "${", "@", "!", "?", "?.", "|", "||", "&", "&&", "^", "~", "%", "\\", "'", '"', '"""', "`", "```", "$", "_", "\t", " ",
    "\n", "\n ", "\r\n", "\n  - ", "\n    ", "a", "0", "0x", "1e", "\u00e9", "\u3042", "\0", 'r#"', "<<A", "<<~A\n", "<!--", "<a>", "</a>",
    "<?php", '@"', "b'", 'f"{', "$(", "$((", "[[", "]]", "--[[", "%w(", "=begin\n", "\\\n",
)  # fmt: skip
_KEYWORDS = (
    "if", "else", "elif", "for", "while", "do", "end", "case", "when", "switch", "match", "fn", "func", "function", "def", "class",
    "struct", "enum", "trait", "impl", "interface", "namespace", "lambda", "async", "await", "return", "yield", "let", "var", "val",
    "const", "new", "not", "in", "is", "as", "try", "catch", "with", "import", "from", "use", "where", "type", "public", "static",
    "begin", "then", "fi", "done", "unless", "template", "operator", "select", "go", "defer", "macro_rules",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text cost this process, in CPU seconds."""

    language: str
    unit: str
    size: int
    seconds: float


def grammar_languages() -> list[str]:
    """Return the ids of the languages with a grammar."""
    return [language.id for language in LANGUAGES if language.grammar]


def hostile_text(chance: random.Random) -> tuple[str, str]:
    """Return one to four tokens, and a text that repeats them, whole, in halves, or as levels of indentation."""
    unit = "".join(
        chance.choice(_MARKS) if chance.random() < 0.7 else f" {chance.choice(_KEYWORDS)} "
        for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))
    )
    times = chance.choice((300, 2_000, 10_000, 40_000)) // len(unit) + 1
    shape = chance.random()
    if shape < 0.7:
        return unit, unit * times
    if shape < 0.85:
        return unit, "".join(" " * min(depth, 400) + unit + "\n" for depth in range(min(times, 400)))
    return unit, unit * (times // 2) + "x" + "".join(reversed(unit)) * (times // 2)


def cost_of(language_id: str, unit: str, text: str) -> Cost:
    """Parse a text and ask for its symbols and scopes, as the server does, under the guard of this process."""
    began = time.thread_time()
    tree = parse(text, language_id)
    if tree is not None:
        file_symbols(text, language_id)
        scopes_of(text, language_of(language_id).id, tree)
    return Cost(language_id, unit, len(text), time.thread_time() - began)
