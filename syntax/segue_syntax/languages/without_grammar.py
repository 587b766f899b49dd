"""Languages of which Segue has no grammar: how they write comments and strings, and how they end blocks."""

from __future__ import annotations

from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import (
    C_BLOCK,
    CHARACTER,
    DOLLAR,
    DOUBLE,
    DOUBLE_LINES,
    HASH_BRACES,
    SINGLE,
    XML_BLOCK,
    interpolated,
    triple,
)

_BRACES = Blocks.BRACES
_HASH = (
    "r", "perl", "nim", "cmake", "properties", "ini",
)  # fmt: skip

LANGUAGES = (
    Language(
        "dart",
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(
            *(triple(quote).with_code(DOLLAR) for quote in "\"'"),
            *(interpolated(quote, DOLLAR) for quote in "\"'"),
        ),
        blocks=_BRACES,
        layout=Layout(indent=2),
    ),
    Language(
        "groovy",
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(triple('"').with_code(DOLLAR), triple("'"), interpolated('"', DOLLAR), SINGLE),
        blocks=_BRACES,
    ),
    Language(
        "solidity",
        aliases=("sol",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(DOUBLE, SINGLE),
        blocks=_BRACES,
    ),
    *(
        Language(
            name,
            line_comment="//",
            block_comment=C_BLOCK,
            strings=(DOUBLE, SINGLE),
            blocks=_BRACES,
            layout=Layout(style_sheet=True),
        )
        for name in ("scss", "less")
    ),
    Language(
        "elixir",
        line_comment="#",
        strings=(triple('"').with_code(HASH_BRACES), interpolated('"', HASH_BRACES), CHARACTER),
        blocks=Blocks.END_WORD,
        layout=Layout(indent=2),
    ),
    Language(
        "julia",
        line_comment="#",
        block_comment=("#=", "=#"),
        strings=(triple('"').with_code(DOLLAR), interpolated('"', DOLLAR), CHARACTER),
        blocks=Blocks.END_WORD,
    ),
    *(Language(name, line_comment="#", strings=(DOUBLE, SINGLE)) for name in _HASH),
    Language(
        "powershell",
        extensions=(".ps1", ".psm1"),
        line_comment="#",
        block_comment=("<#", "#>"),
        strings=(DOUBLE, SINGLE),
        blocks=_BRACES,
        layout=Layout(indent=4, commands=True, joiner="`"),
    ),
    Language(
        "makefile",
        extensions=(".mk",),
        filenames=("Makefile", "GNUmakefile", "makefile"),
        aliases=("make",),
        line_comment="#",
        strings=(DOUBLE, SINGLE),
        layout=Layout(tabs=True, commands=True),
    ),
    Language(
        "dockerfile",
        filenames=("Dockerfile", "Containerfile"),
        aliases=("containerfile",),
        line_comment="#",
        strings=(DOUBLE, SINGLE),
        layout=Layout(commands=True),
    ),
    Language(
        "haskell",
        aliases=("hs",),
        line_comment="--",
        block_comment=("{-", "-}"),
        strings=(DOUBLE, CHARACTER),
        blocks=Blocks.INDENTATION,
    ),
    Language(
        "elm",
        line_comment="--",
        block_comment=("{-", "-}"),
        strings=(DOUBLE, CHARACTER),
        blocks=Blocks.INDENTATION,
    ),
    Language("ada", line_comment="--", strings=(DOUBLE,), blocks=Blocks.END_WORD),
    Language(
        "fsharp",
        aliases=("f#",),
        line_comment="//",
        block_comment=("(*", "*)"),
        strings=(triple('"'), DOUBLE, CHARACTER),
        blocks=Blocks.INDENTATION,
    ),
    Language("ocaml", block_comment=("(*", "*)"), strings=(DOUBLE, CHARACTER)),
    Language("clojure", aliases=("clj",), line_comment=";", strings=(DOUBLE_LINES,)),
    *(Language(name, line_comment=";", strings=(DOUBLE_LINES,)) for name in ("lisp", "emacs-lisp", "scheme")),
    *(
        Language(
            name,
            block_comment=XML_BLOCK,
            other_block_comments=(C_BLOCK,),
            strings=(DOUBLE, SINGLE),
            layout=Layout(markup=True),
        )
        for name in ("xml",)
    ),
    Language("latex", line_comment="%", prose=True),
    Language("csv", prose=True),
)
