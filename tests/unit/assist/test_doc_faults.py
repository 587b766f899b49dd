"""Doc comments as people reported them wrong, each kind in several shapes: quotes, results, types, type parameters, HTML."""

from __future__ import annotations

from typing import Any

import pytest

QUOTES = [
    ('def run(mark: str = \'"""\') -> None:\n    go()\n', 'Run.\n\nArgs:\n    mark: Ends it, """ by default.'),
    ("def run(mark=''' ' '''):\n    go()\n", "Run.\n\nArgs:\n    mark: One of \"\"\" and '''."),
    ('def run(mark):\n    return f"""{mark}"""\n', 'Run with """.\n\nArgs:\n    mark: The text between """ and """.'),
    ("def run(mark):\n    go()\n", 'Run.\n\nArgs:\n    mark: What """ ends.\n\nReturns:\n    Nothing else than """.'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "answer"), QUOTES)
async def test_quotes_in_the_text_neither_begin_nor_end_a_docstring(kit: Any, code: str, answer: str) -> None:
    after, edit = await kit.commented(code, "python", 0, answer)
    assert '    """Run' in after
    assert "\n        mark: " in after
    assert not any("cut off" in note for note in edit.notes)


RESULTS = [
    ("python", "Tell.\n\nReturns:\n    bool: Whether it is long.\n    str: The text\n        of it.",
     "    Returns:\n        bool: Whether it is long.\n        str: The text of it.\n"),
    ("python", "Tell.\n\nReturns\n-------\nn : int\n    How many.\nlist[str]\n    The names.",
     "    Returns:\n        int: How many.\n        list[str]: The names.\n"),
    ("typescript", "Tell.\n\n@returns How many.\n@returns The names.", " * @returns How many. The names.\n"),
    ("python", "Tell.\n\nReturns:\n    Whether long: a longer\n    text of it.",
     "    Returns:\n        Whether long: a longer text of it.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "answer", "right"), RESULTS)
async def test_several_results_stay_apart(kit: Any, language: str, answer: str, right: str) -> None:
    code = {"python": "def tell(a):\n    return a\n", "typescript": "function tell(a) {\n  return a;\n}\n"}
    after, _ = await kit.commented(code[language], language, 0, answer)
    assert right in after


PHP = [
    ("array $rows", "array", "@param array<string, mixed> $rows The rows.", "@return array<int, string> The names."),
    ("?int $rows", "?string", "@param int|null $rows The rows.", "@return string|null The names."),
    ("iterable $rows", "array", "@param Row[] $rows The rows.", "@return list<array{a: int, b?: string}> The names."),
    ("Row $rows", "Row", "@param Row<int> $rows The rows.", "@return Row<int> The names."),
]  # fmt: skip


@pytest.mark.parametrize(("parameter", "result", "said", "returned"), PHP)
async def test_types_that_say_more_than_the_signature_are_kept(
    kit: Any, parameter: str, result: str, said: str, returned: str
) -> None:
    code = f"<?php\nfunction names({parameter}): {result} {{\n    return go();\n}}\n"
    after, _ = await kit.commented(code, "php", 1, f"Get the names.\n\n{said}\n{returned}")
    assert f" * {said}\n * {returned}\n" in after


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("@return The names.", "@return array The names."),
        ("@return string The names.", "@return array The names."),  # the signature knows better
        ("@return array The names.", "@return array The names."),
    ],
)
async def test_a_result_without_its_type_gets_that_of_the_signature(
    kit: Any, said: str, written: str
) -> None:
    code = "<?php\nfunction names(): array {\n    return go();\n}\n"
    after, _ = await kit.commented(code, "php", 1, f"Get the names.\n\n{said}")
    assert f" * {written}\n" in after


GENERICS = {
    "kotlin": ("fun <T : Any> box(item: T): Box<T> {\n    return Box(item)\n}\n", 0, "@param T the kind", "@param T the kind"),
    "java": ("class A {\n  <K, V extends K> V box(V item) {\n    return item;\n  }\n}\n", 1, "@param V the kind", "@param <V> the kind"),
    "typescript": ("function box<T extends object>(item: T): T {\n  return item;\n}\n", 0, "@template T the kind", "@typeParam T the kind"),
    "csharp": ("class A {\n    public T Box<T>(T item) { return item; }\n}\n", 1, "@typeparam T the kind", '<typeparam name="T">the kind</typeparam>'),
    "cpp": ("template <typename T>\nint box(const T& item) {\n  return 1;\n}\n", 1, "@tparam T the kind", "@tparam T the kind"),
    "scala": ("object A {\n  def box[T](item: T): T = item\n}\n", 1, "@tparam T the kind", "@tparam T the kind"),
}  # fmt: skip


@pytest.mark.parametrize("language", GENERICS)
async def test_type_parameters_are_parameters(kit: Any, language: str) -> None:
    code, line, said, written = GENERICS[language]
    after, edit = await kit.commented(
        code, language, line, f"Box it.\n\n{said}\n@param ghost nobody\n@param item the item"
    )
    assert (
        written.replace("typeParam", "typeParam") in after
        or written.replace("@typeParam", "@template") in after
    )
    assert "ghost" not in after
    assert [note for note in edit.notes if "`T`" in note or "`V`" in note] == []


HTML = [
    ("if n &lt; 0 &amp;&amp; m", "if n &lt; 0 &amp;&amp; m"),
    ("a List<String> with n < 3 & more", "a List&lt;String> with n &lt; 3 &amp; more"),
    ("{@code a < b && c} or <b>bold</b>", "{@code a < b && c} or <b>bold</b>"),
    ("see {@link List} &#169;", "see {@link List} &#169;"),
]


@pytest.mark.parametrize(("said", "written"), HTML)
async def test_html_of_javadoc_stays_and_what_is_none_is_escaped(kit: Any, said: str, written: str) -> None:
    code = "class A {\n  int load(int n) {\n    return n;\n  }\n}\n"
    after, _ = await kit.commented(code, "java", 1, f"Load it.\n\n@param n {said}\n@return {said}")
    assert f"@param n {written}\n" in after
    assert f"@return {written}\n" in after


async def test_entities_are_left_alone_where_the_notation_has_none(kit: Any) -> None:
    code = "def load(n):\n    return n\n"
    after, _ = await kit.commented(code, "python", 0, "Load it.\n\nArgs:\n    n: Becomes &lt; in HTML.")
    assert "n: Becomes &lt; in HTML." in after


DATA = (
    '{"summary": "Load it.", "details": "", "parameters": [{"name": "path", "description": "Where it is."}, '
    '{"name": "ghost", "description": "Nobody."}, {"name": 3}], "returns": "", "raises": []}'
)


@pytest.mark.parametrize("answer", [DATA, f"```json\n{DATA}\n```", f"Okay, so.</think>{DATA}"])
async def test_an_answer_as_data_becomes_a_comment_in_every_language(
    kit: Any, sample: tuple[str, str, int], answer: str
) -> None:
    language, text, line = sample
    after, edit = await kit.commented(text, language, line, answer)
    assert "Load it." in after
    assert "Where it is." in after
    if language not in {
        "shellscript",
        "javascript",
    }:  # where a parameter without a name may be called anything
        assert "ghost" not in after
        assert any("ghost" in note for note in edit.notes)


async def test_line_comments_as_data_are_read(kit: Any) -> None:
    code = "def f(a):\n    x = a\n    return x\n"
    assistant = kit.assistant_for(kit.Chat('{"comments": [{"line": 2, "text": "Keep it."}, {"line": 99}]}'))
    request = assistant.prepare_comment(kit.target_of(code, "python", 1, 2))
    assert request.options.schema is not None
    edit = await assistant.comment(request)
    assert kit.applied(code, edit) == "def f(a):\n    # Keep it.\n    x = a\n    return x\n"


async def test_reasoning_that_no_mark_opens_is_not_explained(kit: Any) -> None:
    assistant = kit.assistant_for(kit.Chat("The user asks.\n</think>\n\nIt loads."))
    answer = assistant.explain(
        assistant.prepare_explanation(kit.target_of("def f():\n    pass\n", "python", 0))
    )
    async for _ in answer.pieces():
        pass
    assert answer.text == "It loads."
