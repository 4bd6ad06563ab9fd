"""Workers on other machines, through Dask. Only names of parts come back; what was read lies on the shared storage.

The parts are the ledger: whatever happens to scheduler or workers, a piece counts as done when its part is there, and
doing it twice gives the same part again.
"""

from __future__ import annotations

import logging
import pickle
import queue
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from distributed import Future, KilledWorker, LocalCluster

from emotionkit.batch.dask_address import DaskAddress
from emotionkit.batch.dask_crew import LOST, Crew, OnNotice
from emotionkit.batch.dask_task import Order, Result, Unfit, carry_out, stamp
from emotionkit.batch.piecework import Task
from emotionkit.batch.undertaking import Undertaking
from emotionkit.batch.workers import Done, Joined, Joining, OnTick
from emotionkit.errors import ClusterError, EmotionkitError, RecordingError, StorageError

_Work = TypeVar("_Work", Task, Undertaking)

_LISTEN_EVERY_S = 0.5
_AHEAD = 2
"""Tasks per worker that are handed out, so that one is at hand when another is done."""

_REPORT_EVERY_S = 0.5
_REPORTS_PER_S = 200.0
"""Reports of progress that the scheduler is asked to pass on at most."""


class DaskWorkers:
    """The workers of a Dask cluster, one task at a time each."""

    def __init__(self, address: DaskAddress, *, on_notice: OnNotice, patience_s: float = 60.0) -> None:
        """Describe them.

        Args:
            address: Where they are.
            on_notice: Called with what an administrator should know, such as that a worker is left out.
            patience_s: How long to wait for a scheduler that went away, or while there is no worker.
        """
        self._address, self._on_notice, self._patience_s = address, on_notice, patience_s
        self._expected = stamp()
        self._topic = f"emotionkit-{secrets.token_hex(8)}"
        self._crew: Crew
        self._futures: dict[Future[Result], Order] = {}
        self._suspects: deque[Order] = deque()
        self._questioned: Order | None = None
        self._inbox: queue.SimpleQueue[Future[Result] | tuple[int, int, float]] = queue.SimpleQueue()
        self._leaving = ExitStack()

    def __enter__(self) -> Self:
        """Reach them, or start them.

        Raises:
            ClusterError: They cannot be reached, or none can do the work.
        """
        with ExitStack() as leaving:
            leaving.enter_context(_silence())
            scheduler = self._address.text
            if self._address.local_workers is not None:
                cluster = leaving.enter_context(
                    LocalCluster(
                        n_workers=self._address.local_workers,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.CRITICAL,
                    )
                )
                scheduler = cluster.scheduler_address
            self._crew = Crew(scheduler, self._expected, self._on_notice)
            self._crew.connect(self._patience_s)
            leaving.callback(self._crew.close)
            self._listen()
            self._leaving = leaving.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of them; what they still do is called off."""
        try:
            if self._futures and self._crew.is_connected:
                self._crew.client.cancel(list(self._futures), force=True)
        except LOST:
            pass
        finally:
            self._futures.clear()
            self._leaving.close()

    @property
    def has_room(self) -> bool:
        """Whether another task can be taken; none while a task is suspected of ending workers."""
        suspicion = self._suspects or self._questioned
        return not suspicion and len(self._futures) < max(1, _AHEAD * len(self._crew.fit))

    @property
    def is_busy(self) -> bool:
        """Whether a task is not given back yet."""
        return bool(self._futures or self._suspects)

    def submit(self, index: int, task: Task | Joining) -> None:
        """Take a task; one that joins parts goes before those that read."""
        if isinstance(task, Joining):
            task = replace(task, undertaking=_everywhere(task.undertaking))
        else:
            task = _everywhere(task)
        self._hand_out(self._order(index, task))

    def next_done(self, on_tick: OnTick) -> Done | Joined:
        """Wait for a task, telling of progress meanwhile.

        Raises:
            ClusterError: Scheduler or workers are gone and did not come back.
        """
        while True:
            if self._suspects and not self._futures:
                self._questioned = self._suspects.popleft()
                self._hand_out(self._questioned)
            try:
                heard = self._inbox.get(timeout=_LISTEN_EVERY_S)
            except queue.Empty:
                self._look()
                continue
            if isinstance(heard, tuple):
                self._pass_on(*heard, on_tick)
            elif (order := self._futures.pop(heard, None)) and (done := self._taken_in(heard, order)):
                return done

    def dismiss(self) -> None:
        """Leave them as they are: others may have work for them, and those of this machine end with the block."""

    def _order(self, index: int, task: Task | Joining) -> Order:
        every_s = max(_REPORT_EVERY_S, len(self._crew.fit) / _REPORTS_PER_S)
        return Order(index, task, self._topic, every_s)

    def _hand_out(self, order: Order) -> None:
        future = self._crew.client.submit(
            carry_out,
            self._expected,
            pickle.dumps(order),
            key=(self._topic, secrets.token_hex(8)),
            workers=self._crew.restriction,
            # One that is begun anew has another address. Who gets a task and cannot do it says so.
            allow_other_workers=self._crew.restriction is not None,
            priority=int(isinstance(order.task, Joining)),
            pure=False,
        )
        self._futures[future] = order
        future.add_done_callback(self._inbox.put)

    def _taken_in(self, future: Future[Result], order: Order) -> Done | Joined | None:
        """Return what became of a task; None if it has been handed out again."""
        result: Result = None
        error: BaseException | None = None
        try:
            if future.status == "error":
                error = future.exception()
            else:
                result = future.result()
        except KilledWorker as killed:
            error = killed
        except LOST:
            self._begin_again(order)
            return None
        if isinstance(error, KilledWorker) and order is not self._questioned:
            # It was with several workers when they died, perhaps beside the task that ended them.
            self._suspects.append(order)
            return None
        if order is self._questioned:
            self._questioned = None
        if isinstance(error, KilledWorker):
            return _failed(order, RecordingError(order.task.recording, "ends every worker that reads it."))
        if error is not None:
            return _failed(order, ClusterError(self._address.text, f"could not do a task: {error!r}."))
        return self._told(order, result)

    def _told(self, order: Order, result: Result) -> Done | Joined | None:
        if isinstance(result, Unfit):
            if result.sight and (error := _lost_to_all(order.task.recording)):
                return _failed(order, error)
            self._crew.refuse(result.worker, result.reason)
            self._crew.wait_for_one(self._patience_s)
            self._hand_out(order)
            return None
        if isinstance(result, EmotionkitError):
            return _failed(order, result)
        if isinstance(order.task, Joining):
            return Joined(order.index, result if isinstance(result, Path) else None, None)
        return Done(order.index, order.task, result if isinstance(result, list) else None, None)

    def _look(self) -> None:
        if self._crew.is_connected:
            self._crew.look(self._patience_s)
        else:
            self._begin_again()

    def _begin_again(self, *more: Order) -> None:
        """Reach the scheduler anew and hand out all that was under way."""
        orders = [*more, *self._futures.values()]
        self._futures.clear()
        self._crew.reconnect(self._patience_s)
        self._listen()
        for order in orders:
            self._hand_out(order)

    def _listen(self) -> None:
        self._crew.client.subscribe_topic(self._topic, lambda event: self._inbox.put(tuple(event[1])))

    def _pass_on(self, index: int, number: int, second: float, on_tick: OnTick) -> None:
        for order in self._futures.values():
            task = order.task
            if isinstance(task, Task) and (order.index, task.number) == (index, number):
                on_tick(index, task, second)
                return


def _lost_to_all(recording: Path) -> EmotionkitError | None:
    """Return what is wrong if not only a worker does not see a recording."""
    try:
        return None if recording.exists() else RecordingError(recording, "is no longer there.")
    except StorageError as error:
        return error


def _failed(order: Order, error: EmotionkitError) -> Done | Joined:
    if isinstance(order.task, Joining):
        return Joined(order.index, None, error)
    return Done(order.index, order.task, None, error)


def _everywhere(work: _Work) -> _Work:
    """Return a task or an undertaking with paths that do not depend on where a process was started."""
    return replace(work, recording=work.recording.resolve(), warehouse=work.warehouse.resolve())


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask from writing to the terminal what is told in a sentence or taken care of."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
