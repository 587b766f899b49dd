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

    from segue_syntax._imports import ImportedName
    from segue_syntax._parsing import grammar_of, parse, parse_patiently, parser_of
    from segue_syntax._references import Reference, references_in
    from segue_syntax._scopes import VisibleName, enclosing_definitions, local_names_at, names_visible_at
    from segue_syntax._symbols import Definition, FileSymbols, definitions_in, file_symbols, imports_in
    from segue_syntax._trees import TreeStore, edited, syntax_errors

__all__ = [
    "LANGUAGES",
    "Blocks",
    "Definition",
    "Document",
    "FileSymbols",
    "ImportedName",
    "Language",
    "Position",
    "PositionEncoding",
    "Range",
    "Reference",
    "Snapshot",
    "TreeStore",
    "VisibleName",
    "column_from_units",
    "definitions_in",
    "edited",
    "enclosing_definitions",
    "file_symbols",
    "grammar_of",
    "imports_in",
    "language_of",
    "line_content",
    "local_names_at",
    "names_visible_at",
    "parse",
    "parse_patiently",
    "parser_of",
    "references_in",
    "split_lines",
    "syntax_errors",
    "units_from_column",
]

_ANALYSIS = {
    "Definition": "segue_syntax._symbols",
    "FileSymbols": "segue_syntax._symbols",
    "ImportedName": "segue_syntax._imports",
    "Reference": "segue_syntax._references",
    "TreeStore": "segue_syntax._trees",
    "VisibleName": "segue_syntax._scopes",
    "definitions_in": "segue_syntax._symbols",
    "edited": "segue_syntax._trees",
    "enclosing_definitions": "segue_syntax._scopes",
    "file_symbols": "segue_syntax._symbols",
    "grammar_of": "segue_syntax._parsing",
    "imports_in": "segue_syntax._symbols",
    "local_names_at": "segue_syntax._scopes",
    "names_visible_at": "segue_syntax._scopes",
    "parse": "segue_syntax._parsing",
    "parse_patiently": "segue_syntax._parsing",
    "parser_of": "segue_syntax._parsing",
    "references_in": "segue_syntax._references",
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
