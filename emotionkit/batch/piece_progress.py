"""How far a recording has been read when several pieces of it are being read at once."""

from __future__ import annotations

from collections.abc import Callable

from emotionkit.batch.piecework import OnSecond, Task

OnProgress = Callable[[float, float], None]
"""Called with the seconds of the recording that are done and its length in seconds."""


class PieceProgress:
    """Adds up the seconds that are done in each piece of one recording; the sum never falls."""

    def __init__(self, length_s: float, on_progress: OnProgress | None) -> None:
        self._length_s = length_s
        self._on_progress = on_progress
        self._done: dict[int, float] = {}
        self._told = 0.0

    def of(self, task: Task) -> OnSecond:
        """Return what is to be called with the second up to which a task has come."""
        return lambda second: self.update(task, second)

    def update(self, task: Task, second: float) -> None:
        """Note that a task has come up to a second of the recording."""
        start = 0.0 if task.piece is None else float(task.piece.start)
        self._done[task.number] = max(second - start, self._done.get(task.number, 0.0))
        self._told = max(self._told, min(sum(self._done.values()), self._length_s))
        if self._on_progress:
            self._on_progress(self._told, self._length_s)

    def finish(self, task: Task) -> None:
        """Note that a task is done."""
        self.update(task, self._length_s if task.piece is None else float(task.piece.end))

    @property
    def done_s(self) -> float:
        """Seconds of the recording that are done."""
        return self._told
