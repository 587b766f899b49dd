"""What happened to suggestions, kept on this machine: the event log and the figures made of it."""

from __future__ import annotations

from segue_server.activity._events import Event
from segue_server.activity._log import ActivityLog

__all__ = ["ActivityLog", "Event"]
