"""Small judgements about one line of code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segue_syntax import Language

if TYPE_CHECKING:
    from segue_postprocess._context import CursorContext
    from segue_syntax import Language


_END_WORD: Final = re.compile(r"^(?:end|fi|done|esac|endif|endfor|endwhile|endforeach|endfunction)\b[;,)]*")
_CLAUSE: Final = re.compile(
    r"^[})\]]*\s*(?:else|elif|elsif|elseif|elsewhere|catch|except|finally|rescue|ensure|when|then|or_else|"
    r"while\s*\(.*\)\s*;)\b"
)
_CASE: Final = re.compile(r"^(?:case\b|default\s*:|when\b|in\b)")
_CONTINUES: Final = re.compile(
    r"^(?:\?\.|\.(?!\.)|->|::|&&|\|\||[?:|&](?!\w)|=>|[+/%<>=-]=?\s|and\b|or\b|\|>|<<)"
)
_GOES_ON: Final = re.compile(
    r"(?:[,(\[{\\=+*/%&|<.:-]|(?<![\w)\]>])\?|=>|->|\b(?:and|or|not|in|return|do|then|else|where|of|with|is|extends|implements))$"
)
_DIRECTIVE: Final = re.compile(
    r"\s*#\s*(?:if|el|endif|define|undef|include|import|pragma|error|warning|line|region|endregion|nullable|available)"
)
_TAG: Final = re.compile(r"^<[A-Za-z][\w.:-]*(?:[\s>]|$)|^<>")
_VOID_TAG: Final = re.compile(r"<(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|!)\b")
_CLOSING_ONLY: Final = re.compile(r"^[\s)\]};,>]*$")
_WORDS: Final = re.compile(r"\w")
_DEFINES: Final = re.compile(
    r"\s*(?:(?:async|local|static|pub|export|default|public|private|abstract)\s+)*"
    r"(?:function|class|def|func|fn|fun|struct|enum|interface|impl|trait|module|namespace)\b"
)
_TRIVIAL: Final = re.compile(
    r"^(?:else|try|finally|do|begin|then|return|break|continue|pass|default|end|fi|done|esac|loop|in|null|nil|None|"
    r"true|false|0|1|super|this|self|#\s*(?:endif|else)|end\s+\w+|</[\w.:-]*>)?[\s:;,{}()\[\]]*$"
)
_KEYED_ITEM: Final = re.compile(r"\s*(?:- )+[^\s#'\"{\[][^#]*:(?:\s|$)|\s*(?:- )+['\"][^'\"]*['\"]\s*:")
_BANNER: Final = re.compile(r"^(?:#|//|/\*|\*|--|;|%|<!--)?[-=*#_~/+.\s]{5,}(?:\*/|-->)?$")


def without_comment(line: str, language: Language) -> str:
    """Return `line` without a comment at its end; a mark inside a string may deceive it."""
    if line.lstrip().startswith(language.line_comments):
        return ""
    for mark in language.line_comments:
        at = line.find(f" {mark}")
        if at > 0 and line.count('"', 0, at) % 2 == 0 and line.count("'", 0, at) % 2 == 0:
            line = line[:at]
    return line.rstrip()


def closes_only(line: str) -> bool:
    """Whether `line` holds closing brackets and separators only (or nothing)."""
    return bool(_CLOSING_ONLY.match(line))


def ends_block(line: str, language: Language) -> bool:
    """Whether `line` is the word or tag that ends a block, in a language that has one."""
    stripped = line.strip()
    return stripped.startswith(("</", "/>", ">")) or (
        language.ends_by_word and bool(_END_WORD.match(stripped))
    )


def opens_tag(line: str) -> bool:
    """Whether `line` starts with a tag that it does not close, and that can hold something."""
    stripped = line.strip()
    return (
        bool(_TAG.match(stripped))
        and not _VOID_TAG.match(stripped)
        and "</" not in stripped
        and not stripped.endswith("/>")
    )


def is_clause(line: str) -> bool:
    """Whether `line` goes on the construct above it: ``else``, ``catch``, ``except`` and their like."""
    return bool(_CLAUSE.match(line.strip()))


def defines(line: str) -> bool:
    """Whether `line` begins a definition that a word announces."""
    return bool(_DEFINES.match(line))


def is_case(line: str) -> bool:
    """Whether `line` starts an alternative of a selection."""
    return bool(_CASE.match(line.strip()))


def is_keyed_item(line: str) -> bool:
    """Whether `line` is a list item that begins a mapping."""
    return bool(_KEYED_ITEM.match(line))


def continues_above(line: str) -> bool:
    """Whether `line` starts with an operator that goes on the expression of the line above."""
    return bool(_CONTINUES.match(line.strip()))


def goes_on(code: str) -> bool:
    """Whether the end of `code` asks for more: an operator, a comma, an opening bracket."""
    stripped = code.rstrip()
    return bool(_GOES_ON.search(stripped)) and not stripped.endswith(("++", "--", "..."))


def asks_more(code: str, language: Language) -> bool:
    """Whether the end of `code` asks for more in its language: no path does in shell."""
    stripped = code.rstrip()
    if language.layout.commands:
        return stripped.endswith((language.layout.joiner, "|", "&&", "(", "{", " do", " then", " else"))
    return goes_on(stripped)


def is_substantial(line: str) -> bool:
    """Whether `line` says enough that meeting it twice means something."""
    stripped = line.strip()
    return len(_WORDS.findall(stripped)) >= 4 and not _TRIVIAL.match(stripped)


def is_directive(line: str, language: Language) -> bool:
    """Whether `line` is the preprocessor's, which may stand anywhere."""
    return "#" in line and "#" not in language.line_comments and bool(_DIRECTIVE.match(line))


def is_banner(line: str) -> bool:
    """Whether `line` is a rule drawn in a comment."""
    stripped = line.strip()  # else three parts of the pattern would share out the white space in every way
    return bool(_BANNER.match(stripped)) and not stripped.startswith(("...", "++i", "--i"))


def introduces(line: str, language: Language) -> bool:
    """Whether `line` belongs to what follows it: a comment, a decorator, an attribute, an annotation."""
    stripped = line.strip()
    if stripped.startswith((*language.line_comments, "/*", "*", "*/")):
        return True
    return bool(re.match(r"^(?:@[\w.]+(?:\(.*\))?|#!?\[.*\]|\[[\w(),. =\"]+\]|template\s*<.*>)$", stripped))


_BLOCK_SCALAR: Final = re.compile(r"(?::|[|>][+-]?\d?|-)(?:\s+&[\w-]+)?$")
_BLOCK_WORDS: Final = frozenset(
    [
        "def",
        "class",
        "module",
        "if",
        "unless",
        "while",
        "until",
        "case",
        "for",
        "begin",
        "function",
        "else",
        "elsif",
        "elif",
        "when",
        "rescue",
        "ensure",
        "do",
        "struct",
        "repeat",
        "select",
        "try",
        "let",
        "quote",
        "macro",
    ]
)
"""Words that begin a block where no bracket does, in several languages."""
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
