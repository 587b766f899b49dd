"""The settings for other readers: VS Code's manifest, the documentation's table."""

from __future__ import annotations

from typing import Any

from segue_server.configuration._layers import all_fields, is_marked, plain
from segue_server.configuration._model import Settings


def vscode_properties() -> dict[str, dict[str, Any]]:
    """Return the `contributes.configuration.properties` of a VS Code manifest.

    Protected settings have the scope ``machine``, so that a workspace's own settings cannot set them; keys are left
    out, because they belong in the environment.
    """
    schema = Settings.model_json_schema()
    sections = schema["$defs"]
    properties: dict[str, dict[str, Any]] = {}
    for name, info in all_fields().items():
        if name.endswith(".api_key"):
            continue
        section, key = name.split(".")
        reference = (
            schema["properties"][section].get("$ref") or schema["properties"][section]["allOf"][0]["$ref"]
        )
        described = dict(sections[reference.rpartition("/")[2]]["properties"][key])
        for internal in ("title", "protected", "secret", "format", "writeOnly"):
            described.pop(internal, None)
        if "anyOf" in described:
            variants = described.pop("anyOf")
            described["type"] = [variant["type"] for variant in variants]
            for variant in variants:
                described.update({k: v for k, v in variant.items() if k not in ("type", *described)})
        described["default"] = plain(info.default)
        described["scope"] = "machine" if is_marked(info, "protected") else "resource"
        properties[f"segue.{name}"] = described
    return properties


def markdown_table() -> str:
    """Return every setting as rows of a table for docs/configuration.md."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, info in all_fields().items():
        default = plain(info.default)
        shown = "unset" if default is None else f"`{default!r}`".replace("'", '"').replace("True", "true")
        mark = " \\*" if is_marked(info, "protected") else ""
        meaning = (info.description or "").replace("|", "\\|")
        rows.append(f"| `{name}`{mark} | {shown.replace('False', 'false')} | {meaning} |")
    return "\n".join(rows) + "\n"
