"""Which other files mean a binding, and which of them are looked at while there is time."""

from __future__ import annotations

from segue_context.navigation import Navigator
from segue_context.references import BoundName, OtherFiles
from segue_syntax import SourceFile


def test_those_that_import_it_are_looked_at_first(memory_reader):
    texts = {f"a{number}.py": "total = 1\nprint( total )\n" for number in range(12)}
    texts |= {"shop.py": "def total (): ...\n", "z.py": "from shop import total\n\nprint( total )\n"}
    reader = memory_reader(texts, {"shop": "shop.py"})
    late = OtherFiles(
        BoundName("shop.py", "total", public=True, member=False),
        reader,
        lambda path: SourceFile(texts[path], path=path),
        is_late=lambda: True,
    )
    assert [file.path for file, _ in late.uses(60)] == ["z.py"]


def test_a_file_that_takes_too_long_is_left_for_later_unless_it_is_the_first(memory_reader):
    use = "from shop import total\n\nprint( total )\n"
    texts = {"a.py": use + "# long\n" * 50, "b.py": use + "# long\n" * 60, "c.py": use}
    reader = memory_reader({**texts, "shop.py": "def total (): ...\n"}, {"shop": "shop.py"})
    short = OtherFiles(
        BoundName("shop.py", "total", public=True, member=False),
        reader,
        lambda path: SourceFile(texts[path], path=path) if path in texts else None,
        is_over=lambda file: file is not None and len(file.text) > 200,
    )
    assert [file.path for file, _ in short.uses(60)] == ["a.py", "c.py"]


def test_what_a_name_surely_means_is_told_by_imports(memory_reader):
    texts = {
        "shop.py": "class Cart:\n    def clear_all(self): ...\n\ndef total (): ...\n",
        "bill.py": "from shop import Cart, total\nimport shop\nimport json\n\n"
        "def bill(cart, rows):\n    rows.clear(); cart.clear_all(); total(); shop.total(); json.dumps(); Cart()\n",
        "text.py": "def dumps(): ...\ndef clear(): ...\n",
    }
    navigator = Navigator(memory_reader(texts, {"shop": "shop.py"}))
    file = SourceFile(texts["bill.py"], path="bill.py")
    assert file.scopes is not None
    found = {}
    for one in file.scopes.on_line(5):
        meant = navigator.certain(file, one)
        found.setdefault(one.name, set()).add(meant and f"{meant.path}:{meant.line + 1}")
    assert found["total"] == {"shop.py:4"}
    assert found["Cart"] == {"shop.py:1"}
    assert found["clear_all"] == {"shop.py:2"}  # several words, and nothing else is called so
    assert found["clear"] == {None}
    assert found["dumps"] == {None}
