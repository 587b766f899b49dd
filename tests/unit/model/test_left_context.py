"""What the model has read of the text before the cursor, and what it is made to read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest

from segue_model import CompletionModel, CompletionPrompt, LeftContext, TimedOut

LINES = "".join(f"line_number_{number} = {number * number}\n" for number in range(400))


@dataclass
class Reader:
    """A model of which only what it reads counts."""

    reading_speed: float | None = 600.0
    read: list[str] = field(default_factory=list)
    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.may_read.set()

    async def warm(self, prompt: CompletionPrompt) -> None:
        self.read.append(prompt.prefix)
        await self.may_read.wait()
        if self.failure is not None:
            raise self.failure


def prompt_of(prefix: str) -> CompletionPrompt:
    return CompletionPrompt(prefix, "", path="a.py", language_id="python")


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def context(reader: Reader) -> LeftContext:
    return LeftContext(cast("CompletionModel", reader))


async def test_a_short_text_is_read_first_and_a_longer_one_while_the_user_reads(
    reader: Reader, context: LeftContext
) -> None:
    await context.rest(prompt_of(LINES + "x = "))
    short, long = reader.read
    assert 550 < len(short) <= 600
    assert 1400 < len(long) <= 1500
    assert LINES.endswith(long)
    assert long.startswith("line_number_")
    assert context.is_warm(LINES + "x = ")


async def test_the_head_stays_while_the_user_types(reader: Reader, context: LeftContext) -> None:
    await context.rest(prompt_of(LINES))
    head = reader.read[-1]
    for typed in ("x", "x = call(", "x = call()\ny = 1\nz"):
        assert context.is_warm(LINES + typed)
        assert context.prompt(prompt_of(LINES + typed)).prefix == head + typed
    await context.rest(prompt_of(LINES + "x = call()\ny = 1\nz"))
    assert reader.read[2:] == [head + "x = call()\ny = 1\n"]


async def test_what_was_not_read_is_short_and_cold(context: LeftContext) -> None:
    assert not context.is_warm(LINES)
    assert len(context.prompt(prompt_of(LINES)).prefix) <= 600


async def test_a_far_place_or_changed_text_is_cold(reader: Reader, context: LeftContext) -> None:
    await context.rest(prompt_of(LINES))
    assert not context.is_warm(LINES + "z = 1\n" * 100)
    assert not context.is_warm(LINES[: len(LINES) // 2])
    early = LINES[:-1200] + "#" + LINES[-1200:]
    assert not context.is_warm(early)
    lines_up = LINES[: LINES.rstrip().rfind("\n") + 1]
    assert context.is_warm(lines_up)
    assert len(reader.read) == 2


async def test_the_head_moves_when_the_text_has_grown_too_long(reader: Reader, context: LeftContext) -> None:
    await context.rest(prompt_of(LINES))
    grown = LINES + "z = 1\n" * 400
    await context.rest(prompt_of(grown))
    assert len(reader.read[-1]) <= 1500
    assert grown.endswith(reader.read[-1])


async def test_typing_keeps_the_first_text_until_the_cursor_rests_again(
    reader: Reader, context: LeftContext
) -> None:
    reader.may_read.clear()
    reading = asyncio.create_task(context.rest(prompt_of(LINES)))
    await asyncio.sleep(0)
    assert not context.is_warm(LINES + "x")
    assert context.prompt(prompt_of(LINES + "x")).prefix == reader.read[0] + "x"
    reader.may_read.set()
    await reading
    assert len(reader.read) == 1
    assert context.is_warm(LINES + "x")


async def test_the_newest_of_several_wishes_counts(reader: Reader, context: LeftContext) -> None:
    reader.may_read.clear()
    rests = [
        asyncio.create_task(context.rest(prompt_of(text))) for text in (LINES, LINES[:5000], LINES[:3000])
    ]
    await asyncio.sleep(0)
    reader.may_read.set()
    await asyncio.gather(*rests)
    first, *others = reader.read
    assert LINES.endswith(first)
    assert len(others) == 2
    assert all(text in LINES[:3000] for text in others)


@pytest.mark.parametrize(("speed", "most"), [(50.0, 300), (10_000.0, 6000)])
async def test_sizes_follow_the_reading_speed(
    reader: Reader, context: LeftContext, speed: float, most: int
) -> None:
    reader.reading_speed = speed
    await context.rest(prompt_of(LINES))
    assert most * 0.9 < len(reader.read[0]) <= most


async def test_what_could_not_be_read_is_cold(reader: Reader, context: LeftContext) -> None:
    reader.failure = TimedOut("late")
    with pytest.raises(TimedOut):
        await context.rest(prompt_of(LINES))
    assert not context.is_warm(LINES)
