"""Definitions and imports, language by language."""

from __future__ import annotations

import pytest

from segue_syntax import LANGUAGES, definitions_in, file_symbols, imports_in

SOURCES = {
    "python": '''
from __future__ import annotations
from .shapes import (Circle as Round,  # the round one
                     Square)
import os.path, numpy as np
LIMIT = 10
count: int = 0
if LIMIT:
    guarded = 1

@registered
class Canvas(Base):
    """Draws shapes.

    More about it.
    """

    width: int = 3

    def __init__(self, name,
                 size=1):
        self.name = name
        self.name = name.strip()

    async def draw(self) -> None: ...

def outer():
    def inner(): pass
''',
    "typescript": """
import type { Order, Item as Line } from './orders'
import Default, * as everything from "../api";
import './side-effect'
export { total } from './sums';
const fs = require('fs')
/** Talks to the shop. */
export interface Client<T> extends Base { url: string; fetch(id: number): T }
export type Id = string | number
export enum Color { Red, Green = 2 }
export abstract class Shop implements Client { private cache = 1; constructor(private readonly db: Db) {} abstract close(): void; }
export const handler = async (id: number): Promise<void> => { }
export default function main() {}
namespace Inner { export const q = 1 }
""",
    "javascript": """
const { a, b: c } = require('./m');
import d from "e";
function f() {}
Foo.prototype.bar = function(x) { return 1 }
class K { x = 2; static m() {} constructor() { this.w = 1 } }
""",
    "go": """
package shop
import (
  "fmt"
  db "example.com/store/v2"
)
// Stack holds items.
type Stack[T any] struct { items []T }
type Reader interface { Read(p []byte) (int, error) }
const (
  First = iota
)
var Total, Other int
// Push adds one.
func (s *Stack[T]) Push(x T) { }
func New() *Stack { return nil }
""",
    "rust": """
use crate::net::{self, Socket as Sock, tls::*};
mod sub;
/// A point.
#[derive(Debug)]
pub struct Point<T> { pub x: T }
impl<T> Display for Point<T> { fn fmt(&self) -> R { } }
pub trait Area { type Unit; fn area(&self); }
enum Shape { Round, Square(i32) }
macro_rules! shout { () => {} }
const K: i32 = 1;
mod inner { pub fn f() {} }
""",
    "java": """
package com.shop;
import java.util.*;
import static com.shop.Sums.total;
/** A shop. */
public class Shop extends Base<Item> { private int x, y; public Shop() {}
  /** Opens it. */
  @Override public <T> T open(int a) { return null; } enum Day { MON; } record Pair(int left) {} }
""",
    "c": """
#include "shop/item.h"
#include <stdio.h>
#define LIMIT 10
#define SQ(x) ((x)*(x))
typedef struct item { int a; char *b; } item_t;
enum color { RED };
static int *find(int a) { return 0; }
int declared(void);
int total = 1;
""",
    "cpp": """
#include "x.hpp"
using a::b;
namespace ns {
// A list.
template <class T> class List : public Base { public: List(); int size() const; T& at() { return x; } int f_; };
int List::size() const { return 1; }
using Alias = int;
}
""",
    "csharp": """
using System; using A = B.C;
namespace Shop.Core;
/// <summary>An order.</summary>
public class Order : Base { private int x; public string Name { get; set; } public Order() {} public int Sum(int a) => 1; enum Kind { New } }
""",
    "ruby": """
require 'shop/item'
require_relative 'money'
# Sells things.
module Shop
  class Till < Base
    LIMIT = 1
    attr_accessor :total, :open
    def sell(a) = 1
    def self.build; end
  end
end
def top; end
""",
}  # fmt: skip

DEFINED = {
    "python": {"constant .LIMIT", "variable .count", "variable .guarded", "class .Canvas", "field Canvas.width",
               "method Canvas.__init__", "field Canvas.name", "method Canvas.draw", "function .outer",
               "function outer.inner"},
    "typescript": {"variable .fs", "interface .Client", "field Client.url", "method Client.fetch", "type .Id",
                   "enum .Color", "constant Color.Red", "constant Color.Green", "class .Shop", "field Shop.cache",
                   "method Shop.constructor", "field Shop.db", "method Shop.close", "function .handler",
                   "function .main", "module .Inner", "variable Inner.q"},
    "javascript": {"function .f", "method Foo.bar", "class .K", "field K.x", "method K.m", "method K.constructor",
                   "field K.w"},
    "go": {"struct .Stack", "field Stack.items", "interface .Reader", "method Reader.Read", "constant .First",
           "variable .Total", "variable .Other", "method Stack.Push", "function .New"},
    "rust": {"struct .Point", "field Point.x", "method Point.fmt", "trait .Area", "type Area.Unit", "method Area.area",
             "enum .Shape", "constant Shape.Round", "constant Shape.Square", "macro .shout", "constant .K",
             "module .inner", "function inner.f"},
    "java": {"class .Shop", "field Shop.x", "field Shop.y", "method Shop.Shop", "method Shop.open", "enum Shop.Day",
             "constant Day.MON", "class Shop.Pair", "field Pair.left"},
    "c": {"macro .LIMIT", "macro .SQ", "type .item_t", "struct .item", "field item.a", "field item.b", "enum .color",
          "constant color.RED", "function .find", "function .declared", "variable .total"},
    "cpp": {"module .ns", "class ns.List", "method List.List", "method List.size", "method List.at", "field List.f_",
            "type ns.Alias"},
    "csharp": {"class .Order", "field Order.x", "field Order.Name", "method Order.Order", "method Order.Sum",
               "enum Order.Kind", "constant Kind.New"},
    "ruby": {"module .Shop", "class Shop.Till", "constant Till.LIMIT", "field Till.total", "field Till.open",
             "method Till.sell", "method Till.build", "function .top"},
}  # fmt: skip

IMPORTED = {
    "python": [("annotations", "__future__", ""), ("Circle", ".shapes", "Round"), ("Square", ".shapes", ""),
               ("", "os.path", "os"), ("", "numpy", "np")],
    "typescript": [("Order", "./orders", ""), ("Item", "./orders", "Line"), ("default", "../api", "Default"),
                   ("", "../api", "everything"), ("", "./side-effect", ""), ("total", "./sums", ""),
                   ("default", "fs", "fs")],
    "javascript": [("a", "./m", ""), ("b", "./m", "c"), ("default", "e", "d")],
    "go": [("", "fmt", "fmt"), ("", "example.com/store/v2", "db")],
    "rust": [("", "crate::net", "net"), ("Socket", "crate::net", "Sock"), ("*", "crate::net::tls", ""),
             ("", "self::sub", "sub")],
    "java": [("*", "java.util", ""), ("total", "com.shop.Sums", "")],
    "c": [("", "shop/item.h", ""), ("", "stdio.h", "")],
    "cpp": [("", "x.hpp", ""), ("b", "a", "")],
    "csharp": [("*", "System", ""), ("C", "B", "A")],
    "ruby": [("*", "shop/item", ""), ("*", "./money", "")],
}  # fmt: skip

DOCUMENTED = {
    "python": ("Canvas", "Draws shapes."),
    "typescript": ("Client", "Talks to the shop."),
    "go": ("Push", "Push adds one."),
    "rust": ("Point", "A point."),
    "java": ("open", "Opens it."),
    "cpp": ("List", "A list."),
    "csharp": ("Order", "An order."),
    "ruby": ("Shop", "Sells things."),
}


@pytest.mark.parametrize("language", SOURCES)
def test_finds_the_definitions_of(language: str) -> None:
    found = {
        f"{item.kind} {item.container}.{item.name}" for item in definitions_in(SOURCES[language], language)
    }
    assert DEFINED[language] <= found


@pytest.mark.parametrize("language", SOURCES)
def test_names_stand_where_a_definition_says(language: str) -> None:
    lines = SOURCES[language].split("\n")
    for item in definitions_in(SOURCES[language], language):
        assert lines[item.name_line][item.column :].startswith(item.name)
        assert item.line <= item.name_line < item.end_line


@pytest.mark.parametrize("language", SOURCES)
def test_finds_the_imports_of(language: str) -> None:
    assert [
        (item.name, item.module, item.alias) for item in imports_in(SOURCES[language], language)
    ] == IMPORTED[language]


@pytest.mark.parametrize("language", DOCUMENTED)
def test_reads_the_first_line_of_documentation_in(language: str) -> None:
    name, doc = DOCUMENTED[language]
    assert next(item.doc for item in definitions_in(SOURCES[language], language) if item.name == name) == doc


def test_tsx_and_jsx_are_read_like_their_languages() -> None:
    source = "export const Button = ({ label }: Props) => <b>{label}</b>\n"
    assert [item.name for item in definitions_in(source, "typescriptreact")] == ["Button"]
    assert [item.name for item in definitions_in("const A = () => <b/>\n", "javascriptreact")] == ["A"]


def test_signatures_are_whole_heads_on_one_line() -> None:
    signatures = {item.name: item.signature for item in definitions_in(SOURCES["python"], "python")}
    assert signatures["__init__"] == "def __init__(self, name, size=1)"
    assert signatures["draw"] == "async def draw(self) -> None"
    signatures = {item.name: item.signature for item in definitions_in(SOURCES["typescript"], "typescript")}
    assert signatures["handler"] == "export const handler = async (id: number): Promise<void>"


def test_comments_inside_a_head_are_left_out() -> None:
    (item,) = definitions_in("class List // a list\n  : public Base // of things\n{ };\n", "cpp")
    assert item.signature == "class List : public Base"


def test_a_very_long_head_is_cut() -> None:
    source = "def f(" + ", ".join(f"argument_{number}" for number in range(500)) + "): pass\n"
    (item,) = definitions_in(source, "python")
    assert len(item.signature) <= 240


def test_columns_count_code_points() -> None:
    (item,) = definitions_in("/* 日本語 😀 */ int name(void) { return 0; }\n", "c")
    assert item.column == "/* 日本語 😀 */ int name".index("name")


def test_lone_carriage_returns_end_lines() -> None:
    items = definitions_in("a = 1\rdef f(): pass\r\ndef g(): pass\n", "python")
    assert [(item.name, item.name_line) for item in items] == [("a", 0), ("f", 1), ("g", 2)]


def test_a_file_longer_than_a_query_chunk_gives_each_definition_once() -> None:
    source = "class Big:\n" + "".join(
        f"    def method_{number}(self):\n        return {number}\n" for number in range(4_000)
    )
    items = definitions_in(source, "python")
    assert len(source) > 100_000
    assert [item.name for item in items] == ["Big", *(f"method_{number}" for number in range(4_000))]
    assert {item.container for item in items[1:]} == {"Big"}


@pytest.mark.parametrize("language", [language.id for language in LANGUAGES])
@pytest.mark.parametrize("source", ["", "\n", "((((", "\ufeffclass A {", "def \udce9(): pass", "x" * 70_000])
def test_any_text_in_any_language_is_survived(language: str, source: str) -> None:
    file_symbols(source, language)


def test_broken_code_still_shows_what_parses() -> None:
    names = [
        item.name
        for item in definitions_in("def good(): pass\n\nclass Half(\n\ndef after(): pass\n", "python")
    ]
    assert "good" in names


def test_a_language_without_a_query_defines_nothing() -> None:
    assert definitions_in("# Title\n", "markdown") == []
    assert definitions_in("a: 1\n", "yaml") == []


def test_package_names_are_told() -> None:
    assert file_symbols(SOURCES["go"], "go").package == "shop"
    assert file_symbols(SOURCES["java"], "java").package == "com.shop"
    assert file_symbols(SOURCES["csharp"], "csharp").package == "Shop.Core"
