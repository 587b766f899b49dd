"""Zig."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_syntax._documentation import SLASH_MARKS, Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax, ModuleKind
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import CHARACTER, DOUBLE, Literal
from segue_syntax._modules import ModuleNaming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_syntax._import_syntax import FileImports, NewImport
    from segue_syntax._modules import FileIndex

_IMPORT = re.compile(
    r"^([ \t]*)(?:pub[ \t]+)?const[ \t]+(\w+)[ \t]*=[ \t]*@import\(\"([^\"\n]+)\"\)(?:\.(\w+))?;",
    re.MULTILINE,
)
_LINES = Literal(r"\\\\", r"[^\n]*", "", "", multiline=False)
_WORDS = frozenset(
    """
    addrspace align allowzero and anyframe anytype asm async await break callconv catch comptime const continue defer
    else enum errdefer error export extern fn for if inline linksection noalias noinline nosuspend opaque or orelse
    packed pub resume return struct suspend switch test threadlocal try union unreachable usingnamespace var volatile
    while anyerror bool f32 f64 false i8 i16 i32 i64 isize noreturn null true type u8 u16 u32 u64 undefined usize void
    """.split()  # noqa: SIM905 - a list of this length reads better as words
)


class ZigImports(ImportSyntax):
    """``const a = @import("a.zig");`` and ``const B = @import("a.zig").B;``."""

    pattern = _IMPORT

    def read(self, text: str) -> Iterator[Imported]:
        """Yield the module, or the member of it, that a constant is."""
        found = _IMPORT.match(text if text.endswith(";") else text + ";")
        if found:
            _, local, module, member = found.groups()
            if member:
                yield Imported(member, module, "" if member == local else local)
            else:
                yield Imported("", module, local, "module")

    def write(self, new: NewImport, around: FileImports) -> str | None:
        """Return a constant."""
        del around
        member = f".{new.name}" if new.form == "from" else ""
        return f'const {new.local} = @import("{new.module}"){member};'

    def category(self, module: str) -> ModuleKind:
        """Tell the compiler's own modules, packages, and files."""
        if module in {"std", "builtin"}:
            return ModuleKind.STANDARD
        return ModuleKind.RELATIVE if module.endswith(".zig") else ModuleKind.PACKAGE


class ZigFiles(ModuleNaming):
    """Paths of files, from the folder of the file that imports."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file at the path."""
        del name
        path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), module))
        return files.first((path,)) if module.endswith(".zig") else ""


LANGUAGES = (
    Language(
        "zig",
        "tree_sitter_zig:language",
        (".zig", ".zon"),
        line_comment="//",
        strings=(_LINES, DOUBLE, CHARACTER),
        blocks=Blocks.BRACES,
        layout=Layout(indent=4),
        queries=("zig",),
        imports=ZigImports(),
        modules=ZigFiles(),
        documentation=Documentation(
            kinds={"function_declaration": "function"},
            markup="plain",
            prefix="///",
            marks=SLASH_MARKS,
            type_before_name=True,
        ),
        builtins=_WORDS,
    ),
)
