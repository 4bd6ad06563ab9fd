"""Parts of a lesson: what goes in comes back, with other numbers, and in order."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.errors import InvalidInputError, WarehouseError
from emotionkit.records import BoundingBox, FaceReading, FrameReading
from emotionkit.warehouse import Part, PartsFolder, SegmentWriter
from emotionkit.warehouse.segments import segment_batches

TRACKS = 6


def frames_of(tracks: list[list[int]]) -> list[FrameReading]:
    """A frame per list of tracks; each face tells by its box whose it is and when."""
    share = np.full(7, 1 / 7, np.float32)
    return [
        FrameReading(
            Fraction(index, 2),
            Fraction(1, 2),
            tuple(FaceReading(track, BoundingBox(index, track, 40, 40), 1.0, 0.5, share) for track in frame),
        )
        for index, frame in enumerate(tracks)
    ]


def shape(readings: Any) -> list[tuple[float, list[tuple[int, float]]]]:
    return [(float(one.pts), [(face.track_id, face.box.y) for face in one.faces]) for one in readings]


frames = st.lists(st.lists(st.integers(1, TRACKS), unique=True), max_size=5)


@given(frames, st.permutations(range(1, TRACKS + 1)))
def test_renumbered_each_face_keeps_its_values_and_stands_in_the_new_order(
    tracks: list[list[int]], order: list[int]
) -> None:
    numbers = dict(enumerate(order, start=1))
    part = Part.of(frames_of(tracks), [])
    expected = [
        (index / 2, sorted((numbers[track], float(track)) for track in frame)) for index, frame in enumerate(tracks)
    ]
    assert shape(part.renumbered(numbers).readings) == expected


@given(frames)
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, tracks: list[list[int]]) -> None:
    parts = PartsFolder(tmp_path_factory.mktemp("warehouse"), "algebra", "run-1")
    with parts.kept_from_others():
        parts.write("piece-00000", Part.of(frames_of(tracks), [{"note": 1}]))
        back = parts.read("piece-00000")
    assert back is not None
    assert shape(back.readings) == shape(frames_of(tracks))
    assert back.notes == [{"note": 1}]
    assert back.span_s == (0, len(tracks) / 2)


def test_a_part_of_another_lesson_is_a_new_number_missing() -> None:
    with pytest.raises(KeyError):
        Part.of(frames_of([[1, 2]]), []).renumbered({1: 1})


def test_what_cannot_be_is_refused_when_a_part_is_made(invent: Any) -> None:
    first, second, *_ = invent.readings()
    with pytest.raises(InvalidInputError, match="time must increase"):
        Part.of([second, first], [])
    with pytest.raises(InvalidInputError, match="has quality 2"):
        Part.of([replace(first, faces=(replace(first.faces[0], quality=2),))], [])


def test_parts_follow_each_other_in_a_segment(folder: Path, invent: Any) -> None:
    readings = invent.readings(1300, 2)
    rows = [Part.of(readings[start : start + 120], []).rows for start in range(0, len(readings), 120)]
    with SegmentWriter(folder, "algebra", "run-1") as writer:
        for some in rows:
            writer.add_rows(some)
        with pytest.raises(InvalidInputError, match="time must increase"):
            writer.add_rows(rows[0])
        path = writer.finish(invent.lesson("algebra"), invent.run("run-1"))
    back = [row["pts_s"] for batch in segment_batches(folder, path) for row in batch.to_pylist()]
    assert back == [index / 2 for index in range(1300)]


def test_parts_of_runs_at_work_and_of_begun_classes_stay(folder: Path, invent: Any) -> None:
    mine, at_work, class_, left = (PartsFolder(folder, "algebra", run) for run in ("mine", "at-work", "class", "left"))
    nothing = Part.of([], [])
    for parts in (class_, left):
        with parts.kept_from_others():
            parts.write("piece-00000", nothing)
    class_.remember(invent.lesson("algebra"), invent.run("class"))
    with mine.kept_from_others(), at_work.kept_from_others():
        at_work.write("piece-00000", nothing)
        mine.write("piece-00000", nothing)
        mine.remove()
        at_work.write("piece-00001", nothing)
    assert at_work.names() == {"piece-00000", "piece-00001"}
    assert class_.names() == {"piece-00000"}
    assert not left.path.exists()
    assert not mine.path.exists()

    class_.remove_leftovers()
    at_work.remove_leftovers()
    assert not (folder / "parts").exists()


@pytest.fixture
def of_a_class(folder: Path, invent: Any) -> PartsFolder:
    """One part of a class begun live."""
    parts = PartsFolder(folder, "algebra", "class")
    with parts.kept_from_others():
        parts.write("piece-00000", Part.of(frames_of([[1, 2], [2]]), []))
    parts.remember(invent.lesson("algebra"), invent.run("class"))
    return parts


def test_what_the_disk_does_not_give_now_is_no_damage(of_a_class: PartsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network drive that is away for a moment."""

    def fail(path: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "read_bytes", fail)
        for read in (of_a_class.read, of_a_class.read_notes):
            with pytest.raises(WarehouseError, match="that cannot be read: Input/output error"):
                read("piece-00000")
    assert of_a_class.read("piece-00000") is not None
    assert of_a_class.read("piece-00001") is None


@pytest.mark.parametrize("damage", ["cut short", "a byte"])
def test_a_damaged_part_is_discarded_only_where_it_can_be_made_anew(of_a_class: PartsFolder, damage: str) -> None:
    path = of_a_class.path / "piece-00000.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content[: len(content) // 2] if damage == "cut short" else content)
    assert of_a_class.read("piece-00000") is None
    assert "has a damaged part, piece-00000, of class algebra" in str(of_a_class.lost("piece-00000"))
    assert path.exists()
    of_a_class.forget()
    assert str(of_a_class.lost("piece-00000")).endswith("lost a part, piece-00000, of algebra; start again.")
    assert not path.exists()
