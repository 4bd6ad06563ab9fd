"""Parts: what was read of one piece of a recording, kept until the whole lesson is a segment.

They lie in ``DIR/parts/LESSON/RUN/NAME.parquet``, each written whole. A run that is stopped leaves them, and the same
run started again needs only those that are missing.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import filelock
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from emotionkit.durable import write_durably
from emotionkit.errors import WarehouseError
from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, FrameReading, Lesson, Run
from emotionkit.warehouse.checks import check_frame
from emotionkit.warehouse.faults import reason, told
from emotionkit.warehouse.naming import validated_lesson_id, validated_name
from emotionkit.warehouse.segments import LESSON_JSON, RUN_JSON, SCHEMA, record_batch, renumbered

PARTS = "parts"
_NOTES_KEY = b"emotionkit.notes"
BEGUN = "begun.json"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one piece.

    Attributes:
        rows: A row per frame, in order, as in a segment; the tracks are numbered within the piece.
        notes: What else the reader wants to remember, as plain values for JSON.
    """

    rows: pa.RecordBatch
    notes: list[dict[str, Any]]

    @classmethod
    def of(cls, readings: Sequence[FrameReading], notes: list[dict[str, Any]]) -> Self:
        """Return the part of some readings.

        Raises:
            InvalidInputError: A reading cannot be true: time does not increase, or a number is out of its range.
        """
        previous_s = float("-inf")
        for reading in readings:
            check_frame(reading, previous_s)
            previous_s = float(reading.pts)
        return cls(record_batch(readings), notes)

    @property
    def span_s(self) -> tuple[float, float]:
        """Seconds from the first frame to where the last ends; 0 and 0 if there is none."""
        ends = [*self.rows[:1].to_pylist(), *self.rows[-1:].to_pylist()]
        return (ends[0]["pts_s"], ends[1]["pts_s"] + ends[1]["weight_s"]) if ends else (0.0, 0.0)

    def renumbered(self, numbers: Mapping[int, int]) -> Part:
        """Return the part with other numbers of tracks, each frame's faces in their new order.

        Raises:
            KeyError: A track has no new number.
        """
        return Part(renumbered(self.rows, numbers), self.notes)

    @property
    def readings(self) -> Iterator[FrameReading]:
        """The rows as readings, one after the other."""
        return map(_reading, self.rows.to_pylist())


class PartsFolder:
    """The parts of one run."""

    def __init__(self, folder: Path, lesson_id: str, run_id: str) -> None:
        """Describe it; nothing is written before the first part.

        Raises:
            InvalidInputError: An id cannot be part of a path.
        """
        self._warehouse = folder
        self._path = folder / PARTS / validated_lesson_id(lesson_id) / validated_name(run_id, "run id")

    @property
    def path(self) -> Path:
        """Where they lie."""
        return self._path

    @property
    def is_of_class(self) -> bool:
        """Whether they are of a class begun live, which nobody can read again."""
        return (self._path / BEGUN).exists()

    def has(self, name: str) -> bool:
        """Say whether a part is there."""
        return (self._path / f"{name}.parquet").exists()

    def names(self) -> frozenset[str]:
        """Return the names of the parts that are there."""
        return frozenset(path.stem for path in self._path.glob("[!.]*.parquet"))

    def write(self, name: str, part: Part) -> None:
        """Write a part whole, to the disk, or not at all.

        Only while somebody keeps the run from others: a worker that was cut off and comes back must not leave parts of
        a lesson that is finished, or erased.

        Raises:
            WarehouseError: It cannot be written, as on a full disk, or nobody keeps the run.
        """
        with told(self._warehouse, "cannot be written"):
            table = pa.Table.from_batches([part.rows], SCHEMA)
            table = table.replace_schema_metadata({_NOTES_KEY: json.dumps(part.notes).encode()})
            content = pa.BufferOutputStream()
            pq.write_table(table, content, compression="zstd", write_page_checksum=True)
            write_durably(self._path / f"{name}.parquet", content.getvalue().to_pybytes())

    def read(self, name: str) -> Part | None:
        """Return a part; None if it is not there or damaged, and has to be made anew.

        Raises:
            WarehouseError: The disk does not give it, which says nothing of what it holds, and nobody can make it anew.
        """
        read = self._table(name, None)
        if read is None:
            return None
        table, notes = read
        (rows,) = table.combine_chunks().to_batches() or [record_batch(())]
        return Part(rows, notes)

    def remember(self, lesson: Lesson, run: Run) -> None:
        """Keep what is known of a lesson for which there is no recording to ask again.

        Raises:
            WarehouseError: It cannot be written.
        """
        values = {"lesson": LESSON_JSON.dump_python(lesson, mode="json"), "run": RUN_JSON.dump_python(run, mode="json")}
        with told(self._warehouse, "cannot be written"):
            self._path.mkdir(parents=True, exist_ok=True)
            write_durably(self._path / BEGUN, json.dumps(values).encode())

    def forget(self) -> None:
        """Undo :meth:`remember`."""
        (self._path / BEGUN).unlink(missing_ok=True)

    def read_notes(self, name: str) -> tuple[list[float], list[dict[str, Any]]] | None:
        """Return the seconds of a part's frames and its notes, without decoding the rest; None as ``read`` does.

        Raises:
            WarehouseError: As of ``read``.
        """
        read = self._table(name, ["pts_s"])
        return read and (read[0]["pts_s"].to_pylist(), read[1])

    def lost(self, name: str) -> WarehouseError:
        """Return the error that says that a part is damaged; where there is a recording, it is discarded first."""
        lesson = self._path.parent.name
        if self.is_of_class:
            return WarehouseError(self._warehouse, f"has a damaged part, {name}, of class {lesson}, which stays there.")
        self.discard(name)
        return WarehouseError(self._warehouse, f"lost a part, {name}, of {lesson}; start again.")

    def discard(self, name: str) -> None:
        """Remove a part, so that it is made anew."""
        (self._path / f"{name}.parquet").unlink(missing_ok=True)

    @contextmanager
    def kept_from_others(self) -> Iterator[None]:
        """Hold the run for the length of the block, first removing what a killed attempt left half written.

        Raises:
            WarehouseError: Another process works on the same run, or the folder cannot be written.
        """
        with told(self._warehouse, "cannot be written"):
            made = [parent for parent in (self._path, *self._path.parents) if not parent.exists()]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(lock_of(self._path), timeout=0)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                lesson = self._path.parent.name
                raise WarehouseError(self._warehouse, f"is getting lesson {lesson!r} from another process.") from error
        try:
            with told(self._warehouse, "cannot be written"):
                # Only now: before, it might be taken for what an abandoned run left.
                self._path.mkdir(exist_ok=True)
            for leftover in self._path.glob(".*.tmp"):
                leftover.unlink(missing_ok=True)
            yield
        finally:
            lock.release()
            self._tidy(made)

    def clear(self) -> None:
        """Remove all parts of the run; it goes on."""
        for name in self.names():
            self.discard(name)

    def remove(self) -> None:
        """Remove all parts of the run, and those that other runs left of the same lesson.

        Those of a run that is at work stay, and those of a class begun live, which nobody can read again.
        """
        shutil.rmtree(self._path, ignore_errors=True)
        for other in self._path.parent.glob("[!.]*"):
            if not (other / BEGUN).exists():
                remove_unless_at_work(other)

    def remove_leftovers(self) -> None:
        """Remove what a process that was stopped between loading a lesson and tidying up has left of it."""
        self.remove()
        self._tidy(())

    def _table(self, name: str, columns: list[str] | None) -> tuple[pa.Table, list[dict[str, Any]]] | None:
        try:
            # First the bytes: PyArrow calls what is damaged an OSError as well.
            content = (self._path / f"{name}.parquet").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            if not self.is_of_class:
                return None
            what = f"holds a part of class {self._path.parent.name}, {name}, that cannot be read"
            raise WarehouseError(self._warehouse, f"{what}: {reason(error)}") from error
        try:
            with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
                table = file.read(columns)
            return table, json.loads(table.schema.metadata[_NOTES_KEY])
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
            return None

    def _tidy(self, made: Sequence[Path]) -> None:
        """Remove folders that hold nothing: those of the parts, and those that were made for them."""
        if any(self._path.glob("*")):
            return
        with contextlib.suppress(OSError):
            self._path.rmdir()
        lock_of(self._path).unlink(missing_ok=True)
        for folder in (self._path.parent, self._path.parent.parent, *made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def lock_of(run: Path) -> Path:
    """Return the file that whoever is at work on a run holds."""
    return run.with_name(f".{run.name}{_LOCK}")


def remove_unless_at_work(run: Path) -> None:
    """Remove the folder of a run, if nobody holds it and it can be removed."""
    with contextlib.suppress(OSError, filelock.Timeout), filelock.FileLock(lock_of(run), timeout=0):
        shutil.rmtree(run, ignore_errors=True)
        lock_of(run).unlink(missing_ok=True)


def _reading(row: dict[str, Any]) -> FrameReading:
    faces = tuple(map(_face, row["faces"]))
    return FrameReading(Fraction(row["pts_s"]), Fraction(row["weight_s"]), faces)


def _face(face: dict[str, Any]) -> FaceReading:
    box = BoundingBox(face["x"], face["y"], face["w"], face["h"])
    probabilities = np.array([face[emotion] for emotion in EMOTIONS], np.float32)
    return FaceReading(face["track_id"], box, face["detection_score"], face["quality"], probabilities)
