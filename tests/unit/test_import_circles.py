"""No module needs another that needs it back, for its types neither: each can be read and changed by itself."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules() -> dict[str, Path]:
    """Return every module of the product by its dotted name; a package is named by its folder."""
    found: dict[str, Path] = {}
    for path in ROOT.glob("*/segue_*/**/*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts[1:]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules that one imports anywhere: at its head, inside functions, for type checkers."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & known.keys()
            found |= submodules
            if len(submodules) < len(node.names):
                found.add(node.module)
    return found - {name}


def first_circle(graph: dict[str, set[str]]) -> str:
    """Return one circle as `a → b → a`, "" when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " → ".join(error.args[1])
    return ""


def test_no_modules_import_each_other() -> None:
    known = modules()
    assert len(known) > 200
    graph = {name: imports_of(name, path, known) for name, path in known.items()}
    assert not first_circle(graph)


def test_a_circle_is_named() -> None:
    assert first_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}).count("→") == 3
    assert not first_circle({"a": {"b"}, "b": set()})
