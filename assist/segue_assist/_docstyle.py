"""Which doc-comment convention a file follows: learned from its own comments, else from its neighbours'."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_syntax import Documentation

_GOOGLE = re.compile(
    r"^\s*(?:Args|Arguments|Returns|Raises|Yields|Attributes|Keyword Args):\s*$", re.MULTILINE
)
_NUMPY = re.compile(
    r"^\s*(?:Parameters|Returns|Raises|Yields|Attributes|Notes|Examples)\s*\n\s*-{3,}\s*$", re.MULTILINE
)
_REST = re.compile(r"^\s*:(?:param|returns?|raises?|rtype|type|arg|keyword)\b[^:\n]*:", re.MULTILINE)
_GOOGLE_TYPED = re.compile(r"^\s+\*{0,2}\w+ \([^)\n]+\):\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DocStyle:
    """How a doc comment is written here.

    `markup` is google, numpy, rest, jsdoc, tsdoc, javadoc, kdoc, scaladoc, phpdoc, doxygen, godoc, rustdoc, xmldoc,
    yard, rdoc, swift, ldoc, shell or plain. `prefix` is what every line starts with ("" for docstrings and blocks),
    `opening` the start of a block or the quotes of a docstring. `width` is in columns, indentation included.
    """

    markup: str
    prefix: str = ""
    opening: str = ""
    width: int = 88
    typed: bool = False
    marker: str = "@"
    brief: bool = False
    summary_on_first_line: bool = True
    return_word: str = "returns"

    @property
    def title(self) -> str:
        """The convention in words, for a prompt."""
        return _TITLES[self.markup]


_TITLES = {
    "google": "a Google style docstring (Args:, Returns:, Raises:)",
    "numpy": "a NumPy style docstring (Parameters, Returns, Raises, underlined with dashes)",
    "rest": "a reStructuredText docstring (:param x:, :returns:, :raises X:)",
    "jsdoc": "a JSDoc comment (@param {type} name - text, @returns, @throws)",
    "tsdoc": "a TSDoc comment (@param name - text, @returns, @throws; no types)",
    "javadoc": "a Javadoc comment (@param, @return, @throws)",
    "kdoc": "a KDoc comment (@param, @return, @throws)",
    "scaladoc": "a Scaladoc comment (@param, @return, @throws)",
    "phpdoc": "a PHPDoc comment (@param type $name, @return, @throws)",
    "doxygen": "a Doxygen comment (@param, @return)",
    "godoc": "a Go doc comment (plain sentences that start with the name)",
    "rustdoc": "a rustdoc comment (Markdown, with # Errors or # Panics where they apply)",
    "xmldoc": "a C# XML doc comment (<summary>, <param>, <returns>, <exception>)",
    "yard": "a YARD comment (@param name [Type], @return [Type], @raise [Error])",
    "rdoc": "an RDoc comment (plain sentences)",
    "swift": "a Swift doc comment (- Parameters:, - Returns:, - Throws:)",
    "ldoc": "an LDoc comment (@param, @return)",
    "plain": "a doc comment of plain sentences, without tags",
    "shell": "a comment block (what it does, Arguments:, Returns:)",
}


def style_of(language_id: str, own: Sequence[str], neighbours: Sequence[str] = ()) -> DocStyle | None:
    """Return the style for a file with the doc comments `own`, or None for a language without a convention.

    `neighbours` are doc comments of other files of the language; they decide what `own` leaves open.
    """
    rules = language_of(language_id).documentation
    if not rules.markup:
        return None
    style = DocStyle(rules.markup, prefix=rules.prefix, opening=rules.opening, typed=rules.typed)
    for docs in (neighbours, own):
        if docs:
            style = _learn(style, docs, rules)
    return style


def _learn(style: DocStyle, docs: Sequence[str], rules: Documentation) -> DocStyle:
    if rules.docstring:
        return _learn_python(style, docs)
    joined = "\n".join(docs)
    if rules.opening:
        style = _learn_shape(style, docs)
    if style.markup == "doxygen":
        slashes = len(re.findall(r"\\(?:param|return|brief|throws?)\b", joined))
        ats = len(re.findall(r"@(?:param|return|brief|throws?)\b", joined))
        if slashes + ats:
            style = replace(style, marker="\\" if slashes > ats else "@", brief="brief" in joined)
    elif style.markup in {"jsdoc", "tsdoc"}:
        tags = len(re.findall(r"@param\b", joined))
        typed = len(re.findall(r"@param\s*\{", joined))
        if tags:
            style = replace(style, markup="jsdoc" if typed * 2 > tags else "tsdoc", typed=typed * 2 > tags)
        if re.search(r"@return\b", joined) and not re.search(r"@returns\b", joined):
            style = replace(style, return_word="return")
    elif style.markup in {"yard", "rdoc"}:
        if re.search(r"#\s*@(?:param|return|raise|yield|option)\b", joined):
            style = replace(style, markup="yard")
        elif len(docs) >= 3 or re.search(r":call-seq:|\+\w+\+|^\s*#\s*==", joined, re.MULTILINE):
            style = replace(style, markup="rdoc")
    longest = max((len(line) for doc in docs for line in doc.split("\n")), default=0)
    return replace(style, width=min(max(longest, 76), 100)) if len(docs) >= 3 else style


def _learn_shape(style: DocStyle, docs: Sequence[str]) -> DocStyle:
    shapes = {"/**": 0, "/*!": 0, "///": 0, "//!": 0}
    for doc in docs:
        head = doc.lstrip()[:3]
        if head in shapes:
            shapes[head] += 1
    best = max(shapes, key=lambda shape: shapes[shape])
    if not shapes[best]:
        return style
    return replace(
        style, prefix=best if best.startswith("//") else "", opening="" if best.startswith("//") else best
    )


def _learn_python(style: DocStyle, docs: Sequence[str]) -> DocStyle:
    joined = "\n".join(docs)
    votes = {
        "google": len(_GOOGLE.findall(joined)),
        "numpy": len(_NUMPY.findall(joined)),
        "rest": len(_REST.findall(joined)),
    }
    best = max(votes, key=lambda name: votes[name])
    if votes[best]:
        style = replace(style, markup=best)
        if best == "google":
            style = replace(style, typed=_GOOGLE_TYPED.search(joined) is not None)
        elif best == "rest":
            style = replace(style, typed=":type " in joined)
            style = replace(
                style,
                return_word="return" if joined.count(":return:") > joined.count(":returns:") else "returns",
            )
    long = [doc.lstrip("rRuU \t") for doc in docs if "\n" in doc]
    if long:
        below = sum(1 for doc in long if doc[3:].split("\n", 1)[0].strip() == "")
        style = replace(style, summary_on_first_line=below * 2 <= len(long))
    single = sum(1 for doc in docs if doc.lstrip("rRuU \t").startswith("'''"))
    style = replace(style, opening="'''" if single * 2 > len(docs) else '"""')
    longest = max((len(line) for doc in docs for line in doc.split("\n")), default=0)
    return replace(style, width=min(max(longest, 76), 100)) if len(docs) >= 3 else style
