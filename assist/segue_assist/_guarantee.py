"""The guarantee: a comment action cannot change the code.

Two texts have the same code when their syntax trees are equal once comments and docstrings are left out. Leaves
count with their text, inner nodes with their type and nesting, and everything whose spacing matters (strings,
heredocs, templates, regular expressions, character data) counts with its whole text.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_syntax import language_of, parse, syntax_errors

if TYPE_CHECKING:
    from tree_sitter import Node

    from segue_syntax import SourceFile

_VERBATIM_MARKS = (
    "string",
    "heredoc",
    "regex",
    "char_lit",
    "character",
    "preproc_arg",
    "scalar",
)
_PYTHON_SCOPES = frozenset({"module", "block"})


def code_digest(source: str, language_id: str) -> str | None:
    """Return a digest of the code of `source` without comments and docstrings; None without a grammar."""
    tree = parse(source, language_id)
    if tree is None:
        return None
    digest = hashlib.blake2b(digest_size=16)
    data = source.encode("utf-8", "surrogatepass")
    stack: list[Node | None] = [tree.root_node]
    while stack:
        node = stack.pop()
        if node is None:
            digest.update(b")")
            continue
        if is_comment(node) or is_docstring(node, language_id):
            continue
        kind = node.type.encode()
        if not node.child_count or _is_verbatim(node):
            text = data[node.start_byte : node.end_byte]
            if not text.strip() and not _is_verbatim(node):
                if node.is_missing:
                    digest.update(b"(missing " + kind + b")")
                continue  # line ends that separate statements: the nesting already tells where those are
            digest.update(b"(%b %d " % (kind, len(text)) + text + b")")
            continue
        digest.update(b"(" + kind)
        digest.update(_gaps(node, data))
        stack.append(None)
        stack.extend(reversed(node.children))
    return digest.hexdigest()


def same_code(before: str, after: str, language_id: str) -> bool:
    """Return whether `after` is `before` but for comments, docstrings and the spacing around them.

    Without a grammar the answer is False: what cannot be checked is not promised. Python is checked twice, by its
    own parser as well, when that accepts the text.
    """
    expected = _digest_before(before, language_id)
    if expected is None or expected != code_digest(after, language_id):
        return False
    if language_id != "python":
        return True
    return _python_before(before) == _python_digest(after)


def parses_no_worse(before: SourceFile, after: SourceFile) -> bool:
    """Return whether `after` has no more syntax errors than `before`, which has a tree.

    Python's own parser is asked as well: what it accepted, it must accept still.
    """
    if before.tree is None or after.tree is None or syntax_errors(after.tree) > syntax_errors(before.tree):
        return False
    return (
        before.language_id != "python"
        or _python_before(before.text) is None
        or _python_digest(after.text) is not None
    )


def is_comment(node: Node) -> bool:
    """Return whether `node` is a comment in any of the grammars."""
    return "comment" in node.type


def is_docstring(node: Node, language_id: str) -> bool:
    """Return whether `node` is a Python docstring: the plain string that opens a module, class or function."""
    if (
        not language_of(language_id).documentation.docstring
        or node.type != "expression_statement"
        or node.named_child_count != 1
    ):
        return False
    value = node.named_children[0]
    if value.type not in {"string", "concatenated_string"} or not _is_plain_string(value):
        return False
    parent = node.parent
    if parent is None or parent.type not in _PYTHON_SCOPES:
        return False
    if parent.type == "block":
        owner = parent.parent
        if owner is None or owner.type not in {"function_definition", "class_definition"}:
            return False
    first = next((child for child in parent.named_children if child.type != "comment"), None)
    return first is not None and first.id == node.id


def _is_plain_string(value: Node) -> bool:
    parts = value.named_children if value.type == "concatenated_string" else [value]
    for part in parts:
        text = part.text or b""
        prefix = text[: len(text) - len(text.lstrip(b"rRuUbBfFtT"))].lower()
        if b"b" in prefix or b"f" in prefix or b"t" in prefix:
            return False
    return True


def _is_verbatim(node: Node) -> bool:
    kind = node.type
    if kind.endswith(("_statement", "_declaration")):
        return False
    return kind.endswith("text") or any(mark in kind for mark in _VERBATIM_MARKS)


def _gaps(node: Node, data: bytes) -> bytes:
    """Return what stands between the children of `node` and is no node itself, without spacing."""
    gaps = []
    end = node.start_byte
    for child in node.children:
        gap = data[end : child.start_byte].strip()
        if gap:
            gaps.append(gap)
        end = max(end, child.end_byte)
    rest = data[end : node.end_byte].strip()
    return b"|".join([*gaps, rest]) if gaps or rest else b""


@lru_cache(maxsize=2)
def _digest_before(source: str, language_id: str) -> str | None:
    return code_digest(source, language_id)


@lru_cache(maxsize=2)
def _python_before(source: str) -> bytes | None:
    return _python_digest(source)


def _python_digest(source: str) -> bytes | None:
    """Return a digest of the tree of Python's own parser without docstrings, or None when it rejects the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return hashlib.blake2b(ast.dump(tree).encode("utf-8", "surrogatepass"), digest_size=16).digest()
