"""Tree-sitter parsers, loaded when a language is first parsed.

Parsers are not safe to share between threads, grammars are: each thread gets its own parser of a grammar.
"""

from __future__ import annotations

import importlib
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from segue_syntax._languages import language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Language as Grammar
    from tree_sitter import Parser, Tree

_CHUNK = 1 << 12
_local = threading.local()
_AT_ONCE_BYTES = 32_768  # about 5 ms of parsing, for which the interpreter lock is held
_PIECE_BYTES = 4_096  # longer texts are read in pieces: between two of them, other threads may run


@cache
def grammar_of(language_id: str) -> Grammar | None:
    """Return the grammar of a language, from its own wheel or the optional language pack, or None."""
    from tree_sitter import Language as TreeSitterLanguage

    language = language_of(language_id)
    if language.grammar:
        package, function = language.grammar.split(":")
        try:
            module = importlib.import_module(package)
        except ImportError:
            return None
        return TreeSitterLanguage(getattr(module, function)())
    try:
        pack: Any = importlib.import_module("tree_sitter_language_pack")
        grammar: Grammar = pack.get_language(language.id)
    except (ImportError, LookupError):
        return None
    return grammar


def parser_of(language_id: str) -> Parser | None:
    """Return this thread's parser of a language, or None when it has no grammar."""
    parsers: dict[str, Parser] | None = getattr(_local, "parsers", None)
    if parsers is None:
        parsers = _local.parsers = {}
    if language_id not in parsers:
        from tree_sitter import Parser as TreeSitterParser

        grammar = grammar_of(language_id)
        if grammar is None:
            return None
        parsers[language_id] = TreeSitterParser(grammar)
    return parsers[language_id]


def parse(source: str | bytes, language_id: str, old_tree: Tree | None = None) -> Tree | None:
    """Parse `source` (text, or its UTF-8 bytes) and return its tree, or None without a grammar.

    `old_tree`, already told of the edit by `Tree.edit`, makes the parse incremental.
    """
    parser = parser_of(language_id)
    if parser is None:
        return None
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) <= _AT_ONCE_BYTES:
        return parser.parse(data, old_tree) if old_tree is not None else parser.parse(data)

    def read(offset: int, _: object) -> bytes:
        return data[offset : offset + _PIECE_BYTES]

    return parser.parse(read, old_tree) if old_tree is not None else parser.parse(read)


def parse_patiently(
    data: bytes, language_id: str, old_tree: Tree | None = None, *, patience: int | None = None
) -> Tree | None:
    """Parse `data`, but give up (None) once `patience` progress steps in a row of errors have passed.

    Recovering from an error that nothing repairs costs many times a clean parse. A step is about a hundred
    operations of the parser, so that the outcome depends on the text alone and not on the clock. Never ask a node
    of the tree for its `text`: read it from `data`, since the tree does not own a copy.
    """
    parser = parser_of(language_id)
    if parser is None or patience is None:
        return parse(data, language_id, old_tree)
    steps = 0
    read = _reader(data)

    def give_up(_offset: int, has_error: bool) -> bool:  # noqa: FBT001 - the parser calls it
        nonlocal steps
        steps += has_error
        return steps > patience

    try:
        if old_tree is not None:
            return parser.parse(read, old_tree, progress_callback=give_up)
        return parser.parse(read, progress_callback=give_up)
    except ValueError:
        parser.reset()
        return None


def _reader(data: bytes) -> Callable[[int, object], memoryview]:
    """Return a function that gives the parser `data` piece by piece.

    The binding never releases what the function returns (seen in tree-sitter 0.26.1): so every piece is a view
    of one buffer of the thread, which the parser reads before it asks for the next.
    """
    pieces: dict[int, memoryview] | None = getattr(_local, "pieces", None)
    if pieces is None:
        pieces = _local.pieces = {_CHUNK: memoryview(bytearray(_CHUNK))}
    whole = pieces[_CHUNK]

    def read(offset: int, _point: object) -> memoryview:
        piece = data[offset : offset + _CHUNK]
        size = len(piece)
        whole[:size] = piece
        if size not in pieces:
            pieces[size] = whole[:size]
        return pieces[size]

    return read
