"""What a file has to import, where it comes from, and how its import statements are changed."""

from __future__ import annotations

from segue_next_edit.imports.needed import with_imports

__all__ = ["with_imports"]
