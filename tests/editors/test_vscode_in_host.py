"""Runs clients/vscode/test/inHost.ts inside the extension host of a real VS Code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors.vscode import Workbench, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue_editors.servers import Scripted

pytestmark = pytest.mark.editor

CLIENT = Path(__file__).parents[2] / "clients" / "vscode"


def test_in_the_extension_host(
    workbench: Callable[..., Workbench],
    scripted: Scripted,
    unpacked: Path,
    tmp_path: Path,
    figure: Callable[[str, float], None],
) -> None:
    built = tmp_path / "inHost.js"
    esbuild = CLIENT / "node_modules" / ".bin" / "esbuild"
    bundle = ["--bundle", "--platform=node", "--format=cjs", "--external:vscode", f"--outfile={built}"]
    subprocess.run([esbuild, "test/inHost.ts", *bundle], cwd=CLIENT, check=True, capture_output=True)
    edit = {
        "when": "total",
        "file": "crlf.py",
        "old": "print(summe(x))\r\n",
        "new": "print(total(x))\n",
        "reason": "renamed",
    }
    scripted.say(edits=[edit])
    window = workbench(
        files={"crlf.py": "x = 1\r\nprint(summe(x))\r\nend\r\n"},
        settings={"segue.client.serverPath": str(scripted.program)},
        development=unpacked,
        tests=built,
    )
    report = window.folder / "results.json"
    wait_for(report.is_file, "the tests to end", 120)
    results = wait_for(lambda: json.loads(report.read_text() or "{}"), "the results")
    failed = {name: result["value"] for name, result in results.items() if not result["ok"]}
    assert not failed, "\n".join(f"{name}: {value}" for name, value in failed.items())
    figure("activation_ms", round(results["activates and tells how long it took"]["value"], 1))
