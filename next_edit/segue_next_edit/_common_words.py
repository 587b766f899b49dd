"""Words so common in code that meeting them again says nothing about an edit."""

from __future__ import annotations

COMMON_WORDS = frozenset(
    """
    self this return if else for while in of not and or is new def func function class const let var
    import from true false none null nil True False None int str string bool float void async await
    public private static type err a
    """.split()  # noqa: SIM905 - a list of this length reads better as words
)
