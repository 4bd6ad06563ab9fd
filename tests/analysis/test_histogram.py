from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from emotionkit.analysis import AnalysisSettings, class_histogram
from emotionkit.errors import InvalidInputError, SettingsError
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=200)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def width(histogram) -> pd.Series:
    return histogram.table["high"] - histogram.table["low"]


def test_the_unit_is_the_student_not_the_frame(make_frames, make_faces, pure):
    frames = make_frames(100)
    times = frames["pts_s"].to_numpy()
    always = make_faces(1, times, pure("happy"))
    quarter = make_faces(2, times[:50], pure("sad"))
    histogram = class_histogram(frames, pd.concat([always, quarter]), QUICK)
    assert histogram.table.loc["happy", "mean"] == pytest.approx(0.5)
    assert histogram.table.loc["sad", "mean"] == pytest.approx(0.5)
    assert (histogram.students, histogram.readings, histogram.interval_over) == (2, 250, "students")


def test_time_is_weighted_by_what_a_frame_stands_for(make_faces, pure):
    frames = pd.DataFrame({"pts_s": [0.0, 1.0], "weight_s": [1.0, 3.0]})
    faces = make_faces(1, np.array([0.0, 1.0]), np.stack([pure("happy"), pure("neutral")]))
    histogram = class_histogram(frames, faces, QUICK)
    assert histogram.table.loc["happy", "mean"] == pytest.approx(0.25)


def test_somebody_seen_for_three_seconds_is_no_full_student(make_frames, make_faces, pure):
    frames = make_frames(600)
    times = frames["pts_s"].to_numpy()
    people = [make_faces(track, times, pure("neutral")) for track in (1, 2, 3)]
    glimpse = make_faces(4, times[100:106], pure("angry"))
    histogram = class_histogram(frames, pd.concat([*people, glimpse]), QUICK)
    assert histogram.table.loc["angry", "mean"] == pytest.approx(0.05 / 3.05)
    assert (histogram.students, histogram.brief) == (4, 1)
    assert histogram.effective_students == pytest.approx(3.05**2 / 3.0025)


def test_tracks_of_an_enrolled_student_are_one_person(make_frames, make_faces, pure):
    frames = make_frames(100)
    times = frames["pts_s"].to_numpy()
    halves = [make_faces(1, times[:100], pure("sad")), make_faces(2, times[100:], pure("sad"))]
    enrolled = pd.concat(halves).assign(student_id="S01")
    other = make_faces(3, times, pure("happy"))
    histogram = class_histogram(frames, pd.concat([enrolled, other]), QUICK)
    assert histogram.students == 2
    assert histogram.table.loc["sad", "mean"] == pytest.approx(0.5)


def test_without_a_face_there_is_nothing_to_say(make_frames, make_faces):
    histogram = class_histogram(make_frames(60), make_faces(1, np.array([]), np.empty((0, 7))), QUICK)
    assert (histogram.students, histogram.readings, histogram.interval_over) == (0, 0, "nothing")
    assert histogram.effective_students == 0
    assert histogram.table.isna().all(axis=None)
    assert list(histogram.table.index) == list(EMOTIONS)


def test_one_student_gives_an_interval_over_time_alone(simulate):
    histogram = class_histogram(*simulate(np.random.default_rng(0), 1, 300), QUICK)
    assert histogram.interval_over == "time"
    assert (width(histogram) > 0).all()


def test_one_reading_gives_no_interval(make_frames, make_faces, pure):
    histogram = class_histogram(make_frames(60), make_faces(1, np.array([3.0]), pure("happy")), QUICK)
    assert histogram.interval_over == "nothing"
    assert histogram.table.loc["happy", "mean"] == 1
    assert histogram.table[["low", "high", "effective_readings"]].isna().all(axis=None)


def test_two_students_say_little_of_a_class(simulate):
    two = class_histogram(*simulate(np.random.default_rng(2), 2, 300), QUICK)
    assert two.interval_over == "students"
    assert width(two)["neutral"] > 0.3


def test_low_quality_is_left_out(make_frames, make_faces, pure):
    frames = make_frames(60)
    times = frames["pts_s"].to_numpy()
    clear, blurred = make_faces(1, times, pure("happy")), make_faces(2, times, pure("angry"), quality=0.1)
    histogram = class_histogram(frames, pd.concat([clear, blurred]), QUICK)
    assert histogram.table.loc["angry", "mean"] == 0
    assert histogram.students == 1


def test_more_students_make_narrower_intervals(simulate):
    widths = [
        width(class_histogram(*simulate(np.random.default_rng(3), students, 200), QUICK)).mean()
        for students in (4, 16, 64)
    ]
    assert widths[0] > widths[1] > widths[2]


def test_effective_readings_are_far_fewer_than_frames(simulate):
    histogram = class_histogram(*simulate(np.random.default_rng(4), 10, 600), QUICK)
    assert histogram.readings == 12_000
    assert (histogram.table["effective_readings"] < 600).all()


def test_the_same_rows_give_the_same_figures_and_another_seed_other_intervals(simulate):
    rows = simulate(np.random.default_rng(5), 5, 100)
    first, again = class_histogram(*rows, QUICK), class_histogram(*rows, QUICK)
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    other = class_histogram(*rows, AnalysisSettings(resamples=200, seed=1))
    assert not other.table["low"].equals(first.table["low"])
    assert other.settings.seed == 1


@FEW
@given(students=st.integers(1, 6), seconds=st.integers(2, 60), seed=st.integers(0, 1000))
def test_shares_sum_to_one_and_lie_in_their_interval(simulate, students, seconds, seed):
    histogram = class_histogram(*simulate(np.random.default_rng(seed), students, seconds), QUICK)
    table = histogram.table
    assert table["mean"].sum() == pytest.approx(1)
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    assert table[["low", "high"]].stack().between(0, 1).all()
    assert 1 <= histogram.effective_students <= histogram.students + 1e-9


@FEW
@given(seed=st.integers(0, 1000))
def test_order_of_rows_and_names_of_tracks_change_nothing(simulate, seed):
    frames, faces = simulate(np.random.default_rng(seed), 4, 60)
    renamed = faces.assign(track_id=faces["track_id"].map({1: 30, 2: 4, 3: 9, 4: 1}))
    first = class_histogram(frames, faces, QUICK)
    shuffled = class_histogram(
        frames.sample(frac=1, random_state=seed), renamed.sample(frac=1, random_state=seed), QUICK
    )
    pd.testing.assert_frame_equal(first.table, shuffled.table)


@FEW
@given(times=st.integers(2, 4), seed=st.integers(0, 1000))
def test_duplicated_frames_of_a_student_do_not_move_the_class(simulate, times, seed):
    frames, faces = simulate(np.random.default_rng(seed), 3, 60)
    more = pd.concat([faces, *[faces.loc[faces["track_id"] == 2]] * (times - 1)])
    expected = class_histogram(frames, faces, QUICK).table["mean"]
    pd.testing.assert_series_equal(class_histogram(frames, more, QUICK).table["mean"], expected)


def test_the_interval_holds_the_truth_about_as_often_as_it_says(simulate, true_shares):
    random = np.random.default_rng(7)
    truth = true_shares(random)
    tables = [class_histogram(*simulate(random, 12, 120, fps=1), QUICK).table for _ in range(80)]
    held = [(table["low"] <= truth) & (truth <= table["high"]) for table in tables]
    assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(("table", "column"), [("frames", "weight_s"), ("faces", "quality"), ("faces", "fear")])
def test_a_missing_column_is_named(simulate, table, column):
    frames, faces = simulate(np.random.default_rng(0), 1, 5)
    tables = {"frames": frames, "faces": faces}
    tables[table] = tables[table].drop(columns=column)
    with pytest.raises(InvalidInputError, match=f"{table} lacks the column '{column}'"):
        class_histogram(tables["frames"], tables["faces"])


def test_a_face_without_its_frame_is_refused(simulate):
    frames, faces = simulate(np.random.default_rng(0), 1, 5)
    with pytest.raises(InvalidInputError, match=r"2\.5 s belongs to no sampled frame"):
        class_histogram(frames.loc[frames["pts_s"] != 2.5], faces)


@pytest.mark.parametrize("wrong", [{"confidence": 1}, {"minimum_quality": -0.1}, {"resample": 10}])
def test_settings_are_checked(wrong):
    with pytest.raises(SettingsError):
        AnalysisSettings.checked(**wrong)
