"""Loading a segment into the database."""

from __future__ import annotations

from pathlib import Path

from emotionkit.errors import InvalidInputError, WarehouseError
from emotionkit.warehouse.connection import DATABASE, has_database, writing_connection
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.rebuilding import rebuild_under_lock
from emotionkit.warehouse.register import load_register
from emotionkit.warehouse.rows import replace_lesson, stored_run_id
from emotionkit.warehouse.segments import Segment, read_segment, segment_path, segment_paths


def load_segment(folder: Path, segment: Path) -> bool:
    """Replace a lesson's rows by those of a segment, in one transaction, then remove the segments it supersedes.

    Whatever cuts this short, the segment stays; loading it again, or :func:`rebuild`, completes the work. Where the
    database is missing it is made from all segments, so that deleting it never loses a lesson.

    Args:
        folder: The warehouse.
        segment: A finished segment of it, as :meth:`SegmentWriter.finish` returned it.

    Returns:
        Whether the database changed; False if it holds this very run already.

    Raises:
        InvalidInputError: The segment does not lie where one of its lesson and run belongs.
        WarehouseError: The segment is damaged, or the database cannot be opened or written; it is as before then.
    """
    loaded = read_segment(folder, segment)
    home = segment_path(folder, loaded.lesson.lesson_id, loaded.run.run_id)
    if segment.resolve() != home.resolve():
        raise InvalidInputError(f"The segment {segment} belongs at {home}; only there can it be loaded.")
    with writers_lock(folder):
        is_new = not has_database(folder)
        if is_new:
            rebuild_under_lock(folder)
        previous = _load(folder, loaded)
        _remove_superseded(folder, loaded, previous)
    return is_new or previous != loaded.run.run_id


def _load(folder: Path, segment: Segment) -> str | None:
    """Load a segment unless it is there, and return the run that was there before."""
    with writing_connection(folder, folder / DATABASE) as connection:
        previous = stored_run_id(connection, segment.lesson.lesson_id)
        if previous != segment.run.run_id:
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
            with told(folder, "cannot be written"):
                path.unlink(missing_ok=True)


def _ended_before(folder: Path, path: Path, segment: Segment) -> bool:
    try:
        other = read_segment(folder, path)
    except WarehouseError:
        # Unreadable: what it was is not known, so it is not for this load to remove.
        return False
    return other.run.ended_at <= segment.run.ended_at and other.lesson.lesson_id == segment.lesson.lesson_id
