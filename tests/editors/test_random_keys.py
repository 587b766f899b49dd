"""Random keys in real VS Code, Neovim and Emacs: the documents are always what a reference model allows.

`SEGUE_TEST_KEYS` sets how many keys each editor gets, `SEGUE_TEST_SEED` where the run begins.
"""

from __future__ import annotations

import os
import random
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError
from segue_editors.headless import Headless
from segue_editors.key_drivers import HERE, NAMES, EmacsKeys, NeovimKeys, VsCodeKeys
from segue_editors.random_keys import Edit, Play, Script
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_editors.random_keys import Editor
    from segue_editors.servers import Scripted
    from segue_editors.terminal import Terminal
    from segue_editors.vscode import Workbench

pytestmark = pytest.mark.editor

# Read at import: the suite's fixtures take Segue's variables away from every test.
KEYS = int(os.environ.get("SEGUE_TEST_KEYS", "160"))
SEED = int(os.environ.get("SEGUE_TEST_SEED", "1"))
CLIENTS = Path(__file__).parents[2] / "clients"
TEXTS = (
    "import summe\n\ndef café():\n    x = summe(1)\n    return x\n\nprint(summe)\nlast",
    "from a import summe\n    indented = summe(2)\nend\n",
)
SCRIPT = Script(
    completions=(("ad", "d(left, right):\n    return left"), ("x=", "summe(1)"), ("y", "ield x\nz")),
    edits=(
        Edit(0, "    x = summe(1)\n", "    x = total(1)\n"),
        Edit(0, "import summe\n", "import total\n"),
        Edit(1, "    indented = summe(2)\n", "    indented = total(2)\n    more = 1\n"),
        Edit(0, "print(summe)\n", "print(total)\n"),
    ),
)


def play(editor: Editor, scripted: Scripted, figure: Callable[[str, float], None]) -> None:
    """Press `KEYS` keys in plays of 400, each with a server that is slow in another way."""
    pressed, history = 0, tuple({text} for text in TEXTS)
    while pressed < KEYS:
        seed = SEED + pressed // 400
        delay_ms = random.Random(seed).choice((0, 0, 60, 150))
        scripted.say(**SCRIPT.answers(NAMES, delay_ms))
        one = Play(editor, SCRIPT, TEXTS, seed, prompt=delay_ms == 0, history=history)
        one.run(min(400, KEYS - pressed))
        pressed += one.pressed
        for what, times in one.met.items():
            figure(f"random_keys {editor.profile.name} seed {seed} {what}", times)
    figure(f"random_keys {editor.profile.name}", pressed)


def test_neovim(scripted: Scripted, tmp_path: Path, figure: Callable[[str, float], None]) -> None:
    try:
        program = editors.neovim()
    except UnavailableError as error:
        pytest.skip(str(error))
    work = folder(tmp_path)
    init = tmp_path / "init.lua"
    init.write_text(
        f"{NeovimKeys.options}vim.opt.rtp:prepend('{CLIENTS / 'neovim'}')\n"
        f"require('segue').setup({{ cmd = {{ '{scripted.program}', 'serve' }} }})\n"
    )
    scripted.say(**SCRIPT.answers(NAMES, 0))
    headless = Headless(program, ["--clean", "-u", init, *(work / name for name in NAMES)], tmp_path)
    try:
        with closing(NeovimKeys(headless)) as editor:
            wait_for(lambda: scripted.heard("textDocument/didOpen"), "the server to know the file", 60)
            play(editor, scripted, figure)
    finally:
        headless.close()


def test_emacs(
    emacs: Callable[..., Terminal], scripted: Scripted, tmp_path: Path, figure: Callable[[str, float], None]
) -> None:
    work = folder(tmp_path)
    scripted.say(**SCRIPT.answers(NAMES, 0))
    port = tmp_path / "port"
    terminal = emacs(work / NAMES[1], scripted.program, {"SEGUE_TEST_PORT": str(port)}, EmacsKeys.init(work))
    with closing(EmacsKeys(terminal, port)) as editor:
        wait_for(
            lambda: len(scripted.heard("textDocument/didOpen")) == len(NAMES),
            "the server to know the files",
            60,
        )
        play(editor, scripted, figure)


# After Neovim: from its first window on, the browser's driver keeps an event loop running in this thread.
def test_vscode(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    unpacked: Path,
    figure: Callable[[str, float], None],
) -> None:
    scripted.say(**SCRIPT.answers(NAMES, 0))
    window = workbench(
        files=dict(zip(NAMES, TEXTS, strict=True)),
        settings={**VsCodeKeys.settings, "segue.client.serverPath": str(scripted.program)},
        development=unpacked,
        tests=HERE / "host_state.js",
    )
    editor = VsCodeKeys(window)
    wait_for(lambda: scripted.heard("initialized"), "the server", 60)
    play(editor, scripted, figure)


def folder(tmp_path: Path) -> Path:
    """Make a repository with the two documents."""
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    for name, text in zip(NAMES, TEXTS, strict=True):
        (work / name).write_text(text, newline="")
    return work
