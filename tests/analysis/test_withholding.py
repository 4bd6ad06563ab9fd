"""What a lesson shows of itself when few students were seen, all the time or for a while."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import (
    AnalysisSettings,
    class_histogram,
    lesson_figures,
    lesson_timeline,
    withhold_small_groups,
)
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=100)


def shown(present, min_group=5):
    """Histogram and timeline as shown of a lesson in which ``present[i]`` students are seen in the i-th ten seconds."""
    frames = pd.DataFrame({"pts_s": np.arange(10.0 * len(present)), "weight_s": 1.0})
    rows = [(pts_s, track) for pts_s in frames["pts_s"] for track in range(present[int(pts_s // 10)])]
    faces = pd.DataFrame(rows, columns=["pts_s", "track_id"]).assign(quality=1.0, **dict.fromkeys(EMOTIONS, 1 / 7))
    tables = frames, faces.astype({"track_id": int})
    return withhold_small_groups(class_histogram(*tables, QUICK), lesson_timeline(*tables, QUICK), min_group)


def tens(timeline):
    """Whether each ten seconds are shown."""
    means = timeline.expressions.pivot_table(index="start_s", columns="emotion", values="mean", dropna=False)
    return [bool(means.loc[start : start + 5].notna().all(axis=None)) for start in np.arange(0, means.index[-1], 10)]


def test_a_class_is_shown_whole():
    histogram, timeline = shown([5] * 6)
    assert not histogram.withheld
    assert histogram.table["mean"].sum() == pytest.approx(1)
    assert (timeline.withheld_bins, tens(timeline)) == (0, [True] * 6)


@pytest.mark.parametrize("students", [1, 4])
def test_fewer_are_not_shown_at_all(students):
    histogram, timeline = shown([students] * 6)
    assert histogram.withheld
    assert histogram.students == students
    assert histogram.table.isna().all(axis=None)
    assert timeline.expressions[["mean", "low", "high"]].isna().all(axis=None)
    assert timeline.faces["faces"].eq(students).all()


def test_a_smaller_group_may_be_allowed():
    histogram, timeline = shown([4] * 6, min_group=4)
    assert not histogram.withheld
    assert timeline.withheld_bins == 0


def test_minutes_of_few_students_are_gaps_and_another_hides_them():
    # Two bins of five seconds hold the three students; the lesson less all other bins would be those two.
    histogram, timeline = shown([8, 8, 3, 8, 8])
    assert not histogram.withheld
    assert tens(timeline) == [True, True, False, True, False]
    assert timeline.withheld_bins == 3


def test_the_order_of_time_decides_what_hides_them():
    _, timeline = shown([3, 8, 8])
    assert tens(timeline) == [False, True, False]


def test_nobody_is_not_few():
    histogram, timeline = shown([0, 8, 0])
    assert timeline.withheld_bins == 0
    histogram, timeline = shown([0, 0])
    assert not histogram.withheld
    assert timeline.withheld_bins == 0


def test_few_at_a_time_may_be_many_in_all():
    frames = pd.DataFrame({"pts_s": np.arange(60.0), "weight_s": 1.0})
    faces = pd.DataFrame({"pts_s": frames["pts_s"], "track_id": (frames["pts_s"] // 5).astype(int), "quality": 1.0})
    faces = faces.assign(**dict.fromkeys(EMOTIONS, 1 / 7))
    histogram, timeline = withhold_small_groups(
        class_histogram(frames, faces, QUICK), lesson_timeline(frames, faces, QUICK), 5
    )
    assert (histogram.students, histogram.withheld) == (12, False)
    assert timeline.withheld_bins == 12


def test_people_who_pass_by_hide_nobody():
    """One student all the time, and four faces for two seconds each: the figures would be the student's."""
    frames = pd.DataFrame({"pts_s": np.arange(600.0), "weight_s": 1.0})
    rows = [(pts_s, 0) for pts_s in frames["pts_s"]] + [(100.0 + k, 1 + k // 2) for k in range(8)]
    faces = pd.DataFrame(rows, columns=["pts_s", "track_id"]).assign(quality=1.0, **dict.fromkeys(EMOTIONS, 1 / 7))
    histogram, timeline = withhold_small_groups(
        class_histogram(frames, faces, QUICK), lesson_timeline(frames, faces, QUICK), 5
    )
    assert (histogram.students, histogram.withheld) == (5, True)
    assert timeline.expressions["mean"].isna().all()
    segments = pd.DataFrame({"start_s": [0.0], "end_s": [300.0]})
    figures = lesson_figures(frames, faces, segments, QUICK, consented=(), min_group=5)
    assert figures.histogram.withheld
    assert figures.segments[0].withheld
    assert figures.timeline.expressions["mean"].isna().all()
