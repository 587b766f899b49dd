"""How likely a file is what a question means, judged by its path alone."""

from __future__ import annotations

import re
from functools import lru_cache

from segue_context.test_files import is_test

_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (kind, re.compile(path, re.IGNORECASE), re.compile(rf"\b({words})\b", re.IGNORECASE))
    for kind, path, words in (
        (
            "test",
            r"(^|/)(testing|testdata|specs?|__mocks__|fixtures?|e2e)/|[^/]*[._-](mock|fixture)\.[a-z]+$",
            "tests?|testing|tested|fixtures?|mocks?|specs?",
        ),
        (
            "changes",
            r"(^|/)(changelog|changes|history|news|releases?|upgrading|migrations?)[^/]*$|(^|/)(news|changes|newsfragments|changelog\.d|release-?notes)/",
            "changelog|release notes?|news|versions?|releases?",
        ),
        (
            "docs",
            r"\.(md|mdx|rst|adoc|txt|html?|tex|org)$|(^|/)(docs?|documentation|website|www|site|wiki)/",
            "docs?|documentation|readme|guides?|tutorials?|typos?",
        ),
        (
            "examples",
            r"(^|/)(examples?|samples?|demos?|playground|tutorials?|docs_src|snippets)/|(^|/)example[^/]*$",
            "examples?|samples?|demos?|tutorials?",
        ),
        (
            "benchmarks",
            r"(^|/)(bench|benches|benchmarks?|perf)(/|$)|bench(mark)?[^/]*$",
            "bench(es|marks?|marking)?|performance|perf",
        ),
        (
            "settings",
            r"\.(ya?ml|toml|json5?|ini|cfg|conf|properties|xml|gradle|kts|lock|editorconfig|gemspec|podspec|csproj|sln|mod|sum)$|(^|/)(Makefile|Dockerfile|Rakefile|Gemfile|CMakeLists\.txt|\.[^/]+|LICENSE[^/]*)$|(^|/)\.[^/]+/",
            "configs?|configuration|ci|workflows?|builds?|pipelines?|dependenc(y|ies)|bump|docker|packag(e|ing)|licen[cs]e|upgrade",
        ),
        ("declarations", r"\.d\.ts$|\.pyi$", "types?|declarations?|typings?|stubs?"),
        (
            "scripts",
            r"(^|/)(scripts?|tools?|tooling|hack|misc|contrib|internal/build|\.ci)/",
            "scripts?|tools?|tooling|contrib",
        ),
        (
            "compatibility",
            r"(^|/)(compat|_compat|legacy|deprecated|polyfills?|shims?|v0|old)(/|\.|$)",
            "compat|compatib\\w+|legacy|deprecat\\w+|polyfills?|shims?|old",
        ),
    )
)
"""Kinds of files with the pattern of their paths and the words of a question that asks for them.

Tests themselves are told by `is_test`; the pattern finds what they use.
"""

PRIORS = {
    "test": 0.52,
    "changes": 0.3,
    "docs": 0.39,
    "examples": 0.6,
    "benchmarks": 0.5,
    "settings": 0.33,
    "declarations": 0.75,
    "scripts": 0.52,
    "compatibility": 0.75,
}
"""What the score of a file of each kind is multiplied by, unless the question asks for that kind."""

ASKED = 1.25


@lru_cache(maxsize=20_000)
def kinds_of(path: str) -> tuple[str, ...]:
    """Return the kinds that a path says its file is of."""
    found = (kind for kind, pattern, _ in _KINDS if pattern.search(path))
    return tuple(dict.fromkeys(("test", *found) if is_test(path) else found))


def kinds_asked_for(question: str) -> frozenset[str]:
    """Return the kinds of files that a question names."""
    return frozenset(kind for kind, _, words in _KINDS if words.search(question))


def prior(path: str, asked: frozenset[str]) -> float:
    """Return what the score of a file is multiplied by."""
    factor = 1.0
    for kind in kinds_of(path):
        factor *= ASKED if kind in asked else PRIORS[kind]
    return factor
