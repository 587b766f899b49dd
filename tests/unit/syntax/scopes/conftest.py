"""Source whose names say what they refer to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from segue_syntax.scopes import scopes_of

if TYPE_CHECKING:
    from collections.abc import Callable

_MARKED = re.compile(r"(#?\w+?)__(\d+|_)(?!\w)")

_RUBY = re.compile(r"(@?\w+?)__(\d+|_)(?!\w)")


def _check(language: str, marked: str) -> None:
    """Check that names with the same mark are one binding's references, all of them, and that ``___`` has none.

    ``total__1 = 1; print(total__1, x___)`` says that the two totals belong together and x is bound nowhere.
    """
    groups: dict[str, list[tuple[int, int, int]]] = {}
    lines = []
    for row, line in enumerate(marked.split("\n")):
        plain = ""
        seen = 0
        for found in (_RUBY if language == "ruby" else _MARKED).finditer(line):
            plain += line[seen : found.start()]
            groups.setdefault(found.group(2), []).append((row, len(plain), len(plain) + len(found.group(1))))
            plain += found.group(1)
            seen = found.end()
        lines.append(plain + line[seen:])
    scopes = scopes_of("\n".join(lines), language)
    assert scopes is not None
    assert groups
    for mark, places in groups.items():
        for row, column, _ in places:
            found_here = scopes.resolve(row, column)
            assert found_here is not None, f"no name at {row}:{column}"
            if mark == "_":
                assert found_here.binding is None, f"{row}:{column} is bound: {found_here.binding}"
            else:
                assert found_here.binding is not None, (
                    f"{row}:{column} {found_here.occurrence.name} is not bound"
                )
                assert [scopes.place(one) for one in found_here.occurrences] == places, f"mark {mark}"


@pytest.fixture
def check() -> Callable[[str, str], None]:
    """Return the function that checks marked source."""
    return _check
