"""Which files may be used, and what is masked in the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue_context import privacy
from segue_context.privacy import SendingRules, verdict, verdict_on_disk

DENIED = [
    ".env",
    ".env.local",
    ".env.production",
    "prod.env",
    "app/.env",
    ".envrc",
    ".flaskenv",
    "server.pem",
    "private.key",
    "cert.p12",
    "store.pfx",
    "app.keystore",
    "release.jks",
    "host.crt",
    "ca.cer",
    "request.csr",
    "client.ppk",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa.pub",
    "keys/deploy_rsa",
    "ssh_host_rsa_key",
    "known_hosts",
    "authorized_keys",
    ".ssh/config",
    "home/.ssh/anything",
    ".aws/credentials",
    ".aws/config",
    ".azure/x",
    ".kube/config",
    ".docker/config.json",
    ".gnupg/trustdb",
    ".netrc",
    "_netrc",
    ".pgpass",
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".htpasswd",
    ".git-credentials",
    ".my.cnf",
    ".dockercfg",
    ".s3cfg",
    ".boto",
    ".config/gcloud/anything.json",
    ".config/gh/hosts.yml",
    ".cargo/credentials.toml",
    ".m2/settings.xml",
    ".gem/credentials",
    "auth.json",
    "credentials",
    "credentials.json",
    "secrets.yml",
    "secrets.yaml",
    "app-secrets.json",
    "db_password.txt",
    "api_keys.json",
    "secret.toml",
    "client_secret_123.json",
    "service-account.json",
    "my-service-account-key.json",
    "google-services.json",
    "GoogleService-Info.plist",
    "config/master.key",
    "config/credentials.yml.enc",
    "wp-config.php",
    "terraform.tfvars",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "prod.auto.tfvars",
    "vault.kdbx",
    "backup.gpg",
    "notes.asc",
    "vpn.ovpn",
    ".bash_history",
    ".python_history",
    ".psql_history",
    "trace.har",
    "deploy/secrets/db.yaml",
    "pip.conf",
    "nuget.config",
    "token",
    "key.properties",
    "kubeconfig",
    "dev.kubeconfig",
    ".dockerconfigjson",
    "appsettings.Production.json",
    "wg0.conf",
    ".mcp.json",
    "recovery-codes.txt",
    "github-recovery-codes.txt",
    "backup_codes.md",
    "wallet.dat",
    "access-tokens.json",
    "ipsec.secrets",
    "group_vars/vault.yml",
    "home.nmconnection",
    "local.settings.json",
    "pki/ca.pem",
    "pki/index.txt",
]

ALLOWED = [
    "main.py",
    "src/app.ts",
    "README.md",
    ".env.example",
    ".env.sample",
    ".env.template",
    "config/environment.rb",
    "env.py",
    "dotenv.js",
    "keyboard.py",
    "keys.py",
    "tokenizer.py",
    "token.go",
    "tokens.rs",
    "secrets.py",
    "secret_santa.py",
    "password_reset.py",
    "credentials.go",
    "credentials.ts",
    "passwords_controller.rb",
    "test_credentials.py",
    "Makefile",
    "Dockerfile",
    "docker-compose.yml",
    "package.json",
    "tsconfig.json",
    ".github/workflows/ci.yml",
    "public_key.py",
    "key.py",
    "certificate.py",
    "pem.go",
    "monkey.py",
    ".gitignore",
    ".editorconfig",
    "secrets/store.go",
    "Cargo.toml",
    "pyproject.toml",
    "settings.py",
    "settings.xml",
    "locale/en.json",
    "assets/keymap.json",
    "src/auth.ts",
    "authority.json",
    "tokens.json",
    "design-tokens.json",
    "pki/ca.py",
    "internal/pki/issue.go",
    "appsettings.json",
    "recovery.py",
    "src/wallet.ts",
    "vault.go",
    "mcp.py",
    "docs/recovery.md",
]


@pytest.mark.parametrize("path", DENIED)
def test_denied(path: str) -> None:
    result = verdict(path)
    assert not result.allowed
    assert result.reason.endswith(".")


@pytest.mark.parametrize("path", ALLOWED)
def test_allowed(path: str) -> None:
    assert verdict(path).allowed, verdict(path).reason


def test_case_and_separators_do_not_matter() -> None:
    assert not verdict("C:\\Users\\me\\.AWS\\Credentials").allowed
    assert not verdict("Server.PEM").allowed
    assert not verdict(Path("x/.ENV")).allowed


def test_a_private_key_in_the_text_denies_a_file() -> None:
    key = (
        "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA7v9" * 4 + "\n-----END RSA PRIVATE KEY-----\n"
    )
    assert not verdict("notes.txt", key).allowed
    assert "private key" in verdict("notes.txt", key).reason
    assert verdict("parser.py", 'MARK = "-----BEGIN RSA PRIVATE KEY-----"\n').allowed


def test_the_verdict_on_disk_reads_ignore_files_and_the_text(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "sub" / "inner").mkdir(parents=True)
    (root / ".segueignore").write_text("*.sql\nsub/inner/\n")
    (root / "sub" / ".segueignore").write_text("mine.py\n")
    for path in ("a.py", "dump.sql", "sub/mine.py", "sub/inner/b.py", "sub/c.py"):
        (root / path).write_text("x = 1\n")
    (root / "data.bin").write_bytes(b"\0\1")
    assert verdict_on_disk(root / "a.py", root).allowed
    assert verdict_on_disk(root / "sub" / "c.py", root).allowed
    for path, words in {
        "dump.sql": "excluded by .segueignore",
        "sub/mine.py": "excluded by sub/.segueignore",
        "sub/inner/b.py": "excluded by .segueignore",
        "data.bin": "binary",
        "none.py": "no such file",
        ".env": "environment settings",
    }.items():
        result = verdict_on_disk(root / path, root)
        assert not result.allowed
        assert words in result.reason
    assert not verdict_on_disk(tmp_path / "outside.py", root).allowed


@pytest.mark.parametrize(
    ("configured", "denied"),
    [
        ("[core]\n\tignorecase = true\n", True),
        ('[core "x"]\nbare = no\n[Core] IgnoreCase=Yes # on this disk\n', True),
        ("[core]\n\tignorecase\n", True),
        ("[core]\n\tignorecase = false\n", False),
        ("[other]\n\tignorecase = true\n", False),
    ],
)
def test_letters_match_in_either_case_where_the_repository_says_so(
    tmp_path: Path, configured: str, denied: bool
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(configured)
    (tmp_path / ".segueignore").write_text("Secrets/\n")
    rules = SendingRules(tmp_path)
    assert not rules.may_leave("Secrets/a.py")
    assert rules.may_leave("secrets/a.py") is not denied


def test_a_path_of_a_thousand_folders_is_judged(tmp_path: Path) -> None:
    (tmp_path / ".segueignore").write_text("*.sql\n")
    deep = "/".join("d" * 1_500)
    rules = SendingRules(tmp_path)
    assert rules.may_leave(f"{deep}/a.py")
    assert not rules.may_leave(f"{deep}/a.sql")


def test_the_door_of_the_room_shows_it() -> None:
    assert set(privacy.__all__) == {
        "SendingRules",
        "Verdict",
        "mask_around",
        "mask_secrets",
        "verdict",
        "verdict_on_disk",
    }
