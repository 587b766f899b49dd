"""What a single line defines, told from its shape: fast, and for lines that no longer stand anywhere."""

from __future__ import annotations

import re
from functools import lru_cache

from segue_syntax._keywords import NO_HEADS
from segue_syntax._registry import language_of

_ANY = re.compile(
    r"\b(?:def|class|function|func|fn|fun|interface|trait|struct|enum|type|module|namespace|record|object|protocol)\s+"
    r"(?:\([^)]*\)\s*)?(?P<head>[^\W\d]\w*)"
    r"|\b(?:const|let|var|val|static|final)\s+(?:mut\s+)?(?!(?:class|interface|struct|enum|record|fun|fn|func|function|def)\b)"
    r"(?P<value>[^\W\d]\w*)"
    r"|^\s*(?P<assigned>[^\W\d][\w]*)\s*(?::\s*[^=]+)?(?::=|=(?!=))"
    r"|^\s*(?:(?:public|private|protected|static|final|abstract|override|async|readonly|export|default)\s+)*"
    r"(?:[\w<>\[\],.?]+\s+)?(?P<method>[^\W\d]\w*)\s*\([^;]*\)[^;=]*\{\s*$"
)
_FIELD = re.compile(
    r"^\s+(?:(?:public|private|protected|static|readonly|final|pub)\s+)*(?P<field>[^\W\d]\w*)\??\s*:\s*\S"
)
_PARAMETERS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_LONG_LINE = 300
_NAME = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=4096)
def defined_by(line: str, language_id: str) -> frozenset[str]:
    """Return the names that `line` defines: symbols, variables, fields and, on a definition's line, parameters."""
    if len(line) > _LONG_LINE:
        return frozenset()
    names: set[str] = set()
    language = language_of(language_id)
    for match in _ANY.finditer(line):
        name = next((value for value in match.groupdict().values() if value), "")
        if name and name not in NO_HEADS:
            names.add(name)
            bases = language.class_arguments_are_bases and match[0].startswith("class")
            if match.lastgroup in ("head", "method") and not bases:
                names |= parameters_of(line)
    field = (language.field or _FIELD).match(line)
    if field and field["field"] not in NO_HEADS:
        names.add(field["field"])
    return frozenset(names)


@lru_cache(maxsize=4096)
def declared_by(line: str) -> frozenset[str]:
    """Return the functions, methods, classes and types that `line` declares: names that others may know."""
    if len(line) > _LONG_LINE:
        return frozenset()
    found = {match["head"] or match["method"] for match in _ANY.finditer(line)}
    return frozenset(name for name in found if name and name not in NO_HEADS)


def parameters_of(line: str) -> set[str]:
    """Return the names of the parameters that a definition's line declares."""
    names: set[str] = set()
    for group in _PARAMETERS.findall(line):
        for part in group.split(","):
            name = _NAME.search(part.strip().lstrip("*&."))
            if name:
                names.add(name[0])
    return names
