"""Emacs with lsp-mode: ghost text, the next edit in another file, an explanation."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_editors.servers import Scripted
    from segue_editors.terminal import Terminal

pytestmark = pytest.mark.editor

CLIENT = Path(__file__).parents[2] / "clients" / "emacs"


def test_ghost_text_next_edits_and_an_explanation(
    emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    (work / "a.py").write_text("")
    (work / "b.py").write_text("x = 1\nprint(summe(x))\n")
    add = {"after": "def add(", "text": "left, right):\n    return left + right"}
    edit = {
        "when": "total",
        "file": "b.py",
        "old": "print(summe(x))\n",
        "new": "print(total(x))\n",
        "reason": "renamed",
    }
    scripted.say(completions=[add], edits=[edit], explanation="It prints the sum.")
    terminal = emacs(work / "a.py", scripted.program)
    wait_for(lambda: scripted.heard("textDocument/didOpen"), "the server to know the file", 60)

    terminal.type("def add(")
    terminal.wait("    return left + right")
    terminal.press("Tab")
    wait_for(lambda: scripted.heard("workspace/executeCommand"), "the acceptance")
    terminal.press("C-x", "C-s")
    wait_for(
        lambda: (work / "a.py").read_text().startswith("def add(left, right):\n    return left + right"),
        "the file",
    )

    terminal.press("Enter")
    terminal.type("total = 1")
    terminal.wait("M-n e: go to b.py:2")
    terminal.press("M-n", "e")
    terminal.wait("print(total(x))")
    terminal.wait("TAB or M-n e: accept")
    terminal.press("M-n", "e")
    wait_for(lambda: len(scripted.heard("workspace/executeCommand")) == 2, "the acceptance of the edit")
    terminal.press("C-x", "C-s")
    wait_for(lambda: (work / "b.py").read_text() == "x = 1\nprint(total(x))\n", "the other file")

    terminal.press("M-n", "x")
    terminal.wait("It prints the sum.")
    terminal.press("M-n", "s")
    terminal.wait("Segue: scripted is ready")


TAB_AT_AN_EDIT = r"""
(setq native-comp-enable-subr-trampolines nil native-comp-jit-compilation nil
      make-backup-files nil create-lockfiles nil)
(add-to-list 'load-path "{client}")
(require 'segue)
(segue-setup)
(find-file "{file}")
(setq indent-line-function (lambda () (insert "INDENTED")))
(segue--show (json-parse-string "{edit}"))
(goto-char (point-max))
(when (eq (key-binding (kbd "TAB")) 'segue-next-edit) (error "TAB away from the edit"))
(segue-next-edit)
(unless (bolp) (error "not at the beginning of the line"))
(call-interactively (key-binding (kbd "TAB")))
(when (eq (key-binding (kbd "TAB")) 'segue-next-edit) (error "TAB after the edit"))
(princ (buffer-string))
"""


def test_tab_at_an_edit_accepts_at_any_column(tmp_path: Path) -> None:
    try:
        program = editors.emacs()
    except UnavailableError as error:
        pytest.skip(str(error))
    file = tmp_path / "a.py"
    file.write_text("from b import summe\n\ntotal = 1\n")
    start, end = {"line": 0, "character": 0}, {"line": 0, "character": 19}
    edit = {
        "id": "e-1",
        "textDocument": {"uri": file.as_uri()},
        "range": {"start": start, "end": end},
        "text": "from b import total",
    }
    script = tmp_path / "test.el"
    quoted = json.dumps(json.dumps(edit))[1:-1]
    script.write_text(
        TAB_AT_AN_EDIT.replace("{client}", str(CLIENT)).replace("{file}", str(file)).replace("{edit}", quoted)
    )
    done = subprocess.run(
        [program, "--batch", "-Q", "-l", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "from b import total\n\ntotal = 1\n", done.stderr
