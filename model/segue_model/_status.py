"""How a model is doing, for the status line and the doctor."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from segue_model._errors import CircuitOpen, ModelError, NoProbabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """`state`, and for ``offline`` the reason code and sentence of the last error."""

    state: Literal["unknown", "starting", "loading", "ready", "busy", "offline"] = "unknown"
    reason: str = ""
    message: str = ""
    in_flight: int = 0


class StatusTracker:
    """Holds one model's status and tells a listener when it changes."""

    def __init__(self, listener: Callable[[ModelStatus], None] | None = None) -> None:
        self._listener = listener
        self.status = ModelStatus()

    def show(self, state: Literal["starting", "loading", "ready"], message: str = "") -> None:
        """Set the state that a request is going through."""
        self._set(replace(self.status, state=state, reason="", message=message))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count a request in flight and keep the outcome."""
        self._set(replace(self.status, in_flight=self.status.in_flight + 1))
        try:
            with self._failing():
                yield
            self._set(ModelStatus(state="ready", in_flight=self.status.in_flight))
        finally:
            self._set(replace(self.status, in_flight=self.status.in_flight - 1))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep the outcome of a request that is too short, and made too often, to be shown as one in flight."""
        with self._failing(NoProbabilities):
            yield
        if self.status.state in {"unknown", "offline"}:
            self.show("ready")

    @contextmanager
    def _failing(self, *passing: type[ModelError]) -> Iterator[None]:
        """Show a failure as offline, unless the model was not asked or the failure is one of `passing`."""
        try:
            yield
        except ModelError as error:
            if not isinstance(error, (CircuitOpen, *passing)):
                self._set(replace(self.status, state="offline", reason=error.reason, message=error.message))
            raise

    def answering(self) -> None:
        """Say that the model generates."""
        self._set(replace(self.status, state="busy", reason="", message=""))

    def _set(self, status: ModelStatus) -> None:
        if status.state == "busy" and status.in_flight == 0:
            status = replace(status, state="ready")
        changed = status != self.status
        self.status = status
        if changed and self._listener is not None:
            self._listener(status)
