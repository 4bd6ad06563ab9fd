"""Whether an expression grows or fades over the lessons of a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from emotionkit.analysis.bootstrap import TINY
from emotionkit.analysis.comparison import FEWEST_COMPARED
from emotionkit.analysis.contrast import holm
from emotionkit.analysis.overlap import factors_by_lesson, leaves_few
from emotionkit.analysis.readings import effective_number, require_columns
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.student_means import MEANS_COLUMNS
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

FEWEST_LESSONS = 6
"""Lessons from which an interval counts how lessons differ from each other."""
DRAWS = 10_000
"""Of a bootstrap; courses of one size share them, and 1000 would leave 0.7 points of chance in their coverage."""
TrendOver = Literal["students and lessons", "students", "nothing"]


@dataclass(frozen=True, slots=True, eq=False)
class CourseTrend:
    """The straight line through a course that fits each expression best.

    Attributes:
        table: A row per emotion (index ``emotion``) with ``slope`` (change of the share per unit of time), ``low`` and
            ``high`` (its interval, for this emotion alone), ``p`` and ``p_holm`` (chance of such a slope without a true
            one; the second holds for the seven together). NaN where there is too little.
        design: ``paired``, slopes within students known in several lessons; ``independent``, of the lessons' means.
        students: People behind the slope.
        lessons: Lessons behind it.
        interval_over: ``students and lessons``: other students and other lessons like these. With fewer than six
            lessons only ``students``: the slope through these very lessons, which says nothing of how the course would
            go on. ``nothing``: fewer than three lessons or students in effect.
        settings: The settings that made it.
    """

    table: pd.DataFrame
    design: Literal["paired", "independent"]
    students: int
    lessons: int
    interval_over: TrendOver
    settings: AnalysisSettings


def course_trend(
    means: pd.DataFrame,
    when: Mapping[str, float],
    settings: AnalysisSettings | None = None,
    *,
    min_group: int = 1,
) -> CourseTrend:
    """Return the trend of the seven expressions over lessons.

    Where most rows are of students known in two lessons or more, the slope is that within students: who joins late does
    not bend it. Its variance adds what students' own slopes and what whole lessons contribute, less what is in both
    where that leaves anything (two-way clustering: Cameron, Gelbach and Miller, Robust inference with multiway
    clustering, Journal of Business and Economic Statistics 29, 2011). The interval is that of a studentised bootstrap:
    students' deviations times standard normal numbers (wild, as in :func:`emotionkit.analysis.contrast.contrast`),
    lessons and chance as their variances say (Krishnamoorthy, Lu and Mathew, A parametric bootstrap approach for ANOVA
    with unequal variances, Computational Statistics and Data Analysis 51, 2007), the variances, known from but few
    lessons and means, themselves drawn from their generalized pivotal quantities (Weerahandi, Generalized confidence
    intervals, Journal of the American Statistical Association 88, 1993). The test is Student's t with degrees of
    freedom that count what lessons contribute in full, and errs to the careful side.

    Else, or where that slope beside the lessons' own histograms would speak of fewer than ``min_group`` students, the
    slope is that of the lessons' means, and what lies off the line tells all that varies, students and lessons:
    Student's t with two degrees of freedom less than lessons (Donald and Lang, Inference with difference-in-differences
    and other panel data, Review of Economics and Statistics 89, 2007).

    Args:
        means: Rows of :func:`emotionkit.analysis.student_means.student_means`.
        when: Time of each lesson, in the unit that slopes shall have, such as weeks or a running number; lessons that
            are not in it are ignored.
        settings: Defaults where not given.
        min_group: Students that a figure speaks of, at least; each lesson is of as many.

    Raises:
        InvalidInputError: A column is missing, or a time is not finite.
    """
    settings = settings or AnalysisSettings()
    require_columns(means, "means", MEANS_COLUMNS)
    if not np.isfinite(list(when.values())).all():
        raise InvalidInputError("Each lesson of a trend needs a time.")
    rows = means.loc[means["lesson_id"].isin(list(when))]
    rows = rows.assign(time=rows["lesson_id"].map(dict(when)).astype(float))
    is_often = rows.groupby("student_id")["lesson_id"].transform("nunique") >= 2
    often = rows.loc[is_often]
    # The slope is the sum of what each student showed, times how much later than his usual time that was.
    moments, weights = (
        (rows["weight"] * of).groupby(rows["student_id"]).transform("sum") for of in (rows["time"], 1.0)
    )
    later = (rows["time"] - moments / weights).where(is_often, 0.0)
    factors = factors_by_lesson(rows, rows["weight"] * later, min_group)
    paired = len(often) > len(rows) / 2 and not leaves_few(factors, min_group)
    cells = _Cells.of(often.assign(unit=often["student_id"]) if paired else _unnamed(rows), paired=paired)
    over = _interval_over(cells)
    return CourseTrend(
        table=_table(cells, over, settings),
        design="paired" if paired else "independent",
        students=cells.students,
        lessons=len(np.unique(cells.lesson)),
        interval_over=over,
        settings=settings,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """One mean per student and lesson, in the terms of a regression on time.

    Attributes:
        student: int (m,), whose; lesson: int (m,), in which, both from 0.
        weight: float64 (m,).
        time: float64 (m,), less the mean time of the student (paired) or of the lessons.
        values: float64 (m, 7), less the mean of the student (paired) or of the lessons.
        paired: Whether students have levels of their own.
    """

    student: NDArray[np.int64]
    lesson: NDArray[np.int64]
    weight: NDArray[np.float64]
    time: NDArray[np.float64]
    values: NDArray[np.float64]
    paired: bool

    @classmethod
    def of(cls, rows: pd.DataFrame, *, paired: bool) -> _Cells:
        rows = rows.sort_values(["time", *EMOTIONS])
        student, lesson = pd.factorize(rows["unit"])[0], pd.factorize(rows["lesson_id"])[0]
        weight = rows["weight"].to_numpy(dtype=np.float64)
        if not paired:  # every lesson alike, however many came
            weight = weight / _sums(weight, lesson)[lesson]
        level = student if paired else np.zeros_like(lesson)
        joined = np.column_stack([rows["time"], rows[list(EMOTIONS)]]).astype(np.float64)
        if len(joined):
            joined = joined - (_sums(weight[:, None] * joined, level) / _sums(weight, level)[:, None])[level]
        return cls(student, lesson, weight, joined[:, 0], joined[:, 1:], paired)

    @property
    def students(self) -> int:
        return len(np.unique(self.student))

    @property
    def moment(self) -> float:
        """Weighted sum of squared times."""
        return float(self.weight @ self.time**2)


def _unnamed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(unit=rows["lesson_id"].astype(str) + " " + rows["person"].astype(str))


def _interval_over(cells: _Cells) -> TrendOver:
    lessons = len(np.unique(cells.lesson))
    if lessons < 3 or cells.moment < TINY:
        return "nothing"
    largest = max if cells.paired else min
    students = largest(effective_number(cells.weight[cells.lesson == lesson]) for lesson in np.unique(cells.lesson))
    if students < FEWEST_COMPARED:
        return "nothing"
    return "students and lessons" if lessons >= FEWEST_LESSONS else "students"


def _table(cells: _Cells, over: TrendOver, settings: AnalysisSettings) -> pd.DataFrame:
    table = pd.DataFrame(
        np.nan, index=pd.Index(EMOTIONS, name="emotion"), columns=["slope", "low", "high", "p", "p_holm"]
    )
    if cells.moment < TINY:
        return table
    slope = (cells.weight * cells.time) @ cells.values / cells.moment
    table["slope"] = slope
    if over == "nothing":
        return table
    count = len(np.unique(cells.lesson)) - 2
    if cells.paired:
        error, half, freedom = _over_students(cells, slope, over, settings)
    elif over == "students":
        error, freedom = np.sqrt(_common_part(cells, slope)[0]), np.full(7, cells.students - count - 2.0)
        half = error * stdtrit(freedom, (1 + settings.confidence) / 2)
    else:
        error, freedom = np.sqrt(_lessons_part(cells, slope)), np.full(7, float(count))
        half = error * stdtrit(freedom, (1 + settings.confidence) / 2)
    table["low"], table["high"] = slope - half, slope + half
    table["p"] = 2 * stdtr(freedom, -np.abs(slope) / np.maximum(error, TINY))
    table["p_holm"] = holm(table["p"].to_numpy())
    return table


def _residuals(cells: _Cells, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    return cells.values - cells.time[:, None] * slope


def _over_students(
    cells: _Cells, slope: NDArray[np.float64], over: TrendOver, settings: AnalysisSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the slope's standard error, half its interval and the degrees of freedom of its test, each float64 (7,).

    The error is drawn anew as the estimates say, the error of the error with it: students' slopes times standard normal
    numbers, lessons and chance as normal. How far whole lessons move is the difference of two variances that are
    themselves estimates, each drawn from its fiducial distribution.
    """
    scores = _sums((cells.weight * cells.time)[:, None] * _residuals(cells, slope), cells.student) / cells.moment
    leverage = _sums(cells.weight * cells.time**2, cells.student) / cells.moment
    units = max(effective_number(leverage), 2.0)
    freed = units / (units - 1)
    own = freed * (scores**2).sum(axis=0)
    random = np.random.default_rng(settings.seed)
    draws = random.standard_normal((DRAWS, len(scores)))
    common, within = _common_part(cells, slope)
    shared = own if over == "students" else np.maximum(own, common)
    scores = scores * np.sqrt(freed * shared / np.maximum(own, TINY**2))
    drawn = draws @ scores
    variances = freed * (
        draws**2 @ scores**2 - 2 * drawn * (draws @ (leverage[:, None] * scores)) + drawn**2 * (leverage**2).sum()
    )
    variance, test = own, own**2 / (units - 1)
    if over == "students and lessons":
        lessons, count = _lessons_part(cells, slope), len(np.unique(cells.lesson)) - 2
        off, noise = (random.chisquare(known, (2, DRAWS, 1)) / known for known in (count, within))
        alone = common / noise[0]
        moved = np.maximum(lessons / off[0] - alone, 0)
        drawn = drawn + np.sqrt(moved) * random.standard_normal((DRAWS, 1))
        again = (moved + alone) * off[1] - alone * noise[1]
        variances = variances + np.maximum(again, 0)
        variance = own + np.maximum(lessons - common, 0)
        test = test + lessons**2 / count
    ratio = np.divide(np.abs(drawn), np.sqrt(np.maximum(variances, TINY**2)))
    error = np.sqrt(variance)
    freedom = np.maximum(variance**2 / np.maximum(test, TINY**4), 1)
    return error, error * np.quantile(ratio, settings.confidence, axis=0), freedom


def _lessons_part(cells: _Cells, slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (7,): variance of the slope of a line through the lessons, from how far they lie off it."""
    weight = _sums(cells.weight, cells.lesson)[:, None]
    off = _sums(cells.weight[:, None] * _residuals(cells, slope), cells.lesson) / weight
    time = _sums(cells.weight * cells.time, cells.lesson)[:, None] / weight
    return (off**2).sum(axis=0) / (len(off) - 2) / float(((time - time.mean()) ** 2).sum())


def _common_part(cells: _Cells, slope: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return float64 (7,), what chance within students and lessons adds to the slope's variance; its freedom."""
    left = _residuals(cells, slope)
    lessons = len(np.unique(cells.lesson))
    weight = _sums(cells.weight, cells.lesson)[:, None]
    left = left - (_sums(cells.weight[:, None] * left, cells.lesson) / weight)[cells.lesson]
    if not cells.paired:
        numbers = np.array([effective_number(cells.weight[cells.lesson == lesson]) for lesson in range(lessons)])
        freed = (numbers / np.maximum(numbers - 1, TINY))[cells.lesson]
        return (freed * (cells.weight * cells.time) ** 2) @ left**2 / cells.moment**2, float(cells.students - lessons)
    leverage = _sums(cells.weight * cells.time**2, cells.student)
    own = _sums((cells.weight * cells.time)[:, None] * left, cells.student) / np.maximum(leverage, TINY)[:, None]
    left = left - cells.time[:, None] * own[cells.student]
    freedom = max(len(left) - 2 * cells.students - lessons + 2, 1)
    return cells.weight @ left**2 / freedom / cells.moment, float(freedom)


def _sums(values: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sums of rows by group, float64 (groups, ...)."""
    sums = np.zeros((int(group.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(sums, group, values)
    return sums
