"""The rows of one lesson in the database: taken out, put in, and read back as records."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from emotionkit.records import EMOTIONS, Lesson, LessonSegment, Run
from emotionkit.warehouse.register import Register
from emotionkit.warehouse.segments import BOX_FIELDS, Segment, segment_batches
from emotionkit.warehouse.students import name_tracks
from emotionkit.warehouse.transaction import transaction

_PROBABILITIES = ", ".join(f"face.{name}" for name in EMOTIONS)

_INSERT_RUN = """
INSERT OR REPLACE INTO runs VALUES (
    $run_id, $software_version, $model_sha256, $settings, $fingerprint, $started_at, $ended_at, $status,
    $purpose, $jurisdiction
)
"""
_INSERT_LESSON = """
INSERT INTO lessons VALUES (
    $lesson_id, $course, $title, $teacher, $started_at, $duration_s, $recording, $recording_sha256,
    $width, $height, $frame_rate, $run_id
)
"""
_UPDATE_FACTS = """
UPDATE lessons SET course = $course, title = $title, teacher = $teacher, started_at = $started_at
WHERE lesson_id = $lesson_id
"""
_SEGMENTS = "SELECT start_s, end_s, title FROM segments WHERE lesson_id = ? ORDER BY start_s"
# Units as in migrations/0003_compact_rows.sql, where the views turn them back.
_INSERT_KEY = """
INSERT INTO lesson_keys
SELECT coalesce(max(lesson_key), 0) + 1, $lesson_id FROM lesson_keys HAVING count(*) FILTER (lesson_id = $lesson_id) = 0
"""
_KEY = "(SELECT lesson_key FROM lesson_keys WHERE lesson_id = $lesson_id)"
_INSERT_FRAMES = f"""
INSERT INTO frame_rows SELECT {_KEY}, round(pts_s * 1e6), round(weight_s * 1e6), len(faces) FROM segment_rows
"""  # noqa: S608 - the names are this package's own, here and below
# Of equal probabilities the first in the order of EMOTIONS is the emotion, as with numpy's argmax. Rounding keeps the
# order of probabilities, so that the emotion's stays the largest; one just above 1 is taken for 1.
_INSERT_FACES = f"""
INSERT INTO face_rows
SELECT
    {_KEY}, round(pts_s * 1e6), face.track_id, NULL,
    {", ".join(f"round(face.{name} * 16)" for name in BOX_FIELDS)},
    round(face.detection_score * 1000), round(face.quality * 65535),
    {", ".join(f"least(round(face.{name} * 65535), 65535)" for name in EMOTIONS)},
    list_position([{_PROBABILITIES}], greatest({_PROBABILITIES}))
FROM (SELECT pts_s, unnest(faces) AS face FROM segment_rows)
"""  # noqa: S608
_INSERT_TRACKS = """
INSERT INTO tracks
SELECT lesson_id, track_id, min(pts_s), max(pts_s), count(*), NULL
FROM faces WHERE lesson_id = $lesson_id
GROUP BY lesson_id, track_id ORDER BY track_id
"""
_LESSON = """
SELECT * EXCLUDE run_id REPLACE (started_at AT TIME ZONE 'UTC' AS started_at) FROM lessons WHERE lesson_id = $lesson_id
"""
_RUN = """
SELECT runs.* REPLACE (started_at AT TIME ZONE 'UTC' AS started_at, ended_at AT TIME ZONE 'UTC' AS ended_at)
FROM runs WHERE run_id = (SELECT run_id FROM lessons WHERE lesson_id = $lesson_id)
"""


def replace_lesson(
    connection: duckdb.DuckDBPyConnection, folder: Path, segment: Segment, register: Register | None = None
) -> None:
    """Put a segment's rows in the place of all that the database holds of its lesson, in one transaction.

    Tracks that the register knows get their student.

    Raises:
        WarehouseError: The segment is damaged; nothing has changed then.
        duckdb.Error: The rows cannot be written; nothing has changed then.
    """
    with transaction(connection):
        _remove_lesson(connection, segment.lesson.lesson_id)
        _insert_lesson(connection, folder, segment)
        if register is not None:
            lesson_id = segment.lesson.lesson_id
            name_tracks(connection, lesson_id, register.of_lesson(lesson_id, segment.run.run_id))


def replace_facts(connection: duckdb.DuckDBPyConnection, lesson: Lesson) -> None:
    """Put what was told of a lesson in the place of what the database holds of it, in one transaction.

    Raises:
        duckdb.Error: The rows cannot be written; nothing has changed then.
    """
    facts = ("lesson_id", "course", "title", "teacher", "started_at")
    with transaction(connection):
        connection.execute(_UPDATE_FACTS, {name: getattr(lesson, name) for name in facts})
        connection.execute("DELETE FROM segments WHERE lesson_id = ?", [lesson.lesson_id])
        _insert_segments(connection, lesson)


def stored_run_id(connection: duckdb.DuckDBPyConnection, lesson_id: str) -> str | None:
    """Return the run whose rows the database holds of a lesson, or None."""
    # Fetched to the end here and below: DuckDB 2 refuses other work on a connection with rows left to fetch.
    rows = connection.execute("SELECT run_id FROM lessons WHERE lesson_id = ?", [lesson_id]).fetchall()
    return str(rows[0][0]) if rows else None


def stored_lesson(connection: duckdb.DuckDBPyConnection, lesson_id: str) -> Lesson | None:
    """Return a lesson, its start in UTC, or None."""
    values = _record(connection, _LESSON, lesson_id)
    if not values:
        return None
    segments = connection.execute(_SEGMENTS, [lesson_id]).fetchall()
    return Lesson(**values, segments=tuple(LessonSegment(*segment) for segment in segments))


def stored_run(connection: duckdb.DuckDBPyConnection, lesson_id: str) -> Run | None:
    """Return the run that made a lesson's rows, its instants in UTC, or None."""
    values = _record(connection, _RUN, lesson_id)
    return Run(**values) if values else None


def _remove_lesson(connection: duckdb.DuckDBPyConnection, lesson_id: str) -> None:
    parameters = {"lesson_id": lesson_id}
    connection.execute(
        "DELETE FROM runs WHERE run_id = (SELECT run_id FROM lessons WHERE lesson_id = $lesson_id)", parameters
    )
    for table in ("lessons", "segments", "tracks"):
        connection.execute(f"DELETE FROM {table} WHERE lesson_id = $lesson_id", parameters)  # noqa: S608
    # The lesson keeps its key, which is only taken away with the file: see erasing.
    for table in ("frame_rows", "face_rows"):
        connection.execute(f"DELETE FROM {table} WHERE lesson_key = {_KEY}", parameters)  # noqa: S608


def _insert_lesson(connection: duckdb.DuckDBPyConnection, folder: Path, segment: Segment) -> None:
    lesson_id = {"lesson_id": segment.lesson.lesson_id}
    connection.execute(_INSERT_RUN, asdict(segment.run))
    connection.execute(_INSERT_KEY, lesson_id)
    columns = {name: value for name, value in asdict(segment.lesson).items() if name != "segments"}
    connection.execute(_INSERT_LESSON, {**columns, "run_id": segment.run.run_id})
    _insert_segments(connection, segment.lesson)
    for batch in segment_batches(folder, segment.path):
        # pa.table would do the same and load pandas for it, a quarter of a second.
        connection.register("segment_rows", pa.Table.from_batches([batch]))
        connection.execute(_INSERT_FRAMES, lesson_id)
        connection.execute(_INSERT_FACES, lesson_id)
        connection.unregister("segment_rows")
    connection.execute(_INSERT_TRACKS, lesson_id)


def _insert_segments(connection: duckdb.DuckDBPyConnection, lesson: Lesson) -> None:
    for segment in lesson.segments:
        values = [lesson.lesson_id, segment.start_s, segment.end_s, segment.title]
        connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?)", values)


def _record(connection: duckdb.DuckDBPyConnection, query: str, lesson_id: str) -> dict[str, Any]:
    result = connection.execute(query, {"lesson_id": lesson_id})
    names = [column[0] for column in result.description or ()]
    rows = result.fetchall() or [()]
    return {
        # Fetching a TIMESTAMPTZ asks for pytz, so the query strips the zone and it is put back here.
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in zip(names, rows[0], strict=False)
    }
