"""Model files: which ones are known, where they come from, and whether they are whole."""

from __future__ import annotations

from segue_model.weights._gguf import GgufInfo, read_gguf
from segue_model.weights._pull import (
    InstalledModel,
    find_weights,
    installed_models,
    is_installed,
    pull_model,
    remove_model,
)
from segue_model.weights._registry import EMBEDDING_MODEL, KnownModel, known_models

__all__ = [
    "EMBEDDING_MODEL",
    "GgufInfo",
    "InstalledModel",
    "KnownModel",
    "find_weights",
    "installed_models",
    "is_installed",
    "known_models",
    "pull_model",
    "read_gguf",
    "remove_model",
]
