"""What the settings say about an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue_context import IndexOptions
    from segue_server.configuration import Settings


def index_options(settings: Settings) -> IndexOptions:
    """Return the options of every workspace's index under `settings`."""
    from segue_context import IndexOptions

    return IndexOptions(
        deny=(*settings.index.exclude, *settings.privacy.deny),
        allow=tuple(settings.privacy.allow),
        max_file_bytes=settings.index.max_file_kb * 1024,
    )
