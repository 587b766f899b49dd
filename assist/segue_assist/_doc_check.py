"""Checking what a doc comment claims against the signature and the body."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from segue_assist._doctext import DocItem, DocText
from segue_assist._errors import AssistError

if TYPE_CHECKING:
    from segue_assist._documented_file import Definition
    from segue_assist._facts import Facts, Parameter

_EFFECTIVE_TAGS = frozenset(
    {
        "internal",
        "hide",
        "deprecated",
        "override",
        "public",
        "private",
        "protected",
        "package",
        "inheritdoc",
        "nocheck",
    }
    | {
        "ts-ignore",
        "ts-expect-error",
        "ts-nocheck",
        "jsx",
        "jsximportsource",
        "flow",
        "generated",
        "apinote",
        "api",
    }
)
"""Tags that compilers and documentation tools act on: a model must not add them."""

_NOTHING = re.compile(
    r"^(?:none|nothing|void|undefined|n/?a|unit|null|no return value|does not return.*|this (?:function|method) does not return.*)\.?$",
    re.IGNORECASE,
)


def check_doc(
    doc: DocText, definition: Definition, *, old: DocText | None = None
) -> tuple[DocText, list[str]]:
    """Return `doc` with only the claims that hold, and a sentence for each one that was changed.

    Raises `AssistError` (other_code) when most of the parameters it names do not exist: then it is about something
    else. What `old`, the comment that is replaced, says of examples and effective tags is carried over.
    """
    facts = definition.facts
    notes: list[str] = []
    if not _real(doc.summary):
        raise AssistError("prose", "The model's answer has no summary sentence; nothing was changed.")
    doc = replace(doc, params=_checked_params(doc, facts, definition.name, notes))
    doc = replace(doc, returns=_checked_returns(doc.returns, facts, notes))
    if (
        doc.yields is not None
        and not facts.yields
        and facts.parameters is not None
        and "yield" not in facts.words
    ):
        notes.append("The yields part was left out: the body does not yield.")
        doc = replace(doc, yields=None)
    doc = replace(doc, raises=_checked_raises(doc.raises, facts, notes))
    return _carry_over(doc, old, notes), notes


def missing_parameters(doc: DocText, definition: Definition) -> tuple[str, ...]:
    """Return the parameters that `doc` leaves undocumented; empty when it documents none on purpose."""
    parameters = definition.facts.parameters
    if not parameters or not doc.params:
        return ()
    said = {_bare(item.name) for item in doc.params}
    said |= {
        _bare(text.split(maxsplit=1)[0])
        for tag, text in doc.tags
        if tag.lower() == "property" and text.strip()
    }
    return tuple(p.name for p in parameters if p.name and _bare(p.name) not in said)


def _real(text: str) -> bool:
    """Return whether `text` is a sentence or a phrase rather than debris."""
    words = re.findall(r"[^\W\d_]+", text)
    letters = sum(character.isalnum() or character.isspace() for character in text)
    long = any(len(word) > 1 for word in words)
    return (
        not text.startswith("#")
        and long
        and letters * 5 >= len(text) * 3
        and (len(words) > 1 or len(text.split()) <= 2)
    )


def _bare(name: str) -> str:
    return name.lstrip("*&$.@_").rstrip("?!:").strip("<>`").lower().replace("_", "")


def _checked_params(doc: DocText, facts: Facts, name: str, notes: list[str]) -> tuple[DocItem, ...]:
    if facts.parameters is None:
        return doc.params
    by_name = {_bare(parameter.name): parameter for parameter in facts.parameters if parameter.name}
    inner = {_bare(bound) for parameter in facts.parameters for bound in parameter.inner}
    # an object that is taken apart has no name, so the comment may give it one: as many as there are such objects
    named_apart = any(_bare(item.name) in inner for item in doc.params)
    free = 0 if named_apart else sum(not parameter.name for parameter in facts.parameters)
    given: set[str] = set()
    kept: list[DocItem] = []
    unknown: list[str] = []
    seen: set[str] = set()
    for item in doc.params:
        head = _bare(item.name.split(".")[0].split("[")[0])
        parameter = by_name.get(head)
        if item.name in {"self", "cls", "this"} or not item.name or item.name in seen:
            continue
        generic = item.name.strip("<>")
        if generic in facts.generics and (item.name.startswith("<") or parameter is None):
            kept.append(replace(item, name=f"<{generic}>"))
        elif parameter is not None:
            kept.append(_named_as_written(item, parameter))
        elif head in inner or head in given:
            kept.append(item)
        elif len(given) < free:
            given.add(head)
            kept.append(item)
        else:
            unknown.append(item.name)
            continue
        seen.add(item.name)
    if len(unknown) >= 2 and len(unknown) > len(kept):
        listed = ", ".join(f"`{entry}`" for entry in unknown[:3])
        raise AssistError(
            "other_code",
            f"The model described other code: {listed} are no parameters of `{name}`; nothing was changed.",
        )
    notes.extend(f"`{entry}` was left out: it is no parameter of `{name}`." for entry in unknown)
    order = {
        _bare(parameter.name): index for index, parameter in enumerate(facts.parameters) if parameter.name
    }
    return tuple(sorted(kept, key=lambda item: order.get(_bare(item.name.split(".")[0]), len(order))))


def _named_as_written(item: DocItem, parameter: Parameter) -> DocItem:
    head, dot, rest = item.name.partition(".")
    stars = head[: len(head) - len(head.lstrip("*"))]
    name = f"{stars}{parameter.name}{dot}{rest}" if _bare(head) == _bare(parameter.name) else item.name
    kind = _refined(item.type, parameter.type) if not dot else item.type
    return DocItem(name, kind, item.text)


def _refined(said: str, declared: str) -> str:
    """Return the type that is declared, or what was said of it where that only says more: ``array<int>`` of ``array``."""
    if not said or not declared:
        return declared or said
    name, _, _ = re.sub(r"\s", "", said).partition("<")
    plain = re.sub(r"\s", "", declared)
    optional = plain.startswith("?") and sorted(re.sub(r"\s", "", said).lower().split("|")) == sorted(
        [plain[1:].lower(), "null"]
    )
    lists = plain in {"array", "iterable", "list"} and (
        said.endswith("]") or name.endswith(("list", "array"))
    )
    more = said != name and name.lower().lstrip("\\") == plain.lower().lstrip("\\")
    return said if optional or lists or more else declared


def _checked_returns(item: DocItem | None, facts: Facts, notes: list[str]) -> DocItem | None:
    if item is None:
        return None
    said = (item.text or item.type).strip()
    if not said or _NOTHING.match(said) or (item.type in {"None", "void"} and not item.text):
        return None
    if facts.returns is False and not facts.yields:
        notes.append("The returns part was left out: the body returns no value.")
        return None
    return item if item.several else replace(item, type=_refined(item.type, facts.return_type))


def _checked_raises(items: tuple[DocItem, ...], facts: Facts, notes: list[str]) -> tuple[DocItem, ...]:
    kept: list[DocItem] = []
    for item in items:
        name = re.split(r"[.:\\]+", item.name.strip("`{}"))[-1]
        if _NOTHING.match(item.name) or item.name in [entry.name for entry in kept]:
            continue
        if (
            facts.parameters is None
            or facts.reraises
            or name in facts.words
            or name in facts.raised
            or not name
        ):
            kept.append(item)
        else:
            notes.append(f"`{item.name}` was left out: the body does not raise it.")
    return tuple(kept)


def _carry_over(doc: DocText, old: DocText | None, notes: list[str]) -> DocText:
    """Return `doc` with the effective tags and the examples of `old`, and with no effective tag of its own."""
    allowed = {tag.lower() for tag, _ in old.tags} if old is not None else set()
    tags = []
    for tag, text in doc.tags:
        if tag.lower() in _EFFECTIVE_TAGS and tag.lower() not in allowed:
            notes.append(f"The tag @{tag} was left out: it changes what tools do with the code.")
        else:
            tags.append((tag, text))
    sections = list(doc.sections)
    if old is not None:
        present = {tag.lower() for tag, _ in tags}
        tags += [(tag, text) for tag, text in old.tags if tag.lower() not in present]
        titles = {title.lower().rstrip("s") for title, _ in sections}
        sections += [(title, text) for title, text in old.sections if title.lower().rstrip("s") not in titles]
    return replace(doc, tags=tuple(tags), sections=tuple(sections))


def cut_short(doc: DocText) -> DocText:
    """Return a doc comment that was cut off without what may be incomplete: its last part.

    Raises `AssistError` (cut_off) when not even the summary is whole.
    """
    refusal = AssistError(
        "cut_off", "The model's answer was cut off inside its summary; nothing was changed."
    )
    if doc.tags:
        return replace(doc, tags=doc.tags[:-1])
    if doc.sections:
        return replace(doc, sections=doc.sections[:-1])
    if doc.raises:
        return replace(doc, raises=doc.raises[:-1])
    if doc.returns is not None or doc.yields is not None:
        return replace(doc, returns=None, yields=None)
    if doc.params:
        return replace(doc, params=doc.params[:-1])
    if doc.body:
        paragraphs = doc.body.split("\n\n")
        return replace(doc, body="\n\n".join(paragraphs[:-1]))
    sentences = re.findall(r"[^.!?]+[.!?](?=\s|$)", doc.summary)
    if not sentences:
        raise refusal
    return replace(doc, summary="".join(sentences).strip())
