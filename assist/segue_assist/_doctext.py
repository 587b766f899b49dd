"""A doc comment as meaning: summary, parameters, returns, raises; read from any of the usual notations.

Models answer in whatever notation they like. Reading the answer into one form and writing it in the file's own
style makes the notation of the answer irrelevant, and lets every named parameter be checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class DocItem:
    """A named part of a doc comment: a parameter, an exception, a return value (whose name may be "").

    A type parameter is named ``<T>``. `several` are the parts of a result that was described as more than one.
    """

    name: str
    type: str
    text: str
    several: tuple[DocItem, ...] = ()


@dataclass(frozen=True, slots=True)
class DocText:
    """What a doc comment says, free of notation.

    `sections` are titled parts (Examples, Notes), `tags` are tags of other kinds, both as written.
    """

    summary: str
    body: str = ""
    params: tuple[DocItem, ...] = ()
    returns: DocItem | None = None
    yields: DocItem | None = None
    raises: tuple[DocItem, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def structured(self) -> bool:
        """Whether anything beyond prose was recognised."""
        return bool(self.params or self.returns or self.yields or self.raises or self.sections or self.tags)


def doc_of(data: Mapping[str, Any]) -> DocText:
    """Return what an answer in the form `_structured.DOC` says."""
    returns = str(data.get("returns", "")).strip()
    return DocText(
        summary=" ".join(data["summary"].split()),
        body=data.get("details", "").strip(),
        params=_items(data.get("parameters", ())),
        returns=DocItem("", "", returns) if returns else None,
        raises=_items(data.get("raises", ())),
    )


def _items(entries: Iterable[Mapping[str, str]]) -> tuple[DocItem, ...]:
    return tuple(
        DocItem(one["name"].strip("`"), "", " ".join(one.get("description", "").split()))
        for one in entries
        if one.get("name", "").strip("`")
    )
