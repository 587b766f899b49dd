"""Where Segue keeps things: the one place that asks for the user's directories (XDG and its equivalents)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT_FILE = ".segue.toml"
"""A project's own settings, at the root of its workspace folder."""


@dataclass(frozen=True, slots=True)
class Directories:
    """The user's directories for Segue; none of them is created by asking."""

    config: Path
    cache: Path
    data: Path

    @property
    def user_file(self) -> Path:
        """The user's settings."""
        return self.config / "config.toml"

    @property
    def keys_file(self) -> Path:
        """Keys of model servers, where there is no keyring."""
        return self.config / "keys.json"

    @property
    def prompts(self) -> Path:
        """The user's prompts."""
        return self.config / "prompts"

    @property
    def rules_file(self) -> Path:
        """The user's rules for models that follow instructions."""
        return self.prompts / "rules.md"

    @property
    def models(self) -> Path:
        """Weights of embedded models."""
        return self.cache / "models"

    @property
    def activity_file(self) -> Path:
        """The local event log."""
        return self.data / "activity.sqlite"


def directories() -> Directories:
    """Return the user's directories as the platform and the environment define them now."""
    import platformdirs

    return Directories(
        config=Path(platformdirs.user_config_dir("segue", appauthor=False)),
        cache=Path(platformdirs.user_cache_dir("segue", appauthor=False)),
        data=Path(platformdirs.user_data_dir("segue", appauthor=False)),
    )


def repository_around(folder: Path) -> Path:
    """Return the innermost folder around `folder`, itself included, that holds a git repository; else `folder`."""
    return next((around for around in (folder, *folder.parents) if (around / ".git").exists()), folder)
