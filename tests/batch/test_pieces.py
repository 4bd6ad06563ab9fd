"""Stopped and gone on, with one worker or two: always the rows of an undisturbed run, and nothing left lying about."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from emotionkit.batch.budget import Budget
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.batch.piecework import Task, parts_of, perform
from emotionkit.batch.pipeline import process_recording
from emotionkit.batch.undertaking import begin
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.errors import WarehouseError
from emotionkit.warehouse import PartsFolder, find_run

SETTINGS = ProcessingSettings(sample_fps=1, piece_s=5)


def run(recording: Path, warehouse: Path, *, workers: int = 1, budget: Budget | None = None, seen=None):
    jobs = [Job(recording, warehouse, SETTINGS)]
    note = (lambda *tick: seen.append(tick)) if seen is not None else (lambda *tick: None)
    return list(process_all(jobs, workers=workers, on_progress=note, budget=budget))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, longer_lesson, rows):
    warehouse = tmp_path_factory.mktemp("undisturbed") / "warehouse"
    run(longer_lesson, warehouse)
    return rows(warehouse)


def test_people_keep_their_numbers_across_the_seams(undisturbed):
    assert len(undisturbed["tracks"]) == 7
    assert len(undisturbed["frames"]) == 20


def test_two_workers_give_the_same_rows_and_tell_of_progress(tmp_path, longer_lesson, undisturbed, rows, leftovers):
    seen = []
    run(longer_lesson, tmp_path / "warehouse", workers=2, seen=seen)
    assert rows(tmp_path / "warehouse") == undisturbed
    assert leftovers(tmp_path / "warehouse") == []
    done = [done for _, done, _ in seen]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(seen[-1][2], abs=0.1)


def test_a_run_out_of_time_goes_on_where_it_was(tmp_path, longer_lesson, undisturbed, rows):
    warehouse = tmp_path / "warehouse"
    (failure,) = run(longer_lesson, warehouse, budget=Budget(seconds=0.01))
    assert isinstance(failure, Failure)
    assert "the budget ran out" in failure.reason
    assert "Traceback" not in failure.reason

    undertaking = begin(longer_lesson, warehouse, "0" * 64, SETTINGS)
    assert undertaking.outcome is None
    (outcome,) = run(longer_lesson, warehouse)
    assert outcome.changed
    assert rows(warehouse) == undisturbed


def test_killed_at_any_moment_the_next_run_goes_on_and_gives_the_same_rows(
    tmp_path, longer_lesson, undisturbed, rows, leftovers
):
    warehouse = tmp_path / "warehouse"
    program = (
        "import sys; from pathlib import Path; from emotionkit.batch.executor import *;"
        "from emotionkit.config import ProcessingSettings as P;"
        "list(process_all([Job(Path(sys.argv[1]), Path(sys.argv[2]), P(sample_fps=1, piece_s=5))],"
        " workers=1, on_progress=lambda *tick: None))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(longer_lesson), str(warehouse)])
    deadline = time.monotonic() + 120
    while not list(warehouse.rglob("piece-00001.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = sorted(warehouse.rglob("piece-*.parquet"))
    assert kept
    (kept[0].parent / ".piece-00003.deadbeef.tmp").write_bytes(b"half")

    (outcome,) = run(longer_lesson, warehouse, seen=(seen := []))
    assert outcome.changed
    assert [done for _, done, _ in seen[:2]] == [5, 10], "the finished pieces count at once"
    assert rows(warehouse) == undisturbed
    assert leftovers(warehouse) == []


def test_damage_in_the_middle_is_read_around_as_from_start_to_end(tmp_path, longer_lesson, rows, leftovers):
    whole, damaged = tmp_path / "whole.mp4", tmp_path / "damaged.mp4"
    with av.open(str(longer_lesson)) as reader, av.open(str(whole), "w") as writer:
        stream = writer.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuvj420p"
        for frame in reader.decode(video=0):
            writer.mux(stream.encode(frame.reformat(640, 360, "yuvj420p")))
        writer.mux(stream.encode())
    with av.open(str(whole)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(whole.read_bytes())
    position, size = places[175]
    content[position : position + size] = random.Random(1).randbytes(2) + bytes(size - 2)
    damaged.write_bytes(content)

    (outcome,) = run(damaged, tmp_path / "warehouse", workers=1)
    assert not isinstance(outcome, Failure), outcome
    assert outcome.frames == 20
    times = [pts for _, pts, *_ in rows(tmp_path / "warehouse")["frames"]]
    assert times[7] == pytest.approx(7.04)
    assert leftovers(tmp_path / "warehouse") == []


@pytest.mark.parametrize("loaded", [True, False])
def test_what_a_stop_before_tidying_left_goes_with_the_next_run(tmp_path, longer_lesson, leftovers, loaded):
    warehouse = tmp_path / "warehouse"
    (outcome,) = run(longer_lesson, warehouse)
    parts = PartsFolder(warehouse, outcome.lesson_id, find_run(warehouse, outcome.lesson_id))
    parts.path.mkdir(parents=True)
    (parts.path / "piece-00000.parquet").touch()
    parts.path.with_name(f".{parts.path.name}.lock").touch()
    if not loaded:
        (warehouse / "emotionkit.duckdb").unlink()
    (again,) = run(longer_lesson, warehouse)
    assert again.changed is not loaded
    assert leftovers(warehouse) == []


def test_another_process_at_the_same_recording_is_told_so(tmp_path, longer_lesson, classifier):
    warehouse = tmp_path / "warehouse"
    undertaking = begin(longer_lesson, warehouse, classifier.sha256, SETTINGS)
    with undertaking.parts.kept_from_others(), pytest.raises(WarehouseError, match="from another process"):
        process_recording(longer_lesson, warehouse, classifier, SETTINGS)


def test_parts_that_are_damaged_are_not_there(tmp_path):
    folder = PartsFolder(tmp_path, "lesson", "run")
    assert folder.names() == frozenset()
    assert folder.read("piece-00000") is None
    (tmp_path / "parts" / "lesson" / "run").mkdir(parents=True)
    (tmp_path / "parts" / "lesson" / "run" / "piece-00000.parquet").write_bytes(os.urandom(100))
    assert folder.read("piece-00000") is None


def test_what_is_read_again_on_the_way_to_what_is_missing_gives_signs_of_life(tmp_path, longer_lesson):
    """Of an hour it takes minutes, after which silence would be taken for a recording that hangs its reader."""
    finished = frozenset(f"whole-{number:05d}" for number in range(4))
    task = Task(0, longer_lesson, tmp_path, "it", "run", SETTINGS, None, finished)
    told = []
    with parts_of(task).kept_from_others():
        assert perform(task, LazyClassifier(threads=1), told.append) == [*sorted(finished), "whole-00004"]
        assert parts_of(task).names() == {"whole-00004"}
    assert told == sorted(told)
    assert told[0] == pytest.approx(1, abs=0.1)
