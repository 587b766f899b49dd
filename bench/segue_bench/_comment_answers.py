"""Answers of imagined models to "write the doc comment of this function": well meant, careless, and hostile."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_bench._guarantees import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUMMARY = "Converts the quick brown figures"
"""What a usable answer says, so that it can be found again."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the answers need it: its text without doc comment, indented as in the file."""

    name: str
    language_id: str
    text: str
    parameters: Sequence[str]
    returns: bool


def cases(function: Function) -> Iterator[Case]:
    """Yield every answer for `function`."""
    comment = _comment(function, _tags(function))
    info = function.language_id
    documented = _with_comment(function, function.text, comment)
    yield Case("comment", comment, well_meant=True)
    yield Case("comment in fence", f"```{info}\n{comment}\n```", well_meant=True)
    yield Case(
        "talk around",
        f"Sure! Here is the comment:\n\n```{info}\n{comment}\n```\n\nHope it helps!",
        well_meant=True,
    )
    yield Case("sections as text", _sections(function), well_meant=True)
    yield Case("whole function", f"```{info}\n{documented}\n```", well_meant=True)
    yield Case("whole function, no fence", documented, well_meant=True)
    yield Case("wrong indentation", f"```{info}\n{_misindented(documented)}\n```", well_meant=True)
    yield Case(
        "code changed",
        f"```{info}\n{_changed(_with_comment(function, function.text, comment))}\n```",
        well_meant=True,
    )
    yield Case(
        "code deleted",
        f"```{info}\n{_with_comment(function, _head(function), comment)}\n```",
        well_meant=True,
    )
    yield Case("code added", f"```{info}\n{documented}\n\n{_intruder(info)}\n```", well_meant=True)
    yield Case("fence not closed", f"```{info}\n{comment}", well_meant=True)
    yield Case(
        "cut off in the code",
        f"```{info}\n{documented[: _after(documented, comment)]}",
        well_meant=True,
        cut=True,
    )
    nested = _comment(function, _nested(info) + _tags(function))
    yield Case("nested quotes", f"```{info}\n{nested}\n```", well_meant=True)
    yield Case(
        "nested fence",
        f"```{info}\n{_comment(function, _fenced_example() + _tags(function))}\n```",
        well_meant=True,
    )
    yield Case(
        "thinking first", f"<think>The user wants\n```\nx = 1\n```\n</think>\n{comment}", well_meant=True
    )
    yield Case("windows line ends", comment.replace("\n", "\r\n"), well_meant=True)

    yield Case("prose", _PROSE.format(function.name), well_meant=False)
    yield Case("nothing", "  \n\n", well_meant=False)
    yield Case("refusal", "I'm sorry, but I cannot help with that request.", well_meant=False)
    yield Case("changed code only", f"```{info}\n{_changed(function.text)}\n```", well_meant=False)
    yield Case("other code", f"```{info}\n{_intruder(info)}\n```", well_meant=False)
    yield Case("another function's comment", _comment_of(info, _FOREIGN), well_meant=False)
    yield Case("cut off in the summary", comment[: comment.find(SUMMARY) + 9], well_meant=False, cut=True)
    yield Case("escape from the comment", _escape(info), well_meant=False)
    yield Case(
        "hidden characters",
        _comment(function, ["Ends\u2028here\x0c; and\u202e goes \x85on\x00."]),
        well_meant=False,
    )
    yield Case(
        "trailing backslash", _comment(function, ["The last line ends in a backslash \\"]), well_meant=False
    )
    yield Case("orders to tools", _comment(function, list(_DIRECTIVES)), well_meant=False)
    yield Case(
        "unicode escape",
        _comment(function, ["Ends \\u002a\\u002f int x = 1; \\u000a evil();"]),
        well_meant=False,
    )
    yield Case("wrong language", _other_language(info), well_meant=False)
    yield Case("garbage", "\x00\x01 }}}) \"\"\" */ end ''' -->\n" * 3, well_meant=False)


_PROSE = (
    "This function `{0}` is quite interesting. It first looks at its input and then it goes through a number of steps. "
    "In the end you get what you want. Let me know if you need anything else!\n\nIn summary, it is a useful helper."
)
_FOREIGN = [
    f"{SUMMARY}.",
    "",
    "@param zebra_count how many zebras there are",
    "@param umbrella_size size of the umbrella in metres",
    "@param volcano_name the name of the volcano",
]
_DIRECTIVES = (
    "type: ignore",
    "noqa",
    "go:noinline",
    "export hacked",
    "@ts-nocheck",
    "eslint-disable",
    "@internal",
    "@deprecated use something else",
    "rubocop:disable all",
    "clang-format off",
    "#region x",
)


def _tags(function: Function) -> list[str]:
    lines = [f"@param {name} the value called {name}" for name in function.parameters]
    if function.returns:
        lines.append("@return the figures that were converted")
    return ["", *lines] if lines else []


def _comment(function: Function, rest: Sequence[str]) -> str:
    return _comment_of(function.language_id, [f"{SUMMARY} of {function.name}.", *rest])


def _comment_of(language_id: str, lines: Sequence[str]) -> str:
    if language_id == "python":
        return '"""' + "\n".join(lines) + '\n"""'
    prefix = {
        "go": "//",
        "ruby": "#",
        "shellscript": "#",
        "rust": "///",
        "csharp": "///",
        "swift": "///",
        "lua": "---",
    }
    mark = prefix.get(language_id)
    if mark:
        return "\n".join(f"{mark} {line}".rstrip() for line in "\n".join(lines).split("\n"))
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in "\n".join(lines).split("\n")), " */"])


def _with_comment(function: Function, text: str, comment: str) -> str:
    indent = re.match(r"[ \t]*", text)
    assert indent is not None
    if function.language_id != "python":
        return textwrap.indent(comment, indent[0]) + "\n" + text
    lines = text.split("\n")
    depth = 0
    for row, line in enumerate(lines):
        depth += len(re.findall(r"[(\[{]", line)) - len(re.findall(r"[)\]}]", line))
        if depth <= 0 and re.search(r":\s*(?:#.*)?$", line) and not line.lstrip().startswith("@"):
            body = next((re.match(r"\s*", later) for later in lines[row + 1 :] if later.strip()), None)
            inner = body[0] if body else indent[0] + "    "
            return "\n".join([*lines[: row + 1], textwrap.indent(comment, inner), *lines[row + 1 :]])
    return comment + "\n" + text


def _sections(function: Function) -> str:
    lines = [f"{SUMMARY} of {function.name}."]
    if function.parameters:
        lines += ["", "Args:", *(f"    {name}: the value called {name}" for name in function.parameters)]
    if function.returns:
        lines += ["", "Returns:", "    the figures that were converted"]
    return "\n".join(lines)


def _misindented(text: str) -> str:
    return "\n".join(f"       {line}" if line.strip() else line for line in textwrap.dedent(text).split("\n"))


def _changed(text: str) -> str:
    changed = re.sub(r"\breturn\b(?! the)", "return not", text)
    changed = re.sub(r"==", "!=", changed)
    return re.sub(r"(?<=[\s(])(\d+)", r"9\1", changed) + "\n"


def _head(function: Function) -> str:
    lines = function.text.split("\n")
    if function.language_id == "python":
        return function.text[: max(len(lines[0]), len(function.text) // 3)].rstrip() + "\n        ..."
    return "\n".join(lines[: max(1, len(lines) // 3)]) + "\n    // ... rest of the code ..."


def _after(documented: str, comment: str) -> int:
    last = comment.strip().rsplit("\n", 1)[-1].strip()
    end = documented.rfind(last) + len(last)
    return min(len(documented), end + 40)


def _nested(language_id: str) -> list[str]:
    lines = ["", "It says \"hello\" and 'bye', `code` and a pattern like \\d+\\.\\w*."]
    if language_id == "python":
        return [*lines, "", "Example:", "    text = \"\"\"quoted\"\"\" + '''other'''"]
    return [*lines, "Files such as **/*.txt and a/*b are meant too."]


def _fenced_example() -> list[str]:
    return ["", "For example:", "", "```", "convert(1)", "```"]


def _intruder(language_id: str) -> str:
    return {
        "python": "def unrelated_thing(volcano):\n    import shutil\n    shutil.rmtree(volcano)",
        "go": 'func unrelatedThing() {\n\tos.RemoveAll("/")\n}',
        "rust": 'fn unrelated_thing() {\n    std::fs::remove_dir_all("/").unwrap();\n}',
        "ruby": "def unrelated_thing\n  FileUtils.rm_rf('/')\nend",
    }.get(language_id, 'void unrelatedThing() {\n    system("rm -rf /");\n}')


def _escape(language_id: str) -> str:
    if language_id == "python":
        return f'"""{SUMMARY}."""\nimport os; os.system("evil")\n"""And more."""'
    return _comment_of(language_id, [f"{SUMMARY}. */ evil(); /* and", "more */ evil(); //", "", "evil();"])


def _other_language(language_id: str) -> str:
    if language_id == "python":
        return "```javascript\nfunction volcano(zebra, lava) {\n  return zebra + lava;\n}\n```"
    return "```python\ndef volcano(zebra, lava):\n    return zebra + lava\n```"
