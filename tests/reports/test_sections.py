"""Sections and figures made in this process, from lessons of every kind."""

from __future__ import annotations

import base64
import dataclasses
import html
import re
from datetime import datetime
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from emotionkit.analysis import AnalysisSettings, class_histogram, lesson_coverage, lesson_timeline
from emotionkit.records import EMOTIONS
from emotionkit.reports import opening, overview_sections, sections, texts
from emotionkit.reports.drawing import picture
from emotionkit.reports.figures import STRIPS, histogram_figure, lessons_figure, timeline_figure
from emotionkit.reports.palette import DARK, EMOTION_COLORS, EMOTION_MARKS, LIGHT
from emotionkit.reports.section import Section
from emotionkit.warehouse import open_warehouse

QUICK = AnalysisSettings(resamples=100)
WAVES = "2026-09-14_physics-101_waves"


@pytest.fixture(scope="module")
def analysed(warehouse):
    """Coverage, histogram and timeline of a lesson."""

    def analyse(lesson_id: str):
        rows = open_warehouse(warehouse)
        tables = rows.frames(lesson_id), rows.faces(lesson_id)
        return tuple(function(*tables, QUICK) for function in (lesson_coverage, class_histogram, lesson_timeline))

    return analyse


def words(section: Section) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", section.html)).split())


def drawing(address: str) -> str:
    return base64.b64decode(address.removeprefix("data:image/svg+xml;base64,")).decode()


def test_the_header_says_what_is_known_and_nothing_else(waves):
    header = words(opening.lesson_header(waves))
    assert header.startswith("Waves Course Physics 101 Teacher Dr. Ada Example Date 14 September 2026,")
    assert "Length 5:00" in header
    bare = dataclasses.replace(waves, course=None, teacher=" ", started_at=None)
    header = words(opening.lesson_header(bare))
    assert not {texts.COURSE, texts.TEACHER, texts.DATE} & set(header.split())
    assert texts.UNKNOWN not in header


def test_a_date_without_a_zone_is_shown_as_it_is(waves):
    moment = dataclasses.replace(waves, started_at=datetime(2026, 1, 2, 13, 4))
    assert "2 January 2026, 13:04" in words(opening.lesson_header(moment))


def test_the_summary_names_the_two_commonest_expressions(analysed):
    coverage, histogram, _ = analysed(WAVES)
    summary = words(opening.summary(histogram, coverage))
    assert summary.startswith("Faces looked neutral for ")
    assert "and happy for" in summary
    assert "the average of the 9 people seen, 7.8 at a time" in summary
    assert "during 90% of the lesson" in summary


def test_no_clear_face_is_told_from_no_face(analysed):
    coverage, histogram, timeline = analysed("blurred")
    summary = words(opening.summary(histogram, coverage))
    assert summary.startswith(texts.NO_USABLE_FACE)
    assert "nan" not in summary
    assert sections.expressions(histogram).html == ""
    assert sections.timeline(timeline).html == ""
    quality = words(sections.data_quality(coverage, histogram))
    assert "turned away 110 (100%)" in quality
    assert "nan" not in quality


def test_one_student_is_no_class(analysed):
    coverage, histogram, timeline = analysed("alone")
    assert texts.EXPRESSIONS_CAPTION["time"] in words(sections.expressions(histogram))
    assert "nan" not in words(sections.timeline(timeline))
    assert "the one person seen" in words(opening.summary(histogram, coverage))


def test_coverage_counts_what_was_left_out(analysed):
    coverage, histogram, _ = analysed(WAVES)
    quality = words(sections.data_quality(coverage, histogram))
    assert "readable face 90% (4:30 of 5:00)" in quality
    assert "Pictures looked at 600" in quality
    assert "People told apart 9" in quality
    assert "Worth, in students seen throughout 9" in quality


def test_what_was_lost_of_a_class_that_was_read_live_is_counted(analysed, warehouse):
    coverage, histogram, _ = analysed(WAVES)
    run = open_warehouse(warehouse).run(WAVES)
    assert sections.data_quality(coverage, histogram, run).html == sections.data_quality(coverage, histogram).html
    begun = dataclasses.replace(run, settings='{"live": {"dropped_frames": 12, "gaps": [[10.0, 15.5], [60.0, 130.0]]}}')
    assert "class ran 12 Picture lost 2 times, 1:16 in all" in words(sections.data_quality(coverage, histogram, begun))
    begun = dataclasses.replace(run, settings='{"live": {"dropped_frames": 12, "gaps": [[10.0, 15.5]]}}')
    assert "Picture lost once, 0:06" in words(sections.data_quality(coverage, histogram, begun))
    begun = dataclasses.replace(run, settings='{"live": {"dropped_frames": 12, "gaps": []}}')
    assert "Picture lost" not in words(sections.data_quality(coverage, histogram, begun))


def test_the_timeline_table_has_a_row_per_bin_and_dashes_in_gaps(analysed):
    _, _, timeline = analysed(WAVES)
    rows = re.findall(r"<tr><th scope=\"row\"><bdi>(.*?)</bdi></th>(.*?)</tr>", sections.timeline(timeline).html)
    assert [start for start, _ in rows[:3]] == ["0:00", "0:05", "0:10"]
    assert len(rows) == 60
    gap = re.findall("<td>(.*?)</td>", rows[21][1])
    assert gap == ["–"] * 7 + ["0"]
    first = re.findall("<td>(.*?)</td>", rows[0][1])
    expected = timeline.expressions["mean"].head(7)
    assert first[:7] == [f"{100 * mean:.1f}%" for mean in expected]


def test_the_timeline_tells_its_peaks_in_words(analysed):
    assert re.search(r'alt="[^"]*Happy was highest at 3:\d\d with \d\d%', sections.timeline(analysed(WAVES)[2]).html)


@pytest.mark.parametrize("lesson_id", [WAVES, "alone"])
def test_drawings_are_valid_and_keep_text_as_text(analysed, lesson_id):
    _, histogram, timeline = analysed(lesson_id)
    for draw, result in ((histogram_figure, histogram), (timeline_figure, timeline)):
        forms = picture(lambda theme, width, draw=draw, result=result: draw(result, theme, width), "words")
        for field in ("narrow_light", "narrow_dark", "wide_light", "wide_dark"):
            root = ElementTree.fromstring(drawing(getattr(forms, field)))
            shown = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
            assert set(texts.EMOTIONS.values()) <= shown
        assert LIGHT.text in drawing(forms.narrow_light)
        assert LIGHT.text not in drawing(forms.narrow_dark)
        assert DARK.text in drawing(forms.narrow_dark)


def test_the_same_lesson_gives_the_same_figure(analysed):
    _, histogram, _ = analysed(WAVES)
    assert sections.expressions(histogram) == sections.expressions(histogram)


def test_a_gap_breaks_the_line_and_a_lonely_point_is_marked(analysed):
    _, _, timeline = analysed(WAVES)
    lonely = timeline.expressions.copy()
    lonely.loc[~lonely["start_s"].isin([20, 60, 65, 70]), ["mean", "low", "high"]] = np.nan
    figure = timeline_figure(dataclasses.replace(timeline, expressions=lonely), LIGHT, 400)
    # The first is the mark before the name.
    lines = [line for line in figure.axes[0].lines if list(line.get_xdata()) not in ([], [0])]
    assert [list(line.get_xdata()) for line in lines] == [[22.5], [62.5, 67.5, 72.5], [22.5]]
    assert lines[-1].get_marker() == "o"
    (interval,) = [bar for bar in figure.axes[0].collections if isinstance(bar, LineCollection)]
    happy = timeline.expressions.query(f"emotion == '{STRIPS[0]}' and start_s == 20")
    assert np.allclose(interval.get_segments()[0], [[22.5, happy["low"].item()], [22.5, happy["high"].item()]])


def test_an_interval_between_means_without_any_is_drawn(analysed):
    """Points of too few students for an interval have a mean, so the line goes on where the shade has gaps."""
    _, _, timeline = analysed(WAVES)
    rows = timeline.expressions.copy()
    rows.loc[~rows["start_s"].isin([20, 60, 65, 70]), ["mean", "low", "high"]] = np.nan
    rows.loc[rows["start_s"] == 65, ["low", "high"]] = np.nan
    strips = timeline_figure(dataclasses.replace(timeline, expressions=rows), LIGHT, 400).axes
    for axes, emotion in zip(strips, STRIPS, strict=False):
        own = rows.loc[(rows["emotion"] == emotion) & rows["low"].notna(), ["middle_s", "low", "high"]].to_numpy()
        (drawn,) = [bars.get_segments() for bars in axes.collections if isinstance(bars, LineCollection)]
        assert np.allclose(drawn, [[(x, low), (x, high)] for x, low, high in own])


def test_a_lesson_that_is_withheld_breaks_the_line_over_lessons(analysed):
    _, histogram, _ = analysed(WAVES)
    withheld = dataclasses.replace(histogram, table=histogram.table * np.nan)
    figure = lessons_figure([histogram, histogram, withheld, histogram], LIGHT, 400)
    lines = [list(line.get_xdata()) for line in figure.axes[0].lines if list(line.get_xdata()) not in ([], [0])]
    assert lines == [[1, 2], [4]]


def test_captions_say_how_often_an_interval_holds(analysed):
    _, histogram, timeline = analysed(WAVES)
    assert "19 times out of 20" in sections.expressions(histogram).html
    settings = AnalysisSettings(confidence=0.6)
    histogram = dataclasses.replace(histogram, settings=settings)
    lessons = pd.DataFrame({"lesson_id": ["a"], "title": ["A"], "started_at": pd.to_datetime(["2026-09-14"])})
    shown = [
        sections.expressions(histogram),
        sections.timeline(dataclasses.replace(timeline, settings=settings)),
        overview_sections.lesson_by_lesson(lessons, {"a": histogram}, 5),
    ]
    assert [re.findall(r"\d+ times out of \d+", section.html) for section in shown] == [
        ["3 times out of 5"],
        ["3 times out of 5"],
        ["3 times out of 5"] * 2,  # also below the numbers
    ]


def test_bars_show_the_shares_and_lines_the_intervals(analysed):
    _, histogram, _ = analysed(WAVES)
    axes = histogram_figure(histogram, LIGHT, 400).axes[0]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(list(histogram.table["mean"]))
    ends = [list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert np.allclose(ends, histogram.table[["low", "high"]])


def test_there_is_one_colour_and_one_word_for_each_expression():
    assert tuple(EMOTION_COLORS) == EMOTIONS == tuple(texts.EMOTIONS)
    assert len(set(EMOTION_COLORS.values())) == len(EMOTIONS)
    assert not set(EMOTION_COLORS.values()) & {LIGHT.text, LIGHT.muted, LIGHT.grid}
    assert tuple(EMOTION_MARKS) == EMOTIONS
    assert len(set(EMOTION_MARKS.values())) == len(EMOTIONS)
    assert sorted(STRIPS) == sorted(EMOTIONS)


def luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize(("theme", "page"), [(LIGHT, "#ffffff"), (DARK, "#17171b")])
def test_words_stand_out_from_the_page(theme, page):
    for color in (theme.text, theme.muted):
        low, high = sorted((luminance(color), luminance(page)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_course_of_people_who_are_not_all_known_has_no_number_of_them(analysed):
    _, histogram, _ = analysed(WAVES)
    assert "people seen" in words(sections.expressions(histogram))
    assert "people seen" not in words(sections.expressions(histogram, counted=False))


def test_what_nothing_is_worth_has_no_column(analysed):
    _, histogram, _ = analysed(WAVES)
    assert texts.EFFECTIVE in words(sections.expressions(histogram))
    without = dataclasses.replace(histogram, table=histogram.table.assign(effective_readings=np.nan))
    assert texts.EFFECTIVE not in words(sections.expressions(without))
