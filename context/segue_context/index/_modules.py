"""Which repository file an import comes from, for the ways of naming modules that languages have."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCRIPT_SUFFIXES = (
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".vue",
    ".svelte",
    ".json",
)
_INDEX_NAMES = tuple("index" + suffix for suffix in (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs"))
_C_SUFFIXES = frozenset({".h", ".hpp", ".hh", ".hxx", ".c", ".cc", ".cpp", ".cxx", ".inl", ".ipp"})
ROOT_FOLDER = "./"
_WORD = re.compile(r"\w+")


def stem_of_module(name: str, module: str) -> str:
    """Return the word by which an import is found again when files appear or vanish: its module's last one."""
    words = _WORD.findall(re.sub(r"\.(h|hpp|hh|hxx|c|cc|cpp|inl|js|jsx|ts|tsx|mjs|cjs|rb|d)$", "", module))
    return words[-1] if words else name


def stem_of_path(path: str) -> tuple[str, ...]:
    """Return the words by which imports may name the file at `path`: its own and that of its folder."""
    pure = PurePosixPath(path)
    return (pure.name.split(".")[0], *pure.parts[-2:-1])


class Resolver:
    """Finds the files that imports name, among the files of one workspace.

    `root_name` is the name of its folder, which many languages also use for the project's own package. A target that
    ends in a slash is a folder; `ROOT_FOLDER` is that of the workspace.
    """

    def __init__(self, paths: Iterable[str], root_name: str = "") -> None:
        self._root_name = re.sub(r"-v?\d[\w.]*$", "", root_name)
        self._paths: set[str] = set()
        self._named: dict[str, set[str]] = defaultdict(set)  # by name, and by folder and name
        self._folders: dict[str, set[str]] = defaultdict(set)
        self._folders_named: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        """Add a file."""
        self._paths.add(path)
        folder, _, name = path.rpartition("/")
        self._named[name].add(path)
        self._named[_tail(path)].add(path)
        self._folders[folder].add(path)
        self._folders_named[posixpath.basename(folder)].add(folder)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._paths.discard(path)
        folder, _, name = path.rpartition("/")
        self._named[name].discard(path)
        self._named[_tail(path)].discard(path)
        self._folders[folder].discard(path)

    def resolve(self, importer: str, name: str, module: str, language: str = "") -> str:
        """Return the file that `importer` gets `name` of `module` from, "" when none of the workspace."""
        language = language or language_of(path=importer).id
        folder = posixpath.dirname(importer)
        if language == "python":
            return self._python(importer, folder, name, module)
        if language.startswith(("javascript", "typescript")):
            return self._script(importer, folder, module)
        if language == "go":
            return self._go(importer, module)
        if language == "rust":
            return self._rust(importer, folder, name, module)
        if language in {"c", "cpp"}:
            return self._include(importer, folder, name, module)
        if language == "ruby":
            return self._ruby(importer, folder, module)
        if language in {"java", "csharp"}:
            return self._class(importer, name, module, ".java" if language == "java" else ".cs")
        return ""

    def _first(self, candidates: Iterable[str]) -> str:
        return next((path for path in candidates if path in self._paths), "")

    def _ending(self, importer: str, suffix: str) -> str:
        """Return the file whose path ends in `suffix`, the nearest to `importer` when there are several."""
        found = [
            path
            for path in self._named.get(_tail(suffix), ())
            if path == suffix or path.endswith("/" + suffix)
        ]
        return min(found, key=lambda path: (-_shared_folders(importer, path), len(path), path), default="")

    def _python(self, importer: str, folder: str, name: str, module: str) -> str:
        words = module.lstrip(".").replace(".", "/")
        dots = len(module) - len(module.lstrip("."))
        if dots:
            base = folder
            for _ in range(dots - 1):
                base = posixpath.dirname(base)
            stem = posixpath.join(base, words) if words else base
            return self._first(_python_files(stem, name))
        if not words:
            return ""
        for candidate in _python_files(words, name):
            if candidate in self._paths:
                return candidate
            found = self._ending(importer, candidate)
            if found and self._is_python_root(found.removesuffix(candidate).rstrip("/")):
                return found
        return ""

    def _is_python_root(self, folder: str) -> bool:
        """Return whether `folder` may be on the import path: a package's inside is not."""
        return f"{folder}/__init__.py" not in self._paths

    def _script(self, importer: str, folder: str, module: str) -> str:
        if module.startswith("."):
            return self._script_file(posixpath.normpath(posixpath.join(folder, module)))
        plain = re.sub(r"^(@|~|#)/|^~", "", module)
        if plain != module or "/" in module:
            at = folder
            while True:  # path aliases and base folders, nearest first
                for base in ("", "src", "app", "lib"):
                    found = self._script_file(posixpath.normpath(posixpath.join(at, base, plain)))
                    if found:
                        return found
                if not at:
                    break
                at = posixpath.dirname(at)
        return self._package(importer, module)

    def _script_file(self, stem: str) -> str:
        bare = re.sub(r"\.(m|c)?jsx?$", "", stem)
        names = [stem, *(stem + suffix for suffix in _SCRIPT_SUFFIXES)]
        if bare != stem:
            names += [bare + suffix for suffix in _SCRIPT_SUFFIXES]
        return self._first(names) or self._first(f"{stem}/{name}" for name in _INDEX_NAMES)

    def _package(self, importer: str, module: str) -> str:
        """Return the entry of a workspace package, by the folder that bears its name."""
        parts = module.split("/")
        scoped = module.startswith("@") and len(parts) > 1
        name, inside = parts[1 if scoped else 0], "/".join(parts[2 if scoped else 1 :])
        for manifest in self._named.get("package.json", ()):
            folder = posixpath.dirname(manifest)
            if posixpath.basename(folder) != name:
                continue
            for base in ("src", "lib", ""):
                found = self._script_file(posixpath.normpath(posixpath.join(folder, base, inside or "index")))
                if found and found != importer:
                    return found
        return ""

    def _go(self, importer: str, module: str) -> str:
        """Return the folder (ending in a slash) that a Go package path means.

        Paths of the standard library have no dot in their first part; a module named without one is at the root.
        """
        parts = module.split("/")
        dotted = "." in parts[0]
        for start in range(0 if dotted else 1, len(parts)):
            suffix = "/".join(parts[start:])
            anywhere = dotted and start < len(parts) - 1
            found = [
                folder
                for folder in (suffix, *(self._folders_ending(suffix) if anywhere else ()))
                if any(path.endswith(".go") for path in self._folders.get(folder, ()))
            ]
            if found:
                return self._nearest(importer, found) + "/"
        named = parts[-2] if re.fullmatch(r"v\d+", parts[-1]) and len(parts) > 1 else parts[-1]
        return ROOT_FOLDER if dotted and named == self._root_name and self._folders.get("") else ""

    def _nearest(self, importer: str, folders: Iterable[str]) -> str:
        return min(folders, key=lambda folder: (-_shared_folders(importer, folder), len(folder), folder))

    def _folders_ending(self, suffix: str) -> Iterator[str]:
        ending = "/" + suffix
        named = self._folders_named.get(posixpath.basename(suffix), ())
        return (folder for folder in named if folder.endswith(ending) and self._folders.get(folder))

    def _rust(self, importer: str, folder: str, name: str, module: str) -> str:
        words = [word for word in module.split("::") if word]
        if not words:
            return ""
        stem = posixpath.splitext(posixpath.basename(importer))[0]
        inside = folder if stem in {"mod", "lib", "main"} else posixpath.join(folder, stem)
        if words[0] == "crate":
            base, words = self._crate_root(folder), words[1:]
        elif words[0] in {"self", "super"}:
            base = inside
            while words and words[0] in {"self", "super"}:
                if words[0] == "super":
                    base = posixpath.dirname(base)
                words = words[1:]
        else:
            crate = words[0]
            if crate == self._root_name.replace("-", "_") and "src/lib.rs" in self._paths:
                return self._rust_module("src", [*words[1:], name]) or "src/lib.rs"
            local = self._rust_module(inside, [*words, name])
            if local:
                return local
            roots = self._first(
                (f"{crate}/src/lib.rs", f"crates/{crate}/src/lib.rs", f"{crate.replace('_', '-')}/src/lib.rs")
            )
            root = (
                roots
                or self._ending(importer, f"{crate.replace('_', '-')}/src/lib.rs")
                or self._ending(importer, f"{crate}/src/lib.rs")
            )
            if not root:
                return ""
            return self._rust_module(posixpath.dirname(root), [*words[1:], name]) or root
        found = self._rust_module(base, [*words, name] if name not in {"", "*"} else words)
        return found or self._first((f"{base}/lib.rs", f"{base}/main.rs", f"{base}/mod.rs", f"{base}.rs"))

    def _rust_module(self, base: str, words: list[str]) -> str:
        """Return the file of the longest module path below `base`."""
        for length in range(len(words), 0, -1):
            stem = posixpath.join(base, *words[:length])
            found = self._first((f"{stem}.rs", f"{stem}/mod.rs"))
            if found:
                return found
        return ""

    def _crate_root(self, folder: str) -> str:
        at = folder
        while True:
            if self._first((posixpath.join(at, "lib.rs"), posixpath.join(at, "main.rs"))):
                return at
            if not at:
                return folder
            at = posixpath.dirname(at)

    def _include(self, importer: str, folder: str, name: str, module: str) -> str:
        if name or posixpath.splitext(module)[1] not in _C_SUFFIXES:
            return ""
        near = posixpath.normpath(posixpath.join(folder, module))
        if near in self._paths:
            return near
        parts = module.lstrip("./").split("/")
        shorter = (
            "/".join(parts[start:]) for start in range(max(1, len(parts) - 1))
        )  # an outer folder may be the root
        return next(filter(None, (self._ending(importer, suffix) for suffix in shorter)), "")

    def _ruby(self, importer: str, folder: str, module: str) -> str:
        name = module if module.endswith(".rb") else module + ".rb"
        if module.startswith("."):
            return self._first((posixpath.normpath(posixpath.join(folder, name)),))
        return self._ending(importer, name)

    def _class(self, importer: str, name: str, module: str, suffix: str) -> str:
        """Return the file of a Java or C# type, or the folder (ending in a slash) of a whole package."""
        words = module.split(".")
        if name == "*":
            for start in range(len(words)):
                tail = "/".join(words[start:])
                found = [
                    folder for folder in (tail, *self._folders_ending(tail)) if self._folders.get(folder)
                ]
                if found and (suffix == ".cs" or start == 0):
                    return self._nearest(importer, found) + "/"
            return self._ending(importer, "/".join(words) + suffix)
        for parts in ([*words, name], words):
            found_file = self._ending(importer, "/".join(parts) + suffix)
            if found_file:
                return found_file
        return self._ending(importer, name + suffix) if suffix == ".cs" else ""


def _python_files(stem: str, name: str) -> tuple[str, ...]:
    """Return where ``from stem import name`` may find it, a submodule first."""
    whole = (
        (f"{stem}.py", f"{stem}/__init__.py", f"{stem}.pyi", f"{stem}/__init__.pyi")
        if stem
        else ("__init__.py",)
    )
    if name in {"", "*"}:
        return whole
    inner = posixpath.join(stem, name)
    return (f"{inner}.py", f"{inner}/__init__.py", *whole)


def _tail(path: str) -> str:
    """Return the name of a file with that of its folder."""
    cut = path.rfind("/", 0, max(path.rfind("/"), 0))
    return path[cut + 1 :]


def _shared_folders(one: str, other: str) -> int:
    count = 0
    for mine, its in zip(one.split("/")[:-1], other.split("/"), strict=False):
        if mine != its:
            break
        count += 1
    return count
