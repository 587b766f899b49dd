"""The models that have a name, read from the small data file beside this module."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

EMBEDDING_MODEL = "minilm"
"""The model that questions are ranked by, once it is pulled."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of the registry.

    It comes from a `wheel` of the package index (requirement and member of the archive) or from a `url`.
    `size` is in bytes and 0 where unknown; an empty `sha256` means that the publisher's own is asked for. One whose
    `purpose` is "embeddings" is published in another format: it is converted, with its `vocabulary` (member and SHA-256).
    """

    name: str
    title: str
    licence: str
    note: str = ""
    url: str = ""
    wheel: tuple[str, str] | None = None
    size: int = 0
    sha256: str = ""
    requantise: str = ""
    purpose: str = "completion"
    vocabulary: tuple[str, str] | None = None

    @property
    def file_name(self) -> str:
        """The name of the finished file in the models directory."""
        return f"{self.name}.{self.requantise.lower()}.gguf" if self.requantise else f"{self.name}.gguf"


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Return every model of the registry, the default first."""
    document = json.loads(files("segue_model.weights").joinpath("models.json").read_text("utf-8"))
    models = []
    for entry in document["models"]:
        wheel = entry.pop("wheel", None)
        vocabulary = entry.pop("vocabulary", None)
        models.append(
            KnownModel(
                **entry,
                wheel=(wheel["requirement"], wheel["member"]) if wheel else None,
                vocabulary=(vocabulary["member"], vocabulary["sha256"]) if vocabulary else None,
            )
        )
    return tuple(models)


def known_model(name: str) -> KnownModel | None:
    """Return the model of that name, or None."""
    return next((model for model in known_models() if model.name == name.lower()), None)
