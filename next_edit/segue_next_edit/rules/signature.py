"""A changed parameter list: its callers follow, then overrides."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from segue_next_edit._arguments import given_in, rewritten, together
from segue_next_edit._callers import MAX_FILES, calls_of, owner_of
from segue_next_edit._calls import enclosed, head_of, signature_at
from segue_next_edit._candidates import Candidate
from segue_next_edit._signatures import changed_signatures
from segue_next_edit._tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue_next_edit._arguments import Given, Rewritten
    from segue_next_edit._calls import Call
    from segue_next_edit._signatures import Changed
    from segue_next_edit._situation import Situation
    from segue_syntax import SourceFile

_MAX_CALLS = 400


class SignatureRule:
    """Carries parameters added, removed, renamed or reordered to the calls and overrides."""

    def candidates(self, situation: Situation) -> Iterator[Candidate]:
        """Yield calls and overrides of changed definitions."""
        for change in changed_signatures(situation):
            yield from _callers(situation, change)
            yield from _overrides(situation, change)
            if situation.spent:
                break  # what names refer to in further files takes long to find out: the newest change comes first


def _callers(situation: Situation, change: Changed) -> Iterator[Candidate]:
    found = 0
    for (path, line), calls in groupby(calls_of(situation, change), key=lambda c: (c.file.path, c.line)):
        if _written_since(situation, path, line, change):
            continue
        told = [(call, given_in(call)) for call in calls]
        wanted = [(call, given) for call, given in told if given is None or _concerns(call, given, change)]
        wanted = [(call, given) for call, given in wanted if call.sure] or wanted
        if not wanted:
            continue
        first = wanted[0][0]
        file = first.file
        now, end = _rewritten(situation, wanted, change)
        if now is not None and list(now.lines) == file.lines[line:end]:
            if len(change.added) <= len(change.gone):
                continue  # the call is right as it is
            now = None
        breaks = any(
            given is None or not given.fits(change.after, call.file.language) for call, given in wanted
        )
        yield _candidate(
            change,
            file,
            line,
            end if now else line + 1,
            now,
            sure=all(c.sure for c, _ in wanted),
            required=(breaks and (change.required or bool(change.gone)))
            or (now is not None and not change.added and not change.gone),
        )
        found += 1
        if found >= _MAX_CALLS:
            return


def _rewritten(
    situation: Situation, calls: list[tuple[Call, Given | None]], change: Changed
) -> tuple[Rewritten | None, int]:
    """Return the calls of a line as the new parameters want them, and the line behind them."""
    first = calls[0][0]
    lines = first.file.lines
    end = enclosed(lines, first.line, first.column)[1] + 1
    done = [
        (call, now)
        for call, given in calls
        if given is not None and (now := rewritten(situation, call, given, change)) is not None
    ]
    if len(done) < len(calls) or not done:
        return None, end
    if len(done) == 1:
        return done[0][1], end
    in_line = [(c, now) for c, now in done if enclosed(lines, c.line, c.column)[1] == c.line]
    if len(in_line) < len(done):
        return None, end
    return together(lines[first.line], in_line), first.line + 1


def _concerns(call: Call, given: Given, change: Changed) -> bool:
    """Whether a call is one of the former definition: another's has other arguments, and some follow already."""
    language = call.file.language
    fitted, fits = given.fits(change.before, language), given.fits(change.after, language)
    return fitted and (call.sure or not fits)


def _overrides(situation: Situation, change: Changed) -> Iterator[Candidate]:
    """Yield methods of the same name with the parameters that the changed one had; a subclass's is surely meant."""
    owner = owner_of(situation, change)
    if not owner:
        return
    name = change.after.name
    mine = situation.read(change.path)
    own_words = [] if mine is None else _class_words(mine, change.line)
    for path in situation.files_with(name, limit=MAX_FILES):
        file = situation.file(path)
        if file is None:
            continue
        for line in dict.fromkeys(file.lines_of(name)):
            head = head_of(file.lines[line])
            own = path == change.path and change.line <= line <= change.end
            if head is None or head[0] != name or own or _written_since(situation, path, line, change):
                continue
            here = signature_at(file.lines, line)
            if here is None or here[1] != line or here[0].parameters != change.before.parameters:
                continue
            text = file.lines[line]
            new = text[: head[1] + 1] + ", ".join(change.after.parameters) + text[here[2] :]
            words = _class_words(file, line)
            if path == change.path and words == own_words:
                continue  # an overload
            yield _candidate(
                change,
                file,
                line,
                line + 1,
                (new,),
                sure=owner in words,
                required=change.required,
                override=True,
            )


def _candidate(
    change: Changed,
    file: SourceFile,
    line: int,
    end: int,
    now: Rewritten | tuple[str, ...] | None,
    *,
    sure: bool,
    required: bool,
    override: bool = False,
) -> Candidate:
    """Return a place of the change; it is `required` where the code fails without it."""
    name = change.after.name
    new, placeholder = (now, None) if now is None or isinstance(now, tuple) else (now.lines, now.placeholder)
    evidence = {
        "resolved": float(sure and new is not None),
        "override": float(override),
        "content": float(new is not None),
        "required": float(required),
        "gone": float(bool(change.gone)),
        "age": 0.0 if required and sure else float(min(change.edit.age, 10)),  # broken until it is done
        "placeholder": float(placeholder is not None),
    }
    return Candidate(
        file.path, line, end, new, "signature", f"signature\0{change.path}\0{name}",
        f"{name} takes other parameters now", evidence, placeholder,
    )  # fmt: skip


def _written_since(situation: Situation, path: str, line: int, change: Changed) -> bool:
    """Whether the user wrote the line when changing the parameters or later."""
    return any(
        edit.path == path and edit.line <= line < edit.end and edit.when >= change.edit.when
        for edit in situation.done
    )


def _class_words(file: SourceFile, line: int) -> list[str]:
    """Return the words of the head of the class around a line."""
    indent = len(file.lines[line]) - len(file.lines[line].lstrip())
    for at in range(line - 1, -1, -1):
        text = file.lines[at]
        if text.strip() and len(text) - len(text.lstrip()) < indent:
            return words_of([text])
    return []
