"""Real code to type: lines of an installed third-party package, chosen by a fixed seed and not by hand."""

from __future__ import annotations

import importlib.util
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_BORDER = re.compile(r"(?<=[\w)\]] )\w|(?<=[(.=\[])\w")
_NOT_CODE = ("#", '"', "'", "import ", "from ", "@")


@dataclass(frozen=True, slots=True)
class Scene:
    """Line `line` (0-based) of `path` as it stands up to `column`; `truth` is how its author went on."""

    path: str
    line: int
    column: int
    truth: str


def copy_package(name: str, workspace: Path) -> Path:
    """Copy the Python sources of an installed package below `workspace` and return the copy."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"The package {name} is not installed; name one that is with --package.")
    source = Path(spec.origin).parent
    return Path(
        shutil.copytree(
            source, workspace / name, ignore=lambda _, names: [n for n in names if n == "__pycache__"]
        )
    )


def choose_scenes(package: Path, count: int, seed: int = 7) -> list[Scene]:
    """Return `count` code lines of `package` cut at a token border, at most one a file while files last."""
    rng = random.Random(seed)
    by_file = [
        scenes for path in sorted(package.rglob("*.py")) if (scenes := _scenes_of(path, package.parent, rng))
    ]
    rng.shuffle(by_file)
    chosen: list[Scene] = []
    while by_file and len(chosen) < count:
        chosen.extend(scenes.pop() for scenes in by_file)
        by_file = [scenes for scenes in by_file if scenes]
    return chosen[:count]


def _scenes_of(path: Path, root: Path, rng: random.Random) -> list[Scene]:
    scenes, in_docstring = [], False
    for number, line in enumerate(path.read_text("utf-8").split("\n")):
        quotes = line.count('"""') % 2 == 1
        if in_docstring or quotes:
            in_docstring ^= quotes
            continue
        code = line.strip()
        borders = [m.start() for m in _BORDER.finditer(line)]
        if number < 30 or len(code) < 16 or code.startswith(_NOT_CODE) or not borders:
            continue
        column = rng.choice(borders)
        if 8 <= len(line) - column <= 40:
            scenes.append(Scene(path.relative_to(root).as_posix(), number, column, line[column:]))
    rng.shuffle(scenes)
    return scenes
