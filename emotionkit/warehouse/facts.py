"""Changing what is told of a lesson whose rows are there already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emotionkit.durable import remove_empty
from emotionkit.records import Lesson
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.reading import find_lesson
from emotionkit.warehouse.replacing import updating_connection
from emotionkit.warehouse.rows import replace_facts
from emotionkit.warehouse.segments import (
    SEGMENTS,
    find_segment,
    read_segment,
    segment_batches,
    segment_path,
    segment_paths,
)
from emotionkit.warehouse.writer import SegmentWriter


def update_facts(folder: Path, lesson: Lesson, run_id: str) -> bool:
    """Give a stored lesson the course, title, teacher, start and segments of ``lesson``, in segment and database.

    The segment is written anew, with the same rows, before the database changes, and moves to the folder of its course
    and month. Whatever cuts this short, the same call completes it.

    Args:
        folder: The warehouse.
        lesson: The lesson as it is told now; what was measured of its recording stays as it is.
        run_id: The run whose rows the warehouse holds of it.

    Returns:
        Whether anything changed.

    Raises:
        WarehouseError: The segment is missing or damaged, or one of the two cannot be written.
    """
    present = find_lesson(folder, lesson.lesson_id)
    if present is None or _told_as(present, lesson) == present:
        return False
    with writers_lock(folder):
        path = find_segment(folder, lesson.lesson_id, run_id) or segment_path(folder, lesson.lesson_id, run_id)
        segment = read_segment(folder, path)
        changed = _told_as(segment.lesson, lesson)
        with SegmentWriter(folder, lesson.lesson_id, run_id) as writer:
            for rows in segment_batches(folder, segment.path):
                writer.add_rows(rows)
            home = writer.finish(changed, segment.run, erasures=segment.erasures)
        with updating_connection(folder) as connection, told(folder, "cannot be written"):
            replace_facts(connection, changed)
            for old in segment_paths(folder, lesson.lesson_id):
                if old.name == home.name and old != home:
                    old.unlink(missing_ok=True)
                    remove_empty(old.parent, folder / SEGMENTS)
    return True


def _told_as(lesson: Lesson, other: Lesson) -> Lesson:
    return replace(
        lesson,
        course=other.course,
        title=other.title,
        teacher=other.teacher,
        started_at=other.started_at,
        segments=other.segments,
    )
