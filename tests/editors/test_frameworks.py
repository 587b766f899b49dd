"""Tests that Segue writes, run by the frameworks themselves: right ones are shown, wrong and empty ones are not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from segue_editors import frameworks
from segue_editors.cache import UnavailableError
from typer.testing import CliRunner

from segue_bench.fake_model import FakeModelServer
from segue_context import WorkspaceIndex
from segue_server.cli import app
from segue_server.runtime.paths import directories

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.editor


@dataclass(frozen=True)
class Project:
    """Code with a function that adds, and `test`: a test of it with EXPECTED and CALLED left open."""

    language: str
    files: dict[str, str]
    place: str
    test: str
    modules: tuple[str, str] | None = None
    command: Callable[[], list[str]] = list

    def answer(self, called: str, expected: str) -> str:
        """Return a model's answer: a test that calls something and expects something of it."""
        return f"```\n{self.test.replace('CALLED', called).replace('EXPECTED', expected)}\n```"


PYTHON = "def total(rows):\n    return sum(rows)\n"
SCRIPT = "export function total(rows) {\n  return rows.reduce((one, other) => one + other, 0);\n}\n"
COMMON = "function total(rows) {\n  return rows.reduce((one, other) => one + other, 0);\n}\n\nmodule.exports = { total };\n"
GO = "package shop\n\nfunc Total(rows []int) int {\n\tsum := 0\n\tfor _, row := range rows {\n\t\tsum += row\n\t}\n\treturn sum\n}\n"
RUST = "pub fn total(rows: &[u32]) -> u32 {\n    rows.iter().sum()\n}\n"
JAVA = "package shop;\n\npublic class Cart {\n    public int total(int[] rows) {\n        int sum = 0;\n        for (int row : rows) sum += row;\n        return sum;\n    }\n}\n"
RUBY = "class Cart\n  def total(rows)\n    rows.sum\n  end\nend\n"
PROJECTS = {
    "unittest": Project(
        "python",
        {
            "shop.py": PYTHON,
            "base.py": "class Base:\n    pass\n",
            "test_base.py": "import unittest\n\nfrom base import Base\n\n\nclass TestBase(unittest.TestCase):\n    def test_base(self):\n        self.assertTrue(Base)\n",
        },
        "shop.py:1",
        "import unittest\n\nfrom shop import total\n\n\nclass TestTotal(unittest.TestCase):\n    def test_total_of_two(self):\n        self.assertEqual(CALLED, EXPECTED)\n        self.assertTrue(total)",
        command=lambda: [sys.executable, "-m", "unittest"],
    ),
    "pytest": Project(
        "python",
        {"shop.py": PYTHON, "requirements-dev.txt": "pytest\n"},
        "shop.py:1",
        "from shop import total\n\n\ndef test_total_of_two():\n    assert CALLED == EXPECTED\n    assert total",
        command=lambda: [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
    ),
    "vitest": Project(
        "javascript",
        {"src/cart.js": SCRIPT, "package.json": '{"type": "module", "devDependencies": {"vitest": "4"}}'},
        "src/cart.js:1",
        "import { expect, it } from 'vitest';\nimport { total } from './cart.js';\n\nit('adds two rows', () => {\n  expect(CALLED).toBe(EXPECTED);\n  expect(total).toBeDefined();\n});",
        ("vitest", "4.0.8"),
        lambda: [frameworks.program("node"), "node_modules/vitest/vitest.mjs", "run"],
    ),
    "jest": Project(
        "javascript",
        {"src/cart.js": COMMON, "package.json": '{"devDependencies": {"jest": "29"}}'},
        "src/cart.js:1",
        "const { total } = require('./cart');\n\ntest('adds two rows', () => {\n  expect(CALLED).toBe(EXPECTED);\n  expect(total).toBeDefined();\n});",
        ("jest", "29.7.0"),
        lambda: [frameworks.program("node"), "node_modules/jest/bin/jest.js"],
    ),
    "go test": Project(
        "go",
        {"shop.go": GO, "go.mod": "module example.com/shop\n\ngo 1.18\n"},
        "shop.go:3",
        'package shop\n\nimport "testing"\n\nfunc TestTotalOfTwo(t *testing.T) {\n\t_ = Total\n\tif CALLED != EXPECTED {\n\t\tt.Fatal("not the sum")\n\t}\n}',
        command=lambda: [str(frameworks.go()), "test", "{folder}/..."],
    ),
    "cargo test": Project(
        "rust",
        {"src/lib.rs": RUST, "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n'},
        "src/lib.rs:1",
        "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds_two_rows() {\n        let _ = total;\n        assert_eq!(CALLED, EXPECTED);\n    }\n}",
        command=lambda: [
            frameworks.program("cargo"),
            "test",
            "--offline",
            "--manifest-path",
            "{folder}/Cargo.toml",
        ],
    ),
    "JUnit": Project(
        "java",
        {"src/main/java/shop/Cart.java": JAVA, "pom.xml": "<artifactId>junit</artifactId>"},
        "src/main/java/shop/Cart.java:4",
        "import static org.junit.Assert.assertEquals;\n\nimport org.junit.Test;\n\npublic class CartTest {\n    @Test\n    public void totalOfTwo() {\n        Cart cart = new Cart();\n        java.util.function.ToIntFunction<int[]> total = cart::total;\n        assertEquals(EXPECTED, CALLED);\n    }\n}",
        command=lambda: [str(frameworks.junit()), "{file}"],
    ),
    "RSpec": Project(
        "ruby",
        {"lib/cart.rb": RUBY, "Gemfile": "gem 'rspec'\n"},
        "lib/cart.rb:2",
        "RSpec.describe Cart do\n  subject(:cart) { described_class.new }\n\n  it 'adds two rows' do\n    expect(CALLED).to eq(EXPECTED)\n    expect(cart).to respond_to(:total)\n  end\nend",
        command=lambda: [str(frameworks.rspec())],
    ),
}
CALLS = {
    "unittest": "total([1, 2])",
    "pytest": "total([1, 2])",
    "vitest": "total([1, 2])",
    "jest": "total([1, 2])",
    "go test": "Total([]int{1, 2})",
    "cargo test": "total(&[1, 2])",
    "JUnit": "cart.total(new int[] {1, 2})",
    "RSpec": "cart.total([1, 2])",
}


@pytest.mark.parametrize("framework", PROJECTS)
def test_what_runs_right_is_shown_and_what_fails_or_tests_nothing_is_not(
    framework: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = PROJECTS[framework]
    try:
        root = laid_out(project, tmp_path / "project")
        set_up(project, root)
    except UnavailableError as error:
        pytest.skip(str(error))
    right = written(project.answer(CALLS[framework], "3"), root, project.place, monkeypatch)
    assert right.get("framework") == framework, right
    assert any("they cover it" in note for note in right["notes"]), right
    wrong = written(project.answer(CALLS[framework], "4"), root, project.place, monkeypatch)
    assert wrong["error"]["reason"] == "tests_failed"
    assert "do not pass" in wrong["error"]["message"]
    empty = written(project.answer("3", "3"), root, project.place, monkeypatch)
    assert empty["error"]["reason"] == "tests_failed"
    assert "test nothing of it" in empty["error"]["message"]


def laid_out(project: Project, root: Path) -> Path:
    """Write the files of a project, with the modules that its framework consists of, and index it."""
    for path, text in project.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if project.modules is not None:
        shutil.copytree(
            frameworks.node_modules(*project.modules),
            root / "node_modules",
            symlinks=True,
            copy_function=os.link,
        )
    (root / ".gitignore").write_text("node_modules\ntarget\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    index = WorkspaceIndex(root, directories().cache)
    index.build()
    index.close()
    return root


def set_up(project: Project, root: Path) -> None:
    """Write the user's own settings: the folder is trusted, and its tests are run by the framework."""
    file = directories().user_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"[assist]\ntrusted_folders = {json.dumps([str(root)])}\ncheck_timeout_s = 300\n"
        f"[assist.test_commands]\n{project.language} = {json.dumps(project.command())}\n"
    )


def written(answer: str, root: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return what `segue tests` says when the model gives an answer."""
    with FakeModelServer(lambda _: answer) as server:
        monkeypatch.setenv("SEGUE_CHAT_PROVIDER", "openai")
        monkeypatch.setenv("SEGUE_CHAT_ENDPOINT", server.endpoint)
        monkeypatch.setenv("SEGUE_CHAT_NAME", "fake-7b")
        result = CliRunner().invoke(app, ["tests", f"{root}/{place}", "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    told: dict[str, object] = json.loads(result.stdout)
    return told
