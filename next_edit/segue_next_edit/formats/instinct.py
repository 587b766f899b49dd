"""Instinct (Continue): Zeta's markers in a chat message, the newest edit first."""

from __future__ import annotations

from segue_next_edit.formats._prompt import EditPrompt, block, lines_of

_START, _END, _CURSOR = "<|editable_region_start|>", "<|editable_region_end|>", "<|user_cursor_is_here|>"


class Instinct:
    """The answer is the region's text without marks."""

    chat = True
    stop = ()
    special = (_START, _END, _CURSOR, "<|context_file|>", "<|snippet|>")

    def render(self, prompt: EditPrompt) -> str:
        """Return the user message."""
        context = "".join(
            f"<|context_file|>: {path}\n<|snippet|>\n{text.rstrip(chr(10))}\n"
            for path, text in prompt.related
        )
        edits = "\n\n".join(
            f'User edited file "{e.path}"\n\n```diff\n{e.diff.rstrip(chr(10))}\n```'
            for e in reversed(prompt.events)
        )
        return (
            "Reference the user excerpt, user edits, and the snippets to understand the developer's intent. Update the "
            "editable region of the user excerpt by predicting and completing the changes they would make next."
            f"\n\n### Context:\n{context}\n### User Edits:\n\n{edits}\n\n### User Excerpt:\n{prompt.path}\n\n"
            f"{block(prompt.before)}{_START}\n{block(prompt.region_with(_CURSOR))}{_END}\n{block(prompt.after)}```\n### Response:"
        )

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return the answer's lines, a fence around them left out."""
        del prompt
        lines = [line for line in answer.strip("\n").split("\n") if not line.startswith("```")]
        text = "\n".join(lines).replace(_CURSOR, "").replace(_START + "\n", "").split(_END)[0]
        return lines_of(text) if text.strip() else None
