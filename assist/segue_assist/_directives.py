"""Comments that speak to tools: adding, moving or removing one would change something."""

from __future__ import annotations

import re

_DIRECTIVE = re.compile(
    r"""^\s*(?://|\#|--|/?\*+|;)?\s*(?:
        go:\w | export\s+\w+\s*$ | line\s.*:\d | \+build\b | nolint\b | lint: |
        type:\s | noqa\b | pylint: | mypy: | pyright: | ruff: | flake8: | isort: | fmt:\s | yapf: | pragma:\s |
        nosec\b | doctest: | coding[:=] | -\*-.*-\*- | vim?:\s | frozen_string_literal: | encoding: | typed: |
        rubocop: | shareable_constant_value: | warn_indent: | :nodoc: | shellcheck\s | clang-format\s | NOLINT |
        IWYU | cppcheck | eslint | jshint\b | jslint\b | global\s+\w | globals\s | exported\s | @ts-\w | @flow\b |
        @jsx | @jest- | @vitest- | istanbul | c8\s | v8\s+ignore | prettier-ignore | biome-ignore | deno- | tslint: |
        webpack\w+: | @vite-ignore | [\#@]__\w+__ | [\#@]\s*sourceMapping | sourceMappingURL | \#?region\b |
        \#?endregion\b | phpcs: | @phpstan- | @psalm- | @codeCoverageIgnore | noinspection\b | CHECKSTYLE |
        NOSONAR\b | rustfmt | swiftlint: | swiftformat: | ktlint | scalafmt: | scalastyle: | !/ |
        <reference\s | <amd- | luacheck: | selene: | stylua: | @(?:formatter|generated)\b
    )""",
    re.VERBOSE,
)


_OF_FILE = re.compile(r"coding[:=]|encoding:|frozen_string_literal|^#!|typed:|go:build|\+build|<reference")


def is_directive(line: str) -> bool:
    """Return whether a comment line speaks to a tool, so that adding or removing it would change something."""
    return _DIRECTIVE.match(line) is not None


def is_file_directive(line: str) -> bool:
    """Return whether a comment line speaks of the whole file, so that nothing may be put above it."""
    return _OF_FILE.search(line) is not None
