"""How large a warehouse becomes, and how long its questions take, at a hundred million faces.

    python benchmarks/warehouse_scale.py [--rows N] [--lessons N] [--folder DIR]

Lessons of 25 noisy faces at two frames a second are made up, as segments, and loaded by the code that loads real ones;
few segments are written and serve many lessons, since DuckDB packs each lesson apart. Each question is asked five
times; the median counts. With less than 10⁸ rows the figures are smaller, not comparable.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from emotionkit.records import EMOTIONS, Lesson, Run
from emotionkit.warehouse import Warehouse
from emotionkit.warehouse.segments import MEASURES, SCHEMA, Segment

FACES_PER_FRAME = 25
COURSES = 8
COURSE_LESSONS = 60
SEGMENTS = 4
REPEATS = 5
MONDAY = datetime(2026, 9, 14, 8, tzinfo=UTC)

COURSE_HISTOGRAM = f"""
WITH students AS (
    SELECT lesson_id, coalesce(student_id, track_id::VARCHAR) AS student,
        {", ".join(f"sum({name} * weight_s) / sum(weight_s) AS {name}" for name in EMOTIONS)}
    FROM (FROM faces WHERE quality >= 0.2 AND lesson_id IN ($ids))
    JOIN (FROM frames WHERE lesson_id IN ($ids)) USING (lesson_id, pts_s)
    GROUP BY ALL
)
SELECT lesson_id, {", ".join(f"avg({name})" for name in EMOTIONS)} FROM students GROUP BY lesson_id ORDER BY lesson_id
"""
"""Students first, then the lesson. Ids that are told one by one let DuckDB skip the rows of other lessons unread."""

HOLDING = """
import sys
from emotionkit.warehouse import open_warehouse
with open_warehouse(sys.argv[1]) as warehouse:
    print(len(warehouse.lessons()), flush=True)
    input()
"""


def lesson_batch(frames: int, seed: int) -> pa.RecordBatch:
    """Return invented rows of a segment: people in a gallery, moods that drift, everything noisy."""
    random = np.random.default_rng(seed)
    people, faces = FACES_PER_FRAME, frames * FACES_PER_FRAME
    usual = random.normal(0, 1, (people, 7)) + np.array([-1, -3, -2, 1, 2, 0, -1])
    drift = np.repeat(random.normal(0, 0.15, (frames // 20 + 1, people, 7)).cumsum(axis=0), 20, axis=0)[:frames]
    odds = np.exp(usual + 0.5 * drift + random.normal(0, 0.6, (frames, people, 7))).reshape(faces, 7)
    seat = np.tile(np.arange(people), frames)
    side = 80 + random.normal(0, 4, faces)
    measures = np.column_stack(
        [
            80 + 256.0 * (seat % 5) + random.normal(0, 5, faces),
            30 + 144.0 * (seat // 5) + random.normal(0, 5, faces),
            side,
            side,
            random.normal(1.2, 0.4, faces),
            np.clip(random.normal(0.6, 0.2, faces), 0, 1),
            odds / odds.sum(axis=1, keepdims=True),
        ]
    ).astype(np.float32)
    columns = [pa.array(seat + 1, pa.int32()), *(pa.array(column) for column in measures.T.copy())]
    structs = pa.StructArray.from_arrays(columns, ["track_id", *MEASURES])
    offsets = pa.array(np.arange(frames + 1) * people, pa.int32())
    pts_s = pa.array(np.arange(frames) * 0.5 + 0.04)
    lists = pa.ListArray.from_arrays(offsets, structs).cast(SCHEMA.field("faces").type)
    return pa.RecordBatch.from_arrays([pts_s, pa.array(np.full(frames, 0.5)), lists], schema=SCHEMA)


def lesson_and_run(number: int, frames: int) -> tuple[Lesson, Run]:
    """Return lesson ``number`` of a school whose courses take turns, and the run that read it."""
    start = MONDAY + timedelta(days=number // COURSES)
    course = f"course-{number % COURSES}"
    lesson_id = f"{start.date()}_{course}_lesson-{number // COURSES:03}"
    name = f"/recordings/{lesson_id}.mp4"
    lesson = Lesson(lesson_id, course, lesson_id, None, start, frames / 2, name, f"{number:064x}", 1280, 720, 25.0)
    return lesson, Run(f"{number:016x}", "0", "ab" * 32, "{}", "cd" * 32, start, start, "done")


def write_segment(folder: Path, number: int, frames: int, seed: int) -> Path:
    """Write a segment with invented rows, as processing a recording does."""
    from emotionkit.warehouse import SegmentWriter

    lesson, run = lesson_and_run(number, frames)
    with SegmentWriter(folder, lesson.lesson_id, run.run_id) as writer:
        writer.add_rows(lesson_batch(frames, seed))
        return writer.finish(lesson, run)


def build(folder: Path, lessons: int, frames: int) -> None:
    """Make the warehouse."""
    from emotionkit.warehouse.connection import DATABASE, writing_connection
    from emotionkit.warehouse.rows import replace_lesson
    from emotionkit.warehouse.segments import read_segment

    written = [read_segment(folder, write_segment(folder, number, frames, number)) for number in range(SEGMENTS)]
    with writing_connection(folder, folder / DATABASE) as connection:
        for number in range(lessons):
            lesson, run = lesson_and_run(number, frames)
            segment: Segment = replace(written[number % SEGMENTS], lesson=lesson, run=run)
            replace_lesson(connection, folder, segment)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {lessons} lessons", end="", file=sys.stderr)


def median_s(ask: Callable[[], object]) -> float:
    """Return the median of the seconds that a question takes."""
    took = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        ask()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def course_histogram(warehouse: Warehouse) -> duckdb.DuckDBPyRelation:
    """Return the mean expressions of each lesson of a course."""
    lessons = warehouse.lessons()
    ids = sorted(lessons.lesson_id[lessons.course == "course-3"])[:COURSE_LESSONS]
    named = {f"id{number}": lesson_id for number, lesson_id in enumerate(ids)}
    return warehouse.sql(COURSE_HISTOGRAM.replace("$ids", ", ".join(f"${name}" for name in named)), named)


def questions(folder: Path, lessons: int) -> dict[str, Callable[[], object]]:
    """Return what is asked, each opening the warehouse anew."""
    from emotionkit.analysis import class_histogram, lesson_timeline
    from emotionkit.warehouse import open_warehouse

    warehouse = open_warehouse(folder)
    lesson_id = lesson_and_run(lessons // 2, 1)[0].lesson_id

    def lesson_analysis() -> None:
        with open_warehouse(folder) as opened:
            frames, faces = opened.frames(lesson_id), opened.faces(lesson_id)
        class_histogram(frames, faces)
        lesson_timeline(frames, faces)

    return {
        "a lesson's rows": lambda: (warehouse.frames(lesson_id), warehouse.faces(lesson_id)),
        "a lesson's histogram and timeline": lesson_analysis,
        f"a course of {COURSE_LESSONS} lessons": lambda: course_histogram(warehouse),
        "all faces, one mean": lambda: warehouse.sql("SELECT count(*), avg(happy) FROM faces"),
    }


def loads(folder: Path, lessons: int, frames: int) -> dict[str, float]:
    """Return the seconds that loads take: a new lesson, one that is replaced, one beside a reader, and an erasure."""
    from emotionkit.batch.erasing import erase, plan
    from emotionkit.warehouse import SegmentWriter, load_segment, open_warehouse

    def load(number: int, run_id: str) -> float:
        lesson, run = lesson_and_run(number, frames)
        with SegmentWriter(folder, lesson.lesson_id, run_id) as writer:
            writer.add_rows(lesson_batch(frames, number))
            segment = writer.finish(lesson, replace(run, run_id=run_id))
        started = time.perf_counter()
        load_segment(folder, segment)
        return time.perf_counter() - started

    took = {
        "load of a new lesson": statistics.median(load(lessons + n, f"new-{n}") for n in range(REPEATS)),
        "load that replaces a lesson": statistics.median(load(5 + n, f"again-{n}") for n in range(REPEATS)),
    }
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        took["load beside a reader (2 s of it waiting)"] = load(20, "beside")
        reader.communicate("\n")
    # Not one of those above: what was erased is not loaded again.
    oldest = open_warehouse(folder).lessons().lesson_id.iloc[0]
    started = time.perf_counter()
    erase(folder, folder / "reports", plan(folder, lessons=[oldest]))
    took["erasing a lesson"] = time.perf_counter() - started
    return took


def main() -> None:
    """Build, ask and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000, help="face rows")
    parser.add_argument("--lessons", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="keep the warehouse here; one that is there is asked as it is")
    arguments = parser.parse_args()
    frames = max(20, arguments.rows // (arguments.lessons * FACES_PER_FRAME))
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = folder / "emotionkit.duckdb"
        if not database.exists():
            started = time.perf_counter()
            build(folder, arguments.lessons, frames)
            print(f"\rbuilt in {time.perf_counter() - started:.0f} s")
        rows = arguments.lessons * frames * FACES_PER_FRAME
        size = database.stat().st_size
        print(f"{rows:,} face rows of {arguments.lessons} lessons: {size / 1e9:.2f} GB, {size / rows:.1f} bytes a row")
        for name, ask in questions(folder, arguments.lessons).items():
            print(f"{name:<44}{median_s(ask):>8.2f} s")
        for name, took in loads(folder, arguments.lessons, frames).items():
            print(f"{name:<44}{took:>8.2f} s")


if __name__ == "__main__":
    main()
