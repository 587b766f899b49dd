"""`segue serve`: the language server's process.

Nothing of the command line, of the settings or of the model client is imported before `initialize` is answered.
"""

from __future__ import annotations

import gc
import logging
import os
import sys

USAGE = """Usage: segue serve [--stdio | --tcp HOST:PORT] [--log LEVEL]

  --stdio           speak over standard input and output (the default)
  --tcp HOST:PORT   wait on a TCP port for one client that sends the token printed (or SEGUE_TCP_TOKEN) in its
                    initializationOptions; HOST is usually 127.0.0.1
  --log LEVEL       off, error, warning (the default), info or debug
"""


class UsageError(Exception):
    """A command line that cannot be understood; its message says what is wrong."""


def main(argv: list[str]) -> int:
    """Serve one client and return the exit status: 0 after an orderly shutdown, 1 otherwise, 2 for bad usage."""
    try:
        options = parse(argv)
    except UsageError as error:
        print(f"segue serve: {error}\n\n{USAGE}", file=sys.stderr)
        return 2
    if options is None:
        print(USAGE)
        return 0
    sys.setswitchinterval(0.0005)  # a worker thread that computes must not hold up the event loop for 5 ms
    gc.disable()  # nothing made while importing is garbage; the app collects again once it has started
    from segue_server.runtime.logs import set_up_logging

    set_up_logging(options["log"])
    status = _run(options["tcp"])
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)  # a thread that still reads stdin or writes an index must not keep the process alive


def parse(argv: list[str]) -> dict[str, str] | None:
    """Return the options of a command line, or None when it asks for help; raises UsageError."""
    options = {"tcp": "", "log": os.environ.get("SEGUE_LOG", "warning")}
    arguments = iter(argv)
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in ("-h", "--help"):
            return None
        if name == "--stdio":
            continue
        if name.startswith("--clientProcessId"):  # vscode-languageclient adds it; initialize says it too
            continue
        if name not in ("--tcp", "--log"):
            raise UsageError(f"there is no option {argument}")
        value = value or next(arguments, "")
        if not value:
            raise UsageError(f"{name} needs a value")
        options[name.removeprefix("--")] = value
    if options["tcp"]:
        _token(options["tcp"])
    return options


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"{text} is not HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def _token(tcp: str) -> str:
    from segue_server.lsp.tcp import token_for

    try:
        return token_for(_address(tcp)[0])
    except ValueError as error:
        raise UsageError(str(error)) from None


def _run(tcp: str) -> int:
    import asyncio

    from segue_server.app import build_server

    server = build_server()
    try:
        if tcp:
            asyncio.run(server.serve_tcp(*_address(tcp), _token(tcp)))
        else:
            asyncio.run(server.serve_stdio())
    except OSError as error:
        where = tcp or "standard input"
        print(f"segue serve: cannot serve on {where}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if server.protocol.shut_down else 1
