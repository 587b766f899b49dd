"""Writes a sentence encoder of the BERT family, as published, as a GGUF file for the embedded engine.

Tensor names are those of llama.cpp (`gguf.get_tensor_name_map`). The vocabulary is WordPiece: a piece that begins a word
gets U+2581 in front, a piece that continues a word
loses its ``##``, as llama.cpp's tokenizer expects.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from segue_model._errors import MissingExtra, WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DTYPES = {"F32": "<f4", "F16": "<f2"}
_HEADS = 12  # of MiniLM-L6-H384; no tensor tells it
_FILE_TYPE_Q8_0 = 7
_LEFT_OUT = ("position_ids", "pooler.")


def convert_bert(
    weights: Path, vocabulary: Path, target: Path, *, name: str, progress: Callable[[int, int], None]
) -> None:
    """Write `weights` (safetensors) with `vocabulary` (a `tokenizer.json`) to `target`; tells tensors done and all.

    Matrices become Q8_0. MissingExtra without the extra, WeightsError for a file of another kind.
    """
    try:
        import gguf
        import numpy as np
        from gguf.quants import quantize
    except ImportError as error:
        raise MissingExtra(
            "Preparing this model needs the extra [local]: run `pip install 'segue[local]'`."
        ) from error
    tensors = dict(_safetensors(weights, np))
    layers = sum(key.endswith("attention.self.query.weight") for key in tensors)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, layers)
    positions, width = tensors["embeddings.position_embeddings.weight"].shape
    pieces = _pieces(vocabulary)
    writer = gguf.GGUFWriter(target, arch="bert")
    writer.add_name(name)
    writer.add_file_type(_FILE_TYPE_Q8_0)
    writer.add_block_count(layers)
    writer.add_context_length(positions)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(tensors["encoder.layer.0.intermediate.dense.weight"].shape[0])
    writer.add_head_count(_HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(value=False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([_piece(piece) for piece in pieces])
    writer.add_token_types(
        [gguf.TokenType.CONTROL if _is_special(piece) else gguf.TokenType.NORMAL for piece in pieces]
    )
    writer.add_token_type_count(2)
    for add, piece in (
        (writer.add_bos_token_id, "[CLS]"),
        (writer.add_unk_token_id, "[UNK]"),
        (writer.add_sep_token_id, "[SEP]"),
        (writer.add_pad_token_id, "[PAD]"),
        (writer.add_mask_token_id, "[MASK]"),
    ):
        add(pieces.index(piece))
    for done, (key, values) in enumerate(tensors.items(), 1):
        known = names.get_name(key, try_suffixes=(".weight", ".bias"))
        if known is None:
            raise WeightsError(
                f"{name} holds a tensor that its kind has not: {key}.", reason="weights_damaged"
            )
        floats = values.astype(np.float32)
        if floats.ndim == 2 and "position" not in key and "token_type" not in key:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(known, quantize(floats, kind), raw_dtype=kind)
        else:
            writer.add_tensor(known, floats)
        progress(done, len(tensors))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _safetensors(path: Path, np: Any) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of a safetensors file: eight bytes of length, a JSON head with offsets, the values."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    try:
        head = json.loads(data[8 : 8 + length])
        for key, entry in head.items():
            if key == "__metadata__" or any(part in key for part in _LEFT_OUT):
                continue
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[start:end], dtype=_DTYPES[entry["dtype"]])
            yield key.removeprefix("bert."), values.reshape(entry["shape"])
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{path.name} is no safetensors file of this kind.", reason="weights_damaged"
        ) from error


def _pieces(path: Path) -> list[str]:
    """Return the pieces of a WordPiece vocabulary, in the order of their numbers."""
    try:
        numbers: dict[str, int] = json.loads(path.read_text("utf-8"))["model"]["vocab"]
        return sorted(numbers, key=lambda piece: numbers[piece])
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path.name} is no vocabulary of this kind.", reason="weights_damaged") from error


def _is_special(piece: str) -> bool:
    return piece.startswith("[") and piece.endswith("]") and len(piece) > 2


def _piece(piece: str) -> str:
    if _is_special(piece):
        return piece
    return piece[2:] if piece.startswith("##") else f"\u2581{piece}"
