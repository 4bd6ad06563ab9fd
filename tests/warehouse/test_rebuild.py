"""The database can always be made anew from the segments."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emotionkit.errors import WarehouseError
from emotionkit.warehouse import find_run, open_warehouse, rebuild, replacing
from emotionkit.warehouse.connection import DATABASE


def test_a_rebuilt_database_is_equal(two_lessons: Path) -> None:
    before = frames_of(two_lessons)
    assert rebuild(two_lessons) == 2
    after = frames_of(two_lessons)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(after[name], frame)


@pytest.mark.parametrize("ruin", [lambda path: path.unlink(), lambda path: path.write_bytes(b"rubbish" * 1000)])
def test_a_lost_or_ruined_database_comes_back(two_lessons: Path, ruin: Callable[[Path], Any]) -> None:
    before = frames_of(two_lessons)
    ruin(two_lessons / DATABASE)
    assert rebuild(two_lessons) == 2
    pd.testing.assert_frame_equal(frames_of(two_lessons)["algebra faces"], before["algebra faces"])


def test_the_run_that_ended_last_counts(two_lessons: Path, write_segment: Any) -> None:
    write_segment("algebra", "run-8", ended_s=90)
    write_segment("algebra", "run-9", ended_s=80)
    assert rebuild(two_lessons) == 2
    assert find_run(two_lessons, "algebra") == "run-8"


def test_damaged_segments_are_named_and_the_others_loaded(
    two_lessons: Path, write_segment: Any, caplog: pytest.LogCaptureFixture
) -> None:
    flipped = write_segment("algebra", "run-9", ended_s=90)
    content = bytearray(flipped.read_bytes())
    content[30] ^= 1
    flipped.write_bytes(content)
    write_segment("chemistry", "run-5").write_bytes(b"PAR1")

    with caplog.at_level(logging.WARNING):
        assert rebuild(two_lessons) == 2

    assert find_run(two_lessons, "algebra") == "run-1"
    named = [record.getMessage() for record in caplog.records]
    assert len(named) == 2
    assert "chemistry/run-5.parquet" in named[0]
    assert "algebra/run-9.parquet" in named[1]


def test_a_rebuild_that_fails_leaves_the_database_that_was_there(
    two_lessons: Path, usual_files: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (two_lessons / DATABASE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replacing, "sync_file", full)
    with pytest.raises(WarehouseError, match=r"cannot be written: the disk is full\.$"):
        rebuild(two_lessons)
    assert (two_lessons / DATABASE).read_bytes() == before
    assert {path.name for path in two_lessons.iterdir()} == usual_files


def test_what_a_killed_attempt_left_is_not_in_the_way(two_lessons: Path, usual_files: set[str]) -> None:
    (two_lessons / f".{DATABASE}.new").write_bytes(b"half a database")
    (two_lessons / f".{DATABASE}.new.wal").write_bytes(b"half a log")
    (two_lessons / f"{DATABASE}.wal").write_bytes(b"")
    assert rebuild(two_lessons) == 2
    assert {path.name for path in two_lessons.iterdir()} == usual_files


def test_a_folder_without_segments_gives_an_empty_warehouse(tmp_path: Path) -> None:
    assert rebuild(tmp_path) == 0
    assert open_warehouse(tmp_path).lessons().empty


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="does not exist"):
        rebuild(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(WarehouseError, match="is a file, not a folder"):
        rebuild(tmp_path / "file")


def frames_of(folder: Path) -> dict[str, pd.DataFrame]:
    """All that a warehouse answers of its lessons."""
    with open_warehouse(folder) as warehouse:
        frames = {"lessons": warehouse.lessons()}
        for lesson_id in frames["lessons"].lesson_id:
            frames[f"{lesson_id} frames"] = warehouse.frames(lesson_id)
            frames[f"{lesson_id} faces"] = warehouse.faces(lesson_id)
            frames[f"{lesson_id} tracks"] = warehouse.tracks(lesson_id)
        return frames
