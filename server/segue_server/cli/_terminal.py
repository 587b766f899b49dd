"""The print border of the command line: what others wrote never steers the terminal.

A model's answer, a file name or a commit can hold escape sequences that move the cursor, set titles, fill the clipboard
or hide text. Everything the commands print passes `printable`.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")
_PICTURES = 0x2400


def printable(text: str) -> str:
    """Return `text` with control characters as visible ones; tabs and line ends stay."""
    return _CONTROL.sub(_visible, text.replace("\r\n", "\n"))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "\u2421" if code == 0x7F else f"\\u{code:04x}"


def echo(text: str = "", *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """Print a line; `style` is that of `click.style`."""
    typer.secho(printable(text), err=err, nl=nl, **style)


def write(piece: str) -> None:
    """Print a piece of a streamed text at once."""
    sys.stdout.write(printable(piece))
    sys.stdout.flush()


def console(**options: Any) -> Console:
    """Return a console of rich for tables and colours; every text in them is made printable."""
    from rich.console import Console

    class PrintableConsole(Console):
        def render_str(self, text: str, **how: Any) -> Any:
            return super().render_str(printable(text), **how)

    return PrintableConsole(**{"highlight": False, **options})
