"""The VS Code manifest says what the server's configuration model says, and nothing that only a draft of VS Code knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

from segue_server.configuration import vscode_properties

CLIENT = Path(__file__).parents[3] / "clients" / "vscode"
MANIFEST = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in CLIENT.glob("src/**/*.ts"))


def test_settings_are_those_of_the_server() -> None:
    editor, *groups = MANIFEST["contributes"]["configuration"]
    assert all(name.startswith("segue.client.") for name in editor["properties"])
    assert {
        name: value for group in groups for name, value in group["properties"].items()
    } == vscode_properties(), "run: segue config --vscode | node clients/vscode/scripts/settings.mjs"


def test_what_names_programs_or_addresses_cannot_come_from_a_folder() -> None:
    groups = MANIFEST["contributes"]["configuration"]
    properties = {name: value for group in groups for name, value in group["properties"].items()}
    for name in (
        "client.serverPath",
        "client.python",
        "model.endpoint",
        "model.provider",
        "model.name",
        "chat.endpoint",
    ):
        assert properties[f"segue.{name}"]["scope"] == "machine"


def test_every_command_is_declared_and_implemented() -> None:
    declared = {entry["command"] for entry in MANIFEST["contributes"]["commands"]}
    implemented = set(re.findall(r"^    '(segue\.[A-Za-z]+)': ", SOURCES, re.MULTILINE))
    assert declared == implemented
    links = re.findall(r"command:(segue\.\w+)", json.dumps(MANIFEST["contributes"]["walkthroughs"]))
    assert set(links) <= declared


def test_walkthroughs_mark_code_as_their_page_shows_it() -> None:
    steps = [
        step["description"] for walk in MANIFEST["contributes"]["walkthroughs"] for step in walk["steps"]
    ]
    assert not any(re.search(r"(?<!`)`(?!`)", text) for text in steps), "a single backtick is shown as it is"


def test_commands_of_the_extension_are_not_commands_of_the_server() -> None:
    protocol = (CLIENT.parents[1] / "docs" / "lsp.md").read_text(encoding="utf-8")
    of_the_server = set(re.findall(r"`(segue\.[A-Za-z]+)`", protocol[protocol.index("## Commands") :]))
    assert "segue.accept" in of_the_server
    assert not of_the_server & {entry["command"] for entry in MANIFEST["contributes"]["commands"]}


def test_only_stable_api_is_asked_for() -> None:
    assert "enabledApiProposals" not in MANIFEST
    assert "handleDidShow" not in SOURCES


def test_no_manifest_names_an_address_of_packages() -> None:
    pinned = {**MANIFEST["devDependencies"], **MANIFEST.get("dependencies", {})}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    assert not (CLIENT / ".npmrc").exists()
