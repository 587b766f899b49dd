"""Texts as vectors: any server with ``/v1/embeddings``, and the embedded engine, which is one."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Protocol

from segue_model._errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue_model._http import HttpClient
    from segue_model.embedded._engine import Engine


class EmbeddingModel(Protocol):
    """A model that places texts so that those of one meaning lie near each other."""

    @property
    def name(self) -> str:
        """Name for status and caches: vectors of two names do not compare."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text, in order. Failures are raised as `ModelError`."""

    async def aclose(self) -> None:
        """Release connections."""


class HttpEmbeddings:
    """The embeddings of an OpenAI-like server; `api` is the path of its API."""

    def __init__(self, client: HttpClient, *, model: str, api: str, name: str) -> None:
        self._client = client
        self._model = model
        self._api = api
        self._name = name

    @property
    def name(self) -> str:
        """The provider and the model."""
        return self._name

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text, in order."""
        if not texts:
            return []
        return await embedded_by(self._client, self._api, self._model, texts)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()


class EngineEmbeddings:
    """The embeddings of a model that the embedded engine runs in a process of its own."""

    def __init__(self, engine: Engine, *, model: str) -> None:
        self._engine = engine
        self._model = model

    @property
    def name(self) -> str:
        """``embedded/`` and the model."""
        return f"embedded/{self._model}"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text, in order; the engine is started where it does not run."""
        if not texts:
            return []
        return await self._engine.answered(lambda client: embedded_by(client, "/v1", "", texts))

    async def aclose(self) -> None:
        """Close connections and give the lease up."""
        await self._engine.aclose()


async def embedded_by(client: HttpClient, api: str, model: str, texts: Sequence[str]) -> list[list[float]]:
    """Return what a server says to `texts`, each vector of length 1; MalformedAnswer for anything else."""
    body: dict[str, Any] = {"input": list(texts), "encoding_format": "float"}
    if model:
        body["model"] = model
    answer = await client.fetch("POST", f"{api}/embeddings", body)
    try:
        rows = sorted(answer["data"], key=lambda row: row["index"])
        vectors = [[float(value) for value in row["embedding"]] for row in rows]
    except (TypeError, KeyError, ValueError) as error:
        raise MalformedAnswer(
            f"{client.base_url} does not answer with embeddings: name a model for embeddings (embeddings.name)."
        ) from error
    if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
        raise MalformedAnswer(f"{client.base_url} answered with other embeddings than it was asked for.")
    return [_of_length_one(vector) for vector in vectors]


def _of_length_one(vector: list[float]) -> list[float]:
    length = sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]
