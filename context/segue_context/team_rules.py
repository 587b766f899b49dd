"""The rules of a team, for models that follow instructions: files that the user wrote, or that a trusted project brings."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from segue_context.files import read_regular_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue_context.privacy import SendingRules

PROJECT_RULES = ".segue/prompts/rules.md"
COPILOT_RULES = ".github/copilot-instructions.md"
AGENT_RULES = "AGENTS.md"
_MAX_BYTES = 256 * 1024
_BETWEEN = "\n\n"
_LEAST_CHARS = 20
_PROBLEMS = {
    "denied": "it may not be read (permission denied)",
    "irregular": "it is no regular file",
    "large": f"it is larger than {_MAX_BYTES >> 10} KB",
    "outside": "it leads out of the project",
    "unreadable": "it cannot be read",
}


class TeamRules:
    """The rules for the files of one workspace, read anew at each use, so that an edited file counts at once.

    `user` is the user's file. `root` is the workspace's folder where the user trusts it and None elsewhere: its own
    `PROJECT_RULES` count then and, with `agents`, `COPILOT_RULES` and the `AGENTS.md` of every folder around a file.
    What `sending` denies is left out, and secrets are masked.
    """

    def __init__(
        self,
        sending: SendingRules,
        *,
        user: Path | None = None,
        root: Path | None = None,
        agents: bool = False,
    ) -> None:
        self._sending = sending
        self._user = user
        self._root = root
        self._agents = agents

    def text_for(self, path: str, budget_chars: int) -> str:
        """Return the rules that hold for the file at `path` (relative to the root), "" when there are none.

        General rules come first. Where the budget is too small, the user's and the project's own are taken before
        those nearest to the file, and the last one is cut, at the end of a line where it has several.
        """
        if budget_chars <= 0:
            return ""
        texts: dict[str, str] = {}
        seen: set[str] = set()
        left = budget_chars
        for name, text, _ in self._files(path):
            if text and text not in seen and (taken := _cut(text, left)):
                seen.add(text)  # one file under two names, as a link or a copy
                texts[name] = taken
                left -= len(taken) + len(_BETWEEN)
        order = sorted(texts, key=_generality)
        return self._sending.mask(_BETWEEN.join(texts[name] for name in order))

    def problems(self) -> list[str]:
        """Return one sentence for each file of rules that is there and cannot be used."""
        return [f"{name} is not used: {why}." for name, _, why in self._files("") if why]

    def _files(self, path: str) -> Iterator[tuple[str, str, str]]:
        """Yield each file's name, its text and why it is not used, the most important one first."""
        if self._user is not None:
            yield str(self._user), *_read(self._user, None)
        if self._root is None:
            return
        names = [PROJECT_RULES]
        if self._agents:
            names += [(folder / AGENT_RULES).as_posix() for folder in _folders_around(path)]
            names.append(COPILOT_RULES)
        for name in names:
            text, why = _read(self._root / name, self._root)
            if text and (denied := self._sending.refusal(name, text)):
                text, why = "", denied.rstrip(".")
            yield name, text, why


def _folders_around(path: str) -> list[PurePosixPath]:
    """Return the folders of the workspace around a file, innermost first, the root last."""
    place = PurePosixPath(path)
    inside = path and not place.is_absolute() and ".." not in place.parts
    return list(place.parents) if inside else [PurePosixPath()]


def _generality(name: str) -> tuple[int, int]:
    if name.endswith(AGENT_RULES):
        return 1, name.count("/")
    return 0, 0


def _read(path: Path, root: Path | None) -> tuple[str, str]:
    read = read_regular_file(path, _MAX_BYTES, inside=root)
    if read.problem == "missing":
        return "", ""
    if read.problem:
        return "", _PROBLEMS[read.problem]
    try:
        return read.data.decode("utf-8-sig").replace("\r\n", "\n").strip(), ""
    except UnicodeDecodeError:
        return "", "it is no UTF-8 text"


def _cut(text: str, budget_chars: int) -> str:
    """Return the whole lines of `text` that fit, the whole words when not even one line does."""
    if len(text) <= budget_chars:
        return text
    head = text[: max(0, budget_chars) + 1]
    cut = (head.rpartition("\n")[0] or head.rpartition(" ")[0]).rstrip()
    return cut if len(cut) >= _LEAST_CHARS else ""
