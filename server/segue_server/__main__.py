"""The `segue` command: the language server starts before anything of the command line is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `segue` with the process's arguments."""
    if sys.argv[1:2] == ["serve"]:
        from segue_server.serve import main as serve

        sys.exit(serve(sys.argv[2:]))
    from segue_server.cli import app

    app()


if __name__ == "__main__":
    main()
