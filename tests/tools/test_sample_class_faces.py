"""The check of the sample class with dlib's frontal detector, on the first moments of a lesson."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from sample_class.check_faces import SAME_FACE, check, sampled, summary
from sample_class.lessons import FPS, LESSONS

REVIEW = LESSONS[2]


@pytest.fixture(scope="module")
def opening(sample_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 20 frames of the lesson with a dim and a far student."""
    path = tmp_path_factory.mktemp("opening") / "opening.mp4"
    with av.open(sample_class / f"{REVIEW.name}.mp4") as source, av.open(path, "w") as goal:
        stream = goal.add_stream("libx264", rate=FPS, width=1280, height=720, pix_fmt="yuv420p")
        for frame in islice(source.decode(video=0), 20):
            goal.mux(stream.encode(av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")))
        goal.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def truth(sample_class: Path) -> pd.DataFrame:
    return pd.read_csv(sample_class / f"{REVIEW.name}.truth.csv")


def test_frames_are_sampled_at_or_after_each_instant(opening: Path) -> None:
    times, pictures = zip(*sampled(opening, rate=4), strict=True)
    assert times == pytest.approx([0, 0.28, 0.52, 0.76])
    assert all(picture.shape == (720, 1280, 3) and picture.dtype == np.uint8 for picture in pictures)


def test_every_face_is_found_even_the_far_one(opening: Path, truth: pd.DataFrame) -> None:
    matches, false_boxes = check(opening, truth, rate=2)
    assert len(matches) == 2 * len(REVIEW.students)
    assert (matches["overlap"] >= SAME_FACE).all()
    assert false_boxes == 0


def test_a_face_that_is_not_there_is_missed_and_its_box_false(opening: Path, truth: pd.DataFrame) -> None:
    moved = truth.assign(face_x=truth["face_x"].where(truth["student"] != "Amara", 1200))
    matches, false_boxes = check(opening, moved, rate=1)
    assert matches.set_index("student")["overlap"]["Amara"] == 0
    assert false_boxes == 1


def test_the_summary_tells_found_and_overlap_of_each_student() -> None:
    matches = pd.DataFrame({"student": ["Ada", "Ada", "Ben"], "expression": "happy", "overlap": [0.8, 0.1, 0.0]})
    lines = summary(matches).splitlines()
    assert lines[-2].split() == ["Ada", "2", "50.0", "0.8"]
    assert lines[-1].split() == ["Ben", "1", "0.0", "NaN"]
