"""Names of files that hold secrets: a name is known before anything is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath


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
    ((r"(.*[-._])?(credentials?|secrets?|passwords?|passwd|token|(?:access|api|auth|oauth|refresh|bot|user)[-_]?tokens|apikeys?|api[-_]keys?)"
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
    (r"\.?kube_?config(\..+)?|.+\.kubeconfig|\.?dockerconfigjson|.+\.dockerconfigjson|k8s[-_]secrets?\..+|sealed[-_]secrets?\..+",
     "holds access to a cluster or registry"),
    ((r"appsettings\.(production|prod|staging|secrets?|local)\.json|secrets\.json|local\.settings\.json|web\.release\.config"
      r"|application[-_](prod|production|secrets?|local)\.(ya?ml|properties)"
      r"|config\.(secret|secrets|local|prod|production)\.(js|ts|json|ya?ml|toml|php)|parameters\.yml|\.?pgpassfile"),
     "holds the settings of a deployment"),
    (r"wg\d*\.conf|wireguard.*\.conf|wpa_supplicant(-.*)?\.conf|ipsec\.secrets|chap-secrets|pap-secrets|.+\.nmconnection|.+\.openvpn",
     "holds the keys of a network"),
    (r"\.?mcp(\.local)?\.json|mcp[-_](servers|config|settings)\.json|claude_desktop_config\.json|\.claude\.json|cline_mcp_settings\.json",
     "names the keys of other servers"),
    ((r"(.*[-._ ])?(recovery|backup|2fa|mfa|totp|scratch)[-_ ]?(codes?|keys?|phrases?|seeds?)([-._ ].*)?\.(txt|md|csv|json|pdf|ya?ml|html)"
      r"|(.*[-._ ])?(seed|mnemonic)([-_ ]?phrase)?\.(txt|md|json)|wallet\.(dat|json)|keystore\.json|UTC--.+"),
     "is named as recovery codes or a wallet"),
    (r"\.?(ansible[-_])?vault\.ya?ml|.+\.vault(\.ya?ml)?|group_vars_vault\.ya?ml|\.sops\.ya?ml|.+\.sops\.(ya?ml|json)|.+\.enc\.ya?ml",
     "is a vault"),
    ((r"\.?msmtprc|\.muttrc|\.mailrc|\.?fetchmailrc|\.offlineimaprc|\.?ldaprc|ldap\.secret|\.?pgservice\.conf|\.pg_service\.conf|\.mongorc\.js|\.dbshell"
     r"|\.twurlrc|\.s3curl|\.passwd-s3fs|passwd-s3fs|\.databrickscfg|\.snowsql|\.snowflake|\.bigqueryrc|\.dockerhub|\.cloudflared|\.ngrok2?|ngrok\.yml|\.travis\.token"),
     "is where a tool keeps its credentials"),
    (r".+\.(har|pcapng?|core|hprof|dmp|rdb|sqldump)", "is a recording that holds whatever passed by"),
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
_KEY_FOLDERS = re.compile(r"(^|/)(letsencrypt|pki)/", re.IGNORECASE)
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


@lru_cache(maxsize=8_192)
def verdict_on_name(path: str) -> Verdict:
    """Return the verdict of the built-in rules on a path with slashes; nothing is read."""
    pure = PurePosixPath(path)
    name = pure.name
    for part in pure.parts[:-1]:
        owner = _DENIED_FOLDERS.get(part.lower())
        if owner is not None and not (part.lower() == "secrets" and pure.suffix.lower() in _CODE_SUFFIXES):
            return Verdict(False, f"{name} is in {part}/, where {owner} keeps secrets.")
    if _DENIED_PATHS.search(path) and not (
        _KEY_FOLDERS.search(path) and pure.suffix.lower() in _CODE_SUFFIXES
    ):
        return Verdict(False, f"{path} is where a tool keeps its credentials.")
    if _ENV_SAMPLES.search(name) or _SAMPLE_NAME.search(name):
        return Verdict(True, f"{name} is a sample, not the file with the secrets.")
    for pattern, reason in _NAMES:
        if pattern.fullmatch(name):
            return Verdict(False, f"{name} {reason}.")
    return Verdict(True, f"nothing about the name {name} speaks against it.")
