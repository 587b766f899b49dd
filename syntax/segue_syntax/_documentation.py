"""What of a language can carry a doc comment, and how doc comments are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK_MARKS = ("/**", "/*!")
SLASH_MARKS = ("///", "//!")


@dataclass(frozen=True, slots=True)
class Documentation:
    """How definitions are documented.

    `kinds` names the node types of definitions that can be documented, and what they define. `wrappers` are parents
    that belong to the definition they hold: its doc comment stands before the outermost of them.

    `markup` is the usual convention (see assist's `DocStyle`), `prefix` what each of its lines starts with, `opening`
    the start of a block or the quotes of a docstring; `typed` says that it writes types. `marks` start a comment that
    documents.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    wrappers: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    """Nodes of `kinds` that are a definition only where a name is given to them."""

    markup: str = ""
    prefix: str = ""
    opening: str = ""
    typed: bool = False
    marks: tuple[str, ...] = BLOCK_MARKS

    docstring: bool = False
    """The first string in a body documents it."""
    line_runs: bool = False
    """A run of ordinary line comments documents what is below it."""
    html: bool = False
    """Entities such as ``&#47;`` may be written."""
    nested_comments: bool = False
    """An opening mark inside a block comment needs a closing one."""
    line_escapes: tuple[tuple[str, str], ...] = ()
    """What ends a line comment early or means something inside one, and what to write instead."""
    block_escapes: tuple[tuple[str, str], ...] = ()
    """The same for block comments, ``*/`` apart."""

    receivers: frozenset[str] = frozenset()
    """First parameters that callers do not give."""
    raising_calls: frozenset[str] = frozenset()
    """Functions that raise what they are given."""
    yields: bool = False
    """A ``yield`` makes a generator."""
    declarators: bool = False
    """Names are inside declarators, and a parameter may have none."""
    labelled_parameters: bool = False
    """Parameters are children of the declaration, and may have a label before the name."""
    unlisted_parameters: bool = False
    """Functions have parameters that no list declares."""
    class_parameters: bool = False
    """A class may have the parameters of its constructor in its head."""
    type_before_name: bool = False
    """The type before the name of a function is what it returns."""
    loose_results: bool = False
    """A function with a declared result may return none."""
    declared_results: bool = False
    """A function without a declared result returns none."""
    implicit_result: bool = False
    """The value of the last expression may be returned."""


UNDOCUMENTED = Documentation()
