"""Loading a segment into the database."""

from __future__ import annotations

import contextlib
from pathlib import Path

from emotionkit.durable import remove_empty
from emotionkit.errors import ErasedError, InvalidInputError, WarehouseError
from emotionkit.warehouse.claims import refuse_taken_id
from emotionkit.warehouse.connection import has_database
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.rebuilding import rebuild_under_lock
from emotionkit.warehouse.register import load_register
from emotionkit.warehouse.replacing import updating_connection
from emotionkit.warehouse.rows import replace_lesson, stored_lesson, stored_run_id
from emotionkit.warehouse.segments import SEGMENTS, Segment, read_segment, segment_home, segment_paths, settled
from emotionkit.warehouse.telling import tell_processed
from emotionkit.warehouse.tombstones import read_tombstones


def load_segment(folder: Path, segment: Path) -> bool:
    """Replace a lesson's rows by those of a segment, in one transaction, then remove the segments it supersedes.

    Whatever cuts this short, the segment stays; loading it again, or :func:`rebuild`, completes the work. Where the
    database is missing it is made from all segments, so that deleting it never loses a lesson.

    Args:
        folder: The warehouse.
        segment: A finished segment of it, as :meth:`SegmentWriter.finish` returned it. Segments that do not lie where
            their lesson's course and month say, as those of version 0.1, are moved there.

    Returns:
        Whether the database changed; False if it holds this very run already.

    Raises:
        InvalidInputError: The segment does not lie among those of its lesson, under the name of its run.
        RecordingError: Its lesson's id belongs to another recording, or to a class that is not finished.
        ErasedError: Its lesson, or a person in it, was erased.
        WarehouseError: The segment is damaged, or the database cannot be opened or written; it is as before then.
    """
    loaded = read_segment(folder, segment)
    _check_place(folder, loaded)
    with writers_lock(folder):
        _refuse_erased(folder, loaded)
        is_new = not has_database(folder)
        if is_new:
            # Without the segment: whether it may replace what is there is still to be seen.
            rebuild_under_lock(folder, leaving_out=loaded.run.run_id)
        previous = _load(folder, loaded)
        _remove_superseded(folder, loaded, previous)
        with told(folder, "cannot be written"):
            settle_all(folder)
    return is_new or previous != loaded.run.run_id


def remove_segment(folder: Path, segment: Path) -> None:
    """Remove a segment that is not to be loaded, and the folders that hold nothing else.

    Raises:
        WarehouseError: It cannot be removed.
    """
    with told(folder, "cannot be written"):
        segment.unlink(missing_ok=True)
        remove_empty(segment.parent, folder / SEGMENTS)


def settle_all(folder: Path) -> None:
    """Move every readable segment that lies beside the partitions to where it belongs.

    Raises:
        OSError: One cannot be moved.
    """
    for path in (folder / SEGMENTS).glob("*/[!.]*.parquet"):
        with contextlib.suppress(WarehouseError):
            settled(folder, read_segment(folder, path))


def _refuse_erased(folder: Path, segment: Segment) -> None:
    if read_tombstones(folder).refuse(segment.lesson, segment.erasures):
        raise ErasedError(folder, f"does not take {segment.path.name} back: its rows were erased.")


def _check_place(folder: Path, segment: Segment) -> None:
    lesson_id, run_id = segment.lesson.lesson_id, segment.run.run_id
    places = {path.resolve() for path in segment_paths(folder, lesson_id) if path.stem == run_id}
    if segment.path.resolve() not in places:
        home = segment_home(folder, segment.lesson, run_id)
        raise InvalidInputError(f"The segment {segment.path} belongs at {home}; only there can it be loaded.")


def _load(folder: Path, segment: Segment) -> str | None:
    """Load a segment unless it is there, and return the run that was there before."""
    with updating_connection(folder) as connection:
        previous = stored_run_id(connection, segment.lesson.lesson_id)
        if previous != segment.run.run_id:
            refuse_taken_id(folder, segment.lesson, stored_lesson(connection, segment.lesson.lesson_id))
            tell_processed(folder, [segment])
            replace_lesson(connection, folder, segment, load_register(folder))
    return previous


def _remove_superseded(folder: Path, segment: Segment, previous: str | None) -> None:
    """Remove the segment that was loaded before, and those of runs that ended earlier.

    One that ended later is another process's work that waits for its turn.
    """
    for path in segment_paths(folder, segment.lesson.lesson_id):
        if path.stem == segment.run.run_id:
            continue
        if path.stem == previous or _ended_before(folder, path, segment):
            remove_segment(folder, path)


def _ended_before(folder: Path, path: Path, segment: Segment) -> bool:
    try:
        other = read_segment(folder, path)
    except WarehouseError:
        # Unreadable: what it was is not known, so it is not for this load to remove.
        return False
    return other.run.ended_at <= segment.run.ended_at and other.lesson.lesson_id == segment.lesson.lesson_id
