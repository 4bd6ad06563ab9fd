"""Whether a figure over several lessons, beside those of the lessons themselves, would speak of too few people.

The histogram of a course is a sum over people and lessons, and so is what a lesson is compared with. Less suitable
multiples of the lessons' own histograms, which are on their pages, there is left what few of them bring: who was in one
lesson alone, say. See :mod:`emotionkit.analysis.disclosure` for figures of one lesson.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from emotionkit.analysis.disclosure import MOST_GROUPS
from emotionkit.analysis.student_means import AGREED

Factors = Mapping[str, Mapping[str, float]]
"""By lesson and person: how many times as much as in the lesson's own histogram the person's mean there weighs in a
figure; 0 where it does not enter."""


def factors_by_lesson(means: pd.DataFrame, brought: pd.Series[float], min_group: int) -> Factors:
    """Return the factors of rows of :func:`emotionkit.analysis.student_means.student_means`.

    People without a name may be the same in every lesson, so they are taken to be as few as they can be. Who is shown
    alone on the lesson's page can be subtracted, and is left out.

    Args:
        means: Its rows, each of a weight above 0.
        brought: How much each row weighs in the figure.
        min_group: People beside whom somebody who agreed is shown alone, at least, unless all agreed.
    """
    if AGREED in means:
        others = (~means[AGREED]).groupby(means["lesson_id"]).transform("sum")
        is_unknown = ~(means[AGREED] & ((others == 0) | (others >= min_group)))
        means, brought = means.loc[is_unknown], brought.loc[is_unknown]
    number = means["student_id"].isna().groupby(means["lesson_id"]).cumsum().astype(str)
    person = means["student_id"].astype(object).where(means["student_id"].notna(), "unnamed " + number)
    # Rounded, so that factors which differ by arithmetic alone are the same.
    rows = zip(means["lesson_id"], person, (brought / means["weight"]).round(9), strict=True)
    lessons: dict[str, dict[str, float]] = {}
    for lesson_id, name, value in rows:
        lessons.setdefault(str(lesson_id), {})[str(name)] = float(value)
    return lessons


def leaves_few(figure: Factors, min_group: int) -> bool:
    """Return whether the figure less some multiples of the lessons' own depends on fewer than ``min_group`` people.

    If it can be calculated from those whole, it tells nothing new. With too many small groups to look at, it is
    taken to speak of too few.

    Args:
        figure: Its factors, for each person of each lesson; each lesson is of ``min_group`` people or more.
        min_group: People on whom anything that can be calculated has to depend, at least.
    """
    # A lesson of which nobody is cancelled leaves all of it, and those are enough.
    groups = {frozenset[str]()}
    for people in figure.values():
        left = [others for others in _left(people) if len(others) < min_group]
        groups = {both for group in groups for others in left if len(both := group | others) < min_group}
        if len(groups) > MOST_GROUPS:
            return True
    return bool(groups) and frozenset() not in groups


def _left(people: Mapping[str, float]) -> Iterator[frozenset[str]]:
    """Yield who is left when a multiple of a lesson's own figure is taken away that cancels somebody."""
    for factor in set(people.values()):
        yield frozenset(person for person, other in people.items() if other != factor)
