"""Which files may be used, and what is masked in the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue_context import privacy
from segue_context.privacy import MASK, mask_secrets, verdict, verdict_on_disk

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
    "tokens.json",
    "key.properties",
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


SECRETS = [
    ('key = "AKIAIOSFODNN7EXAMPLX"', "AKIAIOSFODNN7EXAMPLX"),
    ("token: ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    ('openai = "sk-proj-abcdEFGH1234567890ijklMNOP"', "sk-proj-abcdEFGH1234567890ijklMNOP"),
    ('stripe("sk_live_4eC39HqLyjWDarjtT1zdp7dc")', "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("SLACK=xoxb-123456789012-abcdefghijkl", "xoxb-123456789012-abcdefghijkl"),
    ('g = "AIzaSyA1234567890abcdefghijklmnopqrstuv"', "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    ('hf = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"', "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"),
    ("url = 'postgres://admin:s3cr3tpw@db.local/shop'", "s3cr3tpw"),
    ('password = "hunter2hunter2"', "hunter2hunter2"),
    ("DB_PASSWORD: 'Tr0ub4dor&3'", "Tr0ub4dor&3"),
    ('"api_key": "9f8e7d6c5b4a39281706f5e4d3c2b1a0"', "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ('const clientSecret: string = "q8#Lm2!xZp0v";', "q8#Lm2!xZp0v"),
    ("export API_TOKEN=a8f5f167f44f4964e6c998dee827110c", "a8f5f167f44f4964e6c998dee827110c"),
    ("Authorization: Bearer abcdEFGH12345678ijklMNOP90", "abcdEFGH12345678ijklMNOP90"),
    ("jwt = eyJhbGciOiJIUzI1NiIsInR5.eyJzdWIiOiIxMjM0NTY3.SflKxwRJSMeKKF2QT4fw", "SflKxwRJSMeKKF2QT4fw"),
    ('salt = "kX9vQ2mZ7pL4wR8tY1nB6cF3hJ5sD0gA"', "kX9vQ2mZ7pL4wR8tY1nB6cF3hJ5sD0gA"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_masked(text: str, secret: str) -> None:
    masked = mask_secrets(text)
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "def reset_password(user, token): return token == user.token",
        'password = os.environ["DB_PASSWORD"]',
        "password = getpass.getpass()",
        'PASSWORD_FIELD = "password"',
        'secret_name = "database_password"',
        'token = "${GITHUB_TOKEN}"',
        'api_key = "<your api key>"',
        'help = "the password of the account"',
        'sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        "tokens = tokenizer.tokenize(text)",
        'from "./components/authentication/password-reset-form"',
        'url = "https://example.com/path?key=value"',
        'class TokenAuthentication(BaseAuthentication): keyword = "Token"',
        'commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"',
        "max_tokens: 4096",
        'path = "application/vnd.openxmlformats-officedocument.wordprocessingml"',
    ],
)
def test_ordinary_code_is_left_alone(text: str) -> None:
    assert mask_secrets(text) == text


def test_masking_keeps_the_lines() -> None:
    text = (
        "a = 1\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----\nb = 2\n"
    )
    masked = mask_secrets(text)
    assert "MIIE" not in masked
    assert masked.count("\n") == text.count("\n")
    assert masked.startswith("a = 1\n")
    assert masked.endswith("b = 2\n")


def test_masking_twice_changes_nothing() -> None:
    for text, _ in SECRETS:
        assert mask_secrets(mask_secrets(text)) == mask_secrets(text)


def test_long_hostile_text_is_masked_in_linear_time() -> None:
    for text in (
        "password" * 20_000,
        "a" * 200_000,
        "token = " + "'" * 100_000,
        "x://" * 50_000,
        "eyJ" * 60_000,
    ):
        assert len(mask_secrets(text)) > 0


def test_the_door_of_the_room_shows_it() -> None:
    assert set(privacy.__all__) == {"MASK", "Verdict", "mask_secrets", "verdict", "verdict_on_disk"}
