"""`segue demo`: an editing session on real code, against the real server process."""

from __future__ import annotations

from segue_server.demo._play import play

__all__ = ["play"]
