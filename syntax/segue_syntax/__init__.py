"""Text snapshots and positions, the language registry, and tree-sitter parsing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from segue_syntax._documentation import Documentation
from segue_syntax._encoding import PositionEncoding, column_from_units, units_from_column
from segue_syntax._keywords import BEFORE_USES, KEYWORDS, NO_HEADS
from segue_syntax._language import Blocks, Language
from segue_syntax._recently_used import RecentlyUsed
from segue_syntax._registry import all_languages, language_of, language_of_text
from segue_syntax._text import Document, Position, Range, Snapshot, line_content, split_lines

if TYPE_CHECKING:
    LANGUAGES: tuple[Language, ...]

    from segue_syntax._guard import is_too_deep, parsing_protected, protect_parsing
    from segue_syntax._import_syntax import (
        FileImports,
        ImportStatement,
        ImportSyntax,
        ModuleKind,
        NewImport,
        listed_names,
    )
    from segue_syntax._import_text import TYPE_CHECKING_BLOCK, constants_first, header_of
    from segue_syntax._imports import ImportedName, code_statements, file_of_import, statements_in
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
    from segue_syntax._line_definitions import declared_by, defined_by, parameters_of
    from segue_syntax._literals import Literal
    from segue_syntax._modules import ROOT_FOLDER, FileIndex, ModuleNaming, stem_of_module, stem_of_path
    from segue_syntax._parsing import grammar_of, parse, parse_patiently, parser_of
    from segue_syntax._project import Project
    from segue_syntax._source_file import SourceFile
    from segue_syntax._symbols import Definition, FileSymbols, definitions_in, file_symbols, imports_in
    from segue_syntax._trees import TreeStore, edited, syntax_errors

__all__ = [
    "BEFORE_USES",
    "CLOSERS",
    "CODE",
    "KEYWORDS",
    "LANGUAGES",
    "NO_HEADS",
    "OPENERS",
    "ROOT_FOLDER",
    "TYPE_CHECKING_BLOCK",
    "Blocks",
    "Definition",
    "Document",
    "Documentation",
    "FileImports",
    "FileIndex",
    "FileSymbols",
    "ImportStatement",
    "ImportSyntax",
    "ImportedName",
    "Language",
    "LexState",
    "Literal",
    "ModuleKind",
    "ModuleNaming",
    "NewImport",
    "Opening",
    "Position",
    "PositionEncoding",
    "Project",
    "Range",
    "RecentlyUsed",
    "Regions",
    "Scanner",
    "Snapshot",
    "SourceFile",
    "Token",
    "TreeStore",
    "code_statements",
    "column_from_units",
    "constants_first",
    "declared_by",
    "defined_by",
    "definitions_in",
    "edited",
    "file_of_import",
    "file_symbols",
    "grammar_of",
    "header_of",
    "imports_in",
    "indent_width",
    "is_too_deep",
    "kind_on_line",
    "language_of",
    "language_of_text",
    "leading_space",
    "line_content",
    "listed_names",
    "parameters_of",
    "parse",
    "parse_patiently",
    "parser_of",
    "parsing_protected",
    "protect_parsing",
    "regions_of",
    "scanner_of",
    "split_lines",
    "statements_in",
    "stem_of_module",
    "stem_of_path",
    "syntax_errors",
    "units_from_column",
]

_ANALYSIS = {
    "_guard": {"is_too_deep", "parsing_protected", "protect_parsing"},
    "_import_syntax": {
        "FileImports",
        "ImportStatement",
        "ImportSyntax",
        "ModuleKind",
        "NewImport",
        "listed_names",
    },
    "_import_text": {"TYPE_CHECKING_BLOCK", "constants_first", "header_of"},
    "_imports": {"ImportedName", "code_statements", "file_of_import", "statements_in"},
    "_lexer": {
        "CLOSERS",
        "CODE",
        "LexState",
        "OPENERS",
        "Opening",
        "Regions",
        "Scanner",
        "Token",
        "indent_width",
        "kind_on_line",
        "leading_space",
        "regions_of",
        "scanner_of",
    },
    "_line_definitions": {"parameters_of", "defined_by", "declared_by"},
    "_literals": {"Literal"},
    "_modules": {"FileIndex", "ModuleNaming", "ROOT_FOLDER", "stem_of_module", "stem_of_path"},
    "_parsing": {"grammar_of", "parse", "parse_patiently", "parser_of"},
    "_project": {"Project"},
    "_source_file": {"SourceFile"},
    "_symbols": {"Definition", "FileSymbols", "definitions_in", "file_symbols", "imports_in"},
    "_trees": {"TreeStore", "edited", "syntax_errors"},
}


def __getattr__(name: str) -> Any:
    """Import what analyses code when it is first asked for: the server answers `initialize` without it."""
    if name == "LANGUAGES":
        return all_languages()
    module = next((module for module, names in _ANALYSIS.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return value
