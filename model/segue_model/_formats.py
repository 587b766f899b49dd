"""What a prompt format is, and how a prompt is written down in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_model._settings import FormatSettings, Healing
    from segue_model._types import CompletionPrompt

# Put inside a special token that occurs in the user's own text, so that it is read as text. One character, so that
# it can be taken out of a streamed answer wherever the pieces are cut.
GUARD = "\u2060"
_PLACEHOLDER = re.compile(r"\{(context|path|language|prefix|suffix|repository)\}")
_ITEM_PLACEHOLDER = re.compile(r"\{(path|text)\}")

# Control tokens that servers read as such whatever the family.
COMMON_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """One family's way of writing down a completion prompt.

    `template` is used without context from other files and `context_template` with it; both may hold
    ``{prefix} {suffix} {context} {path} {language} {repository}``. `context_item` writes one context file with
    ``{path}`` and ``{text}``; without it the context becomes comment-headed text in front of the prefix.
    `prefix_template` is for a cursor with nothing after it, where the family asks for another form.
    """

    name: str
    template: str
    stop: tuple[str, ...]
    special: tuple[str, ...] = ()
    context_template: str = ""
    context_item: str = ""
    healing: Healing = "token"
    grade: str = ""

    @property
    def uses_suffix(self) -> bool:
        """Whether the model is told what follows the cursor."""
        return "{suffix}" in self.template

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """Every special token that must neither be read from code nor be shown."""
        return tuple(dict.fromkeys((*self.special, *COMMON_SPECIAL)))

    def guard(self, text: str) -> str:
        """Return `text` with the family's special tokens made harmless."""
        return guarded(text, self.control_tokens)

    def render(self, prompt: CompletionPrompt) -> str:
        """Return the prompt text for the family's raw completion endpoint."""
        prompt = self._guarded(prompt)
        template, prefix, context = self.template, prompt.prefix, ""
        if prompt.context and self.context_item and self.context_template:
            template = self.context_template
            context = "".join(
                _fill(
                    self.context_item, _ITEM_PLACEHOLDER, {"path": item.path, "text": item.text.rstrip("\n")}
                )
                for item in prompt.context
            )
        elif prompt.context:
            prefix = context_as_comments(prompt) + prefix
        return _fill(
            template,
            _PLACEHOLDER,
            {
                "context": context,
                "path": prompt.path or "untitled",
                "language": prompt.language_id,
                "prefix": prefix,
                "suffix": prompt.suffix,
                "repository": prompt.repository or "repository",
            },
        )

    def _guarded(self, prompt: CompletionPrompt) -> CompletionPrompt:
        guard = self.guard
        return replace(
            prompt,
            prefix=guard(prompt.prefix),
            suffix=guard(prompt.suffix),
            path=guard(_one_line(prompt.path)),
            repository=guard(_one_line(prompt.repository)),
            context=tuple(
                replace(item, path=guard(_one_line(item.path)), text=guard(item.text))
                for item in prompt.context
            ),
        )


def guarded(text: str, tokens: tuple[str, ...]) -> str:
    """Return `text` with a guard character inside each of `tokens` that occurs in it."""
    for token in tokens:
        if token in text:
            text = text.replace(token, token[0] + GUARD + token[1:])
    return text


def unguarded(text: str) -> str:
    """Return a model's text without the guards it copied from the prompt."""
    return text.replace(GUARD, "")


def context_as_comments(prompt: CompletionPrompt) -> str:
    """Return the context files one after the other, each under a comment line with its path."""
    opening, closing = prompt.comment
    pieces = [f"{opening}{item.path}{closing}\n{item.text.rstrip()}\n\n" for item in prompt.context]
    if prompt.path:
        pieces.append(f"{opening}{prompt.path}{closing}\n")
    return "".join(pieces)


def custom_format(settings: FormatSettings) -> PromptFormat:
    """Return the format that a user wrote in their configuration."""
    return PromptFormat(
        name="custom",
        template=settings.template,
        context_template=settings.template if "{context}" in settings.template else "",
        context_item=settings.context_item,
        stop=settings.stop,
        special=settings.special,
        healing=settings.healing,
        grade="user",
    )


def _fill(template: str, placeholder: re.Pattern[str], values: dict[str, str]) -> str:
    return placeholder.sub(lambda match: values[match[1]], template)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
