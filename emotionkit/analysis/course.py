"""A course as a whole: the histogram over its lessons, and that of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.bootstrap import drawn_students, interval, resampled_over_students, standard_error
from emotionkit.analysis.histogram import FEWEST_STUDENTS, ClassHistogram, IntervalOver, histogram_of
from emotionkit.analysis.overlap import factors_by_lesson, leaves_few
from emotionkit.analysis.readings import effective_number, require_columns
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.student_means import MEANS_COLUMNS, joined
from emotionkit.analysis.withholding import large_lessons
from emotionkit.records import EMOTIONS


@dataclass(frozen=True, slots=True, eq=False)
class CourseFigures:
    """The figures of a course, of lessons with enough students each.

    Attributes:
        histogram: Of the course. Where most people are known from lesson to lesson, the unit is the student, unless the
            lessons' own histograms would reveal a few of them then; else it is the lesson, however many came.
            ``effective_readings`` is NaN.
        lessons: Of each lesson, by its id, in the order of the means; those of too few students are withheld.
        people: How many were seen in all; None where not all of them have names.
        min_group: Students that a figure speaks of, at least.
    """

    histogram: ClassHistogram
    lessons: Mapping[str, ClassHistogram]
    people: int | None
    min_group: int


def course_figures(means: pd.DataFrame, min_group: int, settings: AnalysisSettings | None = None) -> CourseFigures:
    """Return the histograms of a course and of its lessons.

    A lesson of fewer than ``min_group`` students is withheld and left out of the course, which would reveal it.

    Args:
        means: Rows of :func:`emotionkit.analysis.student_means.student_means` of the lessons.
        min_group: Students that a figure speaks of, at least.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing.
    """
    settings = settings or AnalysisSettings()
    require_columns(means, "means", MEANS_COLUMNS)
    large = large_lessons(means, min_group)
    shown = set(large["lesson_id"])
    known = large["student_id"].notna().all() or len(shown) == 1
    return CourseFigures(
        histogram=course_histogram(means, min_group, settings),
        lessons={
            str(lesson): _histogram(rows, len(rows), "students", min_group, settings, shown=lesson in shown)
            for lesson, rows in means.groupby("lesson_id", sort=False)
        },
        people=_units(large).nunique() if known else None,
        min_group=min_group,
    )


def course_histogram(means: pd.DataFrame, min_group: int, settings: AnalysisSettings | None = None) -> ClassHistogram:
    """Return the histogram of :func:`course_figures`; arguments as there.

    Of one lesson alone it is that lesson's, over students. Where all lessons are too small it is withheld, and speaks
    of the largest.
    """
    settings = settings or AnalysisSettings()
    large = large_lessons(means, min_group)
    if large.empty and len(means):
        size = int(means.groupby("lesson_id").size().max())
        return _histogram(means, size, "students", min_group, settings, shown=False)
    if large["lesson_id"].nunique() == 1:
        return _histogram(large, len(large), "students", min_group, settings)
    if _may_be_paired(large, min_group):
        units = _units(large)
        students = joined(large, units).assign(weight=large["weight"].groupby(units, sort=True).mean())
        return _histogram(students, len(students), "students", min_group, settings)
    return _histogram(_lessons(large), len(large), "lessons", min_group, settings)


def over_lessons(histograms: Mapping[str, ClassHistogram], settings: AnalysisSettings | None = None) -> ClassHistogram:
    """Return the histogram of one student over several lessons, each counting alike.

    Its interval speaks of other lessons like these; of one lesson alone it is that lesson's own.

    Args:
        histograms: Of the student, by lesson; without any the result is that of nobody.
        settings: Defaults where not given.
    """
    settings = settings or AnalysisSettings()
    seen = [histogram for histogram in histograms.values() if histogram.students]
    if len(seen) < 2:
        return next(iter(seen or histograms.values()), histogram_of((), settings))
    units = pd.DataFrame([histogram.table["mean"] for histogram in seen]).assign(weight=1.0)
    result = _histogram(units, 1, "lessons", 1, settings)
    return replace(result, min_group=None, readings=sum(histogram.readings for histogram in seen))


def _may_be_paired(means: pd.DataFrame, min_group: int) -> bool:
    """Return whether the student may be the unit: most have names, and the lessons' histograms reveal none of them."""
    if not len(means) or float(means["student_id"].notna().mean()) <= 0.5:
        return False
    # A student's share is the sum over lessons of weight times share, divided by that of the weights, and counts as the
    # mean of these: each row brings its weight over the number of the student's lessons.
    lessons = means["weight"].groupby(_units(means)).transform("size")
    return not leaves_few(factors_by_lesson(means, means["weight"] / lessons, min_group), min_group)


def _units(means: pd.DataFrame) -> pd.Series[str]:
    """Return whose each row is; who has no name is somebody else in each lesson."""
    unnamed = means["lesson_id"] + " " + means["person"]
    units: pd.Series[str] = means["student_id"].astype(object).where(means["student_id"].notna(), unnamed)
    return units


def _lessons(means: pd.DataFrame) -> pd.DataFrame:
    """Return a row per lesson with the class mean; each lesson counts alike."""
    return joined(means, means["lesson_id"]).assign(weight=1.0)


def _histogram(
    units: pd.DataFrame,
    people: int,
    over: IntervalOver,
    min_group: int,
    settings: AnalysisSettings,
    *,
    shown: bool = True,
) -> ClassHistogram:
    """Return the histogram of units that weigh as they say; NaN where it may not be shown."""
    weights = units["weight"].to_numpy(dtype=np.float64)
    number = effective_number(weights)
    shares = units[list(EMOTIONS)].to_numpy(dtype=np.float64)
    mean, low, high = _with_interval(shares, weights, settings) if shown else (np.full(7, np.nan),) * 3
    return ClassHistogram(
        table=pd.DataFrame(
            {"mean": mean, "low": low, "high": high, "effective_readings": np.nan},
            index=pd.Index(EMOTIONS, name="emotion"),
        ),
        students=people,
        brief=int((weights < 1).sum()),
        effective_students=number,
        readings=0,
        interval_over=over if number >= FEWEST_STUDENTS else "nothing",
        settings=settings,
        min_group=min_group,
    )


def _with_interval(
    shares: NDArray[np.float64], weights: NDArray[np.float64], settings: AnalysisSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return mean, low and high, each float64 (7,); the ends are NaN for less than one and a half units in effect."""
    mean, number = weights @ shares / weights.sum(), effective_number(weights)
    if number < FEWEST_STUDENTS:
        return mean, np.full(7, np.nan), np.full(7, np.nan)
    drawn = resampled_over_students(
        shares, weights, drawn_students(len(shares), settings.resamples, np.random.default_rng(settings.seed))
    )
    return mean, *interval(mean, standard_error(drawn, number), number, settings.confidence)
