"""Kate, an editor without inline completion: the completion menu, a code action, an explanation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors.vscode import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue_editors.servers import FakeModel

pytestmark = pytest.mark.editor

SEGUE = Path(sys.executable).with_name("segue")
# Read at import: the suite's fixtures take Segue's variables away from every test.
WANTED = bool(os.environ.get("SEGUE_TEST_KATE"))
CODE = "def net_price(gross, rate):\n    return gross / (1 + rate)\n\n\n"
SETTINGS = """[General]
Show welcome view for new window=false

[lspclient]
AllowedServerCommandLines={command}
"""


class Desktop:
    """A screen that nobody sees, with Kate on it."""

    def __init__(self, processes: ExitStack, home: Path, env: Mapping[str, str]) -> None:
        self._processes = processes
        xdg = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
        runtime = home / "run"
        runtime.mkdir(mode=0o700)
        self._env = {**os.environ, **env, **xdg, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
        screen = self._start(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
        )
        assert screen.stdout is not None
        self._processes.callback(screen.stdout.close)
        self._env |= {"DISPLAY": f":{screen.stdout.readline().decode().strip()}", "QT_QPA_PLATFORM": "xcb"}

    def open(self, file: Path) -> None:
        """Open a file and wait until keys reach it."""
        self._start(["kate", "-n", "-b", "--startanon", str(file)], cwd=file.parent)
        wait_for(lambda: self._tool("search", "--onlyvisible", "--name", file.name), "Kate's window", 60)
        self._tool("mousemove", "300", "300", "click", "1")

    def press(self, *keys: str) -> None:
        """Press keys by X's names for them."""
        self._tool("key", "--delay", "60", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._tool("type", "--delay", "60", text)

    def _tool(self, *arguments: str) -> str:
        return subprocess.run(
            ["xdotool", *arguments], env=self._env, capture_output=True, text=True, timeout=30, check=False
        ).stdout

    def _start(self, command: list[str], **options: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self._env, stderr=subprocess.DEVNULL, **{"stdout": subprocess.DEVNULL, **options}
        )  # type: ignore[call-overload]
        self._processes.callback(process.wait)
        self._processes.callback(process.kill)
        return process


@pytest.fixture
def kate(model: FakeModel, tmp_path: Path) -> Iterator[Desktop]:
    if not WANTED or not all(map(shutil.which, ("kate", "Xvfb", "xdotool"))):
        pytest.skip("needs Kate, Xvfb and xdotool, and SEGUE_TEST_KATE")
    command = [str(SEGUE), "serve"]
    python = {"command": command, "rootIndicationFileNames": [".git"], "url": ""}
    settings = tmp_path / "config" / "kate" / "lspclient" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"servers": {"python": python}}))
    (tmp_path / "config" / "katerc").write_text(SETTINGS.format(command=" ".join(command)))
    chat = {name.replace("SEGUE_", "SEGUE_CHAT_"): value for name, value in model.environment.items()}
    with ExitStack() as processes:
        yield Desktop(processes, tmp_path, {**model.environment, **chat})


def test_completion_and_an_explanation(kate: Desktop, model: FakeModel, tmp_path: Path) -> None:
    """Kate shows no documents that a server asks for, so the explanation is told with the file that holds it."""
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    file = work / "shop.py"
    file.write_text(CODE)
    model.answers |= {"tax = net_": "price(100, 0.2)", "takes the": "", "net_price": "It takes the tax off."}
    kate.open(file)
    wait_for(lambda: list((tmp_path / "cache").rglob("catalogue*")), "the server to index the folder", 60)

    kate.press("ctrl+End")
    kate.type("tax = net_")
    wait_for(lambda: any("tax = net_" in prompt for prompt in model.prompts), "the model to be asked", 30)

    def accepted() -> bool:
        kate.press("ctrl+space", "Return", "ctrl+s")
        if "tax = net_price(100, 0.2)" in file.read_text():
            return True
        kate.press("ctrl+z")
        return False

    wait_for(accepted, "the suggestion to be taken from the menu", 40)

    def explained() -> bool:
        kate.press("Escape", "ctrl+Home", "alt+Return")
        kate.press("Down", "Return")
        return any("It takes the tax off." in page.read_text() for page in tmp_path.rglob("explanation-*.md"))

    wait_for(explained, "the explanation", 40)
