"""The languages Segue knows: how they are named, recognised, commented and parsed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Language:
    """One language as editors name it.

    `grammar` is ``package:function`` of the wheel that parses it; "" means a grammar of the optional language
    pack, or none. `advisory` marks grammars that reject valid code, so that a syntax error proves little.
    """

    id: str
    grammar: str = ""
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    line_comment: str = ""
    block_comment: tuple[str, str] | None = None
    indent_sensitive: bool = False
    advisory: bool = False


_C_BLOCK = ("/*", "*/")
_XML_BLOCK = ("<!--", "-->")

LANGUAGES: tuple[Language, ...] = (
    Language(
        "python",
        "tree_sitter_python:language",
        (".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "wscript"),
        aliases=("py",),
        line_comment="#",
        indent_sensitive=True,
    ),
    Language(
        "javascript",
        "tree_sitter_javascript:language",
        (".js", ".mjs", ".cjs"),
        aliases=("js",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "javascriptreact",
        "tree_sitter_javascript:language",
        (".jsx",),
        aliases=("jsx",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "typescript",
        "tree_sitter_typescript:language_typescript",
        (".ts", ".mts", ".cts"),
        aliases=("ts",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "typescriptreact",
        "tree_sitter_typescript:language_tsx",
        (".tsx",),
        aliases=("tsx",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "go",
        "tree_sitter_go:language",
        (".go",),
        aliases=("golang",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "rust",
        "tree_sitter_rust:language",
        (".rs",),
        aliases=("rs",),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language("java", "tree_sitter_java:language", (".java",), line_comment="//", block_comment=_C_BLOCK),
    Language("c", "tree_sitter_c:language", (".c", ".h"), line_comment="//", block_comment=_C_BLOCK),
    Language(
        "cpp",
        "tree_sitter_cpp:language",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"),
        aliases=("c++", "cxx"),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "csharp",
        "tree_sitter_c_sharp:language",
        (".cs",),
        aliases=("c#", "cs", "c_sharp"),
        line_comment="//",
        block_comment=_C_BLOCK,
    ),
    Language(
        "ruby",
        "tree_sitter_ruby:language",
        (".rb", ".rake", ".gemspec"),
        filenames=("Rakefile", "Gemfile"),
        aliases=("rb",),
        line_comment="#",
    ),
    Language("php", "tree_sitter_php:language_php", (".php",), line_comment="//", block_comment=_C_BLOCK),
    Language(
        "shellscript",
        "tree_sitter_bash:language",
        (".sh", ".bash", ".zsh"),
        aliases=("bash", "sh", "shell", "zsh"),
        line_comment="#",
        advisory=True,
    ),
    Language(
        "html",
        "tree_sitter_html:language",
        (".html", ".htm"),
        block_comment=_XML_BLOCK,
        advisory=True,
    ),
    Language("css", "tree_sitter_css:language", (".css",), block_comment=_C_BLOCK),
    Language("json", "tree_sitter_json:language", (".json",), aliases=("jsonc",)),
    Language(
        "yaml",
        "tree_sitter_yaml:language",
        (".yaml", ".yml"),
        aliases=("yml",),
        line_comment="#",
        indent_sensitive=True,
        advisory=True,
    ),
    Language("toml", "tree_sitter_toml:language", (".toml",), line_comment="#"),
    Language("lua", "tree_sitter_lua:language", (".lua",), line_comment="--", block_comment=("--[[", "]]")),
    Language(
        "kotlin",
        "tree_sitter_kotlin:language",
        (".kt", ".kts"),
        aliases=("kt",),
        line_comment="//",
        block_comment=_C_BLOCK,
        advisory=True,
    ),
    Language(
        "scala",
        "tree_sitter_scala:language",
        (".scala", ".sc"),
        line_comment="//",
        block_comment=_C_BLOCK,
        advisory=True,
    ),
    Language(
        "swift",
        "tree_sitter_swift:language",
        (".swift",),
        line_comment="//",
        block_comment=_C_BLOCK,
        advisory=True,
    ),
    Language(
        "sql",
        "tree_sitter_sql:language",
        (".sql",),
        line_comment="--",
        block_comment=_C_BLOCK,
        advisory=True,
    ),
    Language("markdown", "", (".md", ".markdown"), block_comment=_XML_BLOCK),
    Language("plaintext", "", (".txt",)),
)


@cache
def _by_name() -> dict[str, Language]:
    names: dict[str, Language] = {}
    for language in LANGUAGES:
        for name in (language.id, *language.aliases):
            names[name] = language
    return names


@cache
def _by_file() -> dict[str, Language]:
    files: dict[str, Language] = {}
    for language in LANGUAGES:
        for name in (*language.extensions, *language.filenames):
            files.setdefault(name, language)
    return files


@lru_cache(maxsize=8192)
def language_of(language_id: str = "", path: str = "") -> Language:
    """Return the language an editor named, or else the one `path` suggests; unknown ones get no grammar."""
    language = _by_name().get(language_id.lower())
    if language is None and path:
        name = PurePosixPath(path.replace("\\", "/")).name
        files = _by_file()
        language = files.get(name) or files.get(PurePosixPath(name).suffix.lower())
    return language or Language(language_id.lower() or "plaintext")
