"""What can be read off a text without a grammar: literals, comments, brackets, and lines.

A tree-sitter tree of a half-typed file says little near the cursor, which is where everything is decided. A
scanner that only knows strings, comments and brackets keeps its footing there, costs microseconds, and also
serves the languages that have no grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
OPENERS: Final = {")": "(", "]": "[", "}": "{"}

_ESCAPED: Final = r"(?:\\[\s\S]|[^\\%s])*"
_ONE_LINE: Final = r"(?:\\[\s\S]|[^\\\n%s])*"  # a backslash at its end takes it over the line


@dataclass(frozen=True, slots=True)
class Literal:
    """One kind of string or block comment: how it starts, goes on and ends."""

    opening: str
    body: str
    closing: str
    mark: str
    multiline: bool
    comment: bool = False


def _text(quote: str, *, multiline: bool = False, escapes: bool = True, guard: str = "") -> Literal:
    template = _ESCAPED if multiline else _ONE_LINE
    body = template % quote if escapes else rf"[^{quote}]*" if multiline else rf"[^{quote}\n]*"
    guard = guard or (r"(?<!\w')" if quote == "'" else "")  # an apostrophe in a word opens nothing
    return Literal(quote + guard, body, quote, quote, multiline)


def _block(opening: str, closing: str) -> Literal:
    return Literal(re.escape(opening), r"[\s\S]*?", re.escape(closing), closing, multiline=True, comment=True)


def _long(opening: str, closing: str) -> Literal:
    return Literal(re.escape(opening), r"[\s\S]*?", re.escape(closing), closing, multiline=True)


def _triple(quote: str) -> Literal:
    return Literal(quote * 3, r"(?:\\[\s\S]|[^\\])*?", quote * 3, quote * 3, multiline=True)


_CHARACTER = Literal(r"'", r"(?:\\[^\n']{1,9}|\\'|[^\\'\n])", "'", "", multiline=False)
_TEMPLATE = Literal(
    "`", r"(?:\\[\s\S]|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}|[^\\`])*", "`", "`", multiline=True
)
_HEREDOC = Literal(
    r"<<[<~-]?[ \t]*[\"']?(?P<here>[A-Za-z_]\w*)[\"']?[^\n]*\n",
    r"(?:[^\n]*\n)*?",
    r"[ \t]*(?P=here)\b",
    "",
    multiline=True,
)
_C_COMMENT = _block("/*", "*/")
_DOUBLE = _text('"')
_SINGLE = _text("'")
_PYTHON_GUARD = r"(?:(?<!\w')|(?<=\b[rbfutRBFUT]')|(?<=\b[rbfRBF]{2}'))"


@dataclass(frozen=True, slots=True)
class Profile:
    """How one family of languages writes comments and strings, and how it ends blocks."""

    line_comments: tuple[str, ...] = ()
    literals: tuple[Literal, ...] = ()
    ends_by_word: bool = False
    indentation_based: bool = False
    prose: bool = False
    key_value: bool = False
    case_patterns: bool = False


_C_LIKE = Profile(("//",), (_C_COMMENT, _DOUBLE, _CHARACTER))
_MODERN = Profile(("//",), (_C_COMMENT, _triple('"'), _DOUBLE, _CHARACTER))
_SCRIPT = Profile(("//",), (_C_COMMENT, _TEMPLATE, _DOUBLE, _SINGLE))
_HASH = Profile(("#",), (_DOUBLE, _SINGLE))
_DASH = Profile(("--",), (_C_COMMENT, _text('"', multiline=True), _text("'", multiline=True)))
_LISP = Profile((";",), (_text('"', multiline=True),))
_MARKUP = Profile((), (_block("<!--", "-->"), _C_COMMENT, _text('"'), _SINGLE))

_PROFILES: Final[dict[str, Profile]] = {
    "python": Profile(
        ("#",), (_triple('"'), _triple("'"), _DOUBLE, _text("'", guard=_PYTHON_GUARD)), indentation_based=True
    ),
    "rust": Profile(
        ("//",),
        (
            _C_COMMENT,
            Literal(r'"(?:(?<=\br#")|(?<=\bbr#"))', r"[\s\S]*?", '"#', '"#', multiline=True),
            _text('"', multiline=True),
            _CHARACTER,
        ),
    ),
    "go": Profile(
        ("//",), (_C_COMMENT, Literal("`", "[^`]*", "`", "`", multiline=True), _DOUBLE, _CHARACTER)
    ),
    "java": _MODERN,
    "kotlin": _MODERN,
    "scala": _MODERN,
    "swift": _MODERN,
    "dart": Profile(("//",), (_C_COMMENT, _triple('"'), _triple("'"), _DOUBLE, _SINGLE)),
    "groovy": Profile(("//",), (_C_COMMENT, _triple('"'), _triple("'"), _DOUBLE, _SINGLE)),
    "csharp": Profile(
        ("//",),
        (
            _C_COMMENT,
            _triple('"'),
            Literal(r'"(?:(?<=@")|(?<=@\$"))', r'(?:""|[^"])*', '"', '"', multiline=True),
            _DOUBLE,
            _CHARACTER,
        ),
    ),
    "c": _C_LIKE,
    "cpp": Profile(
        ("//",),
        (
            _C_COMMENT,
            Literal(r'"\((?<=\bR"\()', r"[\s\S]*?", r'\)"', ')"', multiline=True),
            _DOUBLE,
            _CHARACTER,
        ),
    ),
    "solidity": Profile(("//",), (_C_COMMENT, _DOUBLE, _SINGLE)),
    "javascript": _SCRIPT,
    "javascriptreact": _SCRIPT,
    "typescript": _SCRIPT,
    "typescriptreact": _SCRIPT,
    "php": Profile(
        ("//", "#"), (_C_COMMENT, _HEREDOC, _text('"', multiline=True), _text("'", multiline=True))
    ),
    "css": Profile((), (_C_COMMENT, _DOUBLE, _SINGLE)),
    "scss": Profile(("//",), (_C_COMMENT, _DOUBLE, _SINGLE)),
    "less": Profile(("//",), (_C_COMMENT, _DOUBLE, _SINGLE)),
    "json": Profile(("//",), (_C_COMMENT, _DOUBLE), key_value=True),
    "yaml": Profile(("#",), (_DOUBLE, _SINGLE), indentation_based=True, key_value=True),
    "toml": Profile(("#",), (_triple('"'), _triple("'"), _DOUBLE, _SINGLE), key_value=True),
    "shellscript": Profile(
        ("#",),
        (
            _HEREDOC,
            Literal(
                r'"(?<!\\")',
                r"""(?:\\[\s\S]|\$\((?:\\[\s\S]|[^()"\\]|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*\)|[^"\\])*""",
                '"',
                '"',
                multiline=True,
            ),
            _text("'", multiline=True, escapes=False, guard=r"(?<!\\')"),
        ),
        ends_by_word=True,
        case_patterns=True,
    ),
    "ruby": Profile(
        ("#",),
        (_block("\n=begin", "\n=end"), _text('"', multiline=True), _text("'", multiline=True)),
        ends_by_word=True,
    ),
    "lua": Profile(("--",), (_block("--[[", "]]"), _long("[[", "]]"), _DOUBLE, _SINGLE), ends_by_word=True),
    "elixir": Profile(("#",), (_triple('"'), _DOUBLE, _CHARACTER), ends_by_word=True),
    "julia": Profile(("#",), (_block("#=", "=#"), _triple('"'), _DOUBLE, _CHARACTER), ends_by_word=True),
    "r": _HASH,
    "perl": _HASH,
    "dockerfile": _HASH,
    "makefile": _HASH,
    "sql": _DASH,
    "haskell": Profile(("--",), (_block("{-", "-}"), _DOUBLE, _CHARACTER), indentation_based=True),
    "elm": Profile(("--",), (_block("{-", "-}"), _DOUBLE, _CHARACTER), indentation_based=True),
    "fsharp": Profile(
        ("//",), (_block("(*", "*)"), _triple('"'), _DOUBLE, _CHARACTER), indentation_based=True
    ),
    "ocaml": Profile((), (_block("(*", "*)"), _DOUBLE, _CHARACTER)),
    "clojure": _LISP,
    "lisp": _LISP,
    "emacs-lisp": _LISP,
    "scheme": _LISP,
    "html": _MARKUP,
    "vue": _MARKUP,
    "svelte": _MARKUP,
    "xml": _MARKUP,
    "markdown": Profile((), (), prose=True),
    "plaintext": Profile((), (), prose=True),
    "csv": Profile((), (), prose=True),
    "latex": Profile(("%",), (), prose=True),
}
_ALIASES: Final = {"sol": "solidity", "f#": "fsharp", "hs": "haskell", "clj": "clojure", "cuda-cpp": "cpp"}
_UNKNOWN: Final = Profile(("//",), (_C_COMMENT, _DOUBLE, _SINGLE))


def profile_of(language_id: str) -> Profile:
    """Return the profile of a language; an unknown one is read as if it were C-like."""
    return _PROFILES.get(_ALIASES.get(language_id, language_id), _UNKNOWN)


class Opening(NamedTuple):
    """An opening bracket or quote that is not closed yet.

    `indent` is the indentation, in columns, of the line it stands on; `offset` is where it stands.
    """

    mark: str
    indent: int
    offset: int


@dataclass(frozen=True, slots=True)
class LexState:
    """What kind of text a place lies in: code, a line comment, or a literal (by its number in the profile)."""

    line_comment: bool = False
    literal: int = -1

    @property
    def is_code(self) -> bool:
        return not self.line_comment and self.literal < 0


CODE: Final = LexState()
Token = tuple[str, int, int]
"""A bracket or quote mark with its extent, or "string" or "comment"."""


class Scanner:
    """Finds the literals, comments and brackets of one language."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        blocks: list[str] = []
        others = [f"{_line_comment(mark)}(?P<c{n}>)" for n, mark in enumerate(profile.line_comments)]
        for number, literal in enumerate(profile.literals):
            # Block comments come before line comments, which may share a first character (Lua, Julia).
            parts = blocks if literal.comment else others
            parts.append(f"{literal.opening}{literal.body}{literal.closing}(?P<s{number}>)")
            if literal.mark:
                parts.append(f"{literal.opening}{literal.body}\\Z(?P<u{number}>)")
        # Every branch starts with a plain character and ends with an empty group that names it: so the engine
        # skips at once to the next character that starts a branch.
        self._pattern = re.compile("|".join([*blocks, *others, *map(re.escape, "()[]{}")]))
        self._names: dict[str, str] = {}
        self._last: dict[str, LexState] = {}
        for number in range(len(profile.line_comments)):
            self._names[f"c{number}"], self._last[f"c{number}"] = ("comment", LexState(line_comment=True))
        for number, literal in enumerate(profile.literals):
            self._names[f"s{number}"] = "comment" if literal.comment else "string"
            self._names[f"u{number}"] = literal.mark
            self._last[f"s{number}"], self._last[f"u{number}"] = (CODE, LexState(literal=number))
        self._ends = [
            re.compile(literal.body + literal.closing) if literal.mark else None
            for literal in profile.literals
        ]

    def scan(self, text: str, start: int = 0, mode: LexState = CODE) -> tuple[list[Token], LexState]:
        """Return the tokens of `text` from `start`, where `mode` holds, and the mode at its end.

        A literal that `mode` says is open and that ends in `text` gives its closing mark as the first token.
        """
        tokens: list[Token] = []
        if mode.line_comment:
            newline = text.find("\n", start)
            if newline < 0:
                return tokens, mode
            start = newline
        elif mode.literal >= 0:
            literal = self.profile.literals[mode.literal]
            pattern = self._ends[mode.literal]
            end = pattern.match(text, start) if pattern else None
            if end is not None:
                tokens.append((literal.mark, end.end() - len(literal.mark), end.end()))
                start = end.end()
            elif literal.multiline or "\n" not in text[start:]:
                return tokens, mode
            else:
                start = text.index("\n", start)
        last = CODE
        size = len(text)
        names = self._names
        for found in self._pattern.finditer(text, start):
            begin, to = found.span()
            group = found.lastgroup
            if group is None:
                tokens.append((text[begin], begin, to))
                continue
            tokens.append((names[group], begin, to))
            if to == size:
                last = self._last[group]
        return tokens, last


def _line_comment(mark: str) -> str:
    if mark == "#":
        return r"#(?<![^\s;(){}\[\],]#)(?<!\$\{#)[^\n]*"  # not in ``$#``, ``${#a}`` or ``a#b``
    if mark == "//":
        return r"//(?<!:/)(?<!://)[^\n]*"  # not in an address
    return re.escape(mark) + r"[^\n]*"


@cache
def scanner_of(language_id: str) -> Scanner:
    """Return the scanner of a language."""
    return Scanner(profile_of(language_id))


def indent_of(line: str, tab: int = 4) -> int:
    """Return the width of the leading white space of `line` in columns."""
    width = len(line) - len(line.lstrip(" \t"))
    return width if "\t" not in line else len(line[:width].expandtabs(tab))


def leading_space(line: str) -> str:
    """Return the leading white space of `line`."""
    return line[: len(line) - len(line.lstrip(" \t"))]
