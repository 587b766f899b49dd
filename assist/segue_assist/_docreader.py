"""Reading a doc comment from any of the usual notations."""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise

from segue_assist._doctext import DocItem, DocText
from segue_assist._xmldoc import read_xml_doc

_TITLES = {
    "params": (
        "args",
        "arguments",
        "parameters",
        "params",
        "keyword args",
        "keyword arguments",
        "other parameters",
    ),
    "returns": ("returns", "return", "return value", "return values"),
    "yields": ("yields", "yield"),
    "raises": ("raises", "raise", "throws", "exceptions", "exception"),
    "section": (
        *(
            "example",
            "examples",
            "note",
            "notes",
            "warning",
            "warnings",
            "attributes",
            "see also",
            "references",
        ),
        *("todo", "errors", "panics", "safety", "usage", "side effects", "globals", "outputs", "complexity"),
        *("type parameters", "fields", "warns", "methods", "remarks", "implementation notes"),
    ),
}
_SECTION_OF = {title: kind for kind, titles in _TITLES.items() for title in titles}
_TAGS = {
    "params": (
        "param",
        "parameter",
        "arg",
        "argument",
        "keyword",
        "key",
        "option",
        "tparam",
        "typeparam",
        "template",
    ),
    "returns": ("return", "returns", "result", "retval"),
    "yields": ("yield", "yields", "yieldreturn"),
    "raises": ("raise", "raises", "throws", "throw", "exception"),
    "summary": ("brief", "summary", "short"),
    "body": ("details", "description", "desc", "remarks"),
}
_TAG_KINDS = {tag: kind for kind, tags in _TAGS.items() for tag in tags}
_TITLE_COLON = re.compile(r"^\s*(?:\*\*)?(?P<title>[A-Za-z][A-Za-z ]{2,22}?)(?:\*\*)?:(?:\*\*)?\s*$")
_TITLE_INLINE = re.compile(
    r"^(?:\*\*)?(?P<title>Returns?|Yields?|Raises|Throws)(?:\*\*)?:(?:\*\*)?\s+(?P<text>\S.*)$"
)
_TITLE_HASH = re.compile(r"^\s*#{1,4}\s+(?P<title>[A-Za-z][A-Za-z ]{2,22}?):?\s*$")
_TAG = re.compile(r"^\s*[@\\](?P<tag>[a-zA-Z][\w-]*)(?:\[[^\]]*\])?(?:\s+(?P<rest>.*))?$")
_FIELD = re.compile(r"^\s*:(?P<tag>[a-z]+)(?:\s+(?P<arg>[^:]+))?:\s*(?P<rest>.*)$")
_SWIFT = re.compile(r"^\s*-\s+(?P<tag>Parameters?|Returns|Throws)\b\s*(?P<name>\w+)?\s*:\s*(?P<rest>.*)$")
_ITEM = re.compile(
    r"^(?:[-*+•]\s+)?(?P<quote>[`*]*)(?P<name>[*&$]{0,2}[A-Za-z_$<][\w.$<>\[\]?!:]*?)(?P=quote)"
    r"(?:\s*\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\)|\s*\[(?P<yard>[^\]]*)\])?"
    r"(?:\s*(?::|--?|–|—|=>)(?:\s+|$))(?P<text>.*)$"
)
_GENERIC_TAGS = frozenset({"tparam", "typeparam", "template"})
_TYPED_RESULT = re.compile(r"^(?P<type>[`\w.]+(?:\[[^:]*\])?(?: \| [\w.\[\]]+)*)`?:\s+(?P<text>\S.*)$")
_PLAIN_TYPES = frozenset(
    {
        "array",
        "bool",
        "boolean",
        "callable",
        "false",
        "float",
        "int",
        "integer",
        "iterable",
        "list",
        "mixed",
        "never",
    }
    | {"null", "object", "resource", "self", "static", "string", "true", "void", "$this"}
)
_NUMPY_ITEM = re.compile(r"^(?P<name>\*{0,2}[A-Za-z_][\w.]*(?:\s*,\s*\*{0,2}\w+)*)\s*(?::\s*(?P<type>.+))?$")


def parse_doc(text: str, *, types_first: bool = False) -> DocText:
    """Return what the doc comment `text` (without its delimiters) says.

    With `types_first`, as in PHPDoc, a result may begin with its type.
    """
    text = textwrap.dedent(text.expandtabs(4)).strip("\n")
    if re.search(r"<(?:summary|param\s+name|returns|exception\s+cref)\b", text):
        return read_xml_doc(text)
    return _Reader(text.split("\n"), types_first=types_first).read()


class _Reader:
    """Splits lines into prose and the parts that headings and tags start."""

    def __init__(self, lines: list[str], *, types_first: bool) -> None:
        self.lines = lines
        self.types_first = types_first
        self.prose: list[str] = []
        self.summary = ""
        self.params: list[DocItem] = []
        self.returns: DocItem | None = None
        self.yields: DocItem | None = None
        self.raises: list[DocItem] = []
        self.sections: list[tuple[str, str]] = []
        self.tags: list[tuple[str, str]] = []
        self.types: dict[str, str] = {}

    def read(self) -> DocText:
        row = 0
        fenced = False
        while row < len(self.lines):
            line = self.lines[row]
            fenced ^= line.lstrip().startswith(("```", "~~~"))
            row = row + 1 if fenced and self._keep(line) else self._step(row)
        prose = "\n".join(self.prose).strip("\n")
        summary, _, body = prose.partition("\n\n")
        if self.summary:
            summary, body = self.summary, prose
        elif "\n" in summary and (re.match(r"[-*+•]\s", summary.split("\n")[1].strip())):
            summary, _, body = prose.partition("\n")
        params = [
            DocItem(item.name, item.type or self.types.get(item.name, ""), item.text) for item in self.params
        ]
        returns = self.returns
        if returns is None and self.types.get("return"):
            returns = DocItem("", self.types["return"], "")
        elif returns is not None and not returns.type and self.types.get("return"):
            returns = DocItem("", self.types["return"], returns.text)
        return DocText(
            summary=" ".join(summary.split()),
            body=body.strip("\n"),
            params=tuple(params),
            returns=returns,
            yields=self.yields,
            raises=tuple(self.raises),
            sections=tuple(self.sections),
            tags=tuple(self.tags),
        )

    def _keep(self, line: str) -> bool:
        self.prose.append(line)
        return True

    def _step(self, row: int) -> int:
        line = self.lines[row]
        under = self.lines[row + 1].strip() if row + 1 < len(self.lines) else ""
        title = line.strip().lower()
        if title in _SECTION_OF and len(under) >= 3 and set(under) <= {"-", "="}:
            return self._numpy(row, title)
        heading = _TITLE_HASH.match(line) or _TITLE_COLON.match(line)
        if heading and heading["title"].strip().lower() in _SECTION_OF:
            indent = len(line) - len(line.lstrip())
            hashed = line.lstrip().startswith("#")
            return self._headed(row, heading["title"].strip(), indent, to_next_heading=hashed)
        inline = _TITLE_INLINE.match(line)
        if inline and row:
            block, end = self._indented(row + 1, 0)
            self._section(inline["title"].lower(), [inline["text"], *block])
            return end
        swift = _SWIFT.match(line)
        if swift:
            return self._swift(row, swift)
        tag = _TAG.match(line)
        if tag:
            block, end = self._tagged(row + 1)
            self._tag(tag["tag"], " ".join([tag["rest"] or "", *block]).strip(), [tag["rest"] or "", *block])
            return end
        entry = _FIELD.match(line)
        if entry:
            block, end = self._tagged(row + 1)
            self._field(entry["tag"], (entry["arg"] or "").strip(), " ".join([entry["rest"], *block]).strip())
            return end
        self.prose.append(line)
        return row + 1

    # -- extents -----------------------------------------------------------------------------------------------

    def _indented(self, row: int, indent: int) -> tuple[list[str], int]:
        block: list[str] = []
        while row < len(self.lines):
            line = self.lines[row]
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            block.append(line)
            row += 1
        while block and not block[-1].strip():
            block.pop()
        return block, row

    def _tagged(self, row: int) -> tuple[list[str], int]:
        block: list[str] = []
        while row < len(self.lines):
            line = self.lines[row]
            if _TAG.match(line) or _FIELD.match(line) or (not line.strip() and not self._goes_on(row)):
                break
            block.append(line.strip())
            row += 1
        return block, row

    def _goes_on(self, row: int) -> bool:
        following = next((line for line in self.lines[row:] if line.strip()), "")
        return following.startswith((" ", "\t")) and not _TAG.match(following)

    def _headed(self, row: int, title: str, indent: int, *, to_next_heading: bool) -> int:
        block: list[str] = []
        end = row + 1
        if to_next_heading:
            fenced = False
            while end < len(self.lines):
                line = self.lines[end]
                fenced ^= line.lstrip().startswith("```")
                if not fenced and _TITLE_HASH.match(line):
                    break
                block.append(line)
                end += 1
        else:
            while end < len(self.lines) and not self.lines[end].strip():
                end += 1
            block, end = self._indented(end, indent)
            if not block:  # headings of models that do not indent what follows, up to the next heading
                while (
                    end < len(self.lines)
                    and self.lines[end].strip()
                    and not _TITLE_COLON.match(self.lines[end])
                ):
                    block.append(self.lines[end])
                    end += 1
        self._section(title.lower(), block, title)
        return end

    def _numpy(self, row: int, title: str) -> int:
        end = row + 2
        block: list[str] = []
        while end < len(self.lines):
            following = self.lines[end + 1].strip() if end + 1 < len(self.lines) else ""
            if (
                self.lines[end].strip().lower() in _SECTION_OF
                and len(following) >= 3
                and set(following) <= {"-", "="}
            ):
                break
            block.append(self.lines[end])
            end += 1
        kind = _SECTION_OF[title]
        block = textwrap.dedent("\n".join(block)).strip("\n").split("\n")
        if kind == "section":
            self.sections.append((title.title(), "\n".join(block)))
            return end
        items: list[tuple[str, str, list[str]]] = []
        for line in block:
            match = _NUMPY_ITEM.match(line) if line and not line[0].isspace() else None
            if match or (line and not line[0].isspace()):
                name, _, kind_text = line.partition(" :") if match else (line, "", "")
                items.append((name.strip(), (match["type"] or kind_text if match else "").strip(), []))
            elif items:
                items[-1][2].append(line.strip())
        for name, kind_text, body in items:
            text = " ".join(part for part in body if part)
            if kind == "params":
                self.params.extend(DocItem(part.strip(), kind_text, text) for part in name.split(","))
            elif kind == "raises":
                self.raises.append(DocItem(name, "", text))
            else:
                item = DocItem(name if kind_text else "", kind_text or (name if text else ""), text or name)
                self._result(kind, item)
        return end

    # -- meaning -----------------------------------------------------------------------------------------------

    def _section(self, title: str, block: list[str], written: str = "") -> None:
        kind = _SECTION_OF[title]
        lines = textwrap.dedent("\n".join(block)).strip("\n").split("\n")
        if kind == "section":
            self.sections.append((written or title.title(), "\n".join(lines)))
        elif kind in {"params", "raises"}:
            items = _items(lines)
            if kind == "params":
                self.params.extend(items)
            else:
                self.raises.extend(items)
        else:
            for text in _results(lines):
                match = _TYPED_RESULT.match(text)
                if match and not match["type"].endswith(("ing", "ed")):
                    self._result(kind, DocItem("", match["type"].strip("`"), match["text"]))
                elif text:
                    self._result(kind, DocItem("", "", text))

    def _result(self, kind: str, item: DocItem) -> None:
        current = self.yields if kind == "yields" else self.returns
        if current is not None:
            several = (*(current.several or (current,)), item)
            item = DocItem(current.name, "", " ".join(one.text for one in several).strip(), several)
        if kind == "yields":
            self.yields = item
        else:
            self.returns = item

    def _swift(self, row: int, match: re.Match[str]) -> int:
        indent = len(self.lines[row]) - len(self.lines[row].lstrip())
        block, end = self._indented(row + 1, indent)
        if match["tag"] == "Parameters":
            self.params.extend(_items([line.strip() for line in block]))
            return end
        text = " ".join([match["rest"], *(line.strip() for line in block)]).strip()
        if match["tag"] == "Parameter":
            self.params.append(DocItem(match["name"] or "", "", text))
        elif match["tag"] == "Returns":
            self._result("returns", DocItem("", "", text))
        else:
            self.raises.append(DocItem("", "", text))
        return end

    def _tag(self, tag: str, text: str, lines: list[str]) -> None:
        kind = _TAG_KINDS.get(tag.lower())
        if kind is None:
            self.tags.append((tag, "\n".join(lines).strip("\n")))
            return
        if kind == "summary":
            self.summary = text
        elif kind == "body":
            self.prose += ["", *(line.strip() for line in lines)]
        elif kind in {"returns", "yields"}:
            match = re.match(
                r"^(?:\{(?!@)(?P<js>(?:[^{}]|\{[^}]*\})*)\}|\[(?P<yard>[^\]]*)\])\s*[-–]?\s*(?P<text>.*)$",
                text,
            )
            if match:
                self._result(kind, DocItem("", match["js"] or match["yard"] or "", match["text"]))
            else:
                found, rest = leading_type(text) if self.types_first else ("", text)
                self._result(kind, DocItem("", found, rest))
        else:
            self._tagged_item(kind, text, generic=tag.lower() in _GENERIC_TAGS)

    def _tagged_item(self, kind: str, text: str, *, generic: bool) -> None:
        pattern = (
            r"^(?:\{(?!@)(?P<js>(?:[^{}]|\{[^}]*\})*)\}\s*|\[(?P<yard>[^\]]*)\]\s+)?"
            r"(?P<php>(?:[^\s$<>(){}]|<[^$]*?>|\([^$]*?\)|\{[^$]*?\}|\s*[|&]\s*)+\s+(?=[&.]*\$[A-Za-z_]))?(?P<name>\[[^\]]+\]|[&.]*\$?[\w.$<>*?!\\]+?)"
            r"(?:\s+\[(?P<after>[^\]]*)\])?(?:\s*[-–—:]\s+|\s+|$)(?P<text>.*)$"
        )
        match = re.match(pattern, text, re.DOTALL)
        if match is None:
            return
        name = match["name"].strip("[]").split("=")[0].lstrip("&.$").strip()
        kind_text = (match["js"] or match["yard"] or match["after"] or match["php"] or "").strip()
        if kind == "raises" and match["js"]:  # `@throws {Error} text`: the type is the name
            name, text = match["js"], f"{match['name']} {match['text']}".strip()
        elif kind == "raises" and match["yard"]:
            name, text = match["yard"], f"{match['name']} {match['text']}".strip()
        else:
            text = match["text"]
        if generic:
            name = f"<{name.strip('<>')}>"
        item = DocItem(name, kind_text, " ".join(text.split()))
        if kind == "params":
            self.params.append(item)
        else:
            self.raises.append(DocItem(name, "", item.text))

    def _field(self, tag: str, arg: str, text: str) -> None:
        kind = _TAG_KINDS.get(tag)
        if tag in {"type", "rtype"}:
            self.types["return" if tag == "rtype" else arg] = text
        elif kind == "params":
            kind_text, _, name = arg.rpartition(" ")
            self.params.append(DocItem(name, kind_text, text))
        elif kind == "raises":
            self.raises.append(DocItem(arg, "", text))
        elif kind in {"returns", "yields"}:
            self._result(kind, DocItem("", "", text))
        else:
            self.tags.append((tag, f"{arg} {text}".strip()))


def leading_type(text: str) -> tuple[str, str]:
    """Return the type that a PHPDoc result begins with and the rest; "" and all of it where it begins with a sentence."""
    depth = 0
    end = len(text)
    for at, character in enumerate(text):
        depth += {"<": 1, "(": 1, "{": 1, "[": 1, ">": -1, ")": -1, "}": -1, "]": -1}.get(character, 0)
        if character == " " and depth <= 0:
            around = text[at - 1 : at] + text[at + 1 : at + 2]
            if "|" not in around and "&" not in around:
                end = at
                break
    found, rest = text[:end], text[end:].strip()
    named = found[:1].isupper() and found.isidentifier() and rest[:1].isupper()
    if named or found.lower() in _PLAIN_TYPES or set(found) & set("<|[]\\?&"):
        return found, rest
    return "", text


def _results(lines: list[str]) -> list[str]:
    """Return the results that a section describes: one, or one a line where each line begins with a type."""
    told = [re.sub(r"^[-*+]\s+", "", line) for line in lines if line.strip()]
    starts = [row for row, line in enumerate(told) if not line[0].isspace() and _TYPED_RESULT.match(line)]
    if len(starts) < 2 or any(not line[0].isspace() for row, line in enumerate(told) if row not in starts):
        return [" ".join(line.strip() for line in told)]
    return [
        " ".join(line.strip() for line in told[start:end]) for start, end in pairwise([*starts, len(told)])
    ]


def _items(lines: list[str]) -> list[DocItem]:
    """Return the entries of a parameter or exception list."""
    items: list[tuple[str, str, list[str]]] = []
    for line in lines:
        match = _ITEM.match(line) if line and not line[0].isspace() else None
        if match:
            items.append((match["name"].strip("`*"), match["type"] or match["yard"] or "", [match["text"]]))
            star = re.match(r"^(?:[-+•]\s+)?`?(\*{1,2})\w", line)
            if star and not line.startswith("**" + items[-1][0] + "**"):
                items[-1] = (star[1] + items[-1][0].lstrip("*"), *items[-1][1:])
        elif items and line.strip():
            items[-1][2].append(line.strip())
    return [DocItem(name, kind, " ".join(filter(None, text))) for name, kind, text in items]
