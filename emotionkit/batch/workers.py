"""Who does the tasks: this process itself, or a pool of processes of one core each."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from queue import Empty
from time import monotonic
from types import FrameType, TracebackType
from typing import Protocol, Self

from emotionkit.batch.piecework import Task, perform
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.errors import EmotionkitError, RecordingError

_REPORT_EVERY_S = 0.2
_LISTEN_EVERY_S = 0.1

OnTick = Callable[[int, Task, float], None]
"""Called with the index of a job, one of its tasks, and the second of the recording up to which that has come."""


@dataclass(frozen=True, slots=True)
class Done:
    """A task that a worker came to the end of: the names of its parts (None: the deadline came first), or an error."""

    index: int
    task: Task
    parts: list[str] | None
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

    def next_done(self, on_tick: OnTick) -> Done:
        """Return the next task that is done, however long it takes, telling of progress meanwhile."""


class Here:
    """One worker: this process, one task at a time."""

    def __init__(self) -> None:
        self._classifier = LazyClassifier(threads=1)
        self._task: tuple[int, Task] | None = None

    def __enter__(self) -> Self:
        """Begin work."""
        use_one_core()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End work."""

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken."""
        return self._task is None

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""
        return self._task is not None

    def submit(self, index: int, task: Task) -> None:
        """Take a task; it is done when it is asked for."""
        self._task = index, task

    def next_done(self, on_tick: OnTick) -> Done:
        """Do the task."""
        if self._task is None:
            raise RuntimeError("no task was submitted")
        (index, task), self._task = self._task, None
        return _attempt(index, task, self._classifier, lambda second: on_tick(index, task, second))


class Pool:
    """Several workers, a process each."""

    def __init__(self, workers: int) -> None:
        # Forking this process would copy the locks of its threads in whatever state they are. One that has imported
        # what workers need, and nothing more, is safe to fork, and spares each of them a second.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["emotionkit.batch.preload"])
        self._workers = workers
        self._ticks: Queue[tuple[int, int, float]] = context.Queue()
        self._pool = ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(self._ticks,))
        self._futures: dict[Future[Done], tuple[int, Task]] = {}
        self._ended: deque[Future[Done]] = deque()

    def __enter__(self) -> Self:
        """Start the processes, so that they load what they need while the first recording is looked at."""
        with _ignoring_interrupts():
            for _ in range(self._workers):
                self._pool.submit(_wake)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; at once if work is broken off."""
        if kind is not None:
            for child in multiprocessing.active_children():
                child.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken: one more than there are workers, so that none has to wait."""
        return len(self._futures) <= self._workers

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""
        return bool(self._futures)

    def submit(self, index: int, task: Task) -> None:
        """Take a task."""
        self._futures[self._pool.submit(_work, index, task)] = index, task

    def next_done(self, on_tick: OnTick) -> Done:
        """Wait for a task, telling of progress meanwhile."""
        tasks = {(index, task.number): task for index, task in self._futures.values()}
        while True:
            ended = wait(self._futures, timeout=_LISTEN_EVERY_S, return_when=FIRST_COMPLETED).done
            for index, number, second in self._heard():
                if (index, number) in tasks:
                    on_tick(index, tasks[index, number], second)
            if ended:
                future = ended.pop()
                return _result(future, *self._futures.pop(future))

    def _heard(self) -> list[tuple[int, int, float]]:
        heard = []
        while True:
            try:
                heard.append(self._ticks.get_nowait())
            except Empty:
                return heard


def use_one_core() -> None:
    """Keep OpenCV to the calling thread: one worker is one core's work."""
    import cv2  # noqa: PLC0415  what only looks at a recording does not need it

    cv2.setNumThreads(1)


def _attempt(index: int, task: Task, classifier: LazyClassifier, on_second: Callable[[float], None]) -> Done:
    try:
        return Done(index, task, perform(task, classifier, on_second), None)
    except EmotionkitError as error:
        return Done(index, task, None, error)


def _result(future: Future[Done], index: int, task: Task) -> Done:
    try:
        return future.result()
    except BrokenProcessPool:
        return Done(index, task, None, RecordingError(task.recording, "was not finished: a worker process died."))


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Have processes that start meanwhile ignore Ctrl-C from their first moment on; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Worker:
    """What one worker process keeps between tasks."""

    classifier: LazyClassifier
    ticks: Queue[tuple[int, int, float]]
    leaving = False


def _start_worker(ticks: Queue[tuple[int, int, float]]) -> None:
    # Ctrl-C reaches the whole process group: the parent decides, and its SIGTERM lets a worker tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    _Worker.ticks = ticks
    _Worker.classifier = LazyClassifier(threads=1)
    use_one_core()


def _leave(number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _Worker.leaving = True
    raise SystemExit(128 + number)


def _wake() -> None:
    """Do nothing; that a process is there to do it is the point."""


def _work(index: int, task: Task) -> Done:
    if _Worker.leaving:
        # The pool hands out one task ahead, which it cannot take back.
        raise SystemExit
    last = 0.0

    def report(second: float) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= _REPORT_EVERY_S:
            last = now
            _Worker.ticks.put((index, task.number, second))

    return _attempt(index, task, _Worker.classifier, report)
