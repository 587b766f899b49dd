"""Go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import QUOTED
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import BACKQUOTE, C_BLOCK, CHARACTER, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names


def _read_import(text: str) -> Iterator[Names]:
    quoted = QUOTED.findall(text)
    if quoted:
        module = quoted[0]
        words = text.split()
        alias = words[0] if len(words) > 1 else ""
        last = module.rstrip("/").split("/")
        name = last[-2] if len(last) > 1 and re.fullmatch(r"v\d+", last[-1]) else last[-1]
        if alias == ".":
            yield "*", module, ""
        else:
            yield "", module, alias or re.sub(r"^go-|\.v\d+$", "", name)


LANGUAGES = (
    Language(
        "go",
        "tree_sitter_go:language",
        (".go",),
        aliases=("golang",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(BACKQUOTE, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        queries=("go",),
        read_import=_read_import,
        layout=Layout(tabs=True, lines_end_statements=True, package_first=True),
    ),
)
