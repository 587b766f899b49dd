"""What a JavaScript or TypeScript project says of its modules: ``tsconfig.json``, ``deno.json`` and ``package.json``."""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from segue_syntax._project import folders_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._project import Project

_CONFIGS = ("tsconfig.json", "jsconfig.json", "tsconfig.app.json", "tsconfig.base.json")
_DENO = ("deno.json", "deno.jsonc")
_OTHER_CONFIGS = (
    *(".babelrc", ".babelrc.json", "babel.config.json", "babel.config.js"),
    *("vite.config.ts", "vite.config.js", "vite.config.mjs", "package.json"),
)
_FACTORY = re.compile(
    r"""\b(?:jsxFactory|jsxFragmentFactory|jsxFragment|pragma|pragmaFrag)["']?\s*:\s*["']([\w$]+)"""
)
_STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])')
_MAX_EXTENDED = 5
_MAX_CHARACTERS = 200_000


@lru_cache(maxsize=128)
def _parsed(text: str) -> Any:
    if len(text) > _MAX_CHARACTERS:
        return None
    bare = _STRING_OR_COMMENT.sub(lambda match: match[1] or "", text)
    try:
        return json.loads(_STRING_OR_COMMA.sub(lambda match: match[1] or "", bare))
    except (ValueError, RecursionError):
        return None


def _settings(project: Project, path: str) -> dict[str, Any]:
    found = _parsed(project.text(path))
    return found if isinstance(found, dict) else {}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def aliases(project: Project, path: str) -> Iterator[tuple[str, str]]:
    """Yield the patterns of module names that hold for the file at `path`, with what of the workspace they stand for.

    A ``*`` in a pattern is the one in its target, as in ``@/*`` for ``src/*``.
    """
    for folder in folders_above(path):
        found = [pair for name in _CONFIGS for pair in _paths(project, posixpath.join(folder, name))]
        yield from found
        if found:
            break
    for names, hashed in ((_DENO, False), (("package.json",), True)):
        config = project.nearest(path, *names)
        for pattern, targets in _table(_settings(project, config).get("imports")).items():
            target = targets.get("default") if isinstance(targets, dict) else targets
            if isinstance(target, str) and target.startswith("./") and pattern.startswith("#") >= hashed:
                star = "*" if pattern.endswith("/") else ""
                yield pattern + star, _inside(posixpath.dirname(config), target + star)


def _paths(project: Project, config: str) -> Iterator[tuple[str, str]]:
    for _ in range(_MAX_EXTENDED):
        settings = _settings(project, config)
        options = _table(settings.get("compilerOptions"))
        base = options.get("baseUrl")
        folder = _inside(posixpath.dirname(config), base if isinstance(base, str) else ".")
        paths = _table(options.get("paths"))
        for pattern, targets in paths.items():
            for target in targets if isinstance(targets, list) else ():
                if isinstance(target, str):
                    yield pattern, _inside(folder, target)
        if isinstance(base, str):
            yield "*", _inside(folder, "*")
        extended = settings.get("extends")
        if paths or not isinstance(extended, str) or not extended.startswith("."):
            return
        config = _inside(posixpath.dirname(config), extended)
        config += "" if config.endswith(".json") else ".json"


def _inside(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


def suffix_style(project: Project, path: str) -> str:
    """Return how relative modules are written: ``real`` with a file's suffix, ``js`` with the compiled file's, or ""."""
    if project.nearest(path, *_DENO):
        return "real"
    if path.endswith((".mjs", ".mts")):
        return "js"
    options = _table(_settings(project, project.nearest(path, "tsconfig.json")).get("compilerOptions"))
    kinds = {str(options.get(key, "")).lower() for key in ("module", "moduleResolution")}
    package = _settings(project, project.nearest(path, "package.json"))
    return "js" if kinds & {"node16", "nodenext"} and package.get("type") == "module" else ""


def jsx_names(project: Project, path: str) -> frozenset[str]:
    """Return the names that tags call, by the nearest settings of the compiler that name any."""
    for folder in folders_above(path):
        for name in (*_CONFIGS, *_DENO, *_OTHER_CONFIGS):
            found = frozenset(_FACTORY.findall(project.text(posixpath.join(folder, name))))
            if found:
                return found
    return frozenset({"React"})


def package_of(project: Project, path: str) -> tuple[str, str]:
    """Return the folder of the package that a file belongs to, and its name ("" when it has none)."""
    manifest = project.nearest(path, "package.json")
    name = _settings(project, manifest).get("name")
    return posixpath.dirname(manifest), name if isinstance(name, str) else ""
