"""The clients taken out of a clone of the repository by what comes with Neovim and Emacs, as docs/editors.md says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.editor

CLIENTS = Path(__file__).parents[2] / "clients"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the two clients where they are in Segue's."""
    root = tmp_path / "segue"
    for name in ("neovim", "emacs"):
        shutil.copytree(
            CLIENTS / name, root / "clients" / name, ignore=shutil.ignore_patterns("tags", "*.elc")
        )
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Add clients"]):
        subprocess.run([*git, *arguments], check=True)
    return root


def found(editor: Callable[[], Path]) -> Path:
    try:
        return editor()
    except UnavailableError as error:
        pytest.skip(str(error))


NEOVIM = """
vim.pack.add({ 'file://%s' }, {
  confirm = false,
  load = function(plugin)
    vim.opt.rtp:prepend(plugin.path .. '/clients/neovim')
    vim.cmd.runtime('plugin/segue.lua')
  end,
})
require('segue').setup()
"""


def test_vim_pack(repository: Path, tmp_path: Path) -> None:
    init = tmp_path / "init.lua"
    init.write_text(NEOVIM % repository)
    home = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    done = subprocess.run(
        [found(editors.neovim), "--headless", "-i", "NONE", "-u", init, "+echo 'commands:' exists(':Segue')", "+help segue", "+quitall"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **home},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert "commands: 2" in done.stderr


EMACS = """
(require 'package)
(setq package-user-dir "%(home)s/elpa" package-archives nil native-comp-jit-compilation nil
      native-comp-enable-subr-trampolines nil)
(add-to-list 'package--builtin-versions '(lsp-mode 10 0))
(package-initialize)
(use-package segue
  :vc (:url "file://%(repository)s" :lisp-dir "clients/emacs" :rev :newest)
  :config (segue-setup))
(princ (list (featurep 'segue) (fboundp 'segue-ask) (file-in-directory-p (locate-library "segue") package-user-dir)))
"""


def test_use_package_vc(repository: Path, tmp_path: Path) -> None:
    script = tmp_path / "init.el"
    script.write_text(EMACS % {"home": tmp_path, "repository": repository})
    done = subprocess.run(
        [found(editors.emacs), "--batch", "-Q", "-l", script], env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("(t t t)"), done.stderr
