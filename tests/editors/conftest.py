"""Fixtures of the editor tests; without `-m editor` all of them are left out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from segue_editors import editors
from segue_editors.cache import UnavailableError
from segue_editors.servers import FakeModel, Scripted
from segue_editors.terminal import Terminal
from segue_editors.vscode import Browser, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).parents[2]
FIGURES = pytest.StashKey[list[str]]()
PICTURES = Path(__file__).parent / "pictures"


EMACS_INIT = """
(setq native-comp-enable-subr-trampolines nil native-comp-jit-compilation nil inhibit-startup-screen t
      make-backup-files nil create-lockfiles nil lsp-auto-guess-root t lsp-guess-root-without-session t
      lsp-enable-snippet nil lsp-headerline-breadcrumb-enable nil lsp-enable-suggest-server-download nil
      lsp-warn-no-matched-clients nil lsp-client-packages nil lsp-session-file "{session}")
(load "lsp-mode-autoloads")
(add-to-list 'load-path "{client}")
(require 'segue)
(setq segue-command '("{command}" "serve"))
(segue-setup)
(add-hook 'python-mode-hook #'lsp)
{more}
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Real editors are heavy: only an explicit `-m editor` drives them."""
    if "editor" in str(config.getoption("markexpr")):
        return
    for item in items:
        if item.get_closest_marker("editor"):
            item.add_marker(pytest.mark.skip(reason="drives a real editor: run `make test-editors`"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what the tests measured on the way."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Note a figure, to be printed at the end; no test passes or fails by it."""
    lines = request.config.stash.setdefault(FIGURES, [])
    return lambda name, value: lines.append(f"measured {name}: {value:g}")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    try:
        browser = Browser(tmp_path_factory.mktemp("browser"))
    except UnavailableError as error:
        pytest.skip(str(error))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def vsix() -> Path:
    path = REPOSITORY / "clients" / "vscode" / "segue.vsix"
    if not path.is_file():
        pytest.skip("the extension is not built: run `make vscode`")
    return path


@pytest.fixture
def unpacked(vsix: Path, tmp_path: Path) -> Path:
    """The built extension as a folder, for windows that load it under development."""
    shutil.unpack_archive(vsix, tmp_path / "unpacked", "zip")
    return tmp_path / "unpacked" / "extension"


@pytest.fixture
def workbench(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Workbench]]:
    """Open VS Code windows that are closed after the test; a failed test leaves a picture."""
    opened: list[Workbench] = []

    def open_workbench(**options: object) -> Workbench:
        try:
            window = Workbench(browser, tmp_path / f"vscode-{len(opened)}", **options)
        except UnavailableError as error:
            pytest.skip(str(error))
        opened.append(window)
        return window

    yield open_workbench
    for number, window in enumerate(opened):
        window.screenshot(PICTURES / f"{request.node.name}-{number}-end.png")
        window.close()


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    return Scripted(tmp_path / "scripted")


@pytest.fixture
def model() -> Iterator[FakeModel]:
    model = FakeModel()
    yield model
    model.close()


@pytest.fixture
def picture() -> Callable[..., None]:
    """Take pictures of a window, or of a part of it, light and dark, for the documentation."""

    def take(window: Workbench, name: str, clip: tuple[int, int, int, int] | None = None) -> None:
        for scheme in ("light", "dark"):
            window.wear(scheme)
            window.screenshot(PICTURES / f"{name}-{scheme}.png", clip=clip)

    return take


@pytest.fixture
def emacs(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    try:
        program = editors.emacs()
    except UnavailableError as error:
        pytest.skip(str(error))
    opened: list[Terminal] = []

    def start(file: Path, command: Path, env: dict[str, str] | None = None, more: str = "") -> Terminal:
        init = tmp_path / "init.el"
        init.write_text(
            EMACS_INIT.format(
                session=tmp_path / "session",
                client=REPOSITORY / "clients" / "emacs",
                command=command,
                more=more,
            )
        )
        try:
            terminal = Terminal([program, "-nw", "-Q", "-l", init, file], tmp_path, env or {})
        except UnavailableError as error:
            pytest.skip(str(error))
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
