"""Segments are written whole or not at all, and hold only what can be true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from emotionkit.errors import InvalidInputError, WarehouseError
from emotionkit.records import EMOTIONS, BoundingBox, FrameReading
from emotionkit.warehouse import SegmentWriter, find_segment
from emotionkit.warehouse.segments import read_segment, segment_batches


def test_a_segment_is_one_parquet_file_that_any_tool_reads(folder: Path, write_segment: Any, invent: Any) -> None:
    path = write_segment("algebra", "run-1")

    assert path == folder / "segments/course=Mathematics/month=2026-09/algebra/run-1.parquet"
    table = pq.read_table(path)
    assert table.column_names == ["pts_s", "weight_s", "faces"]
    first, *_, last = table.to_pylist()
    assert (first["pts_s"], first["weight_s"]) == (0.0, 0.5)
    assert [face["track_id"] for face in first["faces"]] == [1, 2]
    assert list(first["faces"][0])[-7:] == list(EMOTIONS)
    assert last["faces"] == []
    facts = pq.read_metadata(path).metadata
    assert json.loads(facts[b"emotionkit.lesson"])["title"] == "Quadratic equations"
    assert json.loads(facts[b"emotionkit.run"])["run_id"] == "run-1"
    assert facts[b"emotionkit.format"] == b"1"


def test_lesson_and_run_come_back_as_they_went_in(folder: Path, write_segment: Any, invent: Any) -> None:
    path = write_segment("algebra", "run-1", started_at=None, course=None, title='„a\\b" — 数')
    segment = read_segment(folder, path)
    assert segment.lesson == invent.lesson("algebra", started_at=None, course=None, title='„a\\b" — 数')
    assert segment.run == invent.run("run-1")


def test_readings_are_written_as_they_arrive(folder: Path, invent: Any) -> None:
    with SegmentWriter(folder, "long", "run-1") as writer:
        for reading in invent.readings(2000, 3):
            writer.add(reading)
        path = writer.finish(invent.lesson("long"), invent.run())
    assert pq.read_metadata(path).num_row_groups == 4
    assert sum(batch.num_rows for batch in segment_batches(folder, path)) == 2000


def test_a_lesson_without_a_single_face_is_a_segment_too(folder: Path, write_segment: Any, invent: Any) -> None:
    path = write_segment("empty-room", readings=invent.readings(4, 0))
    assert [row["faces"] for row in pq.read_table(path).to_pylist()] == [[], [], [], []]


@pytest.mark.parametrize("frames", [0, 5, 600])
def test_leaving_without_finish_leaves_nothing_behind(folder: Path, invent: Any, frames: int) -> None:
    def interrupted() -> None:
        with SegmentWriter(folder, "algebra", "run-1") as writer:
            for reading in invent.readings(frames, 1):
                writer.add(reading)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not folder.exists()


def test_an_attempt_that_failed_leaves_what_was_there(folder: Path, write_segment: Any, invent: Any) -> None:
    path = write_segment("algebra", "run-1")
    before = path.read_bytes()
    with SegmentWriter(folder, "algebra", "run-1") as writer:
        writer.add(invent.readings()[0])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_writing_the_same_run_again_replaces_the_file(folder: Path, write_segment: Any, invent: Any) -> None:
    write_segment("algebra", "run-1")
    path = write_segment("algebra", "run-1", invent.readings(3))
    assert pq.read_metadata(path).num_rows == 3


def test_time_must_increase(folder: Path, invent: Any) -> None:
    first, second, *_ = invent.readings()
    with SegmentWriter(folder, "algebra", "run-1") as writer:
        writer.add(second)
        for late in (first, second):
            with pytest.raises(InvalidInputError, match="time must increase"):
                writer.add(late)


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"track_id": 0}, "track number below 1"),
        ({"box": BoundingBox(0, 0, 0, 10)}, "no proper box"),
        ({"box": BoundingBox(float("nan"), 0, 10, 10)}, "no proper box"),
        ({"detection_score": float("inf")}, "no proper box and score"),
        ({"quality": 1.5}, "quality 1.5"),
        ({"quality": float("nan")}, "quality nan"),
        ({"probabilities": np.full(6, 1 / 6, np.float32)}, r"shape \(6,\)"),
        ({"probabilities": np.full(7, 0.2, np.float32)}, "no distribution"),
        ({"probabilities": np.full(7, np.nan, np.float32)}, "no distribution"),
        ({"probabilities": np.array([1.5, -0.5, 0, 0, 0, 0, 0], np.float32)}, "no distribution"),
    ],
)
def test_faces_that_cannot_be_are_refused(folder: Path, invent: Any, fault: dict[str, Any], complaint: str) -> None:
    reading = FrameReading(Fraction(0), Fraction(1, 2), (replace(invent.face(), **fault),))
    with (
        SegmentWriter(folder, "algebra", "run-1") as writer,
        pytest.raises(InvalidInputError, match=f"at 0.0 s has.*{complaint}"),
    ):
        writer.add(reading)


def test_frames_that_cannot_be_are_refused(folder: Path, invent: Any) -> None:
    with SegmentWriter(folder, "algebra", "run-1") as writer:
        with pytest.raises(InvalidInputError, match="weight cannot be negative"):
            writer.add(FrameReading(Fraction(0), Fraction(-1, 2), ()))
        with pytest.raises(InvalidInputError, match=r"two faces of one track: \[4, 4\]"):
            writer.add(FrameReading(Fraction(0), Fraction(1, 2), (invent.face(4), invent.face(4))))


def test_a_segment_is_finished_only_as_what_it_was_begun_for(folder: Path, invent: Any) -> None:
    with SegmentWriter(folder, "algebra", "run-1") as writer:
        with pytest.raises(InvalidInputError, match="cannot hold"):
            writer.finish(invent.lesson("botany"), invent.run("run-1"))
        with pytest.raises(InvalidInputError, match="cannot hold"):
            writer.finish(invent.lesson("algebra"), invent.run("run-2"))
        with pytest.raises(InvalidInputError, match="needs a time zone"):
            writer.finish(invent.lesson(started_at=datetime(2026, 9, 14)), invent.run("run-1"))
    assert not folder.exists()


def test_names_are_checked_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(InvalidInputError, match="lesson id"):
        SegmentWriter(folder, "../algebra", "run-1")
    with pytest.raises(InvalidInputError, match="run id"):
        SegmentWriter(folder, "algebra", "a/b")
    assert not folder.exists()


def test_find_segment_knows_work_that_was_done_but_not_loaded(folder: Path, write_segment: Any) -> None:
    assert find_segment(folder, "algebra", "run-1") is None
    path = write_segment("algebra", "run-1")
    assert find_segment(folder, "algebra", "run-1") == path
    path.write_bytes(path.read_bytes()[:100])
    assert find_segment(folder, "algebra", "run-1") is None


def test_a_damaged_segment_is_named(folder: Path, write_segment: Any) -> None:
    path = write_segment("algebra", "run-1")
    whole = path.read_bytes()
    for damage in (b"", b"hello", whole[: len(whole) // 2], whole[:-4] + b"PAR2"):
        path.write_bytes(damage)
        with pytest.raises(
            WarehouseError, match=r"cannot be read, segments/.*/algebra/run-1\.parquet: .*\.$"
        ) as caught:
            read_segment(folder, path)
        assert "\n" not in str(caught.value)


def test_a_flipped_bit_in_the_rows_is_noticed(folder: Path, write_segment: Any) -> None:
    path = write_segment("algebra", "run-1")
    flip_a_bit(path, at=30)
    read_segment(folder, path)
    with pytest.raises(WarehouseError, match=r"algebra/run-1\.parquet"):
        list(segment_batches(folder, path))


def test_other_parquet_files_and_newer_segments_are_refused(folder: Path, write_segment: Any) -> None:
    path = write_segment("algebra", "run-1")
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata(None), path)
    with pytest.raises(WarehouseError, match="does not tell its lesson and run"):
        read_segment(folder, path)
    pq.write_table(table.replace_schema_metadata({b"emotionkit.format": b"2"}), path)
    with pytest.raises(WarehouseError, match="newer emotionkit"):
        read_segment(folder, path)
    pq.write_table(table.select(["pts_s"]).replace_schema_metadata({b"emotionkit.format": b"1"}), path)
    with pytest.raises(WarehouseError, match="columns are not those"):
        read_segment(folder, path)


def flip_a_bit(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
