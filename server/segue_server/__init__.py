"""The language server and the command line."""

from __future__ import annotations

__version__ = "0.1.0"
"""The version of pyproject.toml; asking the installed metadata would cost the server's start a tenth of itself."""

__all__ = ["__version__"]
