"""The table that forgets what was used longest ago."""

from __future__ import annotations

from segue_syntax import RecentlyUsed


def held(table: RecentlyUsed[str, int], keys: str) -> str:
    return "".join(key for key in keys if key in table)


def test_the_value_used_longest_ago_goes() -> None:
    table: RecentlyUsed[str, int] = RecentlyUsed(3)
    for number, key in enumerate("abc"):
        table.put(key, number)
    assert table.get("a") == 0
    table.put("d", 3)
    assert held(table, "abcd") == "acd"
    assert table.get("b") is None


def test_sizes_count_where_they_are_said() -> None:
    table: RecentlyUsed[str, int] = RecentlyUsed(10)
    table.put("a", 1, 6)
    table.put("b", 2, 4)
    table.put("b", 3, 5)  # in place of the other, so that both no longer fit
    assert held(table, "ab") == "b"
    table.put("c", 4, 99)
    assert held(table, "bc") == "c"  # the last one is held however large it is
    assert table.pop("c") == 4
    assert table.pop("c") is None
    table.put("d", 5, 10)
    assert held(table, "d") == "d"
    table.clear()
    table.put("e", 6, 10)
    assert held(table, "de") == "e"
