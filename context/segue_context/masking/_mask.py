"""Secrets inside a text, replaced before the text goes into a prompt."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2

MASK = "<secret>"

_TOKEN_SHAPES = re.compile(
    r"""
      \b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[0-9A-Z]{16}\b                # AWS key ids
    | \bgh[pousr]_[A-Za-z0-9]{30,255}\b | \bgithub_pat_[A-Za-z0-9_]{50,255}\b
    | \bglpat-[A-Za-z0-9_-]{20,} | \bgl(?:ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,} | \bxapp-\d-[A-Za-z0-9-]{10,}
    | \bsk-(?:ant-|proj-|svcacct-|or-v1-|live-)?[A-Za-z0-9_-]{20,} | \b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}
    | \bwhsec_[A-Za-z0-9+/=]{20,}
    | \bAIza[0-9A-Za-z_-]{35} | \bya29\.[0-9A-Za-z_-]{20,} | \bGOCSPX-[0-9A-Za-z_-]{20,}
    | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,} | \bSK[0-9a-f]{32}\b | \bAC[0-9a-f]{32}\b
    | \bnpm_[A-Za-z0-9]{30,} | \bpypi-[A-Za-z0-9_-]{40,} | \brubygems_[0-9a-f]{40,} | \bcio[A-Za-z0-9]{32}\b
    | \bhf_[A-Za-z0-9]{30,} | \br8_[A-Za-z0-9]{30,} | \bgsk_[A-Za-z0-9]{30,} | \bxai-[A-Za-z0-9]{30,}
    | \bdop_v1_[0-9a-f]{50,} | \bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b | \bsq0(?:atp|csp)-[0-9A-Za-z_-]{22,}
    | \bEAA[A-Za-z0-9]{60,} | \bkey-[0-9a-f]{32}\b | \bdckr_pat_[A-Za-z0-9_-]{20,} | \bhvs\.[A-Za-z0-9_-]{24,}
    | \blin_api_[A-Za-z0-9]{30,} | \bsntrys_[A-Za-z0-9+/=_-]{30,} | \bAGE-SECRET-KEY-1[0-9A-Z]{50,}
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}   # signed tokens
    """,
    re.VERBOSE,
)
_KEY_BLOCK = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)(.*?)(-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_URL_PASSWORD = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>{}$]{0,80}:)([^\s/@'\"<>{}$%]{3,200})(@)", re.IGNORECASE
)
_SENSITIVE = (
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|"
    r"encryption[_-]?key|signing[_-]?key|account[_-]?key|credential|connection[_-]?string)"
)
_SENSITIVE_NAME = (
    rf"(?<![\w.-])[\w.-]{{0,48}}?{_SENSITIVE}[\w.-]{{0,48}}"  # bounded: a long word must not take long
)
_NAMED = re.compile(
    rf"""(?P<head>{_SENSITIVE_NAME}["']?(?:[ ]{{0,8}}:[ ]{{0,8}}[\w.<>|\[\] ]{{1,40}})?[ ]{{0,8}}(?P<sign>=>|:=|=|:|,)[ ]{{0,8}}[bfru@$]{{0,2}})
        (?P<quote>["'`])(?P<value>[^"'`]{{6,400}})(?P=quote)""",
    re.IGNORECASE | re.VERBOSE,
)
_UNQUOTED = re.compile(
    rf"""^(?P<head>[ \t]{{0,40}}(?:export[ ]|-[ ]|set[ ])?{_SENSITIVE_NAME}[ \t]{{0,8}}[=:][ \t]{{0,8}})
        (?P<value>[A-Za-z0-9+/_.~!@\#$%^&*=-]{{12,400}})\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"\b(Bearer|Basic|token)( {1,4})([A-Za-z0-9._~+/=-]{20,})", re.IGNORECASE)
_LOOSE = re.compile(r"""(["'`])([A-Za-z0-9+/_=-]{32,200})\1""")
_HARMLESS = re.compile(
    r"^(?:[a-z]+(?:[ _.:/-][a-z]+)*|(.)\1+|.*(?:\$\{|\{\{|%\(|<[a-z]|\bexample\b|\bplaceholder\b|\bchange.?me\b|"
    r"\bdummy\b|\byour[_ -]).*|[\w.-]+[(\[].*|\.{0,2}/[\w./-]+)$",
    re.IGNORECASE,
)
_NAME_WITH_NUMBER = re.compile(r"[a-z_]+\d{0,2}$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]{4,}|[A-Z][a-z]{2,}")
_SENSITIVE_ANYWHERE = re.compile(_SENSITIVE, re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9_-]{16}")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{32}")
_MAX_REMEMBERED_CHARS = 20_000


def mask_secrets(text: str) -> str:
    """Return `text` with what looks like a secret replaced by `MASK`; lines stay where they were.

    Known token shapes, private key blocks, passwords in addresses, values given to names like ``password`` and
    quoted strings as random as keys are replaced. Words, placeholders and references to variables stay.
    """
    return _mask_remembered(text) if len(text) <= _MAX_REMEMBERED_CHARS else _mask(text)


def _mask(text: str) -> str:
    if "-----BEGIN" in text:
        text = _KEY_BLOCK.sub(lambda found: found[1] + re.sub(r"[^\n]+", MASK, found[2]) + found[3], text)
    return "\n".join([_mask_line(line) for line in text.split("\n")])


_mask_remembered = lru_cache(maxsize=256)(_mask)  # the same snippets come again with every key


def _mask_line(line: str) -> str:
    if "://" in line and "@" in line:
        line = _URL_PASSWORD.sub(rf"\1{MASK}\3", line)
    if _RUN.search(line):
        line = _TOKEN_SHAPES.sub(MASK, line)
        line = _BEARER.sub(_mask_bearer, line)
        if _LONG_RUN.search(line):
            line = _LOOSE.sub(_mask_loose, line)
    if _SENSITIVE_ANYWHERE.search(line):
        line = _NAMED.sub(_mask_named, line)
        line = _UNQUOTED.sub(_mask_unquoted, line)
    return line


def _mask_bearer(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{MASK}" if _entropy(found[3]) > 3.0 else found[0]


def _mask_loose(found: re.Match[str]) -> str:
    return f"{found[1]}{MASK}{found[1]}" if _looks_random(found[2]) else found[0]


def _mask_named(found: re.Match[str]) -> str:
    value = found["value"]
    prose = " " in value.strip() and not any(character.isdigit() for character in value)
    listed = found["sign"] == "," and _NAME_WITH_NUMBER.match(value)
    if value == MASK or prose or listed or _HARMLESS.match(value):
        return found[0]
    return f"{found['head']}{found['quote']}{MASK}{found['quote']}"


def _mask_unquoted(found: re.Match[str]) -> str:
    value = found["value"]
    plain = re.fullmatch(r"[\w.]+", value) is not None and _entropy(value) <= 3.0
    if plain or _HARMLESS.match(value) or not any(character.isdigit() for character in value):
        return found[0]
    return f"{found['head']}{MASK}"


def _looks_random(value: str) -> bool:
    """Return whether a quoted string is as irregular as a generated key: digests, names and paths are not."""
    mixed = any(map(str.islower, value)) and any(map(str.isupper, value)) and any(map(str.isdigit, value))
    if "0123456789" in value or "abcdefgh" in value.lower():
        return False  # an alphabet
    if not mixed or value.count("/") * 12 > len(value) or re.fullmatch(r"[0-9a-fA-F-]+", value):
        return False
    return 2 * sum(map(len, _WORDS.findall(value))) < len(value) and _entropy(value) > 4.2


def _entropy(value: str) -> float:
    """Return how many bits each character of `value` carries."""
    shares = [value.count(character) / len(value) for character in set(value)]
    return -sum(share * log2(share) for share in shares)
