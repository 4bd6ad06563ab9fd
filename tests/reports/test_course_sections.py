"""What changed, within a lesson and against the course, in a teacher's words."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import (
    AnalysisSettings,
    Changes,
    against_course,
    course_student_means,
    lesson_changes,
    lesson_difference,
    student_means,
)
from emotionkit.errors import UnknownLessonError
from emotionkit.records import EMOTIONS
from emotionkit.reports import course_sections, texts
from emotionkit.reports.section import Section
from emotionkit.warehouse import open_warehouse

QUICK = AnalysisSettings(resamples=200)


@pytest.fixture
def course(tmp_path, stored, waves) -> Path:
    """Three lessons of one course a week apart, one of another course, one without a date."""
    for week in range(3):
        start = waves.started_at + timedelta(weeks=week)
        stored(tmp_path, dataclasses.replace(waves, lesson_id=f"w{week}", started_at=start, duration_s=60.0), 5 + week)
    stored(tmp_path, dataclasses.replace(waves, lesson_id="other", course="Chemistry", duration_s=20.0), 4)
    stored(tmp_path, dataclasses.replace(waves, lesson_id="undated", started_at=None, duration_s=20.0), 4)
    return tmp_path


def words(section: Section) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", section.html)).split())


def means(lesson_id: str, seed: int, happy: float = 0.0, *, known: bool = True) -> pd.DataFrame:
    values = np.random.default_rng(seed).dirichlet([3, 1, 1, 8, 30, 4, 3], 9)
    values[:, 3] += happy * values[:, 4]
    values[:, 4] *= 1 - happy
    names = [f"S{k}" for k in range(9)]
    rows = pd.DataFrame(values, columns=list(EMOTIONS))
    return rows.assign(lesson_id=lesson_id, person=names, student_id=names if known else None, weight=1.0)


def changes(rows: list[tuple[float, str, float, float]], *, looked: bool = True, students: int = 9) -> Changes:
    table = pd.DataFrame(rows, columns=["time_s", "emotion", "before", "after"])
    table["difference"] = table["after"] - table["before"]
    table = table.assign(
        moment=(table["time_s"].diff() > 5).cumsum() + 1,
        early_s=table["time_s"] - 0.5,
        late_s=table["time_s"] + 0.5,
        low=table["difference"] - 0.1,
        high=table["difference"] + 0.1,
        p=0.01,
        students=students,
    )
    return Changes(table, 1.0, 9, looked, QUICK)


def test_the_reduction_in_sql_is_that_in_pandas(course):
    with open_warehouse(course) as rows:
        reduced = course_student_means(rows, "w1", QUICK)
        lessons = ["w0", "w1"]
        frames = pd.concat([rows.frames(lesson_id) for lesson_id in lessons])
        faces = pd.concat([rows.faces(lesson_id) for lesson_id in lessons])
    expected = student_means(frames, faces, QUICK)
    pd.testing.assert_frame_equal(
        reduced.drop(columns=["student_id", "agreed"]), expected.drop(columns="student_id"), check_dtype=False
    )
    assert reduced["student_id"].isna().all()


def test_only_earlier_lessons_of_the_course_are_taken(course):
    rows = open_warehouse(course)
    assert set(course_student_means(rows, "w2")["lesson_id"]) == {"w0", "w1", "w2"}
    assert set(course_student_means(rows, "w0")["lesson_id"]) == {"w0"}
    assert set(course_student_means(rows, "undated")["lesson_id"]) == {"undated"}
    with pytest.raises(UnknownLessonError):
        course_student_means(rows, "w9")


def test_the_first_lesson_has_none_to_compare_with(course):
    difference = against_course(course_student_means(open_warehouse(course), "w0"), "w0", QUICK)
    said = words(course_sections.course_so_far(difference))
    assert said == f"{texts.COURSE_SO_FAR} {texts.COURSE_NO_EARLIER}"


def test_no_difference_is_said_to_be_none():
    difference = against_course(pd.concat([means("a", 1), means("b", 2), means("c", 3)]), "c", QUICK)
    said = words(course_sections.course_so_far(difference))
    assert "Against the 2 earlier lessons, nothing differs by more than chance." in said
    assert "The same 9 people are compared with their own earlier lessons." in said
    assert "<li>" not in course_sections.course_so_far(difference).html


def test_a_difference_is_told_with_both_shares():
    difference = lesson_difference(pd.concat([means("a", 1), means("b", 2, 0.5)]), "b", ["a"], QUICK)
    section = course_sections.course_so_far(difference)
    told = re.findall("<li>(.*?)</li>", section.html)
    row = difference.table.loc["happy"]
    assert f"Happy more often: {100 * row['here']:.0f}% of the time, {100 * row['there']:.0f}% before" in told
    assert any(line.startswith("Neutral less often:") for line in told)
    assert "Against the one earlier lesson, more than chance:" in words(section)
    assert len(re.findall("<tr>", section.html)) == 8


def test_a_difference_that_nobody_could_see_is_left_to_the_table():
    difference = lesson_difference(pd.concat([means("a", 1), means("b", 2, 0.5)]), "b", ["a"], QUICK)
    table = difference.table.copy()
    table.loc["disgust", ["here", "there", "difference", "low", "high", "p_holm"]] = [
        0.004,
        0.001,
        0.003,
        0.001,
        0.005,
        0,
    ]
    rare = dataclasses.replace(difference, table=table)
    assert "disgust" in rare.larger_than_chance().index
    assert "Disgusted" not in "".join(re.findall("<li>(.*?)</li>", course_sections.course_so_far(rare).html))
    assert "isgusted" not in course_sections.told_differences(rare, 5)
    assert "happy more often" in course_sections.told_differences(rare, 5)


def test_where_all_that_is_no_chance_is_small_it_is_not_said_to_be_nothing():
    rows = means("a", 1)
    change = np.linspace(0.004, 0.006, 9)
    less = rows.assign(lesson_id="b", disgust=rows["disgust"] - change, neutral=rows["neutral"] + change)
    difference = lesson_difference(pd.concat([rows, less]), "b", ["a"], QUICK)
    assert set(difference.larger_than_chance().index) == {"disgust", "neutral"}
    said = texts.COURSE_SMALL.format(lessons="the one earlier lesson")
    assert course_sections.told_differences(difference, 5) == said
    section = course_sections.course_so_far(difference)
    assert said in words(section)
    assert "<li>" not in section.html
    assert re.search(r"Disgusted \d+\.\d% \d+\.\d% −0\.5", words(section))


def test_nothing_is_left_to_a_table_that_is_not_there():
    rows = pd.concat([means("a", 1), means("b", 2, 0.5)])
    assert texts.COURSE_IN_TABLE in words(course_sections.course_so_far(lesson_difference(rows, "b", ["a"], QUICK), 5))
    rows.loc[(rows["lesson_id"] == "b") & (rows["person"] == "S8"), ["person", "student_id"]] = "S99"
    section = course_sections.course_so_far(lesson_difference(rows, "b", ["a"], QUICK), 5)
    assert texts.COURSE_CHANCE in words(section)
    assert texts.COURSE_IN_TABLE not in words(section)
    assert "<table" not in section.html


def test_unknown_students_are_said_to_be_unknown():
    rows = pd.concat([means("a", 1, known=False), means("b", 2, known=False)])
    said = words(course_sections.course_so_far(lesson_difference(rows, "b", ["a"], QUICK)))
    assert texts.COURSE_NOTE["independent"] in said


def test_too_few_students_are_said_to_be_too_few():
    rows = pd.concat([means("a", 1).head(2), means("b", 2).head(2)])
    section = course_sections.course_so_far(lesson_difference(rows, "b", ["a"], QUICK))
    assert words(section) == f"{texts.COURSE_SO_FAR} {texts.COURSE_TOO_FEW}"
    assert "nan" not in section.html


@pytest.mark.parametrize("this", ["a", "b"])
def test_earlier_lessons_that_are_too_small_are_not_said_to_be_missing(this):
    difference = against_course(pd.concat([means("a", 1).head(3), means("b", 2)]), this, QUICK, min_group=5)
    why = {"a": texts.COURSE_TOO_FEW, "b": texts.COURSE_FEW_EARLIER}[this]
    assert words(course_sections.course_so_far(difference, 5)) == f"{texts.COURSE_SO_FAR} {why}"
    assert course_sections.told_differences(difference, 5) == why


def test_moments_are_told_by_time_and_without_their_mirror():
    found = changes(
        [
            (40.0, "neutral", 0.9, 0.3),
            (40.0, "happy", 0.002, 0.53),
            (67.0, "surprise", 0.01, 0.3),
            (100, "neutral", 0.9, 0.5),
        ]
    )
    found.table.loc[found.table["time_s"] == 67, "late_s"] = 69.5
    told = re.findall("<li>(.*?)</li>", course_sections.moments(found).html)
    assert told == [
        "<b>0:40</b> Happy rose from &lt;1% to 53%",
        "<b>1:07</b> Surprised rose from 1% to 30% (between 1:07 and 1:09)",
        "<b>1:40</b> Neutral fell from 90% to 50%",
    ]
    assert "0:40 0:40 0:40 Neutral 90.0% 30.0% −70.0 −50.0" in words(course_sections.moments(found))


@pytest.mark.parametrize("second", [40, 41])
def test_what_is_found_to_the_second_has_no_range(second):
    told = course_sections.moments(changes([(second, "happy", 0.1, 0.5)])).html
    assert "between" not in told


def test_a_range_is_told_no_narrower_than_it_is():
    """Pictures a third of a second off full ones: 36.3 rounds to 0:36, which holds it; 0:37 would not."""
    found = changes([(38, "happy", 0.1, 0.5)])
    found.table[["early_s", "late_s"]] = 36.3, 43.7
    assert "(between 0:36 and 0:44)" in course_sections.moments(found).html


def test_many_moments_are_cut_to_the_largest():
    found = changes([(30.0 * k, "happy", 0.1, 0.2 + 0.01 * k) for k in range(15)])
    section = course_sections.moments(found)
    assert "The 10 largest of 15 times" in words(section)
    told = re.findall("<b>(.*?)</b>", section.html)
    assert told == [f"{k // 2}:{30 * (k % 2):02d}" for k in range(5, 15)]
    assert len(re.findall("<tr>", section.html)) == 16


def test_a_quiet_lesson_and_an_empty_one():
    assert texts.MOMENTS_NONE in words(course_sections.moments(changes([])))
    assert course_sections.moments(changes([], looked=False)).html == ""


def test_the_smile_in_a_stored_lesson_is_told(warehouse):
    rows = open_warehouse(warehouse)
    lesson_id = "2026-09-14_physics-101_waves"
    found = lesson_changes(rows.frames(lesson_id), rows.faces(lesson_id), QUICK)
    happy = found.table.loc[(found.table["emotion"] == "happy") & (found.table["difference"] > 0), "time_s"]
    assert (happy - 0.55 * 300).abs().min() <= 10
    assert "Happy rose from" in words(course_sections.moments(found))


def test_small_groups_are_not_told_of():
    found = [(40.0, "happy", 0.1, 0.5)]
    assert "<b>0:40</b> Happy rose from 10% to 50%" in course_sections.moments(changes(found), min_group=5).html
    assert texts.MOMENTS_NONE in words(course_sections.moments(changes(found, students=4), min_group=5))
    assert course_sections.moments(changes(found), min_group=10).html == ""
    difference = lesson_difference(pd.concat([means("a", 1), means("b", 2, 0.5)]), "b", ["a"], QUICK)
    assert texts.COURSE_TOO_FEW in words(course_sections.course_so_far(difference, 10))
    assert "%" not in course_sections.course_so_far(difference, 10).html


def test_no_number_speaks_of_the_few_who_are_left():
    """Numbers of eight of nine people, less those of all nine, are those of the ninth."""
    one_away = course_sections.moments(changes([(40.0, "happy", 0.1, 0.5)], students=8), min_group=5)
    assert "<b>0:40</b> Happy rose</li>" in one_away.html
    assert "%" not in one_away.html
    new = means("b", 2, 0.5)
    new.loc[8, ["person", "student_id"]] = "S99"
    section = course_sections.course_so_far(lesson_difference(pd.concat([means("a", 1), new]), "b", ["a"], QUICK), 5)
    assert "Happy more often</li>" in section.html
    assert "%" not in section.html
    # Those of the eight who came again, less those of all nine on the earlier lesson's page.
    away = lesson_difference(pd.concat([means("a", 1), means("b", 2, 0.5).head(8)]), "b", ["a"], QUICK, min_group=5)
    section = course_sections.course_so_far(away, 5)
    assert "Happy more often</li>" in section.html
    assert "%" not in section.html


def test_how_many_earlier_lessons_are_left_out_is_told():
    rows = pd.concat([means("a", 1), means("b", 2).head(3), means("c", 3)])
    difference = against_course(rows, "c", QUICK, min_group=5)
    assert "1 of the 2 earlier lessons" in course_sections.told_differences(difference, 5)


def test_the_opening_says_of_whom_a_difference_is():
    """Its numbers are not those of the whole class, which stand beside it."""
    rows = pd.concat([means("a", 1), means("b", 2, 0.5)])
    strangers = means("b", 7).assign(person=[f"track {k}" for k in range(9)], student_id=None)
    difference = lesson_difference(pd.concat([rows, strangers]), "b", ["a"], QUICK, min_group=5)
    assert difference.design == "paired"
    assert "Against the one earlier lesson (of the 9 people known from before): " in course_sections.told_differences(
        difference, 5
    )
