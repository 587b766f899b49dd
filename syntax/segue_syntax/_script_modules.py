"""What modules of JavaScript and TypeScript are called, and where a name may be imported from."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_syntax._modules import ModuleNaming
from segue_syntax._project import folders_above
from segue_syntax._script_settings import aliases, package_of, suffix_style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue_syntax._import_syntax import ImportStatement
    from segue_syntax._modules import FileIndex
    from segue_syntax._project import Project

_SUFFIXES = (
    *(".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs"),
    *(".cjs", ".mts", ".cts", ".vue", ".svelte", ".json"),
)
_INDEX_NAMES = tuple("index" + suffix for suffix in _SUFFIXES[:6])
_COMPILED = {".ts": ".js", ".tsx": ".js", ".d.ts": ".js", ".mts": ".mjs", ".cts": ".cjs"}
_PASSED_ON = re.compile(r"""^export\s+(?:type\s+)?(\*|\{[^}]*\})\s*from\s*['"]([^'"\n]+)['"]""", re.MULTILINE)
_EXPORTED = r"\bexport\b[^\n;={{]*[\s*]{name}(?![\w$])|\bexport\s*(?:type\s*)?\{{[^}}]*(?<![\w$]){name}(?![\w$])[^}}]*\}}(?!\s*from)"
_MAX_PASSED_ON = 4
_COMPONENT_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".d.ts", ".vue", ".svelte")


class ScriptModules(ModuleNaming):
    """Paths, relative or by an alias of the project, and packages of the workspace."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        del name
        folder = posixpath.dirname(importer)
        if module.startswith("."):
            return self._script_file(files, posixpath.normpath(posixpath.join(folder, module)))
        plain = re.sub(r"^(@|~|#)/|^~", "", module)
        if plain != module or "/" in module:
            at = folder
            while True:  # path aliases and base folders, nearest first
                for base in ("", "src", "app", "lib"):
                    found = self._script_file(files, posixpath.normpath(posixpath.join(at, base, plain)))
                    if found:
                        return found
                if not at:
                    break
                at = posixpath.dirname(at)
        return self._package(files, importer, module)

    def _script_file(self, files: FileIndex, stem: str) -> str:
        bare = re.sub(r"\.(m|c)?jsx?$", "", stem)
        names = [stem, *(stem + suffix for suffix in _SUFFIXES)]
        if bare != stem:
            names += [bare + suffix for suffix in _SUFFIXES]
        return files.first(names) or files.first(f"{stem}/{name}" for name in _INDEX_NAMES)

    def _package(self, files: FileIndex, importer: str, module: str) -> str:
        """Return the entry of a workspace package, by the folder that bears its name."""
        parts = module.split("/")
        scoped = module.startswith("@") and len(parts) > 1
        name, inside = parts[1 if scoped else 0], "/".join(parts[2 if scoped else 1 :])
        for manifest in files.named("package.json"):
            folder = posixpath.dirname(manifest)
            if posixpath.basename(folder) != name:
                continue
            for base in ("src", "lib", ""):
                found = self._script_file(
                    files, posixpath.normpath(posixpath.join(folder, base, inside or "index"))
                )
                if found and found != importer:
                    return found
        return ""

    def file_of(self, module: str, path: str, project: Project) -> str:
        """Return the file's path, whether it is named by a relative path or by an alias of the project."""
        if module.startswith("."):
            stem = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            return self._file(stem, project) or "./" + self.bare(stem)
        for pattern, target in (*aliases(project, path), *_usual_aliases(path, module)):
            found = self._file(_mapped(module, pattern, target), project)
            if found:
                return found
        return module

    def _file(self, stem: str, project: Project) -> str:
        """Return the module at a path, that of a folder's index included, "" when there is none."""
        bare, inner = self.bare(stem), "" if stem in ("", ".") else stem + "/"
        if stem and (stem in project.files or project.first(bare, _SUFFIXES)):
            return "./" + bare
        return f"./{inner}index" if project.first(inner, _INDEX_NAMES) else ""

    def files_of(self, module: str, project: Project) -> Iterable[str]:
        """Yield the file of a module."""
        found = project.first(module[2:], ("", *_SUFFIXES)) if module.startswith("./") else ""
        return (found,) if found else ()

    def module_of(self, path: str) -> str:
        """Return the path without suffix."""
        return super().module_of(path).removesuffix(".d")

    def module_of_folder(self, folder: str) -> str:
        """Return its index."""
        return folder + "/index"

    def bare(self, module: str) -> str:
        """Return a module without ``.js`` or the like."""
        return re.sub(r"(?:\.d)?\.[cm]?[jt]sx?\Z", "", module)

    def reached(self, module: str, name: str, path: str, project: Project) -> str:
        """Return the file itself inside a folder whose index passes it on, and a package's name outside of it."""
        if not module.startswith("./"):
            return module
        folder = posixpath.dirname(module[2:])
        if posixpath.basename(module) == "index" and (not folder or path.startswith(folder + "/")):
            return self._passed_on(module, name, project, _MAX_PASSED_ON)
        theirs, package = package_of(project, module[2:])
        if not theirs or path.startswith(theirs + "/"):
            return module
        entries = (posixpath.join(theirs, base, "index") for base in ("src", "lib", ""))
        entry = next((found for stem in entries if (found := self._file(stem, project))), "")
        has_it = entry == module or (entry and self._passed_on(entry, name, project, _MAX_PASSED_ON))
        return package if has_it else ""

    def _passed_on(self, module: str, name: str, project: Project, depth: int) -> str:
        """Return the module that `module` has the exported `name` from, itself where it declares it, "" when unknown."""
        path = next(iter(self.files_of(module, project)), "")
        text = project.text(path)
        for match in _PASSED_ON.finditer(text) if depth else ():
            listed, source = match[1], self.file_of(match[2], path, project)
            if listed != "*" and not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", listed):
                continue
            found = self._passed_on(source, name, project, depth - 1)
            if found:
                return found
        return module if re.search(_EXPORTED.format(name=re.escape(name)), text) else ""

    def new_name(
        self, module: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str:
        """Return a relative path or an alias, with or without a suffix, as the file or else the project has them."""
        target = module[2:]
        suffix = self._written_suffix(target, path, project, statements)
        folder = posixpath.dirname(target)
        if posixpath.basename(target) == "index" and not suffix and not project.first(folder, _SUFFIXES):
            target = folder
        name = super().new_name("./" + target + suffix, path, project, statements)
        known = [*aliases(project, path), *(p for s in statements for p in _usual_aliases(path, s.module))]
        climbs = name.startswith("..")
        for pattern, meant in known:
            alias = _mapped(target + suffix, meant, pattern) or _mapped(
                target + self._real_suffix(target, project), meant, pattern
            )
            if not alias:
                continue
            others = [s.module for s in statements if self._file(_mapped(s.module, pattern, meant), project)]
            near = [
                other for other in others if _folder_of(_mapped(other, pattern, meant)) == _folder_of(path)
            ]
            if (others if climbs else near) or (
                climbs
                and pattern != "*"
                and not any(s.module.startswith("..") for s in statements)
                and alias.count("/") < name.count("/")
            ):
                return alias
        return name

    def _written_suffix(
        self, target: str, path: str, project: Project, statements: Sequence[ImportStatement]
    ) -> str:
        real = self._real_suffix(target, project)
        own = [s.module for s in statements if s.module.startswith(".")]
        written = [match[0] for module in own if (match := re.search(r"\.[cm]?[jt]sx?\Z", module))]
        if own:
            compiled = "j" in written[0] if written else False
            style = ("js" if compiled else "real") if len(written) == len(own) else ""
        else:
            style = suffix_style(project, path)
        if style and not real and target not in project.files:
            return written[0] if written else ""
        return _COMPILED.get(real, real) if style == "js" else real if style else ""

    def _real_suffix(self, target: str, project: Project) -> str:
        return project.first("", (target + suffix for suffix in _SUFFIXES))[len(target) :]

    def beside(self, name: str, path: str, project: Project) -> str | None:
        """Return the module of a component, which is called like it."""
        if not name[:1].isupper():
            return None
        stem = posixpath.join(posixpath.dirname(path), name)
        beside = project.first(stem, _COMPONENT_SUFFIXES)
        return (
            "./" + (beside if beside.endswith((".vue", ".svelte")) else stem)
            if beside and beside != path
            else None
        )


def _folder_of(path: str) -> str:
    return posixpath.dirname(path)


def _mapped(name: str, pattern: str, target: str) -> str:
    """Return what `name` stands for by an alias ("" when it is another's): ``src/a`` for ``@/a`` by ``@/*``, ``src/*``."""
    head, star, tail = pattern.partition("*")
    if not star:
        return target if name == pattern else ""
    if len(name) <= len(head) + len(tail) or not (name.startswith(head) and name.endswith(tail)):
        return ""
    return target.replace("*", name[len(head) : len(name) - len(tail)], 1)


def _usual_aliases(path: str, module: str) -> Iterator[tuple[str, str]]:
    """Yield what ``@/a`` or ``~/a`` usually stands for, where no settings say it."""
    if module.startswith(("@/", "~/")):
        for folder in folders_above(path):
            yield from ((module[:2] + "*", posixpath.join(folder, base, "*")) for base in ("src", "app", ""))
