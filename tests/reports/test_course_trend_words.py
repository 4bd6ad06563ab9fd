"""What a course's first sentences say of trends."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import AnalysisSettings, course_figures, course_trend
from emotionkit.records import EMOTIONS
from emotionkit.reports import texts
from emotionkit.reports.overview_sections import course_summary, trend_section

QUICK = AnalysisSettings(resamples=500)


def course(lessons: int, growth: float) -> pd.DataFrame:
    """Twelve students who are happier by so much in each lesson, at the expense of neutral."""
    random = np.random.default_rng(0)
    tables = []
    for number in range(lessons):
        shares = np.full((12, 7), 0.02)
        shares[:, 3] = 0.1 + growth * number + random.normal(0, growth / 20, 12)
        shares[:, 4] = 0.9 - shares[:, 3]
        names = [f"S{student:02d}" for student in range(12)]
        rows = pd.DataFrame(shares, columns=list(EMOTIONS))
        tables.append(rows.assign(lesson_id=f"l{number}", person=names, student_id=names, weight=1.0))
    return pd.concat(tables)


def said(lessons: int, growth: float) -> tuple[str, str]:
    means = course(lessons, growth)
    trend = course_trend(means, {f"l{number}": float(number) for number in range(lessons)}, QUICK, min_group=5)
    assert trend.table.loc["happy", "p_holm"] < 0.05
    return course_summary(course_figures(means, 5, QUICK), trend).html, trend_section(trend, 5).html


@pytest.mark.parametrize("lessons", [3, 5])
def test_so_few_lessons_have_no_trend(lessons):
    for html in said(lessons, 0.05):
        assert texts.TREND_TOO_FEW in html
        assert "happy grew" not in html


def test_a_trend_is_told_and_one_of_next_to_nothing_is_said_to_be_small():
    for html in said(8, 0.05):
        assert "happy grew by 5.0 percentage points a week" in html
    for html in said(8, 0.0001):
        assert texts.TREND_SMALL in html
        assert "happy grew" not in html


def test_what_may_be_chance_is_no_trend():
    means = course(8, 0.05)
    trend = course_trend(means, {f"l{number}": float(number) for number in range(8)}, QUICK, min_group=5)
    html = trend_section(dataclasses.replace(trend, table=trend.table.assign(p_holm=1.0)), 5).html
    assert texts.TREND_NONE in html
