"""The progress of recordings on a terminal: time done, speed against real time, time left."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import click
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from emotionkit.cli.output import one_line, progress_console
from emotionkit.reports.formatting import clock

_LONGEST_NAME = 28


class _TimeDone(ProgressColumn):
    def render(self, task: Task) -> Text:
        if not task.total:
            return Text("waiting")
        return Text(f"{clock(task.completed)} of {clock(task.total)}")


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}×" if task.speed else "")


class _TimeLeft(ProgressColumn):
    def render(self, task: Task) -> Text:
        left = task.time_remaining
        return Text("" if left is None or not task.total else f"{clock(left)} left")


class _Bars:
    """Lines of progress on stderr while the block lasts."""

    def __init__(self) -> None:
        self._progress = _bars()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


class RecordingsProgress(_Bars):
    """One line per recording while it is read; nothing where stderr is not a terminal."""

    def __init__(self, recordings: Sequence[Path]) -> None:
        super().__init__()
        self._tasks = [self._progress.add_task(_short(one_line(path.stem)), total=None) for path in recordings]

    def echo(self, line: str, *, err: bool = False) -> None:
        """Print a line as ``click.echo`` does; on the terminal, above the lines of progress."""
        if self._progress.disable or not (err or sys.stdout.isatty()):
            click.echo(line, err=err)
        else:
            self._progress.print(Text(line), soft_wrap=True)

    def update(self, index: int, done_s: float, length_s: float) -> None:
        """Show that ``done_s`` of the ``length_s`` seconds of the recording at ``index`` are read."""
        self._progress.update(self._tasks[index], completed=done_s, total=length_s, visible=done_s < length_s)


class NightProgress(_Bars):
    """One line per recording that is being read; nothing where stderr is not a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, TaskID] = {}

    def echo(self, sentence: str) -> None:
        """Say something on stderr; on a terminal, above the lines of progress."""
        if self._progress.disable:
            click.echo(one_line(sentence), err=True)
        else:
            self._progress.print(Text(one_line(sentence)), soft_wrap=True)

    def update(self, name: str, done_s: float, length_s: float) -> None:
        """Show that ``done_s`` of the ``length_s`` seconds of a recording are read."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(_short(one_line(name)), total=None)
        self._progress.update(self._tasks[name], completed=done_s, total=length_s, visible=done_s < length_s)


def _bars() -> Progress:
    console = progress_console()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=12),
        _TimeDone(),
        _Speed(),
        _TimeLeft(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # Rich would move stdout to this console, away from the file it may be piped into; see ``echo``.
        redirect_stdout=False,
        redirect_stderr=False,
        speed_estimate_period=20,
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"…{name[1 - _LONGEST_NAME :]}"
