"""The faces layer as a whole: frames in, faces out."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emotionkit.config import DetectionSettings, TrackingSettings
from emotionkit.faces import FaceReader
from emotionkit.faces.crop import LARGEST_CROP
from emotionkit.video import sampled_frames


def new_reader() -> FaceReader:
    return FaceReader(DetectionSettings(), TrackingSettings())


def follow(steps):
    """Read a lesson; return the tracks in which each student was seen, the share found, and the false faces."""
    reader, tracks, seen, total, false = new_reader(), defaultdict(list), 0, 0, 0
    for step in steps:
        faces = reader.read(step.frame)
        for student, box in step.faces.items():
            hits = [face.track_id for face in faces if face.box.iou(box) >= 0.3]
            tracks[student] += hits
            seen += bool(hits)
            total += 1
        false += sum(all(face.box.iou(box) < 0.3 for box in step.faces.values()) for face in faces)
    return {student: Counter(ids) for student, ids in tracks.items()}, seen / total, false


def test_every_student_of_a_lesson_is_followed(exam_review):
    tracks, found, false = follow(exam_review)

    assert found >= 0.98
    assert false == 0
    assert sorted(ids.most_common()[0][0] for ids in tracks.values()) == [1, 2, 3, 4, 5, 6, 7]
    assert all(len(ids) == 1 for ids in tracks.values())


@pytest.mark.parametrize(("start", "end", "people"), [(18, 22, 9), (98, 102, 9)])
def test_tracks_survive_joins_leaves_and_cameras_switched_off(waves, lesson_between, start, end, people):
    tracks, found, false = follow(lesson_between(waves, start=start, end=end))

    assert found >= 0.98
    assert false == 0
    assert all(len(ids) == 1 for ids in tracks.values())
    assert len({next(iter(ids)) for ids in tracks.values()}) == people


def test_faces_come_in_order_of_tracks_with_crop_and_quality(exam_review):
    faces = new_reader().read(exam_review[0].frame)

    assert [face.track_id for face in faces] == [1, 2, 3, 4, 5, 6, 7]
    for face in faces:
        assert face.crop.dtype == np.uint8
        assert face.crop.shape[0] == face.crop.shape[1] == min(LARGEST_CROP, round(1.18 * face.box.w))
        assert 0 < face.quality <= 1
        assert face.detection_score > 0


def test_dim_light_and_distance_show_in_the_quality(exam_review):
    step = exam_review[0]
    faces = new_reader().read(step.frame)
    quality = {
        student: face.quality for student, box in step.faces.items() for face in faces if face.box.iou(box) >= 0.3
    }

    assert quality["Dieter"] < quality["Farid"] < quality["Hiro"]


def test_no_face_gives_none(clips: Path):
    reader = new_reader()

    assert [reader.read(frame) for frame in sampled_frames(clips / "no_face.mp4", 2)] == [[]] * 8


@pytest.mark.parametrize(("name", "expected"), [("face_noface.mov", (1, 0)), ("noface_face.mov", (0, 1))])
def test_a_face_that_leaves_or_comes(clips: Path, name, expected):
    reader = new_reader()
    counts = [len(reader.read(frame)) for frame in sampled_frames(clips / name, 2)]

    assert (counts[0], counts[-1]) == expected
    assert sum(one != other for one, other in pairwise(counts)) == 1
