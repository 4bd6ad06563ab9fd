"""Whose a lesson's id is: one recording's, or one class's."""

from __future__ import annotations

from pathlib import Path

from emotionkit.errors import RecordingError
from emotionkit.records import Lesson
from emotionkit.storage import located
from emotionkit.warehouse.unfinished import begun_lessons


def refuse_taken_id(folder: Path, lesson: Lesson, stored: Lesson | None) -> None:
    """Refuse a lesson whose id belongs to another recording, or to a class begun live that can still be stored.

    A recording that was edited or moved may replace its lesson; one that merely has the same name may not.

    Args:
        folder: The warehouse.
        lesson: The lesson that is to be stored.
        stored: What the warehouse holds under its id.

    Raises:
        RecordingError: The id is another's.
    """
    if stored is not None and not _is_same_recording(lesson, stored):
        raise RecordingError(
            located(lesson.recording),
            f"would replace lesson {lesson.lesson_id!r}, which was read from {stored.recording}; "
            "choose another name with --lesson-id.",
        )
    begun = [one for one, _ in begun_lessons(folder) if one.lesson_id == lesson.lesson_id]
    if not all(_is_same_recording(lesson, one) for one in begun):
        raise RecordingError(
            located(lesson.recording),
            f"has the name of class {lesson.lesson_id!r}, which was begun live and is not finished; "
            "choose another name with --lesson-id.",
        )


def _is_same_recording(lesson: Lesson, other: Lesson) -> bool:
    return lesson.recording_sha256 == other.recording_sha256 or lesson.recording == other.recording
