from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import AnalysisSettings, lesson_coverage


def test_coverage_counts_time_faces_and_what_was_left_out(make_frames, make_faces, pure):
    frames = make_frames(100)
    times = frames["pts_s"].to_numpy()
    faces = pd.concat(
        [
            make_faces(1, times[:100], pure("happy")),
            make_faces(2, times[50:150], pure("sad")),
            make_faces(3, times[150:], pure("fear"), quality=0.05),
        ]
    )
    coverage = lesson_coverage(frames, faces)
    assert (coverage.sampled_frames, coverage.sampled_s) == (200, 100)
    assert coverage.seen_share == pytest.approx(0.75)
    assert coverage.mean_faces == pytest.approx(1.0)
    assert coverage.most_faces == 2
    assert (coverage.faces_found, coverage.faces_used) == (250, 200)
    assert coverage.left_out.loc["quality", "faces"] == 50
    assert coverage.tracks == 3


def test_time_counts_by_what_a_frame_stands_for(make_faces, pure):
    frames = pd.DataFrame({"pts_s": [0.0, 1.0], "weight_s": [1.0, 3.0]})
    coverage = lesson_coverage(frames, make_faces(1, np.array([0.0]), pure("happy")))
    assert coverage.seen_share == pytest.approx(0.25)
    assert coverage.mean_faces == pytest.approx(0.25)


@pytest.mark.parametrize("duration_s", [0, 60])
def test_nothing_seen_is_nothing_not_nan(make_frames, make_faces, duration_s):
    coverage = lesson_coverage(make_frames(duration_s), make_faces(1, np.array([]), np.empty((0, 7))))
    assert (coverage.seen_share, coverage.mean_faces, coverage.most_faces, coverage.tracks) == (0, 0, 0, 0)
    assert coverage.left_out["faces"].tolist() == [0]


def test_the_threshold_is_a_setting_and_is_carried_along(make_frames, make_faces, pure):
    frames = make_frames(10)
    faces = make_faces(1, frames["pts_s"].to_numpy(), pure("happy"), quality=0.4)
    assert lesson_coverage(frames, faces).faces_used == 20
    strict = AnalysisSettings(minimum_quality=0.5)
    coverage = lesson_coverage(frames, faces, strict)
    assert (coverage.faces_used, coverage.seen_share) == (0, 0)
    assert coverage.settings == strict
