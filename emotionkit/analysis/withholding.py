"""The figures of a lesson as they may be shown: without those that speak of too few students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from emotionkit.analysis.disclosure import fewest_in_effect, published
from emotionkit.analysis.histogram import ClassHistogram
from emotionkit.analysis.readings import effective_number
from emotionkit.analysis.timeline import Timeline

_LESSON = -1
"""In place of the number of a bin."""


def withhold_small_groups(
    histogram: ClassHistogram, timeline: Timeline, min_group: int
) -> tuple[ClassHistogram, Timeline]:
    """Return both figures of a lesson with NaN for what speaks of fewer than ``min_group`` students.

    Bins of the timeline count as figures of their own, and the histogram as their sum: where all bins but one of few
    students could be subtracted from it, another bin is withheld as well.

    Args:
        histogram: The class histogram of a lesson; it comes first.
        timeline: The timeline of the same lesson.
        min_group: Students that a figure speaks of, at least.
    """
    bins = {
        index: frozenset((int(student), index) for student in np.flatnonzero(seen))
        for index, seen in enumerate(timeline.seen.T)
    }
    behind = {_LESSON: frozenset[tuple[int, int]]().union(*bins.values()), **bins}
    effective = {_LESSON: histogram.effective_students, **dict(enumerate(timeline.effective_students.tolist()))}
    shown = published(behind, min_group, person=lambda piece: piece[0], effective=effective.__getitem__)
    withheld = [index for index, pieces in bins.items() if pieces and index not in shown]
    return without(histogram, min_group, withheld=_LESSON not in shown), without_bins(timeline, min_group, withheld)


def without(histogram: ClassHistogram, min_group: int, *, withheld: bool) -> ClassHistogram:
    """Return a histogram with NaN for its shares if it is withheld; either way it knows the smallest group."""
    return replace(histogram, table=histogram.table * np.nan if withheld else histogram.table, min_group=min_group)


def without_bins(timeline: Timeline, min_group: int, withheld: Sequence[int]) -> Timeline:
    """Return a timeline with NaN for the shares of the bins withheld, told by their place; it counts them."""
    starts = timeline.faces["start_s"].iloc[list(withheld)]
    expressions = timeline.expressions.copy()
    expressions.loc[expressions["start_s"].isin(starts), ["mean", "low", "high"]] = np.nan
    return replace(timeline, expressions=expressions, min_group=min_group, withheld_bins=len(withheld))


def large_enough(means: pd.DataFrame, lesson_id: str, min_group: int) -> pd.DataFrame:
    """Return the lessons of a course that may be compared: those of at least ``min_group`` students.

    What a lesson differs by from another tells of both, so the comparison leaves out the smaller ones; none is left
    where the lesson itself is too small.

    Args:
        means: What ``course_student_means`` returns: a row per lesson and student.
        lesson_id: The lesson that is compared with the others.
        min_group: Students that a figure speaks of, at least.
    """
    large = large_lessons(means, min_group)
    return large if lesson_id in set(large["lesson_id"]) else means.loc[means["lesson_id"] == lesson_id]


def large_lessons(means: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return the rows of the lessons whose histograms may be shown: of ``min_group`` students, half of it in effect."""
    weights = means.groupby("lesson_id")["weight"]
    enough = (weights.transform("size") >= min_group) & (weights.transform(_number_of) >= fewest_in_effect(min_group))
    return means.loc[enough]


def _number_of(weights: pd.Series[float]) -> float:
    return effective_number(np.asarray(weights, dtype=np.float64))
