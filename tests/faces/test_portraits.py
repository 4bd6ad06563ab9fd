"""Which pictures of a track are taken once a recording has been read."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.faces.portraits import LARGEST_PORTRAIT, PORTRAITS, PortraitChooser, embeddings_at
from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, Frame, FrameReading

BOX = BoundingBox(100, 100, 60, 60)
EVEN = np.full(len(EMOTIONS), 1 / len(EMOTIONS), np.float32)


def chosen(script):
    """Note frames, qualities by track, frame i of brightness i; return the evidence, and what was seen."""
    chooser = PortraitChooser()
    for index, qualities in enumerate(script):
        faces = tuple(FaceReading(track_id, BOX, 1.0, quality, EVEN) for track_id, quality in qualities.items())
        chooser.note(FrameReading(Fraction(index, 2), Fraction(1, 2), faces))
    seen = []

    def embed(picture, face):
        assert max(picture.shape) <= LARGEST_PORTRAIT
        assert face.w == face.h
        seen.append(int(picture[0, 0]))
        return np.full(128, picture[0, 0], np.float32)

    moments = chooser.by_track()
    wanted = {moment.pts_s for chosen in moments.values() for moment in chosen}
    frames = (
        Frame(Fraction(index, 2), Fraction(1, 2), np.full((400, 400), index, np.uint8))
        for index in range(len(script))
        if index / 2 in wanted
    )
    return chooser.evidence(embeddings_at(moments, frames, embed)), seen


def test_the_clearest_pictures_apart_in_time_are_taken():
    evidence, seen = chosen([{1: 0.5 + 0.001 * index} for index in range(60)])
    assert len(seen) == PORTRAITS
    assert sorted(seen) == [43, 47, 51, 55, 59]
    (track,) = evidence
    assert (track.track_id, track.first_s, track.last_s) == (1, 0.0, 29.5)
    assert track.embedding[0] == pytest.approx(np.mean(seen))
    assert track.embedding.dtype == np.float32


def test_unclear_faces_are_not_taken():
    evidence, seen = chosen([{1: 0.9, 2: 0.29}] * 3)
    assert [track.track_id for track in evidence] == [1]
    assert seen == [0]


def test_without_a_face_there_is_no_evidence():
    assert chosen([{}, {}]) == ([], [])
