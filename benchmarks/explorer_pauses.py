"""How long an explorer keeps a notebook waiting, with hundreds of lessons.

    python benchmarks/explorer_pauses.py [--lessons N] [--minutes N] [--folder DIR]

Lessons of 25 noisy faces at two frames a second are made up as for ``warehouse_scale.py``. The explorer works as in a
kernel, in an event loop, beside something that wants to run every millisecond; a pause is how long that had to wait.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from warehouse_scale import build

from emotionkit.widgets import Explorer


async def longest_pause(explorer: Explorer, choose: Callable[[], None]) -> tuple[float, float]:
    """Return the longest pause after a choice, and the seconds until everything is shown."""
    started = last = time.perf_counter()
    choose()
    longest = time.perf_counter() - last
    while explorer.busy:
        last = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - last)
    return longest, time.perf_counter() - started


async def measure(folder: Path) -> None:
    """Open a warehouse, choose this and that, and print how long each kept waiting."""
    started = time.perf_counter()
    explorer = Explorer(folder)
    print(f"{'opening':<44}{time.perf_counter() - started:>8.2f} s")
    controls = explorer.controls
    every = tuple(lesson for _, lesson in controls.lessons.options)
    middle = controls.time.max / 2
    choices: dict[str, Callable[[], None]] = {
        "the last lesson": lambda: None,
        "all lessons": lambda: setattr(controls.lessons, "value", every),
        "half of the time": lambda: setattr(controls.time, "value", (0.0, middle)),
        "another smoothing": lambda: setattr(controls.smoothing, "value", 60.0),
        "two expressions": lambda: setattr(controls.emotions, "value", ("happy", "sad")),
        "another lesson in focus": lambda: setattr(controls.focus, "value", every[-1]),
        "a search": lambda: setattr(controls.search, "value", "course-3"),
    }
    print(f"{'':<44}{'pause':>10}{'in all':>10}")
    for name, choose in choices.items():
        pause, whole = await longest_pause(explorer, choose)
        print(f"{name:<44}{pause:>8.2f} s{whole:>8.2f} s")


def main() -> None:
    """Build, choose and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=500)
    parser.add_argument("--minutes", type=int, default=45)
    parser.add_argument("--folder", type=Path, help="keep the warehouse here; one that is there is taken as it is")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "emotionkit.duckdb").exists():
            build(folder, arguments.lessons, 120 * arguments.minutes)
        asyncio.run(measure(folder))


if __name__ == "__main__":
    main()
