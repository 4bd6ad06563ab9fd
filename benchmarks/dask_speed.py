"""How much faster a Dask cluster on this machine is with a worker per core than with one, and what it costs to ask it.

    python benchmarks/dask_speed.py [--seconds 1200] [--tasks 20000] [--workers N]

Recordings are made from the sample class. A scheduler and workers are started as processes of their own; each is asked
for something small first, so that starting is not counted. The second table hands empty tasks to a real scheduler: that
time is the scheduler's and the client's, and none of it is work.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from distributed import Client, LocalCluster
from videos import gallery_of_nine

from emotionkit.batch.dask_address import DaskAddress
from emotionkit.batch.dask_workers import DaskWorkers
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.config import ProcessingSettings

_HAND_OUT = 500


@contextmanager
def cluster(workers: int) -> Iterator[LocalCluster]:
    """Run a scheduler and some workers of one core each; this process runs the scheduler."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as started:
        yield started


def read(recordings: Sequence[Path], warehouse: Path, address: str) -> float:
    """Return the seconds that reading recordings takes."""
    started = time.perf_counter()
    jobs = [Job(recording, warehouse, ProcessingSettings(piece_s=30)) for recording in recordings]
    team = DaskWorkers(DaskAddress.parsed(address), on_notice=print)
    for result in process_all(jobs, on_progress=lambda *_: None, team=team):
        if isinstance(result, Failure):
            raise SystemExit(result.reason)
    return time.perf_counter() - started


def reading_with(workers: int, recordings: Sequence[Path], folder: Path) -> float:
    """Return the seconds that warm workers take for recordings."""
    with cluster(workers) as started:
        warm_up = [gallery_of_nine(folder / f"warm-{workers}-{number}.mp4", 4) for number in range(2 * workers)]
        read(warm_up, folder / f"warm-{workers}", started.scheduler_address)
        return read(recordings, folder / f"warehouse-{workers}", started.scheduler_address)


def nothing(_number: int) -> None:
    """Do the least that a task can do."""


def empty_tasks(count: int, workers: int) -> tuple[float, float]:
    """Return the seconds from first to last of many empty tasks, and those of them that the scheduler computed."""
    with cluster(workers) as started, Client(started.scheduler_address, set_as_default=False) as client:
        client.gather(client.map(nothing, range(-2 * workers, 0)))
        begun, computing = time.perf_counter(), time.process_time()
        for first in range(0, count, _HAND_OUT):
            numbers = range(first, min(first + _HAND_OUT, count))
            futures = [client.submit(nothing, number, key=("nothing", number)) for number in numbers]
            client.gather(futures)
        return time.perf_counter() - begun, time.process_time() - computing


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=1200, help="of class in all")
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = [gallery_of_nine(folder / f"lesson-{number}.mp4", wishes.seconds // 2) for number in range(2)]
        times = {workers: reading_with(workers, recordings, folder) for workers in (1, wishes.workers)}
    print(f"{'workers':<10}{'s':>8}{'speed-up':>10}{'per worker':>12}")
    for workers, seconds in times.items():
        speed_up = times[1] / seconds
        print(f"{workers:<10}{seconds:>8.1f}{speed_up:>10.2f}{speed_up / workers:>12.2f}")
    if wishes.tasks:
        wall_s, cpu_s = empty_tasks(wishes.tasks, wishes.workers)
        print(f"\n{wishes.tasks} empty tasks: {wall_s:.1f} s, {1000 * wall_s / wishes.tasks:.2f} ms each;")
        print(f"scheduler and client computed {1000 * cpu_s / wishes.tasks:.2f} ms of each")


if __name__ == "__main__":
    main()
