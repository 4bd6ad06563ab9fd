"""What a Dask worker does: one piece of a recording, for whoever has the same emotionkit and the same model.

A worker does one piece at a time, however many threads it has, in a child process that has the one model. Whatever
native code does to the child, the worker goes on answering its scheduler, and no other task is blamed for its end.
"""

from __future__ import annotations

import os
import pickle
import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from distributed import Worker, get_worker
from distributed.core import Status

from emotionkit._version import __version__
from emotionkit.batch.confined_work import call_confined, perform_confined
from emotionkit.batch.lesson_joining import join
from emotionkit.batch.piecework import Task, part_name, parts_of
from emotionkit.batch.workers import Joining
from emotionkit.emotions.weights import verified_weights
from emotionkit.errors import EmotionkitError, StorageError
from emotionkit.storage import RemotePath

_one_at_a_time = threading.Lock()


class Stamp(NamedTuple):
    """What rows depend on besides recording and settings: the code and the model."""

    version: str
    model_sha256: str

    def difference(self, other: Stamp) -> str | None:
        """Say what is another at ``other``, as the end of a sentence; None if nothing is."""
        if other.version != self.version:
            return f"has emotionkit {other.version}, not {self.version}."
        if other.model_sha256 != self.model_sha256:
            return f"has another model, {other.model_sha256[:12]}, not {self.model_sha256[:12]}."
        return None


@dataclass(frozen=True, slots=True)
class Order:
    """A task on its way to a worker.

    Attributes:
        index: Of its job.
        task: A piece to read, or a lesson to join.
        topic: Where the worker tells of its progress.
        report_every_s: How often it does.
    """

    index: int
    task: Task | Joining
    topic: str
    report_every_s: float


class Unfit(NamedTuple):
    """Why a worker did not do a task that another one may do.

    Attributes:
        worker: Its address.
        reason: As the end of a sentence that begins with the worker.
        sight: Whether it is that it does not see the files.
    """

    worker: str
    reason: str
    sight: bool = False


Result = list[str] | Path | EmotionkitError | Unfit | None
"""Names of parts, or the path of a segment, never what is in them; None where the deadline came first."""


class _UnwantedError(Exception):
    """Nobody waits for this task any more."""


def stamp() -> Stamp:
    """Return the stamp of this process.

    Raises:
        ModelError: The weights cannot be used.
    """
    return Stamp(__version__, verified_weights()[1].sha256)


def carry_out(expected: Stamp, order: bytes) -> Result:
    """Do a task on the worker that calls this.

    Args:
        expected: What the one who asks has.
        order: A pickled :class:`Order`, opened only by a worker that has the same.

    Returns:
        What became of it. Nothing is raised: Dask's client waits for ever for a task whose traceback is a long one.
    """
    worker = get_worker()
    try:
        difference = expected.difference(stamp())
    except EmotionkitError as error:
        difference = f"cannot work: {error}"
    if difference:
        return Unfit(worker.address, difference)
    with _one_at_a_time:
        try:
            # From the scheduler, which runs any code anyway.
            return _done_here(worker, pickle.loads(order))  # noqa: S301  # nosec B301
        except EmotionkitError as error:
            return error
        except _UnwantedError:
            return None
        except Exception as error:  # noqa: BLE001  see above
            return EmotionkitError(f"A Dask worker, {worker.address}, could not do a task: {error!r}.")


def _done_here(worker: Worker, order: Order) -> Result:
    task = order.task
    parts = task.undertaking.parts if isinstance(task, Joining) else parts_of(task)
    for path, mode in ((task.recording, os.R_OK), (parts.path, os.W_OK | os.X_OK)):
        if (why := _hidden(path, mode)) is not None:
            return Unfit(worker.address, f"does not see {why}", sight=True)
    if isinstance(task, Joining):
        return join(task.undertaking, task.names, call=call_confined)
    if task.piece is not None and parts.has(part_name(task)):
        # Done before, by a worker that was lost before it could say so.
        return [part_name(task)]
    return perform_confined(task, _Reporter(worker, order, task.number))


def _hidden(path: Path, mode: int) -> str | None:
    """Say what this worker does not see, or may not use as it must, and why if that is known."""
    try:
        if not path.exists():
            return f"{path}."
        if not isinstance(path, RemotePath) and not os.access(path, mode):
            return f"{path} (permission denied)."
    except StorageError as error:
        return f"{path}, which {error.reason}"
    except OSError as error:
        return f"{path} ({(error.strerror or str(error)).lower()})."
    return None


class _Reporter:
    """Tells how far a task has come, and ends one that nobody waits for."""

    def __init__(self, worker: Worker, order: Order, number: int) -> None:
        self._worker, self._order, self._number = worker, order, number
        self._key = worker.get_current_task()
        self._last = monotonic()

    def __call__(self, second: float) -> None:
        if self._is_unwanted():
            raise _UnwantedError
        now = monotonic()
        if now - self._last >= self._order.report_every_s:
            self._last = now
            self._worker.log_event(self._order.topic, [self._order.index, self._number, second])

    def _is_unwanted(self) -> bool:
        # Dask cannot stop a running task; it only notes on the worker that it has been called off.
        state = self._worker.state.tasks.get(self._key)
        return self._worker.status is not Status.running or state is None or state.state == "cancelled"
