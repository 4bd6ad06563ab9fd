"""A day of a university on clusters of many sizes: when it is done, what is busy, and what gives out first.

    python benchmarks/cluster_simulation.py [--lessons 2000] [--minutes 90] [--gigabytes 1.0] [--seconds 60]

First it measures on this machine what a piece, the look at a recording, its joining and its loading take, and what an
empty task costs a real scheduler. Then it plays the run through, event by event, as ``process_all`` and Dask do it: the
one process that loads hands out pieces two per worker ahead, and while it looks at a recording or completes a lesson it
hands out nothing. Workers differ in how long they take by a tenth (log-normal), as those measured do at least.
"""

from __future__ import annotations

import argparse
import heapq
import random
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from dask_speed import empty_tasks
from videos import gallery_of_25

from emotionkit.batch.piecework import perform
from emotionkit.batch.undertaking import begin, complete
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier

_PIECE_S = 30
_AHEAD = 2
_SPREAD = 0.1
_DOLLARS_PER_CORE_HOUR = 0.04


@dataclass(frozen=True)
class Costs:
    """Seconds that things take: a piece on a worker; the rest in the process that hands out and loads."""

    piece_s: float
    look_s: float
    complete_s: float
    hand_out_s: float
    part_bytes: float
    segment_bytes: float


@dataclass
class Run:
    """One run, played through."""

    workers: int
    lessons: int
    pieces: int
    costs: Costs
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    now: float = 0.0
    loading_s: float = 0.0
    scheduling_s: float = 0.0
    working_s: float = 0.0

    def play(self) -> float:
        """Return the seconds until the last lesson is loaded."""
        idle, queued = self.workers, 0
        waiting: deque[int] = deque()
        left = dict.fromkeys(range(self.lessons), self.pieces)
        upcoming, under_way = deque(range(self.lessons)), 0
        ends: list[tuple[float, int]] = []
        handed: deque[int] = deque()
        while left:
            while under_way < _AHEAD * self.workers and (waiting or upcoming):
                if not waiting:
                    waiting.extend([upcoming.popleft()] * self.pieces)
                    self._spend_loading(self.costs.look_s)
                handed.append(waiting.popleft())
                under_way += 1
                self._spend_scheduling()
                idle = self._begin(idle, handed, ends)
            # Whatever ended while this process was busy let its worker go on with what had been handed out.
            ended, lesson = heapq.heappop(ends)
            if handed:
                heapq.heappush(ends, (max(ended, 0) + self._piece(), handed.popleft()))
            else:
                idle += 1
            self.now = max(self.now, ended)
            self._spend_scheduling()
            under_way -= 1
            left[lesson] -= 1
            if not left[lesson]:
                del left[lesson]
                self._spend_loading(self.costs.complete_s)
            queued = len(handed)
        assert queued == 0
        return self.now

    def _begin(self, idle: int, handed: deque[int], ends: list[tuple[float, int]]) -> int:
        while idle and handed:
            heapq.heappush(ends, (self.now + self._piece(), handed.popleft()))
            idle -= 1
        return idle

    def _piece(self) -> float:
        seconds = self.costs.piece_s * self.chance.lognormvariate(-(_SPREAD**2) / 2, _SPREAD)
        self.working_s += seconds
        return seconds

    def _spend_loading(self, seconds: float) -> None:
        self.now += seconds
        self.loading_s += seconds

    def _spend_scheduling(self) -> None:
        # Half when it is handed out, half when it comes back.
        self.now += self.costs.hand_out_s / 2
        self.scheduling_s += self.costs.hand_out_s / 2


def measured(seconds: int, minutes: float, gigabytes: float, tasks: int) -> Costs:
    """Measure what things take here, and carry it over to lessons of some length and size."""
    settings = ProcessingSettings(piece_s=_PIECE_S)
    classifier = LazyClassifier(threads=1)
    with tempfile.TemporaryDirectory() as name:
        recording, warehouse = gallery_of_25(Path(name) / "lesson.mp4", seconds), Path(name) / "warehouse"
        started = time.perf_counter()
        undertaking = begin(recording, warehouse, classifier.sha256, settings)
        looked = time.perf_counter()
        hashing_s = gigabytes * 1e9 * _hashing_s_per_byte(recording)
        with undertaking.parts.kept_from_others():
            todo = undertaking.tasks()
            names, times = [], []
            for task in (todo[0], *todo):
                # The first time loads the model.
                before = time.perf_counter()
                names += perform(task, classifier, lambda _second: None) or []
                times.append(time.perf_counter() - before)
            part_bytes = sum(path.stat().st_size for path in undertaking.parts.path.glob("*.parquet")) / len(todo)
            before = time.perf_counter()
            complete(undertaking, names[1:])
            completed_s = time.perf_counter() - before
        segment_bytes = next((warehouse / "segments").rglob("*.parquet")).stat().st_size
    grown = minutes * 60 / seconds
    return Costs(
        piece_s=sum(times[1:]) / len(todo) * (_PIECE_S * len(todo) / seconds),
        look_s=(looked - started) * grown + hashing_s,
        complete_s=completed_s * grown,
        hand_out_s=empty_tasks(tasks, 2)[0] / tasks,
        part_bytes=part_bytes,
        segment_bytes=segment_bytes * grown,
    )


def _hashing_s_per_byte(path: Path) -> float:
    import hashlib

    content = path.read_bytes() * max(1, int(5e7 / path.stat().st_size))
    started = time.perf_counter()
    hashlib.sha256(content).hexdigest()
    return (time.perf_counter() - started) / len(content)


def main() -> None:
    """Measure, play through and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of a recording")
    parser.add_argument("--seconds", type=int, default=60, help="length of the lesson that is measured")
    parser.add_argument("--tasks", type=int, default=2000, help="empty tasks for a real scheduler")
    wishes = parser.parse_args()
    costs = measured(wishes.seconds, wishes.minutes, wishes.gigabytes, wishes.tasks)
    pieces = round(wishes.minutes * 60 / _PIECE_S)
    print(f"a piece of {_PIECE_S} s with 25 faces {costs.piece_s:.2f} s; per lesson: a look {costs.look_s:.1f} s,")
    print(f"completing {costs.complete_s:.1f} s; handing out a task {1000 * costs.hand_out_s:.2f} ms")
    written = wishes.lessons * (pieces * costs.part_bytes + costs.segment_bytes) / 1e9
    print(f"read {2 * wishes.lessons * wishes.gigabytes:.0f} GB (hashed, then decoded), written {written:.0f} GB\n")
    print(
        f"{'workers':>8}{'hours':>8}{'of ideal':>10}{'workers busy':>14}{'loader busy':>13}{'scheduler':>11}{'MB/s':>8}"
    )
    for workers in (1, 10, 20, 50, 100, 300, 1000):
        run = Run(workers, wishes.lessons, pieces, costs)
        took = run.play()
        ideal = run.working_s / workers
        megabytes = 2000 * wishes.lessons * wishes.gigabytes / took
        print(
            f"{workers:>8}{took / 3600:>8.1f}{ideal / took:>10.2f}{run.working_s / workers / took:>14.0%}"
            f"{run.loading_s / took:>13.0%}{run.scheduling_s / took:>11.1%}{megabytes:>8.0f}"
        )
    core_hours = pieces * costs.piece_s / 3600
    print(f"\na lesson takes {core_hours:.2f} core hours: {100 * core_hours * _DOLLARS_PER_CORE_HOUR:.1f} cents")


if __name__ == "__main__":
    main()
