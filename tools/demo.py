"""Process the sample class, write its reports and hold the result against the known truth.

Runs the same commands that a user would type and shows each before it runs.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from emotionkit.policy import JURISDICTION_VARIABLE, PURPOSE_VARIABLE
from emotionkit.records import EMOTIONS
from emotionkit.warehouse import open_warehouse
from truth_comparison import Comparison, compare

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_CLASS = ROOT / "recordings" / "sample"
DECLARED = {PURPOSE_VARIABLE: "demonstration", JURISDICTION_VARIABLE: "US"}
"""The purpose of the demo, which holds for itself alone whatever the settings say."""
CAVEAT = "Drawn faces are a caricature: this proves the machinery, never the network."


class StepFailedError(Exception):
    """A command of the demo ended with a status other than 0.

    Attributes:
        status: The exit status of the command.
    """

    def __init__(self, command: str, status: int) -> None:
        super().__init__(f"The demo stopped: {command!r} ended with status {status}.")
        self.status = status


def main(arguments: list[str] | None = None) -> int:
    """Run the demo and return its exit status: 0, or that of the command that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT, metavar="DIR", help="where warehouse/ and reports/ lie")
    into = parser.parse_args(arguments).into.resolve()
    console = Console(highlight=False, soft_wrap=True)
    recordings = sorted(SAMPLE_CLASS.glob("*.mp4"))
    try:
        lessons = process_and_report(console, recordings, into)
    except StepFailedError as failure:
        print(failure, file=sys.stderr)
        return failure.status
    comparisons = {lesson: compare_lesson(into / "warehouse", lesson) for lesson in lessons}
    show(console, comparisons)
    console.print("\nThe reports:")
    for lesson in lessons:
        console.print(f"  {shown(into / 'reports' / lesson / 'index.html')}")
    return 0


def process_and_report(console: Console, recordings: list[Path], into: Path) -> list[str]:
    """Process the recordings, write their reports and return the lessons' names.

    Raises:
        StepFailedError: A command failed.
    """
    console.print(f"\n$ export {' '.join(f'{name}={value}' for name, value in DECLARED.items())}", style="bold")
    warehouse, reports = shown(into / "warehouse"), shown(into / "reports")
    emotionkit(console, "process", *map(shown, recordings), "--warehouse", warehouse)
    lessons = [recording.stem for recording in recordings]
    emotionkit(console, "report", *lessons, "--warehouse", warehouse, "--out", reports)
    return lessons


def emotionkit(console: Console, *arguments: str) -> None:
    """Show a command as one would type it, and run it from the root of the checkout.

    Raises:
        StepFailedError: The command failed.
    """
    console.print(f"\n$ {typed(['emotionkit', *arguments])}", style="bold", markup=False)
    console.file.flush()  # the command writes to the same place, past this process's buffer
    command = [sys.executable, "-m", "emotionkit", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=os.environ | DECLARED, check=False).returncode
    if status != 0:
        raise StepFailedError(f"emotionkit {arguments[0]}", status)


def typed(words: list[str]) -> str:
    """Return a command as one would type it, broken into lines of at most 80 columns where that is possible."""
    lines = textwrap.wrap(shlex.join(words), 76, break_long_words=False, break_on_hyphens=False)
    return " \\\n    ".join(lines)


def compare_lesson(warehouse: Path, lesson: str) -> Comparison:
    """Return how a processed lesson compares with the truth that lies beside its recording."""
    truth = pd.read_csv(SAMPLE_CLASS / f"{lesson}.truth.csv")
    with open_warehouse(warehouse) as opened:
        return compare(truth, opened.frames(lesson), opened.faces(lesson))


def show(console: Console, comparisons: dict[str, Comparison]) -> None:
    """Print the table of comparisons, at most 80 columns wide, and what it cannot tell."""
    console.print("\nApparent expressions, % of the time of an average student: drawn, and read")
    console.print(comparison_table(comparisons))
    console.print(CAVEAT)
    for lesson, comparison in comparisons.items():
        console.print(
            f"  {short(lesson)}: face found in {comparison.found:.1%} of time on screen,"
            f" {comparison.tracks} tracks for {comparison.students} students"
        )


def comparison_table(comparisons: dict[str, Comparison]) -> Table:
    """Return a table with two rows per lesson, the share drawn and the share read."""
    table = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, padding=(0, 1), collapse_padding=True)
    table.add_column("lesson", no_wrap=True)
    table.add_column("", no_wrap=True)
    for emotion in EMOTIONS:
        table.add_column(emotion, justify="right", no_wrap=True)
    for lesson, comparison in comparisons.items():
        table.add_row(short(lesson), "drawn", *percentages(comparison.truth))
        table.add_row("", "read", *percentages(comparison.read), end_section=True)
    return table


def percentages(shares: pd.Series[float]) -> list[str]:
    """Return shares as whole per cent, in the order of ``EMOTIONS``; a dash where there is none."""
    return ["–" if pd.isna(shares[emotion]) else f"{100 * shares[emotion]:.0f}" for emotion in EMOTIONS]


def short(lesson: str) -> str:
    """Return the topic of a lesson, the last part of its name."""
    return lesson.rsplit("_", 1)[-1]


def shown(path: Path) -> str:
    """Return a path relative to the checkout where it lies inside, as one would type it there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
