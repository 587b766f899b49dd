"""Settings: who may set what, who wins, and what is said about mistakes."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import segue_server
from segue_context.privacy import SendingRules
from segue_server.configuration import ConfigurationStore, Settings, markdown_table, vscode_properties
from segue_server.configuration._layers import camel_case


def load(
    tmp_path: Path,
    *,
    user: str = "",
    project: str = "",
    options: object = None,
    environment: dict[str, str] | None = None,
) -> ConfigurationStore:
    root = tmp_path / "project"
    root.mkdir(exist_ok=True)
    (tmp_path / "config.toml").write_text(user)
    (root / ".segue.toml").write_text(project)
    return ConfigurationStore.load(
        user_file=tmp_path / "config.toml",
        roots=[root],
        initialization=options,
        environment=environment or {},
    )


def origin(store: ConfigurationStore, name: str) -> str:
    return next(row.origin for row in store.rows() if row.name == name)


def test_later_sources_win(tmp_path: Path) -> None:
    store = load(
        tmp_path,
        user="[completion]\nmax_lines = 1\ncandidates = 1\ncertainty = 0.1\ndebounce_ms = 7",
        project="[completion]\nmax_lines = 2\ncandidates = 2\ncertainty = 0.2",
        options={"segue": {"completion": {"max_lines": 3, "candidates": 3}}},
        environment={"SEGUE_COMPLETION_MAX_LINES": "5"},
    )
    store.set("workspace/configuration", {"completion": {"candidates": 4}})
    chosen = store.settings.completion
    assert (chosen.max_lines, chosen.candidates, chosen.certainty, chosen.debounce_ms) == (5, 4, 0.2, 7)
    assert origin(store, "completion.max_lines") == "environment"
    assert origin(store, "completion.candidates") == "workspace/configuration"
    assert origin(store, "completion.certainty") == "project file"
    assert origin(store, "completion.debounce_ms") == "user file"
    assert origin(store, "completion.multiline") == "default"
    assert not store.problems


@pytest.mark.parametrize(
    "line",
    [
        'model.endpoint = "http://evil.example"',
        'model.fallback_endpoints = ["http://evil.example"]',
        'model.headers = {X = "y"}',
        'model.name = "/tmp/evil.gguf"',
        'model.provider = "openai"',
        'model.proxy = "http://evil.example"',
        'model.ca_file = "evil.pem"',
        'model.api_key = "k"',
        'chat.endpoint = "http://evil.example"',
        'chat.provider = "openai"',
        'privacy.allow = [".env"]',
        "activity.keep_days = 1",
        'log.level = "debug"',
    ],
)
def test_a_project_cannot_redirect_or_unlock_anything(tmp_path: Path, line: str) -> None:
    store = load(tmp_path, project=line)
    assert store.settings == Settings()
    assert len(store.problems) == 1
    assert line.split(" ")[0] in store.problems[0].message


@pytest.mark.parametrize("denied", [[], ["!plans/"], ["drafts/"]])
def test_a_project_adds_to_what_the_user_denies(tmp_path: Path, denied: list[str]) -> None:
    settings = load(tmp_path, user='privacy.deny = ["plans/"]', project=f"privacy.deny = {denied}").settings
    rules = SendingRules(tmp_path, deny=settings.privacy.deny)
    assert not rules.may_leave("plans/next.md")
    assert rules.may_leave("drafts/next.md") == (denied != ["drafts/"])


def test_keys_come_from_the_environment_only_and_are_never_shown(tmp_path: Path) -> None:
    store = load(tmp_path, user='model.api_key = "from-a-file"', environment={"SEGUE_API_KEY": "sk-secret"})
    assert store.settings.model.api_key.get_secret_value() == "sk-secret"
    assert "model.api_key" in store.problems[0].message
    everything = repr(store.settings) + json.dumps([row.value for row in store.rows()]) + repr(store.rows())
    assert "sk-secret" not in everything
    assert "from-a-file" not in everything + repr(store.problems)
    assert next(row.value for row in store.rows() if row.name == "model.api_key") == "(set)"


def test_the_short_variables_choose_a_model(tmp_path: Path) -> None:
    variables = {"SEGUE_PROVIDER": "openai", "SEGUE_ENDPOINT": "http://127.0.0.1:1", "SEGUE_MODEL": "m"}
    chosen = load(tmp_path, environment=variables).settings.model
    assert (chosen.provider, chosen.endpoint, chosen.name) == ("openai", "http://127.0.0.1:1", "m")


def test_mistakes_are_named_once_and_cost_nothing_else(tmp_path: Path) -> None:
    store = load(
        tmp_path,
        options={"completion": {"maxlines": 3, "certainty": "high", "max_lines": 7}, "nonsense": 1},
    )
    assert store.settings.completion.max_lines == 7
    assert store.settings.completion.certainty == Settings().completion.certainty
    messages = [problem.message for problem in store.fresh_problems()]
    assert len(messages) == 3
    for name in ("completion.maxlines", "completion.certainty", "nonsense"):
        assert sum(name in message for message in messages) == 1
    assert not store.fresh_problems()
    store.set("workspace/configuration", {"completion": {"max_lines": 8}})
    assert not store.fresh_problems()


def test_camel_case_dotted_and_null_are_understood(tmp_path: Path) -> None:
    store = load(
        tmp_path,
        options={"completion.maxLines": 3, "nextEdit": {"enabled": False}, "index": {"exclude": None}},
    )
    assert store.settings.completion.max_lines == 3
    assert not store.settings.next_edit.enabled
    assert not store.problems


@pytest.mark.parametrize("bad", ["text", 3, [1], True])
def test_a_client_that_sends_no_table_is_told(tmp_path: Path, bad: object) -> None:
    store = load(tmp_path, options=bad)
    assert store.settings == Settings()
    assert len(store.problems) == 1


@pytest.mark.parametrize("broken", ["\x00", "a = " + "1" * 5_000, "a = " + "[" * 20_000, "a = 2020-99-99"])
def test_broken_files_are_named_and_ignored(tmp_path: Path, broken: str) -> None:
    store = load(tmp_path, user="[completion\n", project=broken)
    assert store.settings == Settings()
    assert [problem.origin for problem in store.problems] == ["user file", "project file"]


def test_subscribers_hear_of_changes_of_their_part_only(tmp_path: Path) -> None:
    store = load(tmp_path)
    heard: list[tuple[object, object]] = []
    store.subscribe(lambda settings: settings.completion.max_lines, lambda *change: heard.append(change))
    store.set("workspace/configuration", {"log": {"level": "debug"}})
    store.set("workspace/configuration", {"completion": {"max_lines": 9}})
    store.set("workspace/configuration", {"completion": {"max_lines": 9}})
    assert heard == [
        (40, 9),
    ] or heard == [(Settings().completion.max_lines, 9)]


def test_lists_in_the_environment_are_separated_by_commas(tmp_path: Path) -> None:
    store = load(tmp_path, environment={"SEGUE_PRIVACY_DENY": "*.sql, private/"})
    assert store.settings.privacy.deny == ["*.sql", "private/"]


def test_every_setting_reaches_the_manifest_and_the_table() -> None:
    properties, table = vscode_properties(), markdown_table()
    rows = ConfigurationStore().rows()
    for row in rows:
        assert f"`{row.name}`" in table
        assert row.description
        if not row.name.endswith(".api_key"):
            described = properties.pop(f"segue.{camel_case(row.name)}")
            assert described["markdownDescription"] == row.description
            assert "type" in described or "enum" in described
            assert (described["scope"] in {"machine", "application"}) == row.protected
    assert not properties


def test_names_in_camel_case_are_those_of_the_settings(tmp_path: Path) -> None:
    names = [row.name for row in ConfigurationStore().rows() if not row.name.endswith(".api_key")]
    assert camel_case("completion.debounce_least_ms") == "completion.debounceLeastMilliseconds"
    tree = {camel_case(name): None for name in names}
    assert not load(tmp_path, options={"segue": tree}).problems
    store = load(tmp_path, options={"index": {"maxFileKilobytes": 7}, "chat.timeoutSeconds": 9})
    assert (store.settings.index.max_file_kb, store.settings.chat.timeout_s) == (7, 9)


@pytest.mark.parametrize("name", ["model.timeout_s", "privacy.allow", "next_edit.model"])
def test_what_names_nothing_of_the_machine_is_synced_by_the_editor(name: str) -> None:
    assert vscode_properties()[f"segue.{camel_case(name)}"]["scope"] == "application"


def test_every_setting_is_read() -> None:
    server = Path(segue_server.__file__).parent
    read = {
        node.attr
        for path in server.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert not [row.name for row in ConfigurationStore().rows() if row.name.rpartition(".")[2] not in read]


def test_the_documentation_holds_the_table() -> None:
    page = Path(__file__).parents[4] / "docs" / "configuration.md"
    assert markdown_table() in page.read_text("utf-8")
