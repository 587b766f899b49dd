"""The status of Segue in one object, for the status bar and `segue doctor`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue_server.completion.reasons import sentence_of, short_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_model import ModelStatus

MODEL, NEXT_EDIT_MODEL = "model", "next edit"
"""What can fail and work again."""


@dataclass(slots=True)
class StatusBoard:
    """Collects what the parts report and tells a listener when the status changes.

    `lastSilence` stays until replaced: it answers "why did nothing happen?" after the fact. `lastError` goes when what
    failed works again. `silence` says why nothing is shown now, in a few words.
    """

    listener: Callable[[dict[str, Any]], None] | None = None
    started: bool = False
    paused: bool = False
    calls: int = 0
    model_name: str = ""
    model: ModelStatus | None = None
    statistical: bool = True
    latency_ms: float | None = None
    last_silence: str = ""
    silence: str = ""
    next_edit_silence: str = ""
    index: dict[str, Any] = field(default_factory=lambda: {"state": "off", "files": 0})
    assist: dict[str, Any] | None = None
    _errors: dict[str, str] = field(default_factory=dict)
    _sent: tuple[Any, ...] = ()

    @property
    def last_error(self) -> str:
        """The last failure of something that has not worked since, "" without any."""
        return next(reversed(self._errors.values()), "")

    def report(self) -> dict[str, Any]:
        """Return the status object of docs/lsp.md."""
        state, kind, message = self._judge()
        engines = (["statistical"] if self.statistical else []) + (["model"] if self.model_name else [])
        return {
            "kind": kind,
            "busy": state == "busy",
            "message": message,
            "segue": {
                "state": state,
                "model": self.model_name,
                "engines": engines,
                "reason": self.model.reason if self.model else "",
                "lastError": self.last_error,
                "silence": short_of(self.silence),
                "lastSilence": self.last_silence,
                "lastSilenceMessage": sentence_of(self.last_silence),
                "nextEditSilence": self.next_edit_silence,
                "latencyMs": None if self.latency_ms is None else round(self.latency_ms),
                "paused": self.paused,
                "assist": self.assist,
                "index": self.index,
            },
        }

    def changed(self) -> None:
        """Tell the listener if anything that a person reads differs from what it heard last."""
        state, kind, message = self._judge()
        index = (self.index["state"], self.index["files"])
        picture = (state, kind, message, short_of(self.silence), self.last_error, index)
        if picture != self._sent and self.listener is not None:
            self._sent = picture
            self.listener(self.report())

    def answered(self, reason: str) -> None:
        """Note why the last request was answered with nothing, "" when something was shown."""
        if reason:
            self.last_silence = reason
        if short_of(reason) != short_of(self.silence):
            self.silence = reason
            self.changed()

    def failed(self, what: str, message: str) -> None:
        """Note why something failed."""
        self.works(what)
        self._errors[what] = message
        self.changed()

    def works(self, what: str) -> None:
        """Note that something works again."""
        self._errors.pop(what, None)

    def set_model(self, name: str, status: ModelStatus) -> None:
        """Note how the model is; an offline model's message is an error until it is ready, or another one chosen."""
        if status.state == "ready" or name != self.model_name:
            self.works(MODEL)
        self.model_name, self.model = name, status
        if status.state == "offline" and status.reason != "none" and status.message:
            self.failed(MODEL, status.message)
        self.changed()

    def _judge(self) -> tuple[str, str, str]:
        """Return the state, the kind of the de-facto notification, and the sentence."""
        if not self.started or self.model is None:
            return "starting", "Normal", "Segue is starting."
        if self.paused:
            return "paused", "Inactive", "Segue is paused."
        if self.model.state == "offline":
            meant = self.model.reason == "none"
            return "ready" if meant else "offline", "Normal" if meant else "Warning", self.model.message
        if self.model.state in ("starting", "loading"):
            return "warming", "Normal", self.model.message or f"{self.model_name} is loading."
        if self.calls:
            return "busy", "Normal", f"{self.model_name} is writing."
        return "ready", "Normal", f"{self.model_name} is ready."
