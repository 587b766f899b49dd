"""Reading how a model wants to change code: the code written anew, search and replace blocks, a diff, or JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from segue_assist._doc_answer import clean_answer, fenced_blocks
from segue_assist._errors import AssistError
from segue_syntax import language_of

_SEARCH = re.compile(
    r"^<{5,9} ?(?:SEARCH|ORIGINAL|HEAD)?[^\n]*\n(?P<old>.*?)^={5,9}[ \t]*\n(?P<new>.*?)^>{5,9} ?(?:REPLACE|UPDATED)?[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_HUNK = re.compile(r"^@@.*$", re.MULTILINE)
_INFO = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*(?:\{?\.?)(?P<language>[\w+#-]+)", re.MULTILINE)
_PLAIN_FENCES = frozenset(
    {"", "text", "txt", "code", "diff", "patch", "json", "output", "console", "plaintext"}
)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What an answer says: `blocks` of code that stand for the code asked about, or `edits` (old text, new text).

    `fenced` is set when the answer marked its code as such; `language` is what it called it.
    """

    blocks: tuple[str, ...] = ()
    edits: tuple[tuple[str, str], ...] = ()
    fenced: bool = False
    language: str = ""


def read_rewrite(answer: str, *, cut: bool = False) -> Rewrite:
    """Return what `answer` changes. Raises `AssistError` (empty_answer, cut_off, prose)."""
    answer = clean_answer(answer)
    if not answer.strip():
        raise AssistError("empty_answer", "The model answered nothing; nothing was changed.")
    data = _json_object(answer)
    if data is not None:
        return _from_data(data)
    edits = tuple((match["old"], match["new"]) for match in _SEARCH.finditer(answer))
    if edits:
        _refuse_cut(cut=cut and re.search(r"^<{5,9}", answer[_last_end(answer) :], re.MULTILINE) is not None)
        return Rewrite(edits=edits, fenced=True)
    blocks = fenced_blocks(answer)
    if blocks:
        _refuse_cut(cut=not blocks[-1][1] and (cut or (len(blocks) == 1 and cut)))
        text = blocks[0][0]
        if _is_diff(text):
            return Rewrite(
                edits=tuple(edit for block, _ in blocks for edit in _diff_edits(block)), fenced=True
            )
        return Rewrite(tuple(block for block, _ in blocks), fenced=True, language=_language(answer))
    _refuse_cut(cut=cut)
    if _is_diff(answer):
        return Rewrite(edits=tuple(_diff_edits(answer)), fenced=True)
    return Rewrite((answer,))


def _refuse_cut(*, cut: bool) -> None:
    if cut:
        raise AssistError("cut_off", "The model's answer was cut off before its end; nothing was changed.")


def _last_end(answer: str) -> int:
    return max((match.end() for match in _SEARCH.finditer(answer)), default=0)


def _language(answer: str) -> str:
    """Return the language that the first fence names, "" for none that is known."""
    match = _INFO.search(answer)
    name = match["language"].lower() if match else ""
    return "" if name in _PLAIN_FENCES else language_of(name).id


def _json_object(answer: str) -> dict[str, object] | None:
    text = answer.strip()
    blocks = fenced_blocks(answer)
    if not text.startswith("{") and len(blocks) == 1:
        text = blocks[0][0].strip()
    if not text.startswith("{"):
        return None
    try:
        data = json.loads(text, strict=False)
    except ValueError:
        return None
    return data if isinstance(data, dict) and data.keys() & {"edits", "code"} else None


def _from_data(data: dict[str, object]) -> Rewrite:
    edits = data.get("edits")
    pairs = tuple(
        (str(one.get("search", "")), str(one.get("replace", "")))
        for one in (edits if isinstance(edits, list) else ())
        if isinstance(one, dict)
    )
    code = data.get("code")
    if pairs:
        return Rewrite(edits=pairs, fenced=True)
    if isinstance(code, str) and code.strip():
        blocks = fenced_blocks(code)
        return Rewrite((blocks[0][0] if blocks and code.lstrip().startswith("```") else code,), fenced=True)
    raise AssistError("empty_answer", "The model found nothing to change.")


def _is_diff(text: str) -> bool:
    return _HUNK.search(text) is not None and re.search(r"^[-+]", text, re.MULTILINE) is not None


def _diff_edits(diff: str) -> list[tuple[str, str]]:
    """Return the hunks of a unified diff as pairs of old and new text; their line numbers are not read."""
    pairs = []
    for hunk in _HUNK.split(diff)[1:]:
        lines = [line for line in hunk.strip("\n").split("\n") if not line.startswith("\\")]
        old = [line[1:] for line in lines if line[:1] in ("-", " ", "")]
        new = [line[1:] for line in lines if line[:1] in ("+", " ", "")]
        pairs.append(("\n".join(old), "\n".join(new)))
    return pairs
