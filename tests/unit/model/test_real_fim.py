"""A model that fills in the middle, really run: our own template and the server's ``/infill`` agree.

Set SEGUE_TEST_FIM_GGUF to a GGUF file with fill-in-the-middle tokens (Qwen2.5-Coder of any size).
"""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue_model import (
    CompletionPrompt,
    ContextFile,
    GenerationOptions,
    ModelSettings,
    Timeouts,
    open_model,
)
from segue_model.embedded._model import EmbeddedModel

if TYPE_CHECKING:
    from pathlib import Path

# Read when the tests are collected: fixtures take every SEGUE_ variable out of the environment.
GGUF = os.environ.get("SEGUE_TEST_FIM_GGUF", "")

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not GGUF, reason="SEGUE_TEST_FIM_GGUF names no GGUF file with FIM tokens"),
]

# Short, because /infill cuts the suffix to a quarter of the server's batch, which is small in the engine.
PREFIX = "def mean(values):\n    total = sum(values)\n    count = len(values)\n    return"
SUFFIX = "\n\nprint(mean([2]))\n"
LIMITS = Timeouts(read_s=120, total_s=240)


async def completed(settings: ModelSettings, tmp_path: Path, prompt: CompletionPrompt) -> str:
    model = open_model(settings, cache_dir=tmp_path)
    options = GenerationOptions(max_tokens=16, stop=("\n",))
    try:
        async with aclosing(model.stream(prompt, options)) as stream:
            return "".join([chunk.text async for chunk in stream])
    finally:
        await model.aclose()


async def test_infill_and_our_template_give_the_same_text(tmp_path: Path) -> None:
    embedded = ModelSettings(model=GGUF, timeouts=LIMITS, idle_exit_s=5)
    engine = open_model(embedded, cache_dir=tmp_path)
    assert isinstance(engine, EmbeddedModel)
    address = await engine.start()
    remote = ModelSettings(
        provider="llamacpp", endpoint=address.url, api_key=address.key, timeouts=LIMITS, fim="template"
    )
    # What /infill writes into its prompt: it knows neither the project's nor the file's name.
    prompt = CompletionPrompt(
        PREFIX,
        SUFFIX,
        path="filename",
        language_id="python",
        repository="myproject",
        context=(ContextFile("util.py", "def ratio(a, b):\n    return a / b\n"),),
    )
    texts = {
        "embedded": await completed(embedded, tmp_path, prompt),
        "template": await completed(remote, tmp_path, prompt),
        "infill": await completed(replace(remote, fim="infill"), tmp_path, prompt),
    }
    capabilities = await engine.capabilities()
    await engine.aclose()
    assert texts["template"].strip()
    assert texts["embedded"] == texts["template"]
    assert texts["infill"] == texts["template"]
    assert capabilities.infill
    assert capabilities.single_tokens
    assert "<|fim_prefix|>" in capabilities.single_tokens
