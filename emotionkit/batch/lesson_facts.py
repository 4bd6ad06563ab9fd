"""What a recording's name and content say about its lesson."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from pathlib import Path

from emotionkit.errors import RecordingError
from emotionkit.records import Lesson
from emotionkit.video import Recording

_NAME = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<course>[^_]+)_(?P<title>.+)")
"""``2026-09-14_physics-101_waves``: date, course and title of a lesson in its file's name."""

_LONGEST_ID = 100
_CHUNK = 1 << 20


def default_lesson_id(recording: Path) -> str:
    """Return the lesson's id: the file's name without its ending, with a dash for what an id may not hold.

    >>> default_lesson_id(Path("recordings/Week 3: optics.mp4"))
    'Week-3-optics'
    """
    words = re.sub(r"[^\w.-]+", "-", recording.stem).strip("-._")
    return words[:_LONGEST_ID] or "lesson"


def describe_lesson(recording: Recording, lesson_id: str, sha256: str) -> Lesson:
    """Return what is known of the lesson; course and date stay open where the file's name does not tell them."""
    parts = _NAME.fullmatch(recording.path.stem)
    course, title, day = (parts["course"], parts["title"], _date(parts["date"])) if parts else (None, None, None)
    return Lesson(
        lesson_id=lesson_id,
        course=course,
        title=(title or recording.path.stem).replace("-", " ").replace("_", " "),
        teacher=None,
        started_at=datetime.combine(day, datetime.min.time()).astimezone() if day else None,
        duration_s=float(recording.duration),
        recording=str(recording.path.resolve()),
        recording_sha256=sha256,
        width=recording.width,
        height=recording.height,
        frame_rate=float(recording.frame_rate),
    )


def content_sha256(recording: Path) -> str:
    """Return the SHA-256 of the file, as 64 hexadecimal digits.

    Raises:
        RecordingError: The file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with recording.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise RecordingError(recording, f"cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
