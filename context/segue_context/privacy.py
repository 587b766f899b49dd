"""Which files may be used at all, and how secrets inside the others are masked.

A denied file is not indexed, not read for context, and not completed in. The rules are names, because a name is
known before anything is read; the text is looked at for private keys only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MASK", "Verdict", "mask_secrets", "verdict", "verdict_on_disk"]

MASK = "<secret>"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file may be used for completion and context, and why (or why not), as one sentence."""

    allowed: bool
    reason: str


_ENV_SAMPLES = re.compile(r"\.(example|sample|template|dist|defaults?|schema|d\.ts)$", re.IGNORECASE)
_SAMPLE_NAME = re.compile(r"[-._](example|sample|template)\b", re.IGNORECASE)

_DENIED_NAMES: tuple[tuple[str, str], ...] = (
    (r"\.env(\..+)?|.+\.env|\.envrc|\.flaskenv|env\.(local|production|staging)", "holds environment settings"),
    (r".+\.(pem|key|p12|pfx|p8|jks|jceks|keystore|bks|ppk|der|crt|cer|csr|p7b|p7c|spc|pvk|snk)",
     "holds a key or certificate"),
    ((r".+\.(gpg|pgp|asc|age|kdbx?|agilekeychain|keychain(-db)?|opvault|tfvars|tfstate(\.backup)?|ovpn|mobileprovision)"
     r"|.+\.auto\.tfvars(\.json)?|.+\.tfvars\.json"), "holds keys, passwords or infrastructure secrets"),
    (r"id_(rsa|dsa|ecdsa|ed25519)(_sk)?([._-].*)?|.+_(rsa|dsa|ecdsa|ed25519)|ssh_host_.*key.*|authorized_keys|known_hosts",
     "belongs to SSH"),
    ((r"\.?(netrc|pgpass|my\.cnf|mylogin\.cnf|dockercfg|boto|s3cfg|passwd|htpasswd|htdigest|git-credentials|npmrc|yarnrc"
     r"|yarnrc\.yml|pypirc|curlrc|wgetrc|fetchmailrc|rclone\.conf|vault-token|terraformrc|terraform\.rc|smbcredentials)"
     r"|_netrc|auth\.json|nuget\.config|settings-security\.xml|pip\.conf|pip\.ini|shadow|gshadow|sudoers"),
     "is where a tool keeps its credentials"),
    ((r"(.*[-._])?(credentials?|secrets?|passwords?|passwd|tokens?|apikeys?|api[-_]keys?)"
     r"(\.(json|ya?ml|toml|ini|cfg|conf|txt|xml|csv|properties|enc|env|local|production|dev|kdb|plist))*"),
     "is named as a place for credentials"),
    ((r"(.+[-_])?(client_secret|service[-_]?account|gcp[-_]?key|firebase-adminsdk|google-services|application_default_credentials)"
     r".*\.json|google-?service-?info\.plist|.*firebase-adminsdk.*\.json|accesstokens\.json|azureprofile\.json"),
     "holds a cloud credential"),
    ((r"(master|production|development|staging|test)\.key|credentials\.yml\.enc|secret_token\.rb|wp-config\.php"
     r"|local_settings\.py|\.?vault[-_]pass(word)?(\.txt)?|key\.properties|keystore\.properties|local\.properties"
     r"|\.?vault[-_]pass(word)?(\.txt)?|key\.properties|keystore\.properties"), "is named as a place for secrets"),
    (r"\.?(bash|zsh|sh|fish|python|psql|mysql|sqlite|rediscli|node_repl|irb|mongosh?|gdb|php)_history|\.histfile|\.viminfo",
     "is a history of what was typed"),
    (r".+\.(har|pcapng?|core|hprof|dmp)", "is a recording that holds whatever passed by"),
)  # fmt: skip
_DENIED_FOLDERS: dict[str, str] = {
    ".ssh": "SSH", ".gnupg": "GnuPG", ".aws": "AWS", ".azure": "Azure", ".kube": "Kubernetes", ".docker": "Docker",
    ".gcloud": "Google Cloud", ".password-store": "pass", ".secrets": "secrets", "secrets": "secrets",
    ".vault": "Vault", ".chef": "Chef", ".credentials": "credentials", ".oci": "Oracle Cloud", ".doctl": "DigitalOcean",
    ".terraform.d": "Terraform", ".1password": "1Password", ".mozilla": "a browser", "keychains": "macOS",
}  # fmt: skip
_DENIED_PATHS = re.compile(
    r"(^|/)(\.config/(gcloud|gh|hub|op|configstore|doctl|heroku|rclone|stripe)/|\.cargo/credentials(\.toml)?$|"
    r"\.gem/credentials$|\.bundle/config$|\.m2/settings\.xml$|\.gradle/gradle\.properties$|\.composer/auth\.json$|"
    r"\.git/config$|\.circleci/local|\.vercel/|\.netlify/|\.wrangler/|\.subversion/auth/|letsencrypt/|pki/)",
    re.IGNORECASE,
)
_CODE_SUFFIXES = frozenset(
    [
        ".py",
        ".pyi",
        ".js",
        ".jsx",
        ".mjs",
        ".cjs",
        ".ts",
        ".tsx",
        ".mts",
        ".cts",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".scala",
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".hpp",
        ".cs",
        ".rb",
        ".php",
        ".swift",
        ".ex",
        ".exs",
        ".lua",
        ".sh",
        ".md",
        ".rst",
        ".vue",
        ".svelte",
        ".sql",
        ".css",
        ".scss",
        ".html",
    ]
)
_NAMES = tuple((re.compile(pattern, re.IGNORECASE), reason) for pattern, reason in _DENIED_NAMES)
_PRIVATE_KEY = re.compile(
    r"^[ \t]*-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[ \t]*\r?\n(?:[\w-]+: .*\r?\n)*\s*[A-Za-z0-9+/=]{40}",
    re.MULTILINE,
)


@lru_cache(maxsize=8_192)
def _verdict_on_name(path: str) -> Verdict:
    pure = PurePosixPath(path)
    name = pure.name
    for part in pure.parts[:-1]:
        owner = _DENIED_FOLDERS.get(part.lower())
        if owner is not None and not (part.lower() == "secrets" and pure.suffix.lower() in _CODE_SUFFIXES):
            return Verdict(False, f"{name} is in {part}/, where {owner} keeps secrets.")
    if _DENIED_PATHS.search(path):
        return Verdict(False, f"{path} is where a tool keeps its credentials.")
    if _ENV_SAMPLES.search(name) or _SAMPLE_NAME.search(name):
        return Verdict(True, f"{name} is a sample, not the file with the secrets.")
    for pattern, reason in _NAMES:
        if pattern.fullmatch(name):
            return Verdict(False, f"{name} {reason}.")
    return Verdict(True, f"nothing about the name {name} speaks against it.")


def verdict(path: str | Path, text: str | None = None) -> Verdict:
    """Return whether the file at `path` may be used, judged by its path and, when given, its text.

    Path separators of any system are understood. No file is read and no ignore file is consulted here; see
    `verdict_on_disk`.
    """
    on_name = _verdict_on_name(str(path).replace("\\", "/"))
    if not on_name.allowed or text is None or "PRIVATE KEY" not in text or not _PRIVATE_KEY.search(text):
        return on_name
    return Verdict(False, "its text holds a private key.")


def verdict_on_disk(path: Path, root: Path | None = None) -> Verdict:
    """Return the verdict on a file of the workspace `root`, with its text and the workspace's ignore files read."""
    from segue_context.index._ignore import segue_ignores
    from segue_context.index._reading import read_file

    on_name = verdict(path)
    if not on_name.allowed:
        return on_name
    if root is not None:
        try:
            inside = path.resolve().relative_to(root.resolve()).as_posix()
        except (ValueError, OSError):
            return Verdict(False, f"{path} is outside the workspace {root}.")
        within = verdict(inside)
        if not within.allowed:
            return within
        rule = segue_ignores(root, inside)
        if rule:
            return Verdict(False, f"{inside} is excluded by {rule}.")
    read = read_file(path)
    if read.problem:
        sentences = {
            "missing": "there is no such file.",
            "denied": "it may not be read (permission denied).",
            "large": "it is too large to be source code.",
            "binary": "it is binary.",
            "irregular": "it is no regular file.",
            "unreadable": "it cannot be read.",
        }
        return Verdict(False, sentences[read.problem])
    return verdict(path, read.text)


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
    r"(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----).*?(-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_URL_PASSWORD = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>{}$]{0,80}:)([^\s/@'\"<>{}$%]{3,200})(@)", re.IGNORECASE
)
_SECRET_WORD = (
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|"
    r"encryption[_-]?key|signing[_-]?key|account[_-]?key|credential|connection[_-]?string)"
)
_SECRET_NAME = (
    rf"(?<![\w.-])[\w.-]{{0,48}}?{_SECRET_WORD}[\w.-]{{0,48}}"  # bounded: a long word must not take long
)
_NAMED = re.compile(
    rf"""(?P<head>{_SECRET_NAME}["']?(?:\s{{0,8}}:\s{{0,8}}[\w.<>|\[\] ]{{1,40}})?\s{{0,8}}(?:=>|:=|=|:|,)\s{{0,8}}[brfuBRFU@$]{{0,2}})
        (?P<quote>["'`])(?P<value>[^"'`\n]{{6,400}})(?P=quote)""",
    re.IGNORECASE | re.VERBOSE,
)
_UNQUOTED = re.compile(
    rf"""^(?P<head>[ \t]{{0,40}}(?:export[ ]|-[ ]|set[ ])?{_SECRET_NAME}[ \t]{{0,8}}[=:][ \t]{{0,8}})
        (?P<value>[A-Za-z0-9+/_.~!@\#$%^&*=-]{{12,400}})[ \t]*$""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_BEARER = re.compile(r"\b(Bearer|Basic|token)(\s+)([A-Za-z0-9._~+/=-]{20,})", re.IGNORECASE)
_LOOSE = re.compile(r"""(["'`])([A-Za-z0-9+/_=-]{32,200})\1""")
_HARMLESS = re.compile(
    r"^(?:[a-z]+(?:[ _.:/-][a-z]+)*|[A-Z]+(?:_[A-Z]+)*|(.)\1+|.*(?:\$\{|\{\{|%\(|<[a-z]|\bexample\b|\bplaceholder\b|\bchange.?me\b|"
    r"\bdummy\b|\byour[_ -]).*|[\w.-]+(?:\(|\[).*|x+|\*+)$",
    re.IGNORECASE,
)
_HINTS = re.compile(
    r"pass|pwd|secret|token|key|credential|bearer|basic|connection|://|-----BEGIN|AKIA|ASIA|gh[pousr]_|glpat|xox|sk-|[rs]k_|"
    r"AIza|eyJ|hf_|npm_|pypi-|SG\.|hvs\.|[A-Za-z0-9+/_=-]{32}",
    re.IGNORECASE,
)


def mask_secrets(text: str) -> str:
    """Return `text` with what looks like a secret replaced by `MASK`; lines stay where they were.

    Known token shapes, private key blocks, passwords in addresses, values given to names like ``password`` and
    quoted strings as random as keys are replaced. Words, placeholders and references to variables stay.
    """
    if not _HINTS.search(text):
        return text
    text = _KEY_BLOCK.sub(
        lambda found: (
            found[1]
            + re.sub(r"[^\n]+", MASK, found[0][len(found[1]) : len(found[0]) - len(found[2])])
            + found[2]
        ),
        text,
    )
    text = _TOKEN_SHAPES.sub(MASK, text)
    text = _URL_PASSWORD.sub(rf"\1{MASK}\3", text)
    text = _NAMED.sub(_mask_named, text)
    text = _UNQUOTED.sub(_mask_unquoted, text)
    text = _BEARER.sub(
        lambda found: found[0] if not _random_enough(found[3], 3.0) else f"{found[1]}{found[2]}{MASK}", text
    )
    return _LOOSE.sub(
        lambda found: f"{found[1]}{MASK}{found[1]}" if _looks_random(found[2]) else found[0], text
    )


def _mask_named(found: re.Match[str]) -> str:
    value = found["value"]
    if value == MASK or _HARMLESS.match(value) or (" " in value.strip() and not re.search(r"\d", value)):
        return found[0]
    return f"{found['head']}{found['quote']}{MASK}{found['quote']}"


def _mask_unquoted(found: re.Match[str]) -> str:
    value = found["value"]
    if (
        _HARMLESS.match(value)
        or not re.search(r"\d", value)
        or (re.fullmatch(r"[\w.]+", value) and not _random_enough(value, 3.0))
    ):
        return found[0]
    return f"{found['head']}{MASK}"


def _looks_random(value: str) -> bool:
    """Return whether a quoted string is as irregular as a generated key: hex digests and identifiers are not."""
    if re.fullmatch(r"[0-9a-fA-F-]+", value) or ("/" in value and value.count("/") * 12 > len(value)):
        return False
    classes = sum(bool(re.search(pattern, value)) for pattern in (r"[a-z]", r"[A-Z]", r"\d"))
    return (
        classes == 3 and _random_enough(value, 4.2) and not re.fullmatch(r"(?:[A-Za-z][a-z]+[\d_-]*)+", value)
    )


def _random_enough(value: str, bits: float) -> bool:
    """Return whether the characters of `value` carry more than `bits` of entropy each."""
    from math import log2

    counts = [value.count(character) / len(value) for character in set(value)]
    return -sum(share * log2(share) for share in counts) > bits
