"""A workspace in memory, a chat model that answers to order, and small functions of many languages."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from segue_assist import Asking, Assistant, CommentEdit, PromptLibrary, Target
from segue_context import Symbol
from segue_model import Chunk
from segue_syntax import Position, Range, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

SAMPLES: dict[str, tuple[str, int]] = {
    "python": ("import os\n\n\ndef load(path, *, deep=False):\n    if not path:\n        raise ValueError(path)\n    return os.stat(path)\n", 3),
    "javascript": ("export const load = async (path, {deep} = {}) => {\n  if (!path) throw new TypeError('x');\n  return path;\n};\n", 0),
    "typescript": ("class A {\n  @Memo()\n  load(path: string, deep?: boolean): string {\n    return path;\n  }\n}\n", 2),
    "go": ("package a\n\n//go:noinline\nfunc Load(path string, deep bool) (int, error) {\n\treturn 1, nil\n}\n", 3),
    "rust": ("#[inline]\npub fn load(path: &str, deep: bool) -> Result<u8, E> {\n    Ok(1)\n}\n", 1),
    "java": ("class A {\n\t@Override\n\tpublic int load(String path, boolean deep) throws IOException {\n\t\treturn 1;\n\t}\n}\n", 2),
    "c": ("static int *load(const char *path, int deep)\n{\n    return 0;\n}\n", 0),
    "cpp": ("namespace n {\n  template <class T>\n  int A::load(const T& path, bool deep) const { return 1; }\n}\n", 2),
    "csharp": ("class A {\n    [X]\n    public int Load(string path, bool deep) { return 1; }\n}\n", 2),
    "ruby": ("class A\n  private def load(path, deep: false)\n    path\n  end\nend\n", 1),
    "php": ("<?php\nfunction load(string $path, bool $deep): int {\n    return 1;\n}\n", 1),
    "kotlin": ("class A {\n    fun load(path: String, deep: Boolean): Int {\n        return 1\n    }\n}\n", 1),
    "scala": ("object A {\n  def load(path: String, deep: Boolean): Int = {\n    1\n  }\n}\n", 1),
    "swift": ("struct A {\n    func load(path: String, deep: Bool) -> Int {\n        return 1\n    }\n}\n", 1),
    "lua": ("function load(path, deep)\n  return path\nend\n", 0),
    "shellscript": ('#!/bin/sh\nload() {\n  echo "$1"\n}\n', 1),
}  # fmt: skip
"""By language: a text, and the line of its function `load(path, deep)`."""


class Workspace:
    """Files in memory; definitions are found by their first word after a keyword."""

    root = None

    def __init__(self, files: dict[str, str] | None = None) -> None:
        self.texts = files or {}

    def read_text(self, path: str) -> str | None:
        return self.texts.get(path)

    def files(self) -> Sequence[str]:
        return list(self.texts)

    def files_with(self, words: Iterable[str], *, limit: int = 200) -> list[str]:
        wanted = set(words)
        return [path for path, text in self.texts.items() if wanted <= set(re.findall(r"\w+", text))][:limit]

    def search(self, words: Sequence[str], *, limit: int = 20, exclude: str = "") -> list[Any]:
        return []

    def definitions(self, name: str, *, limit: int = 50) -> list[Symbol]:
        found = []
        for path, text in self.texts.items():
            for row, line in enumerate(text.split("\n")):
                if re.match(
                    rf"(?:\s|export |public |pub )*(?:def|class|fun|func|fn|function) {re.escape(name)}\b",
                    line,
                ):
                    found.append(Symbol(name, "function", path, row, 4, row + 2, line.strip()))
        return found[:limit]

    def symbols_in(self, path: str) -> list[Symbol]:
        return []

    def imports_of(self, path: str) -> list[Any]:
        return []

    def importers_of(self, path: str) -> list[str]:
        return []


class Chat:
    """Answers with `answers` in turn, the last one for ever, in pieces of five characters."""

    def __init__(self, *answers: str, name: str = "chat/test-7b", finish: str = "stop") -> None:
        self.answers = list(answers)
        self.name = name
        self.finish: Any = finish
        self.asked: list[list[Any]] = []
        self.closed_early = 0

    async def chat(self, messages: Sequence[Any], options: Any) -> AsyncGenerator[Chunk]:
        self.asked.append(list(messages))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        try:
            for at in range(0, len(answer), 5):
                yield Chunk(answer[at : at + 5])
            yield Chunk("", finish=self.finish, stats={"prompt_tokens": 7, "predicted_tokens": 3})
        except GeneratorExit:
            self.closed_early += 1
            raise

    async def aclose(self) -> None:
        pass

    @property
    def prompt(self) -> str:
        return "\n".join(message.content for message in self.asked[-1])


class Rules:
    """Denies what is called secret, and masks the word hunter2."""

    def refusal(self, path: str, text: str) -> str:
        return "it holds secrets." if "secret" in path else ""

    def mask(self, text: str) -> str:
        return text.replace("hunter2", "<secret>")


def assistant_for(
    chat: Chat | None, workspace: Workspace | None = None, prompts: PromptLibrary | None = None
) -> Assistant:
    return Assistant(
        Asking(
            reader=workspace or Workspace(),
            prompts=prompts or PromptLibrary(),
            privacy=Rules(),
            chat=chat,
            link=lambda path, line: f"{path}#L{line + 1}",
        )
    )


def target_of(text: str, language: str, first: int, last: int | None = None, path: str = "a.file") -> Target:
    end = Position(first, 0) if last is None else Position(last + 1, 0)
    return Target(Snapshot.of(text, language_id=language, version=4), path, Range(Position(first, 0), end))


def applied(text: str, edit: CommentEdit) -> str:
    return edit.applied_to(Snapshot.of(text))


async def commented(text: str, language: str, line: int, answer: str, **chat: Any) -> tuple[str, CommentEdit]:
    """Return the text after the comment action, and its edit."""
    assistant = assistant_for(Chat(answer, **chat))
    edit = await assistant.comment(assistant.prepare_comment(target_of(text, language, line)))
    return applied(text, edit), edit


@pytest.fixture(params=list(SAMPLES))
def sample(request: pytest.FixtureRequest) -> tuple[str, str, int]:
    """A language, a text in it, and the line of its function."""
    text, line = SAMPLES[request.param]
    return request.param, text, line


@pytest.fixture
def kit() -> SimpleNamespace:
    """The helpers of this file, for test modules, which cannot import it."""
    return SimpleNamespace(
        Chat=Chat,
        Workspace=Workspace,
        Rules=Rules,
        assistant_for=assistant_for,
        target_of=target_of,
        applied=applied,
        commented=commented,
        samples=SAMPLES,
    )
