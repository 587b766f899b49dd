"""Tree-sitter parsers, loaded when a language is first parsed.

Parsers are not safe to share between threads, grammars are: each thread gets its own parser of a grammar.
"""

from __future__ import annotations

import importlib
import math
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from segue_syntax._budget import ParseBudget
from segue_syntax._guard import current_guard
from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from typing import Self

    from tree_sitter import Language as Grammar
    from tree_sitter import Parser, Tree

_CHUNK = 1 << 12  # texts are read in pieces: between two of them, other threads may run
_local = threading.local()


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
    """Parse `source` (text, or its UTF-8 bytes) and return its tree, or None without a grammar that copes with it.

    `old_tree`, already told of the edit by `Tree.edit`, makes the parse incremental. A text that would take more time
    or memory than its size allows, or that the guard of this process does not admit, has no tree.
    """
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return parse_patiently(data, language_id, old_tree)


def parse_patiently(
    data: bytes, language_id: str, old_tree: Tree | None = None, *, patience: int | None = None
) -> Tree | None:
    """Parse `data`, but give up (None) once `patience` progress steps in a row of errors have passed.

    Recovering from an error that nothing repairs costs many times a clean parse. A step is about a hundred
    operations of the parser, so that the outcome depends on the text alone and not on the clock.
    """
    parser = parser_of(language_id)
    code = language_of(language_id).code
    if code is not None:
        data, old_tree = code(data), None  # what is blank may be so elsewhere now
    guard = current_guard()
    if parser is None or not guard.admits(data, language_id):
        return None
    with guard.parsing(data, language_id):
        budget = ParseBudget(len(data), math.inf if patience is None else patience)
        return parse_within(parser, data, old_tree, budget)


def parse_within(parser: Parser, data: bytes, old_tree: Tree | None, budget: ParseBudget) -> Tree | None:
    """Parse piece by piece until done, until the budget is spent, or until a parser that runs in circles is found out."""
    read = _Pieces(data)
    most_read = 500 + 64 * (len(data) // _CHUNK + 1)

    def stop(_offset: int, has_error: bool) -> bool:  # noqa: FBT001 - the parser calls it
        return budget.is_spent(has_error=has_error) or read.count > most_read

    try:
        with read:
            if old_tree is not None:
                return parser.parse(read, old_tree, progress_callback=stop)
            return parser.parse(read, progress_callback=stop)
    except BaseException as error:
        parser.reset()  # else it would go on with this text when it is given the next
        if isinstance(error, ValueError):
            return None
        raise


class _Pieces:
    """Gives the parser a text piece by piece, and later the tree's nodes theirs.

    The binding never releases what it is given while it parses (seen in tree-sitter 0.26.1). So while parsing, inside
    `with`, every piece is a view of one buffer of the thread, which the parser reads before it asks for the next.
    Afterwards nodes, and the predicates of queries, ask for their text from any thread: those pieces are copies. The
    binding reads a piece after it has released it, so the last one given is kept.
    """

    def __init__(self, data: bytes) -> None:
        self.count = 0
        self._data = data
        self._last = b""
        self._views: dict[int, memoryview] | None = None

    def __enter__(self) -> Self:
        views: dict[int, memoryview] | None = getattr(_local, "views", None)
        if views is None:
            views = _local.views = {_CHUNK: memoryview(bytearray(_CHUNK))}
        self._views = views
        return self

    def __exit__(self, *_: object) -> None:
        self._views = None

    def __call__(self, offset: int, _point: object) -> bytes | memoryview:
        """Return the text from a byte on, up to a piece of it."""
        self.count += 1
        piece = self._data[offset : offset + _CHUNK]
        views, size = self._views, len(piece)
        if views is None:
            self._last = piece
            return piece
        whole = views[_CHUNK]
        whole[:size] = piece
        if size not in views:
            views[size] = whole[:size]
        return views[size]
