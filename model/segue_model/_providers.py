"""The providers: one list for completion and for chat, for settings, environment, documentation and messages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of model server.

    `endpoint` is used where the settings name none; `chat_endpoint` where chat has another one. `ports` are those on
    which such servers usually listen on this machine. `key` says whether a key is usual; `needs_model` whether a model
    has to be named, and `model` is asked for where none is. `instructed` ones are asked for completions in words, as a chat
    model is.
    """

    name: str
    title: str
    endpoint: str = ""
    chat_endpoint: str = ""
    ports: tuple[int, ...] = ()
    key: bool = False
    needs_model: bool = False
    model: str = ""
    instructed: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts on the internet that are this provider's own."""
        addresses = map(urlsplit, (self.endpoint, self.chat_endpoint))
        return tuple(one.hostname for one in addresses if one.hostname and one.scheme == "https")


PROVIDERS: dict[str, Provider] = {
    item.name: item
    for item in (
        Provider("embedded", "the small model that Segue runs itself"),
        Provider("llamacpp", "a llama.cpp server", "http://127.0.0.1:8080", ports=(8080, 8012)),
        Provider("ollama", "Ollama", "http://127.0.0.1:11434", ports=(11434,)),
        Provider(
            "openai",
            "any server with /v1/completions: vLLM, LM Studio, Jan, SGLang, TGI, Tabby, DeepSeek, Inception",
            ports=(8000, 1234, 1337, 30000),
            key=True,
        ),
        Provider(
            "mistral",
            "Mistral",
            "https://codestral.mistral.ai",
            "https://api.mistral.ai",
            key=True,
            model="codestral-latest",
        ),
        Provider(
            "anthropic", "Anthropic", "https://api.anthropic.com", key=True, needs_model=True, instructed=True
        ),
        Provider(
            "chat",
            "any server with /v1/chat/completions: OpenAI, Azure, OpenRouter, Gemini, a gateway",
            key=True,
            instructed=True,
        ),
        Provider("none", "no model: the statistical engine only"),
    )
}
