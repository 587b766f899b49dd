"""The lines of a place that an answer shows."""

from __future__ import annotations

from segue_context import Symbol
from segue_context.search._telling_lines import telling_lines

CODE = '''@cached(timeout=5)
def apply_timeout(
    request, timeout
):
    """Apply the timeout to a request.

    The timeout of a request is that of its client.
    """
    # timeout
    if timeout is None:
        timeout = request.client.timeout
    return request.with_timeout(timeout)
'''
SYMBOL = Symbol("apply_timeout", "function", "a.py", 1, 4, 12, "def apply_timeout( request, timeout )", name_line=1)  # fmt: skip


def test_code_comes_before_prose_and_neither_is_the_head() -> None:
    lines = CODE.split("\n")
    shares = {number: 0.5 for number, line in enumerate(lines) if "timeout" in line}
    assert telling_lines(lines, range(12), SYMBOL, "a.py", shares) == (4, 9, 10)
    assert telling_lines(lines, range(12), None, "a.py", shares) == (0, 1, 4)


def test_two_lines_of_prose_where_no_code_tells_anything() -> None:
    lines = CODE.split("\n")
    assert telling_lines(lines, range(12), SYMBOL, "a.py", {4: 0.3, 6: 0.6, 8: 0.3, 11: 0.05}) == (4, 6)
