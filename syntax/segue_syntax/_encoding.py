"""Columns in the units of a client: UTF-8 bytes, UTF-16 code units or code points."""

from __future__ import annotations

from enum import StrEnum


class PositionEncoding(StrEnum):
    """The units in which a client counts columns (`PositionEncodingKind` of the protocol)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def column_from_units(line: str, units: int, encoding: PositionEncoding) -> int:
    """Return the code-point column of `units` client units into `line`.

    A value inside a character means the start of that character; a value past the end is kept past the end,
    so that the caller's clamping decides.
    """
    if units <= 0:
        return 0
    if encoding is PositionEncoding.UTF32 or line.isascii():
        return units
    used = 0
    for column, character in enumerate(line):
        used += _width(character, encoding)
        if used > units:
            return column
    return len(line) + units - used


def units_from_column(line: str, column: int, encoding: PositionEncoding) -> int:
    """Return how many client units the first `column` code points of `line` take."""
    head = line[:column]
    if encoding is PositionEncoding.UTF32 or head.isascii():
        return len(head)
    return sum(_width(character, encoding) for character in head)


def _width(character: str, encoding: PositionEncoding) -> int:
    code = ord(character)
    if encoding is PositionEncoding.UTF16:
        return 2 if code > 0xFFFF else 1
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
