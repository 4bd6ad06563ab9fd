from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from emotionkit.analysis import AnalysisSettings, lesson_timeline
from emotionkit.analysis.timeline import bin_width
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=200)


def of(timeline, emotion: str) -> pd.DataFrame:
    rows = timeline.expressions
    return rows.loc[rows["emotion"] == emotion].reset_index(drop=True)


@given(st.floats(0, 12 * 3600))
def test_bins_are_neither_many_nor_short(duration_s):
    width = bin_width(duration_s)
    assert width >= 5
    assert duration_s / width <= 120 + 1e-9


def test_a_change_shows_where_it_happens(make_frames, make_faces, pure):
    frames = make_frames(60)
    times = frames["pts_s"].to_numpy()
    smiling = np.where((times >= 30)[:, None], pure("happy"), pure("neutral"))
    faces = pd.concat([make_faces(track, times, smiling) for track in (1, 2, 3)])
    timeline = lesson_timeline(frames, faces, QUICK)
    assert timeline.bin_s == 5
    assert list(of(timeline, "happy")["mean"]) == [0] * 6 + [1] * 6
    assert list(of(timeline, "happy")["start_s"]) == list(range(0, 60, 5))
    assert list(timeline.faces["faces"]) == [3] * 12


def test_a_gap_is_a_gap(make_frames, make_faces, pure):
    frames = make_frames(60)
    times = frames["pts_s"].to_numpy()
    away = (times >= 20) & (times < 40)
    faces = pd.concat([make_faces(track, times[~away], pure("happy")) for track in (1, 2)])
    timeline = lesson_timeline(frames, faces, QUICK)
    assert of(timeline, "happy")["mean"].isna().tolist() == [False] * 4 + [True] * 4 + [False] * 4
    assert timeline.faces["faces"].tolist() == [2] * 4 + [0] * 4 + [2] * 4


def test_time_not_sampled_is_not_time_without_faces(make_frames, make_faces, pure):
    frames = make_frames(60)
    frames = frames.loc[(frames["pts_s"] < 20) | (frames["pts_s"] >= 40)]
    timeline = lesson_timeline(frames, make_faces(1, frames["pts_s"].to_numpy(), pure("sad")), QUICK)
    assert timeline.faces["faces"].isna().tolist() == [False] * 4 + [True] * 4 + [False] * 4


def test_one_student_gives_no_interval(simulate):
    timeline = lesson_timeline(*simulate(np.random.default_rng(0), 1, 60), QUICK)
    assert timeline.expressions["mean"].notna().all()
    assert timeline.expressions[["low", "high"]].isna().all(axis=None)


def test_every_bin_sums_to_one_within_its_intervals(simulate):
    table = lesson_timeline(*simulate(np.random.default_rng(1), 8, 120), QUICK).expressions
    assert np.allclose(table.groupby("start_s")["mean"].sum(), 1)
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    assert list(table["emotion"].head(7)) == list(EMOTIONS)


def test_the_order_of_rows_does_not_matter(simulate):
    frames, faces = simulate(np.random.default_rng(2), 5, 60)
    first = lesson_timeline(frames, faces, QUICK)
    again = lesson_timeline(frames, faces.sample(frac=1, random_state=1), QUICK)
    pd.testing.assert_frame_equal(first.expressions, again.expressions)
    pd.testing.assert_frame_equal(first.faces, again.faces)


def test_frames_without_faces_give_gaps_alone(make_frames, make_faces):
    timeline = lesson_timeline(make_frames(30), make_faces(1, np.array([]), np.empty((0, 7))), QUICK)
    assert timeline.expressions["mean"].isna().all()
    assert len(timeline.expressions) == 6 * 7
    assert timeline.faces["faces"].eq(0).all()


def test_no_frames_give_no_bins(make_frames, make_faces):
    timeline = lesson_timeline(make_frames(0), make_faces(1, np.array([]), np.empty((0, 7))), QUICK)
    assert timeline.expressions.empty
    assert timeline.faces.empty


def test_the_last_bin_may_be_short(make_frames, make_faces, pure):
    frames = make_frames(12)
    timeline = lesson_timeline(frames, make_faces(1, frames["pts_s"].to_numpy(), pure("fear")), QUICK)
    assert timeline.faces["faces"].tolist() == [pytest.approx(1)] * 3
