"""Ruby."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue_syntax._import_text import QUOTED
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import HASH_BRACES, SINGLE_LINES, interpolated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._language import Names


def _read_import(text: str) -> Iterator[Names]:
    quoted = QUOTED.findall(text)
    if text.startswith("autoload"):
        name = re.search(r":(\w+)", text)
        if name and quoted:
            yield name.group(1), quoted[-1], ""
    elif quoted:
        module = quoted[0]
        if text.startswith("require_relative") and not module.startswith("."):
            module = "./" + module
        yield "*", module, ""


LANGUAGES = (
    Language(
        "ruby",
        "tree_sitter_ruby:language",
        (".rb", ".rake", ".gemspec"),
        filenames=("Rakefile", "Gemfile"),
        aliases=("rb",),
        line_comment="#",
        other_block_comments=(("\n=begin", "\n=end"),),
        strings=(interpolated('"', HASH_BRACES, multiline=True), SINGLE_LINES),
        blocks=Blocks.END_WORD,
        queries=("ruby",),
        read_import=_read_import,
        layout=Layout(indent=2, lines_end_statements=True),
    ),
)
