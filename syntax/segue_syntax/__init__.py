"""Text snapshots and positions, the language registry, and tree-sitter parsing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from segue_syntax._encoding import PositionEncoding, column_from_units, units_from_column
from segue_syntax._language import Blocks, Language
from segue_syntax._registry import all_languages, language_of
from segue_syntax._text import Document, Position, Range, Snapshot, line_content, split_lines

if TYPE_CHECKING:
    LANGUAGES: tuple[Language, ...]

    from segue_syntax._guard import protect_parsing
    from segue_syntax._imports import ImportedName
    from segue_syntax._lexer import (
        CLOSERS,
        CODE,
        OPENERS,
        LexState,
        Opening,
        Regions,
        Scanner,
        Token,
        indent_width,
        kind_on_line,
        leading_space,
        regions_of,
        scanner_of,
    )
    from segue_syntax._literals import Literal
    from segue_syntax._parsing import grammar_of, parse, parse_patiently, parser_of
    from segue_syntax._symbols import Definition, FileSymbols, definitions_in, file_symbols, imports_in
    from segue_syntax._trees import TreeStore, edited, syntax_errors

__all__ = [
    "CLOSERS",
    "CODE",
    "LANGUAGES",
    "OPENERS",
    "Blocks",
    "Definition",
    "Document",
    "FileSymbols",
    "ImportedName",
    "Language",
    "LexState",
    "Literal",
    "Opening",
    "Position",
    "PositionEncoding",
    "Range",
    "Regions",
    "Scanner",
    "Snapshot",
    "Token",
    "TreeStore",
    "column_from_units",
    "definitions_in",
    "edited",
    "file_symbols",
    "grammar_of",
    "imports_in",
    "indent_width",
    "kind_on_line",
    "language_of",
    "leading_space",
    "line_content",
    "parse",
    "parse_patiently",
    "parser_of",
    "protect_parsing",
    "regions_of",
    "scanner_of",
    "split_lines",
    "syntax_errors",
    "units_from_column",
]

_ANALYSIS = {
    "CLOSERS": "segue_syntax._lexer",
    "CODE": "segue_syntax._lexer",
    "Definition": "segue_syntax._symbols",
    "FileSymbols": "segue_syntax._symbols",
    "ImportedName": "segue_syntax._imports",
    "LexState": "segue_syntax._lexer",
    "Literal": "segue_syntax._literals",
    "OPENERS": "segue_syntax._lexer",
    "Opening": "segue_syntax._lexer",
    "Regions": "segue_syntax._lexer",
    "Scanner": "segue_syntax._lexer",
    "Token": "segue_syntax._lexer",
    "TreeStore": "segue_syntax._trees",
    "definitions_in": "segue_syntax._symbols",
    "edited": "segue_syntax._trees",
    "file_symbols": "segue_syntax._symbols",
    "grammar_of": "segue_syntax._parsing",
    "imports_in": "segue_syntax._symbols",
    "indent_width": "segue_syntax._lexer",
    "kind_on_line": "segue_syntax._lexer",
    "leading_space": "segue_syntax._lexer",
    "parse": "segue_syntax._parsing",
    "parse_patiently": "segue_syntax._parsing",
    "parser_of": "segue_syntax._parsing",
    "protect_parsing": "segue_syntax._guard",
    "regions_of": "segue_syntax._lexer",
    "scanner_of": "segue_syntax._lexer",
    "syntax_errors": "segue_syntax._trees",
}


def __getattr__(name: str) -> Any:
    """Import what analyses code when it is first asked for: the server answers `initialize` without it."""
    if name == "LANGUAGES":
        return all_languages()
    if name not in _ANALYSIS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_ANALYSIS[name]), name)
    return value
