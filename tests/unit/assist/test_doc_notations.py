"""Doc comments of every notation are read into one meaning, and written in any style."""

from __future__ import annotations

import pytest

from segue_assist._docreader import parse_doc
from segue_assist._docrender import render_doc
from segue_assist._docstyle import DocStyle, style_of
from segue_assist._doctext import DocItem, DocText

GOOGLE = """Load it.

More of it.

Args:
    path (str): Where it
        is.
    *rest: Others.

Returns:
    int: How many.

Raises:
    OSError: If not.

Example:
    load("a")
"""
NUMPY = """Load it.

More of it.

Parameters
----------
path : str
    Where it is.
*rest
    Others.

Returns
-------
int
    How many.

Raises
------
OSError
    If not.

Examples
--------
load("a")
"""
REST = """Load it.

More of it.

:param path: Where it is.
:type path: str
:param rest: Others.
:returns: How many.
:rtype: int
:raises OSError: If not.
"""
JSDOC = """Load it.

More of it.

@param {str} path - Where it
  is.
@param {...string} rest - Others.
@returns {int} How many.
@throws {OSError} If not.
@example
load("a")
"""
YARD = """Load it.

More of it.

@param path [str] Where it is.
@param rest Others.
@return [int] How many.
@raise [OSError] If not.
"""
MARKDOWN = """Load it.

More of it.

# Arguments

* `path` - Where it is.
* `rest` - Others.

# Returns

How many.
"""
XML = """<summary>
Load it.
</summary>
<remarks>More of it.</remarks>
<param name="path">Where it is.</param>
<param name="rest">Others.
<returns>How many.</returns>
<exception cref="T:OSError">If not.</exception>"""
DOXYGEN = """\\brief Load it.

More of it.

\\param[in] path Where it is.
\\param rest Others.
\\return How many.
\\throws OSError If not.
"""
SWIFT = """Load it.

More of it.

- Parameters:
  - path: Where it is.
  - rest: Others.
- Returns: How many.
"""


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, REST, JSDOC, YARD, MARKDOWN, XML, DOXYGEN, SWIFT])
def test_every_notation_is_understood(text: str) -> None:
    doc = parse_doc(text)
    assert doc.summary == "Load it."
    assert doc.body == "More of it."
    assert [item.name.lstrip("*") for item in doc.params] == ["path", "rest"]
    assert [item.text for item in doc.params] == ["Where it is.", "Others."]
    assert doc.returns is not None
    assert doc.returns.text == "How many."
    if text not in (MARKDOWN, SWIFT):
        assert doc.raises == (DocItem("OSError", "", "If not."),)
    if text in (GOOGLE, NUMPY, REST, JSDOC, YARD):
        assert (doc.params[0].type, doc.returns.type) == ("str", "int")


DOC = DocText(
    summary="Load it.",
    params=(DocItem("path", "str", "Where it is."), DocItem("rest", "", "Others.")),
    returns=DocItem("", "int", "How many."),
    raises=(DocItem("OSError", "", "If not."),),
)
WRITTEN = {
    "google": '"""Load it.\n\nArgs:\n    path: Where it is.\n    rest: Others.\n\nReturns:\n    How many.\n\nRaises:\n    OSError: If not.\n"""',
    "numpy": '"""Load it.\n\nParameters\n----------\npath : str\n    Where it is.\nrest\n    Others.\n\nReturns\n-------\nint\n    How many.\n\nRaises\n------\nOSError\n    If not.\n"""',
    "rest": '"""Load it.\n\n:param path: Where it is.\n:param rest: Others.\n:returns: How many.\n:raises OSError: If not.\n"""',
}


@pytest.mark.parametrize("markup", WRITTEN)
def test_python_styles_are_written_as_their_tools_read_them(markup: str) -> None:
    style = DocStyle(markup, opening='"""')
    assert "\n".join(render_doc(DOC, style, indent="", name="load", language_id="python")) == WRITTEN[markup]
    inner = "\n".join(render_doc(DOC, style, indent="", name="load", language_id="python"))[3:-3]
    again = parse_doc(inner)
    assert [item.name for item in again.params] == ["path", "rest"]
    assert again.raises == DOC.raises


def test_quotes_and_backslashes_cannot_end_a_docstring() -> None:
    for text in ('Ends with "quotes"', 'Has """ inside.', "A path C:\\new\\", "Mixed ''' and \"\"\" too."):
        lines = render_doc(
            DocText(text), DocStyle("google", opening='"""'), indent="    ", name="f", language_id="python"
        )
        source = "def f():\n" + "\n".join(lines) + "\n    return 1\n"
        space: dict[str, object] = {}
        exec(source, space)
        function = space["f"]
        assert callable(function)
        assert function() == 1
        assert function.__doc__


STYLES = [
    ("python", ['"""A.\n\nArgs:\n    x: Y.\n"""'], "google"),
    ("python", ['"""A.\n\nParameters\n----------\nx : int\n    Y.\n"""'], "numpy"),
    ("python", ['"""A.\n\n:param x: Y.\n"""'], "rest"),
    ("python", ['"""A."""'], "google"),
    ("javascript", ["/** @param {string} a - B. */"], "jsdoc"),
    ("javascript", ["/** @param a - B. */"], "tsdoc"),
    ("typescript", ["/** @param {string} a - B. */"], "jsdoc"),
    ("ruby", ["# A.\n# @param x [String] y"], "yard"),
    ("ruby", ["# A.", "# B +x+.", "# C."], "rdoc"),
]


@pytest.mark.parametrize(("language", "docs", "markup"), STYLES)
def test_the_file_s_own_style_is_learned(language: str, docs: list[str], markup: str) -> None:
    style = style_of(language, docs)
    assert style is not None
    assert style.markup == markup


def test_neighbours_decide_what_the_file_leaves_open() -> None:
    neighbours = ['"""A.\n\n:param x: Y.\n"""']
    style = style_of("python", ["'''One.'''"], neighbours)
    assert style is not None
    assert (style.markup, style.opening) == ("rest", "'''")


@pytest.mark.parametrize(
    ("docs", "opening", "prefix", "marker"),
    [
        (["/*! \\param x y */"], "/*!", "", "\\"),
        (["/// @param x y"], "", "///", "@"),
        (["//! \\brief x"], "", "//!", "\\"),
        (["/** @param x y */"], "/**", "", "@"),
    ],
)
def test_doxygen_s_many_shapes(docs: list[str], opening: str, prefix: str, marker: str) -> None:
    style = style_of("cpp", docs)
    assert style is not None
    assert (style.opening if not style.prefix else "", style.prefix, style.marker) == (
        opening,
        prefix,
        marker,
    )


def test_where_the_summary_starts_is_learned() -> None:
    style = style_of("python", ['"""\n    A.\n\n    B.\n    """'])
    assert style is not None
    lines = render_doc(DocText("A.", "B."), style, indent="", name="f", language_id="python")
    assert lines == ['"""', "A.", "", "B.", '"""']


def test_long_lines_are_wrapped_and_code_is_not() -> None:
    doc = DocText(
        "A.",
        "word " * 40 + "\n\n    code that is as long as it is because it is code and code stays\n\n- a list",
    )
    lines = render_doc(doc, DocStyle("javadoc", opening="/**"), indent="  ", name="f", language_id="java")
    assert max(map(len, lines)) <= 88
    assert "   *     code that is as long as it is because it is code and code stays" in lines
    assert "   * - a list" in lines


def test_rust_examples_are_not_compiled() -> None:
    doc = parse_doc("A.\n\n# Examples\n\n```\nf();\n```\n\n```rust\ng();\n```")
    lines = render_doc(doc, DocStyle("rustdoc", prefix="///"), indent="", name="f", language_id="rust")
    assert "/// ```text" in lines
    assert "/// ```ignore" in lines


def test_xml_is_escaped_once_and_its_inline_tags_stay() -> None:
    doc = parse_doc('<summary>A &lt; B &amp;&amp; C < D, see <see cref="X"/> and <c>y</summary>')
    lines = render_doc(doc, DocStyle("xmldoc", prefix="///"), indent="", name="f", language_id="csharp")
    assert '/// A &lt; B &amp;&amp; C &lt; D, see <see cref="X"/> and &lt;c&gt;y' in lines


GO = [
    ("Returns the size.", "Size returns the size."),
    ("Return the size.", "Size returns the size."),
    ("This function returns it.", "Size returns it."),
    ("Size is it.", "Size is it."),
    ("The `Size` function returns it.", "Size returns it."),
    ("`Size()` returns it.", "Size returns it."),
    ("The size.", "Size is the size."),
    ("Sorted sizes.", "Size: Sorted sizes."),
    ("Copies it.", "Size copies it."),
]


@pytest.mark.parametrize(("summary", "written"), GO)
def test_go_comments_start_with_the_name(summary: str, written: str) -> None:
    lines = render_doc(
        DocText(summary), DocStyle("godoc", prefix="//"), indent="", name="Size", language_id="go"
    )
    assert lines == [f"// {written}"]
