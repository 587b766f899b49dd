"""Names that are given to secrets: which say so, and which only hint at it."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

_STRONG = (
    "password", "passwd", "passphrase", "passcode", "passwort", "secret", "token", "credential", "mnemonic", "pwd",
    "apikey", "accesskey", "secretkey", "privatekey", "authkey", "signingkey", "encryptionkey", "accountkey",
    "sharedaccesskey", "connectionstring", "connstr", "masterkey", "sharedkey", "licensekey", "seedphrase",
    "recoverycode", "clientkey", "storagekey", "presharedkey", "appkey", "adminkey", "servicekey", "keydata",
    "secretkeybase", "sessionkey", "subscriptionkey", "consumerkey", "hmackey", "jwtkey", "fernetkey", "cookiekey",
    "deploykey", "webhookkey", "storepass", "keypass", "apihash", "hashsalt", "erlangcookie", "functionskey", "integrationkey", "routingkey", "ingestionkey", "apisecret", "bindpw",
)  # fmt: skip
_WEAK = frozenset({
    "key", "auth", "salt", "seed", "pepper", "session", "cookie", "sid", "sig", "signature", "webhook", "bearer", "jwt", "otp",
    "totp", "license", "pin", "dsn", "authtoken", "creds", "cred", "pat", "phrase", "sessionid", "sessid", "phpsessid", "jsessionid",
})  # fmt: skip
_VENDORS = frozenset({
    "adafruit", "adobe", "airbrake", "algolia", "alibaba", "amplitude", "anthropic", "asana", "atlassian", "auth0", "aws", "azure",
    "beamer", "bitbucket", "bittrex", "braintree", "bugsnag", "cloudflare", "codecov", "cohere", "coinbase", "confluent",
    "contentful", "datadog", "dropbox", "droneci", "etsy", "facebook", "fastly", "finicity", "finnhub", "flickr",
    "freshbooks", "gitter", "gocardless", "heroku", "hubspot", "intercom", "jfrog", "kraken", "kucoin", "launchdarkly",
    "linkedin", "linode", "looker", "mailchimp", "mailgun", "mapbox", "mattermost", "messagebird", "mistral", "mixpanel",
    "netlify", "newrelic", "ngrok", "nytimes", "okta", "openai", "opsgenie", "pagerduty", "paypal", "plaid", "postmark",
    "rapidapi", "rollbar", "segment", "sendbird", "sentry", "shodan", "snyk", "sonar", "spotify", "splunk", "squarespace",
    "stripe", "sumologic", "telegram", "travisci", "trello", "twilio", "twitch", "twitter", "typeform", "vercel",
    "vultr", "wandb", "yandex", "zendesk",
})  # fmt: skip
_TAIL_PARTS = frozenset({"psk", "pass", "pw", "pwd", "psw", "pswd", "passw", "pword", "passwd"})
_QUALIFIERS = frozenset(
    {
        "prod", "production", "dev", "development", "staging", "stage", "test", "testing", "live", "old", "new", "value", "default",
        "current", "primary", "secondary", "backup", "string", "str", "text", "plain", "raw", "b64", "base64", "hex", "const",
        "data", "override", "fallback", "main", "master", "root", "admin", "local", "encoded", "a", "b",
    }
)  # fmt: skip
_PUBLIC = frozenset(
    {
        "cache", "public", "pub", "sha", "sha1", "sha256", "hash", "digest", "checksum", "integrity", "commit", "rev", "etag",
        "uuid", "guid", "fingerprint", "thumbprint", "foreign", "sort", "partition", "primary", "publishable", "site",
    }
)  # fmt: skip
_WORDY = ("mnemonic", "passphrase", "seedphrase", "phrase", "recoveryphrase")

_BUNDLER = "bundle_"
"""Bundler's settings for a host: ``BUNDLE_GEMS__EXAMPLE__COM``."""

_STEMS = (
    "passw", "passp", "passc", "pswd", "pword", "pwd", "secret", "token", "credential", "mnemonic", "phrase", "key", "auth",
    "salt", "seed", "pepper", "session", "cookie", "webhook", "bearer", "jwt", "otp", "licen", "dsn", "connstr", "connection",
    "signature", "recovery", "psk", "bindpw", "sessid", "storepass", "keypass", "api_hash", "apihash", _BUNDLER, *_VENDORS,
)  # fmt: skip
_SHORT = frozenset(
    {"pass", "pw", "psw", "dbpass", "dbpw", "userpass", "sid", "sig", "pin", "pat", "cred", "creds", "mypass"}
)
_BEGINNINGS = frozenset(tuple(stem[:3]) for stem in (*_STEMS, *_SHORT))
_LONGEST_NAME = 80
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def may_name_a_secret(word: str) -> bool:
    """Return whether a word may be the name of a secret, or its last part."""
    if len(word) > _LONGEST_NAME:
        return False
    lowered = word.lower()
    if _BEGINNINGS.isdisjoint(zip(lowered, lowered[1:], lowered[2:], strict=False)) and "pw" not in lowered:
        return False  # as nearly every word
    return any(stem in lowered for stem in _STEMS) or any(
        part.lower() in _SHORT for part in _PARTS.findall(word)
    )


class Sensitivity(Enum):
    """What a name tells of the value that it is given."""

    NONE = "nothing"
    HINTS = "it may be a secret: what looks generated is one"
    SAYS = "it is a secret: whatever is not harmless is one"
    WORDS = "it is a secret that may be a sentence"


def parts_of(name: str) -> list[str]:
    """Return the words of a name in lower case, without numbers and words such as ``prod`` at its end."""
    parts = [part.lower() for part in _PARTS.findall(name)]
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _QUALIFIERS):
        parts.pop()
    return parts


@lru_cache(maxsize=4_096)
def sensitivity(name: str) -> Sensitivity:
    """Return what `name` tells, by its last word first: ``db_password`` says it, ``token_url`` and ``cacheKey`` do not."""
    parts = parts_of(name)
    if not parts:
        return Sensitivity.NONE
    joined = "".join(parts)
    if (
        joined.endswith(_STRONG)
        or parts[-1] in _TAIL_PARTS
        or (name.lower().startswith(_BUNDLER) and "__" in name)
    ):
        return Sensitivity.WORDS if joined.endswith(_WORDY) else Sensitivity.SAYS
    if not _PUBLIC.isdisjoint(parts):
        return Sensitivity.NONE
    hints = (
        parts[-1] in _WEAK
        or not _VENDORS.isdisjoint(parts)
        or any(part.removesuffix("s").endswith(_STRONG) for part in parts)
    )
    return Sensitivity.HINTS if hints else Sensitivity.NONE
