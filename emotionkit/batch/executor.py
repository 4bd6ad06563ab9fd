"""Run the pipeline over several recordings, here or in processes of their own; one failure never stops the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from emotionkit.batch.budget import Budget
from emotionkit.batch.piece_progress import PieceProgress
from emotionkit.batch.piecework import Task, parts_there
from emotionkit.batch.undertaking import Outcome, Undertaking, begin, complete
from emotionkit.batch.workers import Done, Here, Pool, Workers
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.weights import verified_weights
from emotionkit.errors import EmotionkitError, RecordingError
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


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that gave no lesson, and the sentence that says why."""

    recording: Path
    reason: str


OnJobProgress = Callable[[int, float, float], None]
"""Called with the index of the job, the seconds of its recording that are done, and the recording's length."""


def process_all(
    jobs: Sequence[Job], *, workers: int, on_progress: OnJobProgress, budget: Budget | None = None
) -> Iterator[Outcome | Failure]:
    """Yield what became of each job as it ends.

    Pieces of recordings go to the workers in order, so that all of them work on one recording before the next one is
    begun, and a recording takes less time the more workers there are. With one worker, all happens in this process.

    Raises:
        ModelError: The shipped weights cannot be used; no recording was touched.
    """
    budget = budget or Budget()
    _, manifest = verified_weights()
    workers = budget.workers(workers)
    with Here() if workers == 1 else Pool(workers) as team:
        run = _Run(jobs, team, manifest.sha256, on_progress)
        yield from run.results(budget.deadline(), budget.share_of_worker(workers))


@dataclass(slots=True)
class _Open:
    """A recording some of whose pieces are being read."""

    index: int
    undertaking: Undertaking
    progress: PieceProgress
    leases: ExitStack
    waiting: list[Task]
    parts: dict[int, list[str]] = field(default_factory=dict)
    running: int = 0
    failure: EmotionkitError | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is or will be read."""
        return self.running == 0 and (self.failure is not None or not self.waiting)


class _Run:
    """Keeps the workers busy, and puts together what they bring."""

    def __init__(self, jobs: Sequence[Job], team: Workers, model_sha256: str, on_progress: OnJobProgress) -> None:
        self._jobs = list(enumerate(jobs))
        self._team = team
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
        finally:
            for one in self._open.values():
                one.leases.close()

    def _hand_out(self, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        """Give the workers pieces, those of recordings that were begun first."""
        while self._team.has_room:
            one = next((one for one in self._open.values() if one.waiting and one.failure is None), None)
            if one is None:
                if not self._jobs:
                    return
                yield from self._begin(deadline, share)
                continue
            task = one.waiting.pop(0)
            one.running += 1
            self._team.submit(one.index, task)

    def _begin(self, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        index, job = self._jobs.pop(0)
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
            )
            if undertaking.outcome is not None:
                yield undertaking.outcome
                return
            leases.enter_context(undertaking.parts.kept_from_others())
        except EmotionkitError as error:
            yield Failure(job.recording, str(error))
            return
        progress = PieceProgress(
            undertaking.lesson.duration_s, lambda done, length: self._on_progress(index, done, length)
        )
        self._open[index] = one = _Open(index, undertaking, progress, leases, [])
        self._plan(one, deadline, share)
        if one.is_over:
            yield self._end(one)

    def _plan(self, one: _Open, deadline: float | None, share: float) -> None:
        for task in one.undertaking.tasks(deadline=deadline, share=share):
            if there := parts_there(task):
                one.parts[task.number] = there
                one.progress.finish(task)
            else:
                one.waiting.append(task)

    def _took_in(self, done: Done, deadline: float | None, share: float) -> Iterator[Outcome | Failure]:
        one = self._open[done.index]
        one.running -= 1
        if done.error is not None:
            one.failure = one.failure or done.error
        elif done.parts is None:
            one.waiting.insert(0, done.task)
        else:
            one.parts[done.task.number] = done.parts
            one.progress.finish(done.task)
        if not one.is_over:
            return
        if isinstance(one.failure, DamagedPieceError):
            one.undertaking.parts.remove()
            one.undertaking = one.undertaking.in_one_go()
            one.parts, one.waiting, one.failure = {}, [], None
            self._plan(one, deadline, share)
            return
        yield self._end(one)

    def _end(self, one: _Open) -> Outcome | Failure:
        """Make the lesson, or say why there is none."""
        recording = one.undertaking.recording
        try:
            if one.failure is not None:
                if isinstance(one.failure, RecordingError):
                    one.undertaking.parts.remove()
                return Failure(recording, str(one.failure))
            return complete(one.undertaking, [name for number in sorted(one.parts) for name in one.parts[number]])
        except EmotionkitError as error:
            return Failure(recording, str(error))
        finally:
            del self._open[one.index]
            one.leases.close()

    def _give_up(self) -> Iterator[Failure]:
        """Say of each recording that no worker has anything of any more that there was no time for it."""
        for index in [index for index, one in self._open.items() if one.running == 0]:
            one = self._open.pop(index)
            one.leases.close()
            done = f"after {one.progress.done_s:.0f} of {one.undertaking.lesson.duration_s:.0f} s"
            yield Failure(one.undertaking.recording, _out_of_time(one.undertaking.recording, done))
        while self._jobs:
            _, job = self._jobs.pop(0)
            yield Failure(job.recording, _out_of_time(job.recording, "before it was begun"))

    def _tell(self, index: int, task: Task, second: float) -> None:
        if index in self._open:
            self._open[index].progress.update(task, second)


def _out_of_time(recording: Path, when: str) -> str:
    return f"{recording} is not finished: the budget ran out {when}; the same command goes on from there."
