"""Zeta 1 (Qwen2.5-Coder) and Zeta 2 (Seed-Coder, suffix first)."""

from __future__ import annotations

from segue_next_edit.formats._prompt import EditPrompt, block, lines_of

_INSTRUCTION = (
    "You are a code completion assistant and your task is to analyze user edits and then rewrite an excerpt that "
    "the user provides, suggesting the appropriate edits within the excerpt, taking into account the cursor location."
)
_START, _END = "<|editable_region_start|>", "<|editable_region_end|>"
_CURSOR_1 = "<|user_cursor_is_here|>"
_CURSOR_2 = "<|user_cursor|>"
_UPDATED = ">>>>>>> UPDATED"
_NONE = "NO_EDITS"


class Zeta1:
    """An instruction, the edits as diffs, and an excerpt with a marked region."""

    chat = False
    stop = (f"\n{_END}",)
    special = (_START, _END, _CURSOR_1, "<|start_of_file|>")

    def render(self, prompt: EditPrompt) -> str:
        """Return the prompt."""
        events = "\n\n".join(
            f'User edited "{e.path}":\n```diff\n{e.diff.rstrip(chr(10))}\n```' for e in prompt.events
        )
        start = "<|start_of_file|>\n" if prompt.excerpt[0] == 0 else ""
        region = block(prompt.region_with(_CURSOR_1))
        return (
            f"### Instruction:\n{_INSTRUCTION}\n\n### User Edits:\n\n{events}\n\n### User Excerpt:\n\n```{prompt.path}\n"
            f"{start}{block(prompt.before)}{_START}\n{region}{_END}\n{block(prompt.after)}```\n\n### Response:\n"
        )

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return the lines between the region's marks."""
        del prompt
        _, mark, rest = answer.partition(_START + "\n")
        if not mark:
            return None
        return lines_of(rest.split(_END)[0].removesuffix("\n").replace(_CURSOR_1, "") + "\n")


class Zeta2:
    """The code after the region comes first; the region stands in a conflict marker."""

    chat = False
    stop = (f"{_UPDATED}\n", _UPDATED)
    special = (
        "<[fim-suffix]>",
        "<[fim-prefix]>",
        "<[fim-middle]>",
        "<filename>",
        "<<<<<<< CURRENT",
        _UPDATED,
        _CURSOR_2,
    )

    def render(self, prompt: EditPrompt) -> str:
        """Return the prompt."""
        related = "".join(
            f"<filename>{path}\n{text.rstrip(chr(10))}\n...\n\n" for path, text in prompt.related
        )
        history = "".join(
            ("// User accepted prediction:\n" if e.accepted else "")
            + f"--- a/{e.path}\n+++ b/{e.path}\n{e.diff}"
            for e in prompt.events
        )
        if history:
            history = f"<filename>edit_history\n{history}\n"
        return (
            f"<[fim-suffix]>{block(prompt.after) or chr(10)}<[fim-prefix]>{related}{history}"
            f"<filename>{prompt.path}\n{block(prompt.before)}<<<<<<< CURRENT\n{block(prompt.region_with(_CURSOR_2))}"
            "=======\n<[fim-middle]>"
        )

    def parse(self, answer: str, prompt: EditPrompt) -> tuple[str, ...] | None:
        """Return the region's new lines without the place where the model would put the cursor."""
        del prompt
        text = answer.split(_UPDATED, maxsplit=1)[0].replace(_CURSOR_2, "")
        if not text.strip() or text.startswith(_NONE):
            return None
        return lines_of(text)
