"""Retrievers: each finds one kind of code that helps at a cursor."""

from __future__ import annotations

from segue_context.retrievers._needs import NAMES as NEED_FEATURES

__all__ = ["NEED_FEATURES"]
