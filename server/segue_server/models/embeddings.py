"""The embedding model: chosen by the settings, asked from threads, one request at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue_context.search import EmbeddingFailed
from segue_model import ModelError, ModelSettings, Timeouts, open_embeddings
from segue_model.weights import EMBEDDING_MODEL, is_installed
from segue_server.configuration import key_of
from segue_server.models.blocking import Blocking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue_model import EmbeddingModel
    from segue_server.configuration import Settings

_IDLE_EXIT_S = 60.0


def embedding_settings(settings: Settings, cache_dir: Path) -> ModelSettings | None:
    """Return the model that ranks by meaning; None where none is chosen, or none has been pulled."""
    chosen = settings.embeddings
    provider = chosen.provider
    if provider == "auto":
        provider = "embedded" if is_installed(EMBEDDING_MODEL, cache_dir) else "none"
    if provider == "none":
        return None
    return ModelSettings(
        provider=provider,
        endpoint=chosen.endpoint,
        model=chosen.name or (EMBEDDING_MODEL if provider == "embedded" else ""),
        api_key=key_of(chosen.api_key, provider, chosen.endpoint),
        proxy=settings.model.proxy,
        ca_file=settings.model.ca_file,
        timeouts=Timeouts.of(chosen.timeout_s),
        threads=settings.model.threads,
        idle_exit_s=_IDLE_EXIT_S,
        section="embeddings",
    )


class BlockingEmbedder:
    """An embedding model for code that runs in threads; the model is opened at its first use."""

    def __init__(self, chosen: ModelSettings, cache_dir: Path) -> None:
        self.chosen = chosen
        self._model: Blocking[EmbeddingModel] = Blocking(lambda: open_embeddings(chosen, cache_dir=cache_dir))

    @property
    def name(self) -> str:
        """Which model it is: vectors of two names do not compare."""
        return f"{self.chosen.provider} {self.chosen.endpoint} {self.chosen.model}"

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text, in order. Raises EmbeddingFailed; never called from an event loop's thread."""
        try:
            vectors = self._model.ask(lambda model: model.embed(texts))
        except ModelError as error:
            raise EmbeddingFailed(error.message) from error
        if vectors is None:
            raise EmbeddingFailed("The embedding model is being closed.")
        return vectors

    def close(self) -> None:
        """Release the model."""
        self._model.close()
