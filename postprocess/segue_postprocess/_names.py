"""Names that a completion uses and nobody defines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_postprocess._context import CursorContext

_NAME: Final = re.compile(r"(?<![\w.$@#])(?<!->)(?<!::)[A-Za-z_]\w{2,}\b(?!\s*[:=](?!=))")
_KEYWORDS: Final = frozenset(
    [
        "abstract",
        "async",
        "await",
        "bool",
        "boolean",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "constructor",
        "continue",
        "debugger",
        "default",
        "defer",
        "delete",
        "double",
        "dyn",
        "else",
        "elsif",
        "end",
        "enum",
        "export",
        "extends",
        "extern",
        "false",
        "final",
        "finally",
        "float",
        "fn",
        "for",
        "foreach",
        "from",
        "func",
        "function",
        "global",
        "goto",
        "impl",
        "implements",
        "import",
        "include",
        "instanceof",
        "int",
        "interface",
        "internal",
        "lambda",
        "let",
        "local",
        "long",
        "loop",
        "match",
        "mod",
        "module",
        "move",
        "mut",
        "namespace",
        "native",
        "new",
        "nil",
        "none",
        "null",
        "nullptr",
        "object",
        "operator",
        "out",
        "override",
        "package",
        "params",
        "private",
        "protected",
        "pub",
        "public",
        "readonly",
        "ref",
        "register",
        "require",
        "return",
        "sealed",
        "self",
        "short",
        "signed",
        "sizeof",
        "static",
        "std",
        "string",
        "struct",
        "super",
        "switch",
        "template",
        "then",
        "this",
        "throw",
        "throws",
        "trait",
        "true",
        "try",
        "type",
        "typedef",
        "typeof",
        "undefined",
        "union",
        "unless",
        "unsafe",
        "unsigned",
        "until",
        "use",
        "using",
        "var",
        "virtual",
        "void",
        "volatile",
        "when",
        "where",
        "while",
        "with",
        "yield",
        "usize",
        "isize",
        "string",
        "array",
        "map",
        "list",
        "set",
        "console",
    ]
)


def unknown_names(text: str, context: CursorContext, known_name: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the names in `text` that are neither in the file, nor builtins, nor known to `known_name`.

    A name the completion itself binds (it stands twice in it, or before ``=`` or ``:``) counts as known.
    """
    before = context.line_before
    code, tokens, _ = context.typed(text)
    for mark, start, end in reversed(tokens):
        if mark in ("string", "comment"):
            code = code[:start] + " " * (end - start) + code[end:]
    code = code[len(before) :]
    cursor = context.cursor
    unknown: list[str] = []
    for name in dict.fromkeys(match[0] for match in _NAME.finditer(code)):
        if name in _KEYWORDS or name in context.language.builtins:
            continue
        if len(re.findall(rf"\b{name}\b", code)) > 1 or name in cursor.prefix or name in cursor.suffix:
            continue
        if not known_name(name):
            unknown.append(name)
    return tuple(unknown)
