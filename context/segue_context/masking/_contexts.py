"""Secrets that their surroundings give away: addresses, webhooks, connection strings, headers, command lines."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from segue_context.masking._values import JUDGED_CHARS, generated, harmless, irregular, placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BASIC_VALUE = r"[ \t]{1,4}(?P<generated>[A-Za-z0-9+/_-]{12,2000}={0,2})"
_SCHEME_VALUE = r"[ \t]{1,4}(?P<generated>[A-Za-z0-9._~+/=-]{16,400})"
_HEADER_VALUE = r"\\?[\"']?[ \t]{0,4}[:=,][ \t]{0,4}\\?[\"']?(?:[A-Za-z_-]{2,20}[ \t]{1,4})?(?P<value>[A-Za-z0-9._~+/=:-]{16,4000})"
_TWO_ARGUMENTS = r"\s?[\"'][^\"'\n]{1,80}[\"']\s?,\s?[\"'](?P<value>[^\"'\n]{4,100})[\"']"
"""Two arguments: a user and their password."""

# A pattern that begins with a literal is found ten times faster than one that begins with alternatives.
_CONTEXTS: tuple[tuple[str, str], ...] = (
    # webhooks
    ("hooks", r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/_-]{20,120})"),
    ("hooks", r"hooks\.zapier\.com/hooks/catch/(?P<secret>[\w/-]{6,80})"),
    ("hooks", r"/hooks/(?P<secret>[A-Za-z0-9]{20,80})\b"),
    ("hook", r"/bot/v2/hook/(?P<secret>[\w-]{16,80})"),
    ("ifttt", r"ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/(?P<secret>[\w-]{8,80})"),
    ("webhooks", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{5,25}/(?P<secret>[\w-]{20,120})"),
    ("webhooks webhook", r"://[\w.-]{1,80}/[\w./-]{0,80}webhooks?/(?P<secret>[\w/-]{24,200})"),
    ("webhook", r"webhook\.office\.com/webhookb2/(?P<secret>[^\s\"'<>]{20,300})"),
    ("webhook", r"outlook\.office(?:365)?\.com/webhook/(?P<secret>[^\s\"'<>]{20,300})"),
    ("telegram", r"telegram\.org/bot(?P<secret>[\w:-]{20,80})"),
    # headers
    ("Bearer bearer BEARER", r"(?:earer|EARER)(?:[ \t]{1,4}|%20|\\?[\"']\s{0,4}[+.,]\s{0,4}\\?[\"'])(?P<value>[A-Za-z0-9._~+/=-]{16,4000})"),
    ("Basic basic", rf"asic{_BASIC_VALUE}"),
    ("BASIC", rf"ASIC{_BASIC_VALUE}"),
    ("Token token", rf"oken{_SCHEME_VALUE}"),
    ("TOKEN", rf"OKEN{_SCHEME_VALUE}"),
    ("Authorization authorization Proxy-Authorization", rf"uthorization{_HEADER_VALUE}"),
    ("AUTHORIZATION", rf"UTHORIZATION{_HEADER_VALUE}"),
    # command lines
    ("curl", r"curl\b[^\n|]{0,400}?[ \t](?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^\s:\"'$]{1,80}:(?P<secret>[^\s\"']{3,200})"),
    ("wget", r"wget\b[^\n|]{0,400}?--(?:http-|ftp-)?password[ =][\"']?(?P<secret>[^\s\"']{3,200})"),
    ("sshpass", r"sshpass[ \t]{1,8}-p[ \t]{0,8}[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("mysql mysqldump mysqladmin mariadb", r"(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|]{0,200}?[ \t]-p[\"']?(?P<secret>[^\s\"'=-][^\s\"']{3,200})"),
    ("login", r"(?:docker|podman|helm registry|az|oc)[ \t]{1,4}login\b[^\n|]{0,200}?[ \t](?:-p|--password)[ =][\"']?(?P<secret>[^\s\"']{4,2000})"),
    ("htpasswd", r"htpasswd[ \t]{1,4}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}[ \t]{1,4}\S{1,80}[ \t]{1,4}\S{1,80}[ \t]{1,4}[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("pass passin passout", r"pass(?:in|out)?[\"', \t]{1,4}pass:(?P<secret>[^\s\"']{3,200})"),
    ("redis-cli", r"redis-cli\b[^\n|]{0,200}?[ \t](?:-a|--pass)[ =][\"']?(?P<secret>[^\s\"']{3,200})"),
    ("chpasswd", r"echo[ \t]{1,4}[\"']?[\w.-]{1,40}:(?P<secret>[^\s\"'|]{3,200})[\"']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t])?chpasswd"),
    ("ConvertTo-SecureString", r"ConvertTo-SecureString[ \t]{1,4}(?:-String[ \t]{1,4})?[\"'](?P<secret>[^\"'\n]{4,200})"),
    ("IDENTIFIED identified", r"(?:dentified|DENTIFIED)[ \t]{1,4}(?:(?:with|WITH)[ \t]{1,4}\S{1,40}[ \t]{1,4})?(?:by|BY|as|AS)[ \t]{1,4}(?:(?:password|PASSWORD)[ \t]{1,4})?[\"'](?P<secret>[^\"'\n]{4,200})"),
    ("az", r"\baz (?:ad|acr|vm|login)\b[^\n|]{0,200}?[ \t](?:-p|--password|--admin-password)[ =][\"']?(?P<secret>[^\s\"']{4,200})"),
    ("sqlcmd bcp osql", r"(?:sqlcmd|bcp|osql)\b[^\n|]{0,200}?[ \t]-P[ ]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,200})"),
    ("mongo mongosh mongodump mongorestore mongoexport mongoimport", r"mongo\w{0,7}\b[^\n|]{0,200}?[ \t]-p[ =]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,200})"),
    ("sqlplus", r"sqlplus\b[^\n|/]{0,80}?[\w$]{1,40}/[\"']?(?P<secret>[^\s@\"'/]{3,60})@"),
    ("unzip zip", r"zip\b[^\n|]{0,80}?[ \t]-P[ ]?[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("7z 7za", r"7za?\b[^\n|]{0,80}?[ \t]-p[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd", r"ldap[a-z]{3,8}\b[^\n|]{0,200}?[ \t]-w[ ]?[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("smbclient rpcclient", r"client\b[^\n|]{0,200}?[ \t]-U[ =]?[\"']?[\w.\\/-]{1,60}%(?P<secret>[^\s\"']{3,200})"),
    ("net", r"net use [^\n|]{1,120}?/user:\S{1,60}[ \t](?P<secret>[^\s\"'/]{3,200})"),
    ("authtoken add-authtoken", r"authtoken[ \t]{1,4}(?P<value>\w{20,100})"),
    ("ssh-keygen", r"ssh-keygen\b[^\n|]{0,200}?[ \t]-N[ \t]{1,4}[\"']?(?P<secret>[^\s\"']{3,200})"),
    ("unseal", r"operator unseal[ \t]{1,4}(?P<secret>[A-Za-z0-9+/]{30,80}={0,2})"),
    ("auth", r"-auth[ =][\"']?[\w.@-]{1,60}:(?P<secret>[^\s\"']{4,200})"),
    # arguments in order: a name, then its password
    ("mysqli_connect mysqli mysql_connect PDO pg_connect getConnection DriverManager connect",
        r"(?:mysqli?(?:_connect)?|PDO|getConnection|connect)\s?\([^()\n]{1,160}?,\s?[\"'][^\"'\n]{1,60}[\"'],\s?[\"'](?P<value>[^\"'\n]{4,100})[\"']"),
    ("login", rf"login\({_TWO_ARGUMENTS}"),
    ("auth basic_auth basicAuth setBasicAuth SetBasicAuth HTTPBasicAuth HTTPDigestAuth BasicAuth DigestAuth", rf"uth\s?=?\s?\({_TWO_ARGUMENTS}"),
    ("NetworkCredential PSCredential UsernamePasswordCredentials", rf"redentials?\({_TWO_ARGUMENTS}"),
    ("accounts", r"accounts\\?[\"']?\s{0,4}[:=]\s{0,4}\[\s{0,20}[\"'](?P<generated>(?:0x)?[0-9a-fA-F]{64})"),
    ("Wallet from_key privateKeyToAccount fromPrivateKey from_private_key", r"(?:Wallet|from_key|privateKeyToAccount|fromPrivateKey|from_private_key)\(\s?[\"'](?P<generated>(?:0x)?[0-9a-fA-F]{64})"),
    ("kty", r"\"(?:d|p|q|dp|dq|qi|k)\"\s{0,4}:\s{0,4}\"(?P<secret>[A-Za-z0-9_-]{20,2000})\""),
    ("github-oauth gitlab-oauth gitlab-token bitbucket-oauth bearer", r"\"(?:git\w{3}-(?:oauth|token)|bitbucket-oauth|bearer)\"\s{0,4}:\s{0,4}\{\s{0,20}\"[^\"\n]{1,80}\"\s{0,4}:\s{0,4}\"(?P<secret>[^\"\n]{8,400})\""),
    # files of tools
    ("tcp unix", r":(?P<secret>[^\s:@\"'`/]{3,100})@(?:tcp|unix)\("),
    ("oracle", r"jdbc:oracle:\w{3,5}:[\w$]{1,40}/(?P<secret>[^\s@\"'/]{3,60})@"),
    ("5432 6432", r":[56]432:[\w*.-]{1,60}:[\w*.-]{1,60}:(?P<secret>[^\s:\"']{4,200})"),
    ("Unseal", r"Unseal Key \d{1,2}:[ \t]{0,4}(?P<secret>[A-Za-z0-9+/]{30,80}={0,2})"),
    ("password", r"password[ \t](?:[05789]|encrypted)[ \t](?P<secret>[^\s\"']{4,200})"),
    ("secret", r"secret[ \t](?:[05789]|encrypted)[ \t](?P<secret>[^\s\"']{4,200})"),
    ("stats", r"stats auth \S{1,60}?:(?P<secret>\S{3,200})"),
    ("insecure-password", r"insecure-password[ \t]{1,8}(?P<secret>\S{3,200})"),
    ("25 465 587", r"\]:(?:25|465|587)[ \t]{1,8}[^\s:]{1,80}:(?P<secret>\S{3,200})"),
    ("gems", r"bundle config \S[^\n]{3,120}?[ \t](?P<secret>[\w.-]{1,80}:[^\s\"'/]{4,200})"),
    ("gems", r"://(?P<secret>[0-9a-f]{8}:[0-9a-f]{8})@gems\."),
    ("configure", r"aws configure set \w{1,40}(?:_key|_token) (?P<secret>[^\s\"']{16,400})"),
    ("machine", r"machine[ \t]{1,4}\S{1,120}[\s+-]{1,40}login[\s+-]{1,8}\S{1,120}[\s+-]{1,40}password\s{1,8}(?P<secret>\S{3,400})"),
    ("login", r"\blogin[ \t]{1,8}\S{1,120}[ \t]{1,8}password[ \t]{1,8}(?P<secret>\S{3,400})"),
    ("_authToken _auth", r"_auth(?:Token)?[ \t]{0,4}=[ \t]{0,4}[\"']?(?P<secret>[^\s\"']{6,2000})"),
    ("_password", r":_password[ \t]{0,4}=[ \t]{0,4}[\"']?(?P<secret>[^\s\"']{4,2000})"),
    ("PrivateKey PresharedKey", r"(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}(?P<secret>[A-Za-z0-9+/]{42,43}=?)"),
    ("client-key-data", r"client-key-data\"?[ \t]{0,4}:[ \t]{0,4}\"?(?P<secret>[A-Za-z0-9+/=]{20,20000})"),
    ("APP_KEY", r"APP_KEY[ \t]{0,4}=[ \t]{0,4}[\"']?base64:(?P<secret>[A-Za-z0-9+/]{20,100}={0,2})"),
    ("otpauth", r"otpauth://\w{2,8}/[^\s\"'?]{0,120}\?[^\s\"']{0,200}?secret=(?P<secret>[A-Z2-7]{8,200})"),
    ("auth", r"\"auth\"[ \t]{0,4}:[ \t]{0,4}\"(?P<secret>[A-Za-z0-9+/]{12,2000}={0,2})\""),
    ("PWD", r"PWD=\{?(?P<secret>[^\s\"';}]{3,200})"),
)  # fmt: skip
"""Words to look for first, and what surrounds the secret.

The group says when it counts: `secret` always, `value` unless it is harmless, `generated` if it looks so.
"""

_BY_WORD: dict[str, list[str]] = {}
for _words, _pattern in _CONTEXTS:
    for _word in _words.split():
        _BY_WORD.setdefault(_word, []).append(_pattern)

_PASSWORD_LINE = re.compile(
    r"(?:^[+\- ]?|[\"'])[\w*.:/-]{1,120}?:(?:\d{1,5}|\*):(?:\w[\w.-]{0,60}|\*):[\w*.@-]{1,60}:"
    r"(?P<secret>(?:\\[^\n]|[^\s:\\\"']){4,200})(?=[\"']|[ \t\r]*$)",
    re.MULTILINE,
)
"""A line of PostgreSQL's file of passwords: host, port, database, user, password; some of them a star."""
_KIND_SECRET = re.compile(r"kind\\?\"?[ \t]{0,4}:[ \t]{0,4}\\?\"?Secret\b")
_NEXT_DOCUMENT = re.compile(r"^[+\- ]?---", re.MULTILINE)
_SECRET_DATA = re.compile(
    r"^[+\- ]?(?P<indent> {0,40})(?:data|stringData):[ \t]*\r?\n(?P<body>(?:[+\- ]?(?P=indent) [^\n]*\n?){1,400})"
    r"|\"(?:data|stringData)\"\s{0,20}:\s{0,20}\{(?P<members>[^{}]*)\}",
    re.MULTILINE,
)
_DATUM = re.compile(
    r"(?:^|[,{])[+\- \t]*\"?[\w.-]{1,120}\"?[ \t]{0,8}:[ \t]{1,8}[\"']?(?P<value>[^\s\"'|>{&*]{4,20000})",
    re.MULTILINE,
)
_QUERY = re.compile(
    r"[?&;](?:amp;)?(?:sig|signature|token|access_token|auth_token|id_token|refresh_token|key|api_?key|apikey|secret|client_secret|password|passwd"
    r"|pwd|pass|code|auth|x-amz-signature|x-amz-security-token|x-goog-signature|subscription-key|sv_sig|hmac|jwt|sas|private_token|hapikey|appid)="
    r"(?P<value>[^\s&\"'<>#`]{8,4000})",
    re.IGNORECASE,
)
_USER_INFO = re.compile(
    r"://(?P<user>[^\s:/@\"'<>`]{0,200})(?::(?P<password>[^\s\"'<>`]{1,300}?))?@(?=[\w.\[{$%-])(?![^\s/\"'<>`]{0,200}@)"
)
_WELL_KNOWN = frozenset({"password", "pass", "pwd", "passwd", "pw", "secret", "user", "username", "token"})


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def gives_context(word: str) -> bool:
    """Return whether a word may stand before a secret that has no name."""
    return word.lstrip("-") in _BY_WORD


def secrets_in_context(text: str, words: Iterable[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the extents of secrets that what stands around them gives away.

    `words` are those of `text` for which `gives_context`.
    """
    patterns = {pattern for word, _, _ in words for pattern in _BY_WORD[word.lstrip("-")]}
    for pattern in patterns:
        for found in _compiled(pattern).finditer(text):
            group = found.lastgroup or "secret"
            if _counts(group, found[group]):
                yield found.span(group)
    if ":*:" in text:
        for found in _PASSWORD_LINE.finditer(text):
            if _counts("secret", found["secret"]):
                yield found.span("secret")
    if "://" in text:
        yield from _in_addresses(text)
    if "Secret" in text:
        yield from _in_kubernetes_secrets(text)


def _counts(group: str, value: str) -> bool:
    if placeholder(value) or value[0] in "$%{<" or value.lower().rstrip("0123456789") in _WELL_KNOWN:
        return False
    if group == "generated":
        return generated(value) or irregular(value[:JUDGED_CHARS].replace(".", ""))
    return group == "secret" or not harmless(value, quoted=True)


def _in_kubernetes_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield every value of a manifest of the kind Secret, in YAML and JSON: the name of none says what it is."""
    begin = 0
    for end in [*(found.start() for found in _NEXT_DOCUMENT.finditer(text)), len(text)]:
        if _KIND_SECRET.search(text, begin, end):
            for data in _SECRET_DATA.finditer(text, begin, end):
                inside = data.span("members" if data["members"] is not None else "body")
                for found in _DATUM.finditer(text, *inside):
                    if not placeholder(found["value"]) and found["value"][0] not in "$%<":
                        yield found.span("value")
        begin = end


def _in_addresses(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        for found in _USER_INFO.finditer(text):
            password = found["password"]
            if password:
                if (
                    password.lower() not in _WELL_KNOWN
                    and not placeholder(password)
                    and password[0] not in "$%{<"
                ):
                    yield found.span("password")
                if generated(found["user"]):
                    yield found.span("user")
            elif generated(found["user"]):
                yield found.span("user")
    if "=" in text:
        for found in _QUERY.finditer(text):
            if not harmless(found["value"], quoted=True) and not found["value"].isdigit():
                yield found.span("value")
