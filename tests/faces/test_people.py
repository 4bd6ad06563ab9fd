"""One person, one number: whatever happens to the tiles, and however alike two people look."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from emotionkit.config import TrackingSettings
from emotionkit.faces.embedding import FaceEmbedder
from emotionkit.faces.joining import TrackJoiner
from emotionkit.faces.people import People
from emotionkit.faces.portraits import PortraitChooser
from emotionkit.faces.tracker import Tracker
from emotionkit.faces.tracklet import tracklet_from_json, tracklet_json
from emotionkit.records import EMOTIONS, BoundingBox, Detection, FaceReading, Frame, FrameReading

EVEN = np.full(len(EMOTIONS), 1 / len(EMOTIONS), np.float32)


class Lesson:
    """Takes pictures with known faces in them, and tells the number that each person got in the end."""

    def __init__(self):
        self.frames, self.readings, self.names = [], [], {}
        self.tracker, self.chooser = Tracker(TrackingSettings()), PortraitChooser(clear=0)

    def show(self, pts, picture, boxes):
        frame = Frame(Fraction(pts), Fraction(1, 2), picture)
        ids = self.tracker.update(frame, [Detection(box, 1.0) for box in boxes.values()])
        faces = tuple(FaceReading(track, box, 1.0, 0.9, EVEN) for track, box in zip(ids, boxes.values(), strict=True))
        self.chooser.note(FrameReading(frame.pts, frame.weight, faces))
        self.frames.append(frame)
        self.names |= {(frame.pts, track): name for track, name in zip(ids, boxes, strict=True)}

    def people(self):
        joiner = TrackJoiner(TrackingSettings())
        tracklets = [
            tracklet_from_json(tracklet_json(replace(one, moments=self.chooser.moments(one.track_id))))
            for one in self.tracker.tracklets()
        ]
        return joiner.join(tracklets, [frame.pts for frame in self.frames]), People(joiner.presences)

    def numbers(self, embedder):
        """The numbers of each person, in the order of time."""
        presences, people = self.people()
        wanted = people.times()
        frames = [frame for frame in self.frames if float(frame.pts) in wanted]
        numbers = people.numbers(people.embeddings(frames, embedder.embedding) if wanted else {})
        by_name = defaultdict(list)
        for (_, track), name in self.names.items():
            by_name[name].append(numbers[presences[track]])
        return dict(by_name)


def assert_one_number_each(numbers):
    assert all(len(set(own)) == 1 for own in numbers.values()), numbers
    assert len({own[0] for own in numbers.values()}) == len(numbers), numbers


@pytest.fixture(scope="module")
def embedder():
    return FaceEmbedder()


@pytest.fixture
def lesson():
    return Lesson()


@pytest.fixture
def show(lesson, interference, gallery):
    """``show(pts, names, columns)``: a gallery of some students at a second."""

    def do(pts, names, columns=3, seats=None):
        seats = seats or interference[int(2 * pts) % len(interference)].seats
        picture, boxes = gallery([seats[name] for name in names], columns)
        lesson.show(pts, picture, dict(zip(names, boxes, strict=True)))

    return do


@pytest.fixture
def names(interference):
    return sorted(interference[0].seats)


def test_as_long_as_nobody_moves_nothing_is_looked_at_again(lesson, show, names):
    for step in range(8):
        show(step / 2, names)
    presences, people = lesson.people()
    assert people.times() == set()
    assert sorted(people.numbers({}).values()) == list(range(1, 10))
    assert len(presences) == 9


def test_a_reordered_gallery(lesson, show, names, embedder):
    for step in range(12):
        order = names[step // 4 :] + names[: step // 4] if step < 8 else names[::-1][:7]
        show(step / 2, order, 3 if step < 8 else 4)
    assert_one_number_each(lesson.numbers(embedder))


def test_a_camera_off_for_two_minutes_and_back_in_another_tile(lesson, show, names, embedder):
    for step in range(4):
        show(step / 2, names)
    for minute in (1, 2):
        show(60 * minute, names[1:])
    for step in range(4):
        show(122 + step / 2, [*names[1:], names[0]])
    numbers = lesson.numbers(embedder)
    assert_one_number_each(numbers)
    assert numbers[names[0]] == [1] * 8


def test_from_the_gallery_to_a_speaker_and_back(lesson, show, names, embedder):
    for step in range(16):
        speaker = {1: names[:1], 2: names[4:5]}.get(step // 4)
        show(step / 2, speaker or names, 1 if speaker else 3)
    assert_one_number_each(lesson.numbers(embedder))


def in_one_room(seat):
    """The seat with all but the face replaced by a wall that is the same for all."""
    height, width = seat.luma.shape
    wall = np.tile(np.linspace(60, 180, width), (height, 1)).astype(np.float32)
    mask = np.zeros((height, width), np.float32)
    (x, y), size = seat.face.center, (round(0.6 * seat.face.w), round(0.75 * seat.face.h))
    cv2.ellipse(mask, (round(x), round(y)), size, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)
    return replace(seat, luma=(mask * seat.luma + (1 - mask) * wall).astype(np.uint8))


def test_two_before_the_same_wall_who_change_places(lesson, show, interference, embedder):
    for step in range(8):
        seats = {name: in_one_room(seat) for name, seat in interference[step].seats.items()}
        show(step / 2, ["Amara", "Chen"] if step < 4 else ["Chen", "Amara"], 3, seats)
    assert_one_number_each(lesson.numbers(embedder))


def test_somebody_else_in_the_same_tile_before_the_same_wall(lesson, show, interference, embedder):
    for step in range(12):
        seats = {name: in_one_room(seat) for name, seat in interference[step].seats.items()}
        show(step / 2, [["Amara", "Chen"], ["Grace", "Chen"], ["Grace", "Amara"]][step // 4], 3, seats)
    assert_one_number_each(lesson.numbers(embedder))


def test_somebody_never_seen_clearly_is_nobody_else(lesson, interference, gallery):
    picture, (box,) = gallery([interference[0].seats["Amara"]], 1)
    lesson.show(0, picture, {"before": box})
    lesson.show(100, np.zeros_like(picture), {"after": box})
    presences, people = lesson.people()
    assert people.times() == {0.0, 100.0}
    assert people.numbers({0: [np.zeros(128, np.float32)]}) == {presences[1]: 1, presences[2]: 2}


def test_nobody_at_all():
    assert People([]).times() == set()
    assert People([]).numbers({}) == {}


def test_faces_far_outside_do_no_harm(lesson, embedder):
    lesson.show(0, np.full((90, 160), 90, np.uint8), {"edge": BoundingBox(-20, -20, 60, 60)})
    assert lesson.numbers(embedder) == {"edge": [1]}
