"""`segue eval references`: what the name at a place is bound to, and every name that means the same."""

from __future__ import annotations

from typing import Any

from segue_bench._json_lines import Answer, run_filter


def run() -> None:
    """Answer {id, language, text, line, column} lines."""
    run_filter(_answer)


def _answer(request: dict[str, Any]) -> Answer:
    from segue_syntax import language_of
    from segue_syntax.scopes import scopes_of

    language = language_of(request["language"]).id
    text, line, column = request["text"], request["line"], request["column"]
    scopes = scopes_of(text, language)
    if scopes is None:
        msg = f"Segue has no scopes for {request['language']!r}; use the language's id in editors, such as python"
        raise ValueError(msg)
    found = scopes.resolve(line, column)
    if found is None:
        return {"kind": "unknown", "definition": None, "references": []}
    definition = None if found.binding is None else list(scopes.place(found.binding.definition)[:2])
    return {
        "kind": found.kind,
        "definition": definition,
        "references": [list(scopes.place(one)) for one in found.occurrences],
    }
