"""What differs between lessons, for the same students where they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.contrast import Sample, contrast, holm
from emotionkit.analysis.effect_size import Sides, effect_size
from emotionkit.analysis.overlap import factors_by_lesson, leaves_few
from emotionkit.analysis.readings import require_columns
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.student_means import MEANS_COLUMNS, joined
from emotionkit.analysis.withholding import large_enough
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

Design = Literal["paired", "independent", "nothing"]
FEWEST_COMPARED = 2.5
"""Effective number of students, of pairs or in each lesson, from which a difference gets an interval and a test."""
COLUMNS = ("here", "there", "difference", "low", "high", "p", "p_holm", "effect", "effect_low", "effect_high")


@dataclass(frozen=True, slots=True, eq=False)
class LessonDifference:
    """One lesson against others taken together.

    Attributes:
        table: A row per emotion (index ``emotion``) with ``here`` and ``there`` (shares over the students compared),
            ``difference`` (here less there, -1 to 1), ``low`` and ``high`` (its interval, for this emotion alone),
            ``p`` and ``p_holm`` (chance of such a difference without a true one; the second holds for all tests made
            together), ``effect`` (difference in standard deviations between students), ``effect_low`` and
            ``effect_high`` (its interval). NaN where there are too few students; ``here`` and ``there`` where none.
        lesson_id: The lesson, "here".
        against: The others, "there"; only those in which somebody was seen.
        design: ``paired``, each student with himself; ``independent``, lessons as if of different students, because
            too few are known in both; ``nothing``, too few students for either.
        students: How many were compared: pairs, or people in the lesson.
        only_here: People of the lesson without a pair.
        only_there: People of the others without a pair.
        tells_of_few: Whether ``there``, beside the others' own histograms, would tell of too few of those.
        left_out: Other lessons that are not compared, because too few students were seen in them or in this one.
        settings: The settings that made it.
    """

    table: pd.DataFrame
    lesson_id: str
    against: tuple[str, ...]
    design: Design
    students: int
    only_here: int
    only_there: int
    settings: AnalysisSettings
    tells_of_few: bool = False
    left_out: int = 0

    def larger_than_chance(self, level: float = 0.05) -> pd.DataFrame:
        """Return the rows whose ``p_holm`` is at most ``level`` and whose interval is off 0, the largest first."""
        rows = self.table.loc[(self.table["p_holm"] <= level) & (self.table["low"] * self.table["high"] > 0)]
        return rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index)

    def speaks_of_enough(self, min_group: int) -> bool:
        """Return whether it has numbers that, beside the lessons' own, depend on at least ``min_group`` people."""
        if self.design == "nothing":
            return False
        # Lessons taken as of different people are compared by their own histograms.
        few_left = self.design == "paired" and (0 < self.only_here < min_group or self.tells_of_few)
        return self.students >= min_group and not few_left


def lesson_difference(
    means: pd.DataFrame,
    lesson_id: str,
    against: Sequence[str],
    settings: AnalysisSettings | None = None,
    *,
    min_group: int = 1,
) -> LessonDifference:
    """Return how a lesson differs from others taken together, such as all earlier ones of its course.

    Students with a ``student_id`` in the lesson and in at least one other are paired: each with the mean over his own
    other lessons, which count as he weighs in them, the pair weighing as its lighter side. They must be at least half
    of the lesson's people; else the lessons count as independent samples, every other lesson alike. That errs to the
    careful side where unknown people are the same in all lessons. Intervals and tests:
    :func:`emotionkit.analysis.contrast.contrast`. They speak of other students like these in these very lessons, not of
    what other lessons would have brought.

    The effect is Cohen's d over the root mean square of the standard deviations between students here and there, times
    the correction 1 - 3 / (4 f - 1) for f degrees of freedom (Hedges, Distribution theory for Glass's estimator of
    effect size and related estimators, Journal of Educational Statistics 6, 1981). Its interval, which that correction
    does not move, joins that of the difference with the error of the standard deviation: that of normal values (after
    Bonett, Confidence intervals for standardized linear contrasts of means, Psychological Methods 13, 2008), or what
    students' own deviations tell, if that is more (the delta method).

    Args:
        means: Rows of :func:`emotionkit.analysis.student_means.student_means`; other lessons' rows are ignored.
        lesson_id: The lesson.
        against: The others; without any the design is ``nothing``.
        settings: Defaults where not given.
        min_group: Students that a figure speaks of, at least; each lesson is of as many.

    Raises:
        InvalidInputError: A column is missing, a student is twice in a lesson, or the lesson is among the others.
    """
    settings = settings or AnalysisSettings()
    _check(means, lesson_id, against)
    here = means.loc[means["lesson_id"] == lesson_id]
    there = means.loc[means["lesson_id"].isin(list(against))]
    pairs = _pairs(here, there)
    design, samples = _samples(here, there, pairs)
    paired = len(pairs) if design == "paired" else 0
    return LessonDifference(
        table=_table(here, there, pairs if design == "paired" else None, samples, settings),
        lesson_id=lesson_id,
        against=tuple(sorted(there["lesson_id"].unique())),
        design=design,
        students=paired or len(here),
        only_here=len(here) - paired,
        only_there=_people(there) - paired,
        settings=settings,
        tells_of_few=design == "paired" and _tells_of_few(here, there, pairs, min_group),
    )


def against_course(
    means: pd.DataFrame, lesson_id: str, settings: AnalysisSettings | None = None, *, min_group: int = 1
) -> LessonDifference:
    """Return :func:`lesson_difference` of a lesson and all others in ``means``, which may be none.

    Lessons of fewer than ``min_group`` students are left out, and all others where the lesson is one of them.
    """
    require_columns(means, "means", MEANS_COLUMNS)
    large = large_enough(means, lesson_id, min_group)
    others = sorted(set(large["lesson_id"]) - {lesson_id})
    difference = lesson_difference(large, lesson_id, others, settings, min_group=min_group)
    return replace(difference, left_out=len(set(means["lesson_id"]) - {lesson_id, *others}))


def lesson_differences(
    means: pd.DataFrame,
    lesson_id: str,
    others: Sequence[str],
    settings: AnalysisSettings | None = None,
    *,
    min_group: int = 1,
) -> tuple[LessonDifference, ...]:
    """Return how a lesson differs from each of the others, one by one.

    ``p_holm`` holds for all expressions in all of these comparisons together.

    Args:
        means: As for :func:`lesson_difference`.
        lesson_id: The lesson.
        others: The others.
        settings: Defaults where not given.
        min_group: As for :func:`lesson_difference`.

    Raises:
        InvalidInputError: As for :func:`lesson_difference`.
    """
    single = [lesson_difference(means, lesson_id, [other], settings, min_group=min_group) for other in others]
    p = np.array([difference.table["p"] for difference in single], dtype=np.float64).reshape(len(single), len(EMOTIONS))
    adjusted = np.full_like(p, np.nan)
    tested = ~np.isnan(p)
    adjusted[tested] = holm(p[tested])
    for difference, row in zip(single, adjusted, strict=True):
        difference.table["p_holm"] = row
    return tuple(single)


def _check(means: pd.DataFrame, lesson_id: str, against: Sequence[str]) -> None:
    require_columns(means, "means", MEANS_COLUMNS)
    if lesson_id in against:
        raise InvalidInputError(f"Lesson {lesson_id!r} cannot be compared with itself.")
    twice = means.duplicated(["lesson_id", "person"])
    if twice.any():
        row = means.loc[twice].iloc[0]
        raise InvalidInputError(f"The table means holds {row['person']!r} twice in lesson {row['lesson_id']!r}.")


def _pairs(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Return a row per student in both, with the columns of both sides (index 0 and 1), in an order without names."""
    names = list(EMOTIONS)
    known, earlier = here.dropna(subset="student_id").set_index("student_id"), there.dropna(subset="student_id")
    student = earlier["student_id"]
    own = joined(earlier, student).assign(weight=earlier["weight"].groupby(student).max())
    pairs = known[[*names, "weight"]].join(own.add_suffix("_there"), how="inner")
    return pairs.sort_values(list(pairs.columns))


def _samples(here: pd.DataFrame, there: pd.DataFrame, pairs: pd.DataFrame) -> tuple[Design, tuple[Sample, ...]]:
    """Return the design, and the samples whose contrast is the difference."""
    if len(pairs) >= len(here) / 2:
        change = pairs[list(EMOTIONS)].to_numpy() - pairs[[f"{emotion}_there" for emotion in EMOTIONS]].to_numpy()
        both = Sample(change, pairs[["weight", "weight_there"]].min(axis=1).to_numpy())
        if both.number >= FEWEST_COMPARED:
            return "paired", (both,)
    lessons = [rows for _, rows in there.groupby("lesson_id", sort=True)]
    samples = (_sample(here, 1), *(_sample(rows, -1 / len(lessons)) for rows in lessons))
    if lessons and min(sample.number for sample in samples) >= FEWEST_COMPARED:
        return "independent", samples
    return "nothing", ()


def _sample(rows: pd.DataFrame, coefficient: float) -> Sample:
    rows = rows.sort_values(["weight", *EMOTIONS])
    return Sample(rows[list(EMOTIONS)].to_numpy(dtype=np.float64), rows["weight"].to_numpy(np.float64), coefficient)


def _table(
    here: pd.DataFrame,
    there: pd.DataFrame,
    pairs: pd.DataFrame | None,
    samples: tuple[Sample, ...],
    settings: AnalysisSettings,
) -> pd.DataFrame:
    table = pd.DataFrame(np.nan, index=pd.Index(EMOTIONS, name="emotion"), columns=list(COLUMNS))
    sides = _sides(here, there) if pairs is None else _paired_sides(pairs, samples[0].weights)
    for column, side in zip(("here", "there"), sides, strict=True):
        if side:
            table[column] = np.mean([sample.mean for sample in side], axis=0)
    if not samples:
        return table
    result = contrast(samples, settings)
    table["difference"] = result.estimate
    table["low"], table["high"] = np.maximum(result.low, -1), np.minimum(result.high, 1)
    table["p"] = result.p
    table["p_holm"] = holm(result.p)
    table["effect"], table["effect_low"], table["effect_high"] = effect_size(
        result, samples, sides, settings, paired=pairs is not None
    )
    return table


def _sides(here: pd.DataFrame, there: pd.DataFrame) -> Sides:
    lessons = [rows for _, rows in there.groupby("lesson_id", sort=True)]
    return [_sample(here, 1)] if len(here) else [], [_sample(rows, -1) for rows in lessons]


def _paired_sides(pairs: pd.DataFrame, weights: NDArray[np.float64]) -> Sides:
    before = [f"{emotion}_there" for emotion in EMOTIONS]
    return [Sample(pairs[list(EMOTIONS)].to_numpy(), weights)], [Sample(pairs[before].to_numpy(), weights)]


def _tells_of_few(here: pd.DataFrame, there: pd.DataFrame, pairs: pd.DataFrame, min_group: int) -> bool:
    """Return whether either side of the pairs, less the lessons' own histograms, is of too few."""
    weight = pairs[["weight", "weight_there"]].min(axis=1)
    own = there["weight"] / there.groupby("student_id")["weight"].transform("sum")
    sides = ((here, here["student_id"].map(weight)), (there, there["student_id"].map(weight) * own))
    return any(
        leaves_few(factors_by_lesson(rows, brought.fillna(0.0), min_group), min_group) for rows, brought in sides
    )


def _people(means: pd.DataFrame) -> int:
    """Return how many people rows of several lessons are, taking unnamed ones of two lessons for two."""
    unnamed = means["student_id"].isna()
    return int(means.loc[~unnamed, "student_id"].nunique() + unnamed.sum())
