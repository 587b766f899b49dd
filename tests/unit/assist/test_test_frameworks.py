"""Tests for eight frameworks: which one a repository uses, where its tests are, and what an answer becomes there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from segue_assist import AssistError, replaced_body
from segue_assist._test_answer import new_tests_from
from segue_assist._test_place import place_of_tests
from segue_next_edit.imports import with_imports
from segue_syntax import Snapshot

if TYPE_CHECKING:
    from types import SimpleNamespace

PYTHON = "def total(rows, rate):\n    return sum(rows) * rate\n"
SCRIPT = "export function total(rows: number[]): number {\n  return rows.length;\n}\n"
RUST = "pub fn total(rows: &[u32]) -> u32 {\n    rows.iter().sum()\n}\n"
JAVA = "package com.shop;\n\npublic class Cart {\n    public int total(int[] rows) {\n        return rows.length;\n    }\n}\n"
KOTLIN = "package com.shop\n\nfun total(rows: List<Int>): Int = rows.sum()\n"
RUBY = "class Cart\n  def total(rows)\n    rows.sum\n  end\nend\n"

PLACES = [
    ("pytest", {"src/shop/cart.py": PYTHON, "pyproject.toml": "[tool.pytest.ini_options]\n"}, "tests/test_cart.py"),
    ("pytest", {"shop/cart.py": PYTHON, "requirements-dev.txt": "pytest==9\n"}, "tests/test_cart.py"),
    ("pytest", {"cart.py": PYTHON, "tests/test_a.py": "class TestA:\n    def test_a(self):\n        assert 1\n"}, "tests/test_cart.py"),
    ("unittest", {"cart.py": PYTHON, "cart_base.py": "", "tests/test_a.py": "class A(SimpleTestCase, Mixin):\n    def test_a(self):\n        pass\n"},
     "tests/test_cart.py"),
    ("pytest", {"a/b/cart.py": PYTHON, "a/base.py": "", "a/tests/base_test.py": "def test_a():\n    pass\n"}, "a/b/tests/cart_test.py"),
    ("vitest", {"src/cart.ts": SCRIPT, "package.json": '{"devDependencies": {"vitest": "^3"}}'}, "src/cart.test.ts"),
    ("vitest", {"packages/a/cart.ts": SCRIPT, "package.json": '{"devDependencies": {"jest": "29"}}',
                "packages/a/package.json": '{"devDependencies": {"vitest": "^3"}}'}, "packages/a/cart.test.ts"),
    ("vitest", {"src/a/cart.ts": SCRIPT, "src/base.ts": "", "tests/base.spec.ts": "import { it } from 'vitest';\nit('a', () => {});\n",
                "tests/a/x.spec.ts": ""}, "tests/a/cart.spec.ts"),
    ("jest", {"src/cart.js": SCRIPT, "jest.config.cjs": "module.exports = {};\n"}, "src/cart.test.js"),
    ("jest", {"src/cart.js": SCRIPT, "src/base.js": "", "src/__tests__/base.test.js": "test('a', () => { jest.fn(); });\n"},
     "src/__tests__/cart.test.js"),
    ("go test", {"shop/cart.go": "package shop\n\nfunc total() int {\n\treturn 1\n}\n"}, "shop/cart_test.go"),
    ("cargo test", {"src/cart.rs": RUST}, "src/cart.rs"),
    ("cargo test", {"src/cart.rs": RUST + "\n#[cfg(test)]\nmod tests;\n"}, "src/cart/tests.rs"),
    ("cargo test", {"src/lib.rs": RUST + "\n#[cfg(test)]\nmod test;\n", "src/test/mod.rs": ""}, "src/test/mod.rs"),
    ("JUnit", {"src/main/java/com/shop/Cart.java": JAVA, "pom.xml": "<artifactId>junit-jupiter</artifactId>"},
     "src/test/java/com/shop/CartTest.java"),
    ("JUnit", {"core/src/com/shop/Cart.java": JAVA, "core/src/com/base/Base.java": "",
               "core/test/com/base/BaseTests.java": "import org.junit.Test;\nclass BaseTests {\n  @Test void a() {}\n}\n"},
     "core/test/com/shop/CartTests.java"),
    ("JUnit", {"src/main/kotlin/com/Cart.kt": KOTLIN, "build.gradle.kts": 'testImplementation(kotlin("test"))'},
     "src/test/kotlin/com/CartTest.kt"),
    ("RSpec", {"lib/shop/cart.rb": RUBY, "Gemfile": "gem 'rspec'\n"}, "spec/cart_spec.rb"),
    ("RSpec", {"app/models/cart.rb": RUBY, "app/models/base.rb": "", "spec/models/base_spec.rb": "describe Base do\n  it 'is' do\n  end\nend\n"},
     "spec/models/cart_spec.rb"),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "files", "path"), PLACES)
def test_the_framework_and_the_file_are_those_of_the_neighbours(
    kit: SimpleNamespace, framework: str, files: dict[str, str], path: str
) -> None:
    code = next(iter(files))
    place = place_of_tests(kit.Workspace(files), code, files[code])
    assert (place.framework.name, place.path) == (framework, path)


@pytest.mark.parametrize("path", ["cart.py", "src/cart.ts", "lib/cart.rb", "src/Cart.java", "Cart.kt"])
def test_without_a_framework_nothing_is_written(kit: SimpleNamespace, path: str) -> None:
    files = {path: "", "package.json": '{"devDependencies": {"mocha": "11"}}', "Gemfile": "gem 'minitest'\n"}
    with pytest.raises(AssistError) as refusal:
        place_of_tests(kit.Workspace(files), path, "")
    assert refusal.value.reason == "no_framework"


ANSWERS = [
    ({"shop/cart.py": PYTHON, "shop/__init__.py": "", "tox.ini": "pytest\n"},
     "def test_total():\n    with pytest.raises(TypeError):\n        total(None, 1)\n",
     "import pytest\n\nfrom shop.cart import total\n\n\ndef test_total():\n    with pytest.raises(TypeError):\n        total(None, 1)\n"),
    ({"src/cart.ts": SCRIPT, "package.json": '{"devDependencies": {"vitest": "^3"}}'},
     "import { total } from './your-module';\n\ndescribe('total', () => {\n  it('counts', () => {\n    expect(total([])).toBe(0);\n  });\n});\n",
     "import { describe, expect, it } from 'vitest';\nimport { total } from './cart';\n\ndescribe('total', () => {\n  it('counts', () => {\n    expect(total([])).toBe(0);\n  });\n});\n"),
    ({"src/cart.js": "function total(rows) {\n  return rows.length;\n}\n\nmodule.exports = { total };\n", "jest.config.js": ""},
     "const { total } = require('./cart');\n\ntest('none', () => {\n  expect(total([])).toBe(0);\n});\n",
     "const { total } = require('./cart');\n\ntest('none', () => {\n  expect(total([])).toBe(0);\n});\n"),
    ({"shop/cart.go": "package shop\n\nfunc total(rows []int) int {\n\treturn len(rows)\n}\n"},
     'package main\n\nimport (\n\t"reflect"\n\t"testing"\n)\n\nfunc TestTotal(t *testing.T) {\n\tif !reflect.DeepEqual(total(nil), 0) {\n\t\tt.Fatal(1)\n\t}\n}\n',
     'package shop\n\nimport (\n\t"reflect"\n\t"testing"\n)\n\nfunc TestTotal(t *testing.T) {\n\tif !reflect.DeepEqual(total(nil), 0) {\n\t\tt.Fatal(1)\n\t}\n}\n'),
    ({"src/cart.rs": RUST},
     "#[cfg(test)]\nmod tests {\n    use super::*;\n    use std::collections::BTreeMap;\n\n    #[test]\n    fn none() {\n        assert_eq!(total(&[]), BTreeMap::<u8, u8>::new().len() as u32);\n    }\n}\n",
     RUST + "\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use std::collections::BTreeMap;\n\n    #[test]\n    fn none() {\n        assert_eq!(total(&[]), BTreeMap::<u8, u8>::new().len() as u32);\n    }\n}\n"),
    ({"src/cart.rs": RUST + "\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn one() {}\n}\n\npub fn after() {}\n"},
     "use std::rc::Rc;\n\n#[test]\nfn none() {\n    assert_eq!(total(&[]), *Rc::new(0));\n}\n",
     RUST + "\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use std::rc::Rc;\n\n    #[test]\n    fn one() {}\n\n    #[test]\n    fn none() {\n        assert_eq!(total(&[]), *Rc::new(0));\n    }\n}\n\npub fn after() {}\n"),
    ({"src/main/java/com/shop/Cart.java": JAVA, "pom.xml": "junit"},
     "import org.junit.jupiter.api.Test;\nimport static org.junit.jupiter.api.Assertions.*;\n\nclass TotalTests {\n    @Test\n    void none() {\n        assertEquals(0, new Cart().total(new int[0]));\n    }\n}\n",
     "package com.shop;\n\nimport org.junit.jupiter.api.Test;\nimport static org.junit.jupiter.api.Assertions.*;\n\nclass CartTest {\n    @Test\n    void none() {\n        assertEquals(0, new Cart().total(new int[0]));\n    }\n}\n"),
    ({"src/Cart.java": JAVA, "src/CartTest.java": "package com.shop;\n\nimport org.junit.Test;\n\npublic class CartTest {\n  @Test public void one() {\n  }\n}\n"},
     "import static org.junit.Assert.assertEquals;\n\n@Test\npublic void none() {\n    assertEquals(0, new Cart().total(new int[0]));\n}\n",
     "package com.shop;\n\nimport org.junit.Test;\nimport static org.junit.Assert.assertEquals;\n\npublic class CartTest {\n  @Test public void one() {\n  }\n\n  @Test\n  public void none() {\n      assertEquals(0, new Cart().total(new int[0]));\n  }\n}\n"),
    ({"src/main/kotlin/com/shop/Cart.kt": KOTLIN, "build.gradle": "junit"},
     "import kotlin.test.Test\nimport kotlin.test.assertEquals\n\nclass CartTest {\n    @Test\n    fun `none at all`() {\n        assertEquals(0, total(emptyList()))\n    }\n}\n",
     "package com.shop\n\nimport kotlin.test.Test\nimport kotlin.test.assertEquals\n\nclass CartTest {\n    @Test\n    fun `none at all`() {\n        assertEquals(0, total(emptyList()))\n    }\n}\n"),
    ({"lib/cart.rb": RUBY, "Gemfile": "gem 'rspec'\n"},
     "RSpec.describe Cart do\n  subject(:cart) { described_class.new }\n\n  it 'adds rows' do\n    expect(cart.total([1, 2])).to eq(3)\n    expect(cart).to respond_to(:total)\n    expect([]).to be_empty.and have_attributes(size: 0)\n  end\nend\n",
     "require_relative \"../lib/cart\"\n\nRSpec.describe Cart do\n  subject(:cart) { described_class.new }\n\n  it 'adds rows' do\n    expect(cart.total([1, 2])).to eq(3)\n    expect(cart).to respond_to(:total)\n    expect([]).to be_empty.and have_attributes(size: 0)\n  end\nend\n"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "answer", "expected"), ANSWERS)
def test_an_answer_becomes_tests_with_imports_that_resolve(
    kit: SimpleNamespace, files: dict[str, str], answer: str, expected: str
) -> None:
    workspace = kit.Workspace(dict(files))
    code = next(iter(files))
    place = place_of_tests(workspace, code, files[code])
    change, _ = new_tests_from(
        place, "total", f"```\n{answer}```", reader=workspace, with_imports=partial(with_imports, workspace)
    )
    assert change.applied_to(Snapshot.of(place.text or "")) == expected


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"src/Cart.java": JAVA, "pom.xml": "junit"}, "@Test\nvoid none() {\n    assertEquals(0, total());\n}\n"),
        ({"lib/cart.rb": RUBY, "Gemfile": "gem 'rspec'\n"}, "describe Cart do\n  it 'is' do\n    expect(basket.total).to eq(1)\n  end\nend\n"),
        ({"src/cart.rs": RUST}, "#[test]\nfn none() {\n    assert_eq!(total(&[]), missing());\n}\n"),
    ],
)  # fmt: skip
def test_a_name_that_nothing_brings_is_refused(
    kit: SimpleNamespace, files: dict[str, str], answer: str
) -> None:
    workspace = kit.Workspace(dict(files))
    code = next(iter(files))
    place = place_of_tests(workspace, code, files[code])
    with pytest.raises(AssistError) as refusal:
        new_tests_from(place, "total", f"```\n{answer}```", reader=workspace)
    assert refusal.value.reason == "unknown_names"


@pytest.mark.parametrize(
    ("path", "text", "fails", "expected"),
    [
        ("a.py", "class A:\n    rate = 1\n\n    def one(self):\n        return 1\n\n    def two(self):\n        return 2\n", "raise E",
         "class A:\n    rate = 1\n\n    def one(self):\n        raise E\n\n    def two(self):\n        raise E\n"),
        ("a.ts", "export const one = (a: number) => a + 1;\n", "throw 1;", "export const one = (a: number) => { throw 1; };\n"),
        ("a.go", 'package a\n\nfunc One() string {\n\treturn strings.ToUpper("a")\n}\n', "panic(1);",
         'package a\n\nfunc One() string { panic(1); \n\treturn strings.ToUpper("a")\n}\n'),
        ("a.rs", "impl A {\n    fn one(&self) -> u8 {\n        1\n    }\n}\n", "panic!();", "impl A {\n    fn one(&self) -> u8 { panic!(); \n        1\n    }\n}\n"),
        ("A.java", "class A extends B {\n    A() {\n        super(1);\n    }\n}\n", "if (true) throw e;",
         "class A extends B {\n    A() {\n        super(1); if (true) throw e; \n    }\n}\n"),
        ("a.kt", "fun one(): Int = 1\n", "throw E();", "fun one(): Int = throw E()\n"),
        ("a.rb", "class A\n  def one\n    1\n  end\nend\n", "raise", "class A\n  def one\n    raise\n  end\nend\n"),
    ],
)  # fmt: skip
def test_a_replaced_body_only_fails(path: str, text: str, fails: str, expected: str) -> None:
    assert replaced_body(text, path, 0, text.count("\n"), fails) == expected


def test_code_without_a_body_is_not_replaced() -> None:
    assert replaced_body("class A:\n    rate = 1\n", "a.py", 0, 2, "raise E") is None
