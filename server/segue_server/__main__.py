"""The `segue` command: the language server starts before anything of the command line is imported."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - nothing else yet
    del sys.path[0]  # `python -m` puts the current folder first: a repository's json.py is not ours to run


def main() -> None:
    """Run `segue` with the process's arguments."""
    if sys.argv[1:2] == ["serve"]:
        from segue_server.serve import main as serve

        sys.exit(serve(sys.argv[2:]))
    from segue_server.cli import app

    app()


if __name__ == "__main__":
    main()
