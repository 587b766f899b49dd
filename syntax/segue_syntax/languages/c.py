"""C and C++."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_RAW = Literal(r'"\((?<=\bR"\()', r"[\s\S]*?", r'\)"', ')"', multiline=True)


def _read_include(text: str) -> Iterator[Names]:
    found = re.search(r"""[<"]([^>"\n]+)[>"]""", text)
    if found:
        yield "", found.group(1), ""


def _read_using(text: str) -> Iterator[Names]:
    if not text.lstrip().startswith("using"):
        yield from _read_include(text)
        return
    flat = text.strip().removeprefix("using").strip().rstrip(";").strip()
    if flat.startswith("namespace "):
        yield "*", flat[10:].strip(), ""
    else:
        module, _, name = flat.rpartition("::")
        yield name, module, ""


LANGUAGES = (
    Language(
        "c",
        "tree_sitter_c:language",
        (".c", ".h"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        queries=("c",),
        read_import=_read_include,
        layout=Layout(usual_indent=4, least_wrap=4, deep_wraps=True, macros=True),
    ),
    Language(
        "cpp",
        "tree_sitter_cpp:language",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"),
        aliases=("c++", "cxx", "cuda-cpp"),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        queries=("c", "cpp"),
        read_import=_read_using,
        layout=Layout(usual_indent=4, least_wrap=4, deep_wraps=True, macros=True),
    ),
)
