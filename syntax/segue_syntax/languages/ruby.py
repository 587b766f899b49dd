"""Ruby."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from segue_syntax import _builtin_names
from segue_syntax._documentation import Documentation
from segue_syntax._import_syntax import Imported, ImportSyntax
from segue_syntax._import_text import QUOTED
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import HASH_BRACES, SINGLE_LINES, interpolated
from segue_syntax._modules import ModuleNaming
from segue_syntax._scope_rules import ScopeRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from segue_syntax._modules import FileIndex


class Requires(ImportSyntax):
    """``require "a"``, ``require_relative "a"`` and ``autoload :A, "a"``."""

    def read(self, text: str) -> Iterator[Imported]:
        """Yield everything in a file, or the name that loads it."""
        quoted = QUOTED.findall(text)
        if text.startswith("autoload"):
            name = re.search(r":(\w+)", text)
            if name and quoted:
                yield Imported(name.group(1), quoted[-1])
        elif quoted:
            module = quoted[0]
            if text.startswith("require_relative") and not module.startswith("."):
                module = "./" + module
            yield Imported("*", module)


class RubyFiles(ModuleNaming):
    """Paths, relative or on the load path."""

    def resolve(self, files: FileIndex, importer: str, name: str, module: str) -> str:
        """Return the file that `importer` means."""
        del name
        folder = posixpath.dirname(importer)
        file = module if module.endswith(".rb") else module + ".rb"
        if module.startswith("."):
            return files.first((posixpath.normpath(posixpath.join(folder, file)),))
        return files.ending(importer, file)


_ACCESSORS = re.compile(rb"attr(?:_reader|_writer|_accessor)?\b")


def _symbol(data: bytes, _node: Node, path: Sequence[Node]) -> str:
    """Tell what a symbol among arguments is: what declares accessors is given their names."""
    return "def.method+field" if _ACCESSORS.match(data, path[-2].start_byte) else "skip"


_BLOCK = "scope=block parameters:def.parameter"
_METHOD = "scope=function name:^def.method parameters:def.parameter"
_PARAMETER = "name:."

_SCOPES = ScopeRules(
    leaves={
        "identifier": "read",
        "constant": "read",
        "instance_variable": "member<0.self",
        "class_variable": "member<0.self",
        "global_variable": "free",
        "hash_key_symbol": "key",
        "simple_symbol": "skip",
    },
    nodes={
        "program": "scope=file",
        "comment": "-",
        "class": "scope=class bases=superclass name:^def.class",
        "module": "scope=class name:^def.class",
        "method": _METHOD,
        "singleton_method": _METHOD,
        "method_parameters": "*:.",
        "block_parameters": "*:.",
        "lambda_parameters": "*:.",
        "destructured_parameter": "*:.",
        "optional_parameter": _PARAMETER,
        "keyword_parameter": _PARAMETER,
        "splat_parameter": _PARAMETER,
        "hash_splat_parameter": _PARAMETER,
        "block_parameter": _PARAMETER,
        "block": _BLOCK,
        "do_block": _BLOCK,
        "lambda": _BLOCK,
        "assignment": "left:write",
        "operator_assignment": "left:write",
        "left_assignment_list": "*:.",
        "destructured_left_assignment": "*:.",
        "rest_assignment": "*:.",
        "exception_variable": "*:write",
        "for": "pattern:write",
        "in_clause": "pattern:def.local",
        "array_pattern": "*:.",
        "hash_pattern": "*:.",
        "keyword_pattern": "value:.",
        "pair": "key:keyword<2.method",
        "call": "method:[.]method<receiver|[&.]method<receiver|method",
        "argument_list": "@simple_symbol:hook.symbol",
        "scope_resolution": "name:member<scope",
        "alias": "name:method alias:method",
    },
    heads={"identifier": "", "constant": "", "self": "", "superclass": "1", "scope_resolution": "name"},
    selves=frozenset({"self"}),
    members="bare",
    sigils=":",
    instance_sigil="@",
    assignment="first",
    hooks={"symbol": _symbol},
)

_DOCUMENTATION = Documentation(
    kinds={
        "method": "method",
        "singleton_method": "method",
        "class": "class",
        "module": "module",
    },
    wrappers=frozenset({"argument_list", "call"}),
    markup="yard",
    prefix="#",
    typed=True,
    marks=("#",),
    line_runs=True,
    raising_calls=frozenset({"raise", "fail"}),
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "ruby",
        "tree_sitter_ruby:language",
        (".rb", ".rake", ".gemspec"),
        tests=("spec/",),
        filenames=("Rakefile", "Gemfile"),
        aliases=("rb",),
        line_comment="#",
        other_block_comments=(("\n=begin", "\n=end"),),
        strings=(interpolated('"', HASH_BRACES, multiline=True), SINGLE_LINES),
        named_arguments=": ",
        blocks=Blocks.END_WORD,
        documentation=_DOCUMENTATION,
        queries=("ruby",),
        modules_own_methods=True,
        constructors=("initialize",),
        imports=Requires(),
        modules=RubyFiles(),
        layout=Layout(indent=2),
        scopes=_SCOPES,
        builtins=_builtin_names.RUBY,
    ),
)
