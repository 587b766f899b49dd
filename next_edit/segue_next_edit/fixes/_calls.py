"""Calls on a line, with the definitions that they may mean."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit._calls import Signature, enclosed, has_default, parameter_name, split_list
from segue_next_edit.fixes._members import types_of
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_context import Symbol, WorkspaceReader
    from segue_syntax import Language, SourceFile
    from segue_syntax.scopes import Occurrence, Scopes

_MAX_DEFINITIONS = 12
_OPENING = re.compile(r"(?:::)?(?:<[\w<>,\s.&']*>)?\(")
_PARAMETERS = re.compile(r"\s*(?:<[^()]*?>|\[[^()\]]*\])?\s*\(")
_KEYWORD = re.compile(r"([^\W\d]\w*)\s*=(?![=>])\s*")
_OWN = re.compile(r"(?:self|cls|this|(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?self)\b(?:\s*:.*)?\Z", re.DOTALL)
_CALLABLE = frozenset({"function", "method", "class", "struct"})


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as written, from offset `start` to `end`; `keyword` is its name where it has one."""

    start: int
    end: int
    text: str
    keyword: str = ""

    @property
    def value(self) -> str:
        """The argument without its name."""
        return self.text[_KEYWORD.match(self.text).end() :] if self.keyword else self.text  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call of `name` whose brackets are at the offsets `opening` and `closing`, and what it may mean."""

    name: str
    line: int
    opening: int
    closing: int
    arguments: tuple[Argument, ...]
    signatures: tuple[Signature, ...]
    occurrence: Occurrence

    @property
    def values(self) -> list[Argument]:
        """The arguments given by position."""
        return [a for a in self.arguments if not a.keyword]

    @property
    def keywords(self) -> list[Argument]:
        """The arguments given by name."""
        return [a for a in self.arguments if a.keyword]


def parameters(signature: Signature) -> list[str]:
    """Return the parameters that a call can give one value."""
    return [p for p in signature.parameters[signature.own :] if p not in ("/", "*") and not collects(p)]


def collects(parameter: str) -> bool:
    """Whether a parameter takes any number of arguments."""
    return (
        parameter.lstrip().startswith("*") or "..." in parameter or parameter.lstrip().startswith("vararg ")
    )


def accepts(signature: Signature, values: int, keywords: Sequence[str]) -> bool:
    """Whether a definition can be called with so many values and these keywords."""
    own = signature.parameters[signature.own :]
    known = parameters(signature)
    names = [parameter_name(p) for p in known]
    any_keyword = any(p.lstrip().startswith("**") for p in own)
    any_value = any(collects(p) and not p.lstrip().startswith("**") for p in own)
    required = {n for n, p in zip(names, known, strict=True) if not has_default(p)}
    given = {*names[:values], *keywords}
    return (
        (values <= len(names) or any_value)
        and (any_keyword or set(keywords) <= set(names))
        and required <= given
    )


def known_calls(reader: WorkspaceReader, file: SourceFile, line: int) -> Iterator[KnownCall]:
    """Yield the calls on a line of which a definition is known."""
    scopes = file.scopes
    if scopes is None:
        return
    for one in scopes.on_line(line):
        _, _, end = scopes.place(one)
        match = _OPENING.match(file.lines[line], end) if one.role != "definition" else None
        if match is None:
            continue
        call = _call(file, line, match.end() - 1)
        signatures = tuple(_signatures(reader, file, scopes, one)) if call is not None else ()
        if call is not None and signatures:
            opening, closing, arguments = call
            yield KnownCall(one.name, line, opening, closing, arguments, signatures, one)


def _call(file: SourceFile, line: int, column: int) -> tuple[int, int, tuple[Argument, ...]] | None:
    """Return where a call's brackets are and what is between them; None where it unpacks or holds a comment."""
    inside, end, close = enclosed(file.lines, line, column)
    if inside is None or (end != line and re.search(r"#|//", inside)):
        return None
    opening = file.starts[line] + column
    at = opening + 1
    arguments: list[Argument] = []
    for part in split_list(inside):
        text = part.strip()
        if text.startswith(("*", "...")) or text.endswith("..."):
            return None
        if text:
            keyword = _KEYWORD.match(text) if file.language.named_arguments.strip() == "=" else None
            start = at + len(part) - len(part.lstrip())
            arguments.append(Argument(start, start + len(text), text, keyword[1] if keyword else ""))
        at += len(part) + 1
    return opening, file.starts[end] + close, tuple(arguments)


def _signatures(
    reader: WorkspaceReader, file: SourceFile, scopes: Scopes, one: Occurrence
) -> Iterator[Signature]:
    """Yield the parameter lists that a called name may have; those of one name in one place count together."""
    binding = one.binding
    if binding is not None and binding.form != "import":
        for definition in [o for o in binding.occurrences if o.role == "definition"][:_MAX_DEFINITIONS]:
            line, _, end = scopes.place(definition)
            found = _signature(file.lines, line, end, one.name)
            if found is not None and any(inside.kind == "function" for inside in binding.insides):
                yield found
            elif binding.insides:
                yield from _constructors(reader.symbols_in(file.path), file.language, one.name, file.lines)
        return
    for symbol in _definitions(reader, file, scopes, one):
        lines = (reader.read_text(symbol.path) or "").replace("\r\n", "\n").split("\n")
        line = symbol.name_line if symbol.name_line >= 0 else symbol.line
        if symbol.kind in ("class", "struct"):
            made = language_of(path=symbol.path)
            yield from _constructors(reader.symbols_in(symbol.path), made, symbol.name, lines)
        elif line < len(lines):
            found = _signature(lines, line, lines[line].find(one.name) + len(one.name), one.name)
            if found is not None:
                yield found


def _definitions(reader: WorkspaceReader, file: SourceFile, scopes: Scopes, one: Occurrence) -> list[Symbol]:
    """Return the definitions in the workspace that a name can mean: by its import, by its owner, else all of them."""
    found = [
        s for s in reader.definitions(one.name, limit=_MAX_DEFINITIONS)
        if s.kind in _CALLABLE and s.path.rpartition(".")[2] == file.path.rpartition(".")[2]
    ]  # fmt: skip
    if one.binding is not None:
        targets = {i.target for i in reader.imports_of(file.path) if one.name in (i.name, i.alias)}
        return [s for s in found if s.path in targets] or found
    if one.owner is None:
        return [s for s in found if not s.container] or found
    owner = scopes.owner_of(one)
    if owner is not None and owner.binding is not None and owner.binding.form == "import":
        targets = {
            i.target
            for i in reader.imports_of(file.path)
            if owner.name in (i.name, i.alias) or _ends(i.module, owner.name)
        }
        folders = {posixpath.dirname(target) for target in targets if target}
        return [
            s
            for s in found
            if s.container == owner.name or s.path in targets or posixpath.dirname(s.path) in folders
        ]
    owners = _owners(file, owner)
    return [s for s in found if s.container in owners] or ([] if owners else found)


def _ends(module: str, name: str) -> bool:
    return module.replace("\\", "/").rstrip("\"'").endswith(name)


def _owners(file: SourceFile, owner: Occurrence | None) -> set[str]:
    """Return the names of types that the owner of a member may have; none where nothing tells."""
    if owner is None:
        return set()
    return {owner.name} if owner.binding is None else set(types_of(file, owner.binding))


def _signature(lines: Sequence[str], line: int, column: int, name: str) -> Signature | None:
    """Return the parameters behind a definition's name."""
    match = _PARAMETERS.match(lines[line], column)
    if match is None:
        return None
    inside, _, _ = enclosed(lines, line, match.end() - 1)
    if inside is None:
        return None
    parts = tuple(_unmarked(part) for part in split_list(inside) if part.strip())
    own = int(bool(parts) and _OWN.match(parts[0]) is not None)
    return Signature(name, parts, own)


def _unmarked(parameter: str) -> str:
    """Return a parameter without annotations in front and comments around it."""
    text = re.sub(r"(?m)(?:#|//).*$|/\*.*?\*/", "", parameter)
    return re.sub(r"\A\s*(?:@\w+(?:\([^)]*\))?\s+)+", "", text).strip()


def _constructors(
    symbols: Sequence[Symbol], language: Language, owner: str, lines: Sequence[str]
) -> Iterator[Signature]:
    for symbol in symbols:
        if symbol.container == owner and symbol.name in (*language.constructors, owner):
            line = symbol.name_line if symbol.name_line >= 0 else symbol.line
            if line < len(lines):
                at = lines[line].find(symbol.name)
                found = _signature(lines, line, at + len(symbol.name), owner)
                if found is not None:
                    yield found


def last_word(text: str) -> str:
    """Return the last identifier of an expression that names something, "" for any other."""
    match = re.fullmatch(r"[&*]?(?:mut )?[\w.>:\-?!]*?([^\W\d]\w*)(?:\(\))?[?!]?", text.strip())
    return match[1] if match else ""
