"""Who does the tasks: processes of one core each, of which any may crash without harm to the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from emotionkit.batch.confined_orders import PROGRESS_S, Confines, Ended, Note, Order
from emotionkit.batch.confined_work import longest_s, read
from emotionkit.batch.confinement import Child
from emotionkit.batch.lesson_joining import join
from emotionkit.batch.piecework import Task
from emotionkit.batch.undertaking import Undertaking
from emotionkit.errors import EmotionkitError

_LISTEN_EVERY_S = 0.5

OnTick = Callable[[int, Task, float], None]
"""Called with the index of a job, one of its tasks, and the second of the recording up to which that has come."""


@dataclass(frozen=True, slots=True)
class Joining:
    """The parts of a recording, all of them, in order, to be joined to the segment of its lesson."""

    undertaking: Undertaking
    names: tuple[str, ...]

    @property
    def recording(self) -> Path:
        """The recording."""
        return self.undertaking.recording


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

    def submit(self, index: int, task: Task | Joining) -> None:
        """Take a task of the job with an index; one that joins parts whether there is room or not."""

    def next_done(self, on_tick: OnTick) -> Done | Joined:
        """Return the next task that is done, however long it takes, telling of progress meanwhile."""

    def dismiss(self) -> None:
        """Give up what was kept for tasks to come: there are none but those that it has."""


class Pool:
    """Several workers, a confined process each."""

    def __init__(self, workers: int, confines: Confines | None = None) -> None:
        self._workers, self._confines = workers, confines
        self._children: list[Child] = []
        self._tasks: dict[int, tuple[int, Task | Joining]] = {}
        self._waiting: deque[Order] = deque()
        self._ended: deque[Done | Joined] = deque()

    def __enter__(self) -> Self:
        """Start the processes, so that they load what they need while the first recording is looked at."""
        self._children = [Child(self._confines) for _ in range(self._workers)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; at once if work is broken off."""
        _end(self._children)
        self._children = []

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken: one more than there are workers, to be at hand."""
        return len(self._tasks) <= self._workers

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""
        # Several may have ended while one was waited for.
        return bool(self._tasks or self._ended)

    def submit(self, index: int, task: Task | Joining) -> None:
        """Take a task; one that joins parts goes before those that read."""
        if isinstance(task, Joining):
            order = Order(task.recording, join, (task.undertaking, task.names), PROGRESS_S)
            self._waiting.appendleft(order)
        else:
            order = Order(task.recording, read, (task,), PROGRESS_S, longest_s=longest_s(task))
            self._waiting.append(order)
        self._tasks[id(order)] = index, task
        self._hand_out()

    def next_done(self, on_tick: OnTick) -> Done | Joined:
        """Wait for a task, telling of progress meanwhile."""
        while not self._ended:
            wait([child.connection for child in self._children], _LISTEN_EVERY_S)
            for child in self._children:
                self._heard(child.hear(), on_tick)
            self._hand_out()
        return self._ended.popleft()

    def dismiss(self) -> None:
        """End the processes that have nothing to do: the last lesson is joined and loaded in the memory they leave."""
        idle = [child for child in self._children if not child.orders]
        self._children = [child for child in self._children if child.orders]
        _end(idle)

    def _hand_out(self) -> None:
        """Give what waits to whoever has nothing to do; given to one before, it would not go to the first that has."""
        for child in self._children:
            if self._waiting and not child.orders:
                child.give(self._waiting.popleft())

    def _heard(self, news: Note | Ended | None, on_tick: OnTick) -> None:
        if news is None:
            return
        index, task = self._tasks[id(news.order)]
        if isinstance(news, Ended):
            del self._tasks[id(news.order)]
            result = news.value, news.error
            self._ended.append(Joined(index, *result) if isinstance(task, Joining) else Done(index, task, *result))
        elif isinstance(task, Task):
            on_tick(index, task, float(news.value))


def _end(children: Sequence[Child]) -> None:
    """End processes, all of them at once."""
    for child in children:
        child.stop()
    for child in children:
        child.end()
