"""`segue bench speed`: the server's own speed, side by side with a bare pygls server in the same run.

Wall-clock figures on a busy machine say little; the ratios, the CPU times and the counts hold.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from segue_bench.fake_model import FakeModelServer
from segue_bench.raw_client import BARE, SEGUE, RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_MODEL = {"SEGUE_PROVIDER": "none", "SEGUE_INDEX_ENABLED": "false"}
_SUGGESTION = "    weight_total = compute_weight(rows, unit)"
_LINE = "    subtotal = sum(row.price for row in rows)\n"


def main(argv: Sequence[str]) -> int:
    """Run the scenarios named, or all of them; return 1 when a budget that does not depend on load is missed."""
    scenarios = {
        "start": start,
        "typing": typing,
        "keys": keys,
        "cold": cold,
    }
    parser = argparse.ArgumentParser(prog="segue bench speed", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"which of {', '.join(scenarios)} (default: all)")
    parser.add_argument("--runs", type=int, default=7, help="starts of each server (default 7)")
    parser.add_argument("--lines", type=int, default=120_000, help="lines of the workspace of `cold`")
    options = parser.parse_args(argv)
    unknown = set(options.scenario) - set(scenarios)
    if unknown:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        missed = [
            name
            for name, run in scenarios.items()
            if name in (options.scenario or scenarios) and not run(Path(folder), options)
        ]
    return 1 if missed else 0


def start(folder: Path, options: argparse.Namespace) -> bool:
    """Spawn → initialize answered, alternating with a bare server."""
    wall: dict[str, list[float]] = {"segue": [], "bare": []}
    cpu: dict[str, list[float]] = {"segue": [], "bare": []}
    for _ in range(options.runs):
        for name, command in (("bare", BARE), ("segue", SEGUE)):
            with RawClient(command, {**NO_MODEL, **_directories(folder)}) as client:
                wall[name].append(client.initialize())
                cpu[name].append(client.cpu_s())
    ratio = statistics.median(cpu["segue"]) / max(statistics.median(cpu["bare"]), 1e-9)
    wall_ratio = statistics.median(wall["segue"]) / statistics.median(wall["bare"])
    print(
        f"spawn to initialize: segue {_ms(wall['segue'])} wall, {_ms(cpu['segue'])} CPU; "
        f"bare pygls {_ms(wall['bare'])} wall, {_ms(cpu['bare'])} CPU; "
        f"ratio {wall_ratio:.2f} wall, {ratio:.2f} CPU (budget 1.15)"
    )
    return min(ratio, wall_ratio) <= 1.15


def typing(folder: Path, _: argparse.Namespace) -> bool:
    """One didChange and one completion answered from the cache, by size of the file, and a bare server's."""
    medians = {}
    for lines in (1_000, 10_000, 50_000):
        for name, command in (("segue", SEGUE), ("bare", BARE)):
            typed, again = _type_through(command, folder, lines)
            medians[name, lines] = statistics.median(typed)
            print(
                f"didChange + cached completion, {lines:6} lines, {name:5}: p50 {medians[name, lines]:6.2f} ms, "
                f"p95 {_p95(typed):6.2f} ms; asked again p50 {statistics.median(again):6.2f} ms, p95 {_p95(again):.2f} ms"
            )
    growth = medians["segue", 50_000] / medians["segue", 1_000]
    print(f"growth from 1k to 50k lines: {growth:.2f} times (budget: p95 3 ms, flat)")
    return growth < 3


def keys(folder: Path, _: argparse.Namespace) -> bool:
    """39 keys at 80 ms against a model that takes 400 ms and never guesses right."""
    text = "subtotal_of_all_the_rows_in_the_table()"
    with (
        FakeModelServer(lambda _prompt: "zzz_wrong_guess(1)", latency_s=0.4) as model,
        RawClient(SEGUE, {**NO_MODEL, **model.environment, **_directories(folder)}) as client,
    ):
        client.initialize()
        uri = "file:///keys.py"
        client.open(uri, "x = 1\n\n\n")
        client.ask("segue/status", {})
        started = time.perf_counter()
        number = 0
        pending: list[int] = []
        for index, character in enumerate(text[:39]):
            time.sleep(max(0.0, started + index * 0.08 - time.perf_counter()))
            for old in pending:
                client.notify("$/cancelRequest", {"id": old})
            client.type(uri, index + 2, 1, index, character)
            number = client.ghost(uri, 1, index + 1)
            pending = [number]
        last_key = time.perf_counter()
        arrived, answer = client.wait(number)
        calls = [call for call in model.calls if call.started <= arrived]
        shown = len(answer.get("result", {}).get("items", ()))
        late_ms = (arrived - calls[-1].ended) * 1000
        superseded = calls[:-1]
        closed = sum(call.closed_early for call in superseded)
    print(
        f"39 keys at 80 ms, 400 ms model: {len(calls)} calls (budget 3), of the {len(superseded)} superseded {closed} "
        f"closed on the socket and {len(superseded) - closed} had answered first; last answer {late_ms:.0f} ms after the model's (budget 20), "
        f"{(arrived - last_key) * 1000 - 400:.0f} ms later than the model alone, items shown {shown}"
    )
    return len(calls) <= 3


def cold(folder: Path, options: argparse.Namespace) -> bool:
    """What a completion costs on top of the model's time, in an indexed workspace of real code."""
    root = folder / "workspace"
    lines = _copy_code(root, options.lines)
    environment = {**NO_MODEL, **_directories(folder), "SEGUE_INDEX_ENABLED": "true"}
    overheads: list[float] = []
    cpu_ms: list[float] = []
    with FakeModelServer(lambda _prompt: "value_of_it(1)", latency_s=0.2) as model:
        settings = {"completion": {"debounce_ms": 0, "confident": 1.0, "prefetch": "off"}}
        with RawClient(SEGUE, {**environment, **model.environment}) as client:
            client.initialize(root, settings)
            index = _wait_for_index(client)
            sample = sorted(root.rglob("*.py"))[:: max(1, len(list(root.rglob("*.py"))) // 30)][:30]
            for path in sample:
                uri, text = path.as_uri(), path.read_text("utf-8")
                client.open(uri, text)
                line = text.count("\n") // 2
                client.type(uri, 2, line, 0, "result = \n")
                time.sleep(0.3)
                used = client.cpu_s()
                started = time.perf_counter()
                client.type(uri, 3, line, 9, "x")
                number = client.ghost(uri, line, 10)
                before = len(model.calls)
                arrived, _ = client.wait(number)
                call = model.calls[-1] if len(model.calls) > before else None
                cpu_ms.append((client.cpu_s() - used) * 1000)
                if call is not None:
                    overheads.append((arrived - started - (call.ended - call.started)) * 1000)
            memory = client.memory_mb()
    print(
        f"cold completion on {lines:,} lines ({index.get('files', 0)} files indexed, index {index.get('state')}): overhead over "
        f"the model p50 {statistics.median(overheads):.1f} ms, p95 {_p95(overheads):.1f} ms (budget 15), {statistics.mean(cpu_ms):.0f} ms CPU each; "
        f"server {memory:.0f} MB (budget 150)"
    )
    return True


def _type_through(command: list[str], folder: Path, lines: int) -> tuple[list[float], list[float]]:
    """Type a model's suggestion through, and ask for it again and again; return both series in ms.

    With a bare server, which suggests nothing, the same messages are sent.
    """
    typed: list[float] = []
    again: list[float] = []
    with (
        FakeModelServer(lambda _prompt: _SUGGESTION) as model,
        RawClient(command, {**NO_MODEL, **model.environment, **_directories(folder)}) as client,
    ):
        client.initialize(options={"completion": {"prefetch": "off"}})
        uri = "file:///typing.py"
        middle = lines // 2
        client.open(uri, _LINE * middle + "\n" + _LINE * (lines - middle))
        version = 1
        for _ in range(3):
            client.wait(client.ghost(uri, middle, 0, kind=1))
            for column, character in enumerate(_SUGGESTION[:-1]):
                version += 1
                started = time.perf_counter()
                client.type(uri, version, middle, column, character)
                arrived, answer = client.wait(client.ghost(uri, middle, column + 1))
                if command is BARE or answer["result"]["items"]:
                    typed.append((arrived - started) * 1000)
            for _ in range(30):
                started = time.perf_counter()
                arrived, _answer = client.wait(client.ghost(uri, middle, len(_SUGGESTION) - 1))
                again.append((arrived - started) * 1000)
            version += 1
            place = {"line": middle, "character": 0}
            change = {"range": {"start": place, "end": {**place, "character": 999}}, "text": ""}
            identity = {"uri": uri, "version": version}
            client.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": [change]})
        calls = len(model.calls)
    if command is not BARE and (len(typed) < 60 or calls > 9):
        print(f"only {len(typed)} of the keys had a suggestion, the model was asked {calls} times")
    return typed, again


def _copy_code(root: Path, most_lines: int) -> int:
    """Copy the standard library's source until there are enough lines, and return how many."""
    lines = 0
    library = Path(sysconfig.get_paths()["stdlib"])
    sources: Iterator[Path] = iter(
        sorted([*library.rglob("*.py"), *Path(sysconfig.get_paths()["purelib"]).rglob("*.py")])
    )
    for number, path in enumerate(sources):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        target = root / f"part{number % 97}" / f"{number}_{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        lines += text.count("\n")
        if lines >= most_lines:
            break
    return lines


def _wait_for_index(client: RawClient, timeout_s: float = 300) -> dict[str, object]:
    ends = time.monotonic() + timeout_s
    while True:
        index: dict[str, object] = client.ask("segue/status", {})["segue"]["index"]
        if index["state"] in ("ready", "failed", "refused") or time.monotonic() > ends:
            return index
        time.sleep(0.5)


def _directories(folder: Path) -> dict[str, str]:
    return {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms"


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else float("nan")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
