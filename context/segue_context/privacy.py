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

__all__ = ["Verdict", "mask_around", "mask_secrets", "verdict", "verdict_on_disk"]


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


def mask_secrets(text: str) -> str:
    """Return `text` with its secrets replaced by ``<secret>``; see `segue_context.masking`, which is loaded here."""
    from segue_context import masking

    return masking.mask_secrets(text)


def mask_around(before: str, after: str) -> tuple[str, str]:
    """Return the texts before and after a place with their secrets replaced, one that the place cuts in two included."""
    from segue_context import masking

    return masking.mask_around(before, after)


def verdict_on_disk(path: Path, root: Path | None = None) -> Verdict:
    """Return the verdict on a file of the workspace `root`, with its text and the workspace's ignore files read."""
    from segue_context.index._ignore import SegueIgnores
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
        rule = SegueIgnores(root).rule_for(inside)
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
