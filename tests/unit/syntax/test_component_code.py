"""The code of single-file components."""

from __future__ import annotations

import pytest

from segue_syntax.scopes import scopes_of

CASES = {
    "a template that sees the script": (
        "vue",
        '<script setup>\nconst size = 1\n</script>\n<template>\n  <b :w="size" @click="size++">{{ size }} size</b>\n</template>\n',
        "size",
        [(1, 6), (4, 9), (4, 23), (4, 34)],
    ),
    "a template that sees the options only": (
        "vue",
        "<script>\nconst size = 1\nuse(size)\n</script>\n<template>{{ size }}</template>\n",
        "size",
        [(1, 6), (2, 4)],
    ),
    "what a loop of the template binds": (
        "vue",
        '<script setup>\nconst row = 1\nconst rows = [row]\n</script>\n<template><b v-for="row of rows">{{ row }}</b></template>\n',
        "row",
        [(1, 6), (2, 14)],
    ),
    "tags and text beyond ASCII": (
        "vue",
        '<template><p title="Box">é {{ Box }}</p><Box></Box></template>\n<script setup>\nimport Box from "./Box.vue"\n</script>\n',
        "Box",
        [(0, 30), (0, 41), (0, 47), (2, 7)],
    ),
    "blocks and braces": (
        "svelte",
        "<script>\n  let rows = []\n</script>\n{#each rows as row, i (row)}\n  <b {rows} n={rows.length}>rows</b>\n{/each}\n",
        "rows",
        [(1, 6), (3, 7), (4, 15)],
    ),
    "a store and a rune": (
        "svelte",
        "<script>\n  let state = $state(0)\n</script>\n<p>{$state} {state}</p>\n",
        "state",
        [(1, 6), (3, 5), (3, 13)],
    ),
}


@pytest.mark.parametrize(("language", "text", "name", "places"), CASES.values(), ids=CASES)
def test_names_of_a_component(language: str, text: str, name: str, places: list[tuple[int, int]]) -> None:
    scopes = scopes_of(text, language)
    assert scopes is not None
    binding = scopes.file.names[name][0]
    assert [scopes.place(one)[:2] for one in scopes.references(binding)] == places


def test_a_half_written_component_has_names() -> None:
    scopes = scopes_of("<script setup>\nconst size = 1\nsize.", "vue")
    assert scopes is not None
    assert len(scopes.references(scopes.file.names["size"][0])) == 2
