"""What is told of a lesson: stored with it, changed without its rows, and back after a rebuild."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emotionkit.errors import UnknownLessonError, WarehouseError
from emotionkit.records import LessonSegment
from emotionkit.warehouse import load_segment, open_warehouse, rebuild, update_facts
from emotionkit.warehouse.segments import LESSON_JSON, RUN_JSON, read_segment, segment_paths

SEGMENTS = (LessonSegment(0.0, 1.5, "intro"), LessonSegment(1.5, 3.5, "group work"))


@pytest.fixture
def stored(folder: Path, write_segment: Any) -> Path:
    """A warehouse with one lesson that has two segments."""
    load_segment(folder, write_segment("algebra", segments=SEGMENTS))
    return folder


def test_segments_are_rows(stored: Path) -> None:
    warehouse = open_warehouse(stored)
    assert warehouse.lesson("algebra").segments == SEGMENTS
    segments = warehouse.segments("algebra")
    assert segments.to_dict("list") == {
        "start_s": [0.0, 1.5],
        "end_s": [1.5, 3.5],
        "title": ["intro", "group work"],
    }
    with pytest.raises(UnknownLessonError):
        warehouse.segments("botany")


def test_a_lesson_without_segments_has_no_rows(two_lessons: Path) -> None:
    assert open_warehouse(two_lessons).segments("algebra").empty


def test_a_lesson_that_is_replaced_takes_its_segments_along(stored: Path, write_segment: Any) -> None:
    load_segment(stored, write_segment("algebra", "run-2", ended_s=90.0, segments=SEGMENTS[1:]))
    assert open_warehouse(stored).lesson("algebra").segments == SEGMENTS[1:]


def test_told_anew_the_rows_stay(stored: Path, invent: Any) -> None:
    before = open_warehouse(stored)
    frames, faces, run = before.frames("algebra"), before.faces("algebra"), before.run("algebra")
    lesson = invent.lesson(
        "algebra", title="Roots", teacher=None, started_at=invent.lesson().started_at + timedelta(hours=1)
    )
    assert update_facts(stored, lesson, "run-1")

    for _ in range(2):
        after = open_warehouse(stored)
        assert after.lesson("algebra") == lesson
        assert after.segments("algebra").empty
        assert after.run("algebra") == run
        pd.testing.assert_frame_equal(after.frames("algebra"), frames)
        pd.testing.assert_frame_equal(after.faces("algebra"), faces)
        rebuild(stored)
    assert [path.name for path in (stored / "segments").rglob("*.*")] == ["run-1.parquet"]


def test_what_was_measured_is_not_told(stored: Path, invent: Any) -> None:
    told = invent.lesson("algebra", title="Roots", recording="elsewhere.mp4", duration_s=99.0, segments=SEGMENTS)
    assert update_facts(stored, told, "run-1")
    assert open_warehouse(stored).lesson("algebra") == invent.lesson("algebra", title="Roots", segments=SEGMENTS)


def test_the_same_facts_change_not_a_byte(stored: Path, invent: Any) -> None:
    before = {path: path.read_bytes() for path in stored.rglob("*") if path.is_file()}
    assert not update_facts(stored, invent.lesson("algebra", segments=SEGMENTS), "run-1")
    assert not update_facts(stored, invent.lesson("botany"), "run-1")
    assert {path: path.read_bytes() for path in stored.rglob("*") if path.is_file()} == before


def test_cut_short_the_same_call_completes_it(stored: Path, invent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = invent.lesson("algebra", title="Roots", segments=SEGMENTS)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("emotionkit.warehouse.facts.replace_facts", fail)
        with pytest.raises(KeyboardInterrupt):
            update_facts(stored, lesson, "run-1")
    assert open_warehouse(stored).lesson("algebra").title == "Quadratic equations"
    assert update_facts(stored, lesson, "run-1")
    assert open_warehouse(stored).lesson("algebra") == lesson
    assert read_segment(stored, segment_paths(stored, "algebra")[0]).lesson == lesson


def test_a_segment_that_is_gone_is_named(stored: Path, invent: Any) -> None:
    segment_paths(stored, "algebra")[0].unlink()
    with pytest.raises(WarehouseError, match="cannot be read"):
        update_facts(stored, invent.lesson("algebra", title="Roots"), "run-1")
    assert open_warehouse(stored).lesson("algebra").title == "Quadratic equations"


def test_records_from_before_there_were_segments_and_purposes_can_be_read(invent: Any) -> None:
    lesson = LESSON_JSON.dump_python(invent.lesson(), mode="json")
    run = RUN_JSON.dump_python(invent.run(), mode="json")
    del lesson["segments"], run["purpose"], run["jurisdiction"]
    assert LESSON_JSON.validate_json(json.dumps(lesson)) == invent.lesson()
    assert RUN_JSON.validate_json(json.dumps(run)) == invent.run()


def test_a_lesson_whose_course_or_month_changes_moves(stored: Path, invent: Any) -> None:
    lesson = invent.lesson("algebra", course="Algebra I/II", started_at=None)
    assert update_facts(stored, lesson, "run-1")
    place = stored / "segments" / "course=Algebra I%2FII" / "month=__HIVE_DEFAULT_PARTITION__" / "algebra"
    assert segment_paths(stored) == [place / "run-1.parquet"]
    assert [path.name for path in (stored / "segments").iterdir()] == ["course=Algebra I%2FII"]
    rebuild(stored)
    assert open_warehouse(stored).lesson("algebra").course == "Algebra I/II"
