"""Where Java and C# have the types of a package or namespace: in files called like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_syntax._modules import ModuleNaming

if TYPE_CHECKING:
    from segue_syntax._modules import FileIndex


class ClassFiles(ModuleNaming):
    """One file a type, `suffix` at its end.

    With `free_folders`, the folders need not be called like all parts of the namespace.
    """

    def __init__(self, suffix: str, *, free_folders: bool = False) -> None:
        self._suffix = suffix
        self._free = free_folders

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file of a type, or the folder of a whole package."""
        words = module.split(".")
        if name == "*":
            for start in range(len(words)):
                tail = "/".join(words[start:])
                found = [folder for folder in (tail, *files.folders_ending(tail)) if files.inside(folder)]
                if found and (self._free or start == 0):
                    return files.nearest(importer, found) + "/"
            return files.ending(importer, "/".join(words) + self._suffix)
        for parts in ([*words, name], words):
            found_file = files.ending(importer, "/".join(parts) + self._suffix)
            if found_file:
                return found_file
        return files.ending(importer, name + self._suffix) if self._free else ""
