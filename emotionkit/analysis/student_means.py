"""A lesson reduced to one row per student: what comparisons of lessons stand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from emotionkit.analysis.readings import person_of, require_columns, usable_faces
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.records import EMOTIONS
from emotionkit.warehouse.consents import consented

if TYPE_CHECKING:
    from emotionkit.warehouse import Warehouse

AGREED = "agreed"
"""Column that means may have: whether somebody may be shown alone in the lesson, so that others can subtract him."""
MEANS_COLUMNS = ("lesson_id", "person", "student_id", "weight", *EMOTIONS)
Reading = Literal["probabilities", "labels"]

_SUMS = ", ".join(f"sum({emotion} * weight_s) AS {emotion}" for emotion in EMOTIONS)
_SHARES = ", ".join(f"sum({emotion}) / sum(seconds) AS {emotion}" for emotion in EMOTIONS)
_SO_FAR_SQL = """
SELECT lesson_id FROM lessons WHERE course = $course AND (started_at, lesson_id) <= (
    SELECT (started_at, lesson_id) FROM lessons WHERE lesson_id = $until)
"""
_MEANS_SQL = f"""
WITH chosen AS (
    SELECT unnest($lessons) AS lesson_id
), lengths AS (
    SELECT lesson_id, sum(weight_s) AS sampled_s FROM frames SEMI JOIN chosen USING (lesson_id) GROUP BY lesson_id
), tracks_seen AS (
    SELECT lesson_id, track_id, student_id, sum(weight_s) AS seconds, {_SUMS}
    FROM faces SEMI JOIN chosen USING (lesson_id) JOIN frames USING (lesson_id, pts_s)
    WHERE quality >= $minimum_quality AND weight_s > 0
    GROUP BY lesson_id, track_id, student_id
)
SELECT lesson_id, coalesce('student ' || student_id, 'track ' || track_id) AS person,
    any_value(student_id) AS student_id,
    least(1.0, sum(seconds) / any_value($full_presence * sampled_s)) AS weight, {_SHARES}
FROM tracks_seen JOIN lengths USING (lesson_id)
GROUP BY lesson_id, person
ORDER BY lesson_id, person
"""  # noqa: S608 - nothing but names of columns is put in


def student_means(
    frames: pd.DataFrame,
    faces: pd.DataFrame,
    settings: AnalysisSettings | None = None,
    *,
    reading: Reading = "probabilities",
) -> pd.DataFrame:
    """Return a row per lesson and person, ordered by both, with the person's mean over time.

    Args:
        frames: Rows of the table ``frames`` of one or more lessons.
        faces: Their rows of the table ``faces``.
        settings: Defaults where not given.
        reading: What is averaged: probabilities, or labels (the share of time that ``emotion`` was read, which the
            correction for confusion needs).

    Returns:
        ``lesson_id``; ``person`` (``student ID``, else ``track N`` within the lesson); ``student_id`` (None unless
        enrolled); ``weight`` (0 to 1, how far the person counts as one student, as in the class histogram); ``angry``
        to ``surprise`` (shares that sum to 1).

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    require_columns(frames, "frames", ("lesson_id",))
    require_columns(faces, "faces", ("lesson_id", *(("emotion",) if reading == "labels" else ())))
    lessons = dict(iter(faces.groupby("lesson_id", sort=True)))
    means = [
        _one_lesson(lesson_frames, lessons[lesson_id], settings, reading).assign(lesson_id=lesson_id)
        for lesson_id, lesson_frames in frames.groupby("lesson_id", sort=True)
        if lesson_id in lessons
    ]
    filled = [table for table in means if len(table)]
    return pd.concat(filled, ignore_index=True)[list(MEANS_COLUMNS)] if filled else _no_means()


def course_student_means(
    warehouse: Warehouse, lesson_id: str, settings: AnalysisSettings | None = None
) -> pd.DataFrame:
    """Return :func:`student_means` of a lesson and of all earlier ones of its course, reduced where the rows are.

    Only lessons with a known start are earlier than another; without course or start there is the lesson alone.

    Args:
        warehouse: Where the lessons are.
        lesson_id: The last of the lessons.
        settings: Defaults where not given.

    Raises:
        UnknownLessonError: There is no lesson of that id.
        WarehouseError: The warehouse cannot be read.
    """
    settings = settings or AnalysisSettings()
    lesson = warehouse.lesson(lesson_id)
    if lesson.course is None or lesson.started_at is None:
        return student_means(
            warehouse.frames(lesson_id).assign(lesson_id=lesson_id),
            warehouse.faces(lesson_id).assign(lesson_id=lesson_id),
            settings,
        )
    so_far = warehouse.sql(_SO_FAR_SQL, {"course": lesson.course, "until": lesson_id}).fetchall()
    return lesson_student_means(warehouse, [earlier for (earlier,) in so_far], settings)


def lesson_student_means(
    warehouse: Warehouse, lesson_ids: Sequence[str], settings: AnalysisSettings | None = None
) -> pd.DataFrame:
    """Return :func:`student_means` of any lessons, reduced where the rows are; ids that are unknown have no rows.

    Of a student with two faces in one frame both count towards the weight. A column more, ``agreed``, says of whom a
    consent lets pages show this lesson alone.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    settings = settings or AnalysisSettings()
    answer = warehouse.sql(
        _MEANS_SQL,
        {
            "lessons": list(lesson_ids) or [""],
            "minimum_quality": settings.minimum_quality,
            "full_presence": settings.full_presence,
        },
    )
    means: pd.DataFrame = answer.to_arrow_table().to_pandas()
    told = consented(warehouse.sql, list(lesson_ids) or [""])
    agreed = set(zip(told["consented_lessons"], told["consented_students"], strict=True))
    pairs = zip(means["lesson_id"], means["student_id"], strict=True)
    return means.assign(**{AGREED: np.array([pair in agreed for pair in pairs], dtype=bool)})


def joined(means: pd.DataFrame, by: pd.Series[str]) -> pd.DataFrame:
    """Return the shares of each of several groups of rows, ordered by group; rows count as they weigh.

    Args:
        means: Rows of :func:`student_means`.
        by: The group of each row: its lesson, or whose it is.
    """
    shares = means[list(EMOTIONS)].mul(means["weight"], axis=0).groupby(by, sort=True).sum()
    return shares.div(means["weight"].groupby(by, sort=True).sum(), axis=0)


def _one_lesson(
    frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings, reading: Reading
) -> pd.DataFrame:
    usable = usable_faces(frames, faces, settings)
    person = person_of(usable).rename("person")
    shares = usable[list(EMOTIONS)].to_numpy(dtype=np.float64)
    if reading == "labels":
        shares = (usable["emotion"].to_numpy()[:, None] == np.array(EMOTIONS)).astype(np.float64)
    weighted = pd.DataFrame(shares * usable["weight_s"].to_numpy()[:, None], usable.index, list(EMOTIONS))
    sums = weighted.assign(seconds=usable["weight_s"]).groupby(person).sum()
    present = usable.assign(person=person).drop_duplicates(["person", "pts_s"]).groupby("person")["weight_s"].sum()
    enrolled = usable["student_id"] if "student_id" in usable else pd.Series(None, usable.index, dtype=object)
    means = sums[list(EMOTIONS)].div(sums["seconds"], axis=0)
    means["weight"] = (present / (settings.full_presence * float(frames["weight_s"].sum()))).clip(upper=1)
    means["student_id"] = (
        enrolled.astype(object).where(enrolled.notna(), None).groupby(person).agg(lambda ids: ids.iloc[0])
    )
    return means.reset_index()


def _no_means() -> pd.DataFrame:
    kinds = dict.fromkeys(("lesson_id", "person", "student_id"), object) | dict.fromkeys(("weight", *EMOTIONS), float)
    return pd.DataFrame({name: pd.Series(dtype=kinds[name]) for name in MEANS_COLUMNS})
