"""Scopes of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = {
    "a local ends with its function": "def a(): size__1 = 1; return size__1\ndef b(): return size___\n",
    "parameters and defaults": "size__1 = 2\ndef f(size__2, other=size__1, *rest__3, **more__4): return size__2, rest__3, more__4\n",
    "lambda": "n__1 = 1\nf = lambda n__2, m=n__1: n__2\n",
    "annotations are read outside": "class Row__1: ...\ndef f(Row__2: Row__1) -> Row__1: return Row__2\n",
    "an annotation in quotes is a use": "class Row__1:\n    above: 'Row__1 | None'\n    def join(self, other: \"list[Row__1]\", how: Literal['Row']) -> 'Row__1': return 'Row', how['Row']\n",
    "comprehension": "item__1 = load()\nnames = [item__2.name for item__2 in items]\nprint(item__1)\n",
    "first iterable is outside": "line__1 = 'a b'\nwords = [line__2 for line__2 in line__1.split()]\n",
    "nested comprehension": "x = [b__2 for a__1 in rows for b__2 in a__1 if b__2]\n",
    "walrus leaves a comprehension": "def f(rows):\n    found = [y__1 for r in rows if (y__1 := r)]\n    return y__1\n",
    "class scope is skipped": "name__1 = 1\nclass A:\n    name__2 = 2\n    other = name__2\n    def m(self): return name__1\n",
    "global": "count__1 = 0\ndef f():\n    global count__1\n    count__1 += 1\n",
    "nonlocal": "def f():\n    count__1 = 0\n    def g():\n        nonlocal count__1\n        count__1 = 2\n    return count__1\n",
    "use before assignment": "def f():\n    return later__1()\ndef later__1(): pass\n",
    "except": "try: pass\nexcept OSError as error__1: print(error__1)\n",
    "with": "with open(p) as f__1, g() as (a__2, b__3): f__1.read(a__2, b__3)\n",
    "for and its targets": "for i__1, (j__2, *k__3) in z: i__1 + j__2 + k__3\n",
    "match": "match z:\n    case Point(x=0, y=yy__1): yy__1\n    case [a__2, *rest__3] if a__2: rest__3\n    case {'k': v__4, **more__5}: v__4, more__5\n    case str() as s__6: s__6\n",
    "a value in a pattern is read": "class Color__1: RED__2 = 1\nmatch z:\n    case Color__1.RED__2: pass\n",
    "imports": "import os.path\nimport numpy as np__1\nfrom a import b as c__2, d__3\nnp__1.x(c__2, d__3)\nos.path\n",
    "f-strings are code, text is not": "def f(name__1, width__2):\n    'name'\n    # name\n    return f'name {name__1!r:>{width__2}} {{name}}'\n",
    "keyword arguments": "def connect(host, timeout__1=3): return timeout__1\nconnect('x', timeout__1=5)\nother(timeout___=5)\n",
    "same name as keyword": "def render(page, title__1):\n    return template.format(title___=title__1)\n",
    "constructor keyword": "class A:\n    def __init__(self, size__1): self.size = size__1\nA(size__1=3)\n",
    "dataclass keyword": "class User:\n    name__1: str\ndef make(row):\n    name__2 = row\n    return User(name__1=name__2)\n",
    "fields by self": "class A:\n    def __init__(self, total__1):\n        self.total__2 = total__1\n    def m(self, total__3): return self.total__2 + total__3 + other.total___\n",
    "methods by self": "class A:\n    def m(self): return self.n__1()\n    def n__1(self): pass\n",
    "inherited": "class A:\n    def n__1(self): pass\nclass B(A):\n    def m(self): return self.n__1()\n",
    "members by what was constructed": "class A:\n    def n__1(self): pass\nclass B:\n    def n__2(self): pass\na = A()\na.n__1()\nB().n__2()\nx.n___\n",
    "members by annotation": "class A:\n    size__1 = 1\ndef f(a: A, b): return a.size__1 + b.size___\n",
    "members of what a function returns": "class A:\n    size__1 = 1\ndef make() -> A: ...\nmake().size__1\n",
    "type parameters": "class Box[T__1](Base[T__1]):\n    def get(self) -> T__1: ...\ndef f[T__2](x: T__2): ...\n",
    "decorator": "def deco__1(f): ...\n@deco__1\ndef g__2(): ...\ng__2()\n",
    "exported by __all__": "__all__ = ['load__1', 'missing']\ndef load__1(): ...\nload__1()\n",
    "exported by += and extend": "__all__ = []\n__all__ += ['a__1']\n__all__.extend(('b__2',))\na__1 = b__2 = 1\n",
    "a file with an error": "def f(size__1):\n    return (size__1 +\n\ndef g(size__2):\n    return size__2\n",
    "non-ASCII before a name": "def f(größe__1): return 'ä', größe__1\n",
}


@pytest.mark.parametrize("case", CASES)
def test_python(case: str, check: Callable[[str, str], None]) -> None:
    check("python", CASES[case])
