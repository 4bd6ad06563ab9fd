"""Several recordings at once: each gives what it gives alone, and one failure never stops the rest."""

from __future__ import annotations

import shutil
import time

import pytest

import emotionkit as ek
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.batch.piecework import Task
from emotionkit.batch.workers import Pool
from emotionkit.config import ProcessingSettings
from emotionkit.warehouse import PartsFolder

SETTINGS = ProcessingSettings(sample_fps=1)


@pytest.fixture(params=[1, 2], ids=["in this process", "two workers"])
def workers(request):
    return request.param


def test_a_failure_among_others(tmp_path, short_lesson, workers):
    warehouse = tmp_path / "warehouse"
    second = shutil.copy(short_lesson, tmp_path / "second.mp4")
    (tmp_path / "broken.mp4").write_text("no video")
    jobs = [Job(path, warehouse, SETTINGS) for path in (short_lesson, tmp_path / "broken.mp4", tmp_path / second)]
    seen = set()
    results = list(process_all(jobs, workers=workers, on_progress=lambda index, done, length: seen.add(index)))

    failures = [result for result in results if isinstance(result, Failure)]
    assert [failure.recording.name for failure in failures] == ["broken.mp4"]
    assert "broken.mp4" in failures[0].reason
    with ek.open_warehouse(warehouse) as opened:
        assert sorted(opened.lessons().lesson_id) == ["2026-09-28_physics-101_short", "second"]
        counts = opened.sql("select lesson_id, count(*) from faces group by lesson_id").fetchall()
    assert len({count for _, count in counts}) == 1
    assert seen == {0, 2}


def test_the_second_of_a_name_is_refused_and_the_others_go_on(tmp_path, short_lesson, copy_start, workers):
    warehouse = tmp_path / "warehouse"
    paths = [tmp_path / "physics" / "week1.mp4", tmp_path / "chemistry" / "week1.mp4", tmp_path / "week2.mp4"]
    for seconds, path in enumerate(paths, start=2):
        path.parent.mkdir(exist_ok=True)
        copy_start(short_lesson, path, seconds=seconds)
    jobs = [Job(path, warehouse, ProcessingSettings(sample_fps=2, piece_s=1)) for path in (*paths, paths[0])]
    results = list(process_all(jobs, workers=workers, on_progress=lambda *tick: None))

    (failure,) = [result for result in results if isinstance(result, Failure)]
    assert failure.reason == (
        f"{paths[1]} would replace lesson 'week1', which was read from {paths[0]}; "
        "choose another name with --lesson-id."
    )
    done = sorted((result.lesson_id, result.changed) for result in results if not isinstance(result, Failure))
    assert done == [("week1", False), ("week1", True), ("week2", True)]
    with ek.open_warehouse(warehouse) as opened:
        assert opened.lesson("week1").recording == str(paths[0])
        assert len(opened.frames("week1")) == 4


def test_tasks_that_end_together_are_given_back_one_by_one(tmp_path):
    tasks = [Task(number, tmp_path / "gone.mp4", tmp_path, "gone", "run", SETTINGS, None) for number in (0, 1)]
    with Pool(2) as pool:
        for task in tasks:
            pool.submit(0, task)
        deadline = time.monotonic() + 60
        # One has ended when it is asked for, and so has the other by the time that both are listened to.
        while not all(child.connection.poll() for child in pool._children) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2)
        given_back = []
        while pool.is_busy:
            given_back.append(pool.next_done(lambda *tick: None).task.number)
    assert sorted(given_back) == [0, 1]


def test_the_last_lesson_is_joined_and_loaded_in_the_memory_that_workers_leave(tmp_path, short_lesson):
    class Watched(Pool):
        left: list[int] = []  # noqa: RUF012

        def dismiss(self):
            super().dismiss()
            self.left.append(len(self._children))

    jobs = [Job(short_lesson, tmp_path / "warehouse", SETTINGS)]
    (result,) = process_all(jobs, on_progress=lambda *tick: None, team=Watched(2))
    assert not isinstance(result, Failure)
    assert Watched.left == [1, 0], "one joins it, none is left when it is loaded"


def test_what_waits_goes_to_whoever_is_free_first(tmp_path, short_lesson):
    """Nobody may be idle while a task waits for another worker, above all at the end of a run."""
    gone = tmp_path / "gone.mp4"
    kept = PartsFolder(tmp_path, "lesson", "run")
    tasks = [
        Task(number, short_lesson if number == 0 else gone, tmp_path, "lesson", "run", SETTINGS, None)
        for number in range(4)
    ]
    with kept.kept_from_others(), Pool(2) as pool:
        for task in tasks[:2]:
            pool.submit(0, task)
        assert pool.has_room
        pool.submit(0, tasks[2])
        assert not pool.has_room
        ended = [pool.next_done(lambda *tick: None).task.number]
        pool.submit(0, tasks[3])
        while pool.is_busy:
            ended.append(pool.next_done(lambda *tick: None).task.number)
    assert ended == [1, 2, 3, 0]
