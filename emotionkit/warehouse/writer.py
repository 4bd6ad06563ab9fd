"""Writing a segment, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from emotionkit.durable import move_durably, remove_empty
from emotionkit.errors import InvalidInputError
from emotionkit.records import FrameReading, Lesson, Run
from emotionkit.warehouse.checks import check_frame, check_instants, check_time
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.segments import (
    ERASURES_KEY,
    FORMAT_KEY,
    FORMAT_VERSION,
    LESSON_JSON,
    LESSON_KEY,
    RUN_JSON,
    RUN_KEY,
    SCHEMA,
    SEGMENTS,
    record_batch,
    segment_home,
    segment_path,
    values_of,
)

# About four minutes at two frames a second: few enough to keep, many enough to compress.
_FRAMES_PER_ROW_GROUP = 512


class SegmentWriter:
    """Writes the readings of one run as they arrive; memory does not grow with the length of the lesson.

    The file appears under its own name only when it is complete and on the disk. Leaving the block without
    :meth:`finish` leaves nothing behind::

        with SegmentWriter(folder, lesson_id, run_id) as writer:
            for reading in readings:
                writer.add(reading)
            segment = writer.finish(lesson, run)
        load_segment(folder, segment)

    Attributes:
        path: Where the segment is being written, and where it lies once it is finished.
    """

    def __init__(self, folder: Path, lesson_id: str, run_id: str) -> None:
        """Describe the segment; nothing is written before the block begins.

        Raises:
            InvalidInputError: An id cannot be part of a path.
        """
        self.path = segment_path(folder, lesson_id, run_id)
        self._folder = folder
        self._ids = (self.path.parent.name, self.path.stem)
        # Two processes may work on the same run; each writes a file of its own, and the last rename stays.
        self._temporary = self.path.with_name(f".{self.path.stem}.{secrets.token_hex(4)}.tmp")
        self._readings: list[FrameReading] = []
        self._rows: list[pa.RecordBatch] = []
        self._last_pts_s = float("-inf")
        self._finished = False

    def __enter__(self) -> Self:
        """Make the folders and begin the temporary file.

        Raises:
            WarehouseError: The folder cannot be made or written.
        """
        with told(self._folder, "cannot be written"):
            self._made_folders = [parent for parent in self.path.parents if not parent.exists()]
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._temporary.open("xb")
                self._parquet = pq.ParquetWriter(self._file, SCHEMA, compression="zstd", write_page_checksum=True)
            except BaseException:
                self._discard()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not finished."""
        if self._finished:
            return
        # A writer that cannot write its footer, as on a full disk, would complain again here.
        with contextlib.suppress(OSError):
            self._parquet.close()
        with contextlib.suppress(OSError):
            self._file.close()
        self._discard()

    def add(self, reading: FrameReading) -> None:
        """Add the next sampled frame, with or without faces.

        Raises:
            InvalidInputError: The reading cannot be true: time does not increase, or a number is out of its range.
            WarehouseError: It cannot be written, as on a full disk.
        """
        check_frame(reading, self._last_pts_s)
        self._last_pts_s = float(reading.pts)
        self._readings.append(reading)
        if len(self._readings) == _FRAMES_PER_ROW_GROUP:
            with told(self._folder, "cannot be written"):
                self._write_row_group()

    def add_rows(self, rows: pa.RecordBatch) -> None:
        """Add rows that were checked before, of another segment or of parts, in place of readings.

        Raises:
            InvalidInputError: Time does not increase from the rows before.
            WarehouseError: They cannot be written, as on a full disk.
        """
        if not len(rows):
            return
        times = values_of(rows["pts_s"])
        check_time(float(times[0]), self._last_pts_s)
        self._last_pts_s = float(times[-1])
        self._rows.append(rows)
        if sum(map(len, self._rows)) >= _FRAMES_PER_ROW_GROUP:
            with told(self._folder, "cannot be written"):
                self._write_row_group()

    def finish(self, lesson: Lesson, run: Run, *, erasures: tuple[str, ...] = ()) -> Path:
        """Complete the segment with what is known of lesson and run, and give it its name.

        Args:
            lesson: The lesson.
            run: The run.
            erasures: Receipts of the erasures that the rows went through.

        Raises:
            InvalidInputError: Lesson or run are not the ones the segment was begun for, or an instant has no time zone.
            WarehouseError: It cannot be written, as on a full disk.
        """
        if (lesson.lesson_id, run.run_id) != self._ids:
            raise InvalidInputError(f"A segment of {self._ids} cannot hold {(lesson.lesson_id, run.run_id)}.")
        check_instants(lesson, run)
        with told(self._folder, "cannot be written"):
            self._write_row_group()
            self._parquet.add_key_value_metadata(
                {
                    FORMAT_KEY: str(FORMAT_VERSION).encode(),
                    LESSON_KEY: LESSON_JSON.dump_json(lesson),
                    RUN_KEY: RUN_JSON.dump_json(run),
                    **({ERASURES_KEY: json.dumps(erasures).encode()} if erasures else {}),
                }
            )
            self._parquet.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self.path = segment_home(self._folder, lesson, run.run_id)
            move_durably(self._temporary, self.path)
            self._finished = True
            remove_empty(self._temporary.parent, self._folder / SEGMENTS)
        return self.path

    def _write_row_group(self) -> None:
        if self._readings:
            self._rows.append(record_batch(self._readings))
            self._readings.clear()
        if self._rows:
            self._parquet.write_table(pa.Table.from_batches(self._rows))
            self._rows.clear()

    def _discard(self) -> None:
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)
        # An attempt that failed leaves no new folder either; one that is in use by now is not empty and stays.
        for folder in self._made_folders:
            with contextlib.suppress(OSError):
                folder.rmdir()
