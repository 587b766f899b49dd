"""From a model's raw answer to what a careful engineer would have typed."""

from __future__ import annotations

from segue_postprocess._process import prepare, process
from segue_postprocess._reasons import Reason
from segue_postprocess._stream import StreamFilter
from segue_postprocess._types import Cursor, Processed

__all__ = ["Cursor", "Processed", "Reason", "StreamFilter", "prepare", "process"]
