"""Both detectors: what they find, what they refuse, and that the fast one agrees with the thorough one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from emotionkit.config import DetectionSettings
from emotionkit.errors import InvalidInputError
from emotionkit.faces.change import ChangeDetector
from emotionkit.faces.detector import FaceDetector, suppress_overlaps
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.following_detector import FollowingDetector
from emotionkit.faces.reader import make_detector
from emotionkit.records import BoundingBox, Detection
from emotionkit.video import sampled_frames

DETECTORS = [DlibDetector, FollowingDetector]
SETTINGS = DetectionSettings()


@pytest.fixture(params=DETECTORS, ids=lambda kind: kind.__name__)
def detector(request) -> FaceDetector:
    return request.param(SETTINGS)


def found_share(boxes, detections, iou=0.3) -> float:
    return float(np.mean([any(box.iou(found.box) >= iou for found in detections) for box in boxes]))


def test_every_detector_finds_one_clear_face(detector, exam_review, portrait):
    found = detector.detect(portrait)

    assert len(found) == 1
    assert found[0].score > 1
    assert found[0].box.iou(exam_review[0].seats["Hiro"].face) > 0.5


def test_every_detector_finds_nothing_in_a_blank_or_noisy_picture(detector):
    noise = np.random.default_rng(1).integers(0, 256, (360, 640), dtype=np.uint8)

    assert detector.detect(np.full((360, 640), 128, np.uint8)) == []
    assert detector.detect(noise) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (20, 20)])
def test_every_detector_copes_with_a_picture_too_small_for_a_face(detector, shape):
    assert detector.detect(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize("wrong", [np.zeros((4, 4)), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8)])
def test_every_detector_refuses_what_is_not_a_gray_picture(detector, wrong):
    with pytest.raises(InvalidInputError, match="uint8"):
        detector.detect(wrong)


def test_faces_of_a_class_of_25_are_found(detector, exam_review, interference, gallery):
    near = [seat for frame in (interference[0], interference[8]) for seat in frame.seats.values()]
    more = [seat for name, seat in exam_review[0].seats.items() if name != "Farid"]
    picture, boxes = gallery([*near, *more, exam_review[6].seats["Hiro"]], 5)

    assert len(boxes) == 25
    assert found_share(boxes, detector.detect(picture)) >= 0.9


def test_a_far_student_is_found_because_the_picture_is_enlarged(exam_review):
    frame = exam_review[0]
    far = frame.faces["Farid"]

    assert far.w < 60
    assert found_share([far], DlibDetector(SETTINGS).detect(frame.frame.luma), iou=0.5) == 1
    assert found_share([far], DlibDetector(DetectionSettings(smallest_face=80)).detect(frame.frame.luma), iou=0.5) == 0


def test_a_large_picture_is_scanned_at_a_bounded_size(exam_review):
    luma = exam_review[0].frame.luma
    twice = cv2.resize(luma, None, fx=2, fy=2)

    assert (
        found_share([box.scaled(2) for box in exam_review[0].faces.values()], DlibDetector(SETTINGS).detect(twice)) == 1
    )


def test_following_agrees_with_scanning_every_frame(interference):
    fast, thorough = FollowingDetector(SETTINGS), DlibDetector(SETTINGS)
    shares = []
    for step in interference[::2]:
        boxes = [found.box for found in thorough.detect(step.frame.luma)]
        shares.append(found_share(boxes, fast.detect(step.frame.luma), iou=0.5))

    assert np.mean(shares) >= 0.99


def test_the_same_frames_give_the_same_faces(exam_review):
    def once():
        detector = FollowingDetector(SETTINGS)
        return [detector.detect(step.frame.luma) for step in exam_review[:6]]

    assert once() == once()


def count_scans(detector, monkeypatch) -> list[int]:
    scans: list[int] = []
    for name in ("detect", "detect_large"):
        scan = getattr(detector._detector, name)
        count = lambda luma, scan=scan, **wishes: scans.append(1) or scan(luma, **wishes)  # noqa: E731
        monkeypatch.setattr(detector._detector, name, count)
    return scans


def test_following_scans_rarely_while_nothing_changes(portrait, monkeypatch):
    detector = FollowingDetector(DetectionSettings(full_scan_every=5))
    scans = count_scans(detector, monkeypatch)
    found = [detector.detect(portrait) for _ in range(11)]

    assert all(len(faces) == 1 for faces in found)
    assert len(scans) == 3


def test_following_sees_at_once_that_somebody_joins_or_the_layout_changes(interference, gallery):
    detector = FollowingDetector(DetectionSettings(full_scan_every=1000))
    seats = list(interference[0].seats.values())
    for group, columns in ((seats[:3], 3), (seats[:4], 3), (seats[::-1], 4)):
        picture, boxes = gallery(group, columns)
        assert found_share(boxes, detector.detect(picture)) == 1


def test_a_film_shown_in_class_does_not_cost_a_scan_a_picture(monkeypatch):
    detector = FollowingDetector(DetectionSettings(full_scan_every=1000))
    scans = count_scans(detector, monkeypatch)
    for number in range(24):
        detector.detect(np.full((180, 320), 250 * (number % 2), np.uint8))

    assert len(scans) <= 3 + 24 / 6 + 1


def test_a_face_that_comes_back_to_its_place_is_found_without_a_scan(portrait):
    detector = FollowingDetector(DetectionSettings(full_scan_every=1000))
    hidden = portrait.copy()
    hidden[:] = cv2.GaussianBlur(portrait, (0, 0), 15)

    assert [len(detector.detect(luma)) for luma in (portrait, hidden, hidden, portrait)] == [1, 0, 0, 1]


def test_a_head_that_tilts_is_followed_from_view_to_view(portrait):
    """The filters of the view that it had find next to nothing then."""
    detector = FollowingDetector(DetectionSettings(full_scan_every=1000))
    height, width = portrait.shape
    views = set()
    for degrees in (0, 20, 30, 30, 0, -30, 0):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        picture = cv2.warpAffine(portrait, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        (scanned,), (followed,) = DlibDetector(SETTINGS).detect(picture), detector.detect(picture)
        assert followed.box.iou(scanned.box) > 0.6
        views.add(followed.view)
    assert len(views) > 1


def test_a_clip_without_faces_gives_none(detector, clips: Path):
    assert [detector.detect(frame.luma) for frame in sampled_frames(clips / "no_face.mp4", 1)] == [[]] * 4


def test_a_higher_threshold_finds_fewer_faces(portrait):
    assert DlibDetector(DetectionSettings(score_threshold=3)).detect(portrait) == []


def test_settings_choose_the_detector():
    assert isinstance(make_detector(DetectionSettings(full_scan_every=1)), DlibDetector)
    assert isinstance(make_detector(DetectionSettings()), FollowingDetector)


def test_overlapping_detections_leave_the_best():
    best, beside = Detection(BoundingBox(0, 0, 100, 100), 2.0), Detection(BoundingBox(300, 0, 100, 100), 1.0)
    shifted, inside = Detection(BoundingBox(20, 0, 100, 100), 1.5), Detection(BoundingBox(40, 40, 40, 40), 1.9)

    assert suppress_overlaps([beside, inside, shifted, best]) == [best, beside]


def test_change_is_seen_away_from_known_faces_only():
    before, after = np.zeros((180, 320), np.uint8), np.zeros((180, 320), np.uint8)
    after[50:110, 100:160] = 200
    change = ChangeDetector()

    assert change.share_changed(before, []) == 1
    assert change.share_changed(after, []) == pytest.approx(36 / 576)
    assert change.share_changed(before, [BoundingBox(110, 60, 40, 40)]) == 0
    assert change.share_changed(before, []) == 0


def test_looking_near_a_box_outside_the_picture_finds_nothing(portrait):
    assert DlibDetector(SETTINGS).detect_near(portrait, BoundingBox(-900, -900, 80, 80), reach=2) == []
