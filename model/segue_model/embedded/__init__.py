"""The embedded engine: llama.cpp in a process of its own, one per user, shared by all their servers."""

from __future__ import annotations

from segue_model.embedded._model import EmbeddedModel
from segue_model.embedded._supervisor import EngineAddress, EngineRequest, Supervisor, abandoned_engines

__all__ = ["EmbeddedModel", "EngineAddress", "EngineRequest", "Supervisor", "abandoned_engines"]
