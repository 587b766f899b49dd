"""A real VS Code workbench in a headless browser: open files, press keys, read the screen."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote

from segue_editors import editors
from segue_editors.cache import UnavailableError, python_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T")
START_SECONDS = 90
WAIT_SECONDS = 45  # a busy machine needs twenty for what a quiet one does in two
STYLES = {"dark": "vs-dark", "light": "vs"}
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS: dict[str, Any] = {
    "workbench.startupEditor": "none",
    "window.autoDetectColorScheme": True,
    "chat.disableAIFeatures": True,
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": "off",
    "update.mode": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
    "editor.fontFamily": "JetBrains Mono",
    "editor.minimap.enabled": False,
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.occurrencesHighlight": "off",
    "editor.cursorBlinking": "solid",
    "git.openRepositoryInParentFolders": "never",
    "files.autoSave": "off",
    "window.dialogStyle": "custom",
    "files.simpleDialog.enable": True,
}


def wait_for(probe: Callable[[], T], what: str, seconds: float = WAIT_SECONDS) -> T:
    """Return the first true value of `probe`; raises AssertionError naming `what` when none comes in time."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """The browser that every workbench of a test run shares."""

    def __init__(self, profile: Path) -> None:
        packages = str(python_package("playwright==1.65.2"))
        if packages not in sys.path:
            sys.path.append(packages)
        from playwright.sync_api import Error, sync_playwright

        self.error = Error
        self._profile = profile
        self._code = editors.vscode()
        program = editors.chromium()
        self._playwright = sync_playwright().start()
        try:
            self.chromium = self._playwright.chromium.launch(
                executable_path=str(program),
                headless=True,
                args=BROWSER,
                env={**os.environ, "HOME": str(profile)},
            )
        except Error as error:
            self._playwright.stop()
            raise UnavailableError(f"the browser does not start: {error}") from error

    def extensions(self, vsix: Path) -> Path:
        """Install an extension as a user does, from its file, once for all windows; returns the folder it is in."""
        folder = self._profile / "extensions"
        if not folder.exists():
            subprocess.run(
                [*self._code.command(self._profile / "data", folder), "--install-extension", str(vsix)],
                env={**os.environ, "EXTENSIONS_GALLERY": "{}", "HOME": str(self._profile)},
                check=True,
                capture_output=True,
                timeout=120,
            )
        return folder

    def close(self) -> None:
        """End the browser."""
        self.chromium.close()
        self._playwright.stop()


class Workbench:
    """One VS Code window on the folder `folder`, with a profile of its own."""

    def __init__(
        self,
        browser: Browser,
        home: Path,
        *,
        files: Mapping[str, str],
        settings: Mapping[str, Any] | None = None,
        vsix: Path | None = None,
        env: Mapping[str, str] | None = None,
        trusted: bool = True,
        development: Path | None = None,
        tests: Path | None = None,
        size: tuple[int, int] = (1100, 640),
    ) -> None:
        self.home = home
        self.folder = home / "work"
        self.errors: list[str] = []
        self.playwright_error = browser.error
        self._code = editors.vscode()
        xdg = {
            f"XDG_{name}_HOME": str(home / "xdg" / name.lower())
            for name in ("CACHE", "CONFIG", "DATA", "STATE")
        }
        self._env = {**os.environ, **xdg, **(env or {}), "EXTENSIONS_GALLERY": "{}", "HOME": str(home)}
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        user = home / "data" / "User"
        user.mkdir(parents=True)
        trust = {
            "security.workspace.trust.enabled": not trusted,
            "security.workspace.trust.startupPrompt": "never",
        }
        (user / "settings.json").write_text(json.dumps({**SETTINGS, **trust, **(settings or {})}))
        # Settings of the machine (programs, addresses) count where the extension runs, not where the window is.
        machine = home / "data" / "Machine"
        machine.mkdir()
        (machine / "settings.json").write_text(json.dumps(settings or {}))
        self._extensions = browser.extensions(vsix) if vsix else home / "extensions"
        self.port = free_port()
        self._bare = development is not None
        self._server = self._serve(trusted=trusted)
        self._context = browser.chromium.new_context(viewport={"width": size[0], "height": size[1]})
        self._context.grant_permissions(["clipboard-read", "clipboard-write"])
        self._context.set_default_timeout(WAIT_SECONDS * 1000)
        self.page = self._context.new_page()
        self.page.on("console", lambda message: self._log(f"[{message.type}] {message.text}"))
        try:
            self.page.goto(
                f"http://127.0.0.1:{self.port}/?folder={self.folder}" + self._payload(development, tests)
            )
            self.page.wait_for_selector(".monaco-workbench .part.statusbar", timeout=START_SECONDS * 1000)
        except BaseException:
            self.close()
            raise

    def _payload(self, development: Path | None, tests: Path | None) -> str:
        """Return what makes the window run a module inside the extension host."""
        if development is None or tests is None:
            return ""
        self.page.expose_function("codeAutomationLog", lambda *_: None)
        self.page.expose_function("codeAutomationExit", lambda *_: None)
        remote = f"vscode-remote://127.0.0.1:{self.port}"
        payload = [
            ["extensionDevelopmentPath", f"{remote}{development}"],
            ["extensionTestsPath", f"{remote}{tests}"],
        ]
        return "&payload=" + quote(json.dumps(payload))

    def _serve(self, *, trusted: bool) -> subprocess.Popen[bytes]:
        quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
        trust = ["--disable-workspace-trust"] if trusted else []
        address = [
            "--config",
            str(self.home / "config.yaml"),
            "--auth",
            "none",
            "--bind-addr",
            f"127.0.0.1:{self.port}",
        ]
        program = self._code.command(self.home / "data", self._extensions, bare=self._bare)
        command = [*program, *address, *quiet, *trust, str(self.folder)]
        if self._bare:  # code-server's own front cannot load an extension under development
            loopback = [
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--server-data-dir",
                str(self.home / "data"),
            ]
            open_door = [
                "--without-connection-token",
                "--accept-server-license-terms",
                "--enable-smoke-test-driver",
            ]
            command = [*program, *loopback, *open_door, *trust]
        with (self.home / "code-server.log").open("w") as log:
            server = subprocess.Popen(
                command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{self.port}/{'version' if self._bare else 'healthz'}"

        def is_up() -> bool:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        try:
            wait_for(is_up, "code-server to listen", START_SECONDS)
        except AssertionError as error:
            os.killpg(server.pid, signal.SIGKILL)
            raise UnavailableError(str(error)) from error
        return server

    def _log(self, line: str) -> None:
        with (self.home / "console.log").open("a") as log:
            log.write(line + "\n")
        if "proposed API" in line or "proposal" in line.lower():
            self.errors.append(line)

    def close(self) -> None:
        """Close the window and end its server with everything it started."""
        self._context.close()
        os.killpg(self._server.pid, signal.SIGTERM)
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait(10)

    # What a user does

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each like ``Control+P``."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, delay_ms: float = 30) -> None:
        """Type text at a steady pace."""
        self.page.keyboard.type(text, delay=delay_ms)

    def open(self, name: str, line: int | None = None) -> None:
        """Open a file by its name, with the cursor on a 1-based line."""
        self.press("Control+P")
        box = self.page.wait_for_selector(".quick-input-widget input", state="visible")
        box.fill(name if line is None else f"{name}:{line}")
        base = name.rsplit("/", 1)[-1]
        self.page.locator(".quick-input-list .monaco-list-row.focused", has_text=base).wait_for()
        self.press("Enter")
        self.page.wait_for_selector(f'.tab.active[data-resource-name="{base}"]')
        self.in_editor()
        # The editor makes its inline suggestions when the window is idle for the first time.
        self.page.evaluate("() => new Promise(done => requestIdleCallback(() => requestIdleCallback(done)))")

    def in_editor(self) -> None:
        """Wait until a box that was open is gone and the keys go to the editor."""
        self.page.wait_for_selector(".quick-input-widget", state="hidden")
        self.page.wait_for_selector(".editor-instance .monaco-editor.focused")

    def command(self, title: str) -> None:
        """Run a command by its title in the palette; opened again when what ran before takes the keys away."""
        palette = self.page.locator(".quick-input-widget")
        row = palette.locator(".monaco-list-row.focused", has_text=title.split(": ")[-1])

        def chosen() -> bool:
            try:
                palette.wait_for(state="hidden", timeout=5_000)
                self.press("F1")
                palette.locator("input").first.fill(">" + title, timeout=5_000)
                row.wait_for(timeout=5_000)
            except self.playwright_error:
                self.press("Escape")
                return False
            self.press("Enter")
            return True

        wait_for(chosen, f"the command {title}", 60)

    def choose(self, text: str) -> None:
        """Choose an entry of the open quick pick."""
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=text).first
        row.wait_for()
        row.click()

    def notification(self, text: str, seconds: float = WAIT_SECONDS) -> str:
        """Wait for a notification that contains `text` and return all of it; one that has gone is looked up in the list."""
        message = self.page.locator(".notification-list-item-message", has_text=text).first
        try:
            message.wait_for(timeout=seconds * 1000 / 2)
        except self.playwright_error:
            self.command("Notifications: Show Notifications")
            message.wait_for(timeout=seconds * 1000 / 2)
        return str(message.inner_text())

    def notifications(self) -> list[str]:
        """Return the notifications on the screen."""
        return [str(text) for text in self.page.locator(".notification-list-item-message").all_inner_texts()]

    def press_button(self, text: str) -> None:
        """Press a button of a notification."""
        self.page.locator(".notification-toast .monaco-button", has_text=text).first.click()

    # What a user sees

    def ghost(self, seconds: float = WAIT_SECONDS) -> str:
        """Wait for ghost text and return it, once all of its lines are painted."""

        def whole() -> str:
            text = self.ghost_now()
            self.page.wait_for_timeout(100)
            return text if text == self.ghost_now() else ""

        return wait_for(whole, "ghost text", seconds)

    def ghost_now(self) -> str:
        """Return the ghost text on the screen, empty where there is none."""
        script = """() => {
            const texts = selector => [...document.querySelectorAll(selector)].map(one => one.textContent);
            return [texts('.ghost-text-decoration').join(''), ...texts('.suggest-preview-text .view-line')].join('\\n');
        }"""
        return _plain(str(self.page.evaluate(script)))

    def watch_ghost(self) -> Callable[[], list[float]]:
        """Begin to note when ghost text appears and goes; the function returned gives the times of appearance.

        Times are in seconds since the epoch, as the screen is about to be painted.
        """
        self.page.evaluate("""() => {
            window.segueGhost = []; let seen = false;
            const look = () => {
                const now = !!document.querySelector('.ghost-text-decoration, .suggest-preview-text .ghost-text');
                if (now !== seen) { seen = now; window.segueGhost.push([now, Date.now() / 1000]); }
                requestAnimationFrame(look);
            };
            look();
        }""")
        return lambda: [at for shown, at in self.page.evaluate("() => window.segueGhost") if shown]

    def lines(self) -> list[str]:
        """Return the lines of the active editor as they are on the screen, with ghost text and decorations."""
        script = """() => [...document.querySelectorAll('.editor-instance .view-lines .view-line')]
            .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(line => line.textContent)"""
        return [_plain(text) for text in self.page.evaluate(script)]

    def decorations(self) -> list[str]:
        """Return the texts that decorations put after characters on the screen."""
        script = """() => [...document.querySelectorAll('.editor-instance .view-lines span')].flatMap(span => {
            const content = getComputedStyle(span, '::after').content;
            return content && content !== 'none' && content !== 'normal' ? [JSON.parse(content)] : [];
        })"""
        return [_plain(text) for text in self.page.evaluate(script)]

    def struck(self) -> list[str]:
        """Return the texts on the screen that are struck through."""
        script = """() => [...document.querySelectorAll('.editor-instance .view-lines span')]
            .filter(span => getComputedStyle(span).textDecorationLine.includes('line-through') && !span.children.length)
            .map(span => span.textContent)"""
        return [_plain(text) for text in self.page.evaluate(script)]

    def text_of(self, frame: Any, selector: str) -> str:
        """Return the text of an element in a frame; empty while the frame is loading or lacks it."""
        try:
            element = frame.query_selector(selector)
            return str(element.inner_text()) if element else ""
        except self.playwright_error:
            return ""

    def frame_with(self, selector: str) -> Any:
        """Return the frame that holds an element, None while there is none."""
        for frame in self.page.frames:
            try:
                if frame.query_selector(selector):
                    return frame
            except self.playwright_error:
                continue  # it is loading or going
        return None

    def active_tab(self) -> str:
        """Return the name of the file in front."""
        return str(self.page.locator(".tab.active").first.get_attribute("data-resource-name"))

    def status_bar(self) -> str:
        """Return the text of Segue's entry in the status bar."""
        return _plain(str(self.page.locator('[id="segue.segue.segue.status"]').first.inner_text()))

    def status_label(self) -> str:
        """Return what the entry says to a screen reader: icon, name and tooltip."""
        entry = self.page.locator('[id="segue.segue.segue.status"] a').first
        return _plain(str(entry.get_attribute("aria-label") or ""))

    def saved(self, name: str) -> str:
        """Save the file in front and return what is on the disk under `name`."""
        self.press("Control+S")
        self.page.wait_for_selector(".tab.active:not(.dirty)", timeout=10_000)
        # The tab is clean a moment before the text is in the file.
        return wait_for((self.folder / name).read_bytes, f"{name} on the disk").decode()

    def log(self) -> str:
        """Return Segue's log of this window."""
        return "\n".join(path.read_text() for path in self.home.rglob("*Segue.log"))

    def wait_ready(self) -> None:
        """Wait until the server has said that it is ready."""
        words = ("ready", "statistical engine answers")
        wait_for(
            lambda: any(word in self.status_label() for word in words),
            "the server to be ready",
            START_SECONDS,
        )

    def wear(self, scheme: Literal["dark", "light"]) -> None:
        """Change the colours, as the desktop does."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_selector(f".monaco-workbench.{STYLES[scheme]}")

    def screenshot(self, path: Path, *, clip: tuple[int, int, int, int] | None = None) -> None:
        """Take a picture of the window, or of a part: left, top, width and height."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = clip and dict(zip(("x", "y", "width", "height"), clip, strict=True))
        self.page.screenshot(path=str(path), clip=part)


def _plain(text: str) -> str:
    return re.sub(r"[\u00a0\u00b7]", " ", text).replace("\u200b", "")
