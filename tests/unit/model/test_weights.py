"""Model files: known, pulled, checked, or refused in one sentence."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

import pytest

from segue_bench.fault_server import Connection, FaultServer, Request
from segue_model import ConfigurationError, WeightsError
from segue_model.weights import (
    find_weights,
    installed_models,
    known_models,
    pull_model,
    read_gguf,
    remove_model,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def tiny_gguf(size: int = 64) -> bytes:
    """Return a whole GGUF file with one tensor of `size` float values."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 3)
    entries = (
        string("general.architecture") + struct.pack("<I", 8) + string("llama"),
        string("llama.context_length") + struct.pack("<II", 4, 2048),
        string("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + string("a") + string("bc"),
    )
    tensor = string("w") + struct.pack("<IQIQ", 1, size, 0, 0)
    data = head + b"".join(entries) + tensor
    data += bytes(-len(data) % 32)
    return data + bytes(4 * size)


@pytest.fixture
def hub() -> Iterator[FaultServer]:
    """A server that holds `tiny_gguf` at /tiny.gguf."""

    def behave(connection: Connection, request: Request) -> None:
        body = tiny_gguf() if request.path == "/tiny.gguf" else b"no"
        status = 200 if request.path == "/tiny.gguf" else 404
        connection.send(
            f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )

    with FaultServer(behave) as running:
        yield running


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_gguf())
    info = read_gguf(path)
    assert (info.architecture, info.context_length) == ("llama", 2048)
    assert info.size_expected == path.stat().st_size


@pytest.mark.parametrize("kept", [0, 3, 4, 20, 60, 150, -1])
def test_any_part_of_a_file_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "part.gguf"
    path.write_bytes(tiny_gguf()[:kept])
    with pytest.raises(WeightsError) as caught:
        read_gguf(path)
    assert caught.value.message.count("\n") == 0


def test_implausible_counts_are_refused_quickly(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60) + bytes(64))
    with pytest.raises(WeightsError, match="damaged"):
        read_gguf(path)


def test_the_registry_names_licence_and_source() -> None:
    for model in known_models():
        assert model.licence
        assert bool(model.url) != bool(model.wheel)
        assert model.url.startswith("https://") or not model.url
    assert known_models()[0].name == "smollm2-135m"


def test_the_default_model_is_checked_and_recorded(weights: Path) -> None:
    (record,) = [item for item in installed_models(weights.parent.parent) if item.path == weights]
    assert record.source_sha256 == known_models()[0].sha256
    assert record.licence == "Apache-2.0"
    assert read_gguf(weights).architecture == "llama"


def test_a_url_with_its_checksum_is_pulled(hub: FaultServer, tmp_path: Path) -> None:
    digest = hashlib.sha256(tiny_gguf()).hexdigest()
    seen: list[tuple[str, int, int]] = []
    installed = pull_model(
        f"{hub.url}/tiny.gguf", tmp_path, sha256=digest, progress=lambda *step: seen.append(step)
    )
    assert installed.path.read_bytes() == tiny_gguf()
    assert seen[-1][1] == len(tiny_gguf())
    assert find_weights("tiny", tmp_path) == installed.path
    assert [item.name for item in installed_models(tmp_path)] == ["tiny"]
    assert remove_model("tiny", tmp_path)
    assert installed_models(tmp_path) == []
    assert not remove_model("tiny", tmp_path)


def test_a_wrong_checksum_leaves_nothing_behind(hub: FaultServer, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="not the one that was meant"):
        pull_model(f"{hub.url}/tiny.gguf", tmp_path, sha256="0" * 64)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_url_without_checksum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--sha256"):
        pull_model("https://host.example/a.gguf", tmp_path)


def test_a_missing_file_names_the_host(hub: FaultServer, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="answered 404"):
        pull_model(f"{hub.url}/other.gguf", tmp_path, sha256="0" * 64)


def test_without_network_it_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="check the network connection") as caught:
        pull_model("http://127.0.0.1:9/a.gguf", tmp_path, sha256="0" * 64)
    assert "\n" not in caught.value.message


def test_without_an_index_it_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(WeightsError, match="check the network connection"):
        pull_model("smollm2-135m", tmp_path)
    assert installed_models(tmp_path) == []


def test_unknown_names_are_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="smollm2-135m"):
        find_weights("nonesuch", tmp_path)
    with pytest.raises(WeightsError, match="segue model pull qwen"):
        find_weights("qwen2.5-coder-1.5b", tmp_path)


def test_a_file_that_shrank_is_no_longer_installed(hub: FaultServer, tmp_path: Path) -> None:
    digest = hashlib.sha256(tiny_gguf()).hexdigest()
    installed = pull_model(f"{hub.url}/tiny.gguf", tmp_path, sha256=digest)
    installed.path.write_bytes(b"GGUF")
    assert installed_models(tmp_path) == []
    assert pull_model(f"{hub.url}/tiny.gguf", tmp_path, sha256=digest).path.read_bytes() == tiny_gguf()
