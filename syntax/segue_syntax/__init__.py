"""Text snapshots and positions, the language registry, and tree-sitter parsing."""

from __future__ import annotations

from segue_syntax._encoding import PositionEncoding, column_from_units, units_from_column
from segue_syntax._imports import ImportedName
from segue_syntax._languages import LANGUAGES, Language, language_of
from segue_syntax._parsing import grammar_of, parse, parse_patiently, parser_of
from segue_syntax._references import Reference, references_in
from segue_syntax._scopes import VisibleName, enclosing_definitions, local_names_at, names_visible_at
from segue_syntax._symbols import Definition, FileSymbols, definitions_in, file_symbols, imports_in
from segue_syntax._text import Document, Position, Range, Snapshot, line_content, split_lines
from segue_syntax._trees import TreeStore, syntax_errors

__all__ = [
    "LANGUAGES",
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
