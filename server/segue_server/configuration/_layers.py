"""Where settings come from: each source becomes a flat layer of dotted names, with what was wrong in it."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from segue_context.files import read_regular_file
from segue_server.configuration._model import Section, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic.fields import FieldInfo

DEFAULT, USER, PROJECT, INITIALIZATION, WORKSPACE, ENVIRONMENT = (
    "default", "user file", "project file", "initializationOptions", "workspace/configuration", "environment",
)  # fmt: skip
ORIGINS: Final = (DEFAULT, USER, PROJECT, INITIALIZATION, WORKSPACE, ENVIRONMENT)
"""Every origin, weakest first."""

SHORT_VARIABLES: Final = {
    "SEGUE_PROVIDER": "model.provider",
    "SEGUE_ENDPOINT": "model.endpoint",
    "SEGUE_MODEL": "model.name",
    "SEGUE_API_KEY": "model.api_key",
    "SEGUE_LOG": "log.level",
}


RENAMED: Final = {"completion.min_confidence": "completion.certainty"}
"""Old names that still work, and what they are called now."""

RETIRED: Final = {
    "completion.min_model_confidence": "completion.certainty",
    "completion.confident": "completion.certainty",
}
"""Old names that set nothing any more, and the setting that took their place."""

_UNITS: Final = {"_ms": "Milliseconds", "_s": "Seconds", "_kb": "Kilobytes"}
"""Units at the end of names, and how camel case spells them."""

_MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a source that was not used, in one sentence for the user."""

    name: str
    origin: str
    message: str


@dataclass(slots=True)
class Layer:
    """One source's settings by dotted name."""

    origin: str
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def all_fields() -> dict[str, FieldInfo]:
    """Return every setting by dotted name, in order."""
    fields: dict[str, FieldInfo] = {}
    for section, info in Settings.model_fields.items():
        model = info.annotation
        assert isinstance(model, type)
        assert issubclass(model, Section)
        for name, inner in model.model_fields.items():
            fields[f"{section}.{name}"] = inner
    return fields


def is_marked(info: FieldInfo, mark: str) -> bool:
    """Return whether a setting carries a mark: ``protected``, ``secret`` or ``added``."""
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(mark))


def layer_of(origin: str, tree: Any) -> Layer:
    """Return the layer of a nested or dotted mapping, in snake or camel case, with or without a `segue` root.

    Unknown names, values of a wrong type and names that this origin may not set are left out and reported; null
    means that the setting is not set here.
    """
    layer = Layer(origin)
    if tree is None:
        return layer
    if not isinstance(tree, dict):
        layer.problems.append(
            Problem("", origin, f"The {origin} is not a table of settings; it was ignored.")
        )
        return layer
    if isinstance(tree.get("segue"), dict):
        tree = tree["segue"]
    fields = all_fields()
    for name, value in _leaves(tree, fields):
        _take(layer, name, value, fields)
    return layer


def file_layer(origin: str, path: Path, *, inside: Path | None = None) -> Layer:
    """Return the layer of a TOML file; one that is missing is empty, one that is broken is reported.

    With `inside`, a link must not lead out of that folder.
    """
    read = read_regular_file(path, _MAX_FILE_BYTES, inside=inside)
    if read.problem == "missing":
        return Layer(origin)
    try:
        tree = tomllib.loads(read.data.decode("utf-8"))
        what = f"cannot be read ({read.problem})" if read.problem else ""
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        tree, what = {}, f"is not valid TOML ({error})"
    layer = layer_of(origin, tree)
    if what:
        layer.problems.append(Problem("", origin, f"The {origin} {path.name} {what}; it was ignored."))
    return layer


def environment_layer(environment: Mapping[str, str] | None = None) -> Layer:
    """Return the layer of the environment: ``SEGUE_<SECTION>_<NAME>``, and the `SHORT_VARIABLES`.

    Lists are separated by commas.
    """
    environment = os.environ if environment is None else environment
    layer = Layer(ENVIRONMENT)
    fields = all_fields()
    for name in (*RETIRED, *RENAMED, *fields):
        variable = "SEGUE_" + name.replace(".", "_").upper()
        if variable in environment:
            value: Any = environment[variable]
            if name in fields:
                value = _from_text(value, fields[name])
            _take(layer, name, value, fields, said_as=variable)
    for variable, name in SHORT_VARIABLES.items():
        if environment.get(variable):
            _take(layer, name, environment[variable], fields, said_as=variable)
    return layer


def merge(layers: list[Layer]) -> tuple[Settings, dict[str, str]]:
    """Return the settings that the layers make together, weakest first, and where each value came from.

    In a list that all layers add to, the patterns of the weaker layer come last, because the last one that matches counts:
    no project's ``!plans/`` undoes what the user denies.
    """
    tree: dict[str, dict[str, Any]] = {}
    fields = all_fields()
    origins = dict.fromkeys(fields, DEFAULT)
    for layer in layers:
        for name, value in layer.values.items():
            section, key = name.split(".")
            weaker = tree.setdefault(section, {}).get(key, [])
            tree[section][key] = [*value, *weaker] if is_marked(fields[name], "added") else value
            origins[name] = layer.origin
    return Settings.model_validate(tree), origins


def _take(layer: Layer, name: str, value: Any, fields: dict[str, FieldInfo], *, said_as: str = "") -> None:
    said = said_as or name
    if name in RETIRED:
        message = f"{said} sets nothing any more: use {RETIRED[name]}."
        layer.problems.append(Problem(name, layer.origin, message))
        return
    if name in RENAMED:
        message = f"{said} is called {RENAMED[name]} now; the old name still works."
        layer.problems.append(Problem(name, layer.origin, message))
        name = RENAMED[name]
        if name in layer.values:
            return
    info = fields.get(name)
    if info is None:
        layer.problems.append(
            Problem(name, layer.origin, f"There is no setting {said} (in the {layer.origin}).")
        )
        return
    if value is None:
        return
    if name.endswith(".api_key") and layer.origin != ENVIRONMENT:
        message = (
            f"{said} was ignored: keys come from the environment or the OS keyring, never from settings."
        )
        layer.problems.append(Problem(name, layer.origin, message))
        return
    if layer.origin == PROJECT and is_marked(info, "protected"):
        message = f"{said} was ignored: a project's file may not set it."
        layer.problems.append(Problem(name, layer.origin, message))
        return
    try:
        TypeAdapter(_annotated(info)).validate_python(value)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        layer.problems.append(
            Problem(name, layer.origin, f"{said} was ignored: {reason[:1].lower()}{reason[1:]}.")
        )
        return
    layer.values[name] = value


def _annotated(info: FieldInfo) -> Any:
    from typing import Annotated

    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _leaves(
    tree: dict[Any, Any], fields: dict[str, FieldInfo], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = prefix + _snake(str(key))
        if isinstance(value, dict) and name not in fields:
            if prefix.count(".") == 0 and any(known.startswith(name + ".") for known in fields):
                yield from _leaves(value, fields, name + ".")
                continue
            yield name, value
        else:
            yield name, value


def camel_case(name: str) -> str:
    """Return the name of a setting as editors write it: ``model.timeout_s`` is ``model.timeoutSeconds``."""
    for short, spelled in _UNITS.items():
        if name.endswith(short):
            name = name.removesuffix(short) + spelled
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _snake(name: str) -> str:
    for short, spelled in _UNITS.items():
        if name.endswith(spelled):
            name = name.removesuffix(spelled) + short
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)


def _from_text(text: str, info: FieldInfo) -> Any:
    annotation = str(info.annotation)
    if annotation.startswith("list["):
        return [part.strip() for part in text.split(",") if part.strip()]
    if annotation.startswith("dict["):
        pairs = (part.partition("=") for part in text.split(",") if "=" in part)
        return {key.strip(): value.strip() for key, _, value in pairs}
    return text


def plain(value: Any) -> Any:
    """Return a value as JSON would have it, secrets masked."""
    if hasattr(value, "get_secret_value"):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return value
