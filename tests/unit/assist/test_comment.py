"""The comment action: whatever the model answers, the code stays and the comment fits."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from segue_assist import AssistError, same_code
from segue_bench.assist_guarantee import run
from segue_syntax import Position, Range

EXPECTED = {
    "python": '    """Load it.\n\n    Args:\n        path: Where it is.\n        deep: How deep.\n    """\n    if not path:',
    "javascript": "/**\n * Load it.\n *\n * @param path - Where it is.\n * @param deep - How deep.\n */\nexport const load",
    "typescript": "  /**\n   * Load it.\n   *\n   * @param path - Where it is.\n   * @param deep - How deep.\n   */\n  @Memo()\n",
    "go": "// Load it.\n//\n// Parameters:\n//   - path: Where it is.\n//   - deep: How deep.\n//go:noinline\nfunc",
    "rust": "/// Load it.\n///\n/// # Arguments\n///\n/// * `path` - Where it is.\n/// * `deep` - How deep.\n#[inline]\n",
    "java": "\t/**\n\t * Load it.\n\t *\n\t * @param path Where it is.\n\t * @param deep How deep.\n\t */\n\t@Override\n",
    "c": "/**\n * Load it.\n *\n * @param path Where it is.\n * @param deep How deep.\n */\nstatic int",
    "cpp": "  /**\n   * Load it.\n   *\n   * @param path Where it is.\n   * @param deep How deep.\n   */\n  template",
    "csharp": '    /// <summary>\n    /// Load it.\n    /// </summary>\n    /// <param name="path">Where it is.</param>\n',
    "ruby": "  # Load it.\n  #\n  # @param path Where it is.\n  # @param deep How deep.\n  private def load",
    "php": "/**\n * Load it.\n *\n * @param string $path Where it is.\n * @param bool $deep How deep.\n */\nfunction",
    "kotlin": "    /**\n     * Load it.\n     *\n     * @param path Where it is.\n     * @param deep How deep.\n     */\n    fun",
    "scala": "  /**\n   * Load it.\n   *\n   * @param path Where it is.\n   * @param deep How deep.\n   */\n  def",
    "swift": "    /// Load it.\n    ///\n    /// - Parameters:\n    ///   - path: Where it is.\n    ///   - deep: How deep.\n    func",
    "lua": "--- Load it.\n---\n--- @param path Where it is.\n--- @param deep How deep.\nfunction",
    "shellscript": "#!/bin/sh\n# Load it.\n#\n# Arguments:\n#   - path: Where it is.\n",
}


async def test_the_comment_follows_the_convention_of_the_language(
    kit: Any, sample: tuple[str, str, int]
) -> None:
    language, text, line = sample
    answer = "Load it.\n\nArgs:\n    path: Where it is.\n    deep: How deep.\n    ghost: Nobody."
    after, edit = await kit.commented(text, language, line, answer)
    assert EXPECTED[language] in after
    assert same_code(text, after, language)
    if language != "shellscript":  # its parameters have no names
        assert "ghost" not in after
        assert any("ghost" in note for note in edit.notes)


async def test_windows_line_ends_stay(kit: Any, sample: tuple[str, str, int]) -> None:
    language, text, line = sample
    text = text.replace("\n", "\r\n")
    after, _ = await kit.commented(text, language, line, "Load it.\n\nArgs:\n    path: Where it is.")
    assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize(
    "hostile",
    [
        "Load it. */ evil(); /*",
        'Load it."""\nimport evil\n"""More',
        "Load it.\u2028evil()\u202e\x0c\x00",
        "Load it. \\u002a\\u002f evil();",
        "Load it. The line ends here \\",
        "Load it.\n\ntype: ignore",
        "Load it. ''' \"\"\" ``` */ --> ?> ]]",
        "Load it.\n\n@internal\n@deprecated do not\n@param path Where.",
    ],
)
async def test_text_that_would_escape_is_made_harmless(
    kit: Any, sample: tuple[str, str, int], hostile: str
) -> None:
    language, text, line = sample
    fenced = f"```\n{hostile}\n```"
    after = text
    with suppress(AssistError):
        after, _ = await kit.commented(text, language, line, fenced)
    assert same_code(text, after, language)
    assert "@internal" not in after
    assert "@deprecated" not in after
    assert not set("\u2028\u202e\x0c\x00") & set(after)


async def test_real_functions_keep_their_code_against_every_answer() -> None:
    import asyncio as installed

    tally = await run([Path(installed.__file__).parent], per_language=8, seed=5)
    assert tally.functions["python"] == 8
    assert not any(tally.broken.values())
    assert sum(tally.applied.values()) >= 0.95 * sum(tally.well_meant.values())


OLD = '''\
def load(path, deep):
    """Load.

    Args:
        path: Old.

    Examples:
        >>> load("a", 1)
        1
    """
    return path
'''


async def test_an_old_docstring_is_replaced_and_its_examples_kept(kit: Any) -> None:
    after, edit = await kit.commented(OLD, "python", 0, '"""Load it now.\n\nArgs:\n    path: New.\n"""')
    assert after.count('"""') == 2
    assert "path: New." in after
    assert '>>> load("a", 1)' in after
    assert "Old" not in after
    assert any("`deep`" in note for note in edit.notes)


async def test_what_is_returned_and_raised_is_checked_against_the_body(kit: Any) -> None:
    text = "def f(a):\n    if a:\n        raise KeyError(a)\n    print(a)\n"
    answer = "Do it.\n\nReturns:\n    The thing.\n\nRaises:\n    KeyError: If a.\n    OSError: Never."
    after, edit = await kit.commented(text, "python", 0, answer)
    assert "Returns" not in after
    assert "KeyError: If a." in after
    assert "OSError" not in after
    assert len(edit.notes) == 2


async def test_types_of_the_signature_win(kit: Any) -> None:
    text = 'def a():\n    """X.\n\n    Parameters\n    ----------\n    y : int\n        Z.\n    """\n\n\ndef f(n: float):\n    g(n)\n'
    after, _ = await kit.commented(text, "python", 10, "Do it.\n\nArgs:\n    n (int): The number.")
    assert "n : float\n        The number." in after


REFUSED = {
    "prose": "This function is quite clever. It loads things. Let me know if you need more.",
    "empty_answer": "   \n",
    "other_code": "```python\ndef zebra(umbrella):\n    return volcano\n```",
    "wrong_language": "```\n从给定的路径加载数据并返回结果。\n```",
}


@pytest.mark.parametrize(("reason", "answer"), REFUSED.items(), ids=REFUSED.keys())
async def test_answers_without_a_comment_are_refused_in_one_sentence(
    kit: Any, sample: tuple[str, str, int], reason: str, answer: str
) -> None:
    language, text, line = sample
    with pytest.raises(AssistError) as refusal:
        await kit.commented(text, language, line, answer)
    assert refusal.value.reason == reason
    assert refusal.value.message.endswith(".")
    assert ". " not in refusal.value.message


async def test_a_plain_answer_of_summary_and_details_is_a_comment(kit: Any) -> None:
    text, line = kit.samples["python"]
    answer = "Load the file at a path.\n\nDeep loading follows links. Nothing is cached. Errors pass through."
    after, _ = await kit.commented(text, "python", line, answer)
    assert '    """Load the file at a path.\n\n    Deep loading follows links.' in after


async def test_the_right_one_of_several_methods_is_taken(kit: Any) -> None:
    text = "class A:\n    def f(self):\n        a()\n\n\nclass B:\n    def f(self):\n        b()\n"
    answer = text.replace("        a()", '        """Do A."""\n        a()').replace(
        "        b()", '        """Do B."""\n        b()'
    )
    after, _ = await kit.commented(text, "python", 6, f"```python\n{answer}```")
    assert "Do A" not in after
    assert '"""Do B."""\n        b()' in after


async def test_a_macro_the_grammar_stumbles_over_is_no_broken_function(kit: Any) -> None:
    text = "int f(int a) {\n  FOR_EACH(x, a) OTHER { g(x) }\n  return a;\n}\n"
    after, _ = await kit.commented(text, "c", 0, "/** Do it. */")
    assert after == "/** Do it. */\n" + text
    for torn in ("int f(int a) {\n  if (a) {\n  return a;\n}\n", "int f(int a, {\n  return a;\n}\n"):
        with pytest.raises(AssistError):
            await kit.commented(torn, "c", 0, "/** Do it. */")


async def test_a_header_written_in_cpp_is_read_as_such(kit: Any) -> None:
    text = "namespace n {\nclass A {\n public:\n  int f(int a) const;\n};\n}\n"
    assistant = kit.assistant_for(kit.Chat("/** Do it. */"))
    edit = await assistant.comment(assistant.prepare_comment(kit.target_of(text, "c", 3, path="a.h")))
    assert "  /** Do it. */\n  int f" in kit.applied(text, edit)


async def test_a_heading_alone_is_no_summary(kit: Any) -> None:
    with pytest.raises(AssistError) as refusal:
        await kit.commented("fn f() {}\n", "rust", 0, "```rust\n# Errors or Panics\n```")
    assert refusal.value.reason == "prose"


async def test_an_answer_cut_off_keeps_what_is_whole(kit: Any) -> None:
    text, line = kit.samples["python"]
    answer = '```python\n"""Load it.\n\nArgs:\n    path: Where it is.\n    deep: How de'
    after, edit = await kit.commented(text, "python", line, answer, finish="length")
    assert "path: Where it is." in after
    assert "How de" not in after
    assert any("cut off" in note for note in edit.notes)
    with pytest.raises(AssistError) as refusal:
        await kit.commented(text, "python", line, '"""Load', finish="length")
    assert refusal.value.reason == "cut_off"


async def test_an_answer_that_cannot_be_used_is_asked_for_once_more(kit: Any) -> None:
    text, line = kit.samples["python"]
    chat = kit.Chat("I would love to help you with that! Let me think.", '"""Load it."""')
    assistant = kit.assistant_for(chat)
    edit = await assistant.comment(assistant.prepare_comment(kit.target_of(text, "python", line)))
    assert '"""Load it."""' in edit.text
    assert len(chat.asked) == 2
    assert "cannot be used" in chat.prompt


PLACES = {
    "half_definition": ("def f():\n    a = 1\n    b = 2\n\n\ndef g():\n    c = 3\n    d = 4\n", 1, 6),
    "no_definition": ("x = 1\n", 0, None),
    "empty_selection": ("x = 1\n\n\ny = 2\n", 1, 2),
    "not_documentable": ("x = 1; y = lambda: 0\nclass A: pass\n", 0, None),
}


@pytest.mark.parametrize(("reason", "place"), PLACES.items(), ids=PLACES.keys())
def test_places_that_cannot_be_commented_are_refused_before_asking(
    kit: Any, reason: str, place: tuple[str, int, int | None]
) -> None:
    chat = kit.Chat("unused")
    with pytest.raises(AssistError) as refusal:
        kit.assistant_for(chat).prepare_comment(kit.target_of(place[0], "python", place[1], place[2]))
    assert refusal.value.reason in {reason, "no_definition"}
    assert chat.asked == []


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("python", "def f(a,\n    b = (\n", "half_definition"),
        ("javascript", "function f( { return 1\n", "half_definition"),
        ("plaintext", "hello\n", "unparsable"),
        ("python", "\0\1\2", "not_code"),
        ("python", "x = 1\n" * 120_000, "too_large"),
    ],
)
def test_broken_binary_and_huge_texts_are_refused(kit: Any, language: str, text: str, reason: str) -> None:
    with pytest.raises(AssistError) as refusal:
        kit.assistant_for(kit.Chat("unused")).prepare_comment(kit.target_of(text, language, 0))
    assert refusal.value.reason in {reason, "no_definition"}


async def test_lines_inside_a_function_get_line_comments(kit: Any) -> None:
    text = "def f(a):\n    b = a\n    if b:\n        c = (1,\n             2)\n    return b\n"
    chat = kit.Chat(
        "3: Empty values are fine.\n- Line 5: A pair.\n6: `return b`\n40: nowhere\nHope this helps!"
    )
    assistant = kit.assistant_for(chat)
    question = assistant.prepare_comment(kit.target_of(text, "python", 1, 4))
    edit = await assistant.comment(question)
    after = kit.applied(text, edit)
    assert same_code(text, after, "python")
    assert "    # Empty values are fine.\n    if b:" in after
    assert "        # A pair.\n        c = (1," in after
    assert "2| " in question.messages[-1].content


async def test_line_comments_are_taken_from_code_written_again(kit: Any) -> None:
    text = "int f(int a)\n{\n    int b = a;\n    b += 2;\n    return b;\n}\n"
    answer = "```c\n    // Start from a.\n    int b = a;\n    // Make it 5.\n    b += 5;\n    return b;\n```"
    assistant = kit.assistant_for(kit.Chat(answer))
    edit = await assistant.comment(assistant.prepare_comment(kit.target_of(text, "c", 2, 4)))
    after = kit.applied(text, edit)
    assert "    // Start from a.\n    int b = a;\n    b += 2;" in after
    assert same_code(text, after, "c")


async def test_a_comment_line_never_lands_inside_a_string(kit: Any) -> None:
    text = 'def f():\n    x = """\n    a\n    """\n    return x\n'
    assistant = kit.assistant_for(kit.Chat("3: The letter.\n4: The end."))
    edit = await assistant.comment(assistant.prepare_comment(kit.target_of(text, "python", 1, 3)))
    assert kit.applied(text, edit).startswith('def f():\n    # The letter.\n    x = """\n    a\n')


def test_the_edit_belongs_to_the_version_it_was_made_for(kit: Any) -> None:
    text, line = kit.samples["go"]
    question = kit.assistant_for(kit.Chat("x")).prepare_comment(kit.target_of(text, "go", line))
    assert question.target.snapshot.version == 4
    assert question.target.extent == Range(Position(line, 0), Position(line, 0))
