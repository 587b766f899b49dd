"""The session that `segue demo` plays, and the table of what each engine showed."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segue_server.activity._words import in_words
from segue_server.demo._editor import DemoEditor
from segue_server.demo._scenes import Scene, choose_scenes, copy_package

if TYPE_CHECKING:
    from segue_server.demo._editor import Answer

KEY_INTERVAL_S = 0.18
LEAST_ACCEPTED = 3
MODEL_PATIENCE_S = 120
SCENES_BEFORE_THE_MODEL = 3


class Tally:
    """What each engine showed, how often it was what the author wrote, and how long the answer took.

    `characters` were written with `keys` keys, one for each acceptance. A suggestion counts once, however many keys are
    typed while it is shown.
    """

    def __init__(self) -> None:
        self.characters = 0
        self.keys = 0
        self.shown: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.silent = 0
        self.example: dict[str, str] = {}
        self.round_trip_ms: defaultdict[str, list[float]] = defaultdict(list)
        self._line = ""

    def add(self, engine: str, answer: Answer, before: str, truth: str) -> bool:
        """Count one answer behind `before` on its line and return whether it is exactly how the author went on."""
        self.round_trip_ms[engine].append(answer.round_trip_ms)
        if not answer.text:
            self.silent += 1
            self._line = ""
            return False
        right = truth.startswith(answer.text)
        if before + answer.text != self._line:
            self._line = before + answer.text
            self.shown[engine] += 1
            self.right[engine] += right
        if right and len(answer.text) > len(self.example.get(engine, "")):
            self.example[engine] = answer.text
        return right


def play(package: str = "httpx", scenes: int = 12, *, console: Console | None = None) -> int:
    """Type real lines of `package` into a real server and print what it showed; 0 when both engines showed something.

    Raises LookupError when the package is not installed.
    """
    console = console or Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="segue-demo-", ignore_cleanup_errors=True) as folder:
        workspace = Path(folder)
        chosen = choose_scenes(copy_package(package, workspace), scenes)
        tally = asyncio.run(_session(workspace, chosen, console))
    _summary(tally, console)
    return 0 if {"statistical", "model", "both"} & tally.shown.keys() else 1


async def _session(workspace: Path, scenes: list[Scene], console: Console) -> Tally:
    started = time.perf_counter()
    async with DemoEditor(workspace) as editor:
        console.print(f"The language server started in {time.perf_counter() - started:.2f} s.")
        player = _Player(editor, workspace, console)
        for number, scene in enumerate(scenes):
            if number == SCENES_BEFORE_THE_MODEL:
                await player.wait_for_model()
            await player.play(scene)
    return player.tally


class _Player:
    def __init__(self, editor: DemoEditor, workspace: Path, console: Console) -> None:
        self.tally = Tally()
        self._editor = editor
        self._workspace = workspace
        self._console = console

    async def wait_for_model(self) -> None:
        """Wait while the model loads, and say how it ended."""
        deadline = time.monotonic() + MODEL_PATIENCE_S
        while True:
            status = await self._editor.status()
            loading = status.get("segue", {}).get("state") in ("starting", "warming")
            if not loading or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        self._console.print(f"\n[bold]model:[/] {escape(str(status.get('message', '')))}")

    async def play(self, scene: Scene) -> None:
        """Type the rest of the line of `scene`, and accept each suggestion that is exactly how it goes on."""
        lines = (self._workspace / scene.path).read_text("utf-8").split("\n")
        head = lines[scene.line][: scene.column]
        lines[scene.line] = head
        self._console.print(
            f"\n[bold]{scene.path}:{scene.line + 1}[/]  its author wrote "
            f"[green]{escape(head.lstrip())}[bold]{escape(scene.truth)}[/][/]",
            soft_wrap=True,
        )
        uri = self._editor.open(scene.path, "\n".join(lines))
        await self._editor.status()  # once it answers, the document has arrived
        typed = 0
        while True:
            piece = await self._look(uri, scene, head + scene.truth[:typed], typed)
            if typed == len(scene.truth):
                break
            piece = piece or scene.truth[typed]
            self._editor.type(uri, scene.line, scene.column + typed, piece)
            typed += len(piece)
            self.tally.keys += 1
        self.tally.characters += typed
        self._editor.close(uri)

    async def _look(self, uri: str, scene: Scene, before: str, typed: int) -> str:
        """Print what is shown before the next key, and return it if the user accepts it."""
        rest = scene.truth[typed:]
        if not rest:
            return ""
        while True:
            answer = await self._editor.ghost_text(uri, scene.line, scene.column + typed)
            engine = str(answer.why.get("engine", "none")) if answer.text else "none"
            right = self.tally.add(engine, answer, before, rest)
            self._console.print(_row(before, engine, answer), soft_wrap=True)
            if right and len(answer.text) >= LEAST_ACCEPTED and answer.accept is not None:
                await self._editor.accept(answer.accept)
                self._console.print(f"{'':>28}  [green]accepted with Tab[/]", soft_wrap=True)
                return answer.text
            if not await self._editor.refreshed(KEY_INTERVAL_S):
                return ""
            self._console.print("      a better answer is ready (segue/refresh)")


def _row(before: str, engine: str, answer: Answer) -> str:
    places = [f"{c['path']}:{c['startLine'] + 1}" for c in answer.why.get("context", [])]
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    context = f", the model read {', '.join(places[:2])}{more}" if places else ""
    took = "from memory" if answer.why.get("cached") else f"{answer.round_trip_ms:.0f} ms"
    if answer.text:
        shown, *rest = answer.text.split("\n")
        said = f"[cyan]{escape(shown)}{' …' if rest else ''}[/]  [dim]{in_words(engine)}, {took}{context}[/]"
    else:
        reasons = [in_words(str(reason)) for reason in answer.why.get("reasons", [])]
        said = f"  [dim]nothing is shown: {', '.join(reasons) or 'no suggestion'}, {took}[/]"
    return f"  {escape(before.lstrip()[-28:]):>28}▏{said}"


def _summary(tally: Tally, console: Console) -> None:
    table = Table(title="Suggestions, by the engine they came from", title_justify="left")
    table.add_column("engine")
    for column in ("shown", "right to the last character", "usual time"):
        table.add_column(column, justify="right")
    table.add_column("longest right one")
    for engine in ("statistical", "model", "both"):
        times = sorted(tally.round_trip_ms[engine])
        if times:
            table.add_row(
                in_words(engine),
                str(tally.shown[engine]),
                str(tally.right[engine]),
                f"{times[len(times) // 2]:.0f} ms",
                escape(tally.example.get(engine, "")),
            )
    console.print()
    console.print(table)
    console.print(
        f"\n[bold]{tally.characters} characters were typed with {tally.keys} keys[/] (a Tab that accepts is one of them);"
        f" {tally.silent} times nothing was likely enough to be shown."
    )
