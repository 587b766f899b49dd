"""What is masked in what is sent: secrets of every kind, made up at run time, and nothing else."""

from __future__ import annotations

import random

import pytest

from segue_bench._secret_kinds import ALPHABETS, KINDS, Kind
from segue_bench.secrets import PATHS, leaks, written
from segue_context.masking import MASK, mask_around, mask_secrets


def made(template: str, seed: int = 5) -> str:
    return Kind("", template).made(random.Random(seed))


@pytest.mark.parametrize("path", PATHS)
def test_secrets_of_nearly_every_kind_are_masked_in_everything_that_is_sent(path: str) -> None:
    chance = random.Random(20)
    texts = [pair for kind in KINDS for pair in written(kind, chance)]
    kept = [text for text, secret in texts if leaks(PATHS[path](text), secret, text)]
    assert len(kept) <= 0.01 * len(texts), kept


def test_there_are_at_least_150_kinds() -> None:
    assert len({kind.name for kind in KINDS}) >= 150


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
        'api_key = "YOUR_API_KEY"',
        'password: "{{ vault_db_password }}"',
        "token: ${{ secrets.DEPLOY_TOKEN }}",
        'help = "the password of the account"',
        'sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        "tokens = tokenizer.tokenize(text)",
        'tokenizer = "cl100k_base"',
        'encoding = tiktoken.get_encoding("o200k_base")',
        'TOKEN_RE = re.compile(r"[A-Za-z0-9_]{2,40}")',
        'token_pattern = "[a-z]+[0-9]{3}"',
        'from "./components/authentication/password-reset-form"',
        'url = "https://example.com/path?key=value"',
        'class TokenAuthentication(BaseAuthentication): keyword = "Token"',
        'commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"',
        "uses: actions/checkout@4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "max_tokens: 4096",
        "kind: Secret\ntype: Opaque\nmetadata:\n  name: database-credentials",
        "kind: ConfigMap\ndata:\n  address: aHR0cHM6Ly9zZXJ2ZXIuaW50ZXJuYWw=",
        "kind: Secret\ndata:\n  url: ${DATABASE_URL}\n---\nkind: ConfigMap\ndata:\n  path: a2tra2pkamRqZGpk",
        'conn, err := net.Dial("tcp", "127.0.0.1:8080")',
        'pool.connect(address, "orders", "customers")',
        'session.login("reader", "password123")',
        "zip -r archive2024.zip folder1",
        "API-KEY-HEADER-NAME-OF-SERVICE",
        "live_reload_is_on_by_default_in_every_page_2",
        'path = "application/vnd.openxmlformats-officedocument.wordprocessingml"',
        'request_id = "123e4567-e89b-42d3-a456-426614174000"',
        "    cache_key = build_key(user.id, session.id)",
        'key: "user.profile.password.too_short"',
        "const token = tokens[index2];",
        "self.token = token_v2.value",
        "  password=password1)",
        "  token: token1,",
        'KEYWORDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"',
        "postgres://user:password@localhost/db",
        "if (token.kind === TokenKind.StringLiteral2) {",
        "proxy_auth=proxy.raw_auth,",
    ],
)
def test_ordinary_code_is_left_alone(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "line",
    [
        '"integrity": "sha512-{b:86}==",',
        'integrity="sha384-{b:64}"',
        'src="data:image/png;base64,iVBORw0KGgo{b:120}"',
        'ICON = "iVBORw0KGgo{b:120}"',
        'FONT = "d09GMgABAAAA{b:120}"',
        "golang.org/x/net v0.1.0 h1:{b:43}=",
        'checksum = "{h:64}"',
        'rev = "{h:40}"',
        '"tarball": "https://example.com/a-1.0.0.tgz#{h:40}"',
        '{ url = "https://example.com/a.whl", hash = "sha256:{h:64}" }',
        'cache_key = "{h:32}"',
        'ETAG = "{h:32}"',
        'id = "{h:8}-{h:4}-{h:4}-{h:4}-{h:12}"',
    ],
)
def test_digests_and_encoded_files_are_left_alone(line: str) -> None:
    for seed in range(20):
        text = made(line.replace("{ url", "( url").replace('" }', '" )'), seed)
        assert mask_secrets(text) == text


def test_a_secret_that_the_cursor_cuts_is_masked_on_both_sides() -> None:
    secret = made("{p:20}")
    text = f'password = "{secret}"\nconnect()\n'
    for cut in range(len(text)):
        shown = "".join(mask_around(text[:cut], text[cut:]))
        assert not leaks(shown, secret, text), cut


def test_a_secret_being_typed_is_masked() -> None:
    assert mask_secrets('x = 1\nAPI_TOKEN = "' + made("{w:18}")) == f'x = 1\nAPI_TOKEN = "{MASK}'


def test_masking_keeps_the_lines() -> None:
    body = made("{b:64}")
    marks = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    text = f"a = 1\n{marks[0]}\n{body}\n{body}\n{marks[1]}\nb = 2\n"
    masked = mask_secrets(text)
    assert body not in masked
    assert masked.count("\n") == text.count("\n")
    assert masked.startswith("a = 1\n")
    assert masked.endswith("b = 2\n")


def test_masking_twice_changes_nothing() -> None:
    chance = random.Random(6)
    for kind in KINDS:
        for text, _ in written(kind, chance):
            assert mask_secrets(mask_secrets(text)) == mask_secrets(text)


def test_text_in_other_scripts_is_masked_in_place() -> None:
    secret = made("{w:20}")
    assert mask_secrets(f'İstanbul = "é"  # ключ\ndb_password = "{secret}"') == (
        f'İstanbul = "é"  # ключ\ndb_password = "{MASK}"'
    )


def test_long_hostile_text_is_masked_in_linear_time() -> None:
    for text in (
        "password" * 20_000,
        "a" * 200_000,
        "token = " + "'" * 100_000,
        "x://" * 50_000,
        "eyJ" * 60_000,
        "password=" * 20_000,
        "curl -u " * 20_000,
        "://a:" * 40_000,
        "-----BEGIN PRIVATE KEY-----" * 4_000,
        "a\n" * 50_000 + "-----END PRIVATE KEY-----",
        "?key=" * 30_000,
    ):
        assert len(mask_secrets(text)) > 0


def test_alphabets_are_what_their_names_say() -> None:
    assert all(len(set(characters)) == len(characters) for characters in ALPHABETS.values())
