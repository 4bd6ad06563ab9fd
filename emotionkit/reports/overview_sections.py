"""Sections of reports over many lessons: of a course, and of a student who agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from emotionkit._version import __version__
from emotionkit.analysis import ClassHistogram, CourseFigures, CourseTrend
from emotionkit.analysis.histogram import histogram_of
from emotionkit.reports import formatting, texts
from emotionkit.reports.drawing import picture
from emotionkit.reports.figures import lessons_figure
from emotionkit.reports.opening import common_expressions
from emotionkit.reports.rendering import rendered
from emotionkit.reports.section import Numbers, Section, numbers_of, shares_in_words

LEAST_SLOPE = 0.0005
"""Change of a share in a week that is told: what is not 0.0 percentage points."""


def overview_header(title: str, lessons: pd.DataFrame) -> Section:
    """Return what the report is about, how many lessons and from when to when.

    Args:
        title: Name of the course or student.
        lessons: Rows of the table ``lessons``.
    """
    days = _days(lessons.dropna(subset="started_at"))
    period = texts.PERIOD_VALUE.format(first=days[0], last=days[-1]) if days else texts.UNKNOWN
    facts = [(texts.LESSONS, formatting.number(len(lessons))), (texts.PERIOD, period)]
    known = [(term, value) for term, value in facts if value != texts.UNKNOWN]
    return Section(rendered("header.html.j2", title=formatting.name(title), facts=known))


def course_summary(figures: CourseFigures, trend: CourseTrend) -> Section:
    """Return a course in three sentences, or why there is nothing to show."""
    shown = sum(not histogram.withheld for histogram in figures.lessons.values())
    if not shown:
        why = texts.COURSE_WITHHELD_WHY.format(group=figures.min_group)
        return Section(rendered("summary.html.j2", sentences=[texts.COURSE_WITHHELD], why=why))
    seen = texts.COURSE_SEEN_UNKNOWN if figures.people is None else texts.COURSE_SEEN
    sentences = [
        common_expressions(figures.histogram),
        seen.format(lessons=counted_lessons(shown), students=formatting.people(figures.people or 0)),
        _told_trend(trend, figures.min_group),
    ]
    return Section(rendered("summary.html.j2", sentences=sentences, why=""))


def student_summary(
    histogram: ClassHistogram, lessons: Collection[ClassHistogram], left_out: int, min_group: int
) -> Section:
    """Return a student's lessons in two or three sentences, with the caution that belongs to them.

    Args:
        histogram: Over the lessons that are shown.
        lessons: Of each of those; where no face could be read, it does not count.
        left_out: How many others a consent covers.
        min_group: Others of whom the figures of their classes speak, at least.
    """
    seen = texts.STUDENT_SEEN.format(lessons=counted_lessons(sum(lesson.students > 0 for lesson in lessons)))
    said = [common_expressions(histogram), seen] if histogram.students else [texts.NO_USABLE_FACE] if lessons else []
    if left_out:
        said.append(texts.STUDENT_LEFT_OUT.format(lessons=counted_lessons(left_out), group=min_group))
    return Section(rendered("summary.html.j2", sentences=said, why=texts.STUDENT_CAUTION))


def lesson_by_lesson(lessons: pd.DataFrame, histograms: Mapping[str, ClassHistogram], min_group: int | None) -> Section:
    """Return the seven expressions from lesson to lesson; empty where none may be shown.

    Args:
        lessons: Rows of the table ``lessons``, in the order of the page.
        histograms: Of these lessons, by their ids; one without, as nobody was seen in it, is a gap.
        min_group: Students that a figure speaks of, at least; None in the report of one student.
    """
    seen = [histograms[lesson_id] for lesson_id in lessons["lesson_id"] if lesson_id in histograms]
    known = [histogram for histogram in seen if histogram.table["mean"].notna().all()]
    if not known:
        return Section("")
    nobody = histogram_of((), known[0].settings)
    shown = [histograms.get(lesson_id, nobody) for lesson_id in lessons["lesson_id"]]
    titles = [formatting.name(title) for title in lessons["title"]]
    days = _days(lessons)
    alt = texts.OVER_LESSONS_ALT.format(lessons=counted_lessons(len(lessons)), values=shares_in_words(known[-1]))
    caption = texts.OVER_LESSONS_STUDENT if min_group is None else texts.OVER_LESSONS_CAPTION
    numbered = [f"{number} {title}" for number, title in enumerate(titles, start=1)]
    return Section(
        rendered(
            "figure.html.j2",
            id="lessons",
            heading=texts.OVER_LESSONS,
            picture=picture(lambda theme, width: lessons_figure(shown, theme, width), alt),
            caption=caption.format(group=min_group, **formatting.odds(known[0].settings.confidence)),
            listed=list(zip(titles, days, strict=True)),
            numbers=numbers_of(list(zip(numbered, days, shown, strict=True)), texts.LESSON),
        )
    )


def trend_section(trend: CourseTrend, min_group: int) -> Section:
    """Return what grows and fades from week to week, with its numbers; empty where there is too little to say so."""
    if not _told(trend, min_group):
        return Section("")
    rows = [
        [
            texts.EMOTIONS[str(emotion)],
            *(formatting.points(row[name]) for name in ("slope", "low", "high")),
            formatting.percent(row["p_holm"]),
        ]
        for emotion, row in trend.table.iterrows()
    ]
    return Section(
        rendered(
            "listed.html.j2",
            id="trend",
            heading=texts.TREND,
            lead=_told_trend(trend, min_group),
            items=[],
            notes=[texts.TREND_NOTE[trend.interval_over]],
            numbers=Numbers(texts.TREND_COLUMNS, rows, texts.TREND_TABLE),
        )
    )


def course_footer(course: str, lessons: pd.DataFrame) -> Section:
    """Return what made the figures."""
    words = texts.COURSE_FOOTER.format(
        version=__version__, lessons=counted_lessons(len(lessons)), course=formatting.name(course)
    )
    return Section(rendered("footer.html.j2", words=words))


def student_footer(student_id: str) -> Section:
    """Return whose figures these are, and what made them."""
    return Section(
        rendered("footer.html.j2", words=texts.STUDENT_FOOTER.format(student_id=student_id, version=__version__))
    )


def counted_lessons(count: int) -> str:
    """Return how many lessons, in words."""
    return texts.COUNTED_LESSONS[min(max(count, 1), 2) - 1].format(count=count)


def _days(lessons: pd.DataFrame) -> list[str]:
    return [formatting.date(None if pd.isna(start) else start.to_pydatetime()) for start in lessons["started_at"]]


def _told(trend: CourseTrend, min_group: int) -> bool:
    return trend.interval_over != "nothing" and trend.students >= min_group


def _told_trend(trend: CourseTrend, min_group: int) -> str:
    # Intervals over students alone do not know how lessons differ by themselves, and would find trends in any few.
    if not _told(trend, min_group) or trend.interval_over != "students and lessons":
        return texts.TREND_TOO_FEW
    larger = trend.table.loc[trend.table["p_holm"] <= 0.05]
    told = [
        (texts.TREND_UP if slope > 0 else texts.TREND_DOWN).format(
            emotion=texts.EMOTIONS[str(emotion)].lower(), points=formatting.points(abs(slope)).removeprefix("+")
        )
        for emotion, slope in larger["slope"].items()
        if abs(slope) >= LEAST_SLOPE
    ]
    if not told:
        return texts.TREND_NONE if larger.empty else texts.TREND_SMALL
    return texts.TREND_SAID.format(trends="; ".join(told))
