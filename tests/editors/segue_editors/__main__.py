"""`python -m segue_editors`: install every editor into the cache and say how long each took."""

from __future__ import annotations

import sys
import time

from segue_editors import editors
from segue_editors.cache import ROOT, UnavailableError

KNOWN = {
    "vscode": editors.vscode,
    "chromium": editors.chromium,
    "neovim": editors.neovim,
    "neovim-0.10": lambda: editors.neovim("trixie"),
    "emacs": editors.emacs,
}


def main() -> int:
    """Install the editors named on the command line, or all of them."""
    missing = 0
    for name in sys.argv[1:] or KNOWN:
        start = time.monotonic()
        try:
            KNOWN[name]()
        except UnavailableError as error:
            missing += 1
            print(f"{name}: not available: {error}")
        else:
            print(f"{name}: ready in {time.monotonic() - start:.0f} s, below {ROOT}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
