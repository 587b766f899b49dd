"""The answers that agents get: short texts with ``path:line``, of files that may be shown, without secrets."""

from __future__ import annotations

import os
import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from segue_context.git import GitError, repository_of
from segue_context.navigation import Navigator, SymbolName
from segue_context.related import is_other_half, related_to
from segue_context.search import Searcher
from segue_context.test_files import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue_context import Symbol, WorkspaceIndex
    from segue_context.git import Commit
    from segue_context.navigation import UseOf
    from segue_context.privacy import SendingRules
    from segue_context.search import ChangedIn, Retriever

MOST_CHARS = 12_000
MOST_SYMBOLS = 300
_MOST_LISTED = 40
_LONGEST_LINE = 160
_LONGEST_SIGNATURE = 120
_MOST_SOURCE_LINES = 120
_MOST_ASKED = 3
_MOST_LOOKED_AT = 50
_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?:[-:](?P<end>\d+))?")
_SMALL_KINDS = frozenset({"variable", "field", "constant"})


class Refused(Exception):
    """Why a question has no answer, as one sentence that says what to do."""


class Answers:
    """Answers about the repository at `root`; every method may be called from any thread.

    Lines count from 1. `rules` decide which files may be shown, and mask what is.
    """

    def __init__(
        self, root: Path, index: WorkspaceIndex, rules: SendingRules, searcher: Retriever | None = None
    ) -> None:
        self._root = root
        self._index = index
        self._rules = rules
        self._searcher: Retriever = searcher or Searcher(index)

    def search(self, question: str, limit: int) -> str:
        """List the places that answer a question in words, best first, with the lines that matched."""
        result = self._searcher.search(question, limit)
        lines = [result.note] if result.note else []
        if result.refused:
            lines.append(result.reason)
        for place in result.places:
            if not self._rules.may_leave(place.path):
                continue
            owner = f" [{place.container}]" if place.container else ""
            head = f" {place.signature[:_LONGEST_SIGNATURE]}{owner}" if place.signature else ""
            lines.append(f"{place.where}{head}  ({place.why})")
            text = (self._index.read_text(place.path) or "").split("\n")
            lines.extend(
                f"  {at + 1}: {text[at].strip()[:_LONGEST_LINE]}" for at in place.lines[:3] if at < len(text)
            )
        if result.facets:
            lines.append(f"No place stands out. Ask again with one of: {', '.join(result.facets)}")
        lines.extend(_commit(one) for one in result.commits)
        return self._told(lines or ["Nothing was found: use other words, or grep for an exact text."])

    def definition(self, symbol: str, path: str, line: int, *, source: bool) -> str:
        """Say where a symbol is defined: anywhere, below `path`, or as it is meant where `line` of `path` uses it."""
        found = self._found(symbol, path, line)
        lines: list[str] = []
        for one in found[:_MOST_LISTED]:
            lines.append(_head(one))
            if source and len(found) <= _MOST_ASKED:
                lines.extend(self._source(one))
        if len(found) > _MOST_LISTED:
            lines.append(
                f"… and {len(found) - _MOST_LISTED} more; narrow them by `path` or write Class.name."
            )
        return self._told(lines)

    def references(self, symbol: str, path: str, line: int, limit: int) -> str:
        """List the uses of a symbol by file, production code before tests, with the definition around each."""
        found = _implementations(self._found(symbol, path, line))
        if len(found) > _MOST_ASKED:
            heads = [_head(one) for one in found[:_MOST_LISTED]]
            return self._told(
                [f"{len(found)} definitions are called so. Say which by `path`, or as Class.name:", *heads]
            )
        navigator = Navigator(self._index)
        lines: list[str] = []
        for one in found:
            uses = [use for use in navigator.uses(one) if self._rules.may_leave(use.path)]
            sure = [use for use in uses if use.sure]
            maybe = [use for use in uses if not use.sure]
            files = len({use.path for use in uses})
            lines.append(
                f"{_head(one)}: {_count(len(sure), 'use')}, {len(maybe)} by name only, in {_count(files, 'file')}"
            )
            left = _listed(sure, limit, lines)
            if maybe:
                lines.append("By name only (the code does not say which one is meant):")
                _listed(maybe, left, lines)
        if navigator.is_late:
            lines.append("The search ended after some seconds: there may be more uses.")
        return self._told(lines)

    def outline(self, path: str) -> str:
        """List the definitions of a file, or the files of a folder with what each defines."""
        inside = self._inside(path)
        if inside == "." or (self._root / inside).is_dir():
            return self._folder("" if inside == "." else inside + "/")
        self._text(inside)
        symbols = self._index.symbols_in(inside)
        if not symbols:
            raise Refused(f"Nothing is defined in {inside} that the index knows; read the file.")
        functions = {one.name for one in symbols if one.kind in ("function", "method")}
        shown = [one for one in symbols if not (one.kind in _SMALL_KINDS and one.container in functions)]
        lines = [inside]
        depth: dict[str, int] = {}
        for one in shown[:MOST_SYMBOLS]:
            depth[one.name] = indent = depth[one.container] + 1 if one.container in depth else 0
            lines.append(f"{'  ' * indent}{_lines(one)} {_signature(one)}")
        if len(shown) > MOST_SYMBOLS:
            lines.append(f"… and {len(shown) - MOST_SYMBOLS} more")
        return self._told(lines)

    def related_files(self, path: str) -> str:
        """List the tests, the other half, the imports and the importers of a file."""
        inside = self._inside(path)
        self._text(inside)
        related = related_to(inside, self._index)
        lines: list[str] = []
        for title, paths in (
            ("tests", related.tests),
            ("tests this file", related.tested),
            ("other half", related.paired),
            ("imports", related.imports),
            ("imported by", related.importers),
        ):
            shown = [one for one in paths if self._rules.may_leave(one)]
            if shown:
                more = f" … and {len(shown) - _MOST_LISTED} more" if len(shown) > _MOST_LISTED else ""
                lines.append(f"{title} ({len(shown)}): {', '.join(shown[:_MOST_LISTED])}{more}")
        return self._told(lines or [f"No file of the repository is known to be related to {inside}."])

    def history_of(self, path: str, symbol: str, limit: int) -> str:
        """List the commits that changed a file, lines of it, or a definition; newest first."""
        if not (path.strip() or symbol.strip()):
            raise Refused("Name a file, lines of it (`src/app.py:10-20`), or a symbol.")
        place = _PLACE.fullmatch(path.strip())
        lines = (int(place["line"]), int(place["end"] or place["line"])) if place else None
        if symbol:
            found = self._found(symbol, path, 0)
            chosen = _implementations(found)
            if len(chosen) > 1:
                raise Refused(
                    f"Several definitions have this name; say which by `path`: {'; '.join(map(_head, chosen[:5]))}"
                )
            inside, lines = chosen[0].path, (chosen[0].line + 1, chosen[0].end_line)
        else:
            inside = self._inside(path)
        if why := self._rules.refusal(inside):
            raise Refused(f"{inside} is not shown: {why}")
        try:
            repository = repository_of(self._root)
            below = Path(os.path.relpath(os.path.realpath(self._root), repository.root)).as_posix()
            named = inside if below == "." else f"{below}/{inside}"
            commits = repository.history_of(named, repository.committed_lines(named, lines), count=limit)
        except GitError as error:
            raise Refused(str(error)) from None
        where = f"{inside}:{lines[0]}-{lines[1]}" if lines else inside
        return self._told(
            [where, *map(_commit, commits)] if commits else [f"No commit has changed {where} yet."]
        )

    def _found(self, symbol: str, path: str, line: int) -> list[Symbol]:
        """Return the definitions that a question means; at least one."""
        name = SymbolName.parse(symbol)
        symbol = symbol.strip()[:_LONGEST_SIGNATURE]
        if not name.name:
            raise Refused("Name a symbol, for example `parse` or `Parser.parse`.")
        inside = self._inside(path) if path else ""
        navigator = Navigator(self._index)
        if inside and line > 0:
            self._text(inside)
            found = navigator.meant_at(inside, line - 1, name.name)
        else:
            found = navigator.definitions(name, "" if inside == "." else inside)
        found = [one for one in found if self._rules.may_leave(one.path)]
        if found:
            return sorted(found, key=lambda one: is_test(one.path))
        others = [
            one for one in navigator.definitions(SymbolName(name.name)) if self._rules.may_leave(one.path)
        ]
        if others:
            heads = "; ".join(_head(one) for one in others[:5])
            raise Refused(f"`{symbol}` is not defined there. Definitions of `{name.name}`: {heads}")
        raise Refused(
            f"`{name.name[:_LONGEST_SIGNATURE]}` is not defined in this repository: check the spelling, or use `search` with words. "
            "It may come from a library."
        )

    def _folder(self, below: str) -> str:
        files = [path for path in self._index.files() if path.startswith(below)]
        if not files:
            raise Refused(f"The index knows no file below {below or 'the root'}.")
        direct = [path for path in files if "/" not in path[len(below) :]]
        nested = groupby(
            (p for p in files if "/" in p[len(below) :]), lambda p: p[len(below) :].split("/")[0]
        )
        folders = [(name, list(inside)) for name, inside in nested]
        lines = [
            f"{below}{name}/ ({_count(len(inside), 'file')})"
            for name, inside in folders
            if any(map(self._rules.may_leave, inside[:_MOST_LOOKED_AT]))
        ]
        for path in direct:
            if not self._rules.may_leave(path):
                continue
            names = [
                one.name
                for one in self._index.symbols_in(path)
                if not one.container and one.kind not in _SMALL_KINDS
            ]
            lines.append(f"{path}: {', '.join(dict.fromkeys(names[:12]))}" if names else path)
            if len(lines) >= 2 * _MOST_LISTED:
                lines.append(f"… {len(direct)} files are directly in it")
                break
        return self._told(lines)

    def _source(self, symbol: Symbol) -> list[str]:
        text = self._text(symbol.path).split("\n")[symbol.line : symbol.end_line]
        shown = [f"{symbol.line + 1 + n}: {line}" for n, line in enumerate(text[:_MOST_SOURCE_LINES])]
        return shown if len(text) <= _MOST_SOURCE_LINES else [*shown, f"… {len(text)} lines in all"]

    def _inside(self, path: str) -> str:
        """Return a path as the index knows it: relative to the root, with forward slashes; "." for the root."""
        written = path.strip().replace("\\", "/").removeprefix("file://")
        place = _PLACE.fullmatch(written)
        written = place["path"] if place else written
        if "\0" in written:
            raise Refused("A path holds no zero bytes.")
        full, root = os.path.normpath(self._root / written), str(self._root)
        if (
            not full.startswith(root) and Path(written).is_absolute()
        ):  # the client may know the folder by a link
            full, root = os.path.realpath(full), os.path.realpath(root)
        inside = os.path.relpath(full, root).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../") or Path(inside).is_absolute():
            raise Refused(f"{path} is outside this repository ({self._root}); only its own files are shown.")
        return inside

    def _text(self, path: str) -> str:
        """Return the text of a file that may be shown."""
        text = self._index.read_text(path)
        why = self._rules.refusal(path, text)
        if why:
            raise Refused(f"{path} is not shown: {why}")
        if text is None:
            raise Refused(f"There is no text file {path} in this repository that the index may read.")
        return text

    def _told(self, lines: Iterable[str]) -> str:
        text = self._rules.mask("\n".join(lines))
        if len(text) <= MOST_CHARS:
            return text
        return text[: text.rfind("\n", 0, MOST_CHARS)] + "\n… cut here: ask for less."


def _implementations(symbols: Sequence[Symbol]) -> list[Symbol]:
    """Return one definition of each that is written several times, as overloads and declarations are: the longest."""
    best: list[Symbol] = []
    for one in symbols:
        at = next((n for n, known in enumerate(best) if _is_same(known, one)), len(best))
        if at == len(best):
            best.append(one)
        elif one.end_line - one.line > best[at].end_line - best[at].line:
            best[at] = one
    return best


def _is_same(one: Symbol, other: Symbol) -> bool:
    return one.container == other.container and (
        one.path == other.path or is_other_half(one.path, other.path)
    )


def _listed(uses: Sequence[UseOf], limit: int, lines: list[str]) -> int:
    """Add up to `limit` uses to `lines`, and the rest as counts; return how many may still be listed."""
    left = limit
    rest: list[str] = []
    ordered = sorted(uses, key=lambda use: is_test(use.path))  # stable: the nearest file stays first
    for path, group in groupby(ordered, lambda use: use.path):
        inside = list(group)
        if left <= 0:
            rest.append(f"{path} ({len(inside)})")
            continue
        lines.append(path)
        lines.extend(_use(use) for use in inside[:left])
        if len(inside) > left:
            lines.append(f"  … {len(inside) - left} more")
        left -= len(inside)
    if rest:
        more = f" and {len(rest) - _MOST_LISTED} more files" if len(rest) > _MOST_LISTED else ""
        lines.append(f"… also in {', '.join(rest[:_MOST_LISTED])}{more}")
    return max(left, 0)


def _use(use: UseOf) -> str:
    inside = f" in {use.inside}" if use.inside else ""
    return f"  {use.line + 1}{inside}: {use.text[:_LONGEST_LINE]}"


def _head(symbol: Symbol) -> str:
    owner = f" [{symbol.container}]" if symbol.container else ""
    doc = f"  {symbol.doc[:_LONGEST_LINE]}" if symbol.doc else ""
    return f"{symbol.path}:{_lines(symbol)} {_signature(symbol)}{owner}{doc}"


def _commit(one: Commit | ChangedIn) -> str:
    return f"{one.sha[:10]} {one.date} {one.subject}"


def _lines(symbol: Symbol) -> str:
    first, last = symbol.line + 1, symbol.end_line
    return f"{first}-{last}" if last > first else str(first)


def _signature(symbol: Symbol) -> str:
    written = symbol.signature or f"{symbol.kind} {symbol.name}"
    return written if len(written) <= _LONGEST_SIGNATURE else written[: _LONGEST_SIGNATURE - 1] + "…"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
