"""What a user chooses about a model, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from segue_model._errors import ConfigurationError

DEFAULT_MODEL = "smollm2-135m"
Healing = Literal["token", "space", "none"]
FimMode = Literal["auto", "template", "suffix", "infill", "prefix"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a request may take, in seconds.

    `total_s` ends all of it: what is asked about the server first, headers and answer. `connect_s` opens the socket,
    `write_s` sends the request, and `read_s` is the longest wait for the next piece of an answer (the first one
    included; bytes that are no piece do not count). A server that says "model loading" is waited for `loading_s`
    besides.
    """

    connect_s: float = 3.0
    write_s: float = 10.0
    read_s: float = 30.0
    total_s: float = 120.0
    loading_s: float = 180.0

    @classmethod
    def of(cls, total_s: float) -> Timeouts:
        """Return the limits of requests that may take `total_s`, in silence or not."""
        return cls(read_s=total_s, total_s=total_s)


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """A prompt format that the user defined: `template` has the placeholders of `PromptFormat.template`.

    `healing` says how much of the prompt's end is taken off and forced on the answer: the last piece (``token``),
    trailing spaces, or ``none``.
    """

    template: str
    stop: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    context_item: str = ""
    healing: Healing = "token"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model to ask and how.

    `provider` is a name of `PROVIDERS`. For ``embedded``, `model` is a name of the registry or the path of a GGUF file.
    `endpoint` is an address in any form that `parse_address` reads. `format` names a prompt family, ``auto``
    recognises it. `section` is the section of the user's settings that this comes from, for advice. `fallbacks` are asked in order when this one fails. Keys and headers stay out of `repr`.
    """

    provider: str = "embedded"
    endpoint: str = ""
    model: str = ""
    api_key: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    format: str = "auto"
    custom_format: FormatSettings | None = None
    fim: FimMode = "auto"
    proxy: str = field(default="", repr=False)
    ca_file: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    context_tokens: int = 4096
    threads: int = 0
    idle_exit_s: float = 300.0
    fallbacks: tuple[ModelSettings, ...] = ()
    section: Literal["model", "chat", "embeddings"] = "model"

    def __post_init__(self) -> None:
        for name, value in (*self.headers, ("api_key", self.api_key)):
            if not value.isascii() or any(ord(char) < 0x20 for char in value):
                raise ConfigurationError(f"The value of {name} holds a line break or a non-ASCII character.")
        if self.context_tokens < 256:
            raise ConfigurationError("context_tokens must be at least 256.")
