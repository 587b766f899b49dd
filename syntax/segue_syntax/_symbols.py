"""Definitions and imports of a file, from tree-sitter queries kept in ``queries/*.scm``.

A query file names whole definitions ``@definition.KIND``, their ``@name`` and, where there is one, their
``@body``. ``@scope``/``@scope.name`` is a container that defines nothing itself (an ``impl`` block),
``@container.text`` a container named in the definition's own head (a Go receiver, a C++ ``Class::``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from segue_syntax._doc_lines import doc_line
from segue_syntax._imports import ImportedName, parse_import
from segue_syntax._parsing import grammar_of, parse
from segue_syntax._registry import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Query, Tree

SIGNATURE_CHARS = 240
_WIDE_ERROR = 3_000
_CHUNK_BYTES = 32_768  # queries hold the interpreter lock: this is about 2 ms of it
_WEAK = frozenset({"variable", "type", "field"})
_TYPE_LIKE = frozenset({"class", "interface", "enum", "struct", "trait", "type", "scope"})
_METHOD_OWNERS = _TYPE_LIKE - {"type"}
_CONTAINERS = _TYPE_LIKE | {"module", "function", "method", "constant"}
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_LONE_CR = re.compile(rb"\r(?!\n)")
_HEAD_WORDS = re.compile(rb"[\s\w]*\Z")
_LINE_COMMENT = re.compile(r"\s//[^\n]*\n|\s#\s[^\n]*\n")  # inside a head of several lines
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition: lines `line`..`end_line` (0-based, exclusive) hold it whole, without its comments.

    `kind` is one of function, method, class, interface, enum, struct, trait, type, constant, variable, field,
    module, macro. Its name stands at `name_line`, `column` (code points). `signature` is its head as written,
    on one line; `container` names the definition around it; `doc` is the first line of its documentation.
    """

    name: str
    kind: str
    line: int
    end_line: int
    name_line: int
    column: int
    signature: str
    container: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class FileSymbols:
    """What one file defines and imports; `package` is the name it declares for its package or namespace."""

    definitions: tuple[Definition, ...] = ()
    imports: tuple[ImportedName, ...] = ()
    package: str = ""


@dataclass(slots=True)
class _Found:
    kind: str
    node: Node
    name: Node
    body: Node | None
    container: str


@cache
def symbol_query(language_id: str) -> Query | None:
    """Return the compiled symbol query of a language, or None when Segue has none for it."""
    names = language_of(language_id).queries
    grammar = grammar_of(language_id) if names else None
    if grammar is None:
        return None
    from tree_sitter import Query as TreeSitterQuery

    folder = files("segue_syntax") / "queries"
    return TreeSitterQuery(grammar, "\n".join((folder / f"{name}.scm").read_text("utf-8") for name in names))


def file_symbols(source: str | bytes, language_id: str, tree: Tree | None = None) -> FileSymbols:
    """Return the definitions (in the order of their names) and imports of `source`.

    `tree` is the parse of exactly this source when the caller has one. A language without a query, or text
    that does not parse, gives what can be found, at worst nothing.
    """
    query = symbol_query(language_id)
    if query is None:
        return FileSymbols()
    data = source_bytes(source)
    if tree is None:
        tree = parse(data, language_id)
    if tree is None:
        return FileSymbols()
    language = language_of(language_id).id
    found: dict[int, _Found] = {}
    scopes: list[tuple[int, int, str, str]] = []
    imports: dict[int, Node] = {}
    package = ""
    for match in _matches(query, tree.root_node, len(data)):
        if "import" in match:
            for node in match["import"]:
                imports[node.start_byte] = node
            continue
        if "scope" in match:
            scopes.append(_scope_of(data, match["scope"][0], match["scope.name"][0]))
            continue
        if "package" in match:
            package = package or _text(data, match["name"][0])
            continue
        for candidate in _candidates(data, match):
            known = found.get(candidate.name.start_byte)
            if known is None or (known.kind in _WEAK and candidate.kind not in _WEAK):
                found[candidate.name.start_byte] = candidate
    definitions = _assemble(data, language, found, scopes)
    names = (
        name
        for start in sorted(imports)
        for name in parse_import(language, _text(data, imports[start]), imports[start].start_point.row)
    )
    return FileSymbols(tuple(definitions), tuple(names), package)


def definitions_in(source: str | bytes, language_id: str, tree: Tree | None = None) -> list[Definition]:
    """Return the definitions of `source` in the order of their names; see `file_symbols`."""
    return list(file_symbols(source, language_id, tree).definitions)


def imports_in(source: str | bytes, language_id: str, tree: Tree | None = None) -> list[ImportedName]:
    """Return what `source` imports, in order; see `file_symbols`."""
    return list(file_symbols(source, language_id, tree).imports)


def source_bytes(source: str | bytes) -> bytes:
    """Return UTF-8 bytes in which every line ends in LF or CRLF, as tree-sitter counts lines."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return _LONE_CR.sub(b"\n", data) if b"\r" in data else data


def _matches(query: Query, root: Node, length: int) -> Iterator[dict[str, list[Node]]]:
    from tree_sitter import QueryCursor

    if _has_wide_error(root):
        return
    for start in range(0, max(length, 1), _CHUNK_BYTES):
        cursor = QueryCursor(query)
        if length > _CHUNK_BYTES:
            cursor.set_byte_range(start, min(start + _CHUNK_BYTES, length))
        for _, captures in cursor.matches(root):
            yield captures


def _has_wide_error(root: Node) -> bool:
    """Return whether an error has so many children that a query, which takes their number squared, would not end.

    A query cannot be interrupted: the binding crashes when its progress callback is used (tree-sitter 0.26.1).
    """
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error and node.child_count > _WIDE_ERROR:
            return True
        if node.has_error:
            pending.extend(child for child in node.children if child.has_error)
    return False


def _candidates(data: bytes, match: dict[str, list[Node]]) -> Iterator[_Found]:
    kind = next((name for name in match if name.startswith("definition.")), "")
    if not kind:
        return
    nodes, names = match[kind], match.get("name", [])
    bodies = match.get("body")
    container = _type_name(_text(data, match["container.text"][0])) if "container.text" in match else ""
    for name in names:
        yield _Found(kind[11:], nodes[0], name, bodies[0] if bodies else None, container)


def _assemble(
    data: bytes, language: str, found: dict[int, _Found], scopes: list[tuple[int, int, str, str]]
) -> Iterator[Definition]:
    lines = data.split(b"\n")
    spans = sorted(
        scopes
        + [
            (item.node.start_byte, -item.node.end_byte, item.kind, _text(data, item.name))
            for item in found.values()
            if item.kind in _CONTAINERS
        ]
    )
    seen_fields: set[tuple[str, str]] = set()
    stack: list[tuple[int, str, str]] = []
    following, documented = 0, -1
    for item in sorted(found.values(), key=lambda item: (item.node.start_byte, item.name.start_byte)):
        start, end = item.node.start_byte, item.node.end_byte
        while following < len(spans) and spans[following][0] <= start:
            span_start, minus_end, kind, name = spans[following]
            following += 1
            while stack and stack[-1][0] <= span_start:
                stack.pop()
            stack.append((-minus_end, kind, name))
        while stack and stack[-1][0] <= start:
            stack.pop()
        written = _text(data, item.name)
        name = written.strip("'\":@")
        if not name or len(name) > 200:
            continue
        kind, container = _place(
            item, name, end, stack, modules_own=language_of(language).modules_own_methods
        )
        if kind == "field":
            if (container, name) in seen_fields:
                continue
            seen_fields.add((container, name))
        name_row, name_column = item.name.start_point
        line = item.node.start_point.row
        end_row, end_column = item.node.end_point
        doc = ""
        if line != documented:  # of several definitions that start on a line, the outermost has the comment
            doc = doc_line(language, lines, line, data, item.body.start_byte if item.body else -1)
            documented = line
        yield Definition(
            name,
            kind,
            line,
            max(end_row + (end_column > 0), name_row + 1),
            name_row,
            _column(data, item.name, name_column) + written.find(name),
            _signature(data, item),
            container,
            doc,
        )


def _place(
    item: _Found, name: str, end: int, stack: list[tuple[int, str, str]], *, modules_own: bool
) -> tuple[str, str]:
    """Return the final kind and the container of a definition, given the containers open around it."""
    around = [(kind, label) for stop, kind, label in stack if not (stop == end and label == name)]
    kind, container = item.kind, item.container
    if kind == "field":
        around = [entry for entry in around if entry[0] not in {"function", "method"}]
    if not container and around:
        outer_kind, container = around[-1]
        if outer_kind == "type" and kind in {"struct", "enum"}:
            container = ""  # typedef struct name {...} alias
        if kind == "function" and (outer_kind in _METHOD_OWNERS or (modules_own and outer_kind == "module")):
            kind = "method"
    elif container and kind == "function":
        container = "" if container in {"exports", "module"} else container
        kind = "method" if container else kind
    if kind == "variable" and name.isupper():
        kind = "constant"
    return kind, container


def _scope_of(data: bytes, node: Node, name: Node) -> tuple[int, int, str, str]:
    return node.start_byte, -node.end_byte, "scope", _type_name(_text(data, name))


def _type_name(text: str) -> str:
    """Return the bare name in a written type: ``*pkg.Stack[T]`` is Stack, ``Foo.prototype`` is Foo."""
    names = _IDENTIFIER.findall(re.split(r"[<\[]", text.removesuffix(".prototype"), maxsplit=1)[0])
    return names[-1] if names else ""


def _signature(data: bytes, item: _Found) -> str:
    start = item.node.start_byte
    line_start = data.rfind(b"\n", 0, start) + 1
    if _HEAD_WORDS.match(data, line_start, start):
        start = line_start  # keywords that stand before the node: export const, type, static
    if item.body is not None and item.body.start_byte > item.name.start_byte:
        head = data[start : min(item.body.start_byte, start + 4 * SIGNATURE_CHARS)]
    else:
        stop = data.find(b"\n", item.name.end_byte, item.node.end_byte)
        head = data[start : min(item.node.end_byte if stop < 0 else stop, start + 4 * SIGNATURE_CHARS)]
    text = _SPACE.sub(" ", _LINE_COMMENT.sub("\n", head.decode("utf-8", "replace"))).strip()
    return text[:SIGNATURE_CHARS].removesuffix("=>").rstrip(" {:=")


def _column(data: bytes, node: Node, byte_column: int) -> int:
    start = node.start_byte
    return len(data[start - byte_column : start].decode("utf-8", "replace"))


def _text(data: bytes, node: Node) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
