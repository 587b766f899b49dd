"""A stream of patches in any file, the most likely first: for chat models that know no next-edit format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue_next_edit.formats._prompt import block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit.formats._prompt import EditPrompt

_SYSTEM = """You predict a developer's next edits. You see the edits they just made, and files with line numbers.
Answer with patches only, the most likely first, and nothing when the change is complete. Each patch is:
path:LINE
-an old line, exactly as it is
+a new line
LINE is the number of the first old line, or of the line before which new lines go. Finish the change that was begun:
the same rename, the same replacement, callers of a changed signature, imports. Start nothing new. Undo nothing."""

_HEAD = re.compile(r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Patch:
    """Lines `old` at 0-based `line` of `path` become `new`."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]


class PatchStream:
    """Asks for patches and reads them as they come."""

    def system(self, rules: str) -> str:
        """Return the system message, with the rules of the team if there are any."""
        return f"{_SYSTEM}\nThe code keeps to these rules of its team:\n{rules}" if rules else _SYSTEM

    def render(self, prompt: EditPrompt) -> str:
        """Return the user message."""
        start, end = prompt.excerpt
        stretches = [*prompt.places, (prompt.path, start, prompt.lines[start:end])]
        numbered = "".join(_numbered(*stretch) for stretch in stretches)
        related = "".join(
            f"<file {path}>\n{text.rstrip(chr(10))}\n</file>\n\n" for path, text in prompt.related
        )
        history = "\n".join(f"--- {e.path}\n+++ {e.path}\n{e.diff}" for e in prompt.events)
        problems = "".join(f"{path}:{line + 1}: {message}\n" for path, line, message in prompt.problems)
        reported = f"<problems>\n{problems}</problems>\n\n" if problems else ""
        return (
            f"{related}{numbered}<edits>\n{history}</edits>\n\n{reported}"
            f"The cursor is at {prompt.path}:{prompt.cursor[0] + 1}. Which patches come next?"
        )

    def parse(self, answer: str) -> Iterator[Patch]:
        """Yield the patches of an answer; what is no patch is skipped."""
        path, line = "", 0
        old: list[str] = []
        new: list[str] = []
        for text in [*answer.split("\n"), ":0"]:
            head = _HEAD.match(text.strip("`* "))
            if head or text == ":0":
                if path and (old or new):
                    yield Patch(path, line, tuple(old), tuple(new))
                if head:
                    path, line, old, new = head["path"], max(0, int(head["line"]) - 1), [], []
            elif path and text.startswith("-") and not new:
                old.append(text[1:])
            elif path and text.startswith("+"):
                new.append(text[1:])


def _numbered(path: str, first: int, lines: tuple[str, ...]) -> str:
    rows = "".join(f"{number}| {text}\n" for number, text in enumerate(lines, start=first + 1))
    return f"<file {path}>\n{rows}</file>\n\n"


def described(patch: Patch) -> str:
    """Return a patch as the format writes it."""
    return (
        f"{patch.path}:{patch.line + 1}\n"
        + block([f"-{t}" for t in patch.old])
        + block([f"+{t}" for t in patch.new])
    )
