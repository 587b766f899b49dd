"""A language that is one file and its queries: everything that is built on the language room works for it."""

from __future__ import annotations

import pytest

from segue_assist._comment import comment_edit, documentable, file_style
from segue_assist._documented_file import DocumentedFile
from segue_postprocess import Cursor, process
from segue_syntax import (
    FileImports,
    FileIndex,
    NewImport,
    Snapshot,
    definitions_in,
    file_of_import,
    imports_in,
    language_of,
    parse,
    regions_of,
    statements_in,
)

SOURCE = """\
const std = @import("std");
pub const Point = @import("shapes/point.zig").Point;

/// A stack of numbers.
pub const Stack = struct {
    items: []i32,

    pub fn push(self: *Stack, value: i32) !void {
        self.items[0] = value; // not "code"
    }
};
const Color = enum { red };
"""


def test_definitions() -> None:
    found = [(d.name, d.kind, d.container, d.doc) for d in definitions_in(SOURCE, "zig")]
    assert ("Stack", "struct", "", "A stack of numbers.") in found
    assert ("push", "method", "Stack", "") in found
    assert ("items", "field", "Stack", "") in found
    assert ("red", "constant", "Color", "") in found


def test_imports_lead_to_files() -> None:
    point = next(one for one in imports_in(SOURCE, "zig") if one.local == "Point")
    files = FileIndex(["src/main.zig", "src/shapes/point.zig"])
    assert file_of_import(files, "src/main.zig", point.name, point.module) == "src/shapes/point.zig"
    assert [s.locals for s in statements_in(SOURCE.split("\n"), "zig")] == [("std",), ("Point",)]


@pytest.mark.parametrize(
    ("new", "written"),
    [
        (NewImport("std", "std", "std", "module"), 'const std = @import("std");'),
        (NewImport("a.zig", "B", "B", "from"), 'const B = @import("a.zig").B;'),
    ],
)
def test_imports_are_written(new: NewImport, written: str) -> None:
    assert language_of("zig").imports.write(new, FileImports([], [])) == written


def test_comments_and_strings() -> None:
    text = 'a // "b"\n  \\\\c "d\ne'
    regions = regions_of(text, "zig")
    assert [regions.at(text.index(mark)) for mark in "abce"] == ["code", "comment", "string", "code"]


def test_a_completion_is_cut_and_checked() -> None:
    prefix = "fn add(a: i32, b: i32) i32 {\n    return "
    done = process(Cursor(prefix, "\n}\n", language_id="zig"), "a + b;\n}\n\nfn other() void {}\n")
    assert done.text == "a + b;"
    whole = parse(prefix + done.text + "\n}\n", "zig")
    assert whole is not None
    assert not whole.root_node.has_error


def test_a_function_gets_a_doc_comment() -> None:
    source = DocumentedFile(SOURCE, "zig")
    definition = documentable(source, 7)
    edit = comment_edit(
        Snapshot.of(SOURCE, language_id="zig"),
        source,
        definition,
        file_style(source),
        "/// Puts `value` on top of the stack.",
    )
    assert edit.text.strip() == "/// Puts `value` on top of the stack."
    assert edit.extent.start.line == 7
