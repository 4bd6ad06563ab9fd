"""Figures of a running class are those of its rows, and speak of no fewer than they may."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import AnalysisSettings, RunningClass, class_histogram, lesson_timeline
from emotionkit.records import EMOTIONS

HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")
SETTINGS = AnalysisSettings(resamples=200)


def shares(seed: int, students: int, seconds: int):
    """float64 (seconds, students, 7): levels of their own, and chance."""
    random = np.random.default_rng(seed)
    logits = random.standard_normal((1, students, 7)) + 0.5 * random.standard_normal((seconds, students, 7))
    return np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)


def run(probabilities, *, min_group: int = 5, present=lambda second, track: True, step_s: float = 1.0) -> RunningClass:
    running = RunningClass(min_group, SETTINGS)
    for number, faces in enumerate(probabilities):
        tracks = [track for track in range(len(faces)) if present(number * step_s, track)]
        running.add(number * step_s, step_s, tracks, faces[tracks])
    return running


def tables(probabilities, *, present=lambda second, track: True, step_s: float = 1.0):
    """The same as rows of the warehouse."""
    seconds = np.arange(len(probabilities)) * step_s
    frames = pd.DataFrame({"pts_s": seconds, "weight_s": step_s})
    rows = [
        {"pts_s": second, "track_id": track, "quality": 1.0, **dict(zip(EMOTIONS, face, strict=True))}
        for second, faces in zip(seconds, probabilities, strict=True)
        for track, face in enumerate(faces)
        if present(second, track)
    ]
    return frames, pd.DataFrame(rows)


def late(second: float, track: int) -> bool:
    """The first student comes late, the second one leaves early."""
    return not (track == 0 and second < 200) and not (track == 1 and second > 17)


@pytest.mark.parametrize("present", [lambda second, track: True, late])
@pytest.mark.parametrize(("seconds", "step_s"), [(90, 1.0), (700, 0.5), (900, 1.0)])
def test_figures_so_far_are_those_of_the_rows(seconds, step_s, present):
    probabilities = shares(1, 7, seconds)
    running, rows = (
        run(probabilities, present=present, step_s=step_s),
        tables(probabilities, present=present, step_s=step_s),
    )
    so_far, whole = running.so_far(), class_histogram(*rows, SETTINGS)
    columns = ["mean", "low", "high"]
    np.testing.assert_allclose(so_far.table[columns], whole.table[columns], atol=1e-9)
    assert (so_far.students, so_far.brief) == (whole.students, whole.brief)
    assert so_far.effective_students == pytest.approx(whole.effective_students)
    timeline, of_rows = running.timeline(), lesson_timeline(*rows, SETTINGS)
    assert timeline.bin_s == of_rows.bin_s
    np.testing.assert_allclose(timeline.expressions[columns], of_rows.expressions[columns], atol=1e-9)
    np.testing.assert_allclose(timeline.faces, of_rows.faces, atol=1e-9)


def test_the_minute_is_the_last_one():
    probabilities = shares(2, 6, 150)
    running = run(probabilities)
    np.testing.assert_allclose(running.minute().table["mean"], probabilities[-60:].mean(axis=(0, 1)), atol=1e-9)
    assert running.minute().students == 6


def test_a_frame_counts_for_as_long_as_it_turned_out_to_stand():
    probabilities = shares(3, 5, 3)
    running = RunningClass(5, SETTINGS)
    for second, faces in zip((0.0, 1.0, 4.0), probabilities, strict=True):
        running.settle_at(second)
        running.add(second, 1.0, range(5), faces)
    mean = np.average(probabilities.mean(axis=1), axis=0, weights=[1, 3, 1])
    np.testing.assert_allclose(running.so_far().table["mean"], mean, atol=1e-9)


def test_a_gap_is_a_gap():
    probabilities = shares(4, 5, 40)
    running = RunningClass(5, SETTINGS)
    for second, faces in enumerate(probabilities):
        running.add(second if second < 20 else second + 600, 1.0, range(5), faces)
    timeline = running.timeline()
    empty = timeline.faces["faces"].isna()
    assert empty.sum() == 600 / timeline.bin_s
    assert timeline.expressions["mean"].isna().sum() == 7 * empty.sum()
    assert running.minute().students == 5


def test_frames_of_few_faces_are_in_no_figure():
    probabilities = shares(5, 6, 200)
    alone = probabilities.copy()
    # At times only one of them is seen, and smiles.
    alone[50:100, 0] = np.eye(7)[HAPPY]
    few = lambda second, track: track == 0 or not 50 <= second < 100  # noqa: E731
    running, without = run(alone, present=few), run(np.delete(probabilities, slice(50, 100), axis=0))
    np.testing.assert_allclose(running.so_far().table["mean"], without.so_far().table["mean"], atol=1e-9)
    assert running.left_out == 50
    rows = running.timeline().expressions
    assert rows.loc[rows["start_s"].between(50, 99), "mean"].isna().all()
    # That one face was there may be told.
    assert running.timeline().faces["faces"].iloc[12] == pytest.approx(1)


def test_too_few_are_never_shown():
    running = run(shares(6, 4, 300))
    assert running.so_far().students == running.minute().students == 0
    assert running.timeline().expressions["mean"].isna().all()
    assert running.change().table.isna().all().all()


def test_a_common_change_is_found_and_chance_is_not():
    probabilities = shares(7, 9, 400)
    assert run(probabilities).change().larger_than_chance().empty
    changed = probabilities.copy()
    changed[340:] = 0.6 * changed[340:] + 0.4 * np.eye(7)[HAPPY]
    change = run(changed).change()
    assert change.students == 9
    found = change.larger_than_chance()
    assert found.index[0] == "happy"
    row = found.loc["happy"]
    assert 0 < row["low"] < row["difference"] < row["high"]
    # What only two of them do is no change of the class.
    some = probabilities.copy()
    some[340:, :2] = np.eye(7)[HAPPY]
    assert run(some).change().larger_than_chance().empty


def test_nothing_is_compared_in_the_first_two_minutes():
    assert run(shares(8, 6, 119)).change().table["p"].isna().all()
    assert run(shares(8, 6, 130)).change().table["p"].notna().all()


def test_an_empty_class_has_figures():
    running = RunningClass(5)
    assert running.so_far().students == running.minute().students == running.faces == 0
    assert len(running.timeline().expressions) == 0
    running.add(0.0, 0.5, [], np.empty((0, 7)))
    assert running.timeline().faces["faces"].tolist() == [0.0]


def test_many_people_and_hours_have_room():
    running = RunningClass(5, SETTINGS)
    faces = np.full((5, 7), 1 / 7)
    for number in range(100):
        running.add(number * 120.0, 1.0, range(number * 5, number * 5 + 5), faces)
    assert running.so_far().students == 500
    assert running.timeline().bin_s == 120
