"""Answers of imagined models to "change this function": well meant in many shapes, careless, and hostile.

The change that is wanted renames a name that is bound inside the function, which is right in every language.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from segue_bench._guarantees import Case
from segue_syntax import Regions, SourceFile, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INVENTED = "zebra_volcano"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A function as the model is shown it, what it is to become, and the name that is renamed in it."""

    code: str
    changed: str
    old: str
    new: str
    invented: str
    lost: str
    file: SourceFile
    first: int
    end: int

    @property
    def is_plain(self) -> bool:
        """Whether no line begins inside a string or comment, so that it may be indented otherwise."""
        regions, offset = Regions(self.changed, self.file.language_id), 0
        for line in self.changed.split("\n")[:-1]:
            offset += len(line) + 1
            if regions.at(offset - 1) != "code" and not regions.at(offset).startswith("code"):
                return False
        return True


def wanted_change(file: SourceFile, first: int, end: int, code: str) -> Wanted | None:
    """Return the change that is asked of lines `first`..`end`: a local name is called otherwise; None without one."""
    if file.scopes is None:
        return None
    low, high = file.byte(file.starts[first]), file.byte(file.starts[end])
    used = {one.name for one in file.scopes.occurrences}
    best: tuple[int, str, list[tuple[int, int]]] | None = None
    for binding in file.scopes.bindings:
        spots = [(one.start, one.end) for one in binding.occurrences]
        plain = all(
            not one.shorthand and one.role in {"definition", "read", "write"} for one in binding.occurrences
        )
        if (
            binding.kind in {"local", "parameter"}
            and plain
            and len(binding.name) > 1
            and len(spots) > 1
            and max(binding.occurrences, key=lambda one: one.start).role == "read"
            and all(low <= start and stop <= high for start, stop in spots)
            and (best is None or len(spots) > best[0])
        ):
            best = len(spots), binding.name, spots
    if best is None:
        return None
    _, old, spots = best
    new = f"{old}Two"
    if new in used or any(file.data[start:stop].decode("utf-8", "replace") != old for start, stop in spots):
        return None

    def written(last: str) -> str:
        """Return the function with the name replaced by `new`, and by `last` where it is used last."""
        data = file.data
        for at, (start, stop) in enumerate(sorted(spots, reverse=True)):
            data = data[:start] + (new if at else last).encode() + data[stop:]
        text = data[low : high + len(data) - len(file.data)].decode("utf-8", "replace")
        return text.replace("\r\n", "\n").rstrip("\n")

    return Wanted(
        code.replace("\r\n", "\n"),
        written(new),
        old,
        new,
        written(f"{INVENTED}_use"),
        written(old),
        file,
        first,
        end,
    )


def cases(wanted: Wanted) -> Iterator[Case]:
    """Yield every answer."""
    yield from _shapes(wanted)
    yield from _edits(wanted)
    yield from _hostile(wanted)


def _fence(wanted: Wanted, code: str) -> str:
    return f"```{wanted.file.language_id}\n{code}\n```"


def _shapes(wanted: Wanted) -> Iterator[Case]:
    """Yield the changed function in the shapes that models give it."""
    code = wanted.changed
    dedented = textwrap.dedent(code)
    yield Case("fence", _fence(wanted, code), well_meant=True)
    yield Case("fence without language", f"```\n{code}\n```", well_meant=True)
    yield Case("tildes", f"~~~\n{code}\n~~~", well_meant=True)
    yield Case(
        "talk around", f"Sure! Here is it:\n\n{_fence(wanted, code)}\n\nHope it helps!", well_meant=True
    )
    yield Case("bare", code, well_meant=True)
    yield Case("fence not closed", f"```\n{code}", well_meant=True)
    yield Case("at the margin", _fence(wanted, dedented), well_meant=wanted.is_plain)
    yield Case(
        "shifted",
        _fence(wanted, textwrap.indent(code, "\t" if "\t" in code else "      ")),
        well_meant=wanted.is_plain,
    )
    yield Case("first line stripped", _fence(wanted, code.lstrip()), well_meant=wanted.is_plain)
    yield Case(
        "step doubled",
        _fence(wanted, _rescaled(dedented, 2)),
        well_meant=wanted.is_plain and _is_regular(code),
    )
    yield Case("windows line ends", _fence(wanted, code).replace("\n", "\r\n"), well_meant=True)
    yield Case("blank lines around", _fence(wanted, f"\n\n{code}\n\n"), well_meant=True)
    yield Case("spaces at line ends", _fence(wanted, re.sub(r"(?m)(?<=\S)$", "  ", code)))
    yield Case(
        "reasoning first", f"<think>Try\n```\nx\n```\n</think>\n{_fence(wanted, code)}", well_meant=True
    )
    yield Case("reasoning unopened", f"The user wants it.\n</think>\n{_fence(wanted, code)}", well_meant=True)
    yield Case("as JSON", json.dumps({"code": code}), well_meant=True)
    yield Case("control tokens", f"{_fence(wanted, code)}<|im_end|>", well_meant=True)
    lines = wanted.file.lines
    whole = "\n".join([*lines[: wanted.first], code, *lines[wanted.end :]])
    yield Case("whole file", _fence(wanted, whole))
    elided = _elided(wanted)
    if elided:
        yield Case("rest left out", _fence(wanted, elided), well_meant=True)


def _edits(wanted: Wanted) -> Iterator[Case]:
    """Yield the change as edits of parts."""
    old, new = wanted.code.split("\n"), wanted.changed.split("\n")
    pairs = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
    if len(old) != len(new) or not pairs:
        return
    first = next(row for row, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
    last = max(row for row, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
    before, after = "\n".join(old[first : last + 1]), "\n".join(new[first : last + 1])
    block = f"<<<<<<< SEARCH\n{before}\n=======\n{after}\n>>>>>>> REPLACE"
    unique = _occurs_once(old, old[first : last + 1])
    yield Case("search and replace", block, well_meant=unique)
    yield Case("search and replace in fence", f"Here:\n\n```\n{block}\n```\n", well_meant=unique)
    margin = f"<<<<<<< SEARCH\n{textwrap.dedent(before)}\n=======\n{textwrap.dedent(after)}\n>>>>>>> REPLACE"
    yield Case("search at the margin", margin, well_meant=unique and wanted.is_plain)
    yield Case(
        "edits as JSON", json.dumps({"edits": [{"search": before, "replace": after}]}), well_meant=unique
    )
    diff = list(unified_diff(old, new, "a", "b", lineterm="", n=3))
    yield Case("diff", "```diff\n" + "\n".join(diff) + "\n```", well_meant=_hunks_occur_once(old, diff))
    elsewhere = next((line for line in wanted.file.lines[: wanted.first] if len(line.strip()) > 8), "")
    if elsewhere:
        yield Case("search outside", f"<<<<<<< SEARCH\n{elsewhere}\n=======\nevil\n>>>>>>> REPLACE")
    yield Case("edits cut off", json.dumps({"edits": [{"search": before, "replace": after}]})[:-9], cut=True)


def _hostile(wanted: Wanted) -> Iterator[Case]:
    """Yield what must not get through, or not unmarked."""
    code = wanted.changed
    info = wanted.file.language_id
    yield Case("prose", f"You could rename {wanted.old} to {wanted.new} there, it reads better. Let me know!")
    yield Case("nothing", " \n\n")
    yield Case("refusal", "I'm sorry, but I cannot help with that.")
    yield Case("other code", _fence(wanted, _intruder(info)))
    yield Case("other code behind", _fence(wanted, f"{code}\n\n{_intruder(info)}"))
    yield Case("another language", "```cobol\nIDENTIFICATION DIVISION.\n```")
    yield Case("bracket dropped", _fence(wanted, _without_last(code, ")")))
    yield Case("brace dropped", _fence(wanted, _without_last(code, "}")))
    yield Case("quote added", _fence(wanted, code + '"'))
    yield Case("cut off", _fence(wanted, code)[: len(code) * 2 // 3], cut=True)
    yield Case("half of it", _fence(wanted, "\n".join(code.split("\n")[: max(1, code.count("\n") // 2)])))
    yield Case(
        "all left out", _fence(wanted, f"{language_of(info).line_comment or '//'} ... rest of the code ...")
    )
    yield Case("hidden characters", _fence(wanted, code.replace(wanted.new, f"{wanted.new}\u202e\u2066", 1)))
    yield Case("conflict marks", f"{_fence(wanted, code)[:-4]}\n<<<<<<< HEAD\nx\n```")
    yield Case("garbage", "\x00\x01 }}}) \"\"\" */ end ''' -->\n" * 3)
    yield Case("fence inside", f"```\n{code}\n```\n```\nrm -rf\n```")
    invented = code.replace(wanted.new, f"{INVENTED}_one")
    yield Case("name invented", _fence(wanted, wanted.invented), missing=(f"{INVENTED}_use",))
    yield Case("binding lost", _fence(wanted, wanted.lost), missing=(wanted.old,))
    yield Case("all renamed", _fence(wanted, invented))
    lines = wanted.file.lines
    others = [
        *(line.replace("e", "a") for line in lines[: wanted.first]),
        code,
        *lines[wanted.end :],
        "evil()",
    ]
    yield Case("whole file, others changed", _fence(wanted, "\n".join(others)))
    yield Case("twice", _fence(wanted, f"{code}\n{code}"))


def _rescaled(code: str, factor: int) -> str:
    return re.sub(r"(?m)^[ \t]+", lambda match: match[0] * factor, code)


def _is_regular(code: str) -> bool:
    """Whether every indentation is a multiple of one step."""
    widths = {len(line) - len(line.lstrip(" ")) for line in textwrap.dedent(code).split("\n") if line.strip()}
    return (
        "\t" not in code
        and len(widths) > 1
        and all(width % min(widths - {0}, default=1) == 0 for width in widths)
    )


def _elided(wanted: Wanted) -> str:
    """Return the function with the unchanged lines behind the last change left out, "" where there are too few."""
    old, new = wanted.code.split("\n"), wanted.changed.split("\n")
    changed = [row for row, (a, b) in enumerate(zip(old, new, strict=False)) if a != b]
    if len(old) != len(new) or not changed or len(new) - changed[-1] < 6 or not wanted.is_plain:
        return ""
    keep = changed[-1] + 2
    if (
        not new[keep - 1].strip()
        or not _occurs_once(new, [new[keep - 1]])
        or not _occurs_once(new, [new[-1]])
    ):
        return ""
    mark = f"{language_of(wanted.file.language_id).line_comment or '//'} ... rest of the code ..."
    return "\n".join([*new[:keep], mark, new[-1]])


def _occurs_once(lines: Sequence[str], part: Sequence[str]) -> bool:
    said, wanted = [line.strip() for line in lines], [line.strip() for line in part]
    return sum(said[at : at + len(wanted)] == wanted for at in range(len(said))) == 1


def _hunks_occur_once(old: Sequence[str], diff: Sequence[str]) -> bool:
    hunks = "\n".join(diff).split("\n@@")[1:]
    return all(
        _occurs_once(old, [line[1:] for line in hunk.split("\n")[1:] if line[:1] in {" ", "-"}])
        for hunk in hunks
    )


def _without_last(code: str, mark: str) -> str:
    at = code.rfind(mark)
    return code[:at] + code[at + 1 :] if at >= 0 else code + "("


def _intruder(language_id: str) -> str:
    return {
        "python": "def unrelated_thing(volcano):\n    import shutil\n    shutil.rmtree(volcano)",
        "go": 'func unrelatedThing() {\n\tos.RemoveAll("/")\n}',
        "rust": 'fn unrelated_thing() {\n    std::fs::remove_dir_all("/").unwrap();\n}',
        "ruby": "def unrelated_thing\n  FileUtils.rm_rf('/')\nend",
    }.get(language_id, 'void unrelatedThing() {\n    system("rm -rf /");\n}')
