"""From a model's raw answer to what a careful engineer would have typed."""

from __future__ import annotations

from segue_postprocess._pipeline import FILTERS, prepare, process
from segue_postprocess._stream import StreamFilter
from segue_postprocess._types import Cursor, Processed, Reason

__all__ = ["FILTERS", "Cursor", "Processed", "Reason", "StreamFilter", "prepare", "process"]
