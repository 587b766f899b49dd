"""The code of single-file components (Vue, Svelte), with blanks in the place of all markup and style.

Every byte of the code stands where it does in the file, so that the tree and the names of the code are those of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCRIPT = re.compile(rb"<script\b(?:(?!<script)[^>])*>(.*?)(?:</script\s*>|\Z)", re.DOTALL)
_HIDDEN = re.compile(rb"<style\b.*?(?:</style\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_COMPONENT = re.compile(rb"<(?=[A-Z]\w*[\s/>])(\w+)|</(?=[A-Z])(\w+)")
_SETUP = re.compile(rb"<script\b(?:(?!<script)[^>])*?\bsetup\b")
_VUE_CODE = re.compile(
    rb"\{\{(?P<text>(?:(?!\{\{).)*?)\}\}"
    rb"|(?<=\s)(?:v-(?P<special>for|slot)[\w:.-]*|(?P<slot>\#)[\w.-]+)\s*=\s*(?P<q1>[\"'])(?P<bound>.*?)(?P=q1)"
    rb"|(?<=\s)(?:(?P<event>@|v-on:)[\w:.-]+|(?::|v-)[\w:.\[\]-]+)\s*=\s*(?P<q2>[\"'])(?P<value>.*?)(?P=q2)",
    re.DOTALL,
)
_FOR = re.compile(rb"\s(?:in|of)\s")
_BLOCK = re.compile(rb"(?:[#:@/]\s*(?:else\s+if|[a-z]+)|\.\.\.)\s*")
_AS = re.compile(rb"(?<!\s)\s+as\s+(.*)\Z|\Z", re.DOTALL)
_NAME = re.compile(rb"[^\W\d]\w*")
_ATTRIBUTE = re.compile(rb"<[^<>]*\s\Z")
_NEAR = 300
_RUNE = re.compile(rb"\$(?:state|derived|effect|props|bindable|inspect|host)(?=[(.<])")


def vue_code(data: bytes) -> bytes:
    """Return the scripts of a Vue component, and the expressions of its template where those see the script's names."""
    blank = _Code(data)
    markup = blank.scripts()
    if _SETUP.search(data):
        local: set[bytes] = set()
        found: list[tuple[int, int, bool]] = []
        for start, end in markup:
            for match in _VUE_CODE.finditer(data, start, end):
                if match["bound"] is not None:
                    begin, stop = match.span("bound")
                    head = _FOR.search(data, begin, stop) if match["special"] == b"for" else None
                    local.update(_NAME.findall(data, begin, stop if head is None else head.start()))
                    if head is not None:
                        found.append((head.end(), stop, False))
                else:
                    group = "text" if match["text"] is not None else "value"
                    found.append((*match.span(group), bool(match["event"])))
        blank.expressions(found, local)
    blank.components(markup)
    return bytes(blank.code)


def svelte_code(data: bytes) -> bytes:
    """Return the scripts of a Svelte component, and what its markup has in braces."""
    blank = _Code(data)
    markup = blank.scripts()
    local: set[bytes] = set()
    found: list[tuple[int, int, bool]] = []
    for start, end in markup:
        for begin, stop in _braces(data, start, end):
            word = _BLOCK.match(data, begin, stop)
            first = begin if word is None else word.end()
            if word is not None and word[0].strip() in (b":then", b":catch"):
                local.update(_NAME.findall(data, first, stop))
                continue
            bound = _AS.search(data, first, stop) if word is not None else None
            last = stop if bound is None else bound.start()
            if bound is not None and bound[1]:
                local.update(_NAME.findall(bound[1]))
            is_short = _NAME.fullmatch(data, begin, stop) and _ATTRIBUTE.search(
                data, max(start, begin - _NEAR), begin - 1
            )
            if first < last and not is_short:  # `{title}` of a tag names an attribute too
                found.append((first, last, False))
    blank.expressions(found, local)
    blank.components(markup)
    return _RUNE.sub(lambda rune: b"_" * len(rune[0]), bytes(blank.code))  # `$name` elsewhere is a store


class _Code:
    """A copy of a file in which all is blank that was not asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.code = bytearray(re.sub(rb"[^\n]", b" ", data))

    def scripts(self) -> list[tuple[int, int]]:
        """Keep the scripts; return the stretches of markup between them."""
        taken = []
        for match in _SCRIPT.finditer(self._data):
            begin, stop = match.span(1)
            self.code[begin:stop] = self._data[begin:stop]
            if stop < len(self._data):
                self.code[stop : stop + 1] = b";"  # else a statement reaches up to the first expression
            taken.append(match.span())
        taken += [match.span() for match in _HIDDEN.finditer(self._data)]
        markup, at = [], 0
        for begin, stop in sorted(taken):
            if begin > at:
                markup.append((at, begin))
            at = max(at, stop)
        return [*markup, (at, len(self._data))]

    def expressions(self, found: Iterable[tuple[int, int, bool]], local: set[bytes]) -> None:
        """Keep expressions, each as a statement; what `local` names is nobody's of the script."""
        for begin, stop, is_statement in found:
            text = _NAME.sub(lambda m: b"_" * len(m[0]) if m[0] in local else m[0], self._data[begin:stop])
            self.code[begin:stop] = text
            self.code[begin - 1 : begin] = b";" if is_statement else b"("
            if not is_statement:
                self.code[begin - 2 : begin - 1] = b";"
                self.code[stop : stop + 1] = b")"

    def components(self, markup: Iterable[tuple[int, int]]) -> None:
        """Keep the names of tags that are components."""
        for start, end in markup:
            for match in _COMPONENT.finditer(self._data, start, end):
                begin, stop = match.span(1 if match[1] else 2)
                self.code[begin - 1 : stop] = b";" + self._data[begin:stop]


def _braces(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the insides of the outermost braces."""
    depth, begin = 0, start
    for match in re.compile(rb"[{}]").finditer(data, start, end):
        if match[0] == b"{":
            depth += 1
            begin = match.end() if depth == 1 else begin
        elif depth:
            depth -= 1
            if not depth:
                yield begin, match.start()
