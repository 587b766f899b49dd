"""Mercury Edit (Inception), which its own endpoint takes as one user message."""

from __future__ import annotations

import re

from segue_next_edit.formats._prompt import EditPrompt, block, lines_of

_FENCE = re.compile(r"```[\w+-]*\n(.*?)\n?```", re.DOTALL)


class Mercury:
    """Viewed snippets, the file with the code to edit marked, and the diffs."""

    chat = True
    stop = ()
    special = ("<|code_to_edit|>", "<|/code_to_edit|>", "<|cursor|>", "<|edit_diff_history|>")

    def render(self, prompt: EditPrompt) -> str:
        """Return the user message."""
        snippets = "".join(
            f"<|recently_viewed_code_snippet|>\ncode_snippet_file_path: {path}\n{text.rstrip(chr(10))}\n"
            "<|/recently_viewed_code_snippet|>\n"
            for path, text in prompt.related
        )
        history = "\n".join(f"--- {e.path}\n+++ {e.path}\n{e.diff}" for e in prompt.events)
        history += "\n" if history else ""
        return (
            f"<|recently_viewed_code_snippets|>\n{snippets}<|/recently_viewed_code_snippets|>\n\n"
            f"<|current_file_content|>\ncurrent_file_path: {prompt.path}\n{block(prompt.before)}"
            f"<|code_to_edit|>\n{block(prompt.region_with('<|cursor|>'))}<|/code_to_edit|>\n{block(prompt.after)}"
            f"<|/current_file_content|>\n\n<|edit_diff_history|>\n{history}<|/edit_diff_history|>\n"
        )

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return the fenced block's lines; the word None means no edit."""
        del prompt
        match = _FENCE.search(answer)
        return lines_of(match[1].replace("<|cursor|>", "") + "\n") if match else None
