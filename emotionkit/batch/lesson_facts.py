"""What is known of a recording's lesson: from the file beside it, the roster, its name and its content."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from emotionkit.batch.facts import Facts, Known, parse_start, tidied
from emotionkit.batch.facts_file import read_facts_file
from emotionkit.batch.roster import read_roster
from emotionkit.errors import RecordingError
from emotionkit.name_pattern import DEFAULT_PATTERN, compiled
from emotionkit.project import RecordingsSettings
from emotionkit.records import Lesson
from emotionkit.video import Recording
from emotionkit.warehouse.naming import LONGEST_NAME, LONGEST_NAME_BYTES

_CHUNK = 8 << 20


def default_lesson_id(recording: Path) -> str:
    """Return the lesson's id: the file's name without its ending, with a dash for what an id may not hold.

    >>> default_lesson_id(Path("recordings/Week 3: optics.mp4"))
    'Week-3-optics'
    """
    words = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", recording.stem)).strip("-._")
    # A folder's name is limited in bytes, and many scripts take three for a letter.
    within = words[:LONGEST_NAME].encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    return within.rstrip("-._") or "lesson"


def describe_lesson(
    recording: Recording, lesson_id: str, sha256: str, naming: RecordingsSettings | None = None
) -> Lesson:
    """Return what is known of the lesson.

    Each fact comes from the first that tells it: the YAML file beside the recording, its row in the roster, the file's
    name. Without any of them course and start stay open, and the title is the file's name.

    Raises:
        InvalidFileError: A file holds a value that cannot be used; the sentence names file, line and key.
    """
    naming = naming or RecordingsSettings()
    known = Known(float(recording.duration), ZoneInfo(naming.time_zone) if naming.time_zone else None)
    told = read_facts_file(recording.path, known)
    told = told.or_else(read_roster(recording.path, known)).or_else(facts_of_name(recording.path.stem, naming, known))
    return Lesson(
        lesson_id=lesson_id,
        course=told.course,
        title=told.title or lesson_id,
        teacher=told.teacher,
        # Its day is that of the project's clocks, in whichever zone its start was told.
        started_at=told.start.astimezone(known.zone) if told.start else None,
        duration_s=float(recording.duration),
        recording=str(recording.path.resolve()),
        recording_sha256=sha256,
        width=recording.width,
        height=recording.height,
        frame_rate=float(recording.frame_rate),
        segments=told.segments or (),
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


def facts_of_name(stem: str, naming: RecordingsSettings, known: Known) -> Facts:
    """Return what a file's name tells; a name is nobody's statement, so that what makes no sense in it is left out."""
    parts = compiled(naming.pattern or DEFAULT_PATTERN).fullmatch(stem)
    told = parts.groupdict() if parts else {}
    title = tidied((told.get("title") or stem).replace("-", " ").replace("_", " "))
    return Facts(
        course=tidied(told.get("course", "")),
        title=title,
        teacher=tidied(told.get("teacher", "").replace("_", " ")),
        start=_start(told.get("date", ""), told.get("time", ""), known),
    )


def _start(day: str, clock: str, known: Known) -> datetime | None:
    digits = re.sub(r"\D", "", day)
    hours_minutes = re.sub(r"\D", "", clock).zfill(4)
    moment = f"{digits[:4]}-{digits[4:6]}-{digits[6:]} {hours_minutes[:2]}:{hours_minutes[2:]}"
    try:
        return parse_start(moment, known.zone)
    except ValueError:
        return None
