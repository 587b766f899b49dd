"""Rust."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import COMMENTS, SPACE, name_and_alias, split_commas
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE_LINES, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names

_CAPTURED = r"\{\{|\{[^\W\d]\w*"
_RAW = Literal(r'"(?:(?<=\br#")|(?<=\bbr#"))', r"[\s\S]*?", '"#', '"#', multiline=True)


def _read_import(text: str) -> Iterator[Names]:
    flat = SPACE.sub(" ", COMMENTS.sub(" ", text)).strip().rstrip(";").strip()
    flat = re.sub(r"^(?:#\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?", "", flat)
    if flat.startswith("mod "):
        yield "", "self::" + flat[4:].strip(), flat[4:].strip()
    elif flat.startswith("extern crate "):
        name, alias = name_and_alias(flat[13:])
        yield "", name, alias or name
    elif flat.startswith("use "):
        yield from _use_tree("", flat[4:].strip())


def _use_tree(prefix: str, text: str) -> Iterator[Names]:
    text = text.strip()
    head, brace, rest = text.partition("{")
    if brace:
        base = "::".join(part for part in (prefix, head.strip().removesuffix("::")) if part)
        for part in split_commas(rest.rstrip().removesuffix("}")):
            yield from _use_tree(base, part)
        return
    if not text:
        return
    path, alias = re.split(r"\s+as\s+", text)[0].strip(), ""
    if " as " in text:
        alias = text.rpartition(" as ")[2].strip()
    full = "::".join(part for part in (prefix, path) if part)
    module, _, name = full.rpartition("::")
    if name == "self":
        yield "", module, alias or module.rpartition("::")[2]
    else:
        yield name, module, alias


LANGUAGES = (
    Language(
        "rust",
        "tree_sitter_rust:language",
        (".rs",),
        aliases=("rs",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW.with_code(_CAPTURED), DOUBLE_LINES.with_code(_CAPTURED), CHARACTER),
        blocks=Blocks.BRACES,
        queries=("rust",),
        read_import=_read_import,
        layout=Layout(indent=4),
    ),
)
