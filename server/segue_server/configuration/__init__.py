"""Settings: one model, its sources in order of precedence, live changes, and exports for other readers."""

from __future__ import annotations

from segue_server.configuration._export import markdown_table, vscode_properties
from segue_server.configuration._keys import key_of, store_key, stored_key
from segue_server.configuration._layers import Problem
from segue_server.configuration._model import AskSection, ModelSection, Settings
from segue_server.configuration._store import ConfigurationStore, SettingRow
from segue_server.configuration._user_file import UserFileError, set_in_user_file

__all__ = [
    "AskSection",
    "ConfigurationStore",
    "ModelSection",
    "Problem",
    "SettingRow",
    "Settings",
    "UserFileError",
    "key_of",
    "markdown_table",
    "set_in_user_file",
    "store_key",
    "stored_key",
    "vscode_properties",
]
