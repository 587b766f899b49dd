"""Settings: one model, its sources in order of precedence, live changes, and exports for other readers."""

from __future__ import annotations

from segue_server.configuration._export import markdown_table, vscode_properties
from segue_server.configuration._layers import Problem
from segue_server.configuration._model import Settings
from segue_server.configuration._store import ConfigurationStore, SettingRow, keyring_key

__all__ = [
    "ConfigurationStore",
    "Problem",
    "SettingRow",
    "Settings",
    "keyring_key",
    "markdown_table",
    "vscode_properties",
]
