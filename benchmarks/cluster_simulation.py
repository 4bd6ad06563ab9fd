"""A day of a university on clusters of many sizes: when it is done, what is busy, and what gives out first.

    python benchmarks/cluster_simulation.py [--lessons 2000] [--minutes 90] [--gigabytes 1.0] [--seconds 30]

First it measures on this machine how much processor time a piece, the look at a recording, its joining and its
loading take, and what an empty task costs a real scheduler and its client; so what else the machine does hardly counts.
Then it plays the run through, event by event, as ``process_all`` and Dask do it: the one process that loads hands out
pieces two per worker ahead, and while it looks at a recording or loads a lesson it hands out nothing. How long a piece
takes varies by a tenth (log-normal). What storage and network can carry is not played; the table says how much they
would have to.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import random
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dask_speed import empty_tasks
from videos import gallery_of_25

from emotionkit.batch.lesson_joining import join
from emotionkit.batch.piecework import perform
from emotionkit.batch.undertaking import begin, load
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier

_PIECE_S = 30
_AHEAD = 2
_SPREAD = 0.1
_DOLLARS_PER_CORE_HOUR = 0.04


@dataclass(frozen=True)
class Costs:
    """Seconds that things take: a piece and the joining of a lesson on a worker; the rest in the one that loads."""

    piece_s: float
    join_s: float
    look_s: float
    load_s: float
    hand_out_s: float
    part_bytes: float
    segment_bytes: float


Work = tuple[int, bool]
"""A lesson, and whether it is to be joined; otherwise a piece of it is to be read."""


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
        self._idle = self.workers
        self._handed: deque[Work] = deque()
        self._ends: list[tuple[float, Work]] = []
        waiting: deque[Work] = deque()
        upcoming = deque(range(self.lessons))
        left, unloaded, under_way = [self.pieces] * self.lessons, self.lessons, 0
        while unloaded:
            while under_way < _AHEAD * self.workers and (waiting or upcoming):
                if not waiting:
                    waiting.extend([(upcoming.popleft(), False)] * self.pieces)
                    self._spend_loading(self.costs.look_s)
                under_way += 1
                self._hand_out(waiting.popleft())
            # Whatever ended while the loading process was busy lets its worker go on with what had been handed out.
            ended, (lesson, is_joined) = heapq.heappop(self._ends)
            self._idle += 1
            self._set_to_work(ended)
            self.now = max(self.now, ended)
            self._spend_scheduling()
            under_way -= 1
            if is_joined:
                unloaded -= 1
                self._spend_loading(self.costs.load_s)
                continue
            left[lesson] -= 1
            if not left[lesson]:
                under_way += 1
                self._hand_out((lesson, True))
        return self.now

    def _hand_out(self, work: Work) -> None:
        self._spend_scheduling()
        _, is_joining = work
        if is_joining:
            self._handed.appendleft(work)
        else:
            self._handed.append(work)
        self._set_to_work(self.now)

    def _set_to_work(self, when: float) -> None:
        while self._idle and self._handed:
            work = self._handed.popleft()
            seconds = self.costs.join_s if work[1] else self.costs.piece_s
            seconds *= self.chance.lognormvariate(-(_SPREAD**2) / 2, _SPREAD)
            self.working_s += seconds
            heapq.heappush(self._ends, (when + seconds, work))
            self._idle -= 1

    def _spend_loading(self, seconds: float) -> None:
        self.now += seconds
        self.loading_s += seconds

    def _spend_scheduling(self) -> None:
        # Half when it is handed out, half when it comes back.
        self.now += self.costs.hand_out_s / 2
        self.scheduling_s += self.costs.hand_out_s / 2


class Times(NamedTuple):
    """Processor seconds that a lesson took, and bytes that it left: all pieces, the look, the joining, the loading."""

    pieces_s: float
    look_s: float
    join_s: float
    load_s: float
    parts_bytes: float
    segment_bytes: float


def times_of(recording: Path, warehouse: Path) -> Times:
    """Read a recording once to warm up and once to measure, one thing after the other."""
    classifier = LazyClassifier(threads=1)
    for folder in (warehouse / "cold", warehouse / "warm"):
        begun = time.process_time()
        undertaking = begin(recording, folder, classifier.sha256, ProcessingSettings(piece_s=_PIECE_S))
        looked = time.process_time()
        with undertaking.parts.kept_from_others():
            names = [name for task in undertaking.tasks() for name in perform(task, classifier, lambda _: None) or []]
            read = time.process_time()
            parts_bytes = sum(path.stat().st_size for path in undertaking.parts.path.glob("*.parquet"))
            segment = join(undertaking, names)
            joined = time.process_time()
            segment_bytes = segment.stat().st_size
            load(undertaking, segment)
        loaded = time.process_time()
    return Times(read - looked, looked - begun, joined - read, loaded - joined, parts_bytes, segment_bytes)


def measured(seconds: int, minutes: float, gigabytes: float, tasks: int) -> Costs:
    """Measure what two lessons take here, and carry it on in a straight line to lessons of some length and size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lengths = (seconds, 3 * seconds)
        recordings = [gallery_of_25(folder / f"{length}.mp4", length) for length in lengths]
        short, long = (times_of(recording, folder / recording.stem) for recording in recordings)
        hashing_s = _hashing_s_per_byte(recordings[1]) * (gigabytes * 1e9 - recordings[1].stat().st_size)
    steps = (60 * minutes - lengths[0]) / (lengths[1] - lengths[0])
    lesson = Times(*(one + steps * (other - one) for one, other in zip(short, long, strict=True)))
    pieces = 60 * minutes / _PIECE_S
    return Costs(
        piece_s=lesson.pieces_s / pieces,
        join_s=lesson.join_s,
        look_s=lesson.look_s + hashing_s,
        load_s=lesson.load_s,
        hand_out_s=empty_tasks(tasks, 2)[1] / tasks,
        part_bytes=lesson.parts_bytes / pieces,
        segment_bytes=lesson.segment_bytes,
    )


def _hashing_s_per_byte(path: Path) -> float:
    content = path.read_bytes() * max(1, int(5e7 / path.stat().st_size))
    started = time.process_time()
    hashlib.sha256(content).hexdigest()
    return (time.process_time() - started) / len(content)


def main() -> None:
    """Measure, play through and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of a recording")
    parser.add_argument(
        "--seconds", type=int, default=30, help="length of the shorter of two lessons that are measured"
    )
    parser.add_argument("--tasks", type=int, default=2000, help="empty tasks for a real scheduler")
    wishes = parser.parse_args()
    costs = measured(wishes.seconds, wishes.minutes, wishes.gigabytes, wishes.tasks)
    pieces = round(wishes.minutes * 60 / _PIECE_S)
    print(f"a piece of {_PIECE_S} s with 25 faces {costs.piece_s:.2f} s; per lesson: a look {costs.look_s:.1f} s,")
    print(f"joining {costs.join_s:.1f} s, loading {costs.load_s:.1f} s; handing out {1000 * costs.hand_out_s:.2f} ms")
    written = wishes.lessons * (pieces * costs.part_bytes + costs.segment_bytes) / 1e9
    print(f"read {2 * wishes.lessons * wishes.gigabytes:.0f} GB (hashed, then decoded), written {written:.0f} GB\n")
    print(
        f"{'workers':>8}{'hours':>8}{'of ideal':>10}{'workers busy':>14}{'loader busy':>13}{'scheduler':>11}{'MB/s':>8}"
    )
    for workers in (1, 10, 30, 100, 300, 1000):
        run = Run(workers, wishes.lessons, pieces, costs)
        took = run.play()
        ideal = run.working_s / workers
        megabytes = 2000 * wishes.lessons * wishes.gigabytes / took
        print(
            f"{workers:>8}{took / 3600:>8.1f}{ideal / took:>10.2f}{run.working_s / workers / took:>14.0%}"
            f"{run.loading_s / took:>13.0%}{run.scheduling_s / took:>11.1%}{megabytes:>8.0f}"
        )
    core_hours = (pieces * costs.piece_s + costs.join_s) / 3600
    print(f"\na lesson takes {core_hours:.2f} core hours: {100 * core_hours * _DOLLARS_PER_CORE_HOUR:.1f} cents")


if __name__ == "__main__":
    main()
