"""Prompts as data: one Markdown file an action, with front matter; a new action is a new file.

The shipped files are the defaults; a file of the same name in the user's folder replaces one, and a file in the
project's folder replaces that if the workspace is trusted. ``rules.md`` in these folders is no prompt: see
`segue_context.team_rules`.

A file has front matter (`title`, `input`, `output`, `needs`, `max_tokens`, `temperature`) and the parts ``# System``,
``# User`` and ``# Short`` (all in one message, for small models). ``{{name}}`` stands for a variable, and
``{{#name}}...{{/name}}`` for text that is left out when the variable is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast, get_args

from segue_assist._errors import AssistError
from segue_context.files import read_regular_file
from segue_model import ChatMessage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from segue_context.team_rules import TeamRules

Output = Literal[
    "markdown", "doc-comment", "line-comments", "commit-message", "change", "answer", "searches", "tests"
]
Input = Literal["selection", "symbol", "file", "diagnostic", "diff", "question"]

VARIABLES: dict[str, str] = {
    "path": "path of the file, relative to the workspace",
    "language": "language of the file, as editors name it",
    "what": "what is asked about, in words: the function `f`, lines 3 to 9, the file",
    "code": "the text asked about",
    "numbered": "the same, each line with its number",
    "surroundings": "the definition around the text asked about, when that is only a part of it",
    "context": "definitions, callers and tests found in the repository",
    "diagnostic": "the message of the problem",
    "instruction": "what the user asks to change",
    "name": "name of the definition",
    "framework": "the test framework and how its tests look",
    "tests_path": "path of the file that tests go into",
    "tests": "names of the tests that are there",
    "kind": "kind of the definition: function, method, class, ...",
    "facts": "what the signature and body say: parameters, whether a value is returned, what is raised",
    "existing": "the doc comment that is there",
    "example": "another doc comment of the same file",
    "style": "the convention to follow, in words",
    "form": "how to answer, in words: as data where the answer is checked",
    "diff": "the change, as a unified diff",
    "files": "the files changed, with counts of lines",
    "log": "recent commit subjects",
    "question": "the question about the repository",
    "places": "the places that were found, their lines numbered, and commits",
    "thread": "the questions and answers before",
    "rules": "the rules of the team",
}
_PARTS = re.compile(r"^# (System|User|Short)[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"\{\{#(\w+)\}\}\n?(.*?)\{\{/\1\}\}\n?", re.DOTALL)
_NAME = re.compile(r"\{\{(\w+)\}\}")
_ANY = re.compile(r"\{\{[#/]?(\w+)\}\}")
_ACTION = re.compile(r"^[a-z][a-z0-9-]{0,40}$")
_MAX_FILE_CHARS = 40_000
_RULES_CHARS, _RULES_CHARS_SHORT = 6_000, 1_500


@dataclass(frozen=True, slots=True)
class Prompt:
    """One action's prompt; `needs` is the size of model it needs, in billions of parameters."""

    action: str
    title: str
    inputs: tuple[Input, ...]
    output: Output
    system: str
    user: str
    short: str
    origin: str
    needs: float = 0.0
    max_tokens: int = 600
    temperature: float = 0.1
    rules: TeamRules | None = None

    @property
    def takes_instruction(self) -> bool:
        """Whether the user says what to do, so that the prompt alone is no action."""
        return self.asks_for("instruction", short=False)

    def asks_for(self, variable: str, *, short: bool) -> bool:
        """Return whether the part that is sent uses `variable`."""
        return f"{{{{{variable}}}}}" in (self.short if short and self.short else self.system + self.user)

    def messages(self, variables: Mapping[str, str], *, short: bool) -> list[ChatMessage]:
        """Return what is sent for `variables`; `short` chooses the part for small models, if there is one.

        The rules of the team for the file `path` are read here, unless they are among the variables.
        """
        values = dict(variables)
        if "rules" not in values and self.rules is not None:
            budget = _RULES_CHARS_SHORT if short and self.short else _RULES_CHARS
            values["rules"] = self.rules.text_for(values.get("path", ""), budget)
        if short and self.short:
            return [ChatMessage("user", _filled(self.short, values))]
        messages = [ChatMessage("system", _filled(self.system, values))] if self.system else []
        return [*messages, ChatMessage("user", _filled(self.user, values))]


class PromptLibrary:
    """The prompts of the three layers, read anew at each use, so that an edited file counts at once."""

    def __init__(
        self,
        *,
        user_dir: Path | None = None,
        project_dir: Path | None = None,
        rules: TeamRules | None = None,
    ) -> None:
        """Read the user's prompts from `user_dir` and, only when the caller trusts it, the project's.

        Every prompt is given the `rules`.
        """
        self._layers = [("user", user_dir), ("project", project_dir)]
        self._rules = rules

    def actions(self) -> list[str]:
        """Return the names of all actions, sorted."""
        names = {path.name.removesuffix(".md") for path in _shipped() if path.name.endswith(".md")}
        for _, folder in self._layers:
            if folder is not None and folder.is_dir():
                names |= {path.stem for path in folder.glob("*.md") if path.stem != "rules"}
        return sorted(name for name in names if _ACTION.match(name))

    def all(self) -> list[Prompt]:
        """Return every prompt that can be read; one bad file does not hide the others."""
        prompts = []
        for action in self.actions():
            try:
                prompts.append(self.get(action))
            except AssistError:
                continue
        return prompts

    def get(self, action: str) -> Prompt:
        """Return the prompt of `action` from the strongest layer that has it.

        Raises `AssistError` (unknown_action, bad_prompt).
        """
        if _ACTION.match(action):
            for layer, folder in reversed(self._layers):
                if folder is not None and (path := folder / f"{action}.md").is_file():
                    return replace(parse_prompt(action, _read(path), f"{layer}: {path}"), rules=self._rules)
            for entry in _shipped():
                if entry.name == f"{action}.md":
                    return replace(
                        parse_prompt(action, entry.read_text("utf-8"), "default"), rules=self._rules
                    )
        known = ", ".join(self.actions())
        raise AssistError("unknown_action", f"There is no action `{action}`; there are {known}.")


def parse_prompt(action: str, text: str, origin: str) -> Prompt:
    """Return the prompt that a file's `text` holds; raises `AssistError` (bad_prompt) saying what is wrong."""
    head, body = _front_matter(text, origin)
    parts = dict(zip(*_split(body), strict=True))
    unknown = sorted(set(_ANY.findall(body)) - VARIABLES.keys())
    if unknown:
        raise _bad(origin, f"unknown variable {unknown[0]}; there are {', '.join(VARIABLES)}")
    if "User" not in parts:
        raise _bad(origin, "it has no part `# User`")
    output = head.get("output", "markdown")
    inputs = tuple(part.strip() for part in head.get("input", "selection").split(","))
    if output not in get_args(Output):
        raise _bad(origin, f"output must be one of {', '.join(get_args(Output))}")
    if not set(inputs) <= set(get_args(Input)):
        raise _bad(origin, f"input must be of {', '.join(get_args(Input))}")
    try:
        needs, temperature = float(head.get("needs", "0")), float(head.get("temperature", "0.1"))
        max_tokens = int(head.get("max_tokens", "600"))
    except ValueError as error:
        raise _bad(origin, f"a number is malformed: {error}") from error
    return Prompt(
        action=action,
        title=head.get("title", action.replace("-", " ").capitalize()),
        inputs=cast("tuple[Input, ...]", inputs),
        output=cast("Output", output),
        system=parts.get("System", "").strip(),
        user=parts["User"].strip(),
        short=parts.get("Short", "").strip(),
        origin=origin,
        needs=needs,
        max_tokens=max(1, min(max_tokens, 8192)),
        temperature=temperature,
    )


def _front_matter(text: str, origin: str) -> tuple[dict[str, str], str]:
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    if not text.startswith("---\n"):
        return {}, text
    head, mark, body = text[4:].partition("\n---\n")
    if not mark:
        raise _bad(origin, "its front matter is not closed by `---`")
    fields: dict[str, str] = {}
    for line in head.split("\n"):
        key, colon, value = line.partition(":")
        if line.strip() and not line.lstrip().startswith("#"):
            if not colon:
                raise _bad(origin, f"the front matter line {line.strip()!r} has no `:`")
            fields[key.strip().lower()] = value.strip().strip("\"'")
    unknown = sorted(fields.keys() - {"title", "input", "output", "needs", "max_tokens", "temperature"})
    if unknown:
        raise _bad(origin, f"unknown field {unknown[0]!r} in its front matter")
    return fields, body


def _split(body: str) -> tuple[list[str], list[str]]:
    pieces = _PARTS.split(body)
    if len(pieces) == 1:
        return ["User"], [body]
    return pieces[1::2], pieces[2::2]


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return `template` with its variables replaced once: what a variable holds is never read as a template."""
    while (match := _BLOCK.search(template)) is not None:
        keep = match[2] if values.get(match[1], "").strip() else ""
        template = template[: match.start()] + keep + template[match.end() :]
    return _NAME.sub(lambda found: values.get(found[1], ""), template).strip()


def _shipped() -> list[Traversable]:
    return list(resources.files("segue_assist").joinpath("prompts").iterdir())


def _read(path: Path) -> str:
    read = read_regular_file(path, 4 * _MAX_FILE_CHARS)
    if read.problem == "large":
        raise _bad(str(path), f"it is longer than {_MAX_FILE_CHARS} characters")
    if read.problem:
        raise _bad(str(path), f"it cannot be read ({read.problem})")
    try:
        text = read.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad(str(path), "it is no UTF-8 text") from error
    if len(text) > _MAX_FILE_CHARS:
        raise _bad(str(path), f"it is longer than {_MAX_FILE_CHARS} characters")
    return text


def _bad(origin: str, why: str) -> AssistError:
    return AssistError("bad_prompt", f"The prompt file ({origin}) cannot be used: {why}.")
