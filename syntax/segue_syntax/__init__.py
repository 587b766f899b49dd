"""Text snapshots and positions, the language registry, and tree-sitter parsing."""

from __future__ import annotations

from segue_syntax._encoding import PositionEncoding, column_from_units, units_from_column
from segue_syntax._languages import LANGUAGES, Language, language_of
from segue_syntax._parsing import grammar_of, parse, parser_of
from segue_syntax._text import Document, Position, Range, Snapshot, line_content, split_lines

__all__ = [
    "LANGUAGES",
    "Document",
    "Language",
    "Position",
    "PositionEncoding",
    "Range",
    "Snapshot",
    "column_from_units",
    "grammar_of",
    "language_of",
    "line_content",
    "parse",
    "parser_of",
    "split_lines",
    "units_from_column",
]
