"""Where segments lie: in folders by course and month, as Hive names them, so that other tools can leave most unread.

    segments/course=physics-101/month=2026-09/2026-09-14_waves/3f0c9a1be2d47788.parquet

What a segment holds is told by its footer alone; a folder's name is for finding it quickly.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from pathlib import Path

from emotionkit.records import Lesson
from emotionkit.warehouse.naming import LONGEST_NAME_BYTES, may_be_named

UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
"""The course or month of lessons that have none; DuckDB, Spark and PyArrow read it as null."""

_HASH_DIGITS = 8


def partition(lesson: Lesson) -> Path:
    """Return the folders of a lesson's course and month, relative to that of all segments.

    The month is that of the lesson's start in its own time zone.
    """
    return Path(f"course={course_name(lesson.course)}", f"month={month_name(lesson.started_at)}")


def course_name(course: str | None) -> str:
    """Return a course as part of a folder's name: what a folder may not hold is escaped as in an address.

    A name too long for a folder keeps its beginning, with a hash in place of the rest.

    >>> course_name("Physics 101"), course_name("A/B: 50 %"), course_name(None)
    ('Physics 101', 'A%2FB%3A 50 %25', '__HIVE_DEFAULT_PARTITION__')
    """
    if course is None:
        return UNKNOWN
    composed = unicodedata.normalize("NFC", course)
    last = len(composed) - 1
    escaped = [_escaped(char, at_end=index == last, at_start=index == 0) for index, char in enumerate(composed)]
    if len("".join(escaped).encode()) <= LONGEST_NAME_BYTES:
        return "".join(escaped) or "%00"
    digest = hashlib.sha256(composed.encode(errors="surrogatepass")).hexdigest()[:_HASH_DIGITS]
    while len("".join(escaped).encode()) > LONGEST_NAME_BYTES - _HASH_DIGITS - 1:
        escaped.pop()
    return f"{''.join(escaped)}~{digest}"


def month_name(started_at: datetime | None) -> str:
    """Return the year and month of a start, as ``YYYY-MM``.

    >>> month_name(datetime(2026, 9, 14)), month_name(None)
    ('2026-09', '__HIVE_DEFAULT_PARTITION__')
    """
    return f"{started_at.year:04}-{started_at.month:02}" if started_at else UNKNOWN


def _escaped(char: str, *, at_start: bool, at_end: bool) -> str:
    if may_be_named(char) and char not in "%=" and not (char in ". " and (at_start or at_end)):
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="surrogatepass"))
