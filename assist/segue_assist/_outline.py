"""What can be said of code without a model: facts from the syntax tree and the index, each with its link."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_assist._repository import Surroundings
    from segue_assist._targets import Subject


_MOST_USED = 12


def outline(subject: Subject, around: Surroundings, link: Callable[[str, int], str], path: str) -> str:
    """Return Markdown that lists what is known of `subject` for certain."""
    lines: list[str] = []
    definition = subject.definition
    if definition is not None:
        where = link(path, definition.line)
        name = f"[`{definition.name}`]({where})" if where else f"`{definition.name}`"
        inside = f" of `{definition.container}`" if definition.container else ""
        lines.append(
            f"**{definition.kind.capitalize()} {name}**{inside}, lines {definition.line + 1} to {definition.end_line}:"
        )
        lines.append(f"`{definition.signature}`")
        facts = definition.facts
        said = []
        if facts.parameters:
            said.append(
                "takes "
                + ", ".join(f"`{p.name or '{' + ', '.join(p.inner) + '}'}`" for p in facts.parameters)
            )
        if facts.returns is not None:
            said.append("returns a value" if facts.returns else "returns no value")
        if facts.raised:
            said.append("may raise " + ", ".join(f"`{name}`" for name in facts.raised))
        if said:
            lines.append("It " + "; ".join(said) + ".")
    used = {name: symbol for name, symbol in around.meanings.items() if symbol is not None}
    if used:
        uses = [
            _linked(name, link(symbol.path, symbol.line)) for name, symbol in list(used.items())[:_MOST_USED]
        ]
        lines.append("It uses " + ", ".join(uses) + ".")
    places = [excerpt for excerpt in around.excerpts if not excerpt.title.startswith("Definition")]
    if places:
        lines.append(
            "\n".join(f"- {entry.title}: {_place(entry.path, entry.line, link)}" for entry in places)
        )
    return "\n\n".join(lines)


def _linked(name: str, where: str) -> str:
    return f"[`{name}`]({where})" if where else f"`{name}`"


def _place(path: str, line: int, link: Callable[[str, int], str]) -> str:
    where = link(path, line)
    return f"[{path}:{line + 1}]({where})" if where else f"`{path}:{line + 1}`"
