"""What a value looks like: a word, a placeholder, a reference, or something that a generator made."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

MASK = "<secret>"
"""What is shown in the place of a secret."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0-"
_PAIR_BITS = (
    "954497595973439593425687699538783999439399399547499959843969399359438925957359998996"
    "367528793575775796476899698358447679899453766334977589943999459929959839947649996973"
    "598828554995753894455899999329792999399978389573699989945644465999945236954396989697"
    "299929997999994879295979998556771877399785589735595999934864249929949947984457995994"
    "364829994996683399585999898449444639597685479733669979947554776979644255935446599995"
    "396739975973993493545999698499999999999499999879098999854956276949765537944465995994"
    "595828964977884588424989699349672893399779459445598959835566376959934394934389999999"
    "299919993999995999999999995639883993297794499347995999844839499847986983988289996973"
    "786757785995636296449979999239991999599878399989999954637887789999997799999899999912"
    "4635545646754555944456699953"
)
"""How many bits each character tells after the one before it, in the names and words of source code.

Rows and columns are `_ALPHABET`, where 0 is any digit and - is everything else. Counted over 1,200 files of 15
repositories in eight languages.
"""
_BITS = {
    (first, second): int(_PAIR_BITS[28 * row + column])
    for row, first in enumerate(_ALPHABET)
    for column, second in enumerate(_ALPHABET)
}
_FOLDED = dict.fromkeys(range(128), _ALPHABET[-1]) | {
    ord(character): (character.lower() if character.isalpha() else "0")
    for character in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
}
_CASE_FLIP = re.compile(r"(?<=[a-z])[A-Z]")
_UNKNOWN_PAIR_BITS = 6


@lru_cache(maxsize=2_048)
def surprise(value: str) -> float:
    """Return how many bits a character of `value` tells on average: words 3 to 4.5, what a generator made 5 to 8."""
    if len(value) < 2:
        return 0.0
    folded = value.translate(_FOLDED)
    bits = sum(_BITS.get(pair, _UNKNOWN_PAIR_BITS) for pair in pairwise(folded))
    return (bits + 4 * len(_CASE_FLIP.findall(value))) / (len(value) - 1)


_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_IRREGULAR_BITS = 5.2
_LEAST_IRREGULAR_CHARS = 16
_NAMED_BITS = 5.2
_LEAST_NAMED_CHARS = 8
_ENCODED_FILE = re.compile(
    r"(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR|PHN2Z|PD94b|JVBERi0|d09GM|d09GR|AAEAAA|T1RUTw|H4sI|UEsD|TVqQ|f0VMR|AGFzb|AAAAI|SUkq|Qk0)"
)
_DIGEST = re.compile(r"(?:sha\d{1,3}|md5|h1|blake\w{1,4})[-:=]", re.IGNORECASE)
_ALPHABET_RUN = re.compile(r"0123456|1234567|abcdefg|ABCDEFG|qwertyu|AAAAAAAA|xxxxxx|XXXXXX|00000000")
_PLACEHOLDER = re.compile(
    r"\$\{|\{\{|%\(|(?-i:(?<![A-Za-z0-9])%[sdv](?![A-Za-z0-9]))|<[A-Za-z_/]|\{[A-Za-z_][\w.]{0,40}\}|\.\.\.|\*{3}|[xX]{4}|_{4}|\bexample\b|placeholder|change.?(?:me|it)\b"
    r"|\bdummy\b|\b(?:your|my)[_ -]|replace|redacted|\bfake|\bsample\b|\btodo\b|\binsert[_ -]|goes[_ -]here",
    re.IGNORECASE,
)
_WORDS_ONLY = re.compile(r"[A-Za-z]+(?:[ _.:,/-]+[A-Za-z]+)*[ .:!?]?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.-]*\d{0,2}")
_REFERENCE = re.compile(
    r"\$[A-Za-z_{(]|[@&]?[A-Za-z_][\w.:$>?!-]{0,80}[(\[]|(?:\.{0,2}/|~/|[A-Za-z]:\\)[\w./\\-]+$|(?:env|vault|secret|op|ref|file|keyring|arn|ssm)s?:"
)
_FORMAT_OR_TYPE = re.compile(
    r"(?i)(?:none|null|nil|true|false|undefined|string|str|bytes|optional|required)\W{0,2}"
)
_PATTERN = re.compile(r"\\[dwsbDWS.]|\[\^?[A-Za-z0-9]-|\(\?[:=!<]|[\])][*+?{]")
_LEAST_VALUE_CHARS = 5
JUDGED_CHARS = 200
"""How much of a value is looked at: enough to tell, and a bound on the time that a long one takes."""


def irregular(value: str) -> bool:
    """Return whether `value` is too irregular for words and too long for chance; digests are told by `digits_only`."""
    if len(value) < _LEAST_IRREGULAR_CHARS or _UUID.fullmatch(value) or _HEX.fullmatch(value):
        return False
    return surprise(value) >= _IRREGULAR_BITS and not _ALPHABET_RUN.search(value)


def unpronounceable(value: str) -> bool:
    """Return whether a value that somebody gave to a sensitive name is no word; shorter ones count than in `irregular`."""
    return irregular(value) or (len(value) >= _LEAST_NAMED_CHARS and surprise(value) >= _NAMED_BITS)


def generated(value: str) -> bool:
    """Return whether `value` looks made by a generator, in hexadecimal and as a UUID too."""
    value = value[:JUDGED_CHARS]
    if _UUID.fullmatch(value):
        return len(set(value)) > 6
    if _HEX.fullmatch(value):
        return len(set(value)) > 6 and not value.isdigit()
    return irregular(value)


def encodes_something_else(value: str) -> bool:
    """Return whether `value` is a digest with its name, or a file such as an image: long, irregular, and public."""
    return bool(_DIGEST.match(value) or _ENCODED_FILE.match(value))


def placeholder(value: str) -> bool:
    """Return whether `value` stands for a secret that is somewhere else, or for none."""
    value = value[:JUDGED_CHARS]
    return len(set(value)) <= 2 or _PLACEHOLDER.search(value) is not None


def harmless(value: str, *, quoted: bool) -> bool:
    """Return whether a value given to a name such as ``password`` is no secret.

    Words, names, paths, references, placeholders, types, patterns and small numbers are none. Words that nobody
    writes (``kXvQmZpLwRtYnBcF``) are secrets.
    """
    value = value[:JUDGED_CHARS]
    if len(value) < _LEAST_VALUE_CHARS or placeholder(value) or encodes_something_else(value):
        return True
    if _FORMAT_OR_TYPE.fullmatch(value) or _PATTERN.search(value):
        return True
    if _WORDS_ONLY.fullmatch(value) or _NAME.fullmatch(value):
        return not unpronounceable(value)
    if _REFERENCE.match(value):
        return True
    if not quoted:
        digits = any(map(str.isdigit, value))
        return value.replace("_", "").replace(".", "").isdigit() or not (digits or unpronounceable(value))
    return " " in value.strip() and not any(map(str.isdigit, value))
