"""Modules by the names that import statements give them, and by the files that they are."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_next_edit._imports import JS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from segue_next_edit._imports import Statement

_JS_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".d.ts", ".vue", ".svelte")


def module_file(module: str, path: str, language_id: str, files: Container[str] = ()) -> str:
    """Return `module`, as `path` names it, as ``./`` and a path from the root without suffix; a foreign one as it is.

    Absolute modules of Python are told from foreign ones when `files` holds what they name.
    """
    if module.startswith("."):
        folder = posixpath.dirname(path)
        if language_id == "python":
            dots = len(module) - len(module.lstrip("."))
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            return "./" + posixpath.join(folder, module[dots:].replace(".", "/")).rstrip("/")
        return "./" + posixpath.normpath(posixpath.join(folder, module))
    if language_id == "python":
        inner = module.replace(".", "/")
        for root in ("", "src/"):
            if f"{root}{inner}.py" in files or f"{root}{inner}/__init__.py" in files:
                return f"./{root}{inner}"
    return module


def module_of(path: str, language_id: str) -> str:
    """Return the module that the file at `path` is, as `module_file` writes it."""
    stem = "./" + path.rsplit(".", 1)[0]
    return (
        stem.removesuffix("/__init__")
        if language_id == "python"
        else stem.removesuffix(".d").removesuffix("/index")
    )


def named_from(
    module: str, path: str, language_id: str, files: Container[str], statements: Sequence[Statement]
) -> str:
    """Return how `path`, whose imports are `statements`, names a module that `module_file` wrote."""
    if not module.startswith("./"):
        return module
    for statement in statements:
        if without_suffix(module_file(statement.module, path, language_id, files)) == module:
            return statement.module
    if language_id == "python":
        for statement in statements:
            inner = "/" + statement.module.replace(".", "/")
            found = module_file(statement.module, path, language_id, files)
            if (
                found.startswith("./")
                and found.endswith(inner)
                and module.startswith(found[: 1 - len(inner)])
            ):
                return module[len(found) + 1 - len(inner) :].replace("/", ".")
        root = _package_root(module[2:], files)
        mine = root == _package_root(path, files)
        relative = any(s.module.startswith(".") for s in statements)
        if not mine or not relative or module[2:] == root:
            return module[2 + len(posixpath.dirname(root)) :].strip("/").replace("/", ".")
    relative_path = posixpath.relpath(module[2:], posixpath.dirname(path) or ".")
    if language_id == "python":
        ups = relative_path.count("../") + (relative_path == "..")
        rest = relative_path.replace("../", "")
        return "." * (ups + 1) + ("" if rest in (".", "..") else rest.replace("/", "."))
    name = relative_path if relative_path.startswith(".") else "./" + relative_path
    own = [s.module for s in statements if s.module.startswith(".")]
    written = (
        re.search(r"\.[cm]?js\Z", own[0]) if own and all("." in m.rsplit("/", 1)[-1] for m in own) else None
    )
    return name + written[0] if written and not re.search(r"\.\w+\Z", posixpath.basename(name)) else name


def without_suffix(module: str) -> str:
    """Return a module of JavaScript or TypeScript without the suffix of its file."""
    return re.sub(r"\.[cm]?[jt]sx?\Z", "", module)


def _package_root(path: str, files: Container[str]) -> str:
    """Return the outermost folder around `path` that is a package of Python; the first folder when none is."""
    parts = path.split("/")
    start = next(
        (at for at in range(1, len(parts) + 1) if "/".join(parts[:at]) + "/__init__.py" in files), None
    )
    if start is None:
        return parts[0] if parts[0] != "src" else "/".join(parts[:2])
    return "/".join(parts[:start])


def default_export_near(name: str, path: str, language_id: str, files: Container[str]) -> str | None:
    """Return the module of a component of that name in the same folder, as `module_file` writes it."""
    if language_id not in JS or not name[:1].isupper():
        return None
    folder = posixpath.dirname(path)
    for suffix in _JS_SUFFIXES:
        beside = posixpath.join(folder, name + suffix)
        if beside != path and beside in files:
            kept = suffix if suffix in (".vue", ".svelte") else ""
            return "./" + posixpath.join(folder, name) + kept
    return None
