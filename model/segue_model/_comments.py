"""How a line of comment is written in a language, for context that goes in front of the code."""

from __future__ import annotations

_HASH = [
    "python",
    "ruby",
    "shellscript",
    "bash",
    "yaml",
    "toml",
    "perl",
    "r",
    "make",
    "makefile",
    "dockerfile",
    "elixir",
    "julia",
    "powershell",
    "nim",
    "cmake",
    "properties",
    "ini",
]
_DASHES = ["lua", "sql", "haskell", "elm", "ada"]
_MARKUP = ["html", "xml", "markdown", "vue", "svelte"]


def comment_line(language_id: str, text: str) -> str:
    """Return `text` as one comment line of the language (``//`` where the language is unknown)."""
    if language_id in _HASH:
        return f"# {text}"
    if language_id in _DASHES:
        return f"-- {text}"
    if language_id in _MARKUP:
        return f"<!-- {text} -->"
    if language_id in {"css", "c"}:
        return f"/* {text} */"
    if language_id in {"clojure", "lisp", "scheme"}:
        return f";; {text}"
    return f"// {text}"
