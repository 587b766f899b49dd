"""Editing by instruction: whatever the model answers, only what was asked changes, and it parses no worse."""

from __future__ import annotations

from typing import Any

import pytest

from segue_assist import AssistError, Change

PYTHON = '''import os


def load(path, deep=False):
    """Load it."""
    data = os.stat(path)
    return data


def other(path):
    return load(path)
'''


async def changed(
    kit: Any, text: str, language: str, lines: tuple[int, int | None], answer: str, **chat: Any
) -> tuple[str, Change]:
    workspace = chat.pop("workspace", None)
    assistant = kit.assistant_for(kit.Chat(answer, **chat), workspace)
    request = assistant.prepare_change(kit.target_of(text, language, *lines), "do it")
    change = await assistant.change(request)
    return kit.applied(text, change), change


async def test_the_definition_at_a_place_is_rewritten_and_nothing_else(kit: Any) -> None:
    answer = "Sure:\n\n```python\ndef load(path):\n    return os.stat(path)\n```\nDone."
    after, change = await changed(kit, PYTHON, "python", (5, None), answer)
    assert after == PYTHON.replace(
        '''def load(path, deep=False):
    """Load it."""
    data = os.stat(path)
    return data
''',
        "def load(path):\n    return os.stat(path)\n",
    )
    assert change.version == 4
    assert change.unknown == ()


async def test_each_hunk_is_an_edit_of_its_own(kit: Any) -> None:
    answer = '```\ndef load(path, deep=True):\n    """Load it."""\n    data = os.stat(path)\n    return data or None\n```'
    _, change = await changed(kit, PYTHON, "python", (3, None), answer)
    assert [edit.text for edit in change.edits] == [
        "def load(path, deep=True):\n",
        "    return data or None\n",
    ]


async def test_lines_inside_a_definition_keep_their_indentation(kit: Any) -> None:
    answer = "```python\ndata = os.lstat(path)\nif not data:\n    raise OSError(path)\n```"
    after, _ = await changed(kit, PYTHON, "python", (5, 5), answer)
    assert (
        "    data = os.lstat(path)\n    if not data:\n        raise OSError(path)\n    return data\n" in after
    )


async def test_of_a_whole_definition_only_the_selected_lines_are_taken(kit: Any) -> None:
    answer = '```python\ndef load(path, deep=None):\n    """Load it."""\n    data = os.lstat(path)\n    return data\n```'
    after, change = await changed(kit, PYTHON, "python", (5, 5), answer)
    assert after == PYTHON.replace("os.stat", "os.lstat")
    assert any("left out" in note for note in change.notes)


@pytest.mark.parametrize(
    "answer",
    [
        "<<<<<<< SEARCH\n    data = os.stat(path)\n=======\n    data = os.lstat(path)\n>>>>>>> REPLACE",
        "```\n<<<<<<< SEARCH\ndata = os.stat(path)\n=======\ndata = os.lstat(path)\n>>>>>>> REPLACE\n```",
        '```diff\n@@ -5,2 +5,2 @@\n     """Load it."""\n-    data = os.stat(path)\n+    data = os.lstat(path)\n```',
        '{"edits": [{"search": "    data = os.stat(path)", "replace": "    data = os.lstat(path)"}]}',
        '<think>hm ```x```</think>{"code": "def load(path, deep=False):\\n    \\"\\"\\"Load it.\\"\\"\\"\\n    data = os.lstat(path)\\n    return data"}',
        '```python\ndef load(path, deep=False):\n    """Load it."""\n    data = os.lstat(path)\n    # ... rest of the code ...\n```',
        'def load(path, deep=False):\n  """Load it."""\n  data = os.lstat(path)\n  return data',
        '```python\nimport os\n\ndef load(path, deep=False):\n    """Load it."""\n    data = os.lstat(path)\n    return data\n\n\ndef other(path):\n    return None\n```',
    ],
)
async def test_every_way_to_write_a_change_is_read(kit: Any, answer: str) -> None:
    after, _ = await changed(kit, PYTHON, "python", (3, None), answer)
    assert after == PYTHON.replace("os.stat", "os.lstat")


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("empty_answer", "  \n"),
        ("prose", "You could simply use lstat there, it is faster. Let me know if that helps!"),
        ("other_code", "```python\ndef volcano(zebra):\n    return zebra.lava\n```"),
        ("wrong_language", "```javascript\nfunction load(path) { return path; }\n```"),
        ("would_break", "```python\ndef load(path:\n    return (path\n```"),
        ("no_change", f"```python\n{PYTHON[PYTHON.index('def load') : PYTHON.index('def other')]}```"),
        ("other_code", "<<<<<<< SEARCH\n    return load(path)\n=======\n    return None\n>>>>>>> REPLACE"),
        ("hidden_text", "```python\ndef load(path, deep=False):\n    return '\u202e' + path\n```"),
        ("cut_off", "```python\n# ... rest of the code ...\n```"),
    ],
)
async def test_what_cannot_be_used_changes_nothing(kit: Any, reason: str, answer: str) -> None:
    with pytest.raises(AssistError) as refusal:
        await changed(kit, PYTHON, "python", (3, None), answer)
    assert refusal.value.reason == reason
    assert refusal.value.message.endswith(".")


async def test_an_answer_that_was_cut_off_changes_nothing(kit: Any) -> None:
    with pytest.raises(AssistError) as refusal:
        await changed(
            kit,
            PYTHON,
            "python",
            (3, None),
            "```python\ndef load(path):\n    return os.sta",
            finish="length",
        )
    assert refusal.value.reason == "cut_off"


async def test_names_that_nothing_defines_are_marked(kit: Any) -> None:
    workspace = kit.Workspace({"b.py": "def elsewhere(x):\n    return x\n", "c.py": "print(injected)\n"})
    answer = "```python\ndef load(path):\n    injected()\n    inner = len(path)\n    return elsewhere(invented(inner))\n```"
    _, change = await changed(kit, PYTHON, "python", (3, None), answer, workspace=workspace)
    assert [(one.name, one.defined_in) for one in change.unknown] == [("elsewhere", "b.py"), ("invented", "")]
    assert any("`invented`" in note for note in change.notes)


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("python", "def f(a):\n    return 1\n", "def f(a):\n    return f'{a} {missing}'"),
        (
            "kotlin",
            'fun f(a: Int): String {\n    return ""\n}\n',
            'fun f(a: Int): String {\n    return "$a $missing"\n}',
        ),
        (
            "rust",
            "fn f(a: u8) {\n    g();\n}\nfn g() {}\n",
            'fn f(a: u8) {\n    println!("{a} {missing:?}");\n}',
        ),
        (
            "javascript",
            "function f(a) {\n  return 1;\n}\n",
            "function f(a) {\n  return `${a} ${missing}`;\n}",
        ),
        ("ruby", "def f(a)\n  1\nend\n", 'def f(a)\n  "#{a} #{missing}"\nend'),
    ],
)
async def test_a_name_in_a_string_that_nothing_defines_is_marked(
    kit: Any, language: str, text: str, answer: str
) -> None:
    _, change = await changed(kit, text, language, (0, None), f"```{language}\n{answer}\n```")
    assert [one.name for one in change.unknown] == ["missing"]


async def test_a_qualified_name_of_the_library_needs_no_import(kit: Any) -> None:
    text = "class A {\n    Object f() {\n        return null;\n    }\n}\n"
    _, change = await changed(
        kit, text, "java", (2, 2), "```java\nreturn new java.util.ArrayList<String>();\n```"
    )
    assert change.unknown == ()


async def test_a_name_that_the_change_no_longer_binds_is_marked(kit: Any) -> None:
    text = "def f():\n    total = 1\n    return total\n"
    _, change = await changed(kit, text, "python", (1, 1), "```\nsum_ = 1\n```")
    assert [one.name for one in change.unknown] == ["total"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_line_ends_and_the_rest_stay_as_they_are(kit: Any, newline: str) -> None:
    text = f"a = 1   {newline}{newline}def f(x):{newline}\treturn x{newline}{newline}\tb = 2 {newline}c = 3"
    after, _ = await changed(
        kit,
        text,
        "python",
        (2, None),
        "```python\ndef f(x):\n    if x:\n        return x\n\n    b = 2\n```",
    )
    assert (
        after
        == f"a = 1   {newline}{newline}def f(x):{newline}\tif x:{newline}\t\treturn x{newline}{newline}\tb = 2 {newline}c = 3"
    )


async def test_an_empty_line_is_filled(kit: Any) -> None:
    text = "import os\n\n\nx = 1\n"
    after, _ = await changed(kit, text, "python", (2, None), "```python\ndef f():\n    return x\n```")
    assert after == "import os\n\ndef f():\n    return x\nx = 1\n"


async def test_a_part_of_a_line_is_replaced(kit: Any) -> None:
    from segue_assist import Target
    from segue_syntax import Position, Range, Snapshot

    text = "total = price * 2\n"
    assistant = kit.assistant_for(kit.Chat("`price * 3`"))
    target = Target(Snapshot.of(text, language_id="python"), "a.py", Range(Position(0, 8), Position(0, 17)))
    change = await assistant.change(assistant.prepare_change(target, "triple it"))
    assert kit.applied(text, change) == "total = price * 3\n"


async def test_imports_are_added_through_the_resolver(kit: Any) -> None:
    from segue_assist import Asking, Assistant, PromptLibrary

    seen: list[Any] = []

    def with_imports(path: str, before: str, after: str, wanted: Any) -> str:
        seen.extend((one.module, one.local) for one in wanted)
        return after.replace("import os\n", "import json\nimport os\n", 1)

    chat = kit.Chat("```python\nimport json\n\ndef load(path):\n    return json.loads(path)\n```")
    assistant = Assistant(
        Asking(
            reader=kit.Workspace(),
            prompts=PromptLibrary(),
            privacy=kit.Rules(),
            chat=chat,
            link=lambda _path, _line: "",
            with_imports=with_imports,
        )
    )
    target = kit.target_of(PYTHON, "python", 3)
    change = await assistant.change(assistant.prepare_change(target, "read JSON"))
    after = kit.applied(PYTHON, change)
    assert seen == [("json", "json")]
    assert after.startswith("import json\nimport os\n\n\ndef load(path):\n    return json.loads(path)\n")
    assert change.unknown == ()


async def test_the_code_is_shown_while_it_is_written(kit: Any) -> None:
    pieces: list[str] = []
    chat = kit.Chat(
        "<think>a ```b\nc\n```</think>Here:\n```python\ndef load(path):\n    return 1\n```\nDone."
    )
    assistant = kit.assistant_for(chat)
    request = assistant.prepare_change(kit.target_of(PYTHON, "python", 3), "shorten")
    await assistant.change(request, pieces.append)
    assert "".join(pieces) == "def load(path):\n    return 1\n"


async def test_a_model_that_is_too_small_is_not_asked(kit: Any) -> None:
    chat = kit.Chat("```\nx\n```", name="chat/tiny-1b")
    assistant = kit.assistant_for(chat)
    with pytest.raises(AssistError) as refusal:
        await assistant.change(assistant.prepare_change(kit.target_of(PYTHON, "python", 3), "x"))
    assert refusal.value.reason == "unfit_model"
    assert chat.asked == []


async def test_a_model_of_one_and_a_half_billion_gets_the_short_prompt(kit: Any) -> None:
    chat = kit.Chat("```python\ndef load(path):\n    return 1\n```", name="chat/coder-1.5b")
    assistant = kit.assistant_for(chat)
    await assistant.change(assistant.prepare_change(kit.target_of(PYTHON, "python", 3), "shorten it"))
    assert len(chat.asked[0]) == 1
    assert "shorten it" in chat.prompt


def test_without_an_instruction_nothing_is_asked(kit: Any) -> None:
    with pytest.raises(AssistError) as refusal:
        kit.assistant_for(kit.Chat("x")).prepare_change(kit.target_of(PYTHON, "python", 3), "  ")
    assert refusal.value.reason == "no_instruction"


TABBED = "class A {\n\tvoid run(Row row) {\n\t\tcheck(row,\n\t\t\t\t() -> go(row));\n\t\tuse(row);\n\t}\n}\n"
PARTS = [
    ("\t\tcheck(row,\n\t\t\t\t() -> go(row));", "\t\tcheck(rowTwo,\n\t\t\t\t() -> go(row));"),
    ("void run(Row row) {\n\tcheck(row,", "void run(Row rowTwo) {\n\tcheck(rowTwo,"),
    ("void run(Row row) {\n        check(row,", "void run(Row rowTwo) {\n        check(rowTwo,"),
    ("check(row,\n        () -> go(row));", "check(rowTwo,\n        () -> go(row));"),
]


@pytest.mark.parametrize(("old", "new"), PARTS)
async def test_parts_are_laid_out_like_what_they_replace(kit: Any, old: str, new: str) -> None:
    block = f"<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE"
    after, _ = await changed(kit, TABBED, "java", (1, None), block)
    assert [line[: len(line) - len(line.lstrip())] for line in after.split("\n")] == [
        line[: len(line) - len(line.lstrip())] for line in TABBED.split("\n")
    ]
    assert after.replace("rowTwo", "row") == TABBED


async def test_the_guarantees_hold_for_every_kind_of_answer(tmp_path: Any) -> None:
    from segue_bench.edit_guarantee import run

    (tmp_path / "a.py").write_text(
        "import os\n\n\nclass A:\n    def load(self, path, deep=False):\n        if not path:\n            raise ValueError(path)\n"
        "        found = os.stat(path)\n        text = '''\n  as it is\n'''\n        return found, text, deep\n"
    )
    (tmp_path / "b.go").write_text(
        "package a\n\n// Load loads what there is at a path, as far as the depth that is given.\nfunc Load(path string, deep bool) (int, error) {\n"
        '\tif path == "" {\n\t\treturn 0, errEmpty\n\t}\n\n\tfor deep {\n\t\tpath = path[1:]\n\t}\n\n\treturn len(path), nil\n}\n'
    )
    tally = await run([tmp_path], per_language=2)
    assert tally.answers.total() > 80
    assert {kind: places for kind, places in tally.broken.items() if places} == {}
    assert tally.missed == []
    refused = {kind for kind, outcomes in tally.by_kind.items() if not outcomes["wanted"] + outcomes["other"]}
    assert refused >= {"prose", "nothing", "refusal", "other code", "cut off", "hidden characters", "garbage"}
