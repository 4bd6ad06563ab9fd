"""The data dictionary: unit, range and meaning of every column that a warehouse answers with."""

from __future__ import annotations

from typing import NamedTuple

from emotionkit.records import EMOTIONS


class Column(NamedTuple):
    """What there is to know of a column.

    Attributes:
        name: Its name.
        unit: Unit, or kind of value where it has none.
        values: Range, or what else can stand there; ``null`` where it may be missing.
        meaning: What it tells.
    """

    name: str
    unit: str
    values: str
    meaning: str


_LESSON_ID = Column("lesson_id", "text", "1 to 100 characters", "The lesson's name, unique in a warehouse")
_TRACK_ID = Column("track_id", "number", "from 1", "One person within the lesson; says nothing across lessons")
_STUDENT_ID = Column("student_id", "text", "null unless enrolled", "The person across lessons, where there is consent")
_PTS = Column("pts_s", "s", "from 0, to the microsecond", "Time of the frame since the start of the recording")
_RUN_ID = Column("run_id", "text", "16 hexadecimal digits", "The processing run that made the lesson's rows")

DICTIONARY: dict[str, tuple[Column, ...]] = {
    "lessons": (
        _LESSON_ID,
        Column("course", "text", "null if unknown", "Course that the lesson belongs to"),
        Column("title", "text", "", "Title, from the lesson's facts or the recording's name"),
        Column("teacher", "text", "null if unknown", "Who taught"),
        Column("started_at", "instant", "UTC; null if unknown", "When the lesson began"),
        Column("duration_s", "s", "above 0", "Length of the recording"),
        Column("recording", "path", "", "The recording as it was processed; in an export its file name alone"),
        Column("recording_sha256", "hash", "64 hexadecimal digits", "SHA-256 of the recording's content"),
        Column("width", "px", "above 0", "Width of the picture as displayed"),
        Column("height", "px", "above 0", "Height of the picture as displayed"),
        Column("frame_rate", "1/s", "above 0", "Frames per second of the recording, on average"),
        _RUN_ID,
    ),
    "segments": (
        _LESSON_ID,
        Column("start_s", "s", "from 0", "Start of a named part of the lesson"),
        Column("end_s", "s", "above start_s", "End of the part, past its last moment"),
        Column("title", "text", "", "What the part is called, such as group work"),
    ),
    "frames": (
        _LESSON_ID,
        _PTS,
        Column("weight_s", "s", "from 0, to the microsecond", "Time that the sampled frame stands for"),
        Column("faces", "count", "from 0", "Faces found in the frame"),
    ),
    "faces": (
        _LESSON_ID,
        _PTS,
        _TRACK_ID,
        _STUDENT_ID,
        Column("x", "px", "to 1/16; may lie outside the picture", "Left edge of the face in the source frame"),
        Column("y", "px", "to 1/16; may lie outside the picture", "Top edge of the face"),
        Column("w", "px", "above 0, to 1/16", "Width of the face"),
        Column("h", "px", "above 0, to 1/16", "Height of the face"),
        Column("detection_score", "score", "to 1/1000; dlib: a face above 0", "How sure the detector is of the face"),
        Column("quality", "share", "0 to 1, to 1/65535", "How usable the face is for reading an expression"),
        *(
            Column(name, "probability", "0 to 1, to 1/65535", f"Apparent expression {name}; the seven sum to 1")
            for name in EMOTIONS
        ),
        Column("emotion", "text", ", ".join(EMOTIONS), "The apparent expression of the largest probability"),
    ),
    "tracks": (
        _LESSON_ID,
        _TRACK_ID,
        Column("first_s", "s", "from 0", "Time of the first frame with the person"),
        Column("last_s", "s", "from first_s", "Time of the last frame with the person"),
        Column("observations", "count", "from 1", "Frames with the person"),
        _STUDENT_ID,
    ),
    "runs": (
        _RUN_ID,
        Column("software_version", "text", "", "Version of emotionkit"),
        Column("model_sha256", "hash", "64 hexadecimal digits", "SHA-256 of the network's weights"),
        Column("settings", "JSON", "", "Settings that decide which rows a recording gives; what a live class lost"),
        Column("fingerprint", "hash", "64 hexadecimal digits", "SHA-256 of the settings"),
        Column("started_at", "instant", "UTC", "Start of the run"),
        Column("ended_at", "instant", "UTC", "End of the run"),
        Column("status", "text", "done", "How the run ended"),
        Column("purpose", "text", "null before it was asked", "What the recording was processed for"),
        Column("jurisdiction", "text", "null before it was asked", "Under whose law"),
    ),
    "students": (
        Column("student_id", "text", "", "A random name that says nothing of the person"),
        Column("name", "text", "null if unknown", "Name or pseudonym; never exported"),
        Column("enrolled_at", "instant", "UTC; null if unknown", "When the person was enrolled"),
    ),
    "consents": (
        Column("student_id", "text", "", "Who agreed"),
        Column("scope", "text", "whole, course", "To what"),
        Column("course", "text", "null for whole", "The course agreed to"),
        Column("given_at", "instant", "UTC", "From when it holds"),
        Column("ends_at", "instant", "UTC; null without an end", "Until when it holds"),
        Column("withdrawn_at", "instant", "UTC; null if it stands", "When it was taken back"),
    ),
}
"""The columns of each table, in its order."""

EXPORTED = ("lessons", "segments", "frames", "faces", "tracks", "runs")
"""The tables that may leave the warehouse: none with a student's name."""


def dictionary_markdown() -> str:
    """Return the data dictionary as Markdown, a table per table."""
    parts = []
    for table, columns in DICTIONARY.items():
        lines = [f"### `{table}`", "", "| column | unit | values | meaning |", "| --- | --- | --- | --- |"]
        lines += [f"| `{name}` | {unit} | {values} | {meaning} |" for name, unit, values, meaning in columns]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
