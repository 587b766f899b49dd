"""Parameter lists and argument lists as text: cutting them up and putting them together again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_syntax import NO_HEADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_syntax import Language, SourceFile

_HEAD = re.compile(
    r"\b(?:def|func|function|fn|fun)\s+(?:\([^)]*\)\s*)?(?P<name>[^\W\d]\w*)\s*(?:<[^>]*>|\[[^\]]*\])?\s*\("
    r"|^\s*(?:(?:public|private|protected|static|final|abstract|override|async|export|get|set)\s+)*"
    r"(?:[\w<>\[\],.?]+\s+)?(?P<method>[^\W\d]\w*)\s*(?:<[^>]*>)?"
    r"\s*\((?=(?=[^;]*$)[^;]*?(?:\{|\($|,$|\)\s*:|=>)|[^;{}]*\)[^;{}()]*\{[^{}]*\}\s*$"
    r"|[^()]*(?:\([^()]*\)[^()]*)*\)\s*=>[^;]*;\s*$)"
)
_TYPES = frozenset(
    ["int", "long", "boolean", "char", "double", "float", "byte", "short", "var", "bool", "string"]
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A definition's name and parameters as written; `own` counts a receiver (self, cls, this) in front."""

    name: str
    parameters: tuple[str, ...]
    own: int = 0

    def may_omit(self, parameter: str, language: Language) -> bool:
        """Whether calls may leave a parameter out; Ruby's have their default behind the colon."""
        value = parameter.partition(":")[2] if language.ends_by_word else ""
        return has_default(parameter) or bool(value.strip())

    def named_only(self, language: Language) -> set[str]:
        """Return the parameters that only a name can give."""
        names: set[str] = set()
        starred = False
        for parameter in self.parameters[self.own :]:
            name = parameter_name(parameter)
            labelled = language.documentation.labelled_parameters and name != "_"
            if labelled or starred or (language.ends_by_word and re.match(r"\w+:", parameter)):
                names.add(name)
            starred = starred or (language.named_arguments == "=" and parameter.startswith("*"))
        return names


OPENING = re.compile(r"(?:::)?(?:<[^<>()]*>)?\(")
"""What follows a name that is called or that a definition gives parameters."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose opening bracket is at `line` and `column`; `sure` when it surely calls the changed definition."""

    file: SourceFile
    line: int
    column: int
    sure: bool


def head_of(line: str) -> tuple[str, int] | None:
    """Return the name that a definition's line declares and the column of its opening parenthesis."""
    for match in _HEAD.finditer(line):
        name = match["name"] or match["method"]
        if name and name not in NO_HEADS:
            return str(name), match.end() - 1
    return None


_VALUE = re.compile(r"""["'`\d]|(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>|(?:async\s+)?function\b""")
"""How an argument begins that cannot be a parameter: a literal or a function."""


def signature_at(lines: Sequence[str], line: int) -> tuple[Signature, int, int] | None:
    """Return the signature whose head is at `line`, with the line and column after its parameters."""
    head = head_of(lines[line])
    if head is None:
        return None
    inside, end_line, end_column = enclosed(lines, line, head[1])
    if inside is None:
        return None
    parts = tuple(part.strip() for part in split_list(inside) if part.strip())
    if any(_VALUE.match(part) for part in parts):
        return None  # a call whose last argument is a block, such as `test("...", () => {`
    own = int(bool(parts) and parts[0] in ("self", "cls", "&self", "&mut self", "mut self"))
    return Signature(head[0], parts, own), end_line, end_column


def enclosed(lines: Sequence[str], line: int, column: int, *, reach: int = 40) -> tuple[str | None, int, int]:
    """Return the text inside the bracket at `column`, and where the closing one stands."""
    depth = 0
    pieces: list[str] = []
    quote = ""
    for at in range(line, min(len(lines), line + reach)):
        text = lines[at]
        start = column if at == line else 0
        position = start
        while position < len(text):
            character = text[position]
            if quote:
                if character == "\\":
                    position += 1
                elif character == quote:
                    quote = ""
            elif character in "\"'`":
                quote = character
            elif character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
                if depth == 0:
                    pieces.append(text[start:position])
                    return "\n".join(pieces)[1:], at, position
            position += 1
        pieces.append(text[start:])
        if quote in ("'", '"'):
            quote = ""
    return None, line, column


def split_list(inside: str) -> list[str]:
    """Split at the commas that no bracket or string encloses; the parts joined by commas are `inside` again."""
    parts: list[str] = []
    depth = 0
    quote = ""
    start = 0
    for at, character in enumerate(inside):
        if quote:
            if character == quote and inside[at - 1] != "\\":
                quote = ""
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(inside[start:at])
            start = at + 1
    parts.append(inside[start:])
    return parts


def parameter_name(parameter: str) -> str:
    """Return the name in a parameter as written in any of the languages."""
    text = parameter.split("=", maxsplit=1)[0].strip().lstrip("*&.")
    text = re.sub(
        r"^(?:mut|final|const|readonly|public|private|protected|(?:ref|out|in)(?!.*:))\s+", "", text
    )
    before = text.split(":")[0].strip().rstrip("?")
    words: list[str] = re.findall(r"[^\W\d]\w*", before)
    if not words:
        return ""
    # `String name` (types first) has the name last; `name string` (Go) has it first
    typed = len(words) > 1 and (words[0][0].isupper() or words[0] in _TYPES)
    return words[-1] if typed else words[0]


def has_default(parameter: str) -> bool:
    """Whether callers may leave the parameter out."""
    name = parameter.split(":", maxsplit=1)[0].strip()
    return "=" in parameter or "..." in parameter or name.endswith("?") or parameter.strip().startswith("*")
