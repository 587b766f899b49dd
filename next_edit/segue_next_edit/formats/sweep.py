"""Sweep Next-Edit: original, current and updated versions of a window of lines."""

from __future__ import annotations

from segue_next_edit.formats._prompt import EditPrompt, block, lines_of

_SEPARATOR = "<|file_sep|>"
_CURSOR = "<|cursor|>"
_WHOLE_LINES = 800
_CHUNK_LINES = 300
_CHUNK_STRIDE = 150


class Sweep:
    """The lines of the region before the cursor's line are given to the model as the start of its answer."""

    chat = False
    stop = (_SEPARATOR, "<|endoftext|>")
    special = (_SEPARATOR, _CURSOR, "<|endoftext|>")

    def render(self, prompt: EditPrompt) -> str:
        """Return the prompt."""
        start, end = prompt.region
        window = f"{prompt.path}:{start + 1}:{end}"
        original = prompt.original or prompt.lines
        before = original[start : end + len(original) - len(prompt.lines)]
        related = "".join(f"{_SEPARATOR}{path}\n{text.rstrip(chr(10))}\n" for path, text in prompt.related)
        edits = "".join(
            f"{_SEPARATOR}{e.path}.diff\noriginal:\n{block(e.old)}updated:\n{block(e.new)}"
            for e in prompt.events
        )
        return (
            f"{_SEPARATOR}{prompt.path}\n{block(_file(prompt))}{related}{edits}"
            f"{_SEPARATOR}original/{window}\n{block(before)}"
            f"{_SEPARATOR}current/{window}\n{block(prompt.region_with(_CURSOR))}"
            f"{_SEPARATOR}updated/{window}\n{block(self._given(prompt))}"
        )

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return what was given and what the model went on with."""
        text = (
            answer.split(_SEPARATOR, maxsplit=1)[0].split("<|endoftext|>", maxsplit=1)[0].replace(_CURSOR, "")
        )
        return (*self._given(prompt), *lines_of(text)) if text.strip() else None

    def _given(self, prompt: EditPrompt) -> tuple[str, ...]:
        return prompt.lines[prompt.region[0] : max(prompt.region[0], min(prompt.cursor[0], prompt.region[1]))]


def _file(prompt: EditPrompt) -> tuple[str, ...]:
    lines = prompt.original or prompt.lines
    if lines and lines[-1] == "":
        lines = lines[:-1]
    if len(lines) <= _WHOLE_LINES:
        return lines
    first = max(0, (prompt.cursor[0] - _CHUNK_STRIDE) // _CHUNK_STRIDE * _CHUNK_STRIDE)
    return lines[first : first + _CHUNK_LINES]
