"""Loading replaces a lesson all at once, does nothing twice, and survives being cut short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from emotionkit.errors import InvalidInputError, RecordingError, WarehouseError
from emotionkit.warehouse import PartsFolder, find_run, load, load_segment, open_warehouse, rows, verify_audit
from emotionkit.warehouse.connection import DATABASE


def interrupted(*_: object) -> None:
    """Stand in for what does not come to its end."""
    raise KeyboardInterrupt


def test_loading_makes_the_tables_of_the_contract(folder: Path, write_segment: Any) -> None:
    assert load_segment(folder, write_segment("algebra"))

    warehouse = open_warehouse(folder)
    columns = warehouse.sql(
        "SELECT table_name, string_agg(column_name, ' ' ORDER BY column_index) "
        "FROM duckdb_columns() WHERE NOT internal GROUP BY ALL"
    )
    assert dict(columns.fetchall()) == {
        "lessons": "lesson_id course title teacher started_at duration_s recording recording_sha256 "
        "width height frame_rate run_id",
        "frames": "lesson_id pts_s weight_s faces",
        "faces": "lesson_id pts_s track_id student_id x y w h detection_score quality "
        "angry disgust fear happy neutral sad surprise emotion",
        "tracks": "lesson_id track_id first_s last_s observations student_id",
        "runs": "run_id software_version model_sha256 settings fingerprint started_at ended_at status "
        "purpose jurisdiction",
        "segments": "lesson_id start_s end_s title",
        "students": "student_id name enrolled_at",
        "consents": "student_id scope course given_at ends_at withdrawn_at",
        "schema_migrations": "version name software_version applied_at",
        # What lies under the views frames and faces.
        "lesson_keys": "lesson_key lesson_id",
        "frame_rows": "lesson_key pts_us weight_us faces",
        "face_rows": "lesson_key pts_us track_id student_id x y w h detection_score quality "
        "angry disgust fear happy neutral sad surprise emotion",
    }


def test_the_same_run_again_changes_not_a_byte(two_lessons: Path, write_segment: Any) -> None:
    database = two_lessons / DATABASE
    before = database.read_bytes()
    assert not load_segment(two_lessons, write_segment("algebra", "run-1"))
    assert database.read_bytes() == before


def test_another_run_replaces_the_lesson_and_its_segment(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    other = open_warehouse(two_lessons).faces("botany")

    replacement = write_segment("algebra", "run-9", invent.readings(3, 1, "fear"), ended_s=61)
    assert load_segment(two_lessons, replacement)

    warehouse = open_warehouse(two_lessons)
    assert list(warehouse.frames("algebra").faces) == [1, 1, 0]
    assert list(warehouse.faces("algebra").emotion) == ["fear", "fear"]
    assert list(warehouse.tracks("algebra").observations) == [2]
    assert warehouse.run("algebra").run_id == "run-9"
    assert sorted(warehouse.sql("SELECT run_id FROM runs").fetchall()) == [("run-2",), ("run-9",)]
    assert list(replacement.parent.iterdir()) == [replacement]
    pd.testing.assert_frame_equal(warehouse.faces("botany"), other)


def test_a_lesson_of_another_recording_is_not_replaced(two_lessons: Path, write_segment: Any) -> None:
    before = everything(two_lessons)
    edited = {"recording_sha256": "ed" * 32}
    theirs = write_segment("algebra", "run-9", ended_s=61, recording="elsewhere/algebra.mp4", **edited)
    with pytest.raises(RecordingError, match=r"^elsewhere/algebra.mp4 would replace lesson 'algebra', which was read "):
        load_segment(two_lessons, theirs)
    assert everything(two_lessons) == before
    theirs.unlink()
    assert load_segment(two_lessons, write_segment("algebra", "run-8", ended_s=61, recording="moved/algebra.mp4"))
    assert load_segment(
        two_lessons, write_segment("algebra", "run-7", ended_s=62, recording="moved/algebra.mp4", **edited)
    )


def test_a_lesson_of_another_recording_is_not_replaced_where_the_database_is_missing(
    two_lessons: Path, write_segment: Any
) -> None:
    theirs = write_segment(
        "algebra", "run-9", ended_s=61, recording="elsewhere/algebra.mp4", recording_sha256="ed" * 32
    )
    (two_lessons / "emotionkit.duckdb").unlink()
    with pytest.raises(RecordingError, match="would replace lesson 'algebra'"):
        load_segment(two_lessons, theirs)
    assert open_warehouse(two_lessons).run("algebra").run_id == "run-1"


def test_a_class_that_has_begun_keeps_its_name(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    live = {"recording": "camera 0", "recording_sha256": "11" * 32}
    PartsFolder(two_lessons, "zoology", "class").remember(invent.lesson("zoology", **live), invent.run("class"))
    with pytest.raises(RecordingError, match="'zoology', which was begun live and is not finished"):
        load_segment(two_lessons, write_segment("zoology", "run-3"))
    assert load_segment(two_lessons, write_segment("zoology", "class", **live))


def test_a_load_that_fails_half_way_leaves_the_old_rows(
    two_lessons: Path, write_segment: Any, invent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(two_lessons)
    monkeypatch.setattr(rows, "_INSERT_TRACKS", "SELECT error('out of memory, ' || $lesson_id)")
    replacement = write_segment("algebra", "run-9", invent.readings(3, 1, "fear"), ended_s=61)

    with pytest.raises(WarehouseError, match=r"cannot be written: .*out of memory"):
        load_segment(two_lessons, replacement)

    assert everything(two_lessons) == before
    assert len(list(replacement.parent.iterdir())) == 2
    monkeypatch.undo()
    assert load_segment(two_lessons, replacement)
    assert find_run(two_lessons, "algebra") == "run-9"


def test_a_damaged_segment_is_named_and_changes_nothing(two_lessons: Path, write_segment: Any) -> None:
    before = everything(two_lessons)
    path = write_segment("algebra", "run-9", ended_s=61)
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)

    with pytest.raises(WarehouseError, match=r"algebra/run-9\.parquet"):
        load_segment(two_lessons, path)
    assert everything(two_lessons) == before


def test_a_load_cut_short_between_commit_and_cleaning_up_has_loaded(
    two_lessons: Path, write_segment: Any, invent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_remove_superseded", interrupted)
    replacement = write_segment("algebra", "run-9", invent.readings(3, 1, "fear"), ended_s=61)
    with pytest.raises(KeyboardInterrupt):
        load_segment(two_lessons, replacement)
    monkeypatch.undo()

    assert find_run(two_lessons, "algebra") == "run-9"
    assert len(list(replacement.parent.iterdir())) == 2
    assert not load_segment(two_lessons, replacement)
    assert list(replacement.parent.iterdir()) == [replacement]


@pytest.mark.parametrize("lost", [False, True], ids=["", "database lost"])
def test_a_load_cut_short_has_its_line_in_the_audit_log(
    two_lessons: Path, write_segment: Any, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    before = verify_audit(two_lessons).lines
    if lost:
        (two_lessons / DATABASE).unlink()
    monkeypatch.setattr(load, "_remove_superseded", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_segment(two_lessons, write_segment("chemistry"))

    assert find_run(two_lessons, "chemistry")
    assert verify_audit(two_lessons).lines == before + 1


def test_a_process_killed_within_the_transaction_has_not_loaded(two_lessons: Path, write_segment: Any) -> None:
    before = everything(two_lessons)
    replacement = write_segment("algebra", "run-9", ended_s=61)
    script = f"""
import os
from pathlib import Path
from emotionkit.warehouse import load, rows
insert = rows._insert_lesson
def killed(*arguments):
    insert(*arguments)
    os._exit(9)
rows._insert_lesson = killed
load.load_segment(Path({str(two_lessons)!r}), Path({str(replacement)!r}))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert everything(two_lessons) == before


def test_a_process_killed_before_the_checkpoint_has_loaded(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    replacement = write_segment("algebra", "run-9", invent.readings(3, 1, "fear"), ended_s=61)
    script = f"""
import os
from pathlib import Path
from emotionkit.warehouse import load
replace = load.replace_lesson
def killed(*arguments):
    replace(*arguments)
    os._exit(9)
load.replace_lesson = killed
load.load_segment(Path({str(two_lessons)!r}), Path({str(replacement)!r}))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert (two_lessons / f"{DATABASE}.wal").exists()

    assert list(open_warehouse(two_lessons).faces("algebra").emotion) == ["fear", "fear"]


def test_a_segment_finished_later_by_somebody_else_waits_for_its_turn(two_lessons: Path, write_segment: Any) -> None:
    mine = write_segment("algebra", "run-3", ended_s=70)
    theirs = write_segment("algebra", "run-4", ended_s=80)
    assert load_segment(two_lessons, mine)
    assert theirs.exists()
    assert load_segment(two_lessons, theirs)
    assert not mine.exists()


def test_the_run_before_is_superseded_even_by_a_slow_clock(two_lessons: Path, write_segment: Any) -> None:
    earlier = write_segment("algebra", "run-3", ended_s=-3600)
    assert load_segment(two_lessons, earlier)
    assert list(earlier.parent.iterdir()) == [earlier]


def test_a_deleted_database_comes_back_with_all_lessons(two_lessons: Path, write_segment: Any) -> None:
    before = everything(two_lessons)
    (two_lessons / DATABASE).unlink()
    assert load_segment(two_lessons, two_lessons / "segments/course=Mathematics/month=2026-09/algebra/run-1.parquet")
    assert everything(two_lessons) == before


def test_only_segments_in_their_place_are_loaded(folder: Path, tmp_path: Path, write_segment: Any) -> None:
    elsewhere = write_segment("algebra").rename(tmp_path / "run-1.parquet")
    with pytest.raises(InvalidInputError, match="belongs at"):
        load_segment(folder, elsewhere)
    with pytest.raises(WarehouseError, match="cannot be read"):
        load_segment(folder, folder / "segments" / "algebra" / "run-1.parquet")
    assert not (folder / DATABASE).exists()


def test_equal_probabilities_give_the_first_emotion(folder: Path, write_segment: Any, invent: Any) -> None:
    load_segment(folder, write_segment("algebra", readings=invent.readings(2, 1, "angry", share=1 / 7)))
    assert list(open_warehouse(folder).faces("algebra").emotion) == ["angry"]


def test_nothing_else_lies_in_the_folder(two_lessons: Path, usual_files: set[str]) -> None:
    assert {path.name for path in two_lessons.iterdir()} == usual_files


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, instants as text, migrations apart."""
    with duckdb.connect(folder / DATABASE, read_only=True) as connection:
        tables = ("lessons", "frames", "faces", "tracks", "runs", "students", "consents")
        return {
            table: connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {table} ORDER BY ALL").fetchall()
            for table in tables
        }
