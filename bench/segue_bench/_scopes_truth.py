"""What other tools say names refer to: Python's own compiler and jedi, and the TypeScript compiler."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shutil
import subprocess
import symtable
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SCRIPT = Path(__file__).parent / "_scopes_typescript.js"
_HEAD = re.compile(rb"(?:def|class)\s+")
_TYPESCRIPT = "typescript@5"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a tool says of the name at byte `start`: the bytes where it is declared in the file, none if it is not."""

    start: int
    declared: tuple[int, ...]
    member: bool


def python_names(text: str) -> list[Verdict]:
    """Return what Python's compiler says of the names of a module, by `ast` and `symtable`.

    Raises SyntaxError for a module of another version of Python.
    """
    return _PythonNames(text).verdicts


class _PythonNames(ast.NodeVisitor):
    """Follows the tree of a module and its symbol tables together."""

    def __init__(self, text: str) -> None:
        self._data = text.encode()
        self._starts = [0]
        for line in self._data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._uses: list[tuple[int, int, str]] = []  # byte, number of the owning table or -1, name
        self._bound: dict[tuple[int, str], list[int]] = {}
        self._numbers: dict[int, int] = {}
        self._stack = [symtable.symtable(text, "m", "exec")]
        self._children = [deque(self._stack[0].get_children())]
        self.visit(ast.parse(text))
        self.verdicts = [
            Verdict(start, tuple(self._bound.get((owner, name), ())), member=False)
            for start, owner, name in self._uses
        ]

    def _declare(self, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Note the name of a function or class."""
        head = _HEAD.search(self._data, self._starts[node.lineno - 1])
        if head:
            self._bound.setdefault((self._owner(name), name), []).append(head.end())

    def visit_alias(self, node: ast.alias) -> None:
        name = node.asname or node.name.split(".")[0]
        if node.asname:
            start = self._end(node) - len(name.encode())
        else:
            start = self._starts[node.lineno - 1] + node.col_offset
        self._bound.setdefault((self._owner(name), name), []).append(start)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name and node.type is not None:
            as_ = self._end(node.type)
            start = self._data.find(node.name.encode(), self._data.find(b"as", as_) + 2)
            self._bound.setdefault((self._owner(node.name), node.name), []).append(start)
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if not isinstance(part, ast.pattern):
                    continue
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if name:
                    end = self._end(part)
                    start = self._data.rfind(name.encode(), 0, end)
                    self._bound.setdefault((self._owner(name), name), []).append(start)
        self.generic_visit(node)

    def _end(self, node: ast.expr | ast.pattern | ast.alias) -> int:
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def _byte(self, node: ast.expr | ast.arg) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _note(self, name: str, start: int, *, binds: bool) -> None:
        owner = self._owner(name)
        self._uses.append((start, owner, name))
        if binds:
            self._bound.setdefault((owner, name), []).append(start)

    def _owner(self, name: str) -> int:
        """Return the table that binds a name used in the innermost one; the module's where nothing does."""
        tables = [table for table in self._stack if table is self._stack[-1] or table.get_type() != "class"]
        current = self._stack[-1]
        try:
            symbol = current.lookup(name)
        except KeyError:  # an annotation that is not evaluated
            return self._enclosing(name, tables)
        if symbol.is_global():
            return self._stack[0].get_id()
        if symbol.is_free():
            return self._enclosing(name, tables[:-1])
        return current.get_id()

    def _enclosing(self, name: str, tables: Sequence[symtable.SymbolTable]) -> int:
        for table in reversed(tables):
            try:
                if table.lookup(name).is_local():
                    return table.get_id()
            except KeyError:
                continue
        return self._stack[0].get_id()

    def _enter(self, name: str, parts: Sequence[ast.AST]) -> None:
        children = self._children[-1]
        for position, table in enumerate(children):
            if table.get_name() == name:
                del children[position]
                break
        else:
            return
        self._stack.append(table)
        self._children.append(deque(table.get_children()))
        for part in parts:
            self.visit(part)
        self._stack.pop()
        self._children.pop()

    def visit_Name(self, node: ast.Name) -> None:
        self._note(node.id, self._byte(node), binds=not isinstance(node.ctx, ast.Load))

    def visit_arg(self, node: ast.arg) -> None:
        self._note(node.arg, self._byte(node), binds=True)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._declare(node.name, node)
        for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        arguments += [one for one in (node.args.vararg, node.args.kwarg) if one is not None]
        for one in arguments:
            if one.annotation is not None:
                self.visit(one.annotation)
        if node.returns is not None:
            self.visit(node.returns)
        self._enter(node.name, [*arguments, *node.body])

    visit_FunctionDef = _function  # noqa: N815 - the name that ast.NodeVisitor calls
    visit_AsyncFunctionDef = _function  # noqa: N815 - the name that ast.NodeVisitor calls

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        arguments += [one for one in (node.args.vararg, node.args.kwarg) if one is not None]
        self._enter("lambda", [*arguments, node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._declare(node.name, node)
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._enter(node.name, node.body)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        names = {
            ast.ListComp: "listcomp",
            ast.SetComp: "setcomp",
            ast.GeneratorExp: "genexpr",
            ast.DictComp: "dictcomp",
        }
        self._enter(names[type(node)], [first.target, *first.ifs, *others, *made])

    visit_ListComp = _comprehension  # noqa: N815 - the name that ast.NodeVisitor calls
    visit_SetComp = _comprehension  # noqa: N815 - the name that ast.NodeVisitor calls
    visit_GeneratorExp = _comprehension  # noqa: N815 - the name that ast.NodeVisitor calls
    visit_DictComp = _comprehension  # noqa: N815 - the name that ast.NodeVisitor calls


def python_members(text: str, path: str, places: Sequence[tuple[int, int, int]]) -> Iterator[Verdict] | None:
    """Yield what jedi says of the attributes at (byte, 0-based line, column), or None where jedi is not installed."""
    try:
        jedi: Any = importlib.import_module("jedi")
    except ImportError:
        return None

    def say() -> Iterator[Verdict]:
        script = jedi.Script(text, path=path)
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line.encode()) + 1)
        for start, row, column in places:
            try:
                found = script.goto(row + 1, column)
            except Exception:  # noqa: BLE001, S112 - jedi fails in many ways
                continue
            declared = tuple(
                starts[one.line - 1] + len(lines[one.line - 1][: one.column].encode())
                for one in found
                if one.line and str(one.module_path) == path
            )
            yield Verdict(start, declared, member=True)

    return say()


def typescript_names(paths: Sequence[Path], cache: Path) -> dict[Path, list[Verdict]] | str:
    """Return what the TypeScript compiler says of the names of each file alone, or why it cannot be asked.

    The npm package is installed into `cache` when it is not there yet.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        return "Node.js is not installed"
    package = cache / "node_modules" / "typescript"
    if not package.exists():
        if npm is None:
            return "npm is not installed"
        cache.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [npm, "install", _TYPESCRIPT, "--no-audit", "--no-fund", "--prefix", str(cache)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return f"npm cannot install {_TYPESCRIPT}: {done.stderr.strip()[-200:]}"
    names = "\n".join(map(str, paths))
    done = subprocess.run(
        [node, str(_SCRIPT), str(package)], input=names, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"the TypeScript compiler failed: {done.stderr.strip()[-200:]}"
    answers = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        path = Path(answer["path"])
        byte = _byte_of_unit(path.read_text("utf-8"))
        answers[path] = [
            Verdict(byte[at], tuple(byte[one] for one in declared), member)
            for at, declared, member in answer["names"]
        ]
    return answers


def _byte_of_unit(text: str) -> Sequence[int]:
    """Return the byte of each UTF-16 unit of `text`."""
    if text.isascii():
        return range(len(text) + 1)
    table, at = [], 0
    for character in text:
        size = len(character.encode("utf-8", "surrogatepass"))
        table += [at] * (1 + (ord(character) > 0xFFFF))
        at += size
    return [*table, at]
