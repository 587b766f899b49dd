"""Imports resolved to files of the repository."""

from __future__ import annotations

import pytest

from segue_syntax import FileIndex, file_of_import

FILES = [
    "setup.py", "shop/__init__.py", "shop/models.py", "shop/api/__init__.py", "shop/api/views.py",
    "shop/api/json.py", "tests/test_models.py", "tests/helpers.py", "src/pkg/__init__.py", "src/pkg/core.py",
    "web/src/app.ts", "web/src/components/Button.tsx", "web/src/components/index.ts", "web/src/util.js",
    "packages/ui/package.json", "packages/ui/src/index.ts", "packages/ui/src/theme.ts",
    "go.mod", "cmd/main.go", "internal/store/store.go", "internal/store/cache.go",
    "crates/net/src/lib.rs", "crates/net/src/tls.rs", "crates/net/src/http/mod.rs", "crates/net/src/http/client.rs",
    "include/shop/item.h", "src/item.cc", "src/local.h",
    "java/src/com/shop/Order.java", "java/src/com/shop/Line.java",
    "cs/Shop/Core/Order.cs",
    "lib/shop/till.rb", "lib/shop/money.rb",
]  # fmt: skip


@pytest.mark.parametrize(
    ("importer", "name", "module", "target"),
    [
        ("shop/api/views.py", "Order", "shop.models", "shop/models.py"),
        ("shop/api/views.py", "Order", "..models", "shop/models.py"),
        ("shop/api/views.py", "models", "..", "shop/models.py"),
        ("shop/api/views.py", "models", "shop", "shop/models.py"),
        ("shop/api/views.py", "", "shop.api", "shop/api/__init__.py"),
        ("shop/models.py", "views", ".api", "shop/api/views.py"),
        ("shop/models.py", "", "json", ""),
        ("shop/models.py", "", "os", ""),
        ("tests/test_models.py", "make", "helpers", "tests/helpers.py"),
        ("tests/test_models.py", "Core", "pkg.core", "src/pkg/core.py"),
        ("web/src/app.ts", "Button", "./components/Button", "web/src/components/Button.tsx"),
        ("web/src/app.ts", "Button", "./components", "web/src/components/index.ts"),
        ("web/src/app.ts", "Button", "@/components/Button", "web/src/components/Button.tsx"),
        ("web/src/components/Button.tsx", "fold", "../util.js", "web/src/util.js"),
        ("web/src/app.ts", "theme", "@acme/ui/theme", "packages/ui/src/theme.ts"),
        ("web/src/app.ts", "theme", "@acme/ui", "packages/ui/src/index.ts"),
        ("web/src/app.ts", "React", "react", ""),
        ("cmd/main.go", "", "example.com/shop/internal/store", "internal/store/"),
        ("cmd/main.go", "", "shop/internal/store", "internal/store/"),
        ("cmd/main.go", "", "fmt", ""),
        ("cmd/main.go", "", "store", ""),
        ("crates/net/src/http/client.rs", "Tls", "crate::tls", "crates/net/src/tls.rs"),
        ("crates/net/src/http/mod.rs", "", "self::client", "crates/net/src/http/client.rs"),
        ("crates/net/src/http/client.rs", "Method", "super", "crates/net/src/http/mod.rs"),
        ("crates/net/src/lib.rs", "", "self::http", "crates/net/src/http/mod.rs"),
        ("crates/app/src/main.rs", "Client", "net::http::client", "crates/net/src/http/client.rs"),
        ("crates/net/src/lib.rs", "io", "std", ""),
        ("src/item.cc", "", "shop/item.h", "include/shop/item.h"),
        ("src/item.cc", "", "local.h", "src/local.h"),
        ("src/item.cc", "", "stdio.h", ""),
        ("java/src/com/shop/Line.java", "Order", "com.shop", "java/src/com/shop/Order.java"),
        ("java/src/com/shop/Line.java", "total", "com.shop.Order", "java/src/com/shop/Order.java"),
        ("java/src/com/shop/Line.java", "List", "java.util", ""),
        ("lib/shop/till.rb", "*", "./money", "lib/shop/money.rb"),
        ("lib/shop/till.rb", "*", "shop/money", "lib/shop/money.rb"),
        ("lib/shop/till.rb", "*", "json", ""),
    ],
)  # fmt: skip
def test_an_import_is_found(importer: str, name: str, module: str, target: str) -> None:
    assert file_of_import(FileIndex(FILES), importer, name, module) == target


@pytest.mark.parametrize(
    ("root_name", "importer", "module", "target"),
    [
        ("cobra", "doc/md.go", "github.com/spf13/cobra", "./"),
        ("cobra", "doc/md.go", "github.com/spf13/cobra/v2", "./"),
        ("cobra", "doc/md.go", "github.com/spf13/pflag", ""),
        ("my-crate-1.0.2", "tests/all.rs", "my_crate::net", "src/net.rs"),
        ("my-crate", "tests/all.rs", "other", ""),
        ("json", "detail/a.hpp", "json/detail/b.hpp", "detail/b.hpp"),
    ],
)
def test_a_project_may_be_named_after_its_folder(
    root_name: str, importer: str, module: str, target: str
) -> None:
    files = [
        "cobra.go",
        "doc/md.go",
        "src/lib.rs",
        "src/net.rs",
        "tests/all.rs",
        "detail/a.hpp",
        "detail/b.hpp",
    ]
    assert file_of_import(FileIndex(files, root_name), importer, "", module) == target


def test_files_that_come_and_go_count() -> None:
    files = FileIndex(["a.py"])
    assert file_of_import(files, "a.py", "x", "b") == ""
    files.add("b.py")
    assert file_of_import(files, "a.py", "x", "b") == "b.py"
    files.remove("b.py")
    assert file_of_import(files, "a.py", "x", "b") == ""
