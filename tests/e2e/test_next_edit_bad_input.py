"""Next edits on what editors really hold: odd files, unsaved texts, texts that change meanwhile. Nothing may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_bench.typist import Typist

if TYPE_CHECKING:
    from pathlib import Path

DEFINES = "def total(items):\n    return sum(items)\n"
USES = "from sums import total\n\n\nprint(total([1]))\n"


def renamed(root: Path, texts: dict[str, str | bytes], *opened: str) -> Typist:
    """Write files, open some, and rename `total` to `add` in sums.py."""
    for name, text in {"sums.py": DEFINES, **texts}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    typist = Typist(root)
    for name in ("sums.py", *opened):
        typist.open(name)
    typist.wait_for_index()
    first = typist.buffers["sums.py"].index("total")
    typist.type("sums.py", 0, first, first + 5, "add")
    return typist


def names(typist: Typist, answer: Any) -> set[str]:
    """Return the files that an answer's renames are for."""
    return {typist.path(e["textDocument"]["uri"]) for e in answer["edits"] if e["kind"] == "rename"}


def everywhere(typist: Typist) -> Any:
    """Return the action that does all places."""
    return next(action for title, action in typist.actions("sums.py", 0).items() if "places" in title)


def test_windows_line_ends_stay_what_they_are(tmp_path: Path) -> None:
    texts: dict[str, str | bytes] = {
        "sums.py": DEFINES.replace("\n", "\r\n"),
        "open.py": USES.replace("\n", "\r\n"),
        "closed.py": USES.replace("\n", "\r\n"),
    }
    with renamed(tmp_path, texts, "open.py") as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"open.py", "closed.py"})
        typist.apply(everywhere(typist))
        done = USES.replace("total", "add").replace("\n", "\r\n")
        assert (typist.text("open.py"), typist.text("closed.py")) == (done, done)


def test_a_byte_order_mark_stays_and_moves_nothing(tmp_path: Path) -> None:
    uses = "from sums import total; total([1])\nx = total([2])\n"
    marked = b"\xef\xbb\xbf" + uses.encode()
    with renamed(tmp_path, {"open.py": marked, "closed.py": marked}, "open.py") as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"open.py", "closed.py"})
        typist.apply(everywhere(typist))
        done = uses.replace("total", "add")
        assert typist.text("open.py") == done
        assert (tmp_path / "closed.py").read_bytes() == b"\xef\xbb\xbf" + done.encode()


def test_paths_with_blanks_and_letters_of_all_kinds(tmp_path: Path) -> None:
    odd = "mein Ordner/größe %20 #1 日本.py"
    with renamed(tmp_path, {odd: USES}) as typist:
        answer = typist.until("sums.py", 0, lambda answer: answer["shown"])
        path, line = typist.accept(answer["edits"][0])
        assert path == odd
        assert typist.tabs(path, line) == 1
        assert typist.text(odd) == USES.replace("total", "add")


def test_columns_count_what_the_client_counts(tmp_path: Path) -> None:
    uses = "from sums import total\n\nx = ['\U0001f600\U0001f600', total([1])]  # \U0001f600\ny = '\U0001f600'; z = total([2])\n"
    with renamed(tmp_path, {"use.py": uses}, "use.py") as typist:
        typist.until("sums.py", 0, lambda answer: answer["shown"])
        typist.tabs("sums.py", 0)
        assert typist.text("use.py") == uses.replace("total", "add")


def test_unsaved_text_counts_and_the_disks_does_not(tmp_path: Path) -> None:
    on_disk = "from sums import total\n\n\ntotal([1])\ntotal([2])\ntotal([3])\n"
    with renamed(tmp_path, {"a.py": on_disk, "b.py": "# nothing yet\n"}) as typist:
        typist.open("a.py", "# all gone\n")
        typist.open("b.py", USES)
        answer = typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"b.py"})
        for edit in answer["edits"]:
            assert typist.path(edit["textDocument"]["uri"]) != "a.py"
        typist.apply(everywhere(typist))
        assert typist.text("b.py") == USES.replace("total", "add")
        assert (tmp_path / "a.py").read_text() == on_disk


def test_a_deleted_file_is_no_place(tmp_path: Path) -> None:
    with renamed(tmp_path, {"gone.py": USES, "kept.py": USES}) as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"gone.py", "kept.py"})
        (tmp_path / "gone.py").unlink()
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"kept.py"})
        assert typist.apply(everywhere(typist)) == ["kept.py"]


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    with renamed(tmp_path, {"locked.py": USES, "use.py": USES}) as typist:
        (tmp_path / "locked.py").chmod(0o444)
        answer = typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"use.py"})
        assert answer["edits"]
        assert typist.apply(everywhere(typist)) == ["use.py"]
        assert (tmp_path / "locked.py").read_text() == USES


def test_ten_thousand_places_are_capped_and_the_action_says_so(tmp_path: Path) -> None:
    uses = "from sums import total\n\n" + "".join(f"x{n} = total([{n}])\n\n" for n in range(10_050))
    with renamed(tmp_path, {"many.py": uses}) as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"many.py"})
        [title] = [title for title in typist.actions("sums.py", 0) if "places" in title]
        assert "to 10000 places" in title
        assert "the first of 1" in title
        typist.apply(typist.actions("sums.py", 0)[title])
        done = typist.text("many.py")
        assert done.count("add(") + done.count("import add") == 10_000
        assert done.replace("add(", "total(").replace("import add", "import total") == uses


def test_an_answer_that_the_text_has_outrun_is_empty(tmp_path: Path) -> None:
    """The place is changed by the user between question and answer, over and over: no stale edit comes back."""
    uses = "from sums import total\n\n\nvalue = total([1])\n"
    with renamed(tmp_path, {"use.py": uses}, "use.py") as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"use.py"})
        for n in range(20):
            version = typist.versions["use.py"]
            params = {
                "textDocument": {"uri": typist.uri("use.py"), "version": version},
                "position": {"line": 3, "character": 0},
            }
            number = typist.client.send("segue/nextEdits", params)
            typist.change("use.py", (3, 0), (3, 0), f"v{n}_")
            _, answer = typist.client.wait(number)
            for edit in answer["result"]["edits"]:
                document = edit["textDocument"]
                assert document["uri"] != typist.uri("use.py") or document["version"] == version
        fresh = typist.until("use.py", 3, lambda answer: bool(names(typist, answer)))
        for edit in [edit for edit in fresh["edits"] if edit["text"] is not None]:
            typist.accept(edit)
            break
        assert "v0_value = " in typist.text("use.py")


def test_an_edit_of_a_file_that_changed_on_disk_is_moved_or_dropped(tmp_path: Path) -> None:
    uses = "from sums import total\n\n\nvalue = total([1])\n"
    with renamed(tmp_path, {"use.py": uses}) as typist:
        answer = typist.until("sums.py", 0, lambda answer: len(answer["edits"]) > 1 and answer["shown"])
        place = next(edit for edit in answer["edits"] if "value" in (edit["text"] or ""))
        (tmp_path / "use.py").write_text("# one more line\n" + uses)
        moved = typist.client.ask("segue/resolveNextEdit", {"id": place["id"]})["edit"]
        assert moved["range"]["start"]["line"] == place["range"]["start"]["line"] + 1
        typist.accept(moved)
        assert typist.text("use.py").endswith("\n\n\nvalue = add([1])\n")
        other = next(edit for edit in answer["edits"] if "import" in (edit["text"] or ""))
        (tmp_path / "use.py").unlink()
        typist.client.notify("textDocument/didClose", {"textDocument": {"uri": typist.uri("use.py")}})
        assert typist.client.ask("segue/resolveNextEdit", {"id": other["id"]})["edit"] is None


def test_the_users_own_edit_of_the_place_wins(tmp_path: Path) -> None:
    uses = "from sums import total\n\n\nvalue = total([1])\n\nother = total([2])\n"
    with renamed(tmp_path, {"use.py": uses}, "use.py") as typist:
        typist.until("sums.py", 0, lambda answer: names(typist, answer) == {"use.py"})
        typist.change("use.py", (3, 8), (3, 18), "count([1])")
        typist.tabs("use.py", 3)
        done = "from sums import add\n\n\nvalue = count([1])\n\nother = add([2])\n"
        assert typist.text("use.py") == done
