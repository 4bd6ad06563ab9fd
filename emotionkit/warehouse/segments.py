"""Segments: one Parquet file per lesson and run, with a row per sampled frame; the durable truth of a warehouse."""

from __future__ import annotations

import contextlib
import glob
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import TypeAdapter

from emotionkit.durable import move_durably, remove_empty
from emotionkit.errors import WarehouseError
from emotionkit.records import EMOTIONS, FaceReading, FrameReading, Lesson, Run
from emotionkit.warehouse.faults import reason
from emotionkit.warehouse.naming import validated_lesson_id, validated_name
from emotionkit.warehouse.partitions import partition

FORMAT_VERSION = 1
SEGMENTS = "segments"

FORMAT_KEY = b"emotionkit.format"
LESSON_KEY = b"emotionkit.lesson"
RUN_KEY = b"emotionkit.run"
ERASURES_KEY = b"emotionkit.erasures"
"""Footer key of segments of which a person was erased: a JSON list of the receipts."""

BOX_FIELDS = ("x", "y", "w", "h")
MEASURES = (*BOX_FIELDS, "detection_score", "quality", *EMOTIONS)
"""The float32 fields of a face, in the order of the file."""

_FACE = pa.struct([("track_id", pa.int32()), *((name, pa.float32()) for name in MEASURES)])
SCHEMA = pa.schema([("pts_s", pa.float64()), ("weight_s", pa.float64()), ("faces", pa.list_(_FACE))])

LESSON_JSON = TypeAdapter(Lesson)
RUN_JSON = TypeAdapter(Run)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment and what its footer tells of it; ``erasures`` are the receipts of what was erased from it."""

    path: Path
    lesson: Lesson
    run: Run
    frames: int
    erasures: tuple[str, ...] = ()


def segment_home(folder: Path, lesson: Lesson, run_id: str) -> Path:
    """Return where the segment of a lesson's run belongs, whether or not it is there.

    Raises:
        InvalidInputError: An id cannot be part of a path.
    """
    name = f"{validated_name(run_id, 'run id')}.parquet"
    return folder / SEGMENTS / partition(lesson) / validated_lesson_id(lesson.lesson_id) / name


def segment_path(folder: Path, lesson_id: str, run_id: str) -> Path:
    """Return where a segment is written while its course and date may not be known: where version 0.1 kept them all.

    Raises:
        InvalidInputError: An id cannot be part of a path.
    """
    return folder / SEGMENTS / validated_lesson_id(lesson_id) / f"{validated_name(run_id, 'run id')}.parquet"


def find_segment(folder: Path, lesson_id: str, run_id: str) -> Path | None:
    """Return the segment of a run if it is there and its footer can be read, as after a load that was cut short.

    Raises:
        InvalidInputError: An id cannot be part of a path.
    """
    name = segment_path(folder, lesson_id, run_id).name
    for path in segment_paths(folder, validated_lesson_id(lesson_id)):
        with contextlib.suppress(WarehouseError):
            if path.name == name and read_segment(folder, path):
                return path
    return None


def segment_paths(folder: Path, lesson_id: str | None = None) -> list[Path]:
    """Return the finished segments of a lesson, or of all, wherever they lie, in the order of their names."""
    return [path for lesson in lesson_folders(folder, lesson_id) for path in sorted(lesson.glob("[!.]*.parquet"))]


def lesson_folders(folder: Path, lesson_id: str | None = None) -> list[Path]:
    """Return the folders that hold, or held, something of a lesson, or of any: in their partitions, then elsewhere.

    A folder of version 0.1, or of a lesson being read, lies beside the partitions.
    """
    name = glob.escape(lesson_id) if lesson_id else "*"
    segments = folder / SEGMENTS
    partitioned = sorted(segments.glob(f"course=*/month=*/{name}"))
    # A lesson may be named like a partition, but a partition holds no files.
    return [*partitioned, *sorted(place for place in segments.glob(name) if not any(place.glob("month=*/")))]


def settled(folder: Path, segment: Segment) -> Segment:
    """Move a segment to where its lesson's course and month say, if it lies elsewhere, and return it from there.

    Raises:
        OSError: It cannot be moved; it is where it was then.
    """
    home = segment_home(folder, segment.lesson, segment.run.run_id)
    if home != segment.path:
        move_durably(segment.path, home)
        remove_empty(segment.path.parent, folder / SEGMENTS)
    return replace(segment, path=home)


def measures_of(face: FaceReading) -> tuple[float, ...]:
    """Return a face's numbers in the order of ``MEASURES``."""
    box = face.box
    return box.x, box.y, box.w, box.h, face.detection_score, face.quality, *face.probabilities


def record_batch(readings: Sequence[FrameReading]) -> pa.RecordBatch:
    """Return readings as rows of a segment."""
    faces = [face for reading in readings for face in reading.faces]
    measures: NDArray[np.float32] = np.array([measures_of(face) for face in faces], np.float32)
    tracks = np.array([face.track_id for face in faces], np.int32)
    columns = [tracks, *measures.reshape(len(faces), len(MEASURES)).T]
    offsets = np.cumsum([0, *(len(reading.faces) for reading in readings)], dtype=np.int32)
    times = np.array([(float(reading.pts), float(reading.weight)) for reading in readings], np.float64).reshape(-1, 2)
    return _rows(times.T, offsets, columns)


def renumbered(rows: pa.RecordBatch, numbers: Mapping[int, int]) -> pa.RecordBatch:
    """Return rows of a segment whose tracks have other numbers, each frame's faces in their new order.

    Args:
        rows: Some.
        numbers: The new number of each track.

    Raises:
        KeyError: A track has no new number.
    """
    faces = rows["faces"]
    offsets = values_of(faces.offsets)
    first, last = offsets[[0, -1]].tolist()
    columns = [values_of(column) for column in faces.values[first:last].flatten()]
    known, place = np.unique(columns[0], return_inverse=True)
    tracks = np.array([numbers[number] for number in known.tolist()], np.int32)[place]
    order = np.lexsort((tracks, np.repeat(np.arange(len(rows)), np.diff(offsets))))
    times = [values_of(rows[name]) for name in ("pts_s", "weight_s")]
    return _rows(times, offsets - first, [column[order] for column in (tracks, *columns[1:])])


def _rows(
    times: Iterable[NDArray[np.float64]], offsets: NDArray[np.int32], columns: Iterable[NDArray[np.generic]]
) -> pa.RecordBatch:
    """Return rows of times and weights, where each frame's faces begin and end, and the numbers of the faces."""
    structs = pa.StructArray.from_arrays([_column(column) for column in columns], fields=list(_FACE))
    faces = pa.ListArray.from_arrays(_column(offsets), structs)
    return pa.RecordBatch.from_arrays([*map(_column, times), faces], schema=SCHEMA)


def values_of(column: pa.Array) -> NDArray[Any]:
    """Return the numbers of a column as ``to_numpy`` does, without loading pandas as that does: 0.15 s of a lesson."""
    return np.from_dlpack(column)


def _column(values: NDArray[np.generic]) -> pa.Array:
    """Return what ``pa.array`` does, without loading pandas: half a second in every worker."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)


def read_segment(folder: Path, path: Path) -> Segment:
    """Return what a segment's footer tells, without reading its rows.

    Raises:
        WarehouseError: The file is missing, damaged, of a newer format or not a segment; the sentence names it.
    """
    try:
        with pq.ParquetFile(path) as file:
            facts, frames = file.metadata.metadata or {}, file.metadata.num_rows
            if int(facts[FORMAT_KEY]) > FORMAT_VERSION:
                raise WarehouseError(folder, f"holds {path.name}, a segment of a newer emotionkit: update emotionkit.")
            if not file.schema_arrow.equals(SCHEMA):
                raise damaged(folder, path, "its columns are not those of a segment.")
        return Segment(
            path,
            LESSON_JSON.validate_json(facts[LESSON_KEY]),
            RUN_JSON.validate_json(facts[RUN_KEY]),
            frames,
            tuple(json.loads(facts.get(ERASURES_KEY, b"[]"))),
        )
    except (OSError, pa.ArrowException) as error:
        raise damaged(folder, path, reason(error)) from error
    except (KeyError, ValueError) as error:
        raise damaged(folder, path, "it does not tell its lesson and run.") from error


def segment_batches(folder: Path, path: Path) -> Iterator[pa.RecordBatch]:
    """Yield a segment's rows piece by piece, checking the checksum of every page.

    Raises:
        WarehouseError: The file is damaged.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield from file.iter_batches()
    except (OSError, pa.ArrowException) as error:
        raise damaged(folder, path, reason(error)) from error


def damaged(folder: Path, path: Path, why: str) -> WarehouseError:
    """Return the error that names a segment which cannot be read."""
    place = path.relative_to(folder) if path.is_relative_to(folder) else path
    return WarehouseError(folder, f"holds a segment that cannot be read, {place}: {why}")
