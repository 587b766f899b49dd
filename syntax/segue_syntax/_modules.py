"""Modules by the names that import statements give them, and by the files that they are."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_syntax._import_syntax import ImportStatement
    from segue_syntax._project import Project

ROOT_FOLDER = "./"
_WORD = re.compile(r"\w+")
_SUFFIX = re.compile(r"\.(h|hpp|hh|hxx|c|cc|cpp|inl|js|jsx|ts|tsx|mjs|cjs|rb|d)$")


def stem_of_module(name: str, module: str) -> str:
    """Return the word by which an import is found again when files appear or vanish: its module's last one."""
    words = _WORD.findall(_SUFFIX.sub("", module))
    return words[-1] if words else name


def stem_of_path(path: str) -> tuple[str, ...]:
    """Return the words by which imports may name the file at `path`: its own and that of its folder."""
    pure = PurePosixPath(path)
    return (pure.name.split(".")[0], *pure.parts[-2:-1])


class FileIndex:
    """The files of one workspace by path, by name and by folder.

    `root_name` is the name of its folder, which many languages also use for the project's own package.
    """

    def __init__(self, paths: Iterable[str], root_name: str = "") -> None:
        self.root_name = re.sub(r"-v?\d[\w.]*$", "", root_name)
        self.paths: set[str] = set()
        self._named: dict[str, set[str]] = defaultdict(set)  # by name, and by folder and name
        self._folders: dict[str, set[str]] = defaultdict(set)
        self._folders_named: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        """Add a file."""
        self.paths.add(path)
        folder, _, name = path.rpartition("/")
        self._named[name].add(path)
        self._named[_tail(path)].add(path)
        self._folders[folder].add(path)
        self._folders_named[posixpath.basename(folder)].add(folder)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.paths.discard(path)
        folder, _, name = path.rpartition("/")
        self._named[name].discard(path)
        self._named[_tail(path)].discard(path)
        self._folders[folder].discard(path)

    def first(self, candidates: Iterable[str]) -> str:
        """Return the first of `candidates` that is a file, "" when none is."""
        return next((path for path in candidates if path in self.paths), "")

    def named(self, name: str) -> Iterable[str]:
        """Return the files of a name."""
        return self._named.get(name, ())

    def inside(self, folder: str) -> Iterable[str]:
        """Return the files right inside a folder ("" for the root)."""
        return self._folders.get(folder, ())

    def ending(self, importer: str, suffix: str) -> str:
        """Return the file whose path ends in `suffix`, the nearest to `importer` when there are several."""
        found = [path for path in self.named(_tail(suffix)) if path == suffix or path.endswith("/" + suffix)]
        return min(found, key=lambda path: (-_shared_folders(importer, path), len(path), path), default="")

    def folders_ending(self, suffix: str) -> Iterator[str]:
        """Yield the folders with files whose path ends in `suffix`."""
        named = self._folders_named.get(posixpath.basename(suffix), ())
        return (folder for folder in named if folder.endswith("/" + suffix) and self.inside(folder))

    def nearest(self, importer: str, folders: Iterable[str]) -> str:
        """Return the one of `folders` that is nearest to a file."""
        return min(folders, key=lambda folder: (-_shared_folders(importer, folder), len(folder), folder))


class ModuleNaming:
    """How one language names modules. The base knows relative paths only."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` gets `name` of `module` from, "" when none of the workspace.

        A target that ends in a slash is a folder; `ROOT_FOLDER` is that of the workspace.
        """
        del files, importer, name, module
        return ""

    def names_file(self, written: str, path: str) -> bool:
        """Whether a path of modules in the code, which nothing imported, names the file at `path`."""
        del written, path
        return False

    def file_of(self, module: str, path: str, project: Project) -> str:
        """Return `module`, as `path` names it, as ``./`` and a path from the root without suffix.

        A foreign module is returned as it is; what is foreign is told by `project`, where its name does not tell.
        """
        del project
        if module.startswith("."):
            return "./" + posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
        return module

    def module_of(self, path: str) -> str:
        """Return the module that the file at `path` is, as `file_of` writes it."""
        return "./" + path.rsplit(".", 1)[0]

    def own_names(self, path: str, project: Project) -> tuple[str, ...]:
        """Return the modules that importing means loading the file at `path`, as `file_of` writes them."""
        del project
        return (self.module_of(path),)

    def module_of_folder(self, folder: str) -> str:
        """Return the module that stands for a folder, both as `file_of` writes them."""
        return folder

    def files_of(self, module: str, project: Project) -> Iterable[str]:
        """Yield the files that are a module of the workspace, as `file_of` writes it."""
        del module, project
        return ()

    def bare(self, module: str) -> str:
        """Return a module without the suffix of its file, where its language writes one."""
        return module

    def reached(self, module: str, name: str, path: str, project: Project) -> str:
        """Return the module that `path` is to import `name` from where others have it from `module`; "" when none.

        Modules are as `file_of` writes them.
        """
        del name, path, project
        return module

    def named_from(
        self, module: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str:
        """Return how `path`, whose imports are `statements`, names a module that `file_of` wrote."""
        if not module.startswith("./"):
            return module
        for statement in statements:
            if self.bare(self.file_of(statement.module, path, project)) == module:
                return statement.module
        return self.new_name(module, path, project, statements)

    def new_name(
        self, module: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str:
        """Return how `path` names a module of the workspace that it does not import yet."""
        del project, statements
        relative = posixpath.relpath(module[2:], posixpath.dirname(path) or ".")
        return relative if relative.startswith(".") else "./" + relative

    def beside(self, name: str, path: str, project: Project) -> str | None:
        """Return the module in the folder of `path` whose file is called like what it exports, as `file_of` writes it."""
        del name, path, project
        return None

    def package_called(
        self, name: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str | None:
        """Return the import path of the workspace's own package `name` that `path` may import."""
        del name, path, project, statements
        return None


NO_MODULES = ModuleNaming()


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
