"""Calls that do not fit what they call: an argument is missing, or is given under a name that is no parameter's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from segue_next_edit._calls import has_default, parameter_name
from segue_next_edit._tokens import WORD
from segue_next_edit.fixes._calls import accepts, known_calls, last_word, parameters
from segue_next_edit.fixes._nearest import Known, nearest
from segue_next_edit.fixes._types import Draft
from segue_syntax.scopes import visible_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue_next_edit.fixes._calls import Argument, KnownCall
    from segue_next_edit.fixes._types import Place
    from segue_syntax.scopes import Binding

_MAX_CALLS, _MAX_FILES = 60, 8
_LEAST, _CLEAR = 2.5, 0.5
_SAME, _ALIKE, _FOREIGN = 3.0, 1.5, -1.5
_OF_SELF, _GIVEN, _UNUSED, _UNUSED_PARAMETER, _TYPED = 2.5, 3.0, 5.0, 2.0, 1.5
_LITERAL = re.compile(r"[\"'`\d\[{(]|(?:True|False|None|true|false|null|nil|undefined)\b")
_STRING = re.compile(r"([\"'`])[^\"'`]*\1")
_DEFINITIONS = frozenset({"function", "class", "import", "type"})
_VALUES = frozenset({"local", "parameter", "field", "module", "member"})


def wrong_arguments(place: Place, lines: Sequence[int]) -> Iterator[Draft]:
    """Yield the calls on `lines` with the argument that they lack, or with the name that a parameter has."""
    for line in lines:
        for call in known_calls(place.situation.reader, place.file, line):
            keywords = [a.keyword for a in call.keywords]
            if any(accepts(s, len(call.values), keywords) for s in call.signatures):
                continue
            draft = _renamed(place, call) or _completed(place, call)
            if draft is not None:
                yield draft


def _renamed(place: Place, call: KnownCall) -> Draft | None:
    """Return the call with the one unknown keyword named as a parameter is."""
    drafts = []
    for signature in call.signatures:
        names = [parameter_name(p) for p in parameters(signature)]
        unknown = [a for a in call.keywords if a.keyword not in names]
        if len(unknown) != 1:
            continue
        given = {*names[: len(call.values)], *(a.keyword for a in call.keywords)}
        open_names = [n for n in names if n not in given]
        lacking = [
            n
            for n, p in zip(names, parameters(signature), strict=True)
            if n in open_names and not has_default(p)
        ]
        old = unknown[0].keyword
        found = nearest(old, (Known(n, 0) for n in open_names), place.message)
        new = (
            found.name if found is not None else lacking[0] if len(lacking) == 1 else _alike(old, open_names)
        )
        if new:
            text = place.file.text
            start = unknown[0].start
            changed = text[:start] + new + text[start + len(old) :]
            confidence = 0.9 if found is not None else 0.7
            drafts.append(
                Draft(
                    "argument",
                    f"Change {old} to {new}",
                    place.file.line_at(start),
                    changed.split("\n"),
                    confidence,
                    (old,),
                )
            )
    return drafts[0] if len({tuple(d.lines) for d in drafts}) == 1 else None


def _alike(old: str, names: Sequence[str]) -> str:
    """Return the only name that shares a word with the old one, "" when none or several do."""
    words = set(_words(old))
    found = [name for name in names if words & set(_words(name))]
    return found[0] if len(found) == 1 else ""


def _completed(place: Place, call: KnownCall) -> Draft | None:
    """Return the call with the one argument that it lacks, where what that is can be told."""
    values = _Values(place, call)
    options: list[tuple[float, int, str, str]] = []
    for signature in call.signatures:
        known = parameters(signature)
        if any(a.keyword not in map(parameter_name, known) for a in call.keywords):
            continue
        if not accepts(signature, len(call.values) + 1, [a.keyword for a in call.keywords]):
            continue
        options += _options(values, call, known)
    if not options:
        return None
    options.sort(reverse=True)
    best = options[0]
    rivals = [one for one in options if one[1:3] != best[1:3]]
    if rivals and best[0] - rivals[0][0] < _CLEAR:
        return None
    _, at, value, name = best
    text = _with_argument(place, call, at, value)
    confidence = 0.8 if best[0] >= _LEAST + 1 else 0.7
    return Draft(
        "argument", f"Pass {value} as {name}", call.line, text.split("\n"), confidence, (call.name, name)
    )


def _options(values: _Values, call: KnownCall, known: Sequence[str]) -> Iterator[tuple[float, int, str, str]]:
    """Yield worth, position, value and parameter of each argument that could be the missing one."""
    given = call.values
    names = [parameter_name(p) for p in known]
    for at in range(len(given) + 1):
        if at >= len(names):
            break
        fit = sum(
            _likeness(one, known[index + (index >= at)], names)
            for index, one in enumerate(given)
            if index + (index >= at) < len(known)
        )
        for value, worth in values.of(known[at], names, at):
            if worth >= _LEAST:
                yield fit + worth, at, value, names[at]


def _likeness(argument: Argument, parameter: str, names: Sequence[str]) -> float:
    """Return how well an argument fits a parameter by its name."""
    name, word = parameter_name(parameter), last_word(argument.value)
    if not word:
        return 0.0
    if _plain(word) == _plain(name):
        return _SAME
    if set(_words(word)) & set(_words(name)):
        return _ALIKE
    return _FOREIGN if word in names else 0.0


class _Values:
    """What could be given for a parameter of a call."""

    def __init__(self, place: Place, call: KnownCall) -> None:
        self._place, self._call = place, call
        file = place.file
        line = call.line
        column = call.opening - file.starts[line]
        self._visible = [
            b for b in visible_at(file.data, file.language_id, line, column, file.tree) if b.kind in _VALUES
        ]
        self._names = {b.name for b in self._visible}
        owner = place.scopes.owner_of(call.occurrence) if place.scopes is not None else None
        self._written = {last_word(a.value) for a in call.arguments} | {
            owner.name if owner is not None else ""
        }
        self._known = self._names | file.language.builtins
        around = place.class_at(line)
        self._around = "" if around is None else "\n".join(file.lines[around.line : around.end_line])
        self._elsewhere = _given_elsewhere(place, call)

    def of(self, parameter: str, names: Sequence[str], at: int) -> Iterator[tuple[str, float]]:
        """Yield values for a parameter, the one at position `at` of those called `names`, with what speaks for each."""
        name, kind = parameter_name(parameter), _type_of(parameter)
        worth: dict[str, float] = defaultdict(float)
        for binding in self._visible:
            if binding.name not in self._written and binding.form not in _DEFINITIONS:
                worth[binding.name] += self._fit(binding, name, kind, names)
        for text, share in self._elsewhere.get(at, {}).items():
            if _LITERAL.match(text) or set(WORD.findall(_STRING.sub("", text))) <= self._known:
                worth[text] += _GIVEN * share
        for owner in ("self", "this"):
            if f"{owner}.{name}" in self._around and (owner in self._names or owner == "this"):
                worth[f"{owner}.{name}"] += _OF_SELF
        yield from ((value, points) for value, points in worth.items() if points > 0)

    def _fit(self, binding: Binding, name: str, kind: str, names: Sequence[str]) -> float:
        """Return how well a variable fits a parameter: by its name, its type, and for being of no use so far."""
        one = binding.name
        points = 0.0
        if _plain(one) == _plain(name):
            points += _SAME + 1
        elif one in names:
            points += _FOREIGN
        elif set(_words(one)) & set(_words(name)):
            points += _ALIKE
        if self._is_unused(binding):
            points += _UNUSED if binding.kind == "local" else _UNUSED_PARAMETER
        if kind and kind == self._written_type(binding):
            points += _TYPED
        return points

    def _is_unused(self, binding: Binding) -> bool:
        """Whether nothing uses a local or parameter: the missing argument may have been its use."""
        scopes = self._place.scopes
        if scopes is None or binding.kind not in ("local", "parameter"):
            return False
        line, column, _ = scopes.place(binding.definition)
        known = scopes.resolve(line, column)
        return known is not None and len(known.occurrences) == 1

    def _written_type(self, binding: Binding) -> str:
        node = binding.node.child_by_field_name("type") if binding.node is not None else None
        if node is None:
            return ""
        return (
            self._place.file.data[node.start_byte : node.end_byte]
            .decode("utf-8", "replace")
            .lstrip(": ")
            .strip()
        )


def _type_of(parameter: str) -> str:
    """Return the type in a parameter as written, "" without one."""
    text = parameter.split("=", 1)[0].strip()
    if ":" in text:
        return text.partition(":")[2].strip()
    name = parameter_name(parameter)
    rest = re.sub(rf"\b{re.escape(name)}\b", "", text, count=1).strip() if name else ""
    return re.sub(r"^(?:final|const|in|out|ref)\s+", "", rest)


def _given_elsewhere(place: Place, call: KnownCall) -> dict[int, dict[str, float]]:
    """Return what other calls give at each position, each with its share."""
    given: dict[int, Counter[str]] = {}
    count = 0
    reader = place.situation.reader
    paths = reader.files_with((call.name,), limit=_MAX_FILES)
    for path in dict.fromkeys([place.file.path, *paths]):
        file = place.situation.read(path)
        if file is None or file.language.family != place.file.language.family:
            continue
        for line in dict.fromkeys(file.lines_of(call.name)):
            for other in known_calls(reader, file, line):
                if other.name == call.name and (path != place.file.path or other.opening != call.opening):
                    count += 1
                    for at, argument in enumerate(other.values):
                        given.setdefault(at, Counter())[argument.text] += 1
        if count >= _MAX_CALLS:
            break
    return {
        at: {text: number / counts.total() for text, number in counts.items() if number > 1}
        for at, counts in given.items()
    }


def _with_argument(place: Place, call: KnownCall, at: int, value: str) -> str:
    """Return the text with a value put in as argument number `at`, laid out as its neighbours are."""
    text, given = place.file.text, call.arguments
    if not given:
        return text[: call.opening + 1] + value + text[call.closing :]
    if at < len(given):
        start = given[at].start
        gap = (
            text[given[at - 1].end : start]
            if at
            else ", "
            if len(given) == 1
            else text[given[0].end : given[1].start]
        )
        return text[:start] + value + (gap if gap.startswith(",") else ", ") + text[start:]
    end = given[-1].end
    gap = text[given[-2].end : given[-1].start] if len(given) > 1 else ", "
    return text[:end] + (gap if gap.startswith(",") else ", ") + value + text[end:]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name) if len(word) > 1]
