"""Which other files mean a binding, and which of them are looked at while there is time."""

from __future__ import annotations

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
