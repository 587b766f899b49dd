"""The process in which a text is parsed for the first time: `python -m segue_syntax._sandbox_process`.

It reads requests (length of the text, length of the language's name, name, text) from stdin and answers each with one
byte: ``+`` the text parses within its budget, ``-`` it does not. It ends with stdin, or of what it parses.
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from segue_syntax._budget import WatchedBudget, most_memory_bytes
from segue_syntax._parsing import parse_within, parser_of
from segue_syntax._sandbox import HEADER

if TYPE_CHECKING:
    from tree_sitter import Tree

_MAX_MEMORY = 768 * 1024**2
_CPU_SECONDS = 2
_MAX_DEPTH = 2_000
_LOOKS = 16


def main() -> int:
    """Answer until stdin ends."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := _next(requests)) is not None:
        _limit_time(len(request[1]))
        answers.write(b"+" if is_within_budget(*request) else b"-")
        answers.flush()
    return 0


def is_within_budget(language_id: str, data: bytes) -> bool:
    """Parse `data`, and return whether it took no more time, memory and time without a pause than its size allows."""
    parser = parser_of(language_id)
    if parser is None:
        return True
    budget = WatchedBudget(len(data))
    before = most_memory_bytes()
    tree = parse_within(parser, data, None, budget)
    budget.note_step()
    return (
        budget.longest_step_s <= WatchedBudget.MAX_STEP_S
        and most_memory_bytes() - before <= budget.max_bytes
        and not (tree is not None and is_deep(tree))
    )


def is_deep(tree: Tree) -> bool:
    """Return whether much of a tree lies so deep that asking nodes for their parents costs its depth squared."""
    cursor, count = tree.walk(), tree.root_node.descendant_count
    for look in range(1, _LOOKS + 1) if count > _MAX_DEPTH else ():
        cursor.goto_descendant(count * look // (_LOOKS + 1))
        if cursor.depth > _MAX_DEPTH:
            return True
    return False


def _next(stream: BinaryIO) -> tuple[str, bytes] | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    size, name = HEADER.unpack(header)
    language_id = stream.read(name).decode()
    data = stream.read(size)
    return (language_id, data) if len(data) == size else None


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (_MAX_MEMORY, _MAX_MEMORY))


def _limit_time(size: int) -> None:
    """End this process when one text takes too long, even if nobody is left to notice."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + size * 1e-5) + _CPU_SECONDS, hard))


if __name__ == "__main__":
    sys.exit(main())
