"""Reads the head of a GGUF file: whether it is one, whether it is whole, and what it says about itself."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_model._errors import WeightsError

if TYPE_CHECKING:
    from pathlib import Path

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MAX_ITEMS = 1 << 24
# Bytes per block and values per block of each tensor type that has a fixed size (ggml.h).
_BLOCKS = {
    0: (4, 1), 1: (2, 1), 2: (18, 32), 3: (20, 32), 6: (22, 32), 7: (24, 32), 8: (34, 32), 9: (36, 32),
    10: (84, 256), 11: (110, 256), 12: (144, 256), 13: (176, 256), 14: (210, 256), 15: (292, 256),
    16: (66, 256), 17: (74, 256), 18: (98, 256), 19: (50, 256), 20: (18, 32), 21: (110, 256), 22: (82, 256),
    23: (136, 256), 24: (1, 1), 25: (2, 1), 26: (4, 1), 27: (8, 1), 28: (8, 1), 29: (56, 256), 30: (2, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GgufInfo:
    """What a GGUF file says about itself; `size_expected` is where its last tensor ends."""

    architecture: str
    name: str
    context_length: int
    licence: str
    size_expected: int


def read_gguf(path: Path) -> GgufInfo:
    """Return what the file says; WeightsError when it is no GGUF file or a part of one."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise WeightsError(f"{path} is not a GGUF model file.", reason="weights_damaged")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                info = _Reader(data).info()
    except FileNotFoundError as error:
        raise WeightsError(f"The model file {path} does not exist.") from error
    except OSError as error:
        raise WeightsError(f"The model file {path} cannot be read: {error.strerror}.") from error
    except (struct.error, ValueError, IndexError) as error:
        raise WeightsError(
            f"{path} is a damaged or incomplete GGUF file: pull it again.", reason="weights_damaged"
        ) from error
    if size < info.size_expected:
        raise WeightsError(
            f"{path} is incomplete ({size} of {info.size_expected} bytes): pull it again.",
            reason="weights_damaged",
        )
    return info


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 4

    def info(self) -> GgufInfo:
        version = self._number("I")
        if version not in {2, 3}:
            raise ValueError(f"GGUF version {version}")
        tensors, entries = self._number("Q"), self._number("Q")
        if tensors > _MAX_ITEMS or entries > _MAX_ITEMS:
            raise ValueError("implausible counts")
        found: dict[str, Any] = {}
        for _ in range(entries):
            key = self._string()
            value = self._value(self._number("I"))
            if value is not None:
                found[key] = value
        ends = [self._tensor_end() for _ in range(tensors)]
        alignment = int(found.get("general.alignment", 32))
        start = -(-self._at // alignment) * alignment
        architecture = str(found.get("general.architecture", ""))
        return GgufInfo(
            architecture=architecture,
            name=str(found.get("general.name", "")),
            context_length=int(found.get(f"{architecture}.context_length", 0)),
            licence=str(found.get("general.license", "")),
            size_expected=start + max(ends, default=0),
        )

    def _number(self, code: str) -> int:
        (value,) = struct.unpack_from("<" + code, self._data, self._at)
        self._at += struct.calcsize("<" + code)
        return value  # type: ignore[no-any-return]

    def _string(self) -> str:
        length = self._number("Q")
        start, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise ValueError("a string runs past the end")
        return self._data[start : self._at].decode("utf-8", "replace")

    def _value(self, kind: int) -> Any:
        """Return a scalar or string; skip an array."""
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            return self._number(_scalar(kind))
        kind, length = self._number("I"), self._number("Q")
        if length > _MAX_ITEMS:
            raise ValueError("implausible array")
        if kind == _STRING:
            for _ in range(length):
                self._at += 8 + struct.unpack_from("<Q", self._data, self._at)[0]
        elif kind == _ARRAY:
            raise ValueError("an array of arrays")
        else:
            self._at += length * struct.calcsize("<" + _scalar(kind))
        return None

    def _tensor_end(self) -> int:
        self._string()
        dimensions = self._number("I")
        values = 1
        for _ in range(min(dimensions, 8)):
            values *= self._number("Q")
        kind, offset = self._number("I"), self._number("Q")
        size, per_block = _BLOCKS.get(kind, (0, 1))
        return offset + values // per_block * size


def _scalar(kind: int) -> str:
    if kind not in _SCALARS:
        raise ValueError(f"value type {kind}")
    return _SCALARS[kind]
