"""Somebody types in an editor while the model server fails in every way: the language server has to stay up."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from segue_bench.fault_server import FaultServer
from segue_bench.faults import ALL_FAULTS, served
from segue_bench.raw_client import SEGUE, RawClient

_ECHO_EVERY = 10
_HANG_S = 30.0
_FLAT_MB = 10.0
_URI = "file:///played.py"


def main(argv: list[str]) -> int:
    """Print one line a fault; the exit status is 1 when the server died, hung, grew or showed something stale."""
    parser = argparse.ArgumentParser(prog="segue bench faults-played", description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="completions asked for per fault")
    parser.add_argument("--only", default="", help="run the faults whose name holds this")
    options = parser.parse_args(argv)
    print(
        f"{'fault':20}{'answers':>9}{'s':>7}{'shown':>7}{'stale':>7}{'worst ms':>10}  server MB (half, end)"
    )
    with FaultServer() as elsewhere:
        good = [
            _played(name, options.requests, f"{elsewhere.url}/v1/completions")
            for name in ALL_FAULTS
            if options.only in name
        ]
        leaked = len(elsewhere.requests)
    print("code or keys reached another host" if leaked else "nothing reached another host")
    return 0 if all(good) and not leaked else 1


def _played(fault: str, requests: int, elsewhere: str) -> bool:
    """Type `requests` lines against one fault, print what happened, and tell whether all was well."""
    shown = stale = answers = 0
    worst = memory_half = 0.0
    with TemporaryDirectory() as folder, served(fault, elsewhere) as url:
        environment = {
            "SEGUE_PROVIDER": "openai",
            "SEGUE_ENDPOINT": url,
            "SEGUE_MODEL": "qwen2.5-coder",
            "SEGUE_API_KEY": "sk-bench-key",
            "SEGUE_MODEL_TIMEOUT_S": "1",
            "SEGUE_INDEX_ENABLED": "false",
            **{f"XDG_{name}_HOME": str(Path(folder) / name.lower()) for name in ("CACHE", "CONFIG", "DATA")},
        }
        started = perf_counter()
        with RawClient(SEGUE, environment) as client:
            client.initialize(options={"completion": {"debounce_ms": 0}})
            client.open(_URI, "")
            for number in range(1, requests + 1):
                text = f"request_{number}{'_echo' if number % _ECHO_EVERY == 0 else ''} ="
                client.type(_URI, number + 1, number - 1, 0, text)
                asked = perf_counter()
                try:
                    arrived, answer = client.wait(client.ghost(_URI, number - 1, len(text)), _HANG_S)
                except TimeoutError:
                    break
                answers += "result" in answer
                worst = max(worst, arrived - asked)
                items = _items(answer.get("result"))
                shown += bool(items)
                stale += any(_is_stale(item, number) for item in items)
                client.type(_URI, number + 1, number - 1, len(text), "\n")
                if number == requests // 2:
                    memory_half = client.memory_mb()
            memory_end = client.memory_mb()
        seconds = perf_counter() - started
    well = answers == requests and not stale and memory_end - memory_half < _FLAT_MB
    print(
        f"{fault:20}{answers:9}{seconds:7.1f}{shown:7}{stale:7}{1000 * worst:10.0f}"
        f"  {memory_half:.0f} {memory_end:.0f}{'' if well else '  FAILED'}",
        flush=True,
    )
    return well


def _items(result: Any) -> list[dict[str, Any]]:
    items = result.get("items") if isinstance(result, dict) else result
    return items or []


def _is_stale(item: dict[str, Any], number: int) -> bool:
    """Tell whether a suggestion was made for another line than the one that is typed."""
    numbers = re.findall(r"echo_(\d+)", str(item.get("insertText", "")))
    return any(int(found) > number for found in numbers) or (
        number % _ECHO_EVERY == 0 and bool(numbers) and str(number) not in numbers
    )
