"""Imports follow their uses: added when a name is used that the file does not have, removed with its last use."""

from __future__ import annotations

import builtins
import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING

from segue_next_edit._candidates import Candidate
from segue_next_edit._definitions import defined_by
from segue_next_edit._import_edits import Wanted, with_name, without_names
from segue_next_edit._imports import JS, module_file, named_from, statements_in
from segue_next_edit._lexing import lexed
from segue_next_edit._standard_names import STANDARD
from segue_next_edit._tokens import WORD, words_of
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._imports import Statement
    from segue_next_edit._situation import FileText, Situation

_MAX_NAMES = 100
_MAX_MISSING = 12
_MAX_FILES = 40
_ASKED_FILES = 300
_SURE_VOTES = 6
_GO_STANDARD = {
    path.rsplit("/", 1)[-1]: path
    for path in [
        "bufio",
        "bytes",
        "context",
        "crypto/md5",
        "crypto/sha256",
        "crypto/tls",
        "embed",
        "encoding/base64",
        "encoding/binary",
        "encoding/hex",
        "encoding/json",
        "encoding/xml",
        "errors",
        "flag",
        "fmt",
        "hash",
        "html/template",
        "io",
        "io/fs",
        "log",
        "log/slog",
        "maps",
        "math",
        "math/big",
        "mime/multipart",
        "net",
        "net/http",
        "net/http/httptest",
        "net/url",
        "os",
        "os/exec",
        "os/signal",
        "path",
        "path/filepath",
        "reflect",
        "regexp",
        "runtime",
        "slices",
        "sort",
        "strconv",
        "strings",
        "sync",
        "sync/atomic",
        "syscall",
        "testing",
        "time",
        "unicode",
        "unicode/utf8",
    ]
}
_NODE = frozenset(
    [
        "assert",
        "buffer",
        "child_process",
        "crypto",
        "events",
        "fs",
        "http",
        "https",
        "net",
        "os",
        "path",
        "process",
        "stream",
        "url",
        "util",
        "zlib",
    ]
)
_PLAIN = frozenset(
    [
        "if",
        "else",
        "for",
        "while",
        "return",
        "import",
        "from",
        "as",
        "in",
        "is",
        "not",
        "and",
        "or",
        "None",
        "True",
        "False",
        "self",
        "cls",
        "this",
        "new",
        "null",
        "undefined",
        "def",
        "class",
    ]
)

_BUILTIN = frozenset(dir(builtins))
_QUOTED_TYPE = re.compile(r"""(?:\w|\)|\])\s*(?::|->)\s*["'][^"']*\Z""")
"""What comes before a name in an annotation that is written as a string."""

Source = tuple[str, str, str]  # module as `module_file` gives it, name in it, form


class ImportRule:
    """Keeps the import statements of edited files in step with their uses."""

    kind = "import"

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield the changes to the imports of each edited file."""
        for path in situation.paths:
            file = situation.file(path)
            language = language_of(path=path).id
            if file is None or len(file.lines) > 20_000:
                continue
            yield from self._changed(situation, file, language, file.imports)

    def _changed(
        self, situation: Situation, file: FileText, language: str, statements: list[Statement]
    ) -> Iterator[Candidate]:
        gone = _unused(situation, file, statements)
        missing = list(_missing(situation, file, language, statements))
        lines = list(file.lines)
        found = 0
        notes: list[str] = []
        for name in missing:
            source, count, surely = _source_of(situation, file.path, language, name)
            if source is None:
                continue
            module, original, form = source
            now = statements_in(lines, language)
            new = with_name(
                lines, now, language, Wanted(named_from(module, file.path, language), original, name, form)
            )
            if new is not None:
                lines = new
                found = max(found, count + 5 * surely)
                notes.append(f"import {name}")
        for statement in reversed(statements_in(lines, language)):
            names = set(statement.locals) & gone
            if names:
                new = without_names(lines, statement, names)
                if new is not None:
                    lines = new
                    notes += [f"{name} is no longer used" for name in sorted(names)]
        if lines == file.lines:
            return
        limit = max((s.end for s in statements), default=0) + 40
        matcher = SequenceMatcher(
            None, file.lines[:limit], lines[: limit + len(lines) - len(file.lines)], autojunk=False
        )
        reason = "; ".join(notes[:3])
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag == "equal" or (situation.is_touched(file.path, a, max(b, a + 1)) and tag != "insert"):
                continue
            yield Candidate(
                file.path, a, b, tuple(lines[c:d]), "import", "import\0" + file.path, reason,
                {"adds": float(d - c >= b - a), "removes": float(bool(gone)), "seen": float(min(found, 8)),
                 "names": float(min(len(notes), 4)), "age": float(min(_age(situation, file.path), 10))},
            )  # fmt: skip


def _shared_folders(one: str, other: str) -> int:
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _age(situation: Situation, path: str) -> int:
    return min(edit.age for edit in situation.done if edit.path == path)


def _unused(situation: Situation, file: FileText, statements: list[Statement]) -> set[str]:
    """Return imported names whose last use was just removed."""
    taken: set[str] = set()
    for edit in situation.done:
        if edit.path == file.path:
            taken |= set(words_of(edit.old))
    if not taken:
        return set()
    inside = {line for s in statements for line in range(s.start, s.end)}
    imported = {
        local
        for s in statements
        for local in s.locals
        if local in taken and not s.module.startswith("__future__")
    }
    return {
        name
        for name in imported
        if not any(
            file.line_at(m.start()) not in inside
            for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", file.text)
        )
    }


def _missing(
    situation: Situation, file: FileText, language: str, statements: list[Statement]
) -> Iterator[str]:
    """Yield names that the edits brought into a file which neither defines nor imports them."""
    bound = {local for s in statements for local in s.locals}
    inside = {line for s in statements for line in range(s.start, s.end)}
    code = lexed(file.text, language)
    seen: set[str] = set()
    given = _BUILTIN if language == "python" else frozenset()
    missing = 0
    for edit in situation.done:
        if edit.path != file.path:
            continue
        before = set(words_of(edit.old))
        for at, line in enumerate(edit.new, start=edit.line):
            if at in inside or at >= len(file.lines) or file.lines[at] != line:
                continue
            for match in WORD.finditer(line):
                name = match[0]
                if (
                    name in bound
                    or name in seen
                    or name in before
                    or name in _PLAIN
                    or name in given
                    or len(name) < 2
                ):
                    continue
                if match.start() and line[match.start() - 1] in ".@$" and line[match.start() - 1] != "@":
                    continue
                dotted = line[match.end() : match.end() + 1] == "."
                if language == "go" and not dotted:
                    continue
                if not dotted and line[match.end() : match.end() + 1] in ("=", ":") and language == "python":
                    continue
                if code.at(file.starts[at] + match.start()) != "code" and not (
                    language == "python" and _QUOTED_TYPE.search(line, 0, match.start())
                ):
                    continue
                seen.add(name)
                if not _defined_here(file, name, language):
                    missing += 1
                    yield name
                if len(seen) > _MAX_NAMES or missing >= _MAX_MISSING:
                    return


def _defined_here(file: FileText, name: str, language: str) -> bool:
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", file.text):
        line = file.lines[file.line_at(match.start())]
        if name in defined_by(line, language):
            return True
        before, after = (
            file.text[max(0, match.start() - 12) : match.start()],
            file.text[match.end() : match.end() + 4],
        )
        if re.search(r"(?:\bfor |\bas |\blambda |,\s*|\(\s*|^\s*)\Z", before) and re.match(
            r"\s*(?:in\b|:=|=[^=>]|=>|:\s)", after
        ):
            return True
        if re.search(r"(?:\bfor |\bas |\bcatch \(|\bexcept .* as )\Z", before):
            return True
    return False


def _source_of(situation: Situation, path: str, language: str, name: str) -> tuple[Source | None, int, bool]:
    """Return where other files have `name` from, how many of them, and whether the language itself has it."""
    family = JS if language in JS else frozenset({language})
    votes: Counter[Source] = Counter()
    weights: Counter[Source] = Counter()
    defining: list[str] = []
    near = situation.files_with(name, limit=_ASKED_FILES)
    near.sort(key=lambda other: -_shared_folders(path, other))
    others = [other for other in near if other != path and language_of(path=other).id in family][:_MAX_FILES]
    for other in others:
        file = situation.file(other)
        for statement in () if file is None else file.head_imports:
            if name not in statement.locals:
                continue
            for original, local in statement.names:
                if local == name:
                    module = module_file(statement.module, other, language)
                    if statement.form == "module":
                        module = original
                    votes[module, original, statement.form] += 1
                    weights[module, original, statement.form] += 2 ** min(_shared_folders(path, other), 8)
        if len(votes) == 1 and votes.total() >= _SURE_VOTES:
            break
    if votes:
        source = weights.most_common(1)[0][0]  # files nearby know better than many far away
        return source, votes[source], False
    if language != "go":
        defining = [other for other in others if _defines(situation.file(other), name)]
    if language == "python" and name in sys.stdlib_module_names:
        return (name, name, "module"), 0, True
    if language == "python" and name in STANDARD and not defining:
        return (STANDARD[name], name, "from"), 0, True
    if language == "go" and name in _GO_STANDARD:
        return (_GO_STANDARD[name], _GO_STANDARD[name], "module"), 0, True
    if language in JS and name in _NODE:
        return (f"node:{name}", "default", "default"), 0, True
    if len(defining) == 1:
        return _defined_in(situation, path, language, name, defining[0]), 1, False
    return None, 0, False


def _defines(file: FileText | None, name: str) -> bool:
    return file is not None and any(
        name in defined_by(text, file.language) for _, text in file.lines_with(name) if text[:1].strip()
    )


def _defined_in(situation: Situation, path: str, language: str, name: str, other: str) -> Source | None:
    """Return how to import `name` from the file that defines it."""
    stem = other.rsplit(".", 1)[0]
    if language == "python":
        stem = stem.removesuffix("/__init__")
        relative = any(s.module.startswith(".") for s in statements_in(situation.lines(path), language))
        if relative and stem.split("/")[0] == path.split("/", maxsplit=1)[0]:
            return "./" + stem, name, "from"
        return stem.removeprefix("src/").replace("/", "."), name, "from"
    if language in JS:
        styles = [
            s.module for s in statements_in(situation.lines(path), language) if s.module.startswith(".")
        ]
        suffix = ".js" if any(module.endswith(".js") for module in styles) else ""
        return "./" + stem.removesuffix("/index") + suffix, name, "from"
    return None
