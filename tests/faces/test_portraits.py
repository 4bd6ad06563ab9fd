"""Which pictures of a track are kept while a recording is read."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.faces.portraits import LARGEST_PORTRAIT, PORTRAITS, PortraitKeeper
from emotionkit.records import BoundingBox, Face, Frame

BOX = BoundingBox(100, 100, 60, 60)


class Script:
    """Finds the faces that a script names: per frame, quality by track."""

    def __init__(self, script):
        self.script = iter(script)

    def read(self, frame):
        crop = np.zeros((4, 4), np.uint8)
        return [Face(track_id, BOX, 1.0, quality, crop) for track_id, quality in next(self.script).items()]


def kept(script, box=BOX):
    """Read frames of half a second, frame i all of brightness i; return evidence whose embedding is that brightness."""
    keeper = PortraitKeeper(Script(script))
    for index in range(len(script)):
        luma = np.full((400, 400), index, np.uint8)
        assert keeper.read(Frame(Fraction(index, 2), Fraction(1, 2), luma)) is not None
    seen = []

    def embed(picture, face):
        assert max(picture.shape) <= LARGEST_PORTRAIT
        assert face.w == face.h
        seen.append(int(picture[0, 0]))
        return np.full(128, picture[0, 0], np.float32)

    return keeper.evidence(embed), seen


def test_faces_are_handed_on_as_they_are():
    keeper = PortraitKeeper(Script([{1: 0.9, 2: 0.1}]))
    assert [face.track_id for face in keeper.read(Frame(Fraction(0), Fraction(1), np.zeros((400, 400), np.uint8)))] == [
        1,
        2,
    ]


def test_the_clearest_pictures_apart_in_time_are_kept():
    evidence, seen = kept([{1: 0.5 + 0.001 * index} for index in range(60)])
    assert len(seen) == PORTRAITS
    assert sorted(seen) == [43, 47, 51, 55, 59]
    (track,) = evidence
    assert (track.track_id, track.first_s, track.last_s) == (1, 0.0, 29.5)
    assert track.embedding[0] == pytest.approx(np.mean(seen))
    assert track.embedding.dtype == np.float32


def test_unclear_faces_are_not_kept():
    evidence, seen = kept([{1: 0.9, 2: 0.29}] * 3)
    assert [track.track_id for track in evidence] == [1]
    assert seen == [0]


def test_without_a_face_there_is_no_evidence():
    assert kept([{}, {}]) == ([], [])
