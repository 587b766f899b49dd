"""The settings in force: recomputed when a source changes, told to whoever depends on the part that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_server.configuration._layers import (
    ENVIRONMENT,
    ORIGINS,
    PROJECT,
    USER,
    Layer,
    Problem,
    all_fields,
    environment_layer,
    file_layer,
    is_marked,
    layer_of,
    merge,
    plain,
)
from segue_server.configuration._model import Settings
from segue_server.runtime.paths import PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


Subscriber = tuple["Callable[[Settings], Any]", "Callable[[Any, Any], None]"]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as `segue config --print` shows it; secrets are masked."""

    name: str
    value: Any
    origin: str
    default: Any
    description: str
    protected: bool


class ConfigurationStore:
    """Holds the layers and the settings they make."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}
        self._subscribers: list[Subscriber] = []
        self._reported: set[Problem] = set()
        self._settings, self._origins = merge([])

    @classmethod
    def load(
        cls,
        *,
        user_file: Path,
        roots: Sequence[Path] = (),
        initialization: Any = None,
        environment: Mapping[str, str] | None = None,
    ) -> ConfigurationStore:
        """Return the settings of the files, the client and the environment."""
        store = cls()
        store.read_files(user_file=user_file, roots=roots)
        store.set("initializationOptions", initialization)
        store._put(environment_layer(environment))
        return store

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    @property
    def problems(self) -> list[Problem]:
        """What the sources hold that is not used."""
        return [
            problem
            for origin in ORIGINS
            if origin in self._layers
            for problem in self._layers[origin].problems
        ]

    def fresh_problems(self) -> list[Problem]:
        """Return the problems that were not returned before: each is reported once."""
        fresh = [problem for problem in self.problems if problem not in self._reported]
        self._reported.update(fresh)
        return fresh

    def read_files(self, *, user_file: Path, roots: Sequence[Path] = ()) -> None:
        """Read the user's file and the projects' files again; with several roots the first one counts most."""
        self._put(file_layer(USER, user_file))
        project = Layer(PROJECT)
        for root in reversed(roots):
            layer = file_layer(PROJECT, root / PROJECT_FILE, inside=root)
            project.values.update(layer.values)
            project.problems.extend(layer.problems)
        self._put(project)

    def set(self, origin: str, tree: Any) -> None:
        """Replace one origin's settings; what a client sends in place of a table is reported and ignored."""
        self._put(layer_of(origin, tree))

    def subscribe(self, part: Callable[[Settings], Any], changed: Callable[[Any, Any], None]) -> None:
        """Call `changed(previous, value)` whenever the selected part of the settings changes."""
        self._subscribers.append((part, changed))

    def rows(self) -> list[SettingRow]:
        """Return every setting with its value and where it came from."""
        defaults = Settings()
        return [
            SettingRow(
                name,
                "(set)" if is_marked(info, "secret") and _value(self._settings, name) and plain(
                    _value(self._settings, name)
                ) else plain(_value(self._settings, name)),
                self._origins[name],
                plain(_value(defaults, name)),
                info.description or "",
                is_marked(info, "protected"),
            )
            for name, info in all_fields().items()
        ]  # fmt: skip

    def _put(self, layer: Layer) -> None:
        self._layers[layer.origin] = layer
        previous = self._settings
        ordered = [self._layers[origin] for origin in ORIGINS if origin in self._layers]
        self._settings, self._origins = merge(ordered)
        for part, changed in self._subscribers:
            before, after = part(previous), part(self._settings)
            if before != after:
                changed(before, after)


def _value(settings: Settings, name: str) -> Any:
    section, key = name.split(".")
    return getattr(getattr(settings, section), key)


__all__ = ["ENVIRONMENT", "ConfigurationStore", "SettingRow"]
