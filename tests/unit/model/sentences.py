"""The table of docs/model-servers.md: what a failure says, as the tests compare it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from segue_model import _errors

ROOT = Path(__file__).parents[3]
EMBEDDINGS = "### Embeddings and Zoekt"
PAGE = ROOT / "docs" / "model-servers.md"
_ERRORS = {name for name, value in vars(_errors).items() if isinstance(value, type)}


def rows() -> dict[str, str]:
    """Return the table of the page: reason by sentence."""
    return _table(_section().partition(EMBEDDINGS)[0])


def rows_of_embeddings() -> dict[str, str]:
    """Return the page's table of embeddings and Zoekt, which test_embeddings.py provokes."""
    return _table(_section().partition(EMBEDDINGS)[2])


def _section() -> str:
    return PAGE.read_text("utf-8").partition("## What a failure says")[2]


def _table(text: str) -> dict[str, str]:
    return {said: reason for reason, said in re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)}


def patterns_of_the_code() -> dict[str, str]:
    """Return a regular expression for each sentence that the model room can raise, with its place."""
    found = {}
    for path in sorted((ROOT / "model").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ERRORS:
                pattern = _pattern(node.args[0]) if node.args else None
                if pattern is not None:
                    found[re.sub(r"\\\(.*?\\\)", r"\\(.*\\)", pattern)] = f"{path.name}:{node.lineno}"
    return found


def _pattern(message: ast.expr) -> str | None:
    match message:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(_pattern(part) or ".*" for part in parts)
        case ast.Call(func=ast.Attribute(value=ast.JoinedStr() as inner)):
            return _pattern(inner)
        case _:
            return None
