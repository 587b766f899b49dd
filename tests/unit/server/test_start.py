"""What the server does before it answers `initialize`, and how its command line reads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from segue_server import __version__
from segue_server.serve import UsageError, parse

PROBE = """
import asyncio, json, sys
from segue_server.serve import parse
from segue_server.app import build_server

class Writer:
    def write(self, data):
        print(json.dumps(sorted(sys.modules)))
        sys.stdout.flush()
        import os
        os._exit(0)

async def main():
    server = build_server()
    server.protocol.set_writer(Writer())
    server.protocol.handle_message(
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
    )
    await asyncio.sleep(30)

asyncio.run(main())
"""
THIRD_PARTY = {"attr", "attrs", "cattr", "cattrs", "lsprotocol", "pygls", "typing_extensions"}
"""What a bare pygls server imports too."""


def test_only_the_framework_is_imported_before_initialize_is_answered() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    modules = json.loads(done.stdout)
    packages = {name.split(".")[0] for name in modules}
    rooms = {name for name in packages if name.startswith("segue_")}
    foreign = {
        name
        for name in packages - rooms - THIRD_PARTY - set(sys.stdlib_module_names)
        if not name.startswith(("_", "sitecustomize", "usercustomize")) and "editable" not in name
    }
    assert not foreign, "the start got slower"
    assert rooms == {"segue_server", "segue_syntax"}
    heavy = {
        "segue_server.session",
        "segue_server.configuration",
        "segue_server.completion.completer",
        "sqlite3",
    }
    assert not heavy & set(modules)
    assert not {"importlib.metadata", "segue_syntax._symbols", "segue_syntax.scopes"} & set(modules)


def test_the_version_is_that_of_the_package() -> None:
    assert version("segue") == __version__
    pyproject = (Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8")
    assert f'version = "{__version__}"' in pyproject


def test_the_command_line_is_understood() -> None:
    assert parse([]) == {"tcp": "", "log": "warning"}
    assert parse(["--stdio", "--log=debug"]) == {"tcp": "", "log": "debug"}
    assert parse(["--tcp", "127.0.0.1:0", "--clientProcessId=1"]) == {"tcp": "127.0.0.1:0", "log": "warning"}
    assert parse(["-h"]) is None


@pytest.mark.parametrize("argv", [["--tcp", "x"], ["--tcp=host:99999"], ["--log"], ["now"]])
def test_a_wrong_command_line_is_refused(argv: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(argv)
