"""Telling that an answer is written in another human language than the file."""

from __future__ import annotations

import unicodedata

from segue_assist._errors import AssistError

_SCRIPTS = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
    "CYRILLIC",
    "ARABIC",
    "HEBREW",
    "DEVANAGARI",
    "THAI",
    "GREEK",
)


def check_script(answer: str, text: str) -> None:
    """Raise `AssistError` (wrong_language) when most letters of `answer` are of a script that `text` does not use."""
    letters = [character for character in answer if character.isalpha()]
    foreign = [script for script in map(_script, letters) if script]
    if len(foreign) * 3 < len(letters) or not foreign:
        return
    script = max(set(foreign), key=foreign.count)
    if any(_script(character) == script for character in text if not character.isascii()):
        return
    raise AssistError(
        "wrong_language",
        "The model answered in another language than the file is written in; nothing was changed.",
    )


def _script(character: str) -> str:
    if character.isascii():
        return ""
    name = unicodedata.name(character, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "")
