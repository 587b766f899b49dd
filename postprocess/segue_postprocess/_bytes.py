"""The bytes of a text before or after the cursor, encoded anew only where it differs from the last one asked for."""

from __future__ import annotations

from typing import Final

_SHORTEST: Final = 20_000
_last_prefix: tuple[str, bytes] = ("", b"")
_last_suffix: tuple[str, bytes] = ("", b"")


def encoded(text: str) -> bytes:
    """Return `text` in UTF-8; a lone surrogate, which an editor can send, is kept."""
    return text.encode("utf-8", "surrogatepass")


def encoded_prefix(prefix: str) -> bytes:
    """Return `prefix` in UTF-8; two places of one file share all that stands before the first."""
    global _last_prefix  # noqa: PLW0603 - one pair, replaced as a whole: threads may share it
    text, data = _last_prefix
    if len(prefix) < _SHORTEST or prefix.isascii():
        return encoded(prefix)
    if prefix.startswith(text):
        data += encoded(prefix[len(text) :])
    elif text.startswith(prefix):
        data = data[: len(data) - len(encoded(text[len(prefix) :]))]
    else:
        data = encoded(prefix)
    _last_prefix = (prefix, data)
    return data


def encoded_suffix(suffix: str) -> bytes:
    """Return `suffix` in UTF-8; two places of one file share all that stands after the second."""
    global _last_suffix  # noqa: PLW0603 - as above
    text, data = _last_suffix
    if len(suffix) < _SHORTEST or suffix.isascii():
        return encoded(suffix)
    if suffix.endswith(text):
        data = encoded(suffix[: len(suffix) - len(text)]) + data
    elif text.endswith(suffix):
        data = data[len(encoded(text[: len(text) - len(suffix)])) :]
    else:
        data = encoded(suffix)
    _last_suffix = (suffix, data)
    return data
