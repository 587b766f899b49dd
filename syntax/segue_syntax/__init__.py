"""Text snapshots and positions, the language registry, and tree-sitter parsing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from segue_syntax._documentation import Documentation
from segue_syntax._encoding import PositionEncoding, column_from_units, units_from_column
from segue_syntax._keywords import BEFORE_USES, KEYWORDS, NO_HEADS
from segue_syntax._language import Blocks, Language
from segue_syntax._private_folder import private_folder
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
    "private_folder",
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
    "SourceFile": "segue_syntax._source_file",
    "parameters_of": "segue_syntax._line_definitions",
    "defined_by": "segue_syntax._line_definitions",
    "declared_by": "segue_syntax._line_definitions",
    "CLOSERS": "segue_syntax._lexer",
    "CODE": "segue_syntax._lexer",
    "Definition": "segue_syntax._symbols",
    "FileImports": "segue_syntax._import_syntax",
    "FileIndex": "segue_syntax._modules",
    "FileSymbols": "segue_syntax._symbols",
    "ImportStatement": "segue_syntax._import_syntax",
    "ImportSyntax": "segue_syntax._import_syntax",
    "ImportedName": "segue_syntax._imports",
    "LexState": "segue_syntax._lexer",
    "Literal": "segue_syntax._literals",
    "ModuleKind": "segue_syntax._import_syntax",
    "ModuleNaming": "segue_syntax._modules",
    "NewImport": "segue_syntax._import_syntax",
    "OPENERS": "segue_syntax._lexer",
    "Opening": "segue_syntax._lexer",
    "Project": "segue_syntax._project",
    "ROOT_FOLDER": "segue_syntax._modules",
    "Regions": "segue_syntax._lexer",
    "Scanner": "segue_syntax._lexer",
    "TYPE_CHECKING_BLOCK": "segue_syntax._import_text",
    "Token": "segue_syntax._lexer",
    "TreeStore": "segue_syntax._trees",
    "code_statements": "segue_syntax._imports",
    "constants_first": "segue_syntax._import_text",
    "definitions_in": "segue_syntax._symbols",
    "edited": "segue_syntax._trees",
    "file_of_import": "segue_syntax._imports",
    "file_symbols": "segue_syntax._symbols",
    "grammar_of": "segue_syntax._parsing",
    "header_of": "segue_syntax._import_text",
    "imports_in": "segue_syntax._symbols",
    "indent_width": "segue_syntax._lexer",
    "is_too_deep": "segue_syntax._guard",
    "kind_on_line": "segue_syntax._lexer",
    "leading_space": "segue_syntax._lexer",
    "listed_names": "segue_syntax._import_syntax",
    "parse": "segue_syntax._parsing",
    "parse_patiently": "segue_syntax._parsing",
    "parser_of": "segue_syntax._parsing",
    "parsing_protected": "segue_syntax._guard",
    "protect_parsing": "segue_syntax._guard",
    "regions_of": "segue_syntax._lexer",
    "scanner_of": "segue_syntax._lexer",
    "statements_in": "segue_syntax._imports",
    "stem_of_module": "segue_syntax._modules",
    "stem_of_path": "segue_syntax._modules",
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
