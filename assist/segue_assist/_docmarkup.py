"""The notations of doc comments: from meaning to the lines between the delimiters."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_assist._docstyle import DocStyle
    from segue_assist._doctext import DocItem, DocText

_PREFORMATTED = re.compile(r"^(?:\s{4,}\S|\s*(?:[-*+•]|\d+[.)])\s|\s*>>>|\s*\.\.\s|\s*\||\s*#{1,4}\s)")
_HTML_LOOSE = re.compile(
    r"(?P<kept>\{@(?:[^{}]|\{[^{}]*\})*\}|<pre>.*?</pre>|```.*?```|`[^`\n]*`|&\#?\w+;|</?(?:[abipqu]|br|em|strong|tt|code|pre|[uod]l|li|d[td]|h\d|"
    r"table|t[rdh]|thead|tbody|blockquote|su[bp]|var|kbd|samp|cite|hr|img|div|span|caption)\b[^<>]*>)|<|&(?!\w)|&",
    re.DOTALL,
)
_XML_INLINE = re.compile(
    r"</?(?:see|seealso|paramref|typeparamref|c|code|para|list|item|term|description|b|i|em|strong)\b[^<>]*>"
)


def markup_lines(doc: DocText, style: DocStyle, *, width: int, name: str) -> list[str]:
    """Return the lines of `doc` in the style's notation, without delimiters and indentation."""
    writer = _Writer(doc, style, width, name)
    parts = writer.parts()
    lines: list[str] = []
    for part in parts:
        if part:
            lines += ["", *part] if lines else part
    return lines


class _Writer:
    def __init__(self, doc: DocText, style: DocStyle, width: int, name: str) -> None:
        self.doc = _mapped(doc, _html) if style.markup == "javadoc" else doc
        self.style = style
        self.width = width
        self.name = name

    def parts(self) -> list[list[str]]:
        """Return the paragraphs, to be set apart by empty lines."""
        if self.style.markup == "xmldoc":
            return [self._xml()]
        summary = self.doc.summary
        if self.style.markup == "godoc":
            summary = _start_with_name(summary, self.name)
        if self.style.brief:
            summary = f"{self.style.marker}brief {summary}"
        head = [self._wrap(summary), self._prose(self.doc.body)]
        markup = self.style.markup
        if markup == "google":
            return [*head, *self._google()]
        if markup == "numpy":
            return [*head, *self._numpy()]
        if markup == "rest":
            return [*head, self._rest(), *self._titled("{}:")]
        if markup == "rustdoc":
            return [*head, *self._rustdoc()]
        if markup == "swift":
            return [*head, self._swift(), *self._titled("## {}")]
        if markup in {"godoc", "rdoc", "shell", "plain"}:
            return [*head, *self._plain(), *self._titled("{}:")]
        return [*head, *self._titled("{}:"), self._tags()]

    # -- notations ---------------------------------------------------------------------------------------------

    def _google(self) -> list[list[str]]:
        doc, typed = self.doc, self.style.typed
        parts = []
        if doc.params:
            entries = [
                self._wrap(
                    f"{p.name} ({p.type}): {p.text}" if typed and p.type else f"{p.name}: {p.text}", 4, 8
                )
                for p in doc.params
            ]
            parts.append(["Args:", *_flat(entries)])
        for title, item in (("Returns:", doc.returns), ("Yields:", doc.yields)):
            if item is not None:
                entries = [
                    self._wrap(
                        _typed_result(one, typed=typed or bool(item.several)), 4, 8 if item.several else 4
                    )
                    for one in item.several or (item,)
                ]
                parts.append([title, *_flat(entries)])
        if doc.raises:
            parts.append(["Raises:", *_flat([self._wrap(f"{r.name}: {r.text}", 4, 8) for r in doc.raises])])
        return [*parts, *self._titled("{}:")]

    def _numpy(self) -> list[list[str]]:
        doc = self.doc
        parts = []
        if doc.params:
            parts.append(["Parameters", "-" * 10, *_flat([self._numpy_item(p) for p in doc.params])])
        for title, item in (("Returns", doc.returns), ("Yields", doc.yields)):
            if item is not None:
                entries = [
                    [one.type or "object", *self._wrap(one.text, 4, 4)] for one in item.several or (item,)
                ]
                parts.append([title, "-" * len(title), *_flat(entries)])
        if doc.raises:
            entries = [[r.name, *self._wrap(r.text, 4, 4)] for r in doc.raises]
            parts.append(["Raises", "------", *_flat(entries)])
        parts += [
            [title, "-" * len(title), *self._prose(text)] for title, text in doc.sections if text.strip()
        ]
        return parts

    def _numpy_item(self, item: DocItem) -> list[str]:
        head = f"{item.name} : {item.type}" if item.type else item.name
        return [head, *self._wrap(item.text, 4, 4)]

    def _rest(self) -> list[str]:
        doc = self.doc
        lines: list[str] = []
        for item in doc.params:
            lines += self._wrap(f":param {item.name}: {item.text}", 0, 4)
            if self.style.typed and item.type:
                lines.append(f":type {item.name}: {item.type}")
        for word, result in ((self.style.return_word, doc.returns), ("yields", doc.yields)):
            if result is not None:
                lines += self._wrap(f":{word}: {result.text}".rstrip(), 0, 4)
                if self.style.typed and result.type and word != "yields":
                    lines.append(f":rtype: {result.type}")
        for item in doc.raises:
            lines += self._wrap(f":raises {item.name}: {item.text}", 0, 4)
        return lines

    def _rustdoc(self) -> list[list[str]]:
        doc = self.doc
        parts = []
        if doc.params:
            entries = [self._wrap(f"* `{p.name}` - {p.text}", 0, 2) for p in doc.params]
            parts.append(["# Arguments", "", *_flat(entries)])
        if doc.returns is not None and doc.returns.text:
            parts.append(["# Returns", "", *self._wrap(doc.returns.text)])
        if doc.raises:
            entries = [self._wrap(f"* `{r.name}` - {r.text}" if r.name else r.text, 0, 2) for r in doc.raises]
            parts.append(["# Errors", "", *_flat(entries)])
        parts += [
            [f"# {title}", "", *_inert_fences(self._prose(text))]
            for title, text in doc.sections
            if text.strip()
        ]
        return parts

    def _swift(self) -> list[str]:
        doc = self.doc
        lines: list[str] = []
        if len(doc.params) == 1:
            lines += self._wrap(f"- Parameter {doc.params[0].name}: {doc.params[0].text}", 0, 2)
        elif doc.params:
            lines += [
                "- Parameters:",
                *_flat([self._wrap(f"- {p.name}: {p.text}", 2, 4) for p in doc.params]),
            ]
        if doc.returns is not None and doc.returns.text:
            lines += self._wrap(f"- Returns: {doc.returns.text}", 0, 2)
        for item in doc.raises:
            lines += self._wrap(f"- Throws: {item.name} {item.text}".replace("  ", " "), 0, 2)
        return lines

    def _plain(self) -> list[list[str]]:
        doc = self.doc
        parts = []
        title = "Arguments:" if self.style.markup == "shell" else "Parameters:"
        if doc.params:
            entries = [self._wrap(f"- {p.name}: {p.text}", 2, 4) for p in doc.params]
            parts.append([title, *_flat(entries)])
        result = doc.returns or doc.yields
        if result is not None and result.text:
            text = result.text[0].lower() + result.text[1:] if result.text[:2].istitle() else result.text
            parts.append(self._wrap(text if text.lower().startswith("return") else f"It returns {text}"))
        if doc.raises:
            parts.append(["Errors:", *_flat([self._wrap(f"- {r.name}: {r.text}", 2, 4) for r in doc.raises])])
        return parts

    def _tags(self) -> list[str]:
        doc, markup = self.doc, self.style.markup
        marker = self.style.marker
        lines: list[str] = []
        for item in doc.params:
            lines += self._wrap(f"{marker}{self._param(item)}", 0, 2)
        result = doc.returns
        word = {"jsdoc": self.style.return_word, "tsdoc": self.style.return_word}.get(markup, "return")
        if result is not None:
            lines += self._wrap(f"{marker}{word} {self._typed(result)}".rstrip(), 0, 2)
        if doc.yields is not None:
            lines += self._wrap(
                f"{marker}{'yields' if markup in {'jsdoc', 'tsdoc'} else 'yield'} {self._typed(doc.yields)}",
                0,
                2,
            )
        for item in doc.raises:
            lines += self._wrap(f"{marker}{self._raise(item)}", 0, 2)
        for tag, text in doc.tags:
            head, *rest = text.split("\n")
            lines += [f"{marker}{tag} {head}".rstrip(), *rest]
        return lines

    def _param(self, item: DocItem) -> str:
        markup = self.style.markup
        text = item.text
        if item.name.startswith("<"):
            name = item.name.strip("<>")
            if markup == "javadoc":
                return f"param <{name}> {text}"
            word = {"scaladoc": "tparam", "doxygen": "tparam", "tsdoc": "typeParam", "jsdoc": "template"}.get(
                markup, "param"
            )
            return f"{word} {name} {text}"
        if markup == "jsdoc" and item.type and self.style.typed:
            return f"param {{{item.type}}} {item.name} - {text}"
        if markup in {"jsdoc", "tsdoc"}:
            return f"param {item.name} - {text}"
        if markup == "phpdoc":
            return f"param {item.type or 'mixed'} ${item.name.lstrip('$')} {text}"
        if markup == "yard" and item.type:
            return f"param {item.name} [{item.type}] {text}"
        return f"param {item.name} {text}"

    def _raise(self, item: DocItem) -> str:
        if self.style.markup == "yard":
            return f"raise [{item.name}] {item.text}"
        if self.style.markup == "jsdoc" and self.style.typed:
            return f"throws {{{item.name}}} {item.text}"
        return f"throws {item.name} {item.text}"

    def _typed(self, item: DocItem) -> str:
        markup = self.style.markup
        if not item.type or not self.style.typed:
            return item.text
        if markup == "jsdoc":
            return f"{{{item.type}}} {item.text}"
        if markup == "yard":
            return f"[{item.type}] {item.text}"
        return f"{item.type} {item.text}" if markup == "phpdoc" else item.text

    def _xml(self) -> list[str]:
        doc = self.doc
        lines = ["<summary>", *self._wrap(_xml(doc.summary)), "</summary>"]
        for item in doc.params:
            tag = "typeparam" if item.name.startswith("<") else "param"
            lines += self._wrap(f'<{tag} name="{item.name.strip("<>@")}">{_xml(item.text)}</{tag}>')
        if doc.returns is not None and doc.returns.text:
            lines += self._wrap(f"<returns>{_xml(doc.returns.text)}</returns>")
        for item in doc.raises:
            cref = item.name.replace("<", "{").replace(">", "}")
            lines += self._wrap(f'<exception cref="{cref}">{_xml(item.text)}</exception>')
        remarks = [doc.body] if doc.body else []
        remarks += [
            f"{title}: {text}" for title, text in doc.sections if title.lower() not in {"example", "examples"}
        ]
        if remarks:
            lines += [
                "<remarks>",
                *_flat([self._wrap(_xml(" ".join(text.split()))) for text in remarks]),
                "</remarks>",
            ]
        return lines

    # -- prose -------------------------------------------------------------------------------------------------

    def _titled(self, form: str) -> list[list[str]]:
        indent = "" if form.startswith("#") else "    "
        parts = []
        for title, text in self.doc.sections:
            if text.strip():
                body = [f"{indent}{line}" if line else "" for line in self._prose(text)]
                parts.append([form.format(title[:1].upper() + title[1:]), *body])
        return parts

    def _wrap(self, text: str, first: int = 0, later: int | None = None) -> list[str]:
        text = " ".join(text.split())
        return textwrap.wrap(
            text,
            width=max(self.width, 40),
            initial_indent=" " * first,
            subsequent_indent=" " * (first if later is None else later),
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _prose(self, text: str) -> list[str]:
        """Return prose wrapped by paragraph; lists, code and fences keep their lines."""
        lines: list[str] = []
        fenced = False
        paragraph: list[str] = []
        for line in [*text.split("\n"), ""]:
            fence = line.lstrip().startswith(("```", "~~~"))
            if fenced or fence or not line.strip() or _PREFORMATTED.match(line):
                lines += self._wrap(" ".join(paragraph)) if paragraph else []
                paragraph = []
                lines.append(line.rstrip())
                fenced ^= fence
            elif lines and not paragraph and _PREFORMATTED.match(lines[-1]):
                lines.append(line.rstrip())  # goes on below a list entry
            else:
                paragraph.append(line.strip())
        while lines and not lines[-1]:
            lines.pop()
        return _inert_fences(lines) if self.style.markup == "rustdoc" else lines


def _typed_result(item: DocItem, *, typed: bool) -> str:
    return f"{item.type}: {item.text}" if item.type and item.text and typed else item.text or item.type


def _mapped(doc: DocText, change: Callable[[str], str]) -> DocText:
    """Return `doc` with every text changed, names and types left alone."""

    def item(one: DocItem) -> DocItem:
        return replace(one, text=change(one.text))

    return replace(
        doc,
        summary=change(doc.summary),
        body=change(doc.body),
        params=tuple(map(item, doc.params)),
        returns=item(doc.returns) if doc.returns is not None else None,
        raises=tuple(map(item, doc.raises)),
    )


def _html(text: str) -> str:
    """Return text for a notation that is HTML: what is no markup of its own is escaped, entities stay."""
    return _HTML_LOOSE.sub(lambda match: match["kept"] or {"<": "&lt;", "&": "&amp;"}[match[0]], text)


def _flat(parts: list[list[str]]) -> list[str]:
    return [line for part in parts for line in part]


def _xml(text: str) -> str:
    """Return `text` escaped for XML, keeping the inline tags that doc comments know."""
    pieces = []
    end = 0
    opened: list[str] = []
    for match in _XML_INLINE.finditer(text):
        pieces.append(escape(_unescape(text[end : match.start()])))
        tag = match[0]
        name = re.sub(r"\W.*", "", tag.strip("</>"), flags=re.DOTALL)
        if tag.endswith("/>"):
            pieces.append(tag)
        elif tag.startswith("</"):
            if opened and opened[-1] == name:
                opened.pop()
                pieces.append(tag)
            else:
                pieces.append(escape(tag))
        elif f"</{name}>" in text[match.end() :]:
            opened.append(name)
            pieces.append(tag)
        else:
            pieces.append(escape(tag))
        end = match.end()
    return (
        "".join(pieces) + escape(_unescape(text[end:])) + "".join(f"</{name}>" for name in reversed(opened))
    )


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _inert_fences(lines: list[str]) -> list[str]:
    """Return Rust doc lines whose code blocks are not compiled and run as tests."""
    result = []
    inside = False
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("```"):
            if not inside and stripped in {"```", "```rust"}:
                line = line.replace(stripped, "```text" if stripped == "```" else "```ignore")  # noqa: PLW2901
            inside = not inside
        result.append(line)
    return [*result, "```"] if inside else result


def _start_with_name(summary: str, name: str) -> str:
    """Return a Go summary that starts with the name it documents, as the convention asks."""
    named = re.match(
        rf"(?:(?:The|This)\s+)?`?{re.escape(name)}(?:\(\))?`?\s+(?:(?:function|method|type|struct|interface)\s+)?(?=[a-z])(.*)",
        summary,
    )
    if named and not summary.startswith(f"{name} "):
        return f"{name} {named[1]}"
    first, _, rest = summary.partition(" ")
    if first.rstrip(",.:") == name or (first in {"A", "An", "The"} and rest.startswith(name)):
        return summary
    if summary.lower().startswith(("deprecated:", "package ")) or not summary:
        return summary
    match = re.match(
        r"(?:This (?:function|method|type|struct|interface)|It|The (?:function|method))\s+(.*)", summary
    )
    if match:
        return f"{name} {match[1]}"
    if re.match(r"[A-Z][a-z]+(?:s|es)$", first):
        return f"{name} {first[0].lower()}{first[1:]} {rest}".rstrip()
    if re.match(r"[A-Z][a-z]+$", first) and not first.endswith(("ing", "ed")):
        return f"{name} {_third_person(first.lower())} {rest}".rstrip()
    return f"{name}: {summary}"


def _third_person(verb: str) -> str:
    irregular = {
        "be": "is",
        "have": "has",
        "do": "does",
        "go": "goes",
        "a": "is a",
        "an": "is an",
        "the": "is the",
    }
    if verb in irregular:
        return irregular[verb]
    if verb.endswith(("s", "x", "z", "ch", "sh")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "s"
