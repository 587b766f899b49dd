"""What begins a block that deeper lines fill, judged by one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_postprocess._lines import opens_tag, without_comment

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext

_BLOCK_SCALAR: Final = re.compile(r"(?::|[|>][+-]?\d?|-)(?:\s+&[\w-]+)?$")
_BLOCK_WORDS: Final = frozenset(
    "def class module if unless while until case for begin do function struct else elsif elif when rescue ensure "  # noqa: SIM905
    "repeat select try let quote macro".split()
)
_LAST_WORDS: Final = frozenset(["do", "then", "begin", "else", "in"])
_INNER_WORDS: Final = frozenset(["function", "do", "case", "fn", "def"])
_END_WORDS: Final = frozenset(["end", "fi", "done", "esac"])
_VALUE_OF_BLOCK: Final = re.compile(r"[=(]\s*(?:if|unless|while|until|begin|case)\b")


def opens_block(code: str, context: CursorContext) -> bool:
    """Whether the line `code` begins a block that deeper lines fill, brackets apart."""
    language = context.language
    stripped = without_comment(code, language)
    if opens_tag(code):
        return True
    if language.key_value:
        return bool(_BLOCK_SCALAR.search(stripped))
    if language.indentation_based:
        return stripped.endswith((":", "=", "->", "do", "where", "of", "then", "else", "let", "in"))
    if language.ends_by_word:
        words = re.findall(r"[A-Za-z_]+", stripped)
        return bool(words and words[-1] not in _END_WORDS) and (
            (words[0] in _BLOCK_WORDS and not stripped.endswith("}"))
            or words[-1] in _LAST_WORDS
            or stripped.endswith("|")
            or not _INNER_WORDS.isdisjoint(words)
            or bool(_VALUE_OF_BLOCK.search(stripped))
        )
    return stripped.endswith((":", "=>", "->")) or stripped.startswith(("#if", "#el", "case ", "default"))
