"""Folders of the user's own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from segue_syntax.storage import private_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_missing_above_is_private_too(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        deep = private_folder(tmp_path / "cache" / "segue" / "index")
        assert private_folder(deep) == deep
    finally:
        os.umask(before)
    for folder in (deep, deep.parent, deep.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
