"""Embeddings: the wire format of any server, and the encoder that is converted for the embedded engine."""

from __future__ import annotations

import json
import random
import struct
from array import array
from typing import TYPE_CHECKING, Any

import pytest

from segue_bench.fault_server import Connection, FaultServer, Request
from segue_model import (
    ConfigurationError,
    MalformedAnswer,
    ModelSettings,
    Timeouts,
    WeightsError,
    open_embeddings,
    open_json,
)
from segue_model.weights import EMBEDDING_MODEL, known_models, read_gguf
from segue_model.weights._bert import convert_bert
from segue_model.weights._pull import _opened

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, POSITIONS = 384, 512
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "lamp", "##s"]


def answering(document: Any) -> FaultServer:
    def behave(connection: Connection, request: Request) -> None:
        asked.append((request.path, request.json))
        connection.answer(200, document)

    asked: list[tuple[str, Any]] = []
    server = FaultServer(behave)
    server.asked = asked  # type: ignore[attr-defined]
    return server


async def embedded(server: FaultServer, texts: list[str], tmp_path: Path) -> list[list[float]]:
    settings = ModelSettings(provider="openai", endpoint=server.url, model="m", section="embeddings")
    model = open_embeddings(settings, cache_dir=tmp_path)
    try:
        return await model.embed(texts)
    finally:
        await model.aclose()


async def test_vectors_come_in_the_order_of_the_texts_with_length_one(tmp_path: Path) -> None:
    rows = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [3, 4]}]
    with answering({"data": rows}) as server:
        assert await embedded(server, ["a", "b"], tmp_path) == [[0.6, 0.8], [0.0, 1.0]]
        assert server.asked == [  # type: ignore[attr-defined]
            ("/v1/embeddings", {"input": ["a", "b"], "encoding_format": "float", "model": "m"})
        ]


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": []},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 0, "embedding": [1.0]}]},  # one for two texts
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        [],
    ],
)
async def test_another_answer_is_one_sentence(answer: Any, tmp_path: Path) -> None:
    with answering(answer) as server, pytest.raises(MalformedAnswer) as caught:
        await embedded(server, ["a", "b"], tmp_path)
    assert caught.value.message.count("\n") == 0


def test_a_server_without_address_names_the_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"ask\.endpoint"):
        open_json("", setting="ask.endpoint", timeouts=Timeouts())


def tiny_encoder(folder: Path, *, strange: str = "") -> tuple[Path, Path]:
    """Write an encoder of one layer, as it would be published, and its vocabulary."""
    shapes = {
        "embeddings.word_embeddings.weight": [len(PIECES), WIDTH],
        "embeddings.position_embeddings.weight": [POSITIONS, WIDTH],
        "embeddings.token_type_embeddings.weight": [2, WIDTH],
        "embeddings.LayerNorm.weight": [WIDTH],
        "embeddings.LayerNorm.bias": [WIDTH],
        "pooler.dense.weight": [WIDTH, WIDTH],
    }
    matrices = (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
    )
    for name in (*matrices, "intermediate.dense", "output.dense"):
        shapes[f"encoder.layer.0.{name}.weight"] = [WIDTH, WIDTH]
    for name in (
        *matrices,
        "intermediate.dense",
        "output.dense",
        "attention.output.LayerNorm",
        "output.LayerNorm",
    ):
        shapes[f"encoder.layer.0.{name}.bias"] = [WIDTH]
        if name.endswith("Norm"):
            shapes[f"encoder.layer.0.{name}.weight"] = [WIDTH]
    if strange:
        shapes[strange] = [WIDTH]
    head: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head).encode()
    weights, vocabulary = folder / "model.safetensors", folder / "tokenizer.json"
    rng = random.Random(1)
    values = array("f", (rng.uniform(-0.2, 0.2) for _ in range(at // 4))).tobytes()
    weights.write_bytes(struct.pack("<Q", len(text)) + text + values)
    numbers = {piece: number for number, piece in reversed(list(enumerate(PIECES)))}
    vocabulary.write_text(json.dumps({"model": {"vocab": numbers}}), "utf-8")
    return weights, vocabulary


def test_an_encoder_becomes_a_whole_gguf_file(tmp_path: Path) -> None:
    weights, vocabulary = tiny_encoder(tmp_path)
    target = tmp_path / "tiny.gguf"
    convert_bert(weights, vocabulary, target, name="tiny", progress=lambda _done, _all: None)
    info = read_gguf(target)
    assert (info.architecture, info.name, info.context_length) == ("bert", "tiny", POSITIONS)
    assert info.size_expected <= target.stat().st_size
    data = target.read_bytes()
    assert "\u2581lamp".encode() in data
    assert b"[CLS]" in data
    assert b"pooler" not in data


@pytest.mark.model
async def test_the_embedded_engine_embeds(tmp_path: Path) -> None:
    weights, vocabulary = tiny_encoder(tmp_path)
    target = tmp_path / "tiny.gguf"
    convert_bert(weights, vocabulary, target, name="tiny", progress=lambda _done, _all: None)
    patient = Timeouts(read_s=120, total_s=240)
    settings = ModelSettings(
        model=str(target), threads=1, idle_exit_s=5, timeouts=patient, section="embeddings"
    )
    model = open_embeddings(settings, cache_dir=tmp_path / "cache")
    try:
        lamp, lamps, again = await model.embed(["lamp", "lamps lamps lamp", "lamp"])
    finally:
        await model.aclose()
    assert len(lamp) == WIDTH
    assert sum(value * value for value in lamp) == pytest.approx(1)
    assert lamp == pytest.approx(again, abs=1e-3)
    assert lamp != pytest.approx(lamps, abs=1e-3)


def test_an_encoder_of_another_kind_is_one_sentence(tmp_path: Path) -> None:
    weights, vocabulary = tiny_encoder(tmp_path, strange="decoder.layer.0.gate.weight")
    with pytest.raises(WeightsError, match="gate"):
        convert_bert(weights, vocabulary, tmp_path / "x.gguf", name="tiny", progress=lambda _done, _all: None)
    weights.write_bytes(b"\x05\0\0\0\0\0\0\0nonsense")
    with pytest.raises(WeightsError, match="safetensors"):
        convert_bert(weights, vocabulary, tmp_path / "x.gguf", name="tiny", progress=lambda _done, _all: None)


def test_the_registry_pins_weights_and_vocabulary() -> None:
    (model,) = [model for model in known_models() if model.name == EMBEDDING_MODEL]
    assert model.purpose == "embeddings"
    assert len(model.sha256) == 64
    assert model.vocabulary is not None
    assert len(model.vocabulary[1]) == 64


def test_a_member_of_an_archive_in_an_archive_is_found(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("deep/file", b"here")
    with zipfile.ZipFile(tmp_path / "outer.whl", "w") as outer:
        outer.write(tmp_path / "inner.zip", "package/inner.zip")
    with _opened(tmp_path / "outer.whl", "package/inner.zip!deep/file") as data:
        assert data.read() == b"here"
