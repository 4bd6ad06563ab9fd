"""From the rows of the warehouse to one time series of readings per student."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

FRAME_COLUMNS = ("pts_s", "weight_s")
FACE_COLUMNS = ("pts_s", "track_id", "quality", *EMOTIONS)


@dataclass(frozen=True, slots=True, eq=False)
class StudentReadings:
    """What was read from one person's face, in order of time.

    Attributes:
        pts_s: float64 (n,), seconds since the start of the recording.
        weight_s: float64 (n,), the time that each reading stands for.
        probabilities: float64 (n, 7), in the order of ``EMOTIONS``.
        weight: 0 to 1, how far the person counts as one student.
    """

    pts_s: NDArray[np.float64]
    weight_s: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    weight: float

    @property
    def mean(self) -> NDArray[np.float64]:
        """float64 (7,): the person's mean probabilities over time."""
        return np.average(self.probabilities, axis=0, weights=self.weight_s)


def usable_faces(frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings) -> pd.DataFrame:
    """Return the faces that are read, with the column ``weight_s`` of their frame.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    require_columns(frames, "frames", FRAME_COLUMNS)
    require_columns(faces, "faces", FACE_COLUMNS)
    needed = [column for column in (*FACE_COLUMNS, "student_id", "emotion") if column in faces]
    usable = faces.loc[faces["quality"] >= settings.minimum_quality, needed]
    weight = frames.drop_duplicates("pts_s").set_index("pts_s")["weight_s"].reindex(usable["pts_s"])
    if weight.isna().any():
        lost = float(weight.index[weight.isna()][0])
        raise InvalidInputError(f"A face at {lost:g} s belongs to no sampled frame.")
    usable = usable.assign(weight_s=weight.to_numpy(dtype=np.float64))
    counts = usable["weight_s"] > 0
    return usable if counts.all() else usable.loc[counts]


def student_readings(
    frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings
) -> tuple[StudentReadings, ...]:
    """Return the usable readings of each person.

    A person is a ``student_id`` where enrolled, else a ``track_id``. Somebody seen for three seconds, or a track cut in
    pieces, must not weigh as so many students: the weight grows with the time present and reaches 1 at
    ``settings.full_presence`` of the lesson. The order depends on what was read alone, so that renaming tracks or
    shuffling rows changes no figure.

    Args:
        frames: Rows of the table ``frames``; ``pts_s`` and ``weight_s`` are used.
        faces: Rows of the table ``faces``; ``student_id`` may be missing.
        settings: What is usable, and from when a person counts in full.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    return students_of(usable_faces(frames, faces, settings), frames, settings)


def students_of(usable: pd.DataFrame, frames: pd.DataFrame, settings: AnalysisSettings) -> tuple[StudentReadings, ...]:
    """Return what :func:`student_readings` does, from what :func:`usable_faces` gave."""
    full_s = settings.full_presence * float(frames["weight_s"].sum())
    people = [_one_student(rows, full_s) for rows in _by_person(usable)]
    return tuple(sorted(people, key=lambda person: (person.pts_s[0], len(person.pts_s), *person.mean)))


def student_weights(students: tuple[StudentReadings, ...]) -> NDArray[np.float64]:
    """Return float64 (n,): how far each person counts as a student."""
    return np.array([student.weight for student in students], dtype=np.float64)


def student_sums(students: tuple[StudentReadings, ...], bins: int, bin_s: float) -> NDArray[np.float64]:
    """Return float64 (students, bins, 8): in each bin of time, seconds times probabilities, and seconds.

    Args:
        students: Any number.
        bins: How many bins, from the start of the recording.
        bin_s: Their width in seconds; no reading may lie behind the last.
    """
    totals = np.zeros((len(students), bins, 8))
    for total, student in zip(totals, students, strict=True):
        weighted = student.weight_s[:, None] * np.column_stack([student.probabilities, np.ones(len(student.pts_s))])
        place = np.floor_divide(student.pts_s, bin_s).astype(np.int64)
        # Column by column: adding rows of eight in place takes five times as long.
        total[:] = np.column_stack([np.bincount(place, column, bins) for column in weighted.T])
    return totals


def effective_number(weights: NDArray[np.float64]) -> float:
    """Return how many equal weights say as much as these (Kish, Survey Sampling, 1965); 0 without any.

    >>> float(round(effective_number(np.array([1.0, 1.0, 0.01])), 2))
    2.02
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def person_of(faces: pd.DataFrame) -> pd.Series[str]:
    """Return for each row whose face it is, within a lesson: ``student ID`` where enrolled, else ``track N``."""
    # Each track is named once, not each of its rows.
    place, tracks = pd.factorize(faces["track_id"])
    names = np.array([f"track {track}" for track in tracks], dtype=object)
    track = pd.Series(names[place], index=faces.index)
    if "student_id" not in faces or faces["student_id"].isna().all():
        return track
    return ("student " + faces["student_id"].astype(str)).where(faces["student_id"].notna(), track)


def _by_person(usable: pd.DataFrame) -> list[NDArray[np.float64]]:
    """Return for each person float64 (n, 9): seconds, the time that each stands for, and seven probabilities."""
    person, count = _numbered(usable)
    rows = np.column_stack([usable[column].to_numpy(dtype=np.float64) for column in (*FRAME_COLUMNS, *EMOTIONS)])
    # Stable, and all at once: a table for each person would take three times as long.
    rows = rows[np.argsort(person, kind="stable")]
    return np.split(rows, np.bincount(person, minlength=count).cumsum()[:-1]) if count else []


def _numbered(faces: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Return int64 (n,), the same number where :func:`person_of` gives the same name, and how many there are."""
    if "student_id" in faces and faces["student_id"].notna().any():
        person, names = pd.factorize(person_of(faces))
        return person, len(names)
    # Numbers are told apart ten times as fast as names.
    track, tracks = pd.factorize(faces["track_id"])
    return track, len(tracks)


def _one_student(rows: NDArray[np.float64], full_s: float) -> StudentReadings:
    # In order of time and once per frame, as a warehouse gives them, there is nothing to sort or to count once.
    in_order = bool((np.diff(rows[:, 0]) > 0).all())
    if not in_order:
        rows = rows[np.lexsort((*rows[:, :1:-1].T, rows[:, 0]))]
    once = rows if in_order else rows[np.unique(rows[:, 0], return_index=True)[1]]
    present_s = float(once[:, 1].sum())
    return StudentReadings(rows[:, 0], rows[:, 1], rows[:, 2:], weight=min(1.0, present_s / full_s))


def require_columns(table: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    """Check that a table has its columns.

    Raises:
        InvalidInputError: One is missing; the sentence names it.
    """
    missing = [column for column in columns if column not in table]
    if missing:
        raise InvalidInputError(f"The table {name} lacks the column {missing[0]!r}; it has {list(table.columns)}.")
