"""Whatever readings go into a segment come out of the warehouse, for any readings that can be."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, FrameReading
from emotionkit.warehouse import SegmentWriter, load_segment, open_warehouse

_pixels = st.floats(-5000, 5000, width=32)
_side = st.floats(1, 5000, width=32)
_unit = st.floats(0, 1, width=32)
_shares = st.lists(st.integers(0, 1000), min_size=7, max_size=7).filter(any)


@st.composite
def faces(draw: st.DrawFn, track_id: int) -> FaceReading:
    shares = np.array(draw(_shares), np.float64)
    box = BoundingBox(draw(_pixels), draw(_pixels), draw(_side), draw(_side))
    probabilities = (shares / shares.sum()).astype(np.float32)
    return FaceReading(track_id, box, draw(st.floats(-2, 5, width=32)), draw(_unit), probabilities)


@st.composite
def lessons_readings(draw: st.DrawFn) -> list[FrameReading]:
    steps = draw(st.lists(st.fractions(Fraction(1, 1000), 30, max_denominator=90_000), max_size=6))
    times = np.cumsum([draw(st.fractions(-1, 10, max_denominator=90_000)), *steps])
    tracks = st.lists(st.integers(1, 2**31 - 1), max_size=4, unique=True)
    return [FrameReading(pts, Fraction(1, 2), tuple(draw(faces(track)) for track in draw(tracks))) for pts in times]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings=lessons_readings())
def test_readings_come_back_within_half_a_step_of_the_tables(readings: list[FrameReading], invent: Any) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "warehouse")
        with SegmentWriter(folder, "algebra", "run-1") as writer:
            for reading in readings:
                writer.add(reading)
            load_segment(folder, writer.finish(invent.lesson("algebra"), invent.run("run-1")))

        with open_warehouse(folder) as warehouse:
            frames, rows, tracks = warehouse.frames("algebra"), warehouse.faces("algebra"), warehouse.tracks("algebra")

    assert_close(frames.pts_s, [float(reading.pts) for reading in readings], within=0.5e-6)
    assert list(frames.faces) == [len(reading.faces) for reading in readings]
    expected = [
        (float(reading.pts), face)
        for reading in readings
        for face in sorted(reading.faces, key=lambda face: face.track_id)
    ]
    faces = [face for _, face in expected]
    assert set(rows.pts_s) <= set(frames.pts_s)
    assert_close(rows.pts_s, [pts_s for pts_s, _ in expected], within=0.5e-6)
    assert list(rows.track_id) == [face.track_id for face in faces]
    for name in ("x", "y", "w", "h"):
        assert_close(rows[name], [getattr(face.box, name) for face in faces], within=1 / 32)
    assert_close(rows.detection_score, [face.detection_score for face in faces], within=0.5e-3)
    assert_close(rows.quality, [face.quality for face in faces], within=0.5 / 65535)
    probabilities = rows[list(EMOTIONS)].to_numpy()
    for row, face in zip(probabilities, faces, strict=True):
        assert_close(row, face.probabilities, within=0.5 / 65535)
    assert_close(probabilities.sum(axis=1), np.ones(len(faces)), within=1e-3)
    assert list(rows.emotion) == [EMOTIONS[int(face.probabilities.argmax())] for face in faces]
    largest = [row[EMOTIONS.index(emotion)] for row, emotion in zip(probabilities, rows.emotion, strict=True)]
    assert largest == probabilities.max(axis=1, initial=0).tolist()
    assert list(tracks.track_id) == sorted({face.track_id for face in faces})
    assert tracks.observations.sum() == len(expected)


def assert_close(values: ArrayLike, expected: ArrayLike, *, within: float) -> None:
    # What float32 cannot tell apart counts as equal.
    np.testing.assert_allclose(values, expected, rtol=2**-23, atol=within * (1 + 1e-6))
