"""Run the pipeline over several recordings, here or in processes of their own; one failure never stops the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from emotionkit.batch.budget import Budget
from emotionkit.batch.confinement import Confined
from emotionkit.batch.lesson_facts import default_lesson_id
from emotionkit.batch.piece_progress import PieceProgress
from emotionkit.batch.piecework import Task, parts_there
from emotionkit.batch.undertaking import Outcome, Undertaking, begin, load
from emotionkit.batch.workers import Done, Joined, Joining, Pool, Workers
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.weights import verified_weights
from emotionkit.errors import ClusterError, EmotionkitError, RecordingError, StorageError, kind_of
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings
from emotionkit.video.piece_reader import DamagedPieceError


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to process, and where to."""

    recording: Path
    warehouse: Path
    settings: ProcessingSettings
    lesson_id: str | None = None
    policy: Policy | None = None
    naming: RecordingsSettings | None = None

    @property
    def lesson(self) -> tuple[Path, str]:
        """The lesson that it is to become: its warehouse and id."""
        return self.warehouse, self.lesson_id or default_lesson_id(self.recording)


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that gave no lesson, and the sentence that says why.

    Attributes:
        recording: The recording.
        reason: The sentence.
        kind: What failed, in a word for programs, as ``kind_of`` gives it.
        is_left: Whether there was no time for it, so that nothing is wrong and the next run goes on.
    """

    recording: Path
    reason: str
    kind: str = "other"
    is_left: bool = False


OnJobProgress = Callable[[int, float, float], None]
"""Called with the index of the job, the seconds of its recording that are done, and the recording's length."""


def process_all(
    jobs: Sequence[Job],
    *,
    workers: int = 1,
    on_progress: OnJobProgress,
    budget: Budget | None = None,
    team: AbstractContextManager[Workers] | None = None,
) -> Iterator[Outcome | Failure]:
    """Yield what became of each job as it ends.

    Pieces of recordings go to the workers in order, so that all of them work on one recording before the next one is
    begun, and a recording takes less time the more workers there are. Nothing is decoded in this process: a recording
    that makes a decoder crash or hang fails alone.

    Args:
        jobs: What there is to do.
        workers: How many processes of this machine share the work.
        on_progress: Called while pieces are read.
        budget: What the run may use.
        team: Who does the work instead of processes of this machine.

    Raises:
        ModelError: The shipped weights cannot be used; no recording was touched.
        ClusterError: The team cannot be reached; no recording was touched.
    """
    budget = budget or Budget()
    _, manifest = verified_weights()
    share = budget.share
    if team is None:
        workers = budget.workers(workers)
        share = budget.share_of_worker(workers)
        team = Pool(workers)
    with team as at_work, Confined() as apart:
        run = _Run(jobs, at_work, apart, manifest.sha256, on_progress)
        yield from run.results(budget.deadline(), share)


@dataclass(slots=True)
class _Open:
    """A recording some of whose pieces are being read."""

    index: int
    job: Job
    undertaking: Undertaking
    progress: PieceProgress
    leases: ExitStack
    waiting: list[Task]
    parts: dict[int, list[str]] = field(default_factory=dict)
    running: int = 0
    segment: Path | None = None
    failure: EmotionkitError | None = None

    @property
    def names(self) -> list[str]:
        """Names of its parts that are there, in order."""
        return [name for number in sorted(self.parts) for name in self.parts[number]]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is or will be read."""
        return self.running == 0 and (self.failure is not None or not self.waiting)


class _Run:
    """Keeps the workers busy, and puts together what they bring."""

    def __init__(
        self, jobs: Sequence[Job], team: Workers, apart: Confined, model_sha256: str, on_progress: OnJobProgress
    ) -> None:
        self._jobs = list(enumerate(jobs))
        self._team, self._apart = team, apart
        self._model_sha256 = model_sha256
        self._on_progress = on_progress
        self._open: dict[int, _Open] = {}

    def results(self, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        try:
            while self._jobs or self._open:
                in_time = deadline is None or time.time() < deadline
                yield from self._hand_out(deadline, share) if in_time else self._give_up()
                if self._team.is_busy:
                    yield from self._took_in(self._team.next_done(self._tell), deadline, share)
        except ClusterError as error:
            yield from self._break_off(error)
        finally:
            for one in self._open.values():
                one.leases.close()

    def _hand_out(self, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        """Give the workers pieces, those of recordings that were begun first."""
        while self._team.has_room:
            one = next((one for one in self._open.values() if one.waiting and one.failure is None), None)
            if one is None:
                job = self._next_job()
                if job is None:
                    return
                yield from self._begin(*job, deadline, share)
                continue
            task = one.waiting.pop(0)
            one.running += 1
            self._team.submit(one.index, task)

    def _next_job(self) -> tuple[int, Job] | None:
        """Take the next job, but none of a lesson that another recording is being read into: what becomes of it tells.

        So the second recording of a name meets what it would meet if it were processed later.
        """
        at_work = {one.job.lesson for one in self._open.values()}
        place = next((place for place, (_, job) in enumerate(self._jobs) if job.lesson not in at_work), None)
        return None if place is None else self._jobs.pop(place)

    def _begin(self, index: int, job: Job, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        leases = ExitStack()
        try:
            undertaking = begin(
                job.recording,
                job.warehouse,
                self._model_sha256,
                job.settings,
                lesson_id=job.lesson_id,
                policy=job.policy,
                naming=job.naming,
                call=self._apart.call,
            )
            if undertaking.outcome is not None:
                yield undertaking.outcome
                return
            leases.enter_context(undertaking.parts.kept_from_others())
        except EmotionkitError as error:
            yield _failed(job.recording, error)
            return
        finally:
            if not self._jobs:
                self._apart.end()
        progress = PieceProgress(
            undertaking.lesson.duration_s, lambda done, length: self._on_progress(index, done, length)
        )
        self._open[index] = one = _Open(index, job, undertaking, progress, leases, [])
        self._plan(one, deadline, share)
        if one.is_over:
            yield from self._end(one)

    def _plan(self, one: _Open, deadline: float | None, share: float) -> None:
        for task in one.undertaking.tasks(deadline=deadline, share=share):
            if there := parts_there(task):
                one.parts[task.number] = there
                one.progress.finish(task)
            else:
                one.waiting.append(task)

    def _took_in(self, done: Done | Joined, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        one = self._open[done.index]
        one.running -= 1
        if done.error is not None:
            one.failure = one.failure or done.error
        elif isinstance(done, Joined):
            one.segment = done.segment
        elif done.parts is None:
            one.waiting.insert(0, done.task)
        else:
            one.parts[done.task.number] = done.parts
            one.progress.finish(done.task)
        if not one.is_over:
            return
        if isinstance(one.failure, DamagedPieceError):
            one.undertaking.parts.clear()
            one.undertaking = one.undertaking.in_one_go()
            one.parts, one.waiting, one.failure = {}, [], None
            self._plan(one, deadline, share)
            return
        yield from self._end(one)

    def _end(self, one: _Open) -> Iterator[Outcome | Failure]:
        """Have a worker join the lesson; one that is joined, or has failed, comes to its end."""
        if one.failure is None and one.segment is None:
            one.running += 1
            self._team.submit(one.index, Joining(one.undertaking, tuple(one.names)))
            self._dismiss_after(one)
        else:
            yield self._result(one)

    def _result(self, one: _Open) -> Outcome | Failure:
        """Make the lesson, or say why there is none."""
        recording = one.undertaking.recording
        try:
            if one.failure is not None:
                raise one.failure
            self._dismiss_after(one)
            return load(one.undertaking, cast("Path", one.segment))
        except EmotionkitError as error:
            if isinstance(error, RecordingError):
                one.undertaking.parts.remove()
            return _failed(recording, error)
        finally:
            del self._open[one.index]
            one.leases.close()

    def _dismiss_after(self, one: _Open) -> None:
        """Let the workers go that have nothing to do any more, if a recording is the last one."""
        if not self._jobs and set(self._open) == {one.index}:
            self._team.dismiss()

    def _give_up(self) -> Iterator[Failure]:
        """Say of each recording that no worker has anything of any more that there was no time for it."""
        for index in [index for index, one in self._open.items() if one.running == 0]:
            one = self._open.pop(index)
            one.leases.close()
            done = f"after {one.progress.done_s:.0f} of {one.undertaking.lesson.duration_s:.0f} s"
            yield _out_of_time(one.undertaking.recording, done)
        while self._jobs:
            _, job = self._jobs.pop(0)
            yield _out_of_time(job.recording, "before it was begun")

    def _break_off(self, error: ClusterError) -> Iterator[Failure]:
        """Say of each recording that the workers are gone."""
        recordings = [one.undertaking.recording for one in self._open.values()]
        for recording in [*recordings, *(job.recording for _, job in self._jobs)]:
            reason = f"{recording} is not finished; the same command goes on from there. {error}"
            yield Failure(recording, reason, kind_of(error), is_left=True)

    def _tell(self, index: int, task: Task, second: float) -> None:
        if index in self._open:
            self._open[index].progress.update(task, second)


def _failed(recording: Path, error: EmotionkitError) -> Failure:
    return Failure(recording, str(error), kind_of(error), is_left=isinstance(error, StorageError))


def _out_of_time(recording: Path, when: str) -> Failure:
    reason = f"{recording} is not finished: the budget ran out {when}; the same command goes on from there."
    return Failure(recording, reason, "time", is_left=True)
