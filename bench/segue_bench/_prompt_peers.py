"""How others ask a model that fills in, and answers that are kept, for `segue bench prompts`."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from segue_bench._cases import WORD
from segue_model import Chunk, CompletionPrompt
from segue_syntax import language_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    import httpx

    from segue_bench._cases import Case
    from segue_model import GenerationOptions, OpenedModel

MAX_TOKENS = 24
CONTEXT_TOKENS = 4096
_LINES_BEFORE, _LINES_AFTER, _CHUNK_LINES = 256, 64, 64
_WINDOW_TOKENS, _CHARS_PER_TOKEN = 1024, 3
_WINDOW_LINES, _WINDOWS = 10, 5
_NO_TAIL = "\x01"
"""At the end of a prompt, it keeps the last word from being healed."""

_SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.port = sys.argv[1], int(sys.argv[2]), 0
params.n_batch = params.n_ubatch = 1024
params.n_parallel, params.cache_ram_mib, params.ui, params.verbosity = 1, 0, False, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[3])
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


class ServedModel:
    """llama.cpp with a model, on loopback, as llama.vim's manual starts it; gives its address."""

    def __init__(self, model: Path, threads: int) -> None:
        command = [sys.executable, "-c", _SERVER, str(model), str(CONTEXT_TOKENS), str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's text, the length of its prompt in tokens, and the seconds until its first token."""

    text: str
    prompt_tokens: int = 0
    first_s: float = 0.0


class Answers:
    """Answers by what was asked, kept in a file if there is one: an interrupted run resumes."""

    def __init__(self, file: Path | None, model: str) -> None:
        self._file = file
        self._model = model
        self._known: dict[str, Answer] = {}
        if file is not None and file.exists():
            for line in file.read_text("utf-8").splitlines():
                row = json.loads(line)
                asked = row.pop("asked")
                self._known[asked] = Answer(**row)

    def key(self, *asked: Any) -> str:
        """Return the name under which the answer to a question is kept."""
        return hashlib.sha256(json.dumps([self._model, *asked]).encode("utf-8", "replace")).hexdigest()

    def get(self, key: str) -> Answer | None:
        """Return an answer that was given before."""
        return self._known.get(key)

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer."""
        self._known[key] = answer
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"asked": key, **asdict(answer)}) + "\n")


class RememberingModel:
    """A model whose answers are kept; it tells the reading speed that it is given, if any."""

    def __init__(self, model: OpenedModel, answers: Answers, reading_speed: float | None) -> None:
        self._model = model
        self._answers = answers
        self._reading_speed = reading_speed
        self.last = Answer("")

    @classmethod
    def over(cls, model: OpenedModel, answers: Answers, reading_speed: float | None) -> OpenedModel:
        """Return the model with a memory."""
        return cast("OpenedModel", cls(model, answers, reading_speed))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    @property
    def reading_speed(self) -> float | None:
        """Characters a second, as given or as measured."""
        return self._reading_speed or self._model.reading_speed

    async def stream(self, prompt: CompletionPrompt, options: GenerationOptions) -> AsyncGenerator[Chunk]:
        """Yield the answer, from memory where the same was asked before."""
        key = self._answers.key(
            self._model.render(prompt), prompt.prefix[-80:], options.max_tokens, options.stop
        )
        known = self._answers.get(key)
        if known is not None:
            self.last = known
            yield Chunk(known.text, (), "stop")
            return
        text, tokens, first_s = "", 0, 0.0
        try:
            async with aclosing(self._model.stream(prompt, options)) as chunks:
                async for chunk in chunks:
                    text += chunk.text
                    tokens = int(chunk.stats.get("prompt_tokens", tokens))
                    first_s = chunk.stats.get("prompt_ms", 1000 * first_s) / 1000
                    yield chunk
        finally:
            self.last = Answer(text, tokens, first_s)
            if text:
                self._answers.put(key, self.last)


def infill_request(case: Case, others: Sequence[tuple[str, str]], chunks: int) -> dict[str, Any]:
    """Return what llama.vim sends to `/infill`, with pieces of random other files as extra context."""
    query = case.query
    above, _, line = query.prefix.rpartition("\n")
    chance = random.Random(query.path)
    extra = []
    for path, text in chance.sample(others, min(chunks, len(others))):
        lines = text.splitlines(keepends=True)
        first = chance.randrange(max(1, len(lines) - _CHUNK_LINES))
        extra.append({"filename": path, "text": "".join(lines[first : first + _CHUNK_LINES])})
    return {
        "input_prefix": "".join(f"{text}\n" for text in above.split("\n")[-_LINES_BEFORE:]),
        "prompt": line,
        "input_suffix": "".join(query.suffix.splitlines(keepends=True)[: _LINES_AFTER + 1]),
        "input_extra": extra,
    }


def windows_request(case: Case, others: Sequence[tuple[str, str]], model: OpenedModel) -> dict[str, Any]:
    """Return what Continue sent: similar windows of other files as comments before the prefix, in the model's format.

    A third of 1,024 tokens is before the cursor, a fifth after it, and up to a half are windows.
    """
    query = case.query
    budget = _WINDOW_TOKENS * _CHARS_PER_TOKEN
    wanted = set(WORD.findall("\n".join(query.prefix.split("\n")[-_WINDOW_LINES:])))
    best: list[tuple[float, str, str]] = []
    for path, text in others:
        lines = text.split("\n")
        for first in range(0, len(lines), _WINDOW_LINES):
            window = "\n".join(lines[first : first + _WINDOW_LINES])
            words = set(WORD.findall(window))
            if shared := len(words & wanted):
                best.append((shared / len(words | wanted), path, window))
    best.sort(reverse=True)
    opening, closing = language_of(query.language_id).comment_marks
    shown = "".join(
        f"{opening}Path: {path}{closing}\n"
        + "".join(f"{opening}{line}{closing}\n" for line in text.split("\n"))
        for _, path, text in best[:_WINDOWS]
    )[: budget // 2]
    prompt = CompletionPrompt(shown + query.prefix[-budget // 3 :] + _NO_TAIL, query.suffix[: budget // 5])
    return {"prompt": model.render(prompt).replace(_NO_TAIL, "")}


async def asked_as_is(http: httpx.AsyncClient, request: dict[str, Any], answers: Answers) -> Answer:
    """Return the first line that the server gives to a request."""
    path = "/infill" if "input_prefix" in request else "/completion"
    body = {**request, "n_predict": MAX_TOKENS, "temperature": 0.0, "stop": ["\n"], "cache_prompt": True}
    key = answers.key(body)
    known = answers.get(key)
    if known is not None:
        return known
    response = await http.post(path, json=body)
    response.raise_for_status()
    told = response.json()
    timings = told.get("timings", {})
    answer = Answer(
        told["content"],
        int(timings.get("prompt_n", 0) + timings.get("cache_n", 0)),
        timings.get("prompt_ms", 0.0) / 1000,
    )
    answers.put(key, answer)
    return answer
