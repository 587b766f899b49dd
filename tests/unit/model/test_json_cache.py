"""The cache never unpickles what somebody planted in it."""

from __future__ import annotations

import pickle
import sqlite3
import stat
from pathlib import Path

import pytest

from segue_model._capabilities import Capabilities, CapabilityStore
from segue_model._json_cache import open_cache


class Bomb:
    """Unpickling it creates the file it was made with."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_values_survive_and_expire_as_json(tmp_path: Path) -> None:
    with open_cache(tmp_path / "c") as cache:
        cache.set("a", {"x": [1, None, "é"]})
    with open_cache(tmp_path / "c") as cache:
        assert cache.get("a") == {"x": [1, None, "é"]}
        cache.delete("a")
        assert cache.get("a") is None
        cache.set("b", 1, expire=-1)
        assert cache.get("b") is None
        with pytest.raises(TypeError):
            cache.set("c", object())
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700


def test_every_new_directory_is_private(tmp_path: Path) -> None:
    with open_cache(tmp_path / "a" / "b" / "c"):
        pass
    for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_planted_pickle_is_refused(tmp_path: Path) -> None:
    with open_cache(tmp_path / "c") as cache:
        cache.set("a", "harmless")
    loaded = tmp_path / "loaded"
    with sqlite3.connect(tmp_path / "c" / "cache.db") as database:
        changed = database.execute(
            "UPDATE Cache SET mode = 4, value = ?", (pickle.dumps(Bomb(loaded)),)
        ).rowcount
    database.close()
    assert changed == 1
    with open_cache(tmp_path / "c") as cache:
        assert cache.get("a") is None
    assert not loaded.exists()
    pickle.loads(pickle.dumps(Bomb(loaded)))
    assert loaded.exists()  # the trap works; it was the cache that did not step on it


def test_a_planted_pickled_key_is_refused(tmp_path: Path) -> None:
    with open_cache(tmp_path / "c") as cache:
        cache.set("a", "harmless")
        loaded = tmp_path / "loaded"
        with sqlite3.connect(tmp_path / "c" / "cache.db") as database:
            database.execute("UPDATE Cache SET raw = 0, key = ?", (pickle.dumps(Bomb(loaded)),))
        database.close()
        with pytest.raises(ValueError, match="pickled"):
            list(cache._cache)
    assert not loaded.exists()


def test_damaged_rows_count_as_absent(tmp_path: Path) -> None:
    with open_cache(tmp_path / "c") as cache:
        cache.set("a", "harmless")
        with sqlite3.connect(tmp_path / "c" / "cache.db") as database:
            database.execute("UPDATE Cache SET value = ?", (b"not zlib",))
        database.close()
        assert cache.get("a") is None


def test_capabilities_are_remembered(tmp_path: Path) -> None:
    found = Capabilities(server="s", single_tokens=("<a>",), accepts_suffix=False, context_length=4096)
    CapabilityStore(tmp_path / "c").save("openai http://h m", found)
    assert CapabilityStore(tmp_path / "c").load("openai http://h m") == found
    assert CapabilityStore(tmp_path / "c").load("openai http://h other") is None
    memory = CapabilityStore(None)
    memory.save("a", found)
    assert memory.load("a") == found


def test_a_row_of_another_shape_is_ignored(tmp_path: Path) -> None:
    store = CapabilityStore(tmp_path / "c")
    store.save("a", Capabilities())
    with open_cache(tmp_path / "c") as cache:
        for key in list(cache._cache):
            cache.set(key, ["no", "dict"])
    assert CapabilityStore(tmp_path / "c").load("a") is None
