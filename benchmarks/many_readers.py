"""The same questions to the database and to the segments themselves, with one reader and with four at once.

    python benchmarks/many_readers.py [--lessons 48] [--minutes 90] [--folder DIR]

Lessons of 25 noisy faces are made up as in ``warehouse_scale.py``, each with a segment of its own. A reader is a
process that opens what it asks, as a notebook does; the median of its answers counts. A published snapshot is a copy of
the database under another name, which a reader holds without standing in the way of the one that loads.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import duckdb
from warehouse_scale import lesson_and_run, write_segment

_TIMES = 3

_SEGMENTS = """
(SELECT regexp_extract(filename, '/([^/]+)/[^/]+$', 1) AS lesson_id, course, unnest(faces, recursive := true)
 FROM read_parquet('{folder}/segments/*/*/*/*.parquet', hive_partitioning = true, filename = true))
"""
_FROM = {
    "database": "faces JOIN (SELECT lesson_id, course FROM lessons) USING (lesson_id)",
    "segments": _SEGMENTS,
}
_QUESTIONS = {
    "one lesson": "SELECT track_id, avg(happy) FROM {source} WHERE {lesson} GROUP BY ALL",
    "one course": "SELECT lesson_id, avg(happy) FROM {source} WHERE course = 'course-3' GROUP BY ALL",
    "all": "SELECT course, avg(happy), count(*) FROM {source} GROUP BY ALL",
}


def asked(folder: Path, where: str, question: str, lesson_id: str) -> float:
    """Return the median seconds of a question, opening what is asked each time."""
    source = _FROM["segments" if where == "segments" else "database"].format(folder=folder)
    lesson = f"lesson_id = '{lesson_id}'"
    if where == "segments":
        # As a program that knows where lessons lie would ask.
        source = source.replace("/*/*/*/*.parquet", f"/*/*/{lesson_id if question == 'one lesson' else '*'}/*.parquet")
    text = _QUESTIONS[question].format(source=source, lesson=lesson)
    file = {"database": "emotionkit.duckdb", "snapshot": "snapshot.duckdb"}.get(where)
    took = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        with duckdb.connect(str(folder / file) if file else ":memory:", read_only=file is not None) as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(text).fetchall()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def main() -> None:
    """Build, ask and print one table."""
    from emotionkit.warehouse import load_segment

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=48)
    parser.add_argument("--minutes", type=int, default=90)
    parser.add_argument("--folder", type=Path)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = wishes.folder or Path(name)
        if not (folder / "emotionkit.duckdb").exists():
            for number in range(wishes.lessons):
                load_segment(folder, write_segment(folder, number, 120 * wishes.minutes, number))
        started = time.perf_counter()
        shutil.copy(folder / "emotionkit.duckdb", folder / "snapshot.duckdb")
        copied_s = time.perf_counter() - started
        lesson_id = lesson_and_run(wishes.lessons // 2, 1)[0].lesson_id
        with duckdb.connect(str(folder / "emotionkit.duckdb"), read_only=True) as connection:
            rows = connection.execute("select count(*) from faces").fetchall()[0][0]
        sizes = [
            (folder / "emotionkit.duckdb").stat().st_size,
            sum(p.stat().st_size for p in folder.rglob("*.parquet")),
        ]
        print(
            f"{rows} faces: database {sizes[0] / 1e6:.0f} MB, segments {sizes[1] / 1e6:.0f} MB, copy {copied_s:.2f} s\n"
        )
        print(f"{'seconds':<12}{'readers':>8}" + "".join(f"{question:>14}" for question in _QUESTIONS))
        for readers in (1, 4):
            for where in ("database", "snapshot", "segments"):
                cells = []
                for question in _QUESTIONS:
                    with multiprocessing.get_context("spawn").Pool(readers) as pool:
                        pool.map(_wake, range(readers))
                        times = pool.starmap(asked, [(folder, where, question, lesson_id)] * readers, chunksize=1)
                    cells.append(f"{max(times):>14.2f}")
                print(f"{where:<12}{readers:>8}" + "".join(cells))


def _wake(_number: int) -> None:
    """Have the process started before time is taken."""


if __name__ == "__main__":
    main()
