"""The class histogram: how much of each apparent expression was seen, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.bootstrap import (
    block_length,
    drawn_students,
    interval,
    resampled_over_students,
    resampled_over_time,
    standard_error,
)
from emotionkit.analysis.readings import StudentReadings, effective_number, student_readings, student_weights
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.records import EMOTIONS

IntervalOver = Literal["students", "lessons", "time", "nothing"]
FEWEST_STUDENTS = 1.5
"""Effective number of students from which an interval over students is given."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassHistogram:
    """Mean probabilities of the seven expressions over the class.

    Attributes:
        table: A row per emotion (index ``emotion``, in the order of ``EMOTIONS``) with ``mean`` (shares that sum to 1),
            ``low`` and ``high`` (ends of the interval) and ``effective_readings`` (how many independent readings
            would give an interval as narrow). All NaN without a student, the last three without an interval.
        students: People seen with a usable face.
        brief: Those of them present for less than ``settings.full_presence`` of the lesson.
        effective_students: How many students of equal weight say as much; between 0 and ``students``.
        readings: Usable faces behind the figures.
        interval_over: What was resampled: ``students``; only ``time``, in blocks, where there is one student in
            effect, so that nothing is said of others; ``nothing`` where there are too few readings.
        settings: The settings that made it.
        min_group: Where figures of fewer students are withheld, how many it takes; None where nothing is.
    """

    table: pd.DataFrame
    students: int
    brief: int
    effective_students: float
    readings: int
    interval_over: IntervalOver
    settings: AnalysisSettings
    min_group: int | None = None

    @property
    def withheld(self) -> bool:
        """Whether students were seen and are not shown: too few, or others could be worked out from them."""
        return self.min_group is not None and self.students > 0 and bool(self.table["mean"].isna().all())


def class_histogram(
    frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings | None = None
) -> ClassHistogram:
    """Return the class histogram of a lesson.

    The unit is the student: probabilities are averaged over time within a student, weighted by the time each frame
    stands for, and then over students, weighted as ``student_readings`` says. Intervals come from a bootstrap of
    students, each with all of his time (:mod:`emotionkit.analysis.bootstrap`). They speak of other students like these
    in this lesson, not of other lessons.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    return histogram_of(student_readings(frames, faces, settings), settings)


def histogram_of(students: tuple[StudentReadings, ...], settings: AnalysisSettings) -> ClassHistogram:
    """Return the class histogram of students, whatever stretch of time their readings are of."""
    weights = student_weights(students)
    over = _interval_over(students, weights, settings)
    return ClassHistogram(
        table=_table(students, over, settings),
        students=len(students),
        brief=int((weights < 1).sum()),
        effective_students=effective_number(weights),
        readings=sum(len(student.pts_s) for student in students),
        interval_over=over,
        settings=settings,
    )


def _interval_over(
    students: tuple[StudentReadings, ...], weights: NDArray[np.float64], settings: AnalysisSettings
) -> IntervalOver:
    if effective_number(weights) >= FEWEST_STUDENTS:
        return "students"
    return "time" if students and _blocks(students, settings) > 1 else "nothing"


def _blocks(students: tuple[StudentReadings, ...], settings: AnalysisSettings) -> float:
    """Return the number of blocks of time of the person seen longest."""
    longest = max(students, key=lambda student: len(student.pts_s))
    return len(longest.pts_s) / block_length(longest, settings.block_s)


def _table(students: tuple[StudentReadings, ...], over: IntervalOver, settings: AnalysisSettings) -> pd.DataFrame:
    table = pd.DataFrame(
        np.nan,
        index=pd.Index(EMOTIONS, name="emotion"),
        columns=["mean", "low", "high", "effective_readings"],
    )
    if not students:
        return table
    weights = student_weights(students)
    means = np.stack([student.mean for student in students])
    mean = weights @ means / weights.sum()
    table["mean"] = mean
    if over == "nothing":
        return table
    if over == "students":
        units = effective_number(weights)
        resampled = resampled_over_students(
            means, weights, drawn_students(len(means), settings.resamples, np.random.default_rng(settings.seed))
        )
    else:
        units = _blocks(students, settings)
        resampled = resampled_over_time(students, settings)
    table["low"], table["high"] = interval(mean, standard_error(resampled, units), units, settings.confidence)
    table["effective_readings"] = _effective_readings(students, mean, resampled)
    return table


def _effective_readings(
    students: tuple[StudentReadings, ...], mean: NDArray[np.float64], resampled: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return float64 (7,): variance of a single reading over the variance of the class mean, at most all readings."""
    squares = [np.average((s.probabilities - mean) ** 2, axis=0, weights=s.weight_s) for s in students]
    single = np.average(squares, axis=0, weights=student_weights(students))
    readings = float(sum(len(student.pts_s) for student in students))
    variance = resampled.var(axis=0)
    return np.minimum(readings, np.divide(single, variance, out=np.full(7, readings), where=variance > 1e-15))
