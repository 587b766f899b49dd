"""Why a suggestion was changed or dropped: the codes that statistics and debug output show."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One change or drop; `docs/postprocessing.md` explains each."""

    CONTROL_TOKEN = "control_token"  # noqa: S105
    FENCE = "markdown_fence"
    CHATTER = "chatter"
    BAD_START = "bad_start"
    LEADING_SPACE = "leading_space"
    TRAILING_SPACE = "trailing_space"
    LINE_ENDINGS = "line_endings"
    SINGLE_LINE = "single_line"
    MAX_LINES = "max_lines"
    UNIT_END = "unit_end"
    SCOPE_END = "scope_end"
    COMMENT_END = "comment_end"
    LITERAL_END = "literal_end"
    DRIFT = "drift"
    REPETITION = "repetition"
    DUPLICATE_KEY = "duplicate_key"
    SUFFIX_OVERLAP = "suffix_overlap"
    SUFFIX_LINES = "suffix_lines"
    BRACKETS_CUT = "brackets_cut"
    BRACKETS_REPLACED = "brackets_replaced"
    REINDENTED = "reindented"
    REPAIRED_CLOSED = "repaired_closed"
    REPAIRED_CUT = "repaired_cut"
    UNKNOWN_NAMES = "unknown_names"
    GATE_ADVISORY = "gate_advisory"
    DROP_EMPTY = "drop_empty"
    DROP_REPEATS_ABOVE = "drop_repeats_above"
    DROP_REPEATS_BELOW = "drop_repeats_below"
    DROP_UNDOES = "drop_undoes"
    DROP_BANNER = "drop_banner"
    DROP_SECRET = "drop_secret"  # noqa: S105
    DROP_LICENCE = "drop_licence"
    DROP_SYNTAX = "drop_syntax"
    DROP_PYTHON = "drop_python"
