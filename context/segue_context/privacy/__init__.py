"""Which files may be used at all, and how secrets inside the others are masked.

A denied file is not indexed, not read for context, and not completed in. The rules are names, because a name is
known before anything is read; the text is looked at for private keys only.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from segue_context.patterns import is_named
from segue_context.privacy._denied_names import Verdict, verdict_on_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_context.privacy._segue_ignores import SegueIgnores

__all__ = ["SendingRules", "Verdict", "mask_around", "mask_secrets", "verdict", "verdict_on_disk"]


_MOST_FOLDERS = 1_000
_PRIVATE_KEY = re.compile(
    r"^[ \t]*-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[ \t]*\r?\n(?:[\w-]+: .*\r?\n)*\s*[A-Za-z0-9+/=]{40}",
    re.MULTILINE,
)


def verdict(path: str | Path, text: str | None = None) -> Verdict:
    """Return whether the file at `path` may be used, judged by its path and, when given, its text.

    Path separators of any system are understood. No file is read and no ignore file is consulted here; see
    `verdict_on_disk`.
    """
    on_name = verdict_on_name(str(path).replace("\\", "/"))
    if not on_name.allowed or text is None or "PRIVATE KEY" not in text or not _PRIVATE_KEY.search(text):
        return on_name
    return Verdict(False, "its text holds a private key.")


def mask_secrets(text: str) -> str:
    """Return `text` with its secrets replaced by ``<secret>``; see `segue_context.masking`, which is loaded here."""
    from segue_context import masking

    return masking.mask_secrets(text)


def mask_around(before: str, after: str) -> tuple[str, str]:
    """Return the texts before and after a place with their secrets replaced, one that the place cuts in two included."""
    from segue_context import masking

    return masking.mask_around(before, after)


class SendingRules:
    """Which files' text may leave the machine, judged when it is about to be sent.

    Everything that is sent passes here: completions, next edits, explanations, answers, embeddings, other programs.
    A file is judged by its path: by the patterns of the settings, the built-in names, every `.segueignore` around it as
    it is now, and where its links lead. It need not exist. Safe to use from any thread.
    """

    def __init__(self, root: Path | None, *, deny: Sequence[str] = (), allow: Sequence[str] = ()) -> None:
        self._root = root
        self._ignores: dict[Path, SegueIgnores] = {}
        self.set_patterns(deny=deny, allow=allow)

    def set_patterns(self, *, deny: Sequence[str], allow: Sequence[str]) -> None:
        """Use these patterns, as in ``.gitignore``, from now on: files to deny, and files that built-in names deny."""
        self._deny, self._allow = tuple(deny), tuple(allow)

    def may_leave(self, path: str, text: str | None = None) -> bool:
        """Return whether the file at `path` may be sent."""
        return not self.refusal(path, text)

    def refusal(self, path: str, text: str | None = None) -> str:
        """Return why the file at `path` may not be sent, as one sentence, or "" when it may.

        `path` is relative to the root, or absolute where there is none, or what an editor calls a buffer without a file. `text` is
        looked at for private keys.
        """
        for name in self._names_of(path):
            if not name:
                return f"{path} leads out of the workspace."
            if is_named(name, self._deny):
                return "The settings deny this file."
            if not is_named(name, self._allow) and (why := _reason(verdict(name, text))):
                return why
            in_folder = self._root is not None or os.path.isabs(name)  # noqa: PTH117
            if in_folder and (rule := self._ignores_of(name).rule_for(self._below(name), fresh=True)):
                return f"{name} is excluded by {rule}."
        return ""

    def allows_by_name(self, path: str) -> bool:
        """Return whether the settings allow the file at `path`, whatever is in it."""
        return is_named(path, self._allow)

    def mask(self, text: str) -> str:
        """Return `text` with its secrets replaced."""
        return mask_secrets(text)

    def _names_of(self, path: str) -> list[str]:
        """Return the path and, where a link is in it, the one it leads to; "" for one outside the root."""
        if self._root is None:
            real = os.path.realpath(path) if os.path.isabs(path) else path  # noqa: PTH117 - no file: an editor's buffer
            return [path] if real == os.path.normpath(path) else [path, real]
        root = os.path.realpath(self._root)
        real = os.path.relpath(os.path.realpath(os.path.join(root, path)), root).replace(os.sep, "/")  # noqa: PTH118
        if real.startswith("../") or os.path.isabs(real):  # noqa: PTH117 - on Windows, another drive
            return [""]
        return [path] if real == path else [path, real]

    def _ignores_of(self, path: str) -> SegueIgnores:
        from segue_context.privacy._segue_ignores import SegueIgnores

        root = self._root or Path(path).parent
        known = self._ignores.get(root)
        if known is None:
            if len(self._ignores) > _MOST_FOLDERS:
                self._ignores.clear()
            known = self._ignores[root] = SegueIgnores(root)
        return known

    def _below(self, path: str) -> str:
        return path if self._root is not None else PurePosixPath(path.replace("\\", "/")).name


def _reason(judged: Verdict) -> str:
    return "" if judged.allowed else judged.reason


def verdict_on_disk(path: Path, root: Path | None = None, rules: SendingRules | None = None) -> Verdict:
    """Return the verdict on a file of the workspace `root`, with its text and the workspace's ignore files read."""
    from segue_context.index._reading import read_file

    if root is None:
        inside = path.as_posix()
    else:
        try:
            inside = (path.parent.resolve() / path.name).relative_to(root.resolve()).as_posix()
        except ValueError:
            return Verdict(False, f"{path} is outside the workspace {root}.")
    rules = rules or SendingRules(root)
    if why := rules.refusal(inside):
        return Verdict(False, why)
    read = read_file(path)
    if read.problem:
        return Verdict(False, _PROBLEMS[read.problem])
    if why := rules.refusal(inside, read.text):
        return Verdict(False, why)
    judged = verdict(inside, read.text)
    return judged if judged.allowed else Verdict(True, "the settings allow it.")


_PROBLEMS = {
    "missing": "there is no such file.",
    "denied": "it may not be read (permission denied).",
    "large": "it is too large to be source code.",
    "binary": "it is binary.",
    "irregular": "it is no regular file.",
    "unreadable": "it cannot be read.",
}
