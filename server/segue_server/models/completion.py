"""The model in use: opened from the settings, re-opened when they change, asked only when it can answer."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from segue_model import (
    CompletionPrompt,
    FormatSettings,
    ModelError,
    ModelSettings,
    ModelStatus,
    Timeouts,
    WeightsError,
    open_model,
)
from segue_server.configuration import key_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue_model import CompletionModel
    from segue_server.configuration import Settings
    from segue_server.runtime.tasks import TaskRegistry

logger = logging.getLogger(__name__)

_TRY_AGAIN_S = 20.0
_NOT_DOWNLOADED = ModelStatus(
    "offline",
    "none",
    "No model is connected yet; the statistical engine answers. `segue connect` connects a model, "
    "`segue model pull smollm2-135m` downloads a small one.",
)
_COLD = frozenset({"starting", "loading"})


@runtime_checkable
class _Probed(Protocol):
    """A model whose server can be asked what it can do without generating anything."""

    async def capabilities(self) -> object:
        """Ask, or remember the answer."""


class ModelManager:
    """Holds one completion model.

    `status` says how it is; a setting that cannot work shows as ``offline`` with the sentence to read, and the
    statistical engine goes on alone.
    """

    def __init__(
        self, *, cache_dir: Path, tasks: TaskRegistry, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._cache_dir = cache_dir
        self._tasks = tasks
        self._changed = changed
        self._model: CompletionModel | None = None
        self._unopened: Settings | None = None
        self._tried_s = 0.0
        self.status = ModelStatus("starting", "", "The model is being opened.")

    @property
    def name(self) -> str:
        """The model's name, "" when there is none."""
        return self._model.name if self._model else ""

    @property
    def local(self) -> bool:
        """Whether the model runs on this machine: asking it costs time only."""
        return self._model is not None and self._model.local

    @property
    def cold(self) -> bool:
        """Whether the model is still being loaded."""
        return self.status.state in _COLD

    def current(self) -> CompletionModel | None:
        """Return the model if it can be asked now; None while it loads or when there is none.

        One that could not be opened, because its file or a package was missing, is tried again now and then: the
        user may have followed the advice.
        """
        if self._unopened is not None and monotonic() - self._tried_s > _TRY_AGAIN_S:
            self._tried_s = monotonic()
            self._tasks.spawn(self.apply(self._unopened), name="open the model again")
        return None if self.cold else self._model

    async def apply(self, settings: Settings) -> None:
        """Open the model that the settings choose and close the one before; it starts loading at once."""
        await self.aclose()
        self._unopened = None
        if settings.model.provider == "none":
            self._set(
                ModelStatus("offline", "none", "No model is configured; the statistical engine answers.")
            )
            return
        try:
            chosen = await self._tasks.in_thread(model_settings, settings)
            self._model = await self._tasks.in_thread(self._open, chosen)
        except ModelError as error:
            nobody_chose_it = isinstance(error, WeightsError) and not settings.model.name
            unopened = ModelStatus("offline", error.reason, error.message)
            self._set(_NOT_DOWNLOADED if nobody_chose_it else unopened)
            self._unopened, self._tried_s = settings, monotonic()
            return
        if chosen.provider == "embedded":
            self._set(ModelStatus("loading", "", "The embedded model is loading."))
            self._tasks.spawn(self._load(self._model), name="load the embedded model")
        else:
            self._set(ModelStatus("unknown"))
            self._tasks.spawn(self._ask_what_it_can(self._model), name="ask the model server what it can do")

    async def aclose(self) -> None:
        """Release the model."""
        model, self._model = self._model, None
        if model is not None:
            await model.aclose()

    def _open(self, chosen: ModelSettings) -> CompletionModel:
        return open_model(chosen, cache_dir=self._cache_dir, on_status=self._set)

    async def _load(self, model: CompletionModel) -> None:
        try:
            await model.warm(CompletionPrompt(prefix="", suffix=""))
        except ModelError as error:
            if model is self._model:
                self._set(ModelStatus("offline", error.reason, error.message))
            return
        if model is self._model and self.cold:
            self._set(ModelStatus("ready"))

    async def _ask_what_it_can(self, model: CompletionModel) -> None:
        """Ask a server for its capabilities before the first completion needs them; failures show in the status."""
        if not isinstance(model, _Probed):
            return
        try:
            await model.capabilities()
        except ModelError as error:
            if model is self._model:
                self._set(ModelStatus("offline", error.reason, error.message))
            return
        if model is self._model and self.status.state == "unknown":
            self._set(ModelStatus("ready"))

    def _set(self, status: ModelStatus) -> None:
        changed = status != self.status
        self.status = status
        if changed:
            self._changed()


def model_settings(settings: Settings) -> ModelSettings:
    """Return the completion model's settings; the key comes from the environment, else from where it is kept."""
    chosen = settings.model
    base = ModelSettings(
        provider=chosen.provider,
        endpoint=chosen.endpoint,
        model=chosen.name,
        api_key=key_of(chosen.api_key, chosen.provider, chosen.endpoint),
        headers=tuple(chosen.headers.items()),
        format=chosen.prompt_format or "auto",
        custom_format=FormatSettings(chosen.template) if chosen.template else None,
        proxy=chosen.proxy,
        ca_file=chosen.ca_file,
        timeouts=Timeouts.of(chosen.timeout_s),
        threads=chosen.threads,
    )
    if not chosen.fallback_endpoints:
        return base
    from dataclasses import replace

    return replace(
        base,
        fallbacks=tuple(replace(base, endpoint=endpoint) for endpoint in chosen.fallback_endpoints),
    )
