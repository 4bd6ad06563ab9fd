"""Segments lie by course and month, whatever courses are called; those of version 0.1 are found and moved."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.warehouse import find_segment, load_segment, open_warehouse, rebuild
from emotionkit.warehouse.naming import validated_name
from emotionkit.warehouse.partitions import course_name
from emotionkit.warehouse.segments import segment_path, segment_paths

COURSES = ["Physics 101", "A/B: 50 %", "..", "", "a=b", "Ünïversität", "數學" * 60, "x" * 5000, "\u202e", "CON.", None]


@pytest.mark.parametrize("course", COURSES)
def test_any_course_can_be_part_of_a_path(folder: Path, write_segment: Any, course: str | None) -> None:
    path = write_segment("algebra", course=course)
    assert path.relative_to(folder).parts[0] == "segments"
    assert len(path.relative_to(folder).parts) == 5
    assert load_segment(folder, path)
    assert find_segment(folder, "algebra", "run-1") == path
    assert rebuild(folder) == 1
    assert open_warehouse(folder).lesson("algebra").course == course


@given(st.text(max_size=300))
def test_a_courses_folder_can_be_made_anywhere(course: str) -> None:
    name = f"course={course_name(course)}"
    assert len(name.encode()) <= 220
    validated_name(name[:90].rstrip(". "), "folder")
    assert name[-1] not in ". "


def test_other_tools_read_course_and_month_from_the_folders(folder: Path, write_segment: Any) -> None:
    east = datetime(2026, 10, 1, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    load_segment(folder, write_segment("algebra", course="Maths & more/50 %", started_at=east))
    load_segment(folder, write_segment("botany", "run-2", course=None, started_at=None))
    files = folder / "segments" / "*" / "*" / "*" / "*.parquet"
    query = f"SELECT DISTINCT course, month FROM read_parquet('{files}', hive_partitioning = true) ORDER BY ALL"
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall() == [("Maths & more/50 %", "2026-10"), (None, None)]


def test_segments_of_version_0_1_are_found_and_moved_by_the_next_load(folder: Path, write_segment: Any) -> None:
    homes = [write_segment(lesson_id, f"run-{lesson_id}") for lesson_id in ("algebra", "botany", "month=1")]
    for home in homes:
        flat = segment_path(folder, home.parent.name, home.stem)
        flat.parent.mkdir()
        home.rename(flat)
        home.parent.rmdir()
    assert find_segment(folder, "algebra", "run-algebra") == segment_path(folder, "algebra", "run-algebra")
    assert rebuild(folder) == 3
    assert load_segment(folder, segment_path(folder, "algebra", "run-algebra")) is False
    assert segment_paths(folder) == homes
    assert {path.name for path in (folder / "segments").iterdir()} == {"course=Mathematics"}


def test_a_run_that_tells_another_course_takes_the_lesson_along(two_lessons: Path, write_segment: Any) -> None:
    assert load_segment(two_lessons, write_segment("algebra", "run-9", ended_s=90, course="Physics"))
    assert {path.name for path in (two_lessons / "segments").glob("*/*/*")} == {"algebra", "botany"}
    assert {path.parts[-4] for path in segment_paths(two_lessons, "algebra")} == {"course=Physics"}
