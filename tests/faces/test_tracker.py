"""A person keeps a number while present."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import EXEMPLARS, Appearance, look_at, look_at_all, variants_of
from emotionkit.faces.thumbnails import AS_DETECTED
from emotionkit.faces.tracker import Tracker
from emotionkit.records import BoundingBox, Detection, Frame


def frame_at(pts, luma) -> Frame:
    return Frame(Fraction(pts), Fraction(1, 2), luma)


def detections(boxes) -> list[Detection]:
    return [Detection(box, 1.0) for box in boxes]


@pytest.fixture
def tracker() -> Tracker:
    return Tracker(TrackingSettings(longest_gap_s=5))


@pytest.fixture
def seats(interference):
    return list(interference[0].seats.values())


def test_people_are_numbered_row_by_row_whatever_the_order_of_detections(tracker, seats, gallery):
    picture, boxes = gallery(seats, 3)
    backwards = tracker.update(frame_at(0, picture), detections(boxes[::-1]))

    assert backwards == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_a_frame_without_faces_is_fine(tracker, seats, gallery):
    assert tracker.update(frame_at(0, np.zeros((9, 16), np.uint8)), []) == []


def test_a_missed_face_keeps_its_number_up_to_the_longest_gap(tracker, seats, gallery):
    picture, boxes = gallery(seats[:2], 2)
    first = detections(boxes)
    assert tracker.update(frame_at(0, picture), first) == [1, 2]
    for half_seconds in range(1, 10):
        assert tracker.update(frame_at(Fraction(half_seconds, 2), picture), first[:1]) == [1]

    assert tracker.update(frame_at(5, picture), first) == [1, 2]
    for half_seconds in range(11, 22):
        tracker.update(frame_at(Fraction(half_seconds, 2), picture), first[:1])
    assert tracker.update(frame_at(11, picture), first) == [1, 3]


def test_a_face_seen_in_every_frame_is_never_missed_however_far_apart_the_frames(tracker, seats, gallery):
    picture, boxes = gallery(seats[:2], 2)

    for minute in range(3):
        assert tracker.update(frame_at(60 * minute, picture), detections(boxes)) == [1, 2]


def test_numbers_follow_people_to_a_new_layout(tracker, interference, gallery):
    names = sorted(interference[0].seats)
    for step, (order, columns) in enumerate([(names, 3), (names[::-1], 4), (names[1:], 3), (names[3:] + names[:3], 5)]):
        seats = interference[step].seats
        picture, boxes = gallery([seats[name] for name in order], columns)
        ids = tracker.update(frame_at(Fraction(step, 2), picture), detections(boxes))
        kept = [number == names.index(name) + 1 for number, name in zip(ids, order, strict=True)]
        # Who sat at the picture's edge may get a new number, for lack of surroundings; nobody gets another's.
        assert np.mean(kept) >= 0.75
        assert all(same or number > len(names) for number, same in zip(ids, kept, strict=True))


def test_somebody_else_in_the_same_place_is_somebody_else(tracker, interference, gallery):
    seats = interference[0].seats
    for step, name in enumerate(["Amara", "Chen", "Amara"]):
        picture, boxes = gallery([seats[name]], 1)
        ids = tracker.update(frame_at(Fraction(step, 2), picture), detections(boxes))
        # Whose place was taken has a new track when back: that it is hers, the whole lesson tells.
        assert ids == [step + 1]


def test_a_person_who_only_turned_away_has_not_moved_to_her_double(tracker, seats, gallery):
    picture, boxes = gallery([seats[0], seats[0]], 2)
    assert tracker.update(frame_at(0, picture), detections(boxes[:1])) == [1]

    assert tracker.update(frame_at(1, picture), detections(boxes[1:])) == [2]


def test_doubles_stay_in_their_tiles(tracker, seats, gallery):
    picture, boxes = gallery([seats[0]] * 9, 3)
    for step in range(3):
        assert tracker.update(frame_at(step, picture), detections(boxes)) == list(range(1, 10))


def test_jumping_boxes_of_a_still_person_keep_the_number(tracker, portrait, exam_review):
    face = exam_review[0].seats["Hiro"].face
    rng = np.random.default_rng(5)
    for step in range(20):
        size = face.w * float(rng.choice([5 / 6, 1, 6 / 5]))
        x, y = (float(middle) - size / 2 + float(rng.uniform(-0.1, 0.1)) * face.w for middle in face.center)
        assert tracker.update(frame_at(step, portrait), detections([BoundingBox(x, y, size, size)])) == [1]


def test_thumbnails_are_normalised_and_ignore_brightness(portrait, exam_review):
    box = exam_review[0].seats["Hiro"].face
    seen, darker = look_at(portrait, box), look_at((portrait // 2 + 10).astype(np.uint8), box)

    views = variants_of([seen, darker])
    assert views.shape == (2 * 75, 144)
    assert views.dtype == np.float32
    assert np.linalg.norm(views, axis=1) == pytest.approx(1, abs=1e-5)
    assert seen.as_detected[0] == pytest.approx(views[AS_DETECTED], abs=1e-5)
    assert Appearance(seen).similarity(views[75:]) > 0.99


def test_faces_looked_at_together_look_as_they_do_one_by_one(portrait, exam_review):
    boxes = [seat.face for seat in exam_review[0].seats.values()]
    for box, look in zip(boxes, look_at_all(portrait, boxes), strict=True):
        alone = look_at(portrait, box)
        assert (look.region == alone.region).all()
        assert look.as_detected == pytest.approx(alone.as_detected, abs=1e-6)
        assert look.close.as_detected == pytest.approx(alone.close.as_detected, abs=1e-6)
    assert look_at_all(portrait, []) == []


def test_a_blank_region_is_like_nothing():
    blank = look_at(np.full((200, 200), 90, np.uint8), BoundingBox(50, 50, 60, 60))

    assert Appearance(blank).similarity(variants_of([blank])) == 0


def test_an_appearance_remembers_the_first_and_the_last_views_within_bounds():
    rng = np.random.default_rng(2)
    views = [look_at(rng.integers(0, 256, (12, 12), dtype=np.uint8), BoundingBox(2, 2, 6, 6)) for _ in range(12)]
    appearance = Appearance(views[0])
    for view in views[1:]:
        appearance.learn(view)

    remembered = [appearance.similarity(view.as_detected) > 0.999 for view in views]
    assert remembered[0]
    assert remembered[-1]
    assert sum(remembered) <= EXEMPLARS
