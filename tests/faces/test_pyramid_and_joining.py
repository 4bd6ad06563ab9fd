"""Known faces on the grid of a scan, and people across the seams between pieces."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from emotionkit.config import DetectionSettings, TrackingSettings
from emotionkit.faces import FaceReader
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.joining import TrackJoiner
from emotionkit.faces.tracklet import tracklet_from_json, tracklet_json
from emotionkit.records import BoundingBox, Detection


def test_a_known_face_gets_the_box_that_a_scan_gives_it(exam_review):
    detector = DlibDetector(DetectionSettings())
    frame = exam_review[0].frame
    seen = detector.detect(frame.luma)
    for found, again in zip(seen, detector.detect_again(frame.luma, seen), strict=True):
        assert again is not None
        assert again.box == found.box
        assert again.score == pytest.approx(found.score, abs=0.15)


def test_a_face_that_is_not_there_is_not_found_again():
    detector = DlibDetector(DetectionSettings())
    blank = np.full((360, 640), 90, np.uint8)
    for box in (BoundingBox(100, 100, 80, 80), BoundingBox(-400, -400, 80, 80), BoundingBox(900, 900, 40, 40)):
        assert detector.detect_again(blank, [Detection(box, 1.0)]) == [None]
    assert detector.detect_again(blank, []) == []


def read_piece(steps):
    reader = FaceReader(DetectionSettings(), TrackingSettings())
    boxes = {step.frame.pts: reader.read(step.frame) for step in steps}
    # As parts keep them.
    return boxes, [tracklet_from_json(tracklet_json(tracklet)) for tracklet in reader.tracklets()]


def joined(pieces):
    joiner = TrackJoiner(TrackingSettings())
    rows = []
    for steps in pieces:
        faces, tracklets = read_piece(steps)
        numbers = joiner.join(tracklets, [Fraction(float(pts)) for pts in faces])
        rows += [(pts, numbers[face.track_id], face.box) for pts, found in faces.items() for face in found]
    return rows


def test_people_keep_their_numbers_from_piece_to_piece(exam_review):
    steps = list(islice(exam_review, 12))
    rows = joined([steps[:4], steps[4:8], steps[8:]])
    assert {track for _, track, _ in rows} == set(range(1, 8))
    for pts, track, box in rows:
        step = next(step for step in steps if step.frame.pts == pts)
        other = next(box for at, number, box in rows if number == track and at == steps[0].frame.pts)
        student = max(step.faces, key=lambda name: step.faces[name].iou(box))
        assert max(steps[0].faces, key=lambda name: steps[0].faces[name].iou(other)) == student


def test_tiles_that_change_places_at_a_seam_take_their_people_along(waves, lesson_between):
    steps = list(lesson_between(waves, start=98, end=102))
    rows = joined([[step for step in steps if step.frame.pts < 100], [step for step in steps if step.frame.pts >= 100]])
    students: dict[int, set[str]] = {}
    for pts, track, box in rows:
        step = next(step for step in steps if step.frame.pts == pts)
        students.setdefault(track, set()).add(max(step.faces, key=lambda name: step.faces[name].iou(box)))
    assert all(len(names) == 1 for names in students.values())
    assert len(students) == 9


def test_somebody_gone_for_too_long_comes_back_as_somebody_new(exam_review):
    steps = list(islice(exam_review, 2))
    joiner = TrackJoiner(TrackingSettings(longest_gap_s=5))
    _, tracklets = read_piece(steps)
    first = joiner.join(tracklets, [step.frame.pts for step in steps])
    assert joiner.join([], [Fraction(5)]) == {}
    late = [replaced(tracklet, by=Fraction(100)) for tracklet in tracklets]
    second = joiner.join(late, [step.frame.pts + 100 for step in steps])
    assert not set(first.values()) & set(second.values())


def replaced(tracklet, by):
    values = tracklet_json(tracklet)
    for sighting in (values["first"], values["last"]):
        sighting["pts"] += float(by)
    return tracklet_from_json(values)
