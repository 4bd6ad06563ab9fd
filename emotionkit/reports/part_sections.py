"""Sections of small figures side by side: the parts of a lesson, and students who agreed to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from emotionkit.analysis import ClassHistogram, LessonFigures
from emotionkit.records import EMOTIONS
from emotionkit.reports import formatting, texts
from emotionkit.reports.drawing import SmallPicture, mark_picture, small_picture
from emotionkit.reports.figures import bars_figure, scale_top
from emotionkit.reports.rendering import rendered
from emotionkit.reports.section import Numbers, Section, numbers_of, shares_in_words

MOST_SMALL_FIGURES = 24
"""More would make a page too long to print and too large to send; all are in the table."""


def lesson_parts(segments: pd.DataFrame, figures: LessonFigures) -> Section:
    """Return a histogram for each named part of a lesson; empty where nobody named any, or nobody was seen.

    Args:
        segments: Rows of the table ``segments`` of the lesson.
        figures: Its figures.
    """
    if segments.empty or not figures.histogram.students or figures.histogram.withheld:
        return Section("")
    spans = [formatting.span(*row) for row in zip(segments["start_s"], segments["end_s"], strict=True)]
    titles = [f"{number} {formatting.name(name)}" for number, name in enumerate(segments["title"], start=1)]
    shown = list(zip(titles, spans, figures.segments, strict=True))
    group = figures.min_group
    return small_figures("parts", texts.PARTS, texts.PARTS_CAPTION.format(group=group), shown, texts.PART)


def students(names: Mapping[str, str], figures: LessonFigures) -> Section:
    """Return a histogram for each student who agreed; empty where none did.

    Args:
        names: Of students by their ids.
        figures: The figures of the lesson.
    """
    if figures.students_withheld:
        words = texts.STUDENTS_WITHHELD.format(group=figures.min_group)
        return Section(rendered("withheld.html.j2", id="students", heading=texts.STUDENTS_SHOWN, words=words))
    shown = [
        (formatting.name(names[student]), formatting.number(histogram.readings) + " " + texts.PICTURES, histogram)
        for student, histogram in figures.students.items()
        if histogram.students
    ]
    if not shown:
        return Section("")
    return small_figures(
        "students", texts.STUDENTS_SHOWN, texts.STUDENTS_CAPTION, sorted(shown, key=_first), texts.STUDENT
    )


def small_figures(
    id: str,  # noqa: A002 - it is that of the section
    heading: str,
    caption: str,
    shown: Sequence[tuple[str, str, ClassHistogram]],
    first_column: str,
) -> Section:
    """Return histograms side by side, to one scale, with all their numbers in one table.

    Args:
        id: Of the section, within the page.
        heading: Over it.
        caption: Below the heading.
        shown: Name, a word on it and the histogram of each, in the order of the page.
        first_column: Heading of the names in the table.
    """
    top = scale_top(histogram for _, _, histogram in shown)
    items = [
        {"title": name, "about": _about(about, histogram), "picture": _small(histogram, top)}
        for name, about, histogram in shown[:MOST_SMALL_FIGURES]
    ]
    more = texts.MORE_IN_TABLE.format(count=MOST_SMALL_FIGURES) if len(shown) > MOST_SMALL_FIGURES else ""
    return Section(
        rendered(
            "multiples.html.j2",
            id=id,
            heading=heading,
            caption=f"{caption} {more}".strip(),
            key=[(mark_picture(emotion), texts.EMOTIONS[emotion]) for emotion in EMOTIONS if emotion != "neutral"],
            items=items,
            numbers=numbers_of(shown, first_column) if any(_known(one) for _, _, one in shown) else Numbers(),
        )
    )


def _first(shown: tuple[str, str, ClassHistogram]) -> str:
    return shown[0].casefold()


def _known(histogram: ClassHistogram) -> bool:
    return bool(histogram.table["mean"].notna().all())


def _about(words: str, histogram: ClassHistogram) -> str:
    if not _known(histogram):
        return f"{words}; {texts.TOO_FEW}"
    neutral = formatting.percent(float(histogram.table["mean"]["neutral"]))
    return f"{words}; {texts.EMOTIONS['neutral'].lower()} {neutral}"


def _small(histogram: ClassHistogram, top: float) -> SmallPicture | None:
    if not _known(histogram):
        return None
    alt = texts.EXPRESSIONS_ALT.format(values=shares_in_words(histogram))
    return small_picture(lambda theme, width: bars_figure(histogram, theme, width, top=top), alt)
