"""Asking a warehouse."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from emotionkit.errors import UnknownLessonError, WarehouseError
from emotionkit.records import EMOTIONS
from emotionkit.warehouse import find_lesson, find_run, load_segment, open_warehouse, rebuild
from emotionkit.warehouse.connection import DATABASE


def test_a_row_per_lesson_in_the_order_of_their_starts(two_lessons: Path, write_segment: Any) -> None:
    tokyo = datetime(2026, 9, 14, 20, 0, tzinfo=timezone(timedelta(hours=9)))
    load_segment(two_lessons, write_segment("zoology", "run-3", started_at=tokyo))
    lessons = open_warehouse(two_lessons).lessons()
    assert list(lessons.lesson_id) == ["zoology", "algebra", "botany"]
    assert list(lessons.columns[:5]) == ["lesson_id", "course", "title", "teacher", "started_at"]
    assert lessons.started_at[0].isoformat() == "2026-09-14T11:00:00+00:00"
    assert lessons.started_at.isna().tolist() == [False, False, True]


def test_frames_faces_and_tracks_of_a_lesson(two_lessons: Path) -> None:
    warehouse = open_warehouse(str(two_lessons))
    frames, faces, tracks = (ask("algebra") for ask in (warehouse.frames, warehouse.faces, warehouse.tracks))

    assert list(frames.pts_s) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert list(frames.faces) == [2, 2, 2, 2, 2, 2, 0]
    assert frames.weight_s.sum() == 3.5
    assert list(faces.track_id) == [1, 2] * 6
    assert faces.student_id.isna().all()
    assert set(faces.emotion) == {"happy"}
    np.testing.assert_allclose(faces[list(EMOTIONS)].sum(axis=1), 1, atol=7 / 65535)
    assert tracks.to_dict("list") | {"student_id": None} == {
        "lesson_id": ["algebra", "algebra"],
        "track_id": [1, 2],
        "first_s": [0.0, 0.0],
        "last_s": [2.5, 2.5],
        "observations": [6, 6],
        "student_id": None,
    }


def test_lesson_and_run_are_the_records_that_were_written(two_lessons: Path, invent: Any) -> None:
    warehouse = open_warehouse(two_lessons)
    assert warehouse.lesson("algebra") == invent.lesson("algebra")
    assert warehouse.lesson("botany") == invent.lesson("botany", started_at=None)
    assert warehouse.run("botany") == invent.run("run-2")


def test_an_unknown_lesson_is_named_with_some_that_are_known(two_lessons: Path) -> None:
    warehouse = open_warehouse(two_lessons)
    for ask in (warehouse.lesson, warehouse.run, warehouse.frames, warehouse.faces, warehouse.tracks):
        with pytest.raises(UnknownLessonError, match=r"no lesson 'latin'\. Known lessons: algebra, botany\."):
            ask("latin")


def test_an_empty_warehouse_says_so(tmp_path: Path) -> None:
    rebuild(tmp_path)
    with pytest.raises(UnknownLessonError, match="holds no lessons yet"):
        open_warehouse(tmp_path).lesson("latin")


def test_sql_answers_with_a_relation(two_lessons: Path) -> None:
    warehouse = open_warehouse(two_lessons)
    positional = warehouse.sql("SELECT count(*) FROM faces WHERE lesson_id = ? AND pts_s < ?", ["botany", 1.0])
    named = warehouse.sql("SELECT pts_s FROM frames WHERE lesson_id = $id", {"id": "botany"})
    assert positional.fetchall() == [(6,)]
    assert named.aggregate("max(pts_s)").fetchall() == [(2.0,)]
    assert list(warehouse.sql("FROM faces").df().columns) == list(warehouse.faces("botany").columns)


def test_a_lesson_id_is_a_value_never_sql(two_lessons: Path) -> None:
    warehouse = open_warehouse(two_lessons)
    with pytest.raises(UnknownLessonError):
        warehouse.faces("' OR 1=1 --")
    assert warehouse.sql("SELECT count(*) FROM lessons WHERE lesson_id = ?", ["' OR 1=1 --"]).fetchall() == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM lessons",
        "CREATE TABLE mine (i INTEGER)",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY lessons TO 'lessons.csv'",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access = true",
        "SET TimeZone = 'Asia/Tokyo'",
    ],
)
def test_nothing_can_be_written_nor_other_files_be_read(two_lessons: Path, query: str) -> None:
    with pytest.raises(duckdb.Error):
        open_warehouse(two_lessons).sql(query)


def test_within_a_block_answers_are_of_one_moment_and_may_come_from_threads(two_lessons: Path) -> None:
    with open_warehouse(two_lessons) as warehouse, open_warehouse(two_lessons) as other:
        assert len(warehouse.faces("algebra")) == len(other.faces("algebra")) == 12
        assert warehouse.sql("SELECT 1").fetchall() == [(1,)]
    assert len(warehouse.lessons()) == 2


def test_what_is_not_a_warehouse_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"nowhere does not exist: process a recording first\.$"):
        open_warehouse(tmp_path / "nowhere")
    with pytest.raises(WarehouseError, match=r"has no database yet: process a recording first\.$"):
        open_warehouse(tmp_path)
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(WarehouseError, match=r"notes.txt is a file, not a folder\.$"):
        open_warehouse(tmp_path / "notes.txt")
    for content in (b"", b"hello" * 2000):
        (tmp_path / DATABASE).write_bytes(content)
        with pytest.raises(
            WarehouseError, match=r"has a database that cannot be opened: .*not a valid DuckDB.*"
        ) as caught:
            open_warehouse(tmp_path)
        assert "\n" not in str(caught.value)


def test_work_that_is_done_is_found_cheaply(two_lessons: Path, tmp_path: Path, invent: Any) -> None:
    assert find_run(two_lessons, "algebra") == "run-1"
    assert find_run(two_lessons, "latin") is None
    assert find_run(tmp_path / "nowhere", "algebra") is None
    assert not (tmp_path / "nowhere").exists()
    assert find_lesson(two_lessons, "algebra") == invent.lesson("algebra")
    assert find_lesson(two_lessons, "latin") is None


def test_a_lesson_is_known_though_the_database_was_deleted(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    """Else another recording of its name would take its place."""
    write_segment("algebra", "run-0", ended_s=30, title="Before")
    write_segment("algebra", "run-9").write_bytes(b"PAR1")
    (two_lessons / DATABASE).unlink()
    assert find_run(two_lessons, "algebra") is None
    assert find_lesson(two_lessons, "algebra") == invent.lesson("algebra")
    assert find_lesson(two_lessons, "latin") is None


def test_a_question_that_takes_long_draws_no_bar(two_lessons: Path) -> None:
    """DuckDB draws one where it takes a process for interactive, as in a kernel or a worker: it ended up in reports."""
    script = (
        "import sys, emotionkit as ek\n"
        "answer = ek.open_warehouse(sys.argv[1]).sql(\"SELECT current_setting('enable_progress_bar')\")\n"
        "print(answer.fetchall())"
    )
    done = subprocess.run([sys.executable, "-c", script, two_lessons], capture_output=True, text=True, check=True)
    assert done.stdout == "[(False,)]\n"
