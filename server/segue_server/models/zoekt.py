"""A Zoekt server, asked from threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_context.search import ZoektFailed
from segue_model import ModelError, Timeouts, open_json
from segue_server.models.blocking import Blocking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue_model import JsonClient
    from segue_server.configuration import AskSection, ModelSection


class ZoektServer:
    """The server that the settings `chosen` name; proxy and certificates are those of `network`."""

    def __init__(self, chosen: AskSection, network: ModelSection) -> None:
        self.chosen = chosen
        self._client: Blocking[JsonClient] = Blocking(
            lambda: open_json(
                chosen.endpoint,
                setting="ask.endpoint",
                timeouts=Timeouts.of(chosen.timeout_s),
                proxy=network.proxy,
                ca_file=network.ca_file,
            )
        )

    def post(self, path: str, document: Mapping[str, Any]) -> Any:
        """Return what the server answers to a JSON document. Raises ZoektFailed."""
        try:
            return self._client.ask(lambda client: client.fetch("POST", path, document))
        except ModelError as error:
            raise ZoektFailed(f"The Zoekt server did not answer: {error.message}") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
