"""Workers that are killed, recordings that hang their reader, disks that fill up, readers that never close."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import emotionkit as ek
from emotionkit.batch.confined_orders import Confines
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.batch.workers import Pool
from emotionkit.config import ProcessingSettings

SETTINGS = ProcessingSettings(sample_fps=2, piece_s=2)


def rows(warehouse: Path) -> list[tuple[object, ...]]:
    return ek.open_warehouse(warehouse).sql("select * from faces order by all").fetchall()


def workers_of(pool: Pool) -> list[int]:
    return [child._process.pid for child in pool._children if child.orders]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, short_lesson):
    warehouse = tmp_path_factory.mktemp("undisturbed") / "warehouse"
    (outcome,) = process_all([Job(short_lesson, warehouse, SETTINGS)], on_progress=lambda *tick: None)
    assert outcome.faces
    return rows(warehouse)


class Lent:
    """A pool that outlives the run."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __enter__(self) -> Pool:
        return self._pool

    def __exit__(self, *error: object) -> None:
        pass


def disturbed(pool: Pool, jobs: list[Job], number: signal.Signals):
    """Process recordings, sending a signal to a worker as soon as it reads; return what became of each."""
    sent: list[int] = []

    def send_once(*_tick: object) -> None:
        if not sent:
            sent.append(workers_of(pool)[0])
            os.kill(sent[0], number)

    results = list(process_all(jobs, on_progress=send_once, team=Lent(pool)))
    assert sent
    return results


def test_a_worker_that_is_killed_is_replaced_and_no_row_is_lost(short_lesson, tmp_path, undisturbed):
    with Pool(2) as pool:
        (outcome,) = disturbed(pool, [Job(short_lesson, tmp_path / "w", SETTINGS)], signal.SIGKILL)
    assert not isinstance(outcome, Failure), outcome
    assert rows(tmp_path / "w") == undisturbed


def test_a_recording_that_hangs_its_reader_fails_alone(short_lesson, tmp_path, undisturbed):
    first = tmp_path / "first.mp4"
    first.write_bytes(short_lesson.read_bytes())
    jobs = [Job(first, tmp_path / "w", SETTINGS), Job(short_lesson, tmp_path / "w", SETTINGS)]
    with Pool(1, Confines(silence_s=8)) as pool:
        failure, outcome = disturbed(pool, jobs, signal.SIGSTOP)
    assert failure.kind == "hung"
    assert failure.reason.startswith(f"{first} made the process that read it hang")
    assert not isinstance(outcome, Failure), outcome
    assert rows(tmp_path / "w") == undisturbed


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 3 MB; skips where none can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def night(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emotionkit", "nightly", "--sample-fps", "1", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)


def recordings(folder: Path, short_lesson: Path) -> Path:
    (folder / "recordings").mkdir()
    path = folder / "recordings" / "a.mp4"
    path.write_bytes(short_lesson.read_bytes())
    os.utime(path, (time.time() - 86_400, time.time() - 86_400))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "room", [700_000, *(pytest.param(room, marks=pytest.mark.stress) for room in (0, 300_000, 1_000_000, 1_500_000))]
)
def test_a_disk_that_fills_up_is_one_sentence_and_the_next_night_goes_on(small_disk, tmp_path, short_lesson, room):
    recordings(tmp_path, short_lesson)
    places = ("--warehouse", str(small_disk / "warehouse"), "--reports", str(small_disk / "reports"))
    filler = small_disk / "filler"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize
    filler.write_bytes(bytes(free - room))
    full = night(tmp_path, *places)
    assert full.returncode in {0, 1, 3}, full.stderr
    assert "Traceback" not in full.stderr, full.stderr
    if full.returncode:
        assert "full" in full.stderr or "No space left" in full.stderr, full.stderr
    filler.unlink()
    assert night(tmp_path, *places).returncode == 0
    assert len(ek.open_warehouse(small_disk / "warehouse").lessons()) == 1
    assert (small_disk / "reports" / "a" / "index.html").is_file()
    assert not [path for path in small_disk.rglob("*") if path.suffix in {".tmp", ".new"}]


@pytest.mark.stress
def test_a_reader_that_never_closes_keeps_no_night_from_its_work(tmp_path, short_lesson):
    recording = recordings(tmp_path, short_lesson)
    assert night(tmp_path).returncode == 0
    with ek.open_warehouse(tmp_path / "warehouse") as reader:
        before = reader.faces("a")
        second = recording.with_name("b.mp4")
        second.write_bytes(short_lesson.read_bytes() + b"\0\0\0\x08free")
        os.utime(second, (time.time() - 86_400, time.time() - 86_400))
        begun = time.monotonic()
        assert night(tmp_path).returncode == 0
        assert time.monotonic() - begun < 120
        assert reader.faces("a").equals(before)
    assert len(ek.open_warehouse(tmp_path / "warehouse").lessons()) == 2
