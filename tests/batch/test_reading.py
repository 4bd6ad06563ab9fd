"""Frames become readings in order, whatever the batches, and each face keeps its own probabilities."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.batch.reading import readings
from emotionkit.emotions.readings import Readings
from emotionkit.records import BoundingBox, Face, Frame


class CountingFinder:
    """Finds ``counts[i]`` faces in frame i, each crop filled with a number of its own."""

    def __init__(self, counts):
        self.counts = iter(counts)
        self.found = 0

    def read(self, frame):
        faces = []
        for _ in range(next(self.counts)):
            self.found += 1
            crop = np.full((2, 2), self.found % 256, np.uint8)
            faces.append(Face(self.found, BoundingBox(0, 0, 2, 2), 1.0, 1.0, crop))
        return faces


class EchoClassifier:
    """Answers with the brightness of the crop, and remembers how many it was given at a time."""

    sha256 = "0" * 64

    def __init__(self):
        self.batches = []

    def read(self, crops):
        self.batches.append(len(crops))
        echoes = np.array([[crop[0, 0]] * 7 for crop in crops], np.float32).reshape(-1, 7)
        return Readings(echoes, np.full(len(crops), 0.5, np.float32))


def _frames(count):
    for index in range(count):
        yield Frame(Fraction(index, 2), Fraction(1, 2), np.zeros((4, 4), np.uint8))


@pytest.mark.parametrize("counts", [[], [0], [3, 0, 2], [70], [1] * 100, [25] * 30, [0] * 90 + [4]])
def test_every_frame_gives_a_reading_with_its_own_faces(counts):
    classifier = EchoClassifier()
    read = list(readings(_frames(len(counts)), CountingFinder(counts), classifier))
    assert [reading.pts for reading in read] == [Fraction(index, 2) for index in range(len(counts))]
    assert [len(reading.faces) for reading in read] == counts
    for reading in read:
        for face in reading.faces:
            assert face.probabilities[0] == face.track_id % 256
            assert face.quality == 0.5


def test_faces_of_many_frames_are_classified_together():
    classifier = EchoClassifier()
    list(readings(_frames(64), CountingFinder([9] * 64), classifier))
    assert max(classifier.batches) >= 64
    assert len(classifier.batches) < 12


def test_frames_without_faces_do_not_wait_for_ever():
    read = readings(_frames(1000), CountingFinder([0] * 1000), EchoClassifier())
    assert next(read).pts == 0
