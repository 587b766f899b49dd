"""JavaScript and TypeScript, each with and without JSX."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from segue_syntax._import_text import COMMENTS, QUOTED, name_and_alias
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, DOUBLE, SINGLE, interpolated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_HOLE = r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}"
_TEMPLATE = interpolated("`", _HOLE, multiline=True)
_REQUIRE = re.compile(r"""^(.*?)=\s*require\s*\(\s*["'`]([^"'`]+)["'`]\s*\)\s*(?:\.\s*(\w+))?""", re.DOTALL)


def _read_import(text: str) -> Iterator[Names]:
    text = COMMENTS.sub(" ", text) if "/*" in text or "\n" in text else text
    required = _REQUIRE.match(text)
    if required:
        left, module, member = required.groups()
        yield from _names_of(left, module, member or "")
        return
    quoted = QUOTED.findall(text)
    if not quoted:
        return
    module = quoted[-1]
    head = text[: text.rfind(module) - 1].strip()
    head = re.sub(r"^(import|export)\b(\s+type\b(?!\s*,|\s+from))?", "", head).strip()
    head = re.sub(r"\bfrom$", "", head).strip().rstrip("=").removesuffix("require(").strip(" =")
    if not head:
        yield "", module, ""
        return
    yield from _names_of(head, module, "")


def _names_of(head: str, module: str, member: str) -> Iterator[Names]:
    head = head.strip()
    before, brace, rest = head.partition("{")
    for part in filter(None, map(str.strip, before.split(","))):
        if part.startswith("*"):
            alias = part[1:].strip().removeprefix("as").strip()
            yield ("", module, alias) if alias else ("*", module, "")
        elif member:
            yield member, module, "" if part == member else part
        else:
            yield "default", module, part
    if brace:
        for written in rest.partition("}")[0].split(","):
            part = re.sub(r"^type\s+", "", written.strip()).partition("=")[0].strip()
            if part:
                name, alias = name_and_alias(part)
                yield name.removeprefix("..."), module, alias


_script = partial(
    Language,
    family="javascript",
    line_comment="//",
    block_comment=C_BLOCK,
    strings=(_TEMPLATE, DOUBLE, SINGLE),
    blocks=Blocks.BRACES,
    layout=Layout(usual_indent=2, lines_end_statements=True),
    read_import=_read_import,
)

LANGUAGES = (
    _script(
        "javascript",
        "tree_sitter_javascript:language",
        (".js", ".mjs", ".cjs"),
        aliases=("js",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "javascriptreact",
        "tree_sitter_javascript:language",
        (".jsx",),
        aliases=("jsx",),
        queries=("javascript", "javascript.extra"),
    ),
    _script(
        "typescript",
        "tree_sitter_typescript:language_typescript",
        (".ts", ".mts", ".cts"),
        aliases=("ts",),
        queries=("javascript", "typescript"),
    ),
    _script(
        "typescriptreact",
        "tree_sitter_typescript:language_tsx",
        (".tsx",),
        aliases=("tsx",),
        queries=("javascript", "typescript"),
    ),
)
