"""Run the pipeline over several recordings, here or in processes of their own; one failure never stops the rest."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import Queue
from pathlib import Path
from time import monotonic
from types import FrameType

from emotionkit.batch.pipeline import OnProgress, Outcome, process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.errors import EmotionkitError
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings

_REPORT_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to process, and where to."""

    recording: Path
    warehouse: Path
    settings: ProcessingSettings
    lesson_id: str | None = None
    policy: Policy | None = None
    naming: RecordingsSettings | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that gave no lesson, and the sentence that says why."""

    recording: Path
    reason: str


OnJobProgress = Callable[[int, float, float], None]
"""Called with the index of the job, the seconds of its recording that are done, and the recording's length."""

_Tick = tuple[int, float, float]


def process_all(jobs: Sequence[Job], *, workers: int, on_progress: OnJobProgress) -> Iterator[Outcome | Failure]:
    """Yield what became of each job as it ends; with one worker, in this process and in order.

    Raises:
        ModelError: The shipped weights cannot be used; no recording was touched.
    """
    if workers == 1 or len(jobs) == 1:
        return _in_process(jobs, on_progress)
    return _in_pool(jobs, min(workers, len(jobs)), on_progress)


def _in_process(jobs: Sequence[Job], on_progress: OnJobProgress) -> Iterator[Outcome | Failure]:
    classifier = LazyClassifier()
    for index, job in enumerate(jobs):
        yield _attempt(job, classifier, partial(on_progress, index))


def _attempt(job: Job, classifier: LazyClassifier, on_progress: OnProgress) -> Outcome | Failure:
    try:
        return process_recording(
            job.recording,
            job.warehouse,
            classifier,
            job.settings,
            lesson_id=job.lesson_id,
            policy=job.policy,
            naming=job.naming,
            on_progress=on_progress,
        )
    except EmotionkitError as error:
        return Failure(job.recording, str(error))


def _in_pool(jobs: Sequence[Job], workers: int, on_progress: OnJobProgress) -> Iterator[Outcome | Failure]:
    # Fork would copy the threads' locks of OpenCV and OpenVINO in whatever state they are.
    context = multiprocessing.get_context("spawn")
    ticks: Queue[_Tick | None] = context.Queue()
    listener = threading.Thread(target=_relay, args=(ticks, on_progress), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(ticks,))
    try:
        futures = {pool.submit(_work, index, job): job for index, job in enumerate(jobs)}
        for future in as_completed(futures):
            yield _result(future, futures[future])
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ticks.put(None)
        listener.join()


def _result(future: Future[Outcome | Failure], job: Job) -> Outcome | Failure:
    try:
        return future.result()
    except BrokenProcessPool:
        return Failure(job.recording, f"{job.recording} was not finished: a worker process died.")


def _relay(ticks: Queue[_Tick | None], on_progress: OnJobProgress) -> None:
    while (tick := ticks.get()) is not None:
        on_progress(*tick)


class _Worker:
    """What one worker process keeps between jobs."""

    classifier: LazyClassifier
    ticks: Queue[_Tick | None]
    leaving = False


def _start_worker(ticks: Queue[_Tick | None]) -> None:
    # Ctrl-C reaches the whole process group: the parent decides, and its SIGTERM lets a worker tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    _Worker.ticks = ticks
    _Worker.classifier = LazyClassifier()


def _leave(number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _Worker.leaving = True
    raise SystemExit(128 + number)


def _work(index: int, job: Job) -> Outcome | Failure:
    if _Worker.leaving:
        # The pool hands out one job ahead, which it cannot take back.
        raise SystemExit
    last = 0.0

    def report(done_s: float, length_s: float) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= _REPORT_EVERY_S or done_s >= length_s:
            last = now
            _Worker.ticks.put((index, done_s, length_s))

    return _attempt(job, _Worker.classifier, report)
