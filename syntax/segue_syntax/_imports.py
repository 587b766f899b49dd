"""What an import statement of each language brings into a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A name that `line` (0-based) brings in: `name` as the module calls it, `alias` as the file does.

    `module` is written as in the source (``.models``, ``../api``, ``crate::net``). `name` is "" when the module
    itself is imported and ``*`` when everything in it is; `alias` is "" when it equals the name.
    """

    name: str
    module: str
    line: int
    alias: str = ""

    @property
    def local(self) -> str:
        """The name the file uses for it; "" when nothing is bound."""
        if self.alias or self.name == "*":
            return self.alias
        return self.name


_Names = tuple[str, str, str]  # name, module, alias

_SPACE = re.compile(r"\s+")
_COMMENTS = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"""["'`]([^"'`\n]*)["'`]""")
_REQUIRE = re.compile(r"""^(.*?)=\s*require\s*\(\s*["'`]([^"'`]+)["'`]\s*\)\s*(?:\.\s*(\w+))?""", re.DOTALL)


def parse_import(language: str, text: str, line: int) -> Iterator[ImportedName]:
    """Yield what one import statement, written `text` at `line`, brings in; nothing for what is not known."""
    reader = _READERS.get(language)
    if reader is not None:
        yield from (ImportedName(name, module, line, alias) for name, module, alias in reader(text))


def _as(part: str) -> tuple[str, str]:
    """Split ``a as b`` (or ``a: b``) into name and alias."""
    words = re.split(r"\s+as\s+|\s*:\s*", part.strip(), maxsplit=1)
    name = words[0].strip()
    alias = words[1].strip() if len(words) > 1 else ""
    return name, "" if alias == name else alias


def _python(text: str) -> Iterator[_Names]:
    flat = _SPACE.sub(" ", re.sub(r"#[^\n]*|\\\n", " ", text)).strip()
    if flat.startswith("from "):
        module, _, names = flat[5:].partition(" import ")
        for part in names.strip(" ()").split(","):
            if part.strip(" ()"):
                name, alias = _as(part.strip(" ()"))
                yield name, module.strip(), alias
    elif flat.startswith("import "):
        for part in flat[7:].split(","):
            module, alias = _as(part)
            yield "", module, alias or module.split(".")[0]


def _javascript(text: str) -> Iterator[_Names]:
    text = _COMMENTS.sub(" ", text) if "/*" in text or "\n" in text else text
    required = _REQUIRE.match(text)
    if required:
        left, module, member = required.groups()
        yield from _javascript_names(left, module, member or "")
        return
    quoted = _QUOTED.findall(text)
    if not quoted:
        return
    module = quoted[-1]
    head = text[: text.rfind(module) - 1].strip()
    head = re.sub(r"^(import|export)\b(\s+type\b(?!\s*,|\s+from))?", "", head).strip()
    head = re.sub(r"\bfrom$", "", head).strip().rstrip("=").removesuffix("require(").strip(" =")
    if not head:
        yield "", module, ""
        return
    yield from _javascript_names(head, module, "")


def _javascript_names(head: str, module: str, member: str) -> Iterator[_Names]:
    head = head.strip()
    before, brace, rest = head.partition("{")
    for part in filter(None, map(str.strip, before.split(","))):
        if part.startswith("*"):
            alias = part[1:].strip().removeprefix("as").strip()
            yield ("", module, alias) if alias else ("*", module, "")
        elif member:
            yield member, module, "" if part == member else part
        else:
            yield "default", module, part
    if brace:
        for written in rest.partition("}")[0].split(","):
            part = re.sub(r"^type\s+", "", written.strip()).partition("=")[0].strip()
            if part:
                name, alias = _as(part)
                yield name.removeprefix("..."), module, alias


def _go(text: str) -> Iterator[_Names]:
    quoted = _QUOTED.findall(text)
    if quoted:
        module = quoted[0]
        words = text.split()
        alias = words[0] if len(words) > 1 else ""
        last = module.rstrip("/").split("/")
        name = last[-2] if len(last) > 1 and re.fullmatch(r"v\d+", last[-1]) else last[-1]
        if alias == ".":
            yield "*", module, ""
        else:
            yield "", module, alias or re.sub(r"^go-|\.v\d+$", "", name)


def _rust(text: str) -> Iterator[_Names]:
    flat = _SPACE.sub(" ", _COMMENTS.sub(" ", text)).strip().rstrip(";").strip()
    flat = re.sub(r"^(?:#\[[^\]]*\]\s*)*(?:pub(?:\s*\([^)]*\))?\s+)?", "", flat)
    if flat.startswith("mod "):
        yield "", "self::" + flat[4:].strip(), flat[4:].strip()
    elif flat.startswith("extern crate "):
        name, alias = _as(flat[13:])
        yield "", name, alias or name
    elif flat.startswith("use "):
        yield from _rust_tree("", flat[4:].strip())


def _rust_tree(prefix: str, text: str) -> Iterator[_Names]:
    text = text.strip()
    head, brace, rest = text.partition("{")
    if brace:
        base = "::".join(part for part in (prefix, head.strip().removesuffix("::")) if part)
        for part in _split_commas(rest.rstrip().removesuffix("}")):
            yield from _rust_tree(base, part)
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


def _split_commas(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _java(text: str) -> Iterator[_Names]:
    flat = re.sub(r"^import\s+(static\s+)?", "", text.strip()).rstrip("; \n").replace(" ", "")
    module, _, name = flat.rpartition(".")
    if module:
        yield name, module, ""


def _c(text: str) -> Iterator[_Names]:
    found = re.search(r"""[<"]([^>"\n]+)[>"]""", text)
    if found:
        yield "", found.group(1), ""


def _cpp(text: str) -> Iterator[_Names]:
    if text.lstrip().startswith("using"):
        flat = text.strip().removeprefix("using").strip().rstrip(";").strip()
        if flat.startswith("namespace "):
            yield "*", flat[10:].strip(), ""
        else:
            module, _, name = flat.rpartition("::")
            yield name, module, ""
    else:
        yield from _c(text)


def _csharp(text: str) -> Iterator[_Names]:
    flat = re.sub(r"^(global\s+)?using\s+(static\s+)?", "", text.strip()).rstrip("; \n")
    alias, equals, target = flat.partition("=")
    if equals:
        module, _, name = target.strip().rpartition(".")
        yield name, module, alias.strip()
    else:
        yield "*", flat.strip(), ""


def _ruby(text: str) -> Iterator[_Names]:
    quoted = _QUOTED.findall(text)
    if text.startswith("autoload"):
        name = re.search(r":(\w+)", text)
        if name and quoted:
            yield name.group(1), quoted[-1], ""
    elif quoted:
        module = quoted[0]
        if text.startswith("require_relative") and not module.startswith("."):
            module = "./" + module
        yield "*", module, ""


_READERS: dict[str, Callable[[str], Iterator[_Names]]] = {
    "python": _python,
    "javascript": _javascript,
    "javascriptreact": _javascript,
    "typescript": _javascript,
    "typescriptreact": _javascript,
    "go": _go,
    "rust": _rust,
    "java": _java,
    "c": _c,
    "cpp": _cpp,
    "csharp": _csharp,
    "ruby": _ruby,
}
