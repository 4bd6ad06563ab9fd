"""Sections of a lesson's report on what changed: within the lesson, and against the course so far."""

from __future__ import annotations

import math

import pandas as pd

from emotionkit.analysis import Changes, LessonDifference, Timeline
from emotionkit.reports import formatting, texts
from emotionkit.reports.rendering import rendered
from emotionkit.reports.section import Numbers, Section

MOST_MOMENTS = 10
LEAST_DIFFERENCE = 0.01
"""Difference of shares that is told, a percentage point. Rare expressions vary so little that one that nobody could see
may be more than chance."""


def moments(changes: Changes, timeline: Timeline | None = None, min_group: int = 0) -> Section:
    """Return the moments at which the class changed, by time, the ten largest at most; empty with too few faces.

    Also where a part of the ``timeline`` is withheld: before and after a moment would tell of it.

    Args:
        changes: The moments.
        timeline: What is shown beside them.
        min_group: People on whom every number shown must depend; a change of fewer is not told, and one without its
            numbers where these, with those of the whole class, would speak of the few who were not there.
    """
    if not changes.looked or changes.students < min_group or (timeline is not None and timeline.withheld_bins):
        return Section("")
    all_moments = _moments(changes, min_group)
    shown = _largest(all_moments)
    numbers = changes.table.loc[_with_numbers(changes, min_group)]
    lead = texts.MOMENTS_LEAD if len(shown) == len(all_moments) else texts.MOMENTS_SOME
    return Section(
        rendered(
            "listed.html.j2",
            id="moments",
            heading=texts.MOMENTS,
            lead=lead.format(shown=len(shown), all=len(all_moments)) if shown else texts.MOMENTS_NONE,
            items=[_moment(rows, numbers.index) for rows in shown],
            notes=[texts.MOMENTS_NOTE] if shown else [],
            numbers=Numbers(
                texts.MOMENTS_COLUMNS, [_moment_row(row) for _, row in numbers.iterrows()], texts.MOMENTS_TABLE
            ),
        )
    )


def marked_moments(changes: Changes, timeline: Timeline, min_group: int) -> pd.DataFrame:
    """Return the changes that :func:`moments` tells, for marks in the timeline: ``time_s`` and ``emotion``."""
    if not changes.looked or changes.students < min_group or timeline.withheld_bins:
        return changes.table.iloc[:0]
    return pd.concat([changes.table.iloc[:0], *_largest(_moments(changes, min_group))])


def told_differences(difference: LessonDifference, min_group: int) -> str:
    """Return in one sentence the differences from the course so far, or that none is of note, or why none is known."""
    tested = difference.design != "nothing" and difference.students >= min_group
    if not tested:
        return _none_known(difference, min_group) or texts.OPENING_NO_EARLIER
    lessons = _lessons(difference)
    numbers = difference.speaks_of_enough(min_group)
    words = (
        (texts.OPENING_MORE, texts.OPENING_LESS) if numbers else (texts.OPENING_MORE_ALONE, texts.OPENING_LESS_ALONE)
    )
    told = [_compared(str(emotion), row, *words) for emotion, row in _larger(difference).iterrows()]
    if not told:
        return _none_told(difference).format(lessons=lessons)
    is_some = numbers and difference.design == "paired" and difference.only_here > 0
    same = texts.OPENING_SAME.format(students=formatting.people(difference.students)) if is_some else ""
    return texts.OPENING_LEAD.format(
        lessons=lessons, same=same, differences="; ".join(text[0].lower() + text[1:] for text in told)
    )


def course_so_far(difference: LessonDifference, min_group: int = 0) -> Section:
    """Return what differs from the earlier lessons by more than chance, or that nothing does, or why none is known.

    A difference that speaks of fewer than ``min_group`` students is as good as none. One of less than a percentage
    point is in the table alone.

    Args:
        difference: The lesson against the earlier ones.
        min_group: As for :func:`moments`.
    """
    tested = difference.design != "nothing" and difference.students >= min_group
    larger = _larger(difference) if tested else difference.table.iloc[:0]
    numbers = difference.speaks_of_enough(min_group)
    words = (texts.COURSE_MORE, texts.COURSE_LESS) if numbers else (texts.COURSE_MORE_ALONE, texts.COURSE_LESS_ALONE)
    lead = texts.COURSE_LEAD if len(larger) else _none_told(difference)
    if not tested:
        lead = _none_known(difference, min_group) or texts.COURSE_NO_EARLIER
    about = texts.COURSE_NOTE.get(difference.design, "").format(students=formatting.people(difference.students))
    return Section(
        rendered(
            "listed.html.j2",
            id="course",
            heading=texts.COURSE_SO_FAR,
            lead=lead.format(lessons=_lessons(difference)),
            items=[("", _compared(str(emotion), row, *words)) for emotion, row in larger.iterrows()] if tested else [],
            notes=[" ".join((about, texts.COURSE_CHANCE, *[texts.COURSE_IN_TABLE] * numbers))] if tested else [],
            numbers=Numbers(
                texts.COURSE_COLUMNS,
                [_difference_row(str(emotion), row) for emotion, row in difference.table.iterrows()]
                if tested and numbers
                else [],
                texts.COURSE_TABLE,
            ),
        )
    )


def _none_known(difference: LessonDifference, min_group: int) -> str:
    """Return why there is no difference to tell though there are earlier lessons; empty where there are none."""
    if difference.left_out and not difference.against and difference.students >= min_group:
        return texts.COURSE_FEW_EARLIER
    return texts.COURSE_TOO_FEW if difference.against or difference.left_out else ""


def _lessons(difference: LessonDifference) -> str:
    """Return which lessons a lesson is compared with."""
    count = len(difference.against)
    if difference.left_out:
        return texts.COURSE_LESSONS_SOME.format(count=count, all=count + difference.left_out)
    return texts.COURSE_LESSONS[min(count, 2) - 1].format(count=count)


def _moments(changes: Changes, min_group: int) -> list[pd.DataFrame]:
    """Return the rows that tell of each moment, by time, of those that enough people were seen at."""
    table = changes.table.loc[changes.table["students"] >= min_group]
    return [_telling(rows) for _, rows in table.groupby("moment", sort=True)]


def _largest(moments: list[pd.DataFrame]) -> list[pd.DataFrame]:
    largest = sorted(moments, key=lambda rows: -rows["difference"].abs().max())[:MOST_MOMENTS]
    return [rows for rows in moments if any(rows is one for one in largest)]


def _with_numbers(changes: Changes, min_group: int) -> pd.Index[int]:
    """Return the index of the rows whose numbers do not, with those of the whole class, speak of a few."""
    left = changes.students - changes.table["students"]
    few = (left > 0) & (left < min_group)
    return changes.table.index[(changes.table["students"] >= min_group) & ~few]


def _telling(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a moment without neutral where another expression changed: it only mirrors that."""
    others = rows.loc[rows["emotion"] != "neutral"]
    rows = others if len(others) else rows
    return rows.sort_values("difference", key=abs, ascending=False, kind="stable")


def _moment(rows: pd.DataFrame, with_numbers: pd.Index[int]) -> tuple[str, str]:
    told = []
    for index, row in rows.iterrows():
        rise, fall = texts.MOMENT_RISE, texts.MOMENT_FALL
        if index not in with_numbers:
            rise, fall = texts.MOMENT_RISE_ALONE, texts.MOMENT_FALL_ALONE
        before, after = formatting.percent(row["before"]), formatting.percent(row["after"])
        pattern = rise if row["difference"] > 0 else fall
        told.append(pattern.format(emotion=texts.EMOTIONS[row["emotion"]], before=before, after=after))
    time, early, late = _times(rows["time_s"].iloc[0], rows["early_s"].min(), rows["late_s"].max())
    said = "; ".join(told)
    return time, said if early == late else texts.MOMENT_BETWEEN.format(told=said, early=early, late=late)


def _times(time_s: float, early_s: float, late_s: float) -> tuple[str, str, str]:
    """Return a time, and the full seconds whose half a second on either side holds its interval."""
    ends = (max(0.0, time_s), max(0.0, math.floor(early_s + 0.5)), math.ceil(late_s - 0.5))
    time, early, late = (formatting.clock(seconds) for seconds in ends)
    return time, early, late


def _moment_row(row: pd.Series[float]) -> list[str]:
    times = _times(row["time_s"], row["early_s"], row["late_s"])
    shares = [formatting.exact_percent(row[name]) for name in ("before", "after")]
    return [
        *times,
        texts.EMOTIONS[str(row["emotion"])],
        *shares,
        formatting.points(row["low"]),
        formatting.points(row["high"]),
    ]


def _larger(difference: LessonDifference) -> pd.DataFrame:
    """Return the rows of the differences that are told."""
    rows = difference.larger_than_chance()
    return rows.loc[rows["difference"].abs() >= LEAST_DIFFERENCE]


def _none_told(difference: LessonDifference) -> str:
    """Return the pattern of what to say where no difference is told."""
    return texts.COURSE_NOTHING if difference.larger_than_chance().empty else texts.COURSE_SMALL


def _compared(emotion: str, row: pd.Series[float], more: str, less: str) -> str:
    here, there = formatting.percent(row["here"]), formatting.percent(row["there"])
    return (more if row["difference"] > 0 else less).format(emotion=texts.EMOTIONS[emotion], here=here, there=there)


def _difference_row(emotion: str, row: pd.Series[float]) -> list[str]:
    shares = [formatting.exact_percent(row[name]) for name in ("here", "there")]
    ends = [formatting.points(row[name]) for name in ("difference", "low", "high")]
    return [texts.EMOTIONS[emotion], *shares, *ends, formatting.percent(row["p_holm"])]
