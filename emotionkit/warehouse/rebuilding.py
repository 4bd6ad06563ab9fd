"""Making the database anew from the segments."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

import duckdb

from emotionkit.errors import WarehouseError
from emotionkit.warehouse.connection import (
    UnreadableDatabaseError,
    database_as_it_is,
    existing_folder,
    has_database,
    writing_connection,
)
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.register import Register, load_register
from emotionkit.warehouse.replacing import fresh_database
from emotionkit.warehouse.rows import replace_lesson
from emotionkit.warehouse.segments import Segment, read_segment, segment_paths
from emotionkit.warehouse.students import insert_students
from emotionkit.warehouse.telling import tell_processed
from emotionkit.warehouse.tombstones import read_tombstones
from emotionkit.warehouse.transaction import transaction

_log = logging.getLogger(__name__)


def rebuild(folder: Path) -> int:
    """Make the database anew from the segments, beside the old one, and then put it in its place.

    Of several segments of a lesson the one whose run ended last counts, if it can be read. A segment that cannot be
    read, or whose rows were erased, is named by a warning in the log and left out. Runs of which the audit log does not
    know are told to it. Students, consents and whose track is whose come from the register.

    Returns:
        The number of lessons in the new database.

    Raises:
        WarehouseError: There is no such folder, it cannot be written, or its database is of a newer version; the old
            database is as before then.
    """
    existing_folder(folder)
    with writers_lock(folder):
        return rebuild_under_lock(folder)


def rebuild_under_lock(folder: Path, leaving_out: str = "") -> int:
    """As :func:`rebuild`, for a caller who holds the writers' lock; ``leaving_out`` is a run that is loaded later."""
    _refuse_newer(folder)
    register = load_register(folder)
    lessons = _segments_by_lesson(folder, leaving_out)
    # Among them may be what a run that was killed had finished and not loaded.
    tell_processed(folder, [newest for newest, *_ in lessons])
    with (
        told(folder, "cannot be written"),
        fresh_database(folder) as fresh,
        writing_connection(folder, fresh) as connection,
    ):
        with transaction(connection):
            insert_students(connection, register)
        loaded = [_load_newest(connection, folder, segments, register) for segments in lessons]
    return sum(loaded)


def _segments_by_lesson(folder: Path, leaving_out: str) -> list[list[Segment]]:
    """Return the segments of each lesson, those that ended last first."""
    lessons: dict[str, list[Segment]] = {}
    tombstones = read_tombstones(folder)
    for path in segment_paths(folder):
        try:
            segment = read_segment(folder, path)
        except WarehouseError as error:
            _log.warning("%s", error)
        else:
            if tombstones.refuse(segment.lesson, segment.erasures):
                _log.warning("The segment %s is left out: its rows were erased.", path.name)
            elif segment.run.run_id != leaving_out:
                lessons.setdefault(segment.lesson.lesson_id, []).append(segment)
    return [
        sorted(segments, key=lambda segment: (segment.run.ended_at, segment.run.run_id), reverse=True)
        for segments in lessons.values()
    ]


def _load_newest(
    connection: duckdb.DuckDBPyConnection, folder: Path, segments: list[Segment], register: Register
) -> bool:
    for segment in segments:
        try:
            replace_lesson(connection, folder, segment, register)
        except WarehouseError as error:
            _log.warning("%s", error)
        else:
            return True
    return False


def _refuse_newer(folder: Path) -> None:
    """Raise WarehouseError if a newer emotionkit made the database; a damaged one is what a rebuild is for."""
    if has_database(folder):
        with contextlib.suppress(UnreadableDatabaseError), database_as_it_is(folder):
            pass
