"""Bash and the shells like it."""

from __future__ import annotations

from segue_syntax._documentation import Documentation
from segue_syntax._language import Blocks, Language, Layout
from segue_syntax._literals import DOLLAR, HEREDOC, interpolated, text
from segue_syntax._scope_rules import ScopeRules

_COMMAND = r"""\$\((?:\\[\s\S]|[^()"\\]|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*\)"""
_HOLE = rf"{_COMMAND}|{DOLLAR}"

_SCOPES = ScopeRules(
    leaves={"variable_name": "variable", "word": "skip"},
    nodes={
        "program": "scope=file",
        "comment": "-",
        "function_definition": "scope=function name:^def.function",
        "command_name": "@word:call",
        "declaration_command": "*:[local]def.constant|[declare]def.constant|[typeset]def.constant|write",
        "variable_assignment": "name:write/. index:read",
        "for_statement": "variable:write",
    },
    assignment="file",
)

_DOCUMENTATION = Documentation(
    kinds={
        "function_definition": "function",
    },
    markup="shell",
    prefix="#",
    marks=("#",),
    line_runs=True,
    unlisted_parameters=True,
    implicit_result=True,
)

LANGUAGES = (
    Language(
        "shellscript",
        "tree_sitter_bash:language",
        (".sh", ".bash", ".zsh"),
        aliases=("bash", "sh", "shell", "zsh"),
        advisory=True,
        line_comment="#",
        strings=(
            HEREDOC.with_code(_HOLE),
            interpolated('"', _HOLE, multiline=True, guard=r'(?<!\\")'),
            text("'", multiline=True, escapes=False, guard=r"(?<!\\')"),
        ),
        blocks=Blocks.END_WORD,
        documentation=_DOCUMENTATION,
        case_patterns=True,
        layout=Layout(usual_indent=2, commands=True),
        scopes=_SCOPES,
    ),
)
