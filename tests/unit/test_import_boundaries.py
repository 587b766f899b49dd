"""Each room imports only the rooms that ARCHITECTURE.md lets it import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    "syntax": set(),
    "context": {"syntax"},
    "model": {"syntax"},
    "postprocess": {"syntax"},
    "next_edit": {"syntax", "context", "model", "postprocess"},
    "assist": {"syntax", "context", "model", "postprocess"},
    "server": {"syntax", "context", "model", "postprocess", "next_edit", "assist", "bench"},
    "bench": {"syntax", "context", "model", "postprocess", "next_edit", "assist", "server"},
}


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module)
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_what_it_may(room: str) -> None:
    files = sorted((ROOT / room / f"segue_{room}").rglob("*.py"))
    assert files
    for path in files:
        for name in imported_modules(path):
            package = name.split(".")[0]
            if package.startswith("segue_"):
                other = package.removeprefix("segue_")
                assert other == room or other in ROOMS[room], f"{path} imports {name}"
            assert package not in {"pygls", "lsprotocol"} or room in {"server", "bench"}, (
                f"{path} imports {name}"
            )


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_typed(room: str) -> None:
    assert (ROOT / room / f"segue_{room}" / "py.typed").exists()


def test_private_modules_stay_in_their_room() -> None:
    for room in ROOMS:
        for path in (ROOT / room / f"segue_{room}").rglob("*.py"):
            for name in imported_modules(path):
                parts = name.split(".")
                if parts[0].startswith("segue_") and parts[0] != f"segue_{room}":
                    assert not any(part.startswith("_") for part in parts[1:]), f"{path} imports {name}"


def test_the_model_room_shares_what_is_kept_on_disk_and_nothing_else() -> None:
    for path in (ROOT / "model" / "segue_model").rglob("*.py"):
        shared = {name for name in imported_modules(path) if name.startswith("segue_syntax")}
        assert shared <= {"segue_syntax.storage"}, path
