"""The languages Segue knows, by the names of editors and the names of files."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache, lru_cache
from pathlib import PurePosixPath

from segue_syntax._language import Language
from segue_syntax._literals import C_BLOCK, DOUBLE, SINGLE


@cache
def all_languages() -> tuple[Language, ...]:
    """Return every language; their files are loaded when this is first asked, after the server has started."""
    package = importlib.import_module("segue_syntax.languages")
    modules = (
        importlib.import_module(f"{package.__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(package.__path__)
    )
    return tuple(language for module in modules for language in module.LANGUAGES)


@cache
def _by_name() -> dict[str, Language]:
    return {name: language for language in all_languages() for name in (language.id, *language.aliases)}


@cache
def _by_file() -> dict[str, Language]:
    return {
        name: language for language in all_languages() for name in (*language.extensions, *language.filenames)
    }


@lru_cache(maxsize=8192)
def language_of(language_id: str = "", path: str = "") -> Language:
    """Return the language an editor named, or else the one `path` suggests; unknown ones get no grammar.

    The comments and strings of an unknown language are read as if it were like C.
    """
    language = _by_name().get(language_id.lower())
    if language is None and path:
        name = PurePosixPath(path.replace("\\", "/")).name
        files = _by_file()
        language = files.get(name) or files.get(PurePosixPath(name).suffix.lower())
    if language is not None:
        return language
    if not language_id:
        return _by_name()["plaintext"]
    return Language(
        language_id.lower(),
        other_line_comments=("//",),
        other_block_comments=(C_BLOCK,),
        strings=(DOUBLE, SINGLE),
    )


def language_of_text(language_id: str, path: str, text: str) -> Language:
    """Return the language of a text, whose file name may leave it open: a header may be C or C++."""
    language = language_of(language_id, path)
    for ending, pattern, dialect in language.dialects:
        if path.endswith(ending) and pattern.search(text):
            return language_of(dialect)
    return language
