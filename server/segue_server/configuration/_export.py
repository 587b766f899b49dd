"""The settings for other readers: VS Code's manifest, the documentation's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_server.configuration._layers import all_fields, camel_case, is_marked, plain
from segue_server.configuration._model import Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def vscode_properties() -> dict[str, dict[str, Any]]:
    """Return the `contributes.configuration.properties` of a VS Code manifest, named in camel case as all others there.

    A workspace's own settings cannot set protected ones: these have the scope ``machine``, or ``application``, which is
    synced, where they name nothing of this machine. Keys are left out, because they belong in the environment.
    """
    from segue_model import PROVIDERS

    schema = Settings.model_json_schema()
    sections = schema["$defs"]
    properties: dict[str, dict[str, Any]] = {}
    for order, (name, info) in enumerate(all_fields().items()):
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
        values = described.get("enum", ())
        if values and all(value in PROVIDERS or not value for value in values):
            titles = [PROVIDERS[value].title if value else "the completion model" for value in values]
            described["enumDescriptions"] = titles
        described["markdownDescription"] = described.pop("description")
        described["default"] = plain(info.default)
        described["order"] = order
        described["scope"] = _scope(info)
        described["serverName"] = name  # read by the extension; VS Code knows no such key
        properties[f"segue.{camel_case(name)}"] = described
    return properties


def _scope(info: FieldInfo) -> str:
    if not is_marked(info, "protected"):
        return "resource"
    return "application" if is_marked(info, "everywhere") else "machine"


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
