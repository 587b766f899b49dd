"""Finding the definitions of a file, their doc comments, and where a new doc comment belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from segue_assist._definition_nodes import anchor_of, container_of, decoded, documentable, is_broken, name_of
from segue_assist._directives import is_directive, is_file_directive
from segue_assist._facts import Facts, facts_of
from segue_assist._guarantee import is_comment, is_docstring
from segue_syntax import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_PLAIN_NAME = re.compile(r"[\w#$~@\[]")
_FILE_DOC = re.compile(
    r"[@\\](?:file|fileoverview|overview|module|license|copyright|packageDocumentation)\b|Copyright"
)
_ABOVE = frozenset({"attribute_item", "decorator"})


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a doc comment goes: code points `start`..`end` of the text become before + comment + after.

    The comment's lines are indented by `indent`; `kept` are lines for tools that stood in the old comment.
    """

    start: int
    end: int
    indent: str
    before: str = ""
    after: str = ""
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that can carry a doc comment; lines are 0-based, `end_line` is exclusive."""

    name: str
    kind: str
    line: int
    end_line: int
    start: int
    end: int
    signature: str
    container: str
    doc: str
    slot: Slot | None
    broken: bool
    head_end_line: int
    facts: Facts = field(repr=False)


class DocumentedFile(SourceFile):
    """One parsed text and the definitions in it that can carry a doc comment."""

    def at(self, line: int) -> Definition | None:
        """Return the innermost definition around the 0-based `line`, its doc comment above it included."""
        row = self._below_comments(line)
        best: tuple[Node, Node, str] | None = None
        for node, anchor, name in self._nodes(row):
            first = anchor.start_point.row
            if first <= row <= node.end_point.row and (
                best is None or anchor.start_byte >= best[1].start_byte
            ):
                best = (node, anchor, name)
        return self._definition(*best) if best is not None else None

    def definitions(self) -> Iterator[Definition]:
        """Yield every definition, outer ones before inner ones."""
        for node, anchor, name in self._nodes():
            yield self._definition(node, anchor, name)

    def docs(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the doc comment of every definition that has one; cheaper than `definitions`."""
        for node, anchor, name in self._nodes():
            doc = self._slot(node, anchor)[1]
            if doc:
                yield name, doc

    def lines_of_names(self) -> dict[str, list[int]]:
        """Return the 0-based lines on which each name is defined."""
        lines: dict[str, list[int]] = {}
        for _, anchor, name in self._nodes():
            lines.setdefault(name, []).append(anchor.start_point.row)
        return lines

    def extents(self) -> Iterator[tuple[int, int, str]]:
        """Yield the first and last line (0-based, inclusive) and the name of every definition, outer ones first."""
        for node, anchor, name in self._nodes():
            yield anchor.start_point.row, max(anchor.end_point.row, node.end_point.row), name

    def named(self, name: str, container: str = "") -> Definition | None:
        """Return the definition called `name`, the one in `container` if several are."""
        found = [self._definition(*entry) for entry in self._nodes() if entry[2] == name]
        return next((entry for entry in found if entry.container == container), found[0] if found else None)

    @cached_property
    def comments(self) -> list[Node]:
        """All comments of the file, in order."""
        found: list[Node] = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            if is_comment(node):
                found.append(node)
            else:
                stack.extend(reversed(node.children))
        return found

    @cached_property
    def _comment_ending_on(self) -> dict[int, Node]:
        return {
            self._last_row(node): node
            for node in self.comments
            if not self.line_prefix(node.start_byte).strip()
        }

    def _last_row(self, node: Node) -> int:
        text = node.text or b""
        return node.end_point.row - (1 if text.endswith(b"\n") else 0)

    def _nodes(self, row: int | None = None) -> Iterator[tuple[Node, Node, str]]:
        """Yield definitions with their anchors and names; with `row`, only those that may contain it."""
        wrappers = self.language.documentation.wrappers | {"class_body"}
        kinds = self.language.documentation.kinds
        if not kinds or self.tree is None:
            return
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node.is_named and node.type in kinds:
                name = name_of(node, self.language_id)
                if _PLAIN_NAME.match(name) and documentable(node, self.language_id):
                    yield node, anchor_of(node, self.language_id), name
            if is_comment(node):
                continue
            if row is None or node.type in wrappers:
                stack.extend(reversed(node.children))
            else:
                inside = (c for c in node.children if c.start_point.row <= row <= c.end_point.row)
                stack.extend(reversed(list(inside)))

    def _definition(self, node: Node, anchor: Node, name: str) -> Definition:
        kind = self.language.documentation.kinds[node.type]
        container = container_of(node, self.language_id)
        if kind == "function" and container:
            kind = "method"
        if kind == "method" and name == container:
            kind = "constructor"
        slot, doc = self._slot(node, anchor)
        body = node.child_by_field_name("body")
        head_end = body.start_byte if body is not None else node.end_byte
        signature = self.data[node.start_byte : head_end].decode("utf-8", "replace")
        first = anchor.start_byte
        return Definition(
            name=name,
            kind=kind,
            line=anchor.start_point.row,
            end_line=max(anchor.end_point.row, node.end_point.row) + 1,
            start=self.offset(first),
            end=self.offset(max(anchor.end_byte, node.end_byte)),
            signature=" ".join(signature.split()).rstrip("{:=> "),
            container=container,
            doc=doc,
            slot=slot,
            broken=is_broken(node, self.language_id),
            head_end_line=body.start_point.row if body is not None else node.start_point.row,
            facts=facts_of(node, kind, self.language_id),
        )

    # -- slots -------------------------------------------------------------------------------------------------

    def _slot(self, node: Node, anchor: Node) -> tuple[Slot | None, str]:
        if self.language.documentation.docstring:
            return self._docstring_slot(node)
        return self._comment_slot(anchor)

    def _comment_slot(self, anchor: Node) -> tuple[Slot | None, str]:
        first, chain = self._leading(anchor)
        prefix = self.line_prefix(first.start_byte)
        if prefix.strip():
            return None, ""
        indent = prefix
        doc = [node for node in chain if self._is_doc(node)]
        kept: list[str] = []
        if self.language.documentation.line_runs:
            kept = [self._line_of(node) for node in doc if is_directive(decoded(node))]
            doc = [node for node in doc if not is_directive(decoded(node))]
            if kept and doc:  # one slot must cover the directives between the lines that are replaced
                doc = [node for node in chain if self._is_doc(node)]
            else:
                kept = []
        if not doc:
            at = self.offset(self._above_directives(first) - len(prefix.encode()))
            return Slot(at, at, indent, after=self.newline), ""
        start = doc[0].start_byte - len(self.line_prefix(doc[0].start_byte).encode())
        end = doc[-1].start_byte + len((doc[-1].text or b"").rstrip())
        text = self.data[start:end].decode("utf-8", "replace")
        return Slot(self.offset(start), self.offset(end), indent, kept=tuple(kept)), text

    def _leading(self, anchor: Node) -> tuple[Node, list[Node]]:
        """Return the first node of the definition, attributes included, and the comments right above or among."""
        first = anchor
        sibling = anchor.prev_sibling
        while sibling is not None and (sibling.type == "attribute_item" or is_comment(sibling)):
            if sibling.type == "attribute_item":
                if self._last_row(sibling) + 1 < first.start_point.row - self._comment_rows(sibling, first):
                    break
                first = sibling
            sibling = sibling.prev_sibling
        chain: list[Node] = []
        if first is not anchor:
            chain = [n for n in self.comments if first.end_byte <= n.start_byte < anchor.start_byte]
        row = first.start_point.row
        distant = self._comment_ending_on.get(row - 2)
        if distant is not None and self._starts_block(distant) and self._is_blank(distant, first):
            row -= 1  # some styles leave one empty line between a block and what it documents
        while (
            node := self._comment_ending_on.get(row - 1)
        ) is not None and node.end_byte <= first.start_byte:
            chain.insert(0, node)
            row = node.start_point.row
        docs = [node for node in chain if self._is_doc(node)]
        if docs and docs[0].start_byte < first.start_byte:  # only the run that touches the definition
            chain = [node for node in chain if node.start_byte < first.start_byte]
            while chain and not self._is_doc(chain[-1]) and not self.language.documentation.line_runs:
                chain.pop()
            run: list[Node] = []
            for node in reversed(chain):
                if not self._is_doc(node) or (
                    run and self._starts_block(node) and self._starts_block(run[0])
                ):
                    break
                run.insert(0, node)
            chain = run
        return first, chain

    def _above_directives(self, first: Node) -> int:
        """Return the byte where the definition starts, comments included that tell tools about its first line."""
        at = first
        while (above := self._comment_ending_on.get(at.start_point.row - 1)) is not None:
            text = decoded(above)
            if not is_directive(text) or is_file_directive(text) or self._is_doc_block(above):
                break
            at = above
        if self.line_prefix(at.start_byte) != self.line_prefix(first.start_byte):
            return first.start_byte
        return at.start_byte

    def _is_doc_block(self, node: Node) -> bool:
        return self._starts_block(node) and self._is_doc(node)

    def _is_blank(self, comment: Node, below: Node) -> bool:
        between = self.data[comment.end_byte : below.start_byte]
        return not between.strip() and self._is_doc(comment) and not _FILE_DOC.search(decoded(comment))

    def _comment_rows(self, above: Node, below: Node) -> int:
        return sum(1 for node in self.comments if above.end_byte <= node.start_byte < below.start_byte)

    @staticmethod
    def _starts_block(node: Node) -> bool:
        return (node.text or b"").startswith(b"/*")

    def _below_comments(self, row: int) -> int:
        """Return the first row from `row` on that is neither a comment nor an attribute above a definition."""
        lines = self.data.split(b"\n")
        while row < len(lines):
            column = len(lines[row]) - len(lines[row].lstrip())
            node = self.root.descendant_for_point_range((row, column), (row, column)) if self.tree else None
            while node is not None and node.parent is not None and node.parent.type in _ABOVE:
                node = node.parent
            if node is None or not (is_comment(node) or node.type in _ABOVE):
                return row
            row = max(row, self._last_row(node)) + 1
        return row

    def _line_of(self, node: Node) -> str:
        return self.line_prefix(node.start_byte) + decoded(node).rstrip()

    def _is_doc(self, node: Node) -> bool:
        text = decoded(node)
        never = ("#!",) if self.language.documentation.line_runs else ("////", "/***", "/**/")
        return text.startswith(self.language.documentation.marks) and not text.startswith(never)

    def _docstring_slot(self, node: Node) -> tuple[Slot | None, str]:
        body = node.child_by_field_name("body")
        if body is None:
            return None, ""
        statements = [child for child in body.named_children if not is_comment(child)]
        if not statements:
            return None, ""
        first = statements[0]
        prefix = self.line_prefix(first.start_byte)
        header_row = max((child.end_point.row for child in node.children if child.type == ":"), default=-1)
        if first.start_point.row == header_row:  # `def f(): return 1`
            outer = self.line_prefix(node.start_byte)
            if outer.strip():
                outer = outer[: len(outer) - len(outer.lstrip())]
            indent = outer + self._indent_unit()
            colon = max(child.end_byte for child in node.children if child.type == ":")
            slot = Slot(
                self.offset(colon),
                self.offset(first.start_byte),
                indent,
                before=self.newline,
                after=self.newline + indent,
            )
            if is_docstring(first, self.language_id):
                rest = statements[1:]
                end = rest[0].start_byte if rest else first.end_byte
                after = slot.after if rest else ""
                slot = Slot(slot.start, self.offset(end), indent, before=self.newline, after=after)
                return slot, decoded(first)
            return slot, ""
        if prefix.strip():
            return None, ""
        if is_docstring(first, self.language_id):
            start = first.start_byte - len(prefix.encode())
            return Slot(self.offset(start), self.offset(first.end_byte), prefix), decoded(first)
        row_start = self._header_end(node, header_row, first)
        return Slot(self.offset(row_start), self.offset(row_start), prefix, after=self.newline), ""

    def _header_end(self, node: Node, header_row: int, first: Node) -> int:
        """Return the byte where a docstring starts: after the header's line, past comments meant for type checkers."""
        colon = max(
            child.end_byte
            for child in node.children
            if child.type == ":" and child.end_point.row == header_row
        )
        at = self.data.find(b"\n", colon) + 1
        while True:
            end = self.data.find(b"\n", at)
            line = self.data[at:end].strip()
            if end < 0 or end >= first.start_byte or not (line.startswith(b"# type:") or not line):
                return at if not self._only_blank(at, first) else self._line_start(first)
            at = end + 1

    def _only_blank(self, at: int, first: Node) -> bool:
        return not self.data[at : first.start_byte].strip()

    def _line_start(self, node: Node) -> int:
        return self.data.rfind(b"\n", 0, node.start_byte) + 1

    def _indent_unit(self) -> str:
        match = re.search(r"^(?P<indent>\t+| {2,8})\S", self.text, re.MULTILINE)
        if match is None:
            return "    "
        return "\t" if match["indent"].startswith("\t") else match["indent"][:4]
