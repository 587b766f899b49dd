"""Markdown of a model: whatever it writes, a renderer finds nothing to run, to load or to be led astray by."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from segue_assist._safe_markdown import SafeMarkdown, leads_somewhere_harmless, safe_markdown

RENDERER = MarkdownIt("commonmark", {"html": True})
RENDERER.validateLink = lambda _url: True  # as an editor that knows command links
NASTY = st.lists(
    st.sampled_from(
        ["[a]", "(command:run)", "](command:x)", "[", "]", "(", ")", "`", "``", "```", "```\n", "~~~\n", "\n", "\n\n", "    ",
         "   ", "> ", "- ", "1. ", "<", ">", "<b>", "<img src=x>", "<!--", "-->", "<command:a>", "<?php", "\\", "!", "![", ":",
         "[r]: command:x", "\n[r]: javascript:alert(1)\n", "(https://example.com)", "(src/a.py)", "(../x)", "(file:///etc)",
         "&#106;avascript:", "&colon;", "%3A", "word", " ", "*", "_", "#", "|", "\t", "x `y", '<a href="`">`', "\r"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def dangers(markdown: str) -> list[str]:
    found = []
    for token in RENDERER.parse(markdown):
        for part in [token, *(token.children or [])]:
            if part.type in {"html_block", "html_inline", "image"}:
                found.append(part.type)
            href = part.attrs.get("href")
            if isinstance(href, str) and not leads_somewhere_harmless(href):
                found.append(href)
    return found


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(NASTY, st.lists(st.integers(0, 120), max_size=6))
def test_nothing_dangerous_is_left_however_the_answer_is_cut(markdown: str, cuts: list[int]) -> None:
    guard = SafeMarkdown()
    places = sorted({0, len(markdown), *(cut for cut in cuts if cut < len(markdown))})
    pieces = [markdown[begin:end] for begin, end in pairwise(places)]
    shown = "".join([*map(guard.feed, pieces), guard.finish()])
    assert dangers(shown) == []
    assert shown == safe_markdown(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "See [the page](https://example.com/a?b=c) and [a file](src/app.py#L3) and [here](#part).",
        "`Vec<T>` holds `a < b` and ``a `quoted` word``.",
        "```html\n<b>bold</b> [x](command:y)\n```\nAfter.",
        "a < b and 3 > 2, really!",
        "- one\n- two: `x`\n\n1. three",
        "An array `items[0](x)` and \\`escaped\\`.",
    ],
)
def test_what_is_harmless_stays(markdown: str) -> None:
    assert safe_markdown(markdown) == markdown


@pytest.mark.parametrize(
    "target",
    ["command:workbench.action.terminal.new", "javascript:alert(1)", "file:///etc/passwd", "/etc/passwd", "//host/x", "vscode://x/y",
     "../../other", "a/../../b", "data:text/html,x", "&#99;ommand:x", "%63ommand:x", "java\tscript:x", "C:\\x", "\\\\host\\x"],
)  # fmt: skip
def test_other_targets_are_no_links(target: str) -> None:
    assert not leads_somewhere_harmless(target)
    assert dangers(safe_markdown(f"[a]({target}) [b]\n\n[b]: {target}\n")) == []


def test_an_image_becomes_a_link() -> None:
    assert safe_markdown("![a](https://example.com/a.png)") == "\\![a](https://example.com/a.png)"


def test_text_is_not_held_back_for_longer_than_needed() -> None:
    guard = SafeMarkdown()
    assert guard.feed("The function ") == "The function "
    assert guard.feed("`na") == ""
    assert guard.feed("me` and") == "`name` and"
