"""Next edits as an editor applies them: what matters is the text of every file afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from segue_bench.typist import Typist

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def project(root: Path, texts: dict[str, str]) -> Path:
    """Write files and return the folder."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


def kinds(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the kinds of the edits of an answer."""
    return [edit["kind"] for edit in answer["edits"]]


def test_one_action_renames_a_class_in_thirty_files(tmp_path: Path) -> None:
    texts = {"shapes.py": "class Polygon:\n    sides = 0\n"}
    for n in range(30):
        texts[f"part_{n % 3}/user_{n}.py"] = (
            f"from shapes import Polygon\n\n\ndef make_{n}() -> Polygon:\n    return Polygon()  # number {n}\n"
        )
    with Typist(project(tmp_path, texts)) as typist:
        typist.open("shapes.py")
        typist.open("part_1/user_1.py")  # one of them is open
        typist.wait_for_index()
        typist.type("shapes.py", 0, 6, 13, "Shape")
        typist.until("shapes.py", 0, lambda answer: answer["shown"] and len(answer["edits"]) == 10)
        [title] = [t for t in typist.actions("shapes.py", 0) if "apply the same change" in t]
        assert "to 60 places in 30 files" in title
        changed = typist.apply(typist.actions("shapes.py", 0)[title])
        assert sorted(changed) == sorted(set(texts) - {"shapes.py"})
        for name, text in texts.items():
            assert typist.text(name) == text.replace("Polygon", "Shape")
        assert not typist.next_edits("shapes.py", 0)["shown"]


def test_actions_name_their_files_and_say_what_was_done(tmp_path: Path) -> None:
    texts = {"shapes.py": "class Polygon:\n    sides = 0\n"}
    for n in range(4):
        texts[f"user_{n}.py"] = f"# user {n}\nfrom shapes import Polygon\n"
    root = project(tmp_path, texts)
    with Typist(root) as typist:
        typist.open("shapes.py")
        typist.wait_for_index()
        next(tmp_path.rglob("user_3.py")).chmod(0o444)
        typist.type("shapes.py", 0, 6, 13, "Shape")
        typist.until("shapes.py", 0, lambda answer: len(answer["edits"]) == 3)
        actions = typist.actions("shapes.py", 0)
        [everywhere] = [title for title in actions if "to 3 places in 3 files" in title]
        [single] = [title for title in actions if title.startswith("Segue: ") and title != everywhere]
        assert re.fullmatch(r"Segue: .+ in user_\d\.py:2", single)
        done = actions[everywhere]["command"]["arguments"][1]
        assert done == "Segue: 3 places changed in 3 files; 1 left: read-only."


def test_one_action_puts_twenty_calls_right(tmp_path: Path) -> None:
    texts = {"store.py": "def fetch(key, retries):\n    return key\n"}
    for n in range(20):
        texts[f"call_{n}.py"] = (
            f"from store import fetch\n\n\ndef run(key):\n    return fetch(key + '(,', {n}), [fetch]\n"
        )
    with Typist(project(tmp_path, texts)) as typist:
        typist.open("store.py")
        typist.wait_for_index()
        typist.type("store.py", 0, 13, 22, "")
        typist.until("store.py", 0, lambda answer: kinds(answer).count("signature") >= 5)
        actions = typist.actions("store.py", 0)
        [title] = [t for t in actions if "to 20 places in 20 files" in t]
        assert len(typist.apply(actions[title])) == 20
        for n in range(20):
            assert typist.text(f"call_{n}.py") == texts[f"call_{n}.py"].replace(f", {n})", ")")


def test_a_missing_import_is_put_where_it_belongs(tmp_path: Path) -> None:
    texts = {
        "other.py": "from pathlib import Path\n\nHERE = Path()\n",
        "third.py": "from pathlib import Path\n\nTHERE = Path()\n",
        "main.py": "import os\nimport sys\n\n\ndef home():\n    return None\n",
    }
    with Typist(project(tmp_path, texts)) as typist:
        typist.open("main.py")
        typist.wait_for_index()
        typist.type("main.py", 5, 11, 15, "Path(os.getcwd())")
        answer = typist.until("main.py", 5, lambda answer: "import" in kinds(answer))
        typist.accept(next(edit for edit in answer["edits"] if edit["kind"] == "import"))
        assert typist.text("main.py") == (
            "import os\nimport sys\nfrom pathlib import Path\n\n\ndef home():\n    return Path(os.getcwd())\n"
        )


def test_sixty_places_are_sixty_tabs_over_files_and_no_comment_is_touched(tmp_path: Path) -> None:
    """More than the history keeps: the change goes on to its end all the same."""
    texts = {"shapes.py": 'class Polygon:\n    """A Polygon."""\n', "NOTES.md": "Polygon was new in 1.2.\n"}
    for n in range(6):
        uses = "".join(f"shape_{k} = Polygon()\n\n" for k in range(9))
        texts[f"user_{n}.py"] = f'"""Makes a Polygon."""\n\nfrom shapes import Polygon\n\n{uses}# a Polygon\n'
    with Typist(project(tmp_path, texts)) as typist:
        typist.open("shapes.py")
        typist.wait_for_index()
        typist.type("shapes.py", 0, 6, 13, "Shape")
        typist.until("shapes.py", 0, lambda answer: answer["shown"])
        tabs = typist.tabs("shapes.py", 0)
        for name, text in texts.items():
            done = text.replace("= Polygon()", "= Shape()").replace("import Polygon", "import Shape")
            assert typist.text(name) == done.replace("class Polygon", "class Shape"), name
        assert tabs == 60
        titles = typist.actions("shapes.py", 0)
        assert not [title for title in titles if "places" in title and "comments" not in title]


def test_comments_and_prose_follow_where_the_action_says_so(tmp_path: Path) -> None:
    texts = {
        "shapes.py": "class Polygon:\n    sides = 0\n",
        "use.py": "# a Polygon\nfrom shapes import Polygon\n\n__all__ = ['Polygon']\nmade = Polygon()\n",
        "NOTES.md": "Polygon was new in 1.2.\n",
    }
    with Typist(project(tmp_path, texts)) as typist:
        typist.open("shapes.py")
        typist.wait_for_index()
        typist.type("shapes.py", 0, 6, 13, "Shape")
        typist.until("shapes.py", 0, lambda answer: answer["shown"])
        actions = typist.actions("shapes.py", 0)
        [plain, wide] = [title for title in actions if "places" in title]
        assert "comments and texts too" in wide
        for edit in actions[plain]["edit"]["documentChanges"]:
            assert typist.path(edit["textDocument"]["uri"]) == "use.py"
        typist.apply(actions[wide])
        assert typist.text("use.py") == texts["use.py"].replace("Polygon", "Shape")
        assert typist.text("NOTES.md") == "Shape was new in 1.2.\n"


def _undone(typist: Typist) -> None:
    typist.change("a.py", (0, 4), (0, 7), "total")


def _redone(typist: Typist) -> None:
    typist.change("a.py", (0, 4), (0, 7), "total")
    typist.change("a.py", (0, 4), (0, 9), "add")


def _pasted(typist: Typist) -> None:
    typist.change("a.py", (8, 0), (8, 0), "".join(f"row_{n} = {n}\n" for n in range(20)))


def _switched(typist: Typist) -> None:
    changes = [{"uri": typist.uri(f"f{n}.py"), "type": 2} for n in range(60)]
    typist.client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


@pytest.mark.parametrize("act", [_undone, _redone, _pasted, _switched])
def test_nothing_is_suggested_after_what_is_no_edit(tmp_path: Path, act: Callable[[Typist], None]) -> None:
    text = (
        "def total(items):\n    return sum(items)\n\n\na = total([1])\nb = total([2])\nc = total([3])\n\n\n"
    )
    with Typist(project(tmp_path, {"a.py": text})) as typist:
        typist.open("a.py")
        typist.wait_for_index()
        typist.change("a.py", (0, 4), (0, 9), "add")
        typist.until("a.py", 0, lambda answer: answer["shown"])
        act(typist)
        answer = typist.next_edits("a.py", 0)
        assert (answer["edits"], answer["shown"]) == ([], False)
        assert answer["silence"]
        status = typist.client.ask("segue/status", {})
        assert status["segue"]["nextEditSilence"] == answer["silence"]


def test_an_edit_at_the_cursor_is_ghost_text_for_a_client_without_next_edits(tmp_path: Path) -> None:
    text = "def total(items):\n    return sum(items)\n\n\nlast = total([1])\n"
    with Typist(project(tmp_path, {"a.py": text}), options={"statistical": {"enabled": False}}) as typist:
        typist.open("a.py")
        typist.wait_for_index()
        typist.change("a.py", (0, 9), (0, 9), "_of")
        number = typist.client.ghost(typist.uri("a.py"), 4, 12)
        _, answer = typist.client.wait(number)
        [item] = answer["result"]["items"]
        assert item["insertText"] == "_of"
        assert item["range"]["start"] == item["range"]["end"] == {"line": 4, "character": 12}
        assert item["command"]["command"] == "segue.acceptNextEdit"
