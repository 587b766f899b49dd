"""A short run of the hostile campaign, with one seed."""

from __future__ import annotations

import json

from segue_bench.hostile.campaign import run
from segue_bench.hostile.messages import NOTICES, REQUESTS, messages
from segue_server.app import build_server


def test_a_short_campaign_breaks_nothing() -> None:
    rows = run(seed=7, scale=1.0, short=True)
    assert [row.what for row in rows] == ["files", "messages", "grammars", "patterns"]
    # how long the loop is held depends on the machine: the benchmark judges that
    broken = [
        failure
        for row in rows
        for failure in row.failures
        if "held the loop" not in failure and " took " not in failure
    ]
    assert broken == []


def test_the_same_seed_gives_the_same_messages() -> None:
    assert list(messages(3, 200)) == list(messages(3, 200))
    assert list(messages(3, 200)) != list(messages(4, 200))
    assert all(json.dumps(params) for _, params, _ in messages(5, 200))


def test_every_message_and_command_of_the_server_is_tried() -> None:
    manager = build_server().protocol.fm
    tried = {method for method, _ in (*REQUESTS, *NOTICES)}
    asks_the_network = {"segue/connect", "segue/findServers"}
    begins_or_ends = {"initialize", "initialized", "shutdown", "exit"}
    methods = {*manager.features, *manager.builtin_features}
    assert methods - tried - asks_the_network - begins_or_ends == set()
    commands = {params["command"] for method, params in REQUESTS if method == "workspace/executeCommand"}
    assert set(manager.commands) - commands == set()
