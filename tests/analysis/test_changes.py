"""Moments of change, planted and absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import AnalysisSettings, lesson_changes
from emotionkit.analysis.changes import COLUMNS
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=200)
SAMPLE = Path(__file__).resolve().parents[2] / "recordings" / "sample"


def with_smile(faces: pd.DataFrame, tracks: range, start_s: float, end_s: float) -> pd.DataFrame:
    smiling = faces["track_id"].isin(tracks) & faces["pts_s"].between(start_s, end_s, inclusive="left")
    moved = faces.copy()
    moved.loc[smiling, list(EMOTIONS)] = 0.2 * moved.loc[smiling, list(EMOTIONS)] + 0.8 * np.eye(7)[3]
    return moved


def drawn(lesson: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a sample recording as they were drawn, at two frames a second."""
    truth = pd.read_csv(SAMPLE / f"{lesson}.truth.csv")
    truth = truth.loc[(truth["pts_s"] * 5).round().astype(int) % 2 == 0]
    frames = pd.DataFrame({"pts_s": np.sort(truth["pts_s"].unique())}).assign(weight_s=0.4)
    faces = truth.loc[(truth["present"] == 1) & (truth["camera_on"] == 1)].reset_index(drop=True)
    shares = np.zeros((len(faces), 7))
    shares[np.arange(len(faces)), [EMOTIONS.index(name) for name in faces["expression"]]] = faces["intensity"]
    shares[:, EMOTIONS.index("neutral")] += 1 - shares.sum(axis=1)
    faces[list(EMOTIONS)] = shares
    return frames, faces.assign(track_id=pd.factorize(faces["student"])[0], quality=1.0)


def test_the_sample_class_is_caught_smiling():
    table = lesson_changes(*drawn("2026-09-14_physics-101_waves"), QUICK).table
    rising = table.loc[table["difference"] > 0]
    for emotion, time_s in (("happy", 40), ("surprise", 68), ("happy", 112)):
        times = rising.loc[rising["emotion"] == emotion, "time_s"]
        assert (times - time_s).abs().min() <= 10, (emotion, time_s)
    assert table["moment"].is_monotonic_increasing
    assert table["time_s"].is_monotonic_increasing


def test_a_common_smile_is_found_with_its_size_and_time(simulate):
    frames, faces = simulate(np.random.default_rng(0), 9, 240, fps=1)
    table = lesson_changes(frames, with_smile(faces, range(1, 8), 100, 106), QUICK).table
    happy = table.loc[table["emotion"] == "happy"]
    up, down = happy.iloc[0], happy.iloc[1]
    assert up["time_s"] == pytest.approx(100, abs=1)
    assert down["time_s"] == pytest.approx(106, abs=1)
    assert up["early_s"] <= 100 <= up["late_s"]
    assert up["low"] < up["difference"] < up["high"]
    assert up["after"] - up["before"] == pytest.approx(up["difference"])
    assert up["difference"] > 0.3
    assert down["difference"] < -0.3
    assert up["p"] <= 0.05


@pytest.mark.parametrize("seed", range(4))
def test_a_time_is_not_told_closer_than_the_pictures_are(simulate, seed):
    """One every five seconds, the first with a smile at 205 s: it began after 200 s."""
    frames, faces = simulate(np.random.default_rng(seed), 9, 600, fps=0.2)
    table = lesson_changes(frames, with_smile(faces, range(1, 9), 205, 320), QUICK).table
    up = table.loc[(table["emotion"] == "happy") & (table["difference"] > 0)].iloc[0]
    assert up["early_s"] <= 200
    assert up["late_s"] >= 205


def test_smiles_at_other_times_are_nothing_in_common(simulate):
    frames, faces = simulate(np.random.default_rng(1), 9, 240, fps=1)
    for track in range(1, 10):
        faces = with_smile(faces, range(track, track + 1), 23 * track, 23 * track + 6)
    assert len(lesson_changes(frames, faces, QUICK).table) == 0


def test_one_student_alone_is_no_class(simulate):
    frames, faces = simulate(np.random.default_rng(2), 9, 240, fps=1)
    faces = with_smile(faces, range(1, 2), 100, 140)
    assert "happy" not in set(lesson_changes(frames, faces, QUICK).table["emotion"])


def test_a_mood_that_stays_is_one_moment(simulate):
    frames, faces = simulate(np.random.default_rng(3), 12, 400, fps=1)
    table = lesson_changes(frames, with_smile(faces, range(1, 9), 200, 400), QUICK).table
    happy = table.loc[table["emotion"] == "happy"]
    assert happy["time_s"].tolist() == pytest.approx([200], abs=2)


def test_false_alarms_keep_their_level(simulate):
    """Four standard errors of 60 lessons without a common change."""
    random = np.random.default_rng(4)
    alarms = [len(lesson_changes(*simulate(random, 7, 120, fps=1), QUICK).table) > 0 for _ in range(60)]
    assert np.mean(alarms) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 60)


@pytest.mark.parametrize(
    ("students", "seconds", "looked"), [(0, 60, False), (2, 60, False), (5, 10, False), (3, 60, True)]
)
def test_too_little_is_not_looked_at(simulate, make_faces, students, seconds, looked):
    frames, faces = simulate(np.random.default_rng(5), max(students, 1), seconds)
    faces = faces if students else make_faces(1, np.array([]), np.empty((0, 7)))
    changes = lesson_changes(frames, faces, QUICK)
    assert changes.looked == looked
    assert list(changes.table.columns) == list(COLUMNS)


def test_without_frames_there_is_no_moment(make_frames, make_faces):
    changes = lesson_changes(make_frames(0), make_faces(1, np.array([]), np.empty((0, 7))), QUICK)
    assert not changes.looked
    assert len(changes.table) == 0


def test_names_and_order_change_nothing(simulate):
    frames, faces = simulate(np.random.default_rng(6), 6, 120, fps=1)
    faces = with_smile(faces, range(1, 6), 60, 66)
    renamed = faces.assign(track_id=50 - faces["track_id"]).sample(frac=1, random_state=0)
    first, again = lesson_changes(frames, faces, QUICK), lesson_changes(frames, renamed, QUICK)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert len(first.table) > 0


def test_who_leaves_does_not_look_like_a_change(simulate):
    """Students whose level is another come and go; nobody changes."""
    frames, faces = simulate(np.random.default_rng(7), 10, 240, fps=1, within=0.2)
    gone = faces["track_id"].isin(range(1, 5)) & (faces["pts_s"] > 120)
    glad = faces["track_id"].isin(range(1, 5))
    faces.loc[glad, list(EMOTIONS)] = 0.3 * faces.loc[glad, list(EMOTIONS)] + 0.7 * np.eye(7)[3]
    assert len(lesson_changes(frames, faces.loc[~gone], QUICK).table) == 0


def test_long_lessons_are_told_in_longer_bins(simulate):
    frames, faces = simulate(np.random.default_rng(8), 3, 3600, fps=0.5)
    assert lesson_changes(frames, faces, QUICK).bin_s == 1.5
