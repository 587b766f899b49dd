"""What agents are told: where things are, who uses them, and nothing that may not leave."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from segue_context import WorkspaceIndex
from segue_context.privacy import SendingRules
from segue_server.mcp.answers import MOST_CHARS, Answers, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = {
    "shop/cart.py": (
        "import os\n\n\nclass Cart:\n    '''Holds what is bought.'''\n\n    def total_price(self, tax=0):\n        return 1 + tax\n\n\n"
        "def open_cart(name):\n    cart = Cart()\n    cart.total_price(tax=1)\n    return cart\n"
    ),
    "shop/__init__.py": "from shop.cart import open_cart\n",
    "shop/page.py": (
        "from shop import open_cart as start\nfrom shop.cart import Cart\n\n\ndef show():\n    # open_cart is mentioned here\n"
        "    return start('open_cart').total_price()\n"
    ),
    "shop/other.py": "def open_cart():\n    return None\n\n\nopen_cart()\n",
    "tests/test_cart.py": "from shop.cart import open_cart\n\n\ndef test_it():\n    assert open_cart('x')\n",
    "lib/list.h": "int list_size(struct list *items);\n",
    "lib/list.c": '#include "list.h"\n\nint list_size(struct list *items) { return 3; }\n',
    "lib/main.c": '#include "list.h"\n\nint main(void) { return list_size(0); }\n',
    "web/store.ts": "export class Store {\n  put(key: string) { return key; }\n}\n\nexport function makeStore(): Store { return new Store(); }\n",
    "web/app.ts": "import { makeStore } from './store';\n\nexport const store = makeStore();\nstore.put('a');\n",
    "data/notes.txt": "only words here\n",
}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Answers]]:
    """Return what makes answers about files."""
    opened: list[WorkspaceIndex] = []

    def make(files: dict[str, str] = FILES, *, deny: tuple[str, ...] = ()) -> Answers:
        root = tmp_path / "repository"
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        index = WorkspaceIndex(root, tmp_path / "cache")
        opened.append(index)
        assert index.build().state == "ready"
        return Answers(root, index, SendingRules(root, deny=deny))

    yield make
    for index in opened:
        index.close()


def test_a_definition_has_its_place_its_head_and_its_source(told: Callable[..., Answers]) -> None:
    answers = told()
    assert answers.definition("Cart", "", 0, source=False).startswith("shop/cart.py:4-8 class Cart")
    assert "shop/cart.py:7-8 def total_price" in answers.definition("Cart.total_price", "", 0, source=False)
    assert "12:     cart = Cart()" in answers.definition("open_cart", "shop/cart.py", 0, source=True)
    assert "web/store.ts:2" in answers.definition("Store.put()", "", 0, source=False)
    assert "lib/list.c:3" in answers.definition("list_size", "lib", 0, source=False)


def test_several_definitions_are_told_apart_by_path_and_by_a_use(told: Callable[..., Answers]) -> None:
    answers = told()
    assert len(answers.definition("open_cart", "", 0, source=False).splitlines()) == 2
    assert answers.definition("open_cart", "shop/other.py", 0, source=False).startswith("shop/other.py:1")
    for path, line, name in (("shop/page.py", 7, "start"), ("tests/test_cart.py", 5, "open_cart")):
        found = answers.definition(name, path, line, source=False)
        assert found.startswith("shop/cart.py:11"), found  # through the package, under another name
        assert len(found.splitlines()) == 1
    assert answers.definition("cart", "shop/cart.py", 13, source=False).startswith("shop/cart.py:12")


def test_references_follow_imports_and_not_the_word(told: Callable[..., Answers]) -> None:
    found = told().references("open_cart", "shop/cart.py", 0, 30)
    assert "5 uses, 0 by name only, in 3 files" in found
    assert "7 in show: return start('open_cart').total_price()" in found
    assert "mentioned" not in found
    assert "shop/other.py" not in found
    assert found.index("shop/page.py") < found.index("tests/test_cart.py")  # tests come last


def test_references_to_a_member_are_sure_or_listed_apart(told: Callable[..., Answers]) -> None:
    found = told().references("Cart.total_price", "", 0, 30)
    assert "13 in open_cart: cart.total_price(tax=1)" in found
    assert "7 in show: return start" in found


@pytest.mark.parametrize(
    ("symbol", "use"),
    [
        ("list_size", "3 in main: int main"),
        ("makeStore", "3: export const store"),
        ("Store", "5 in makeStore: "),
    ],
)
def test_references_in_other_languages(told: Callable[..., Answers], symbol: str, use: str) -> None:
    assert use in told().references(symbol, "", 0, 30)


def test_what_is_beyond_the_limit_is_counted(told: Callable[..., Answers]) -> None:
    many = {f"use/f{n:02}.py": "from base import tool\n\ntool()\ntool()\n" for n in range(30)}
    found = told({"base.py": "def tool():\n    pass\n", **many}).references("tool", "", 0, 5)
    assert "90 uses" in found
    assert found.count("    tool()") + found.count(": tool()") <= 5
    assert "also in" in found
    assert len(found) < 2_000


def test_an_ambiguous_name_is_asked_back(told: Callable[..., Answers]) -> None:
    found = told({f"m{n}.py": "def run():\n    pass\n" for n in range(6)}).references("run", "", 0, 30)
    assert found.startswith("6 definitions are called so. Say which")


def test_an_outline_nests_and_leaves_locals_out(told: Callable[..., Answers]) -> None:
    found = told().outline("shop/cart.py").splitlines()
    assert found[1] == "4-8 class Cart"
    assert found[2].startswith("  7-8 def total_price")
    assert not any("cart = Cart()" in line for line in found)
    folder = told().outline(".")
    assert "shop/ (4 files)" in folder
    assert "shop/cart.py: Cart, open_cart" in told().outline("shop/")


def test_related_files_are_grouped(told: Callable[..., Answers]) -> None:
    answers = told()
    cart = answers.related_files("shop/cart.py")
    assert "tests (1): tests/test_cart.py" in cart
    assert "imported by (2): shop/__init__.py, shop/page.py" in cart
    assert "tests this file (1): shop/cart.py" in answers.related_files("tests/test_cart.py")
    assert "other half (1): lib/list.h" in answers.related_files("lib/list.c")
    assert "imports (1): web/store.ts" in answers.related_files("web/app.ts")


def test_a_question_in_words_finds_the_place(told: Callable[..., Answers]) -> None:
    answers = told()
    assert answers.search("where is the total price of a cart computed", 3).startswith("shop/cart.py:")
    assert len(answers.search("cart", 1).splitlines()) < 10
    for question in ("", "   ", "x" * 20_000):
        found = answers.search(question, 3)
        assert found
        assert len(found) < 300


def git(root: Path, *arguments: str, date: str = "2024-01-01T00:00:00") -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.invalid", "-C", str(root), *arguments],
        check=True, capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
    )  # fmt: skip


def test_history_is_that_of_the_definition_also_when_the_file_has_changed_since(
    told: Callable[..., Answers], tmp_path: Path
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    steps = ["def one():\n    return 1\n\n\ndef two():\n    return 2\n"]
    steps.append(steps[0].replace("return 2", "return 22"))
    steps.append(steps[1].replace("return 1", "return 11"))
    for number, text in enumerate(steps):
        (root / "a.py").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-qm", f"Step {number}")
    answers = told({"a.py": "# new\n" * 9 + steps[-1]})
    assert subjects(answers.history_of("", "two", 10)) == ["Step 1", "Step 0"]
    assert subjects(answers.history_of("a.py", "one", 10)) == ["Step 2", "Step 0"]
    assert subjects(answers.history_of("a.py:14-15", "", 10)) == ["Step 1", "Step 0"]
    assert subjects(answers.history_of("a.py", "", 2)) == ["Step 2", "Step 1"]


def subjects(answer: str) -> list[str]:
    return [line.split(" ", 2)[2] for line in answer.splitlines()[1:]]


def test_history_without_git_and_of_denied_files(told: Callable[..., Answers]) -> None:
    answers = told()
    for path, symbol in (("shop/cart.py", ""), ("", "Cart"), (".env", ""), ("../x", ""), ("", "")):
        with pytest.raises(Refused) as refused:
            answers.history_of(path, symbol, 5)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "path", ["../outside.py", "/etc/passwd", "shop/../../x.py", "file:///etc/passwd", "..\\..\\x", "a\0b"]
)
def test_a_path_elsewhere_is_refused_in_one_sentence(told: Callable[..., Answers], path: str) -> None:
    answers = told()
    for ask in (
        answers.outline,
        answers.related_files,
        lambda p: answers.definition("Cart", p, 1, source=True),
    ):
        with pytest.raises(Refused) as refused:
            ask(path)
        assert str(refused.value).count("\n") == 0


def test_ways_to_write_a_path(told: Callable[..., Answers], tmp_path: Path) -> None:
    answers = told()
    plain = answers.outline("shop/cart.py")
    for path in (
        "./shop/cart.py",
        "shop\\cart.py",
        "shop/cart.py:11",
        str(tmp_path / "repository/shop/cart.py"),
    ):
        assert answers.outline(path) == plain


def test_a_client_may_know_the_folder_by_a_link(told: Callable[..., Answers], tmp_path: Path) -> None:
    answers = told()
    (tmp_path / "link").symlink_to(tmp_path / "repository")
    assert answers.outline(str(tmp_path / "link/shop/cart.py")) == answers.outline("shop/cart.py")


def test_a_link_that_leads_outside_shows_nothing(told: Callable[..., Answers], tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("def hidden():\n    pass\n")
    answers = told()
    (tmp_path / "repository" / "link.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(Refused):
        answers.outline("link.py")


def test_denied_files_never_appear(told: Callable[..., Answers], tmp_path: Path) -> None:
    key = "hunter2hunter2"
    files = {
        "app.py": "from conf import load_conf\n\nload_conf()\n",
        "conf.py": "def load_conf():\n    return 1\n",
        ".env": f"load_conf={key}\n",
        "private/plan.py": "from conf import load_conf\n\nload_conf()  # the plan\n\n\ndef plan():\n    pass\n",
        "late/plan.py": "from conf import load_conf\n\nload_conf()  # later\n",
    }
    answers = told(files, deny=("private/",))
    (tmp_path / "repository" / ".segueignore").write_text("late/\n")  # after it was indexed
    everything = [
        answers.references("load_conf", "", 0, 100),
        answers.related_files("conf.py"),
        answers.outline("."),
        *(
            outline_or_refusal(answers, path)
            for path in (".env", "private/plan.py", "private", "late/plan.py", "late")
        ),
        *(definition_or_refusal(answers, name) for name in ("plan", "load_conf")),
    ]
    for text in everything:
        assert "the plan" not in text
        assert "later" not in text
        assert key not in text
        assert "def plan" not in text
    assert "private/plan.py" not in everything[0] + everything[1]
    assert "late/plan.py" not in everything[0] + everything[1]
    assert "late/" not in everything[2]
    assert "private/" not in everything[2]


def outline_or_refusal(answers: Answers, path: str) -> str:
    try:
        return answers.outline(path)
    except Refused as refused:
        return str(refused)


def definition_or_refusal(answers: Answers, name: str) -> str:
    try:
        return answers.definition(name, "", 0, source=True)
    except Refused as refused:
        return str(refused)


def test_secrets_in_shown_code_are_masked(told: Callable[..., Answers]) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    files = {
        "a.py": f'def connect(token="{token}"):\n    return token\n',
        "b.py": f'from a import connect\n\nconnect("{token}")\n',
    }
    answers = told(files)
    for text in (
        answers.definition("connect", "", 0, source=True),
        answers.references("connect", "", 0, 5),
        answers.outline("a.py"),
    ):
        assert token not in text


@pytest.mark.parametrize(
    "symbol", ["", "  ", "...", "::", "nothing_like_it", "x" * 5_000, "a b c", "\0", "Cart.nothing"]
)
def test_a_symbol_that_is_not_there_is_one_sentence(told: Callable[..., Answers], symbol: str) -> None:
    answers = told()
    for ask in (
        lambda s: answers.definition(s, "", 0, source=True),
        lambda s: answers.references(s, "", 0, 9),
    ):
        with pytest.raises(Refused) as refused:
            ask(symbol)
        assert len(str(refused.value)) < 600
        assert "\n" not in str(refused.value)


def test_an_answer_is_never_long(told: Callable[..., Answers]) -> None:
    body = "".join(
        f"def function_{n}(argument_{n}, another_argument_{n}):\n    return {n}\n\n\n" for n in range(2_000)
    )
    answers = told({"long.py": body})
    assert len(answers.outline("long.py")) <= MOST_CHARS + 100
