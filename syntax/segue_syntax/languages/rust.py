"""Rust."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_syntax._import_syntax import Imported, ImportSyntax, found_by
from segue_syntax._import_text import COMMENTS, SPACE, name_and_alias, split_commas
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import C_BLOCK, CHARACTER, DOUBLE_LINES, Literal
from segue_syntax._modules import ModuleNaming

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_syntax._import_syntax import ImportStatement, NewImport
    from segue_syntax._modules import FileIndex

_CAPTURED = r"\{\{|\{[^\W\d]\w*"
_RAW = Literal(r'"(?:(?<=\br#")|(?<=\bbr#"))', r"[\s\S]*?", '"#', '"#', multiline=True)


_USE = re.compile(
    r"^([ \t]*)(?:pub[ \t]+)?use[ \t]+[\w:]+::(?:\w+(?:[ \t]+as[ \t]+\w+)?|\{[^{}]*\});", re.MULTILINE
)


class RustImports(ImportSyntax):
    """``use a::{b, c}``."""

    whole_file = True

    def read(self, text: str) -> Iterator[Imported]:
        """Yield what a ``use``, ``mod`` or ``extern crate`` brings in."""
        flat = SPACE.sub(" ", COMMENTS.sub(" ", text)).strip().rstrip(";").strip()
        flat = re.sub(r"^(?:#\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?", "", flat)
        if flat.startswith("mod "):
            yield Imported("", "self::" + flat[4:].strip(), flat[4:].strip(), "module")
        elif flat.startswith("extern crate "):
            name, alias = name_and_alias(flat[13:])
            yield Imported("", name, alias or name, "module")
        elif flat.startswith("use "):
            form = "from" if "{" in flat else "one"
            yield from (Imported(*names, form) for names in _use_tree("", flat[4:].strip()))

    def written_as(self, text: str, imported: Sequence[Imported]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the path before the braces, and the paths in them."""
        if "{" not in text:
            return super().written_as(text, imported)
        base = re.sub(r"^\s*(?:pub\s+)?use\s+", "", text.partition("{")[0]).strip().removesuffix("::")
        names = (
            (
                f"{one.module}::{one.name or 'self'}".removeprefix(base).removeprefix("::"),
                one.alias or one.name,
            )
            for one in imported
        )
        return base, tuple(names)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the statements without nested lists."""
        yield from found_by(_USE, text)

    def write(
        self,
        new: NewImport,
        statements: Sequence[ImportStatement],
        lines: Sequence[str],
        *,
        types_apart: bool,
    ) -> str | None:
        """Return a statement for one name."""
        del statements, lines, types_apart
        return f"use {new.module}::{new.written};"


def _use_tree(prefix: str, text: str) -> Iterator[tuple[str, str, str]]:
    text = text.strip()
    head, brace, rest = text.partition("{")
    if brace:
        base = "::".join(part for part in (prefix, head.strip().removesuffix("::")) if part)
        for part in split_commas(rest.rstrip().removesuffix("}")):
            yield from _use_tree(base, part)
        return
    if not text:
        return
    path, alias = re.split(r"\s+as\s+", text)[0].strip(), ""
    if " as " in text:
        alias = text.rpartition(" as ")[2].strip()
    full = "::".join(part for part in (prefix, path) if part)
    module, _, name = full.rpartition("::")
    if name == "self":
        yield "", module, alias or module.rpartition("::")[2]
    else:
        yield name, module, alias


class RustModules(ModuleNaming):
    """Paths of a crate, or from the root of another crate of the workspace."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        folder = posixpath.dirname(importer)
        words = [word for word in module.split("::") if word]
        if not words:
            return ""
        stem = posixpath.splitext(posixpath.basename(importer))[0]
        inside = folder if stem in {"mod", "lib", "main"} else posixpath.join(folder, stem)
        if words[0] == "crate":
            base, words = self._crate_root(files, folder), words[1:]
        elif words[0] in {"self", "super"}:
            base = inside
            while words and words[0] in {"self", "super"}:
                if words[0] == "super":
                    base = posixpath.dirname(base)
                words = words[1:]
        else:
            crate = words[0]
            if crate == files.root_name.replace("-", "_") and "src/lib.rs" in files.paths:
                return self._module(files, "src", [*words[1:], name]) or "src/lib.rs"
            local = self._module(files, inside, [*words, name])
            if local:
                return local
            roots = files.first(
                (f"{crate}/src/lib.rs", f"crates/{crate}/src/lib.rs", f"{crate.replace('_', '-')}/src/lib.rs")
            )
            root = (
                roots
                or files.ending(importer, f"{crate.replace('_', '-')}/src/lib.rs")
                or files.ending(importer, f"{crate}/src/lib.rs")
            )
            if not root:
                return ""
            return self._module(files, posixpath.dirname(root), [*words[1:], name]) or root
        found = self._module(files, base, [*words, name] if name not in {"", "*"} else words)
        return found or files.first((f"{base}/lib.rs", f"{base}/main.rs", f"{base}/mod.rs", f"{base}.rs"))

    def _module(self, files: FileIndex, base: str, words: list[str]) -> str:
        """Return the file of the longest module path below `base`."""
        for length in range(len(words), 0, -1):
            stem = posixpath.join(base, *words[:length])
            found = files.first((f"{stem}.rs", f"{stem}/mod.rs"))
            if found:
                return found
        return ""

    def _crate_root(self, files: FileIndex, folder: str) -> str:
        at = folder
        while True:
            if files.first((posixpath.join(at, "lib.rs"), posixpath.join(at, "main.rs"))):
                return at
            if not at:
                return folder
            at = posixpath.dirname(at)


LANGUAGES = (
    Language(
        "rust",
        "tree_sitter_rust:language",
        (".rs",),
        aliases=("rs",),
        line_comment="//",
        block_comment=C_BLOCK,
        strings=(_RAW.with_code(_CAPTURED), DOUBLE_LINES.with_code(_CAPTURED), CHARACTER),
        blocks=Blocks.BRACES,
        queries=("rust",),
        imports=RustImports(),
        modules=RustModules(),
        layout=Layout(indent=4),
    ),
)
