"""Who does the tasks: processes of one core each, of which any may crash without harm to the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from emotionkit.batch.confined_work import longest_s, prepare, read
from emotionkit.batch.confinement import Child, Confines, Ended, Note, Order
from emotionkit.batch.piecework import Task
from emotionkit.batch.undertaking import Undertaking
from emotionkit.errors import EmotionkitError

_LISTEN_EVERY_S = 0.5

OnTick = Callable[[int, Task, float], None]
"""Called with the index of a job, one of its tasks, and the second of the recording up to which that has come."""


@dataclass(frozen=True, slots=True)
class Done:
    """A task that a worker came to the end of: the names of its parts (None: the deadline came first), or an error."""

    index: int
    task: Task
    parts: list[str] | None
    error: EmotionkitError | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A lesson whose parts a worker has joined: its segment, or an error."""

    index: int
    segment: Path | None
    error: EmotionkitError | None


class Workers(Protocol):
    """Take tasks as long as they have room, and give back what became of them."""

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken."""

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""

    def submit(self, index: int, task: Task) -> None:
        """Take a task of the job with an index."""

    def next_done(self, on_tick: OnTick) -> Done | Joined:
        """Return the next task that is done, however long it takes, telling of progress meanwhile."""


@runtime_checkable
class JoiningWorkers(Workers, Protocol):
    """Workers that also join the parts of lessons, of which there are many where there are many workers."""

    def submit_joining(self, index: int, undertaking: Undertaking, names: Sequence[str]) -> None:
        """Take the parts of a job's recording, all of them, in order; whether there is room or not."""


class Pool:
    """Several workers, a confined process each."""

    def __init__(self, workers: int, confines: Confines | None = None) -> None:
        self._workers, self._confines = workers, confines
        self._children: list[Child] = []
        self._tasks: dict[int, tuple[int, Task]] = {}
        self._ended: deque[Done] = deque()

    def __enter__(self) -> Self:
        """Start the processes, so that they load what they need while the first recording is looked at."""
        self._children = [Child(self._confines) for _ in range(self._workers)]
        for child in self._children:
            child.give(Order(Path(), prepare, ()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; at once if work is broken off."""
        for child in self._children:
            child.stop()
        for child in self._children:
            child.end()

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken: one more than there are workers, so that none has to wait."""
        return len(self._tasks) <= self._workers

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""
        # Several may have ended while one was waited for.
        return bool(self._tasks or self._ended)

    def submit(self, index: int, task: Task) -> None:
        """Take a task."""
        order = Order(task.recording, read, (task,), notes=True, longest_s=longest_s(task))
        self._tasks[id(order)] = index, task
        min(self._children, key=lambda child: len(child.orders)).give(order)

    def next_done(self, on_tick: OnTick) -> Done:
        """Wait for a task, telling of progress meanwhile."""
        while not self._ended:
            wait([child.connection for child in self._children], _LISTEN_EVERY_S)
            for child in self._children:
                self._heard(child.hear(), on_tick)
        return self._ended.popleft()

    def _heard(self, news: Note | Ended | None, on_tick: OnTick) -> None:
        if news is None:
            return
        if news.order.function is prepare:
            if isinstance(news, Ended) and news.error:
                raise EmotionkitError(f"No process can be started to read recordings: it {news.error}")
            return
        if isinstance(news, Note):
            on_tick(*self._tasks[id(news.order)], float(news.value))
        else:
            self._ended.append(Done(*self._tasks.pop(id(news.order)), news.value, news.error))
