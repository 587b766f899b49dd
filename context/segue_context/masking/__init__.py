"""Secrets inside a text, found and replaced before the text leaves the machine."""

from __future__ import annotations

from segue_context.masking._mask import mask_around, mask_secrets, secret_extents
from segue_context.masking._values import MASK

__all__ = ["MASK", "mask_around", "mask_secrets", "secret_extents"]
